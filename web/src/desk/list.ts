import { html, nothing, type TemplateResult } from "lit";
import { ago, span } from "../shared/locale";
import type { Locale, Row, Summary } from "../shared/protocol";
import { empty, failed, loading as loadingRows } from "./states";
import { timer } from "./attention";
import { channelWord } from "./context";
import type { Offer } from "./offers";
import { results, searchBox } from "./search";
import type { DeskStore, Tab } from "./store";
import { reasonWord, statusOf } from "./transcript";
import type { Say } from "./words";
import { leftOf } from "./wrapping";

/** Waiting longer than this is shown as a warning, then as bad; milliseconds. */
const WARN = 60_000;
const BAD = 180_000;

export function urgency(waited: number): string {
  return waited >= BAD ? "bad" : waited >= WARN ? "warn" : "muted";
}

export function waitOf(row: Row, say: Say, now: number): TemplateResult | typeof nothing {
  if (!row.waiting_since || row.mode !== "waiting") return nothing;
  const waited = now - new Date(row.waiting_since).getTime();
  return html`<span class="wait ${urgency(waited)}">${say("waitFor", { time: span(waited) })}</span>`;
}

export function nameOf(row: Row, say: Say): string {
  return row.contact_name || `${say("unknown")} ${row.id.slice(-4)}`;
}

/** What the service counts up to. */
const COUNTED = 1000;

export function list(store: DeskStore, locale: Locale, say: Say): TemplateResult {
  const tabs: [Tab, number][] = [["mine", store.held.length], ["waiting", store.line.total], ["all", store.conversations]];
  const { views } = store;
  return html`<nav class="list" aria-label=${say("lists")}>
    ${searchBox(store, say)}
    ${store.search.active ? nothing : html`<sb-views .store=${store} .say=${say} .locale=${locale} .stamp=${`${views.stamp} ${store.tab} ${store.role}`} lang=${locale}></sb-views>
    <div class="tabs" role="tablist">
      ${tabs.map(([tab, count]) => html`<button role="tab" data-testid="tab-${tab}" aria-selected=${!views.active && store.tab === tab ? "true" : "false"} @click=${() => store.showTab(tab)}>
        ${say(tab)}${count ? html` <span class="count">${tab === "all" && count >= COUNTED ? `${COUNTED - 1}+` : count}</span>` : nothing}</button>`)}
    </div>`}
    <div class="rows" role=${store.search.active ? nothing : "tabpanel"}>${store.search.active ? results(store, locale, say) : content(store, locale, say)}</div>
    <p class="keys">${say("keys")}</p>
  </nav>`;
}

function content(store: DeskStore, locale: Locale, say: Say): unknown {
  if (store.views.active) return viewed(store, locale, say);
  const ids = store.listed;
  const loading = !store.everReady || (store.tab === "all" && store.all.state === "loading" && !ids.length);
  if (store.tab === "all" && store.all.error && !ids.length) return failed(store.all.error, say, () => void store.all.load());
  if (loading) return html`<div class="skeleton" role="status" aria-label=${say("loading")}><i></i><i></i><i></i></div>`;
  if (!ids.length) {
    const ready = store.presence?.state === "available";
    const word = { mine: ready ? "emptyMineReady" : "emptyMine", waiting: "emptyWaiting", all: "emptyAll" }[store.tab];
    return html`<div class="empty"><p>${say(word)}</p>
      ${store.tab === "mine" && !ready
        ? html`<button class="tool" @click=${() => store.setPresence("available")}>${say("goAvailable")}</button>` : nothing}</div>`;
  }
  const all = store.tab === "all";
  return html`${rows(store, ids, store.tab, say(store.tab), all, locale, say)}
    ${all && store.all.next ? html`<button class="tool more" @click=${() => store.all.load(true)}>${say("more")}</button>` : nothing}`;
}

/** What fits the filter of a view. */
function viewed(store: DeskStore, locale: Locale, say: Say): unknown {
  const { views } = store;
  const { items, next, state, error } = views.rows;
  const count = items.length;
  if (error && !count) return failed(error, say, () => void views.rows.load());
  if (!count && (state === "loading" || state === "idle")) return loadingRows(say);
  if (!count) return next ? empty(say("viewFurther"), say("viewLook"), () => void views.rows.load(true)) : empty(say("viewEmpty"), say("viewLeave"), () => views.choose(""));
  return html`<p class="view-told" role="status" data-testid="view-count">${say(next ? "viewCountMore" : "viewCount", { count })}</p>
    ${rows(store, views.ids, `view ${views.chosen}`, views.view?.name ?? say("viewUnsaved"), views.filter?.list !== "waiting", locale, say)}
    ${next ? html`<button class="tool more" @click=${() => void views.rows.load(true)}>${say("more")}</button>` : nothing}`;
}

/** `mixed`: each row says where the conversation stands. */
function rows(store: DeskStore, ids: (string | undefined)[], list: string, name: string, mixed: boolean, locale: Locale, say: Say): TemplateResult {
  const need = list === "waiting" ? (from: number, to: number) => store.line.need(from, to) : undefined;
  return html`<sb-rows .ids=${ids} .row=${(id: string, tab: number) => item(store, id, tab, mixed, locale, say)} .selected=${store.selected} .look=${`${list} ${locale}`} .name=${name} .pending=${say("loading")} .need=${need}></sb-rows>`;
}

