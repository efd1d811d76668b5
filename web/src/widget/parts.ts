import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { parcelBody } from "../shared/attach";
import { fileChips } from "../shared/filechip";
import { lastOf } from "../shared/eventlog";
import { icons } from "../shared/icons";
import { clock, day, fill, full } from "../shared/locale";
import type { OutMessage } from "../shared/outbox";
import type { Parcel } from "../shared/parcels";
import { personName, type Choice, type Citation, type Locale, type LogEvent } from "../shared/protocol";
import { markdown } from "../shared/markdown";
import { linked } from "../shared/text";
import { cards } from "./cards";
import type { Word } from "./words";

/** What the parts of the log need to know and may do. */
export interface View {
  locale: Locale;
  w: (word: Word, values?: Record<string, string | number>) => string;
  botName: string;
  openQuote: string;
  toggleQuote: (key: string) => void;
  shownTime: string;
  toggleTime: (key: string) => void;
  copied: string;
  copy: (ticket: string) => void;
  retry: (id: string) => void;
  drop: (id: string) => void;
  link: (file: string) => Promise<string>;
  say: (text: string, payload?: string) => void;
}

interface Item { key: string; body: TemplateResult }

export function statusWord(view: View, status: string | undefined): string {
  return view.w(`status_${status}` as Word) || status || "";
}

/** The log as rows: day dividers, names where the speaker changes, cards with the newest state of their ticket. */
export function logItems(events: LogEvent[], view: View, now: Date): Item[] {
  const items: Item[] = [];
  const state = new Map<string, string>();
  for (const event of events) {
    if (event.kind === "ticket_updated" && event.ticket && event.status) state.set(event.ticket, event.status);
  }
  const rated = lastOf(events, "rated");
  const standing = receipt(events);
  let speaker = "";
  let lastDay = "";
  for (const event of events) {
    const today = day(event.at, view.locale, now);
    const row = event.kind === "rated" && event !== rated ? null : renderEvent(event, view, speaker, state);
    if (!row) continue;
    if (today && today !== lastDay) {
      items.push({ key: `day-${event.seq}`, body: html`<div class="day" role="separator"><span>${today}</span></div>` });
      lastDay = today;
      if (row.speaker) row.body = renderEvent(event, view, "", state)!.body;
    }
    speaker = row.speaker;
    items.push({ key: `e${event.seq}`, body: row.body });
    if (standing && event.seq === standing.seq) items.push({ key: "receipt", body: receiptLine(standing.state, view) });
  }
  return items;
}

/** How far the customer's last words have come, while nobody has answered them. */
export function receipt(events: LogEvent[]): { seq: number; state: "sent" | "delivered" | "seen" } | null {
  const mine = lastOf(events, "customer_said");
  if (!mine || events.some((event) => event.seq > mine.seq && (event.kind === "bot_said" || event.kind === "agent_said"))) return null;
  const upto = (kind: string): number => Math.max(0, ...events.filter((event) => event.kind === kind).map((event) => event.upto ?? 0));
  return { seq: mine.seq, state: upto("seen") >= mine.seq ? "seen" : upto("delivered") >= mine.seq ? "delivered" : "sent" };
}

function receiptLine(state: "sent" | "delivered" | "seen", view: View): TemplateResult {
  return html`<div class="turn me"><span class="time" data-testid="receipt" data-state=${state}>${icons.check()} ${view.w(state)}</span></div>`;
}

export function renderItems(items: Item[]): unknown {
  return repeat(items, (item) => item.key, (item) => item.body);
}

function renderEvent(
  event: LogEvent, view: View, speaker: string, state: Map<string, string>,
): { speaker: string; body: TemplateResult } | null {
  const { w } = view;
  const line = (text: string, note?: string): { speaker: string; body: TemplateResult } => ({
    speaker: "", body: html`<p class="line" title=${full(event.at, view.locale)}>${text}${note ? html`<br /><span class="said">${note}</span>` : nothing}</p>`,
  });
  switch (event.kind) {
    case "customer_said":
      return { speaker: "me", body: bubble(event, view, "me", speaker === "me" ? "" : undefined, w("you")) };
    case "bot_said":
      return { speaker: "bot", body: bubble(event, view, "them", speaker === "bot" ? "" : view.botName, view.botName) };
    case "agent_said": {
      const name = personName(event.agent) || w("agent");
      return { speaker: `agent ${name}`, body: bubble(event, view, "them person", speaker === `agent ${name}` ? "" : name, name) };
    }
    case "ticket_opened":
      return { speaker: "", body: ticketCard(event, view, state.get(event.ticket ?? "") ?? "open") };
    case "ticket_updated":
      return line(w("ticketUpdated", { ticket: event.ticket ?? "", status: statusWord(view, event.status) }), event.note);
    case "handoff_asked":
      return line(w("asked"));
    case "handoff_taken":
      return line(w("joined", { name: personName(event.agent) || w("agent") }));
    case "handoff_returned":
      return line(w("returned", { bot: view.botName }));
    case "handoff_cancelled":
      // Nobody will come: the bot says so itself, and nobody has left anything.
      return event.reason === "nobody_there" ? null : line(w("cancelled", { bot: view.botName }));
    case "closed":
      return line(w("closed"));
    case "reopened":
      return line(w("reopened"));
    case "rated":
      return line(w("rated"));
    default:
      return null;
  }
}

