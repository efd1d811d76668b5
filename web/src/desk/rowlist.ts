import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

/** Rows beyond each edge of what is seen. */
const BEYOND = 8;
/** Until a row and the box have been measured. */
const ROW = 64;
const BOX = 800;

/** First place in view, and the one behind the last, of a list of rows of one height. */
export function inView(top: number, box: number, row: number, count: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(count, Math.floor(top / row) - BEYOND));
  return { from, to: Math.min(count, Math.ceil((top + box) / row) + BEYOND) };
}

/** Where a key leads from a place; null for a key that is not about the list. */
export function stepTo(key: string, at: number, count: number, page: number): number | null {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: count - 1 }[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

/** A list of which only what is near the view is in the page, however long it is. It lives in its host's styles; the element
 *  around it scrolls. Arrow keys, Home, End and Page keys move within it; one row is reached by Tab. */
export class RowList extends LitElement {
  static override properties = { ids: { attribute: false }, row: { attribute: false }, selected: {}, look: {}, name: {}, pending: {}, need: { attribute: false } };

  /** By place; undefined: not loaded yet. */
  declare ids: (string | undefined)[];
  /** A button of class `row`. */
  declare row: (id: string, tab: number) => TemplateResult;
  declare selected: string | null;
  /** When this changes, rows may have another height. */
  declare look: string;
  declare name: string;
  /** Said in place of what is not loaded. */
  declare pending: string;
  /** These places are in view. */
  declare need: ((from: number, to: number) => void) | undefined;
  private at = 0;
  private atId: string | undefined;
  private height = 0;
  private density = "";
  private shown = { from: 0, to: 0 };
  private held = false;
  private box: HTMLElement | null = null;
  private sizes: ResizeObserver | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.box = this.parentElement;
    this.box?.addEventListener("scroll", this.onScroll, { passive: true });
    this.sizes = typeof ResizeObserver === "undefined" ? undefined : new ResizeObserver(this.onScroll);
    if (this.box) this.sizes?.observe(this.box);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.box?.removeEventListener("scroll", this.onScroll);
    this.sizes?.disconnect();
  }

  private view(): { from: number; to: number } {
    return inView(this.box?.scrollTop ?? 0, this.box?.clientHeight || BOX, this.height || ROW, this.ids.length);
  }

  private readonly onScroll = (): void => {
    const { from, to } = this.view();
    if (from !== this.shown.from || to !== this.shown.to) this.requestUpdate();
  };

  private get focused(): Element | null {
    const active = (this.getRootNode() as Document | ShadowRoot).activeElement;
    return active && this.contains(active) ? active : null;
  }

  override willUpdate(changed: PropertyValues): void {
    const density = ((this.getRootNode() as Partial<ShadowRoot>).host as HTMLElement | undefined)?.dataset["density"] ?? "";
    if (changed.has("look") || density !== this.density) this.height = 0;
    this.density = density;
    const picked = changed.has("selected") && this.selected ? this.ids.indexOf(this.selected) : -1;
    if (picked >= 0) this.goTo(picked);
    else {
      // Where the keyboard is stays with its conversation when the list moves under it.
      const now = this.atId === undefined ? -1 : this.ids.indexOf(this.atId);
      this.at = Math.max(0, Math.min(this.ids.length - 1, now >= 0 ? now : this.at));
      this.atId = this.ids[this.at];
    }
    this.held = this.focused !== null;
    this.shown = this.view();
  }

  private goTo(place: number): void {
    this.at = place;
    this.atId = this.ids[place];
    const { box } = this;
    const row = this.height || ROW;
    if (!box) return;
    if (place * row < box.scrollTop) box.scrollTop = place * row;
    else if ((place + 1) * row > box.scrollTop + box.clientHeight) box.scrollTop = (place + 1) * row - box.clientHeight;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((this.box?.clientHeight || BOX) / (this.height || ROW)) - 1);
    const to = stepTo(event.key, this.at, this.ids.length, page);
    if (to === null) return;
    event.preventDefault();
    this.goTo(to);
    this.requestUpdate();
  };

  override render(): TemplateResult {
    const { from, to } = this.shown;
    const row = this.height || ROW;
    const places = Array.from({ length: to - from }, (_, place) => from + place);
    // Who is there with the keyboard keeps their row, wherever the list is scrolled.
    if (this.held && this.at < from) places.unshift(this.at);
    else if (this.held && this.at >= to && this.at < this.ids.length) places.push(this.at);
    return html`<ul role="list" aria-label=${this.name || nothing} .style=${`height:${this.ids.length * row}px`} @keydown=${this.onKey} @focusin=${this.onFocus}>
      ${repeat(places, (place) => this.ids[place] ?? `#${place}`, (place) => this.item(place, row))}</ul>`;
  }

  private item(place: number, row: number): TemplateResult {
    const id = this.ids[place];
    const tab = place === this.at ? 0 : -1;
    return html`<li class="placed" data-place=${place} aria-posinset=${place + 1} aria-setsize=${this.ids.length} .style=${`top:${place * row}px;min-height:${this.height}px`}>
      ${id === undefined ? html`<button class="row" tabindex=${tab} aria-disabled="true"><span class="row-top"><b>${this.pending}</b></span><span class="row-last"> </span></button>` : this.row(id, tab)}</li>`;
  }

  private readonly onFocus = (event: FocusEvent): void => {
    const place = (event.target as Element).closest<HTMLElement>(".placed")?.dataset["place"];
    if (place === undefined || Number(place) === this.at) return;
    this.at = Number(place);
    this.atId = this.ids[this.at];
    this.requestUpdate();
  };

  protected override updated(): void {
    const rows = [...this.querySelectorAll<HTMLElement>(".placed")];
    const tallest = Math.max(0, ...rows.map((one) => one.offsetHeight));
    if (tallest > this.height) {
      this.height = tallest;
      void this.updateComplete.then(() => this.requestUpdate());
    }
    if (this.held) {
      const wanted = this.querySelector<HTMLElement>(`[data-place="${this.at}"] .row`);
      if (wanted && wanted !== this.focused) wanted.focus({ preventScroll: true });
    }
    this.need?.(this.shown.from, this.shown.to);
  }
}