function item(store: DeskStore, id: string, tab: number, mixed: boolean, locale: Locale, say: Say): TemplateResult {
  const row = store.row(id);
  const now = store.now();
  const unread = store.attention.unread.has(id);
  const wrap = store.wraps.of(id);
  const wait = wrap ? html`<span class="wait ${wrap.over ? "" : "warn"}" data-testid="row-wrap">${say("wrapUp")} ${wrap.over ? "" : span(leftOf(wrap, now))}</span>` : timer(store.attention.owed.get(id), say, now) === nothing ? waitOf(row, say, now) : timer(store.attention.owed.get(id), say, now);
  const who = row.last_by === "bot" || row.last_by === "agent" ? `${say(row.last_by)}: ` : "";
  return html`<button class="row" data-testid="row" data-conversation=${id} tabindex=${tab} aria-current=${store.selected === id ? "true" : "false"} @click=${() => store.select(id)}>
    <span class="row-top"><b>${unread ? html`<i class="dot" role="img" aria-label=${say("unread")}></i>` : nothing}${nameOf(row, say)}</b>
      ${wait === nothing ? html`<time>${row.last_at ? ago(row.last_at, locale, now) : ""}</time>` : wait}</span>
    <span class="row-last">${row.last_text ? who + row.last_text : reasonWord(row.reason, say) || " "}</span>
    ${mixed ? html`<span class="row-mode">${[channelWord(row.channel, say), row.mode ? say(`mode_${row.mode}`) : ""].filter(Boolean).join(" · ") || " "}</span>` : nothing}
  </button>`;
}

const RING = 2 * Math.PI * 15;

/** Who asks and why, the last questions and what was done about them: enough to decide. */
export function offerCard(store: DeskStore, offer: Offer, locale: Locale, say: Say): TemplateResult {
  const left = Math.max(0, offer.expires - store.now());
  const seconds = Math.ceil(left / 1000);
  const told = typeof offer.summary === "object" ? offer.summary : null;
  const name = told?.customer?.name || nameOf(store.row(offer.conversation), say);
  return html`<section class="offer" data-testid="offer" data-conversation=${offer.conversation} aria-label=${say("offerFor", { name })}>
    <div class="offer-top">
      <div><p class="muted">${say("offer")}</p><h2>${say("offerFor", { name })}</h2></div>
      <svg class="ring ${seconds <= 10 ? "late" : ""}" width="40" height="40" viewBox="0 0 40 40" role="img" aria-label=${say("secondsLeft", { seconds })}>
        <circle cx="20" cy="20" r="15" class="track"></circle>
        <circle cx="20" cy="20" r="15" class="left" stroke-dasharray=${RING} stroke-dashoffset=${RING * (1 - Math.min(1, left / offer.total))} transform="rotate(-90 20 20)"></circle>
        <text x="20" y="24" text-anchor="middle">${seconds}</text>
      </svg>
    </div>
    ${offer.passed ? html`<div class="passed" data-testid="offer-note"><p class="muted">${say("passedBy", { name: offer.passed.name })}</p><p>${offer.passed.note || say("passedNoNote")}</p></div>` : nothing}
    ${told ? facts(told, offer, store, locale, say) : html`${offer.reason ? html`<p><b>${reasonWord(offer.reason, say)}</b></p>` : nothing}
      ${offer.summary ? html`<p class="lines">${offer.summary}</p>` : nothing}`}
    <div class="tools">
      <button class="primary" data-testid="offer-accept" ?disabled=${store.state !== "ready"} @click=${() => store.accept(offer.conversation)}>${say("accept")} <kbd>Enter</kbd></button>
      <button class="tool" data-testid="offer-decline" @click=${() => store.decline(offer.conversation)}>${say("decline")} <kbd>Esc</kbd></button>
    </div>
  </section>`;
}

const LAST = 3;

function facts(told: Summary, offer: Offer, store: DeskStore, locale: Locale, say: Say): TemplateResult {
  const { asked = [], answered = [], tickets = [], sources = [] } = told;
  const rows: [string, unknown][] = [
    [say("reason"), reasonWord(told.reason ?? offer.reason, say)],
    [say("tickets"), tickets.length ? tickets.map((ticket) => html`<p><b>${ticket.ticket}</b> ${ticket.status ? statusOf(store.ticketTypes, ticket.type, ticket.status, locale, say) : ""}</p>`) : ""],
    [say("asked"), asked.length ? asked.slice(-LAST).map((item) => html`<p>${item.text}</p>`) : ""],
    [say("answered"), answered.length ? answered.slice(-LAST).map((item) => html`<p>${item.question}</p>`) : ""],
    [say("sources"), [...new Set(sources.map((source) => source.title))].join(say("comma"))],
  ];
  return html`<dl class="offer-facts" data-testid="offer-summary">${rows.filter(([, body]) => body).map(([label, body]) => html`<dt>${label}</dt><dd>${body}</dd>`)}</dl>`;
}
