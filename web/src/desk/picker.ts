import { html, nothing, type LitElement, type ReactiveController, type TemplateResult } from "lit";
import { composing } from "../shared/text";
import type { Say } from "./words";

const SHOWN = 6;

export interface Picking {
  say: () => Say;
  area: () => HTMLTextAreaElement | null;
  /** Puts `words` in the place of what stands from `start` to `end`. */
  insert: (start: number, end: number, words: string) => void;
}

export interface Typed { start: number; query: string }

/** A list that a sign opens above what is being written. The keyboard stays in the words. */
export abstract class ListPicker<T, P extends Picking> implements ReactiveController {
  private found: T[] = [];
  private span: { start: number; end: number } | null = null;
  private active = 0;

  /** `id` of the list; its options have it with their number. */
  constructor(private readonly host: LitElement, protected readonly picking: P, readonly id: string) {
    host.addController(this);
  }

  /** What was typed after the sign before the caret, or null. */
  protected abstract typed(text: string, caret: number): Typed | null;
  protected abstract fitting(query: string): T[];
  protected abstract idOf(one: T): string;
  protected abstract words(one: T): string;
  protected abstract body(one: T): TemplateResult;
  /** Words for: the list, how many fit (`count`), that nothing fits, the keys. */
  protected abstract readonly labels: { list: string; count: string; none: string; keys: string };

  /** The sign was just typed: what is chosen from may have to be read. */
  protected async opened(): Promise<void> {}

  hostDisconnected(): void {
    this.close();
  }

  get open(): boolean {
    return this.span !== null && this.found.length > 0;
  }

  /** The id of the option that Enter takes, for `aria-activedescendant`. */
  get activeId(): string {
    return this.open ? `${this.id}-${this.active}` : "";
  }

  /** Looks at what stands before the caret. */
  look(): void {
    const area = this.picking.area();
    const typed = area && area.selectionStart === area.selectionEnd ? this.typed(area.value, area.selectionStart) : null;
    if (!typed || !area) {
      this.close();
      return;
    }
    if (!this.span) void this.opened().then(() => this.refresh());
    this.span = { start: typed.start, end: area.selectionStart };
    this.find(typed.query);
  }

  /** What is chosen from was read again. */
  private refresh(): void {
    const area = this.picking.area();
    if (this.span && area) this.find(area.value.slice(this.span.start + 1, this.span.end));
  }

  private find(query: string): void {
    const found = this.fitting(query).slice(0, SHOWN);
    if (found.map((one) => this.idOf(one)).join() !== this.found.map((one) => this.idOf(one)).join()) this.active = 0;
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
    const one = this.found[index];
    const { span } = this;
    if (!one || !span) return;
    this.close();
    this.picking.insert(span.start, span.end, this.words(one));
  }

  render(): TemplateResult | typeof nothing {
    const say = this.picking.say();
    const { id, labels } = this;
    if (!this.open) return this.span ? html`<p class="sr" role="status">${say(labels.none)}</p>` : nothing;
    return html`<div class="canned">
      <p class="sr" role="status">${say(labels.count, { count: this.found.length })}</p>
      <ul role="listbox" id=${id} data-testid=${id} aria-label=${say(labels.list)}>
        ${this.found.map((one, at) => html`<li role="option" id="${id}-${at}" data-testid="${id}-option" aria-selected=${at === this.active ? "true" : "false"}
          @pointerdown=${(event: Event) => event.preventDefault()} @click=${() => this.take(at)}>${this.body(one)}</li>`)}
      </ul>
      <p class="canned-keys muted">${say(labels.keys)}</p></div>`;
  }
}
