import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { Attach } from "../shared/attach";
import base from "../shared/base.css?inline";
import fileStyles from "../shared/files.css?inline";
import { toLocale } from "../shared/locale";
import { openVariable, type Values } from "./canned";
import { CannedPicker } from "./cannedpicker";
import { MentionPicker } from "./mentionpicker";
import { composing } from "../shared/text";
import styles from "./desk.css?inline";
import help from "./help.css?inline";
import { draftKey } from "./drafts";
import { factsOf, type Suggestion, type Warning } from "./helping";
import type { DeskAsk } from "./asking";
import type { DeskStore } from "./store";
import { altNumber, type Dismissed, type SuggestionStrip } from "./suggestions";
import type { DeskTransfer } from "./transfer";
import type { Say } from "./words";
import writing from "./writing.css?inline";

/** One conversation's composer: a draft for the customer and one for notes, both kept; and the way to close. */
export class DeskComposer extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(fileStyles), unsafeCSS(styles), unsafeCSS(help), unsafeCSS(writing)];
  static override properties = {
    conversation: {}, store: { attribute: false }, say: { attribute: false }, note: { state: true }, closing: { state: true },
    disposition: { state: true }, text: { state: true }, helps: { attribute: false }, stamp: { attribute: false }, warnings: { state: true }, unfilled: { state: true },
  };

  declare conversation: string;
  declare store: DeskStore;
  declare say: Say;
  declare note: boolean;
  declare closing: boolean;
  declare disposition: string;
  declare text: string;
  declare helps: Suggestion[];
  /** Changes when clicks on suggestions were answered. */
  declare stamp: number;
  /** What to think of before the present words are sent. */
  declare warnings: Warning[];
  /** Suggestions that went into the present words. */
  private taken: string[] = [];
  private checking = false;
  /** The variable that stands open in what was to be sent. */
  declare unfilled: string;
  /** Notes are words alone. */
  private shownFiles = 0;
  private readonly attach = new Attach(this, () => (this.note ? 0 : this.store.files.limit), () => toLocale(this.lang) ?? "en");
  private readonly canned = new CannedPicker(this, {
    replies: () => this.store.canned,
    language: () => toLocale(this.store.row(this.conversation).language ?? "") ?? toLocale(this.lang) ?? "en",
    values: () => this.values,
    say: () => this.say,
    area: () => (this.note ? null : this.area),
    insert: (start, end, words) => this.insert(start, end, words),
  });
  private readonly callable = new MentionPicker(this, {
    people: () => this.store.callable.map((agent) => ({ agent, name: this.store.called(agent) })),
    say: () => this.say,
    area: () => (this.note ? this.area : null),
    insert: (start, end, words) => this.insert(start, end, words),
  });

  constructor() {
    super();
    this.conversation = this.text = this.unfilled = "";
    this.note = this.closing = false;
    this.disposition = "";
    this.helps = this.warnings = [];
    this.stamp = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.onAlt);
    this.store?.addEventListener("draft", this.onDraft);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.onAlt);
    this.store?.removeEventListener("draft", this.onDraft);
  }

  /** The list that belongs to what is being written. */
  private get picker(): CannedPicker | MentionPicker {
    return this.note ? this.callable : this.canned;
  }

  private get key(): string {
    return draftKey(this.conversation, this.note);
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("conversation")) {
      this.note = this.closing = false;
      this.disposition = this.store.wraps.choices[0]?.id ?? "";
      this.text = this.store.draft(this.key);
      this.attach.clear();
      this.warnings = [];
      this.taken = [];
      this.canned.close();
      this.callable.close();
      this.unfilled = "";
      if (this.store.canned.state === "idle") void this.store.canned.load();
    }
  }

  /** What is known for the variables of a canned reply. */
  private get values(): Values {
    const { store } = this;
    const row = store.row(this.conversation);
    return { customer: row.contact_name ?? "", agent: store.me.display ?? store.me.name, ticket: store.threads.get(this.conversation)?.tickets.at(-1) ?? row.ticket ?? "" };
  }

  /** The same person wrote on in another browser. */
  private readonly onDraft = (event: Event): void => {
    if ((event as CustomEvent<string>).detail === this.key) this.text = this.store.draft(this.key);
  };

  override updated(): void {
    this.settle();
    const area = this.area;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  }

  /** The composer has grown or shrunk by its files: the transcript keeps its end in sight. */
  private settle(): void {
    const count = this.attach.staged.length;
    if (count === this.shownFiles) return;
    this.shownFiles = count;
    queueMicrotask(() => this.store.dispatchEvent(new Event("change")));
  }

  private get area(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector("textarea");
  }

  focusText(): void {
    this.area?.focus();
  }

  override render(): TemplateResult {
    const { say } = this;
    return html`
      <sb-suggestions .list=${this.helps} .say=${say} .facts=${this.facts} .busy=${this.store.help.busy} .refused=${this.store.help.refused} .stamp=${this.stamp}
        @take=${(event: CustomEvent<Suggestion>) => this.take(event.detail)} @run=${(event: CustomEvent<Suggestion>) => this.store.help.use(event.detail.id)}
        @put-aside=${(event: CustomEvent<Dismissed>) => this.store.help.dismiss(event.detail.id, event.detail.reason)}></sb-suggestions>
      ${this.closing ? this.closeForm() : nothing}
      ${this.warnings.length ? this.warned() : nothing}
      <div class="write ${this.note ? "noting" : ""}" @dragover=${this.attach.onDrag} @dragleave=${this.attach.onLeave} @drop=${this.attach.onDrop}>
        ${this.picker.render()}
        ${this.note ? nothing : this.attach.tray()}
        <textarea data-testid="composer" rows="2" maxlength="8000" .value=${live(this.text)}
          aria-label=${say(this.note ? "note" : "composer")} placeholder=${say(this.note ? "notePlaceholder" : "placeholder")}
          aria-controls=${this.picker.open ? this.picker.id : nothing} aria-activedescendant=${this.picker.activeId || nothing} aria-autocomplete="list"
          @input=${this.onInput} @keydown=${this.onKey} @click=${() => this.picker.look()} @blur=${() => this.picker.close()} @paste=${this.attach.onPaste}></textarea>
        ${this.unfilled ? html`<p class="unfilled" role="alert" data-testid="unfilled">${say("unfilled", { variable: say(`variable_${this.unfilled}`) })}</p>` : nothing}
        <div class="tools">
          ${this.attach.button()}
          <button class="tool" data-testid="note-toggle" aria-pressed=${this.note ? "true" : "false"} @click=${() => this.toggleNote()}>${say("note")}</button>
          <button class="tool" data-testid="ask-open" @click=${() => this.renderRoot.querySelector<DeskAsk>("sb-ask")?.open()}>${say("ask")}</button>
          <span class="grow"></span>
          <button class="tool" data-testid="transfer-open" @click=${() => this.renderRoot.querySelector<DeskTransfer>("sb-transfer")?.open()}>${say("transfer")}</button>
          <button class="tool" data-testid="close-open" aria-expanded=${this.closing ? "true" : "false"}
            @click=${() => (this.closing = !this.closing)}>${say("close")}</button>
          <button class="primary" data-testid="send" ?disabled=${!this.text.trim() && (this.note || !this.attach.staged.length)} @click=${() => void this.sendText()}>${say(this.note ? "saveNote" : "send")}</button>
        </div>
        ${this.attach.curtain()}
      </div>
      <sb-ask .store=${this.store} .say=${say} .conversation=${this.conversation} lang=${this.lang}></sb-ask>
      <sb-transfer .store=${this.store} .say=${say} .conversation=${this.conversation} lang=${this.lang}></sb-transfer>`;
  }

  private closeForm(): TemplateResult {
    const { say } = this;
    const { wraps } = this.store;
    const locale = toLocale(this.lang) ?? "en";
    return html`<fieldset class="closing"><legend>${say(wraps.seconds ? "closeSure" : "closeAs")}</legend>
      ${wraps.seconds ? html`<p class="then">${say("closeThen", { seconds: wraps.seconds })}</p>` : html`<div class="options">
        ${wraps.choices.map(({ id, name }) => html`<label class="option"><input type="radio" name="disposition" data-testid="close-disposition-${id}"
          .checked=${this.disposition === id} @change=${() => (this.disposition = id)} />${name[locale] ?? id}</label>`)}
      </div>`}
      <div class="tools">
        <span class="grow"></span>
        <button class="tool" @click=${() => (this.closing = false)}>${say("cancel")}</button>
        <button class="primary" data-testid="close-confirm" ?disabled=${this.store.state !== "ready"} @click=${() => this.confirmClose()}>${say("closeConfirm")}</button>
      </div>
    </fieldset>`;
  }

  private confirmClose(): void {
    if (this.store.close(this.conversation, this.store.wraps.seconds ? "" : this.disposition)) this.closing = false;
  }

  private toggleNote(): void {
    this.picker.close();
    this.note = !this.note;
    this.warnings = [];
    this.unfilled = "";
    this.text = this.store.draft(this.key);
    this.focusText();
  }

  private readonly facts = (one: Suggestion): [string, string][] => factsOf(one, this.store.approvals, this.store.ticketTypes, toLocale(this.lang) ?? "en");

  /** Puts a suggestion into the answer, where it can be changed before it is sent. */
  private take(one: Suggestion): void {
    if (this.note) this.toggleNote();
    this.write(this.text.trim() ? `${this.text.trimEnd()}\n${one.text}` : one.text);
    this.taken = [...this.taken.filter((id) => id !== one.id), one.id];
    this.focusText();
  }

  private write(text: string): void {
    this.text = text;
    this.warnings = [];
    this.store.setDraft(this.key, text);
  }

  /** Words for the customer are looked at first; who is warned decides. */
  private async sendText(anyway = false): Promise<void> {
    const text = this.text.trim();
    if (this.checking || (!text && (this.note || !this.attach.staged.length))) return;
    if (!this.note && this.stillOpen()) return;
    if (!anyway && !this.note && text) {
      const { conversation } = this;
      this.checking = true;
      const warnings = await this.store.help.check(conversation, text);
      this.checking = false;
      if (conversation !== this.conversation || text !== this.text.trim()) return;
      this.warnings = warnings;
      if (warnings.length) return;
    }
    this.sendNow(text);
  }

  private sendNow(text: string): void {
    const files = this.note ? [] : this.attach.take();
    if (!this.note) for (const id of this.taken.splice(0)) this.store.help.use(id, text);
    this.write("");
    if (files.length) this.store.sayWith(this.conversation, text, files);
    else this.store.say(this.conversation, text, this.note);
    this.focusText();
  }

  /** A customer is not to read the name of a variable. */
  private stillOpen(): boolean {
    const open = openVariable(this.text);
    this.unfilled = open?.name ?? "";
    if (!open) return false;
    this.focusText();
    this.area?.setSelectionRange(open.start, open.end);
    return true;
  }

  private insert(start: number, end: number, words: string): void {
    this.write(this.text.slice(0, start) + words + this.text.slice(end));
    void this.updateComplete.then(() => {
      const open = openVariable(this.text);
      this.focusText();
      this.area?.setSelectionRange(open?.start ?? start + words.length, open?.end ?? start + words.length);
    });
  }

  private warned(): TemplateResult {
    const { say } = this;
    return html`<section class="warned" role="alert" data-testid="warned"><h3>${say("warn")}</h3>
      <ul>${this.warnings.map((one) => html`<li data-code=${one.code}>${say(`warn_${one.code}`) || one.text} ${one.quote ? html`<q>${one.quote}</q>` : nothing}</li>`)}</ul>
      <div class="tools"><button class="tool" data-testid="warn-back" @click=${() => { this.warnings = []; this.focusText(); }}>${say("warn_back")}</button>
        <button class="tool" data-testid="warn-anyway" @click=${() => void this.sendText(true)}>${say("warn_anyway")}</button></div></section>`;
  }

  private onInput(event: Event): void {
    this.write((event.target as HTMLTextAreaElement).value);
    if (!this.text) this.taken = [];
    this.unfilled = "";
    this.picker.look();
    if (this.text) this.store.wrote(this.conversation, this.note);
  }

  private readonly onAlt = (event: KeyboardEvent): void => {
    const number = altNumber(event);
    if (number && this.renderRoot.querySelector<SuggestionStrip>("sb-suggestions")?.takeNumber(number)) event.preventDefault();
  };

  private onKey(event: KeyboardEvent): void {
    if (this.picker.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.altKey || composing(event)) return;
    event.preventDefault();
    void this.sendText();
  }
}
