import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { Attach } from "../shared/attach";
import base from "../shared/base.css?inline";
import fileStyles from "../shared/files.css?inline";
import { toLocale } from "../shared/locale";
import { DISPOSITIONS } from "../shared/protocol";
import { composing } from "../shared/text";
import styles from "./desk.css?inline";
import type { DeskStore } from "./store";
import type { Say } from "./words";

/** One conversation's composer: a draft for the customer and one for notes, both kept; and the way to close. */
export class DeskComposer extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(fileStyles), unsafeCSS(styles)];
  static override properties = {
    conversation: {}, store: { attribute: false }, say: { attribute: false }, note: { state: true }, closing: { state: true },
    disposition: { state: true }, text: { state: true },
  };

  declare conversation: string;
  declare store: DeskStore;
  declare say: Say;
  declare note: boolean;
  declare closing: boolean;
  declare disposition: string;
  declare text: string;
  /** Notes are words alone. */
  private shownFiles = 0;
  private readonly attach = new Attach(this, () => (this.note ? 0 : this.store.files.limit), () => toLocale(this.lang) ?? "en");

  constructor() {
    super();
    this.conversation = this.text = "";
    this.note = this.closing = false;
    this.disposition = DISPOSITIONS[0];
  }

  private get key(): string {
    return this.note ? `${this.conversation}#note` : this.conversation;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("conversation")) {
      this.note = this.closing = false;
      this.disposition = DISPOSITIONS[0];
      this.text = this.store.draft(this.key);
      this.attach.clear();
    }
  }

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
      ${this.closing ? this.closeForm() : nothing}
      <div class="write ${this.note ? "noting" : ""}" @dragover=${this.attach.onDrag} @dragleave=${this.attach.onLeave} @drop=${this.attach.onDrop}>
        ${this.note ? nothing : this.attach.tray()}
        <textarea data-testid="composer" rows="2" maxlength="8000" .value=${live(this.text)}
          aria-label=${say(this.note ? "note" : "composer")} placeholder=${say(this.note ? "notePlaceholder" : "placeholder")}
          @input=${this.onInput} @keydown=${this.onKey} @paste=${this.attach.onPaste}></textarea>
        <div class="tools">
          ${this.attach.button()}
          <button class="tool" data-testid="note-toggle" aria-pressed=${this.note ? "true" : "false"} @click=${() => this.toggleNote()}>${say("note")}</button>
          <span class="grow"></span>
          <button class="tool" data-testid="close-open" aria-expanded=${this.closing ? "true" : "false"}
            @click=${() => (this.closing = !this.closing)}>${say("close")}</button>
          <button class="primary" data-testid="send" ?disabled=${!this.text.trim() && (this.note || !this.attach.staged.length)} @click=${() => this.sendText()}>${say(this.note ? "saveNote" : "send")}</button>
        </div>
        ${this.attach.curtain()}
      </div>`;
  }

  private closeForm(): TemplateResult {
    const { say } = this;
    return html`<fieldset class="closing"><legend>${say("closeAs")}</legend>
      <div class="options">
        ${DISPOSITIONS.map((name) => html`<label class="option"><input type="radio" name="disposition" data-testid="close-disposition-${name}"
          .checked=${this.disposition === name} @change=${() => (this.disposition = name)} />${say(`disposition_${name}`)}</label>`)}
      </div>
      <div class="tools">
        <span class="grow"></span>
        <button class="tool" @click=${() => (this.closing = false)}>${say("cancel")}</button>
        <button class="primary" data-testid="close-confirm" ?disabled=${this.store.state !== "ready"} @click=${() => this.confirmClose()}>${say("closeConfirm")}</button>
      </div>
    </fieldset>`;
  }

  private confirmClose(): void {
    if (this.store.close(this.conversation, this.disposition)) this.closing = false;
  }

  private toggleNote(): void {
    this.note = !this.note;
    this.text = this.store.draft(this.key);
    this.focusText();
  }

  private sendText(): void {
    const text = this.text.trim();
    const files = this.note ? [] : this.attach.take();
    if (!text && !files.length) return;
    this.text = "";
    this.store.setDraft(this.key, "");
    if (files.length) this.store.sayWith(this.conversation, text, files);
    else this.store.say(this.conversation, text, this.note);
    this.focusText();
  }

  private onInput(event: Event): void {
    this.text = (event.target as HTMLTextAreaElement).value;
    this.store.setDraft(this.key, this.text);
    if (!this.note) this.store.wrote(this.conversation);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
    event.preventDefault();
    this.sendText();
  }
}
