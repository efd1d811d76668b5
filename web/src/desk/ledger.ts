import { LitElement, html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import { precise } from "../shared/locale";
import type { Locale } from "../shared/protocol";
import type { Api } from "./api";
import styles from "./desk.css?inline";
import { LedgerStore, basisOf, conversationOf, factsOf, type LedgerRow, type Proof } from "./ledgerstore";
import pages from "./pages.css?inline";
import { periodPicker } from "./periodpicker";
import { hashOf } from "./router";
import { empty, failed, loading } from "./states";
import type { DeskStore } from "./store";
import type { Say } from "./words";

const COLUMNS = ["time", "who", "what", "interface", "level", "confirmer", "outcome", "rule"];

/** The ledger as administrators see it: found by conversation, contact, action and period, each entry with its proof. */
export class DeskLedger extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(pages)];
  static override properties = {
    api: { attribute: false }, say: { attribute: false }, locale: {}, desk: { attribute: false }, conversation: {}, ready: { type: Boolean }, open: { state: true },
  };

  declare api: Api;
  declare say: Say;
  declare locale: Locale;
  declare desk: DeskStore;
  /** The conversation of the address. */
  declare conversation: string;
  declare ready: boolean;
  /** The entry that is shown whole; its position. */
  declare open: number;
  private store: LedgerStore | null = null;

  constructor() {
    super();
    this.open = 0;
  }

  override willUpdate(changed: PropertyValues): void {
    this.store ??= new LedgerStore(this.api, () => this.requestUpdate());
    const { rows } = this.store;
    if (changed.has("conversation") && (this.conversation || rows.state !== "idle")) this.store.choose({ conversation: this.conversation });
    else if (rows.state === "idle" || (changed.has("ready") && this.ready && rows.state === "error")) void rows.load();
  }

  override render(): TemplateResult {
    const { say, store } = this;
    if (!store) return html``;
    const { rows } = store;
    return html`<div class="page-top"><h2>${say("navLedger")}</h2>${periodPicker(store.filters.period, say, (period) => this.choose({ period }))}
      <span class="grow"></span><button class="tool" data-testid="reload" ?disabled=${rows.state === "loading"} @click=${() => rows.load()}>${say("reload")}</button></div>
      ${this.filters(store)}
      <div class="page-body ${rows.state === "loading" ? "stale" : ""}" aria-busy=${rows.state === "loading" ? "true" : "false"}>
        ${rows.error ? failed(rows.error, say, () => void rows.load(rows.items.length > 0)) : nothing}
        ${rows.items.length ? this.table(rows.items) : rows.state === "loading" ? loading(say, 8) : rows.state === "ready" ? this.nothingThere(store) : nothing}
        ${rows.next ? html`<button class="tool more" data-testid="more" ?disabled=${rows.state === "loading"} @click=${() => rows.load(true)}>${say("more")}</button>` : nothing}
      </div>
      <p class="keys" data-testid="verify-hint">${say("verifyHint")} <code>switchboard verify</code></p>`;
  }

  private choose(filters: Parameters<LedgerStore["choose"]>[0]): void {
    this.open = 0;
    this.store?.choose(filters);
    this.requestUpdate();
  }

  private filters(store: LedgerStore): TemplateResult {
    const { say } = this;
    const { filters } = store;
    const field = (name: "conversation" | "contact", word: string): TemplateResult => html`<label>${say(word)}<input data-testid="filter-${name}" maxlength="128" autocomplete="off" spellcheck="false"
      .value=${filters[name]} @change=${(event: Event) => this.choose({ [name]: (event.target as HTMLInputElement).value.trim() })} /></label>`;
    return html`<form class="filters" role="search" aria-label=${say("filters")} @submit=${(event: Event) => event.preventDefault()}>
      ${field("conversation", "conversation")}${field("contact", "contactId")}
      <label>${say("action")}<select data-testid="filter-action" @change=${(event: Event) => this.choose({ action: (event.target as HTMLSelectElement).value })}>
        <option value="" .selected=${!filters.action}>${say("anyAction")}</option>
        ${this.desk.approvals.actions.map(({ name }) => html`<option value=${name} .selected=${name === filters.action}>${this.desk.approvals.title(name, this.locale)}</option>`)}
      </select></label>
      ${store.narrowed ? html`<button class="tool" type="button" data-testid="filter-clear" @click=${() => this.clear()}>${say("clearFilters")}</button>` : nothing}
    </form>`;
  }

  private clear(): void {
    if (this.conversation) location.hash = hashOf("ledger");
    this.choose({ conversation: "", contact: "", action: "" });
  }

  private nothingThere(store: LedgerStore): TemplateResult {
    const { say } = this;
    if (store.narrowed) return empty(say("emptyFiltered"), say("clearFilters"), () => this.clear());
    const longer = store.filters.period.span === "month" ? "" : say("showMonth");
    return empty(say("emptyLedger"), longer, () => this.choose({ period: { ...store.filters.period, span: "month" } }));
  }

  private table(items: LedgerRow[]): TemplateResult {
    const { say } = this;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${say("entriesOf")}><table class="ledger" data-testid="ledger"><caption class="sr">${say("entriesOf")}</caption>
      <thead><tr>${COLUMNS.map((word) => html`<th scope="col">${say(word)}</th>`)}</tr></thead>
      <tbody>${items.map((row) => this.row(row))}</tbody></table></div>`;
  }

  private row(row: LedgerRow): TemplateResult {
    const { say, desk, locale } = this;
    const { event } = row;
    const facts = factsOf(event);
    const open = this.open === row.position;
    const cell = (text: string): TemplateResult => html`<td>${text || html`<span class="muted">—</span>`}</td>`;
    return html`<tr data-testid="entry" data-kind=${event.kind} data-position=${row.position} class=${open ? "open" : ""}>
      <td class="time"><button class="link" data-testid="entry-open" aria-expanded=${open ? "true" : "false"}
        @click=${() => (this.open = open ? 0 : row.position)}>${precise(event.at, locale)}<span class="sr"> ${say("entryOpen", { position: row.position })}</span></button></td>
      <td>${this.who(row)}</td>
      <td>${this.kind(event.kind)}${facts.action ? html` <b>${desk.approvals.title(facts.action, locale)}</b>` : nothing}</td>
      ${cell(facts.interface)}${cell(facts.level)}${cell(facts.confirmer && desk.called(facts.confirmer))}
      ${cell(facts.outcome && (say(`outcome_${facts.outcome}`) || facts.outcome))}${cell(facts.rule)}</tr>
      ${open ? html`<tr class="detail"><td colspan=${COLUMNS.length}>${this.detail(row)}</td></tr>` : nothing}`;
  }

  private who({ event }: LedgerRow): string {
    const { executor = "", name = "" } = event.actor ?? {};
    const kind = { machine: "bot", agent: "agent", customer: "customer", system: "system" }[executor];
    const role = (kind && this.say(kind)) || executor;
    return executor === "agent" ? this.desk.called(name) || role : name && name !== "bot" && executor === "machine" ? `${role} · ${name}` : role;
  }

  private kind(kind: string): string {
    return this.say(`kind_${kind}`) || kind;
  }

  private detail(row: LedgerRow): TemplateResult {
    const { say } = this;
    const id = conversationOf(row.stream);
    return html`<div class="entry-detail" data-testid="entry-detail">
      <section><h3>${say("basis")}</h3><dl>${basisOf(row.event).map(([name, value]) => html`<dt>${say(`basis_${name}`) || name}</dt><dd>${this.basis(row, name, value)}</dd>`)}</dl></section>
      <section><h3>${say("proof")}</h3>${this.proof(row.proof)}
        <dl><dt>${say("place")}</dt><dd>${row.position} · ${row.stream} · ${row.event.seq}</dd></dl>
        ${id ? html`<p class="tools"><a class="tool" data-testid="entry-conversation" href=${hashOf("conversations", id)}>${say("openConversation")}</a>
          <a class="tool" href=${hashOf("ledger", id)}>${say("onlyConversation")}</a></p>` : nothing}</section></div>`;
  }

  private basis({ event }: LedgerRow, name: string, value: unknown): unknown {
    const action = factsOf(event).action;
    if (action && (name === "arguments" || name === "result") && typeof value === "object" && value !== null) {
      const { approvals } = this.desk;
      return Object.entries(value).map(([field, one]) => html`<p>${approvals.label(action, field, this.locale)}: <b>${approvals.value(action, field, one, this.locale)}</b></p>`);
    }
    return this.value(name === "confirmer" || name === "agent" ? this.desk.called(String(value)) : value);
  }

  private value(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return String(value);
    if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(this.say("comma"));
    return html`<pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>`;
  }

  private proof(proof: Proof): TemplateResult {
    const { say } = this;
    const state = proof.holds === null ? "pendingProof" : proof.holds ? "holds" : "holdsNot";
    const tone = proof.holds === null ? "muted" : proof.holds ? "good" : "bad";
    const hash = (value: string | null): TemplateResult | string => (value ? html`<code class="hash">${value}</code>` : "—");
    return html`<p class=${tone} data-testid="proof-state" data-holds=${String(proof.holds)}>${proof.holds ? "✓ " : proof.holds === false ? "✗ " : ""}${say(state)}</p>
      <dl data-testid="proof"><dt>${say("digest")}</dt><dd>${hash(proof.digest)}</dd><dt>${say("block")}</dt><dd>${proof.block ?? "—"}</dd>
        <dt>${say("previousHash")}</dt><dd>${hash(proof.previous)}</dd><dt>${say("blockHash")}</dt><dd>${hash(proof.hash)}</dd></dl>`;
  }
}
