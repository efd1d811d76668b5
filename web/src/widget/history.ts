import { html, nothing, type LitElement, type ReactiveController, type TemplateResult } from "lit";
import { icons } from "../shared/icons";
import { ago } from "../shared/locale";
import type { Visit } from "./keyring";
import type { View } from "./parts";
import type { ChatSession } from "./session";

/** The customer's conversations, the newest first: to look into, to go on with, or to begin a new one. */
export class History implements ReactiveController {
  open = false;
  private visits: Visit[] = [];
  private loading = false;
  private failed = false;

  constructor(private readonly host: LitElement, private readonly session: () => ChatSession, private readonly begin: () => void) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.open = false;
  }

  show(): void {
    this.open = true;
    this.visits = this.session().visitsHere;
    void this.load();
    void this.host.updateComplete.then(() => this.host.renderRoot.querySelector<HTMLElement>("[data-testid=history-back]")?.focus());
  }

  private back(): void {
    this.open = false;
    this.host.requestUpdate();
    void this.host.updateComplete.then(() => this.host.renderRoot.querySelector<HTMLElement>(".menu-button")?.focus());
  }

  private async load(): Promise<void> {
    this.loading = true;
    this.failed = false;
    this.host.requestUpdate();
    try {
      this.visits = await this.session().visits();
    } catch {
      this.failed = true; // what this browser knows stays on the page, with a way to try again
    }
    this.loading = false;
    this.host.requestUpdate();
  }

  private async choose(visit: Visit): Promise<void> {
    try {
      await this.session().goTo(visit.conversation);
      this.back();
    } catch {
      this.failed = true;
      this.host.requestUpdate();
    }
  }

  render(view: View): TemplateResult {
    const { w, locale } = view;
    const { conversation: current, busy } = this.session();
    const when = (visit: Visit): string =>
      visit.conversation === current ? w("historyHere") : visit.closed ? w("closed") : visit.at ? ago(visit.at, locale, Date.now()) : "";
    return html`<div class="scroll history" data-testid="history" role="region" aria-label=${w("history")} aria-busy=${this.loading ? "true" : "false"}>
      <div class="history-top">
        <button class="square" data-testid="history-back" aria-label=${w("back")} title=${w("back")} @click=${() => this.back()}>${icons.back()}</button>
        <h3>${w("history")}</h3>
        <button class="pill" data-testid="history-new" ?disabled=${busy} @click=${() => {
          this.begin();
          this.back();
        }}>${w("startNew")}</button>
      </div>
      ${busy ? html`<p class="small">${w("historyBusy")}</p>` : nothing}
      ${this.failed ? html`<p class="small" role="alert">${w("historyFailed")} <button class="link" data-testid="history-retry" @click=${() => void this.load()}>${w("retry")}</button></p>` : nothing}
      ${this.visits.length ? html`<ul>${this.visits.map((visit) => html`<li><button class="visit" data-testid="visit" data-conversation=${visit.conversation}
        aria-current=${visit.conversation === current ? "true" : nothing} ?disabled=${busy && visit.conversation !== current} @click=${() => void this.choose(visit)}>
        <b>${visit.title || w("untitled")}</b><small>${when(visit)}</small></button></li>`)}</ul>`
        : this.loading ? html`<div class="skeleton" role="status" aria-label=${w("loading")}><i></i><i></i><i></i></div>`
          : html`<p class="small" data-testid="history-empty">${w("historyEmpty")}</p>`}
    </div>`;
  }
}
