import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { ago } from "../shared/locale";
import type { Locale, Row } from "../shared/protocol";
import { composing } from "../shared/text";
import type { Api } from "./api";
import { nameOf } from "./list";
import { Pager, type PageOf } from "./pager";
import { empty, failed } from "./states";
import type { DeskStore } from "./store";
import type { Say } from "./words";

/** A conversation with the newest words that hold what was asked; `count` of its messages do. */
export interface Hit extends Row {
  found: { seq: number; at: string; by: string; snippet: { text: string; hit: boolean }[]; count: number };
}

/** After the last key; milliseconds. */
const PAUSE = 250;
export const LONGEST = 200;

/** Full-text search: what is asked, and the conversations that were found. */
export class Search {
  query = "";
  readonly hits: Pager<Hit>;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Pick<Api, "get">, private readonly changed: () => void, found: (rows: Row[]) => void) {
    this.hits = new Pager(async (next) => {
      const query = `q=${encodeURIComponent(this.query.trim())}${next ? `&next=${encodeURIComponent(next)}` : ""}`;
      const page = await api.get<PageOf<Hit>>(`/search?${query}`);
      found(page.items.map(({ found: _found, ...row }) => row));
      return page;
    }, changed);
  }

  get active(): boolean {
    return this.query.trim() !== "";
  }

  get ids(): string[] {
    return this.hits.items.map((hit) => hit.id);
  }

  /** Asks when the typing has paused; at once with `now`. */
  ask(query: string, now = false): void {
    clearTimeout(this.timer);
    const same = query.trim() === this.query.trim();
    this.query = query.slice(0, LONGEST);
    if (!same) this.hits.clear();
    if (this.active && (now || this.hits.state === "idle" || this.hits.state === "error")) this.timer = setTimeout(() => void this.hits.load(), now ? 0 : PAUSE);
    this.changed();
  }
}

export function searchBox(store: DeskStore, say: Say): TemplateResult {
  const { search } = store;
  const onKey = (event: KeyboardEvent): void => {
    if (composing(event)) return;
    if (event.key === "Escape" && search.query) search.ask("");
    else if (event.key === "Enter") search.ask(search.query, true);
    else if (event.key === "ArrowDown") store.move(1);
    else if (event.key === "ArrowUp") store.move(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<form class="find" role="search" @submit=${(event: Event) => event.preventDefault()}>
    <input type="search" data-testid="search" aria-label=${say("search")} placeholder=${say("searchHint")} maxlength=${LONGEST} autocomplete="off" spellcheck="false"
      .value=${live(search.query)} @input=${(event: Event) => search.ask((event.target as HTMLInputElement).value)} @keydown=${onKey} />
  </form>`;
}

/** What takes the list's place while something is looked for. */
export function results(store: DeskStore, locale: Locale, say: Say): TemplateResult {
  const { hits, query } = store.search;
  const waiting = hits.state === "idle" || hits.state === "loading";
  if (hits.error && !hits.items.length) return failed(hits.error, say, () => void hits.load());
  if (!hits.items.length) {
    return waiting ? html`<div class="skeleton" role="status" aria-label=${say("loading")}><i></i><i></i><i></i></div>`
      : empty(say("searchNothing", { query: query.trim() }), say("searchClear"), () => store.search.ask(""));
  }
  return html`<p class="sr" role="status">${say("searchFound", { count: hits.items.length })}</p>
    <ul data-testid="results">${repeat(hits.items, (hit) => hit.id, (hit) => result(store, hit, locale, say))}</ul>
    ${hits.next ? html`<button class="tool more" @click=${() => hits.load(true)}>${say("more")}</button>` : nothing}`;
}

function result(store: DeskStore, hit: Hit, locale: Locale, say: Say): TemplateResult {
  const { found } = hit;
  return html`<li><button class="row" data-testid="row" data-conversation=${hit.id} aria-current=${store.selected === hit.id ? "true" : "false"} @click=${() => store.select(hit.id)}>
    <span class="row-top"><b>${nameOf(hit, say)}</b><time>${ago(found.at, locale, store.now())}</time></span>
    <span class="row-found">${say(`found_${found.by}`)}${say("colon")}${found.snippet.map(({ text, hit: marked }) => (marked ? html`<mark>${text}</mark>` : text))}</span>
    <span class="row-mode">${[hit.mode ? say(`mode_${hit.mode}`) : "", found.count > 1 ? say("foundCount", { count: found.count }) : ""].filter(Boolean).join(" · ")}</span>
  </button></li>`;
}