function bubble(event: LogEvent, view: View, side: string, name: string | undefined, spokenBy: string): TemplateResult {
  const key = String(event.seq);
  const citations = event.citations ?? [];
  return html`<div class="turn ${side}" lang=${event.language ?? nothing}>
    ${name ? html`<span class="name" aria-hidden="true">${name}</span>` : nothing}
    ${event.text || !event.files?.length ? html`<div class="bubble" title=${full(event.at, view.locale)} @click=${() => view.toggleTime(key)}
      ><span class="sr">${spokenBy}: </span>${side === "me" ? linked(event.text ?? "") : markdown(event.text ?? "")}</div>` : html`<span class="sr">${spokenBy}: </span>`}
    ${fileChips(event.files, view.link, view.locale)}
    ${side === "them" ? cards(event, view.say) : nothing}
    ${citations.length ? sources(citations, event.seq, view) : nothing}
    ${view.shownTime === key ? html`<time class="time" datetime=${event.at}>${clock(event.at, view.locale)}</time>` : nothing}
  </div>`;
}

function sources(citations: Citation[], seq: number, view: View): TemplateResult {
  const open = citations.findIndex((_citation, index) => view.openQuote === `${seq}:${index}`);
  const shown = citations[open];
  return html`<div class="chips" role="group" aria-label=${view.w("sources")}>
      ${citations.map((citation, index) => html`<button
        class="chip" data-testid="chip" aria-expanded=${index === open ? "true" : "false"}
        @click=${() => view.toggleQuote(`${seq}:${index}`)}
      ><b>${index + 1}</b><span>${citation.title}</span></button>`)}
    </div>
    ${shown ? html`<blockquote class="quote" data-testid="quote">
      <p>${shown.quote || view.w("noQuote")}</p>
      <footer>${shown.title}${shown.version ? html` · ${view.w("version", { version: shown.version })}` : nothing}</footer>
    </blockquote>` : nothing}`;
}

function ticketCard(event: LogEvent, view: View, status: string): TemplateResult {
  const number = event.ticket ?? "";
  const done = view.copied === number;
  const kind = view.w(`type_${event.type}` as Word) || view.w("ticket");
  return html`<section class="ticket" data-testid="ticket-card" aria-label=${`${view.w("ticket")} ${number}`}>
    <div class="ticket-top"><span>${kind}</span><span class="state ${status}">${statusWord(view, status)}</span></div>
    <div class="ticket-row">
      <strong data-testid="ticket-number">${number}</strong>
      <button class="square" aria-label=${view.w("copy")} title=${view.w("copy")} @click=${() => view.copy(number)}>
        ${done ? icons.check() : icons.copy()}
      </button>
      <span class="small" role="status">${done ? view.w("copied") : ""}</span>
    </div>
  </section>`;
}

/** Words on their way: waiting (not connected), sending, or refused. */
export function pendingItems(waiting: OutMessage[], sent: OutMessage[], ready: boolean, view: View): Item[] {
  const { w } = view;
  return [
    ...sent.map((message) => ({ key: `m${message.id}`, body: html`<div class="turn me">${own(message, view)}</div>` })),
    ...waiting.map((message) => ({
      key: `m${message.id}`,
      body: html`<div class="turn me ${message.failed ? "failed" : "waiting"}">
        ${own(message, view)}
        ${message.failed
          ? html`<span class="time bad">${w("failed")}
              <button class="link" @click=${() => view.retry(message.id)}>${w("again")}</button>
              <button class="link" @click=${() => view.drop(message.id)}>${w("drop")}</button></span>`
          : html`<span class="time">${icons.clock()} ${ready ? w("sending") : w("waiting")}</span>`}
      </div>`,
    })),
  ];
}

function own({ text, files }: OutMessage, view: View): unknown {
  return html`${text || !files?.length ? html`<div class="bubble"><span class="sr">${view.w("you")}: </span>${linked(text)}</div>` : nothing}
    ${fileChips(files, view.link, view.locale)}`;
}

/** Messages whose files are still going up. */
export function parcelItems(parcels: Parcel[], ready: boolean, view: View, retry: (id: string) => void, drop: (id: string) => void): Item[] {
  return parcels.map((parcel) => ({
    key: `m${parcel.id}`,
    body: html`<div class="turn me ${parcel.failed ? "failed" : "waiting"}">
      ${parcel.text ? html`<div class="bubble"><span class="sr">${view.w("you")}: </span>${linked(parcel.text)}</div>` : nothing}
      ${parcelBody(parcel, ready, view.locale, () => retry(parcel.id), () => drop(parcel.id))}
    </div>`,
  }));
}

/** The choices that belong to the bot's last words, until the customer says something. */
export function openChoices(events: LogEvent[], view: View): { choices: Choice[]; asks: LogEvent["asks"] } {
  for (let index = events.length - 1; index >= 0; index -= 1) {
    const event = events[index]!;
    if (event.kind === "customer_said" || event.kind === "agent_said" || event.kind === "closed" || event.kind === "handoff_taken") break;
    if (event.kind !== "bot_said") continue;
    const { asks } = event;
    const offered = [...(asks?.choices ?? []), ...(event.quick_replies ?? [])];
    if (asks?.type === "yes_no" && !offered.length) {
      offered.push({ title: view.w("yes"), payload: "/affirm" }, { title: view.w("no"), payload: "/deny" });
    }
    const seen = new Set<string>();
    const choices = offered.filter((choice) => !seen.has(choice.payload || choice.title) && seen.add(choice.payload || choice.title));
    if (choices.length || asks) return { choices, asks };
    // A second part of the same turn may follow the part that asks.
    const before = events[index - 1];
    if (before?.kind !== "bot_said" || String(before.in_reply_to) !== String(event.in_reply_to)) break;
  }
  return { choices: [], asks: undefined };
}

export function fillWords(words: Record<string, string>): View["w"] {
  return (word, values) => fill(words[word] ?? "", values ?? {});
}
