import { LitElement, html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import base from "../shared/base.css?inline";
import type { Locale } from "../shared/protocol";
import { ApiError, type Api } from "./api";
import { CannedReplies, type CannedReply } from "./canned";
import styles from "./desk.css?inline";
import pages from "./pages.css?inline";
import { empty, failed, loading } from "./states";
import type { Say } from "./words";
import writing from "./writing.css?inline";

type Draft = Pick<CannedReply, "id" | "language" | "shortcut" | "title" | "text">;

/** Canned replies as supervisors keep them: the list in one language, and a form. */
export class DeskCanned extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(pages), unsafeCSS(writing)];
  static override properties = {
    api: { attribute: false }, say: { attribute: false }, locale: {}, ready: { type: Boolean },
    language: { state: true }, draft: { state: true }, problem: { state: true }, busy: { state: true }, told: { state: true },
  };

  declare api: Api;
  declare say: Say;
  declare locale: Locale;
  declare ready: boolean;
  declare language: Locale | "";
  declare draft: Draft | null;
  declare problem: string;
  declare busy: boolean;
  declare told: string;
  private replies: CannedReplies | null = null;

  constructor() {
    super();
    this.language = this.problem = this.told = "";
    this.draft = null;
    this.busy = false;
  }

  override willUpdate(changed: PropertyValues): void {
    this.replies ??= new CannedReplies(this.api, () => this.requestUpdate());
    const back = changed.has("ready") && this.ready && this.replies.state === "error";
    if (this.replies.state === "idle" || back) void this.replies.load();
  }

  private get shown(): Locale {
    return this.language || this.locale;
  }

  override render(): TemplateResult {
    const { say, replies } = this;
    if (!replies) return html``;
    const items = replies.items.filter((one) => one.language === this.shown);
    return html`<div class="page-top"><h2>${say("navCanned")}</h2>
      <div class="segments" role="group" aria-label=${say("language")}>${(["zh", "en"] as const).map((one) => html`<button class="tool" data-testid="canned-${one}"
        aria-pressed=${this.shown === one ? "true" : "false"} @click=${() => this.choose(one)}>${say(`lang_${one}`)}</button>`)}</div>
      <span class="grow"></span><button class="primary" data-testid="canned-new" @click=${() => this.edit({ id: "", language: this.shown, shortcut: "", title: "", text: "" })}>${say("cannedNew")}</button></div>
      <div class="page-body">
        <p class="muted canned-hint">${say("cannedHint")}</p>
        <p role="status" class="good">${this.told}</p>
        ${this.draft && !this.draft.id ? this.form(this.draft) : nothing}
        ${replies.error ? failed(replies.error, say, () => void replies.load()) : nothing}
        ${items.length ? html`<ul class="canned-list">${items.map((one) => this.item(one))}</ul>`
          : replies.state === "ready" ? empty(say("cannedEmpty")) : replies.error ? nothing : loading(say, 5)}
      </div>`;
  }

  private item(one: CannedReply): TemplateResult {
    const { say } = this;
    if (this.draft?.id === one.id) return html`<li>${this.form(this.draft)}</li>`;
    const own = one.source === "people";
    const copy = { id: own ? one.id : "", language: one.language, shortcut: one.shortcut, title: one.title, text: one.text };
    return html`<li class="canned-item" data-testid="canned-item" data-shortcut=${one.shortcut}><div>
        <p><code>/${one.shortcut}</code> <b>${one.title}</b> <span class="muted">${own ? "" : say("cannedFromPack")}</span></p><p class="canned-words">${one.text}</p></div>
      <button class="tool" data-testid="canned-edit" aria-label=${`${say(own ? "cannedEdit" : "cannedOwn")} /${one.shortcut}`} @click=${() => this.edit(copy)}>${say(own ? "cannedEdit" : "cannedOwn")}</button></li>`;
  }

  private form(draft: Draft): TemplateResult {
    const { say } = this;
    const field = (name: "shortcut" | "title", most: number): TemplateResult => html`<label>${say(`canned_${name}`)}<input data-testid="canned-${name}" maxlength=${most} .value=${live(draft[name])}
      @input=${(event: Event) => this.write({ [name]: (event.target as HTMLInputElement).value })} /></label>`;
    return html`<form class="canned-form" data-testid="canned-form" aria-label=${say(draft.id ? "cannedEdit" : "cannedNew")} @submit=${this.onSubmit} @keydown=${this.onKey}>
      <div class="canned-fields">${field("shortcut", 32)}${field("title", 80)}</div>
      <label>${say("canned_text")}<textarea data-testid="canned-text" rows="4" maxlength="4000" .value=${live(draft.text)}
        @input=${(event: Event) => this.write({ text: (event.target as HTMLTextAreaElement).value })}></textarea></label>
      <p class="muted">${say("cannedVariables")}</p>
      ${this.problem ? html`<p class="bad" role="alert" data-testid="canned-problem">${this.problem}</p>` : nothing}
      <div class="tools">${draft.id ? html`<button type="button" class="tool" data-testid="canned-delete" ?disabled=${this.busy} @click=${() => this.run(() => this.discard(draft.id))}>${say("drop")}</button>` : nothing}
        <span class="grow"></span><button type="button" class="tool" @click=${() => this.edit(null)}>${say("cancel")}</button>
        <button class="primary" data-testid="canned-save" ?disabled=${this.busy || !draft.shortcut.trim() || !draft.title.trim() || !draft.text.trim()}>${say("save")}</button></div>
    </form>`;
  }

  private choose(language: Locale): void {
    this.language = language;
    this.edit(null);
  }

  private edit(draft: Draft | null): void {
    this.draft = draft;
    this.problem = this.told = "";
    if (draft) void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLInputElement>("[data-testid=canned-shortcut]")?.focus());
  }

  private write(change: Partial<Draft>): void {
    if (this.draft) this.draft = { ...this.draft, ...change };
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.isComposing) this.edit(null);
  };

  private readonly onSubmit = (event: Event): void => {
    event.preventDefault();
    const { draft } = this;
    if (draft) void this.run(() => this.save(draft));
  };

  private async save(draft: Draft): Promise<void> {
    await this.replies?.save({ ...draft, shortcut: draft.shortcut.trim().replace(/^\//, "") });
    this.edit(null);
    this.told = this.say("saved");
  }

  private async discard(id: string): Promise<void> {
    await this.replies?.remove(id);
    this.edit(null);
  }

  /** What the form does; a refusal is said beside it and nothing typed is lost. */
  private async run(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = this.say(`cannedRefused_${error.code}`) || this.say("notice_error", { message: error.message });
    } finally {
      this.busy = false;
    }
  }
}
