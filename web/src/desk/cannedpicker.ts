import { html, nothing, type LitElement, type ReactiveController, type TemplateResult } from "lit";
import type { Locale } from "../shared/protocol";
import { composing } from "../shared/text";
import { filled, fitting, slashAt, type CannedReplies, type CannedReply, type Values } from "./canned";
import type { Say } from "./words";

const SHOWN = 6;

export interface Picking {
  replies: () => CannedReplies;
  /** The customer's language: words in another one are not offered. */
  language: () => Locale;
  values: () => Values;
  say: () => Say;
  area: () => HTMLTextAreaElement | null;
  /** Puts `words` in the place of what stands from `start` to `end`. */
  insert: (start: number, end: number, words: string) => void;
}

/** The list that a slash opens above the composer. The keyboard stays in the words. */
export class CannedPicker implements ReactiveController {
  private found: CannedReply[] = [];
  private span: { start: number; end: number } | null = null;
  private active = 0;

  constructor(private readonly host: LitElement, private readonly picking: Picking) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.close();
  }

  get open(): boolean {
    return this.span !== null && this.found.length > 0;
  }

  /** The id of the option that Enter takes, for `aria-activedescendant`. */
  get activeId(): string {
    return this.open ? `canned-${this.active}` : "";
  }

  /** Looks at what stands before the caret. */
  look(): void {
    const area = this.picking.area();
    const slash = area && area.selectionStart === area.selectionEnd ? slashAt(area.value, area.selectionStart) : null;
    if (!slash || !area) {
      this.close();
      return;
    }
    if (!this.span) void this.picking.replies().load().then(() => this.refresh());
    this.span = { start: slash.start, end: area.selectionStart };
    this.find(slash.query);
  }

  /** The list of replies was read again. */
  refresh(): void {
    const area = this.picking.area();
    if (this.span && area) this.find(area.value.slice(this.span.start + 1, this.span.end));
  }

  private find(query: string): void {
    const found = fitting(this.picking.replies().items, query, this.picking.language()).slice(0, SHOWN);
    if (found.map((one) => one.id).join() !== this.found.map((one) => one.id).join()) this.active = 0;
    this.found = found;
    this.host.requestUpdate();
  }

  close(): void {
    if (!this.span && !this.found.length) return;
    this.span = null;
    this.found = [];
    this.host.requestUpdate();
  }

  /** Whether the key was for the list. */
  key(event: KeyboardEvent): boolean {
    if (!this.open || composing(event) || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return false;
    const count = this.found.length;
    if (event.key === "ArrowDown") this.active = (this.active + 1) % count;
    else if (event.key === "ArrowUp") this.active = (this.active + count - 1) % count;
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.active);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    this.host.requestUpdate();
    void this.host.updateComplete.then(() => this.host.renderRoot.querySelector(`#${this.activeId || "none"}`)?.scrollIntoView({ block: "nearest" }));
    return true;
  }

  private take(index: number): void {
    const reply = this.found[index];
    const { span } = this;
    if (!reply || !span) return;
    this.close();
    this.picking.insert(span.start, span.end, filled(reply.text, this.picking.values()));
  }

  render(): TemplateResult | typeof nothing {
    const say = this.picking.say();
    if (!this.open) return this.span ? html`<p class="sr" role="status">${say("cannedNone")}</p>` : nothing;
    const values = this.picking.values();
    return html`<div class="canned">
      <p class="sr" role="status">${say("cannedCount", { count: this.found.length })}</p>
      <ul role="listbox" id="canned" data-testid="canned" aria-label=${say("cannedReplies")}>
        ${this.found.map((one, at) => html`<li role="option" id="canned-${at}" data-testid="canned-option" aria-selected=${at === this.active ? "true" : "false"}
          @pointerdown=${(event: Event) => event.preventDefault()} @click=${() => this.take(at)}>
          <span class="canned-head"><code>/${one.shortcut}</code> <b>${one.title}</b></span><span class="canned-text">${filled(one.text, values)}</span></li>`)}
      </ul>
      <p class="canned-keys muted">${say("cannedKeys")}</p></div>`;
  }
}
