import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import type { Ticket } from "../shared/protocol";
import { ApiError, type Api } from "./api";
import contextStyles from "./context.css?inline";
import styles from "./desk.css?inline";
import type { Say } from "./words";

type Doing = "" | "link" | "merge" | "part";

/** Puts a ticket where it belongs: an existing one into this conversation, this one into another, or out of it again. Fires `bound` with the number to show. */
export class TicketBonds extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(contextStyles)];
  static override properties = {
    api: { attribute: false }, say: { attribute: false }, conversation: {}, ticket: { attribute: false }, others: { attribute: false },
    doing: { state: true }, number: { state: true }, error: { state: true }, busy: { state: true },
  };

  declare api: Api;
  declare say: Say;
  declare conversation: string;
  declare ticket: Ticket | null;
  /** Other tickets of the customer, offered before anything is typed. */
  declare others: string[];
  declare doing: Doing;
  declare number: string;
  declare error: string;
  declare busy: boolean;

  constructor() {
    super();
    this.conversation = this.doing = this.number = this.error = "";
    this.ticket = null;
    this.others = [];
    this.busy = false;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("conversation") || changed.has("ticket")) this.leave();
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get("doing") as Doing | undefined;
    if (!changed.has("doing") || before === undefined) return;
    const next = this.doing ? `[data-testid="${this.doing === "part" ? "part-confirm" : "bond-number"}"]` : `[data-testid="ticket-${before}"]`;
    this.renderRoot.querySelector<HTMLElement>(next)?.focus();
  }

  private leave(): void {
    this.doing = "";
    this.number = this.error = "";
  }

  override render(): TemplateResult {
    const { say, ticket } = this;
    if (this.doing === "part") return this.parting();
    if (this.doing) return this.form(this.doing);
    return html`<p class="tools wrap">
      ${this.conversation ? html`<button class="tool" data-testid="ticket-link" @click=${() => (this.doing = "link")}>${say("linkTicket")}</button>` : nothing}
      ${ticket && !ticket.merged ? html`<button class="tool" data-testid="ticket-merge" @click=${() => (this.doing = "merge")}>${say("mergeTicket")}</button>` : nothing}
      ${ticket?.merged ? html`<button class="tool" data-testid="ticket-part" @click=${() => (this.doing = "part")}>${say("undoMerge")}</button>` : nothing}</p>`;
  }

  private parting(): TemplateResult {
    const { say, ticket } = this;
    return html`<section class="bond"><h3>${say("undoMerge")}</h3><p>${say("undoMergeSure", { ticket: ticket?.number ?? "", into: ticket?.merged ?? "" })}</p>
      ${this.error ? html`<p class="bad" role="alert">${this.error}</p>` : nothing}
      <p class="row-end"><button class="tool" @click=${() => this.leave()}>${say("cancel")}</button>
        <button class="primary" data-testid="part-confirm" ?disabled=${this.busy} @click=${() => this.settle("part", () => this.separate())}>${say("undoMerge")}</button></p></section>`;
  }

  private form(doing: "link" | "merge"): TemplateResult {
    const { say, ticket, number } = this;
    const given = number.trim();
    const offered = this.others.filter((one) => one !== ticket?.number);
    return html`<section class="bond"><h3>${say(doing === "link" ? "linkTicket" : "mergeTicket")}</h3>
      ${offered.length ? html`<p class="muted">${say("otherTicketsOf")}</p><p class="tools wrap">${offered.map((one) => html`<button class="tool" data-testid="bond-offer"
        aria-pressed=${given === one ? "true" : "false"} @click=${() => (this.number = one)}>${one}</button>`)}</p>` : nothing}
      <label>${say("ticketNumber")}<input data-testid="bond-number" maxlength="40" autocomplete="off" spellcheck="false" placeholder=${say("linkNumber")}
        .value=${number} @input=${(event: Event) => (this.number = (event.target as HTMLInputElement).value)} /></label>
      ${doing === "merge" && given ? html`<p>${say("mergeSure", { ticket: ticket?.number ?? "", into: given })}</p>` : nothing}
      ${this.error ? html`<p class="bad" role="alert">${this.error}</p>` : nothing}
      <p class="row-end"><button class="tool" @click=${() => this.leave()}>${say("cancel")}</button>
        <button class="primary" data-testid="bond-confirm" ?disabled=${!given || this.busy} @click=${() => this.settle(doing, () => (doing === "link" ? this.link(given) : this.merge(given)))}>${say(doing === "link" ? "linkHere" : "mergeConfirm")}</button></p></section>`;
  }

  private async settle(doing: Doing, act: () => Promise<string>): Promise<void> {
    this.busy = true;
    this.error = "";
    try {
      const shown = await act();
      this.leave();
      this.dispatchEvent(new CustomEvent("bound", { detail: shown }));
    } catch (error) {
      this.error = this.refusal(error, doing);
    }
    this.busy = false;
  }

  /** The version is the one that the ticket has now: linking takes nothing from what colleagues wrote. */
  private async link(given: string): Promise<string> {
    const seen = await this.api.get<Ticket>(`/tickets/${encodeURIComponent(given)}`);
    const body = { conversation: this.conversation, version: seen.version };
    return (await this.api.request<Ticket>("POST", `/tickets/${encodeURIComponent(seen.number)}/link`, body)).number;
  }

  private async merge(into: string): Promise<string> {
    const { ticket } = this;
    if (!ticket) return into;
    const body = { into, version: ticket.version };
    return (await this.api.request<Ticket>("POST", `/tickets/${encodeURIComponent(ticket.number)}/merge`, body)).number;
  }

  private async separate(): Promise<string> {
    const { ticket } = this;
    if (!ticket) return "";
    return (await this.api.request<Ticket>("DELETE", `/tickets/${encodeURIComponent(ticket.number)}/merge`, undefined, { "if-match": `"${ticket.version}"` })).number;
  }

  private refusal(error: unknown, doing: Doing): string {
    if (error instanceof ApiError && error.status === 409 && doing === "part") return this.say("undoMergeStale");
    if (error instanceof ApiError && error.status === 404) return this.say("bondMissing");
    if (error instanceof ApiError && error.status === 409) return this.say("bondRefused");
    return this.say("notice_error", { message: error instanceof Error ? error.message : String(error) });
  }
}
