import { LitElement, html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import { ago, full } from "../shared/locale";
import type { Locale } from "../shared/protocol";
import { ApiError, type Api } from "./api";
import { channelWord, languageWord } from "./context";
import contextStyles from "./context.css?inline";
import styles from "./desk.css?inline";
import { asApiError } from "./pager";
import { hashOf } from "./router";
import { failed, loading } from "./states";
import type { Say } from "./words";

interface Join { contact: string; into: string; by: string; at: string; basis: string }
interface Suggestion { contact: string; basis: string; name: string; conversation: string; last_at: string | null }
interface Known {
  contact: string; name: string; signed_in: boolean; verified: boolean; proved: string; language: string; channel: string;
  attributes: Record<string, unknown>; contacts: string[]; joins: Join[]; suggestions: Suggestion[];
}

/** The customer of a conversation, and which other contacts are the same person. Fires `joined` when that changed. */
export class DeskContact extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(contextStyles)];
  static override properties = {
    api: { attribute: false }, say: { attribute: false }, locale: {}, called: { attribute: false }, conversation: {}, now: { type: Number },
    known: { state: true }, error: { state: true }, refused: { state: true }, sure: { state: true }, other: { state: true }, busy: { state: true },
  };

  declare api: Api;
  declare say: Say;
  declare locale: Locale;
  declare called: (account: string) => string;
  declare conversation: string;
  declare now: number;
  declare known: Known | null;
  declare error: ApiError | null;
  declare refused: string;
  /** The contact that waits for a second click. */
  declare sure: string;
  declare other: string;
  declare busy: boolean;

  constructor() {
    super();
    this.conversation = this.refused = this.sure = this.other = "";
    this.known = this.error = null;
    this.busy = false;
    this.now = 0;
  }

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has("conversation") || !this.conversation) return;
    this.known = null;
    this.refused = this.sure = this.other = "";
    void this.load();
  }

  async load(): Promise<void> {
    const id = this.conversation;
    this.error = null;
    try {
      const known = await this.api.get<Known>(`/conversations/${encodeURIComponent(id)}/contact`);
      if (id === this.conversation) this.known = known;
    } catch (error) {
      if (id === this.conversation) this.error = asApiError(error);
    }
  }

  override render(): TemplateResult {
    const { say, known } = this;
    if (this.error) return failed(this.error, say, () => void this.load());
    if (!known) return loading(say, 3);
    const identity = known.signed_in ? say("signedIn") : say("visitor");
    const facts: [string, string][] = [
      [say("name"), known.name || say("unknown")], [say("identity"), identity],
      [say("proved"), known.proved || (known.verified ? say("yesProved") : say("notProved"))],
      [say("lang"), languageWord(known.language, say)], [say("channel"), channelWord(known.channel, say)], [say("contactId"), known.contact],
    ];
    const said = Object.entries(known.attributes);
    return html`<div data-testid="contact-panel">
      <dl class="facts">${facts.filter(([, text]) => text).map(([label, text]) => html`<dt>${label}</dt><dd>${text}</dd>`)}</dl>
      ${said.length ? html`<section><h3>${say("pageSaid")}</h3><dl>${said.map(([name, value]) => html`<dt>${name}</dt><dd>${typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>`)}</dl></section>` : nothing}
      ${this.refused ? html`<p class="bad" role="alert">${this.refused}</p>` : nothing}
      ${known.joins.length ? html`<section data-testid="joins"><h3>${say("joins")}</h3>${known.joins.map((join) => this.join(join))}</section>` : nothing}
      ${known.suggestions.length ? html`<section data-testid="suggestions"><h3>${say("maybeSame")}</h3>${known.suggestions.map((one) => this.suggestion(one))}</section>` : nothing}
      ${this.byHand(known)}</div>`;
  }

  private basis(basis: string): string {
    return this.say(`basis_join_${basis || "person"}`);
  }

  private join(join: Join): TemplateResult {
    const { say } = this;
    return html`<div class="join" data-testid="join"><p><code>${join.contact}</code></p>
      <p class="muted">${say("joinedBy", { name: this.called(join.by) || join.by, time: full(join.at, this.locale) })} · ${this.basis(join.basis)}</p>
      ${this.twice(join.contact, say("undoJoin"), say("undoJoinSure"), () => this.unjoin(join.contact))}</div>`;
  }

  private suggestion(one: Suggestion): TemplateResult {
    const { say } = this;
    return html`<div class="join" data-testid="suggestion"><p><b>${one.name || say("unknown")}</b> <span class="muted">${[this.basis(one.basis), one.last_at ? ago(one.last_at, this.locale, this.now || Date.now()) : ""].filter(Boolean).join(" · ")}</span></p>
      ${one.conversation ? html`<p><a href=${hashOf("conversations", one.conversation)}>${say("openConversation")}</a></p>` : nothing}
      ${this.twice(one.contact, say("joinThem"), say("joinSure"), () => this.add(one.contact))}</div>`;
  }

  /** Two clicks, the second after what it means. */
  private twice(contact: string, word: string, sentence: string, act: () => void): TemplateResult {
    const { say } = this;
    if (this.sure !== contact) return html`<p class="tools"><button class="tool" data-testid="join-ask" ?disabled=${this.busy} @click=${() => (this.sure = contact)}>${word}</button></p>`;
    return html`<p>${sentence}</p><p class="tools"><button class="primary" data-testid="join-confirm" ?disabled=${this.busy} @click=${act}>${word}</button>
      <button class="tool" @click=${() => (this.sure = "")}>${say("cancel")}</button></p>`;
  }

  private byHand(known: Known): TemplateResult {
    const { say } = this;
    const other = this.other.trim();
    return html`<details class="by-hand"><summary>${say("joinOther")}</summary>
      <label>${say("contactId")}<input data-testid="join-other" maxlength="64" autocomplete="off" spellcheck="false" .value=${this.other}
        @input=${(event: Event) => { this.other = (event.target as HTMLInputElement).value; this.sure = ""; }} /></label>
      ${other && !known.contacts.includes(other) ? this.twice(other, say("joinThem"), say("joinSure"), () => this.add(other)) : nothing}</details>`;
  }

  private add(contact: string): void {
    void this.change("POST", this.known?.contact ?? "", { contact });
  }

  private unjoin(contact: string): void {
    void this.change("DELETE", contact);
  }

  private async change(method: string, contact: string, body?: object): Promise<void> {
    this.busy = true;
    this.refused = "";
    try {
      await this.api.request(method, `/contacts/${encodeURIComponent(contact)}/joins`, body);
      this.other = "";
      this.dispatchEvent(new CustomEvent("joined"));
    } catch (error) {
      const { status, message } = asApiError(error);
      this.refused = status === 404 ? this.say("joinUnknown") : status === 409 ? this.say("joinStale") : this.say("notice_error", { message });
    }
    this.sure = "";
    this.busy = false;
    await this.load();
  }
}
