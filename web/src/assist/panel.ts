import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import tokens from "../shared/tokens.css?inline";
import { fill, toLocale } from "../shared/locale";
import type { Locale } from "../shared/protocol";
import { ReconnectingSocket, socketUrl, type SocketState, type Verdict } from "../shared/socket";
import desk from "../desk/desk.css?inline";
import help from "../desk/help.css?inline";
import { Help, type Suggestion } from "../desk/helping";
import { helpWords } from "../desk/helpwords";
import { altNumber, type Dismissed, type SuggestionStrip } from "../desk/suggestions";
import type { Say } from "../desk/words";
import { Around, type FromPage } from "./around";
import styles from "./panel.css?inline";

type Frame = { type: string; [key: string]: unknown };

/** The suggestions of one conversation, alone in a frame. The page around it gives the token and takes the words. */
export class AssistPanel extends LitElement {
  static override styles = [unsafeCSS(tokens), unsafeCSS(base), unsafeCSS(desk), unsafeCSS(help), unsafeCSS(styles)];
  static override properties = { locale: { state: true }, list: { state: true }, state: { state: true }, over: { state: true }, given: { state: true } };

  declare locale: Locale;
  declare list: Suggestion[];
  declare state: SocketState;
  /** Whether the token that we had is no more. */
  declare over: boolean;
  /** The suggestion that was last given to the page. */
  declare given: string;
  private token = "";
  private round = 0;
  private readonly allowed = (document.querySelector<HTMLMetaElement>('meta[name="switchboard-origins"]')?.content ?? "").split(" ").filter(Boolean);
  private readonly around = new Around(window, this.allowed, (message) => this.told(message));
  private readonly help = new Help((frame) => this.socket.send(frame));
  private readonly socket: ReconnectingSocket = new ReconnectingSocket({
    url: () => socketUrl("/api/v1/assist/ws", location.origin),
    hello: async () => (this.token ? { type: "hello", token: this.token } : null),
    onFrame: (frame) => this.heard(frame),
    onState: (state) => (this.state = state),
    onClose: (code) => this.closed(code),
  });
  private readonly sized = new ResizeObserver(() => this.around.tell({ type: "height", height: Math.ceil(this.scrollHeight) }));
  private readonly say: Say = (word, values) => fill((helpWords[this.locale] as Record<string, string>)[word] ?? "", values ?? {});

  constructor() {
    super();
    this.locale = toLocale(new URLSearchParams(location.search).get("lang")) ?? toLocale(navigator.language) ?? "en";
    this.list = [];
    this.state = "idle";
    this.over = false;
    this.given = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.onAlt);
    this.around.start();
    this.sized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.onAlt);
    this.around.stop();
    this.sized.disconnect();
    this.socket.stop();
  }

  private told(message: FromPage): void {
    if (message.type === "locale") this.locale = toLocale(message.locale) ?? this.locale;
    else if (message.type === "sent") this.help.use(message.suggestion, message.text);
    else {
      this.token = message.token;
      this.over = false;
      if (!this.socket.send({ type: "hello", token: message.token })) this.socket.start();
    }
    this.requestUpdate();
  }

  private heard(frame: Frame): void {
    if (frame.type === "ready") this.show((frame["suggestions"] ?? []) as Suggestion[]);
    else if (frame.type === "suggestion") this.fresh(frame);
    else if (frame.type === "moved" || frame.type === "over") this.show([]);
    else if (frame.type === "expiring") this.around.tell({ type: "token_needed" });
    else if (frame.type === "settled") {
      this.help.heard(frame);
      this.show(this.list.filter((one) => one.id !== frame["suggestion"]));
      this.around.tell({ type: "settled", suggestion: frame["suggestion"], as: frame["as"] });
    } else this.help.heard(frame);
    this.requestUpdate();
  }

  /** Frames of one round come one after the other; those of an earlier round are gone with the first. */
  private fresh(frame: Frame): void {
    const after = Number(frame["after"]);
    const one = frame as unknown as Suggestion;
    this.show([...(after === this.round ? this.list.filter((other) => other.id !== one.id) : []), one]);
    this.round = after;
  }

  private show(list: Suggestion[]): void {
    this.list = list;
    this.given = "";
    this.around.tell({ type: "count", count: list.length });
  }

  private closed(code: number): Verdict {
    if (code !== 4401) return code === 4403 ? "stop" : "retry";
    this.token = "";
    this.over = true;
    this.list = [];
    this.around.tell({ type: "token_needed" });
    return "stop";
  }

  private readonly onAlt = (event: KeyboardEvent): void => {
    const number = altNumber(event);
    if (number && this.renderRoot.querySelector<SuggestionStrip>("sb-suggestions")?.takeNumber(number)) event.preventDefault();
  };

  private take(one: Suggestion): void {
    this.given = one.id;
    const { id, kind, text, citations } = one;
    this.around.tell({ type: "take", suggestion: id, kind, text, citations });
  }

  override render(): TemplateResult {
    const { say } = this;
    const state = !this.allowed.length ? "panel_refused" : this.over ? "panel_over" : !this.token ? "panel_waiting"
      : this.state !== "ready" ? "panel_lost" : this.list.length ? "" : "panel_empty";
    return html`<main data-testid="panel" aria-label=${say("panel_title")}>
      ${state ? html`<p class="empty" role="status" data-testid="panel-state">${say(state)}</p>` : nothing}
      <sb-suggestions .list=${this.list} .say=${say} .busy=${this.help.busy} .refused=${this.help.refused} .stamp=${this.help.stamp}
        @take=${(event: CustomEvent<Suggestion>) => this.take(event.detail)} @run=${(event: CustomEvent<Suggestion>) => { this.help.use(event.detail.id); this.requestUpdate(); }}
        @put-aside=${(event: CustomEvent<Dismissed>) => { this.help.dismiss(event.detail.id, event.detail.reason); this.requestUpdate(); }}></sb-suggestions>
      ${this.given ? html`<p class="empty" role="status" data-testid="panel-given">${say("panel_copied")}</p>` : nothing}</main>`;
  }

  protected override updated(): void {
    document.documentElement.lang = this.locale === "zh" ? "zh-CN" : "en";
    document.title = this.say("panel_title");
    this.setAttribute("lang", document.documentElement.lang);
  }
}
