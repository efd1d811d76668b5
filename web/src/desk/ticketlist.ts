import { LitElement, html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import { ago } from "../shared/locale";
import type { Locale, Ticket } from "../shared/protocol";
import type { Api } from "./api";
import contextStyles from "./context.css?inline";
import styles from "./desk.css?inline";
import { Pager, type PageOf } from "./pager";
import pages from "./pages.css?inline";
import { hashOf } from "./router";
import { empty, failed, loading } from "./states";
import type { DeskStore } from "./store";
import type { DeskTicket } from "./ticket";
import { statusOf } from "./transcript";
import type { Say } from "./words";

const PAGE = 50;

/** All tickets, the last changed first, by type and state; one of them whole. */
export class DeskTickets extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(pages), unsafeCSS(contextStyles)];
  static override properties = {
    api: { attribute: false }, say: { attribute: false }, locale: {}, desk: { attribute: false }, number: {}, ready: { type: Boolean }, type: { state: true }, status: { state: true },
  };

  declare api: Api;
  declare say: Say;
  declare locale: Locale;
  declare desk: DeskStore;
  /** The ticket of the address. */
  declare number: string;
  declare ready: boolean;
  declare type: string;
  declare status: string;
  private rows: Pager<Ticket> | null = null;
  private numbers: string[] = [];

  constructor() {
    super();
    this.number = this.type = this.status = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.desk?.addEventListener("ticket", this.heard);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.desk.removeEventListener("ticket", this.heard);
  }

  /** A colleague, or the machine, changed one. */
  private readonly heard = (event: Event): void => {
    this.renderRoot.querySelector<DeskTicket>("sb-ticket")?.heard(String((event as CustomEvent).detail));
    void this.rows?.load();
  };

  override willUpdate(changed: PropertyValues): void {
    this.rows ??= new Pager((next) => this.page(next), () => this.requestUpdate());
    if (changed.has("desk")) this.desk.addEventListener("ticket", this.heard);
    if (changed.has("number")) this.numbers = this.number ? [this.number] : [];
    if (this.rows.state === "idle" || (changed.has("ready") && this.ready && this.rows.state === "error")) void this.rows.load();
  }

  private page(next: string | null): Promise<PageOf<Ticket>> {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (this.type) query.set("type", this.type);
    if (this.status) query.set("status", this.status);
    if (next) query.set("next", next);
    return this.api.get<PageOf<Ticket>>(`/tickets?${query.toString()}`);
  }

  private choose(filter: { type?: string; status?: string }): void {
    if (filter.type !== undefined) this.type = filter.type;
    if (filter.status !== undefined) this.status = filter.status;
    if (this.status && !this.statuses.some(([status]) => status === this.status)) this.status = "";
    void this.rows?.load();
  }

  override render(): TemplateResult {
    const { say, rows } = this;
    if (!rows) return html``;
    const narrowed = Boolean(this.type || this.status);
    return html`<div class="page-top"><h2>${say("navTickets")}</h2>${this.filters()}<span class="grow"></span>
      <button class="tool" data-testid="reload" ?disabled=${rows.state === "loading"} @click=${() => rows.load()}>${say("reload")}</button></div>
      ${rows.error ? failed(rows.error, say, () => void rows.load(rows.items.length > 0)) : nothing}
      ${rows.items.length || this.number ? this.split(rows) : rows.state === "loading" || rows.state === "idle" ? loading(say, 6)
        : rows.state !== "ready" ? nothing : narrowed ? empty(say("emptyTicketsFiltered"), say("clearFilters"), () => this.choose({ type: "", status: "" })) : empty(say("emptyTickets"))}`;
  }

  /** States of the chosen type, else of all, each once. */
  private get statuses(): [string, string][] {
    const found = new Map<string, string>();
    for (const kind of this.desk.ticketTypes) {
      if (this.type && kind.type !== this.type) continue;
      for (const status of Object.keys(kind.statuses ?? {})) if (!found.has(status)) found.set(status, statusOf(this.desk.ticketTypes, kind.type, status, this.locale, this.say));
    }
    return [...found];
  }

  private filters(): TemplateResult {
    const { say } = this;
    const pick = (name: "type" | "status", label: string, none: string, options: [string, string][]): TemplateResult => html`<label class="inline"><span class="sr">${say(label)}</span>
      <select data-testid="tickets-${name}" @change=${(event: Event) => this.choose({ [name]: (event.target as HTMLSelectElement).value })}>
        <option value="" .selected=${!this[name]}>${say(none)}</option>${options.map(([value, words]) => html`<option value=${value} .selected=${value === this[name]}>${words}</option>`)}</select></label>`;
    const types = this.desk.ticketTypes.map((kind): [string, string] => [kind.type, kind.name?.[this.locale] ?? kind.type]);
    return html`<form class="tools wrap" role="search" aria-label=${say("ticketFilters")} @submit=${(event: Event) => this.find(event)}>
      ${pick("type", "ticketType", "anyType", types)}${pick("status", "status", "anyStatus", this.statuses)}
      <label class="inline"><span class="sr">${say("ticketNumber")}</span><input data-testid="tickets-number" name="number" maxlength="40" autocomplete="off" spellcheck="false" placeholder=${say("linkNumber")} /></label>
      <button class="tool" data-testid="tickets-find">${say("findTicket")}</button></form>`;
  }

  private find(event: Event): void {
    event.preventDefault();
    const number = String(new FormData(event.target as HTMLFormElement).get("number") ?? "").trim();
    if (number) location.hash = hashOf("tickets", number);
  }

  private split(rows: Pager<Ticket>): TemplateResult {
    const { say } = this;
    return html`<div class="split ${rows.state === "loading" ? "stale" : ""}" aria-busy=${rows.state === "loading" ? "true" : "false"}>
      <nav class="flow-list" aria-label=${say("ticketRows")}><ul>${rows.items.map((ticket) => this.row(ticket))}</ul>
        ${rows.next ? html`<button class="tool more" data-testid="more" ?disabled=${rows.state === "loading"} @click=${() => rows.load(true)}>${say("more")}</button>` : nothing}</nav>
      <div class="flow-view">${this.number ? this.whole(rows) : html`<p class="empty">${say("pickTicket")}</p>`}</div></div>`;
  }

  private row(ticket: Ticket): TemplateResult {
    const { say, desk, locale } = this;
    const type = desk.ticketTypes.find((kind) => kind.type === ticket.type)?.name?.[locale] ?? ticket.type ?? "";
    const state = ticket.merged ? say("hist_merged", { x: ticket.merged }) : statusOf(desk.ticketTypes, ticket.type, ticket.status, locale, say);
    return html`<li><a class="row" href=${hashOf("tickets", ticket.number)} data-testid="ticket-row" aria-current=${ticket.number === this.number ? "true" : "false"}>
      <span class="row-top"><b>${ticket.number}</b><time>${ticket.updated_at ? ago(ticket.updated_at, locale, desk.now()) : ""}</time></span>
      <span class="row-last">${type} · ${state}</span></a></li>`;
  }

  private whole(rows: Pager<Ticket>): TemplateResult {
    const { say, desk } = this;
    const known = rows.items.find((ticket) => ticket.number === this.number);
    return html`<div class="ticket-whole">${known?.conversation ? html`<p><a class="tool" data-testid="ticket-conversation" href=${hashOf("conversations", known.conversation)}>${say("ofConversation")}</a></p>` : nothing}
      <sb-ticket .api=${this.api} .say=${say} .locale=${this.locale} .types=${desk.ticketTypes} .labels=${desk.labels} .called=${desk.called} .conversation=${""} .numbers=${this.numbers}></sb-ticket></div>`;
  }
}
