import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Locale, LogEvent, Row } from "../shared/protocol";
import type { Api } from "./api";
import { actsIn, stateOf, type Act } from "./acts";
import { actOf } from "./actcard";
import { questionsIn } from "./asking";
import { lookers, writers } from "./colleagues";
import { channelWord, languageWord } from "./context";
import { timer } from "./attention";
import { nameOf } from "./list";
import type { DeskStore } from "./store";
import { reaches } from "./pages";
import { inside, namesIn, statusOf, transcript } from "./transcript";
import { reasons } from "./why";
import type { Say } from "./words";

export interface Viewing {
  store: DeskStore;
  api: Api;
  locale: Locale;
  say: Say;
  /** Whether what happened inside is shown. */
  inside: boolean;
  toggleInside: () => void;
  onScroll: (event: Event) => void;
}

/** One conversation: who, the transcript, what waits for a click, and the way to answer. */
export function conversation(view: Viewing, id: string): TemplateResult {
  const { store, say, locale } = view;
  const row = store.row(id);
  const thread = store.thread;
  const pending = store.outbox.items.filter((message) => message.conversation === id);
  const events = thread?.log.events ?? [];
  const count = events.filter(inside).length;
  const names = namesIn(events);
  const questions = questionsIn(events);
  const typing = (thread?.typingUntil ?? 0) > store.now();
  const facts = [channelWord(row.channel, say), languageWord(row.language, say), row.mode ? say(`mode_${row.mode}`) : "", row.ticket ?? ""].filter(Boolean);
  return html`
    <div class="conversation-top"><h2>${nameOf(row, say)}</h2><span class="muted">${facts.join(" · ")}</span>${lookers(store.colleagues.looking(id), say)}${timer(store.attention.owed.get(id), say, store.now())}
      ${count ? html`<button class="quiet" data-testid="inside" aria-pressed=${view.inside ? "true" : "false"}
        @click=${view.toggleInside}>${say("entries", { count })}</button>` : nothing}</div>
    ${reaches(store.role ?? "agent", "supervisor") ? html`<sb-supervise .api=${view.api} .store=${store} .say=${say} .row=${row}></sb-supervise>` : nothing}
    <div class="transcript" data-testid="transcript" role="log" aria-live="polite" aria-label=${say("transcript")} tabindex="0" @scroll=${view.onScroll}
      @grown=${() => store.dispatchEvent(new Event("change"))}>
      ${thread && !thread.loaded && thread.loading && !thread.log.events.length ? html`<div class="skeleton" role="status" aria-label=${say("loading")}><i></i><i></i><i></i></div>` : nothing}
      ${thread?.error ? html`<p class="bad" role="alert">${say("loadError", { message: thread.error })} <button class="link" @click=${() => thread.load()}>${say("retry")}</button></p>` : nothing}
      ${transcript(events, pending, {
        locale, say, inside: view.inside, ready: store.state === "ready", acts: actCards(view, events),
        why: reasons(events, { labels: store.labels, locale, say, action: (name) => store.approvals.title(name, locale) }),
        called: (account) => names.get(account) ?? store.called(account),
        status: (ticket, status) => statusOf(store.ticketTypes, events.find((event) => event.kind === "ticket_opened" && event.ticket === ticket)?.type, status, locale, say),
        skill: (id) => store.skill(id, locale),
        ended: (id) => (id ? store.wraps.named(id, locale) : say("notNamed")),
        link: (file) => store.files.link(id, file), parcels: store.files.of(id), post: store.files.parcels,
        retry: (message) => store.outbox.retry(message), drop: (message) => store.outbox.settle(message),
      })}
    </div>
    ${waiting(view, id)}
    <p class="typing-line" role="status">${typing ? html`<span>${say("typing")}</span>` : nothing}${writers(store.colleagues.writing(id), store.owns(id), say)}</p>
    ${questions.length ? html`<sb-questions .store=${store} .say=${say} .conversation=${id} .questions=${questions} .now=${store.now()} lang=${locale}></sb-questions>` : nothing}
    ${answer(view, id, row)}`;
}

/** Reads are how the machine looks things up; what changes something is shown where it happened. */
function actCards(view: Viewing, events: LogEvent[]): Map<number, TemplateResult> {
  const { store, say } = view;
  const cards = new Map<number, TemplateResult>();
  for (const act of actsIn(events)) {
    if (!act.proposed && !act.undo && (store.approvals.action(act.name)?.effect ?? "read") === "read") continue;
    const waits = stateOf(act) === "waiting";
    cards.set(act.seq, waits ? html`<p class="happened" data-testid="act-prepared"><span>${say("actPrepared", { title: store.approvals.title(act.name, view.locale) })}</span></p>` : card(view, act));
  }
  return cards;
}

function card({ store, say, locale }: Viewing, act: Act): TemplateResult {
  return html`<sb-act .act=${act} .store=${store} .say=${say} .locale=${locale} .now=${store.now()}></sb-act>`;
}

/** Above the answer, so that nobody has to look for it. */
function waiting(view: Viewing, id: string): TemplateResult | typeof nothing {
  const proposals = view.store.approvals.of(id);
  if (!proposals.length) return nothing;
  return html`<section class="pending" data-testid="pending" aria-label=${view.say("approvals")}>${repeat(proposals, (one) => one.call, (one) => card(view, actOf(one)))}</section>`;
}

function answer({ store, say, locale }: Viewing, id: string, row: Row): TemplateResult {
  if (store.owns(id)) return html`<sb-composer .store=${store} .say=${say} .conversation=${id} .helps=${store.thread?.helps ?? []} .stamp=${store.help.stamp} lang=${locale}></sb-composer>`;
  if (store.wraps.of(id)) return html`<sb-wrapup .store=${store} .say=${say} .conversation=${id} .now=${store.now()} lang=${locale}></sb-wrapup>`;
  const waits = row.mode === "waiting" || store.queue.includes(id);
  const text = waits ? say("takeHint") : row.mode === "closed" ? say("closedHint")
    : row.mode === "human" ? say("otherHint", { name: store.called(row.assignee ?? "") || say("agent") }) : say("botHint");
  return html`<div class="strip"><span>${text}</span>${waits ? html`<button class="primary" data-testid="take" ?disabled=${store.state !== "ready"}
    @click=${() => store.accept(id)}>${say("take")}</button>` : nothing}</div>`;
}
