import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import base from "../shared/base.css?inline";
import { TICKET_STATUSES, type Labels, type Locale, type Ticket, type TicketType } from "../shared/protocol";
import { ApiError, type Api } from "./api";
import contextStyles from "./context.css?inline";
import styles from "./desk.css?inline";
import { clashes, remaining, type Clash, type Draft } from "./tickethistory";
import { ticketLog } from "./ticketlog";
import { statusOf } from "./transcript";
import type { Say } from "./words";

const DEFAULT_TYPES: TicketType[] = ["fault", "complaint"].map((type) => ({ type, fields: [{ name: "description", required: true }, { name: "phone", required: true }] }));

interface Field { label: string; value: unknown }

/** The tickets of one conversation: state, details, history; a new one where there is none. */
export class DeskTicket extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(contextStyles)];
  static override properties = {
    conversation: {}, numbers: { attribute: false }, api: { attribute: false }, say: { attribute: false }, locale: {}, types: { attribute: false }, called: { attribute: false }, labels: { attribute: false }, others: { attribute: false },
    ticket: { state: true }, chosen: { state: true }, status: { state: true }, note: { state: true }, message: { state: true }, error: { state: true },
    loading: { state: true }, creating: { state: true }, type: { state: true }, draft: { state: true },
    edits: { state: true }, editing: { state: true }, clash: { state: true },
  };

  declare conversation: string;
  declare numbers: string[];
  declare api: Api;
  declare say: Say;
  declare locale: Locale;
  declare types: TicketType[];
  /** What an account is called. */
  declare called: (account: string) => string;
  /** What the pack calls the values of fields. */
  declare labels: Labels;
  /** Other tickets of the customer. */
  declare others: string[];
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
  /** Fields that are being changed. */
  declare edits: Draft;
  declare editing: boolean;
  /** What a colleague changed as well. */
  declare clash: Clash[];

  constructor() {
    super();
    this.numbers = [];
    this.types = [];
    this.labels = {};
    this.called = (account) => account;
    this.ticket = null;
    this.conversation = this.chosen = this.status = this.note = this.message = this.error = this.type = "";
    this.loading = this.creating = false;
    this.draft = this.edits = {};
    this.others = [];
    this.clash = [];
    this.editing = false;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("conversation")) {
      this.ticket = null;
      this.chosen = this.note = this.message = this.error = "";
      this.creating = false;
      this.forget();
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
      this.chosen = ticket.number;
      this.take(ticket);
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.loading = false;
  }

  private async save(): Promise<void> {
    const { ticket } = this;
    if (!ticket) return;
    const note = this.note.trim();
    const body = {
      version: ticket.version, ...(this.status !== ticket.status ? { status: this.status } : {}), ...(note ? { note } : {}),
      ...(Object.keys(this.edits).length ? { fields: this.edits } : {}),
    };
    this.message = this.error = "";
    try {
      this.ticket = await this.api.request<Ticket>("PATCH", `/tickets/${encodeURIComponent(ticket.number)}`, body, { "if-match": `"${ticket.version}"` });
      this.status = this.ticket.status;
      this.note = "";
      this.forget();
      this.message = this.say("saved");
    } catch (error) {
      if (error instanceof ApiError && (error.status === 409 || error.status === 412)) {
        await this.load();
        this.error = this.ticket?.merged || this.clash.length ? "" : this.say("conflictMended");
      } else {
        this.error = this.say("notice_error", { message: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  /** The newest state, under what is being written: own changes stay, and those that meet a colleague's are asked about. */
  private take(ticket: Ticket): void {
    const before = this.ticket;
    this.ticket = ticket;
    if (before?.number !== ticket.number) {
      this.status = ticket.status;
      this.forget();
      return;
    }
    const mine = { ...this.edits, ...(this.status !== before.status ? { status: this.status } : {}) };
    const met = clashes(values(before), values(ticket), mine);
    this.clash = [...this.clash.filter((one) => !met.some((other) => other.name === one.name)), ...met];
    this.edits = remaining(values(ticket), this.edits);
    if (!("status" in mine)) this.status = ticket.status;
  }

  private forget(): void {
    this.edits = {};
    this.editing = false;
    this.clash = [];
  }

  private settle(one: Clash, mine: boolean): void {
    this.clash = this.clash.filter((other) => other !== one);
    if (mine) return;
    if (one.name === "status") this.status = one.theirs;
    else this.edits = Object.fromEntries(Object.entries(this.edits).filter(([name]) => name !== one.name));
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
      ${this.ticket ? this.shown(this.ticket) : this.loading ? html`<div class="skeleton" role="status" aria-label=${say("loading")}><i></i><i></i><i></i></div>` : nothing}
      ${!this.numbers.length && !this.creating ? html`<p class="empty">${say("noTicket")}</p>` : nothing}
      ${this.creating ? this.form() : this.conversation ? html`<button class="tool" data-testid="ticket-new" @click=${() => (this.creating = true)}>${say("newTicket")}</button>` : nothing}
      ${this.creating ? nothing : html`<sb-ticket-bonds .api=${this.api} .say=${say} .conversation=${this.conversation} .ticket=${this.ticket} .others=${this.candidates}
        @bound=${(event: CustomEvent<string>) => this.choose(event.detail)}></sb-ticket-bonds>`}
    </div>`;
  }

  private choose(number: string): void {
    this.chosen = number;
    this.ticket = null;
    void this.load();
  }

  private shown(ticket: Ticket): TemplateResult {
    const { say } = this;
    const changed = this.status !== ticket.status || this.note.trim() !== "" || Object.keys(this.edits).length > 0;
    const statuses = Object.keys(this.types.find((type) => type.type === ticket.type)?.statuses ?? {});
    if (!statuses.length) statuses.push(...TICKET_STATUSES);
    if (!statuses.includes(ticket.status)) statuses.push(ticket.status);
    const log = ticketLog(ticket, { locale: this.locale, say, called: this.called, status: (status) => this.statusText(status), label: (name) => this.labelOf(name), open: (number) => this.choose(number) });
    if (ticket.merged) {
      const { merged } = ticket;
      return html`<p class="number"><strong>${ticket.number}</strong> ${this.typeWord(ticket.type)}</p>
        <p data-testid="ticket-merged">${say("mergedInto", { into: merged })} <button class="link" @click=${() => this.choose(merged)}>${say("showOther", { ticket: merged })}</button></p>${log}`;
    }
    return html`
      <p class="number"><strong>${ticket.number}</strong> ${this.typeWord(ticket.type)}</p>
      <label>${say("status")}<select data-testid="ticket-status" @change=${(event: Event) => (this.status = (event.target as HTMLSelectElement).value)}>
        ${statuses.map((status) => html`<option value=${status} .selected=${status === this.status}>${this.statusText(status)}</option>`)}
      </select></label>
      <label>${say("noteToCustomer")}<textarea data-testid="ticket-note" rows="2" .value=${live(this.note)}
        @input=${(event: Event) => (this.note = (event.target as HTMLTextAreaElement).value)}></textarea></label>
      ${this.clash.length ? this.asked() : nothing}
      <p class="row-end"><span role="status" class="good">${this.message}</span>
        <button class="primary" data-testid="ticket-save" ?disabled=${!changed || this.clash.length > 0} @click=${() => this.save()}>${say("save")}</button></p>
      ${this.editing ? this.editor() : html`<section><h3>${say("fields")}</h3><dl>${this.fields(ticket).map((field) => html`<dt>${field.label}</dt><dd>${String(field.value ?? "")}</dd>`)}</dl>
        <button class="link" data-testid="ticket-edit" @click=${() => (this.editing = true)}>${say("editFields")}</button></section>`}
      ${log}`;
  }

  /** The numbers that a merger or a link may mean. */
  private get candidates(): string[] {
    return [...new Set([...this.numbers, ...this.others])];
  }

  private editor(): TemplateResult {
    const { say, ticket } = this;
    const known = this.types.find((type) => type.type === ticket?.type)?.fields ?? [];
    const now = ticket ? values(ticket) : {};
    return html`<section><h3>${say("fields")}</h3>
      ${known.map((field) => html`<label>${field.required ? this.label(field) : say("optional", { field: this.label(field) })}<input maxlength="4000" data-testid="edit-${field.name}"
        .value=${live(this.edits[field.name] ?? now[field.name] ?? "")} @input=${(event: Event) => this.edit(field.name, (event.target as HTMLInputElement).value, now)} /></label>`)}
      <button class="link" @click=${() => { this.edits = {}; this.editing = false; }}>${say("stopEdit")}</button></section>`;
  }

  private edit(name: string, value: string, now: Draft): void {
    this.edits = remaining(now, { ...this.edits, [name]: value });
  }

  private asked(): TemplateResult {
    const { say } = this;
    const word = (one: Clash, value: string): string => (one.name === "status" ? this.statusText(value) : value) || say("emptyValue");
    return html`<section class="clash" role="alert" data-testid="clash"><p><b>${say("clashTitle")}</b></p>${this.clash.map((one) => html`
      <p><b>${one.name === "status" ? say("status") : this.labelOf(one.name)}</b></p><p>${say("theirs", { value: word(one, one.theirs) })}</p><p>${say("mineIs", { value: word(one, one.mine) })}</p>
      <p class="tools"><button class="tool" data-testid="clash-mine" @click=${() => this.settle(one, true)}>${say("keepMine")}</button>
        <button class="tool" data-testid="clash-theirs" @click=${() => this.settle(one, false)}>${say("takeTheirs")}</button></p>`)}</section>`;
  }

  private labelOf(name: string): string {
    const known = this.types.find((type) => type.type === this.ticket?.type)?.fields ?? [];
    return this.label(known.find((field) => field.name === name) ?? { name });
  }

  private fields(ticket: Ticket): Field[] {
    const { fields } = ticket;
    if (!fields) return [];
    if (Array.isArray(fields)) return fields.map((field) => ({ label: field.label ?? field.name, value: this.valueWord(field.name, field.value) }));
    const known = this.types.find((type) => type.type === ticket.type)?.fields ?? [];
    return Object.entries(fields).map(([name, value]) => ({ label: this.label(known.find((field) => field.name === name) ?? { name }), value: this.valueWord(name, value) }));
  }

  private valueWord(field: string, value: unknown): unknown {
    return this.labels.values?.[field]?.[String(value)]?.[this.locale] ?? value;
  }

  private statusText(status: string): string {
    const words = statusOf(this.types, this.ticket?.type, status, this.locale, this.say);
    return words.charAt(0).toUpperCase() + words.slice(1);
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

/** What can clash, as it stands in inputs. */
function values(ticket: Ticket): Draft {
  const fields = Array.isArray(ticket.fields) ? ticket.fields.map((field) => [field.name, field.value] as const) : Object.entries(ticket.fields ?? {});
  return { ...Object.fromEntries(fields.map(([name, value]) => [name, value === null || value === undefined ? "" : String(value)])), status: ticket.status };
}
