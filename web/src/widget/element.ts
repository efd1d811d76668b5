import { LitElement, html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { Attach } from "../shared/attach";
import base from "../shared/base.css?inline";
import fileStyles from "../shared/files.css?inline";
import tokens from "../shared/tokens.css?inline";
import { defineFileChip } from "../shared/filechip";
import { icons } from "../shared/icons";
import type { Asks, Choice, Locale } from "../shared/protocol";
import { composing } from "../shared/text";
import { fillWords, logItems, openChoices, parcelItems, pendingItems, renderItems, type View } from "./parts";
import { accentCss, sheet, themed } from "./colour";
import { Forms } from "./forms";
import { History } from "./history";
import { Menu, type MenuItem } from "./menu";
import { Rating } from "./rating";
import type { ChatSession } from "./session";
import { saveText, transcriptText } from "./transcript";
import { Viewport } from "./viewport";
import type { Widget } from "./widget";
import styles from "./widget.css?inline";
import { words, type Word } from "./words";

const LONGEST = 4000;
/** A break shorter than this is not worth a word. */
const QUIET = 2_000;

const INPUT: Partial<Record<Asks["type"], { inputmode: string; autocomplete: string }>> = {
  phone: { inputmode: "tel", autocomplete: "tel" },
  email: { inputmode: "email", autocomplete: "email" },
  number: { inputmode: "numeric", autocomplete: "off" },
  amount: { inputmode: "decimal", autocomplete: "off" },
  name: { inputmode: "text", autocomplete: "name" },
  address: { inputmode: "text", autocomplete: "street-address" },
  id_card: { inputmode: "text", autocomplete: "off" },
  ticket: { inputmode: "text", autocomplete: "off" },
};

export class SwitchboardChat extends LitElement {
  static override properties = {
    openQuote: { state: true }, shownTime: { state: true }, copied: { state: true }, lost: { state: true }, picked: { state: true },
  };

  declare openQuote: string;
  declare shownTime: string;
  declare copied: string;
  declare lost: boolean;
  declare picked: string;
  /** Before the element is put into the page. */
  widget!: Widget;
  private lostTimer: ReturnType<typeof setTimeout> | undefined;
  private stick = true;
  private wasOpen = false;
  private theme = "";
  private readonly rating = new Rating(this, () => this.session);
  private readonly forms = new Forms(this, () => this.session);
  private readonly menu = new Menu(this);
  private readonly history = new History(this, () => this.session, () => this.startNew());
  private readonly attach = new Attach(this, () => this.session.fileLimit, () => this.locale);

  constructor() {
    super();
    defineFileChip();
    new Viewport(this);
    this.lost = false;
    this.openQuote = this.shownTime = this.copied = this.picked = "";
  }

  get session(): ChatSession {
    return this.widget.session;
  }

  get locale(): Locale {
    return this.widget.locale;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.widget.addEventListener("change", this.onWidget);
    this.widget.addEventListener("focus", this.onFocus);
    this.onWidget();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.lostTimer);
    this.widget.removeEventListener("change", this.onWidget);
    this.widget.removeEventListener("focus", this.onFocus);
  }

  private readonly onFocus = (): void => void this.updateComplete.then(() => this.focusInside());

  private find<T extends Element>(selector: string): T | null {
    return this.renderRoot.querySelector<T>(selector);
  }

  private focusInside(): void {
    // On a phone the keyboard would cover the greeting.
    const target = window.matchMedia("(pointer: fine)").matches ? "textarea" : ".panel";
    this.find<HTMLElement>(target)?.focus();
  }

  private readonly onWidget = (): void => {
    const { state, everReady, asking, away, outbox } = this.session;
    const missed = everReady || (outbox.waiting.length > 0 && !asking && !away);
    const broken = !navigator.onLine || (state !== "ready" && missed);
    if (!broken) {
      clearTimeout(this.lostTimer);
      this.lostTimer = undefined;
      this.lost = false;
    } else if (!navigator.onLine) {
      this.lost = true;
    } else if (!this.lost) {
      this.lostTimer ??= setTimeout(() => (this.lost = true), QUIET);
    }
    this.dress();
    this.requestUpdate();
  };

  /** Sheets that scripts make are allowed by every Content-Security-Policy. */
  private dress(): void {
    if (this.theme === this.widget.theme) return;
    this.theme = this.widget.theme;
    const { accent, onAccent, side } = this.widget.options;
    this.dataset["side"] = side;
    const css = tokens + base + accentCss(accent, onAccent) + fileStyles + styles;
    (this.renderRoot as ShadowRoot).adoptedStyleSheets = [sheet(themed(css, this.widget.theme))];
  }

  private w(word: Word, values?: Record<string, string | number>): string {
    return fillWords(words[this.locale])(word, values);
  }

  private get botName(): string {
    return this.widget.options.names[this.locale] ?? this.w("bot");
  }

  private get view(): View {
    return {
      locale: this.locale,
      w: fillWords(words[this.locale]),
      botName: this.botName,
      openQuote: this.openQuote,
      toggleQuote: (key) => (this.openQuote = this.openQuote === key ? "" : key),
      shownTime: this.shownTime,
      toggleTime: (key) => (this.shownTime = this.shownTime === key ? "" : key),
      copied: this.copied,
      copy: (ticket) => void this.copy(ticket),
      retry: (id) => this.session.outbox.retry(id),
      drop: (id) => this.session.drop(id),
      link: this.link,
      say: (text, payload) => this.say(text, payload),
    };
  }

  private readonly link = (file: string): Promise<string> => this.session.link(file);

  private async copy(ticket: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(ticket);
      this.copied = ticket;
      setTimeout(() => (this.copied = ""), 2500);
    } catch {
      // Without permission for the clipboard the number is selected, ready to be copied by hand.
      const strong = [...this.renderRoot.querySelectorAll(".ticket strong")].find((node) => node.textContent === ticket);
      if (strong) getSelection()?.selectAllChildren(strong);
    }
  }

  override render(): unknown {
    return this.widget.open ? this.panel() : nothing;
  }

  private panel(): TemplateResult {
    const view = this.view;
    return html`<section class="panel" data-testid="panel" role="dialog" tabindex="-1" aria-label=${this.headName()}
      @keydown=${(event: KeyboardEvent) => event.key === "Escape" && !composing(event) && this.widget.hide()}
      @dragover=${this.attach.onDrag} @dragleave=${this.attach.onLeave} @drop=${this.attach.onDrop} @grown=${() => this.requestUpdate()}>
      ${this.header()}
      ${this.bars()}
      ${this.history.open ? this.history.render(view)
        : this.session.asking ? html`<div class="scroll">${this.forms.before(this.session.asking, view)}</div>` : this.conversationView(view)}
      ${this.attach.curtain()}
    </section>`;
  }

  private conversationView(view: View): TemplateResult {
    const { session } = this;
    const items = [
      ...logItems(session.log.events, view, new Date()),
      ...pendingItems(session.outbox.items, session.sent, session.state === "ready" && navigator.onLine, view),
      ...parcelItems(session.parcels.items, session.state === "ready" && navigator.onLine, view, (id) => session.parcels.retry(id), (id) => session.parcels.drop(id)),
    ];
    const unanswered = session.outbox.items.length + session.sent.length + session.parcels.items.length > 0;
    const { choices, asks } = unanswered ? { choices: [], asks: undefined } : openChoices(session.log.events, view);
    return html`<div class="scroll" @scroll=${this.onScroll}>
        <div class="log" data-testid="log" role="log" aria-live="polite" aria-relevant="additions" aria-label=${this.w("log")} tabindex="0">
          ${items.length ? renderItems(items) : this.empty()}
        </div>
        ${this.passing()}
        ${choices.length ? this.pills(choices) : nothing}
        ${session.away ? this.forms.away(session.away, view) : nothing}
        ${session.mode === "closed" && !unanswered ? this.afterwards() : nothing}
      </div>
      ${this.foot(asks)}`;
  }

  private headName(): string {
    return this.session.mode === "human" && this.session.agent ? this.session.agent : this.botName;
  }

  private header(): TemplateResult {
    const { mode, everReady } = this.session;
    const words: Record<string, Word> = { bot: "stateBot", waiting: "stateWaiting", human: "stateHuman", closed: "stateClosed" };
    const language = (locale: Locale, label: string): TemplateResult => html`<button
      data-testid="lang-${locale}" lang=${locale} aria-pressed=${this.locale === locale ? "true" : "false"}
      aria-label=${locale === "zh" ? "中文" : "EN, English"} @click=${() => this.widget.setLocale(locale)}>${label}</button>`;
    return html`<header>
      <div class="who">
        <h2>${this.headName()}</h2>
        <p class="state-${mode}">${everReady && !this.lost ? this.w(words[mode] ?? "stateBot") : this.w("stateConnecting")}</p>
      </div>
      <div class="langs" role="group" aria-label="语言 Language">${language("zh", "中")}${language("en", "EN")}</div>
      ${this.menu.render(this.menuItems(), this.view)}
      <button class="square" data-testid="minimise" aria-label=${this.w("close")} title=${this.w("close")} @click=${() => this.widget.hide()}>
        ${icons.down()}
      </button>
    </header>`;
  }

  private bars(): unknown {
    const { session } = this;
    const { queue, mode, notice } = session;
    const word: Word = queue ? (queue.minutes ? "queueTime" : "queue") : "queueUnknown";
    const known: Record<string, Word> = { rate_limited: "error_rate_limited", too_long: "error_too_long" };
    return html`
      <div role="status">
        ${session.refused ? html`<p class="bar" data-testid="refused-bar">${this.w("refusedOrigin")}</p>` : nothing}
        ${this.lost ? html`<p class="bar" data-testid="offline-bar">
          ${this.w(!navigator.onLine ? "offline" : session.everReady ? "reconnecting" : "connecting")}</p>` : nothing}
        ${notice ? html`<p class="bar" data-testid="error-bar">
          ${known[notice.code] ? this.w(known[notice.code]!) : this.w("error_other", { message: notice.message })}</p>` : nothing}
      </div>
      ${mode === "waiting" ? html`<div class="bar queue" data-testid="queue-bar" role="status">
        <span>${this.w(word, { position: queue?.position ?? 0, minutes: queue?.minutes ?? 0 })}</span>
        <button class="link" data-testid="leave-queue" @click=${() => session.leaveQueue()}>${this.w("leave")}</button>
      </div>` : nothing}`;
  }

  private empty(): TemplateResult {
    return html`<div class="skeleton" role="status" aria-label=${this.w("loading")}><i></i><i></i><i></i></div>`;
  }

  private passing(): unknown {
    const { partial, typing, agent } = this.session;
    if (partial) return html`<div class="turn them partial" aria-hidden="true"><div class="bubble">${partial}</div></div>`;
    if (!typing) return nothing;
    const label = typing === "agent" ? this.w("typingAgent", { name: agent || this.w("agent") }) : this.w("typingBot");
    return html`<div class="turn them"><div class="bubble typing" role="status" aria-label=${label}><i></i><i></i><i></i></div></div>`;
  }

  private pills(choices: Choice[]): TemplateResult {
    return html`<div class="pills" role="group" aria-label=${this.w("choices")}>
      ${choices.map((choice) => html`<button class="pill" data-testid="pill" @click=${() => this.say(choice.title, choice.payload)}
        >${choice.title}</button>`)}
    </div>`;
  }

  private afterwards(): TemplateResult {
    return html`<div class="after">
      ${this.rating.render(this.session.log.events, this.view)}
      <button class="pill" data-testid="start-new" @click=${() => this.startNew()}>${this.w("startNew")}</button>
    </div>`;
  }

  private startNew(): void {
    this.rating.clear();
    this.session.startNew();
  }

  private menuItems(): MenuItem[] {
    const { widget, session } = this;
    const sound: MenuItem = { id: "sound", label: this.w("sound"), pressed: !widget.muted, run: () => widget.setMuted(!widget.muted) };
    const own: MenuItem = { id: "history", label: this.w("history"), run: () => this.history.show() };
    if (!session.log.events.length) return [own, sound];
    const save = (): void => saveText(`${session.conversation || "chat"}.txt`, transcriptText(session.log.events, this.view, new Date()));
    return [own, sound, { id: "transcript", label: this.w("transcript"), run: save }];
  }

  private foot(asks: Asks | undefined): TemplateResult {
    const { mode } = this.session;
    const input = asks ? INPUT[asks.type] : undefined;
    const own = asks ? this.w(`placeholder_${asks.type}` as Word) : "";
    const placeholder = own || this.w(mode === "closed" ? "placeholderClosed" : mode === "human" ? "placeholderPerson" : "placeholder");
    const person: Word = mode === "waiting" ? "personWaiting" : mode === "human" ? "personHere" : "person";
    return html`<footer>
      ${asks?.type === "date_time" ? html`<div class="picker">
        <input type="datetime-local" aria-label=${this.w("pickTime")} .value=${this.picked}
          @change=${(event: Event) => (this.picked = (event.target as HTMLInputElement).value)} />
        <button class="pill" ?disabled=${!this.picked} @click=${() => this.usePicked()}>${this.w("useTime")}</button>
      </div>` : nothing}
      ${this.attach.tray()}
      <div class="composer">
        ${this.attach.button()}
        <textarea data-testid="composer" rows="1" maxlength=${LONGEST} aria-label=${this.w("composer")} placeholder=${placeholder}
          inputmode=${input?.inputmode ?? nothing} autocomplete=${input?.autocomplete ?? nothing} enterkeyhint="send"
          .value=${live(this.widget.draft)} @input=${this.onInput} @keydown=${this.onKey} @paste=${this.attach.onPaste}></textarea>
        <button class="send" data-testid="send" aria-label=${this.w("send")} ?disabled=${!this.widget.draft.trim() && !this.attach.staged.length}
          @click=${() => this.sendDraft()}>${icons.send()}</button>
      </div>
      <div class="below">
        <button class="link person-link" data-testid="talk-to-person" ?disabled=${mode === "waiting" || mode === "human"}
          @click=${() => this.askPerson()}>${icons.person()} ${this.w(person)}</button>
        ${mode !== "closed" && this.session.log.events.some((event) => event.kind === "customer_said")
          ? html`<button class="link quiet" data-testid="end" @click=${() => this.session.close()}>${this.w("end")}</button>` : nothing}
      </div>
    </footer>`;
  }

  private askPerson(): void {
    this.say(this.w("personText"), "/ask_person");
    // The button goes out of use, and would take the keyboard's place with it.
    this.find<HTMLElement>(".panel")?.focus();
  }

  private usePicked(): void {
    this.say(this.picked.replace("T", " "));
    this.picked = "";
  }

  private say(text: string, payload?: string): void {
    this.stick = true;
    this.session.say(text, payload);
  }

  private sendDraft(): void {
    const text = this.widget.draft.trim();
    const files = this.attach.take();
    if (!text && !files.length) return;
    this.widget.setDraft("");
    if (files.length) {
      this.stick = true;
      this.session.sayWith(text, files);
    } else {
      this.say(text);
    }
    this.find<HTMLTextAreaElement>("textarea")?.focus();
  }

  private onInput(event: Event): void {
    this.widget.setDraft((event.target as HTMLTextAreaElement).value);
    this.requestUpdate();
    this.session.wroteSomething();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
    event.preventDefault();
    this.sendDraft();
  }

  private onScroll(event: Event): void {
    const box = event.target as HTMLElement;
    this.stick = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  }

  protected override updated(): void {
    this.setAttribute("lang", this.locale === "zh" ? "zh-CN" : "en");
    const area = this.find<HTMLTextAreaElement>("textarea");
    if (area) {
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight}px`;
    }
    const box = this.find<HTMLElement>(".scroll");
    if (box && (this.stick || !this.wasOpen)) box.scrollTop = box.scrollHeight;
    this.wasOpen = this.widget.open;
    if (this.widget.open && document.visibilityState === "visible") queueMicrotask(() => this.session.markRead());
  }
}
