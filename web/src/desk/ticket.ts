import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import base from "../shared/base.css?inline";
import { full } from "../shared/locale";
import { TICKET_STATUSES, type Locale, type Ticket, type TicketEntry, type TicketType } from "../shared/protocol";
import { ApiError, type Api } from "./api";
import styles from "./desk.css?inline";
import { statusOf } from "./transcript";
import type { Say } from "./words";

const DEFAULT_TYPES: TicketType[] = ["fault", "complaint"].map((type) => ({ type, fields: [{ name: "description", required: true }, { name: "phone", required: true }] }));

/** What an action did for the ticket, in words. */
export function actedWords(item: TicketEntry, say: Say): string {
  const outcome = item.undoes && item.outcome === "ok" ? "undone" : item.outcome;
  return say(`acted_${outcome}`, { x: item.action ?? "" });
}

interface Field { label: string; value: unknown }

/** The tickets of one conversation: state, details, history; a new one where there is none. */
export class DeskTicket extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles)];
  static override properties = {
    conversation: {}, numbers: { attribute: false }, api: { attribute: false }, say: { attribute: false }, locale: {}, types: { attribute: false }, called: { attribute: false },
    ticket: { state: true }, chosen: { state: true }, status: { state: true }, note: { state: true }, message: { state: true }, error: { state: true },
    loading: { state: true }, creating: { state: true }, type: { state: true }, draft: { state: true },
  };

  declare conversation: string;
  declare numbers: string[];
  declare api: Api;
  declare say: Say;
  declare locale: Locale;
  declare types: TicketType[];
  /** What an account is called. */
  declare called: (account: string) => string;
  declare ticket: Ticket | null;
  declare chosen: string;
  declare status: string;
  declare note: string;
  declare message: string;
  declare error: string;
  declare loading: boolean;
  declare creating: boolean;
  declare type: string;
  declare draft: Record<string, string>;

  constructor() {
    super();
    this.numbers = [];
    this.types = [];
    this.called = (account) => account;
    this.ticket = null;
    this.conversation = this.chosen = this.status = this.note = this.message = this.error = this.type = "";
    this.loading = this.creating = false;
    this.draft = {};
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("conversation")) {
      this.ticket = null;
      this.chosen = this.note = this.message = this.error = "";
      this.creating = false;
    }
    const last = this.numbers[this.numbers.length - 1] ?? "";
    if ((changed.has("numbers") || changed.has("conversation")) && !this.numbers.includes(this.chosen) && last) {
      this.chosen = last;
      void this.load();
    }
  }

  /** Somebody changed this ticket: what is being written stays. */
  heard(number: string): void {
    if (number === this.chosen) void this.load();
  }

  private async load(): Promise<void> {
    const number = this.chosen;
    this.loading = true;
    this.error = "";
    try {
      const ticket = await this.api.get<Ticket>(`/tickets/${encodeURIComponent(number)}`);
      if (number !== this.chosen) return;
      const touched = this.ticket !== null && this.status !== this.ticket.status;
      this.ticket = ticket;
      if (!touched) this.status = ticket.status;
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.loading = false;
  }

  private async save(): Promise<void> {
    const { ticket } = this;
    if (!ticket) return;
    const note = this.note.trim();
    const body = { version: ticket.version, ...(this.status !== ticket.status ? { status: this.status } : {}), ...(note ? { note } : {}) };
    this.message = this.error = "";
    try {
      this.ticket = await this.api.request<Ticket>("PATCH", `/tickets/${encodeURIComponent(ticket.number)}`, body, { "if-match": `"${ticket.version}"` });
      this.status = this.ticket.status;
      this.note = "";
      this.message = this.say("saved");
    } catch (error) {
      if (error instanceof ApiError && (error.status === 409 || error.status === 412)) {
        await this.load();
        this.error = this.say("conflict");
      } else {
        this.error = this.say("notice_error", { message: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  private async create(): Promise<void> {
    this.error = "";
    const kind = this.kind;
    if (!kind) return;
    try {
      const ticket = await this.api.request<Ticket>("POST", "/tickets", { conversation: this.conversation, type: kind.type, fields: this.draft });
      this.creating = false;
      this.draft = {};
      this.ticket = ticket;
      this.chosen = ticket.number;
      this.status = ticket.status;
      if (!this.numbers.includes(ticket.number)) this.numbers = [...this.numbers, ticket.number];
    } catch (error) {
      this.error = this.say("notice_error", { message: error instanceof Error ? error.message : String(error) });
    }
  }

  private get offered(): TicketType[] {
    return this.types.length ? this.types : DEFAULT_TYPES;
  }

  private get kind(): TicketType | undefined {
    return this.offered.find((type) => type.type === this.type) ?? this.offered[0];
  }

  private typeWord(type: string | undefined): string {
    const known = this.types.find((item) => item.type === type)?.name?.[this.locale];
    return known ?? (type ? this.say(`type_${type}`) || type : "");
  }

  override render(): TemplateResult {
    const { say } = this;
    return html`<div data-testid="ticket-panel">
      ${this.numbers.length > 1 ? html`<select aria-label=${say("tickets")} .value=${this.chosen}
        @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
        ${this.numbers.map((number) => html`<option value=${number} ?selected=${number === this.chosen}>${number}</option>`)}</select>` : nothing}
      ${this.error ? html`<p class="bad" role="alert">${this.error}
        ${this.ticket || this.creating ? nothing : html`<button class="link" @click=${() => this.load()}>${say("retry")}</button>`}</p>` : nothing}
      ${this.ticket ? this.shown(this.ticket) : this.loading ? html`<div class="skeleton"><i></i><i></i><i></i></div>` : nothing}
      ${!this.numbers.length && !this.creating ? html`<p class="empty">${say("noTicket")}</p>` : nothing}
      ${this.creating ? this.form() : html`<button class="tool" data-testid="ticket-new" @click=${() => (this.creating = true)}>${say("newTicket")}</button>`}
    </div>`;
  }

  private choose(number: string): void {
    this.chosen = number;
    this.ticket = null;
    void this.load();
  }

  private shown(ticket: Ticket): TemplateResult {
    const { say } = this;
    const changed = this.status !== ticket.status || this.note.trim() !== "";
    const statuses = Object.keys(this.types.find((type) => type.type === ticket.type)?.statuses ?? {});
    if (!statuses.length) statuses.push(...TICKET_STATUSES);
    if (!statuses.includes(ticket.status)) statuses.push(ticket.status);
    return html`
      <p class="number"><strong>${ticket.number}</strong> ${this.typeWord(ticket.type)}</p>
      <label>${say("status")}<select data-testid="ticket-status" @change=${(event: Event) => (this.status = (event.target as HTMLSelectElement).value)}>
        ${statuses.map((status) => html`<option value=${status} .selected=${status === this.status}>${this.statusText(status)}</option>`)}
      </select></label>
      <label>${say("noteToCustomer")}<textarea data-testid="ticket-note" rows="2" .value=${live(this.note)}
        @input=${(event: Event) => (this.note = (event.target as HTMLTextAreaElement).value)}></textarea></label>
      <p class="row-end"><span role="status" class="good">${this.message}</span>
        <button class="primary" data-testid="ticket-save" ?disabled=${!changed} @click=${() => this.save()}>${say("save")}</button></p>
      <section><h3>${say("fields")}</h3><dl>${this.fields(ticket).map((field) => html`<dt>${field.label}</dt><dd>${String(field.value ?? "")}</dd>`)}</dl></section>
      ${ticket.history?.length ? html`<section><h3>${say("history")}</h3><ol class="history">${ticket.history.map((item) => html`<li>
        <b>${this.happened(item)}</b> <span class="muted">${this.doer(item)} ${full(item.at, this.locale)}</span>
        ${item.note ? html`<p>${item.note}</p>` : nothing}
        ${Object.entries(item.result ?? {}).map(([name, value]) => html`<p class="muted">${name}: ${typeof value === "string" ? value : JSON.stringify(value)}</p>`)}</li>`)}</ol></section>` : nothing}`;
  }

  private fields(ticket: Ticket): Field[] {
    const { fields } = ticket;
    if (!fields) return [];
    if (Array.isArray(fields)) return fields.map((field) => ({ label: field.label ?? field.name, value: field.value }));
    const known = this.types.find((type) => type.type === ticket.type)?.fields ?? [];
    return Object.entries(fields).map(([name, value]) => ({ label: this.label(known.find((field) => field.name === name) ?? { name }), value }));
  }

  private statusText(status: string): string {
    const words = statusOf(this.types, this.ticket?.type, status, this.locale, this.say);
    return words.charAt(0).toUpperCase() + words.slice(1);
  }

  private happened(item: TicketEntry): string {
    if (item.kind === "ticket_acted") return actedWords(item, this.say);
    return item.status ? this.statusText(item.status) : this.say("opened");
  }

  /** Who did it; of an action also how freely, and who released it. */
  private doer(item: TicketEntry): string {
    const parts = [this.actor(item.actor)];
    if (item.level) parts.push(this.say("acted_level", { level: item.level }));
    if (item.confirmer) parts.push(this.say("acted_released", { name: this.called(item.confirmer) }));
    return parts.filter(Boolean).join(this.say("comma"));
  }

  private actor(actor: { executor: string; name?: string } | undefined): string {
    if (!actor) return "";
    const kinds: Record<string, string> = { machine: "bot", customer: "customer", system: "system" };
    const kind = kinds[actor.executor];
    return kind ? this.say(kind) : this.called(actor.name ?? "") || this.say("agent");
  }

  private label(field: { name: string; label?: Partial<Record<Locale, string>> | string }): string {
    const { label } = field;
    return (typeof label === "string" ? label : label?.[this.locale]) ?? (this.say(`field_${field.name}`) || field.name);
  }

  private form(): TemplateResult {
    const { say } = this;
    const { kind } = this;
    const ready = kind?.fields?.every((field) => !field.required || this.draft[field.name]?.trim());
    return html`<section><h3>${say("newTicket")}</h3>
      <label>${say("ticketType")}<select data-testid="ticket-type" @change=${(event: Event) => (this.type = (event.target as HTMLSelectElement).value)}>
        ${this.offered.map((type) => html`<option value=${type.type} .selected=${type.type === kind?.type}>${this.typeWord(type.type)}</option>`)}
      </select></label>
      ${kind?.fields?.map((field) => html`<label>${field.required ? this.label(field) : say("optional", { field: this.label(field) })}<input
        data-testid="ticket-field-${field.name}" ?required=${field.required} .value=${this.draft[field.name] ?? ""}
        @input=${(event: Event) => (this.draft = { ...this.draft, [field.name]: (event.target as HTMLInputElement).value })} /></label>`)}
      <p class="row-end"><button class="tool" @click=${() => (this.creating = false)}>${say("cancel")}</button>
        <button class="primary" data-testid="ticket-create" ?disabled=${!ready} @click=${() => this.create()}>${say("create")}</button></p>
    </section>`;
  }
}
