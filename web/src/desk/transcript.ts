import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { parcelBody } from "../shared/attach";
import { fileChips } from "../shared/filechip";
import { icons } from "../shared/icons";
import { clock, day, full } from "../shared/locale";
import type { OutMessage } from "../shared/outbox";
import type { Parcel, Parcels } from "../shared/parcels";
import { personName, type Citation, type Locale, type LogEvent, type TicketType } from "../shared/protocol";
import { linked } from "../shared/text";
import type { Say } from "./words";

/** How a transcript is told. */
export interface Telling {
  locale: Locale;
  say: Say;
  /** What an account is called. */
  called: (account: string) => string;
  /** A status in the words of its ticket's type. */
  status: (ticket: string | undefined, status: string) => string;
  /** What a skill is called. */
  skill?: (id: string) => string;
  /** How a conversation ended, in words. */
  ended?: (disposition: string) => string;
  /** Whether what happened inside is shown too. */
  inside: boolean;
  /** What stands for an action, by the seq of its first event. */
  acts?: Map<number, TemplateResult>;
  /** Why the bot said it, by the seq of its words. */
  why?: Map<number, TemplateResult>;
  /** Whether the service can be reached now. */
  ready: boolean;
  /** The address of a file for one look at it. */
  link: (file: string) => Promise<string>;
  /** Messages whose files are still going up, and what can be done about them. */
  parcels: Parcel[];
  post: Pick<Parcels, "retry" | "drop">;
  retry: (id: string) => void;
  drop: (id: string) => void;
}

const who = (event: LogEvent, told: Telling): string => event.name || told.called(personName(event.agent));

const LINES: Record<string, (event: LogEvent, told: Telling) => string> = {
  handoff_asked: (event, { say }) => reasonWord(event.reason, say),
  handoff_offered: who,
  handoff_declined: who,
  handoff_expired: who,
  handoff_taken: who,
  taken_over: who,
  bot_stopped: (event, { called }) => called(event.by ?? ""),
  bot_resumed: (event, { called }) => called(event.by ?? ""),
  handoff_returned: () => "",
  handoff_cancelled: () => "",
  transferred: (event, told) => told.called(personName(event.agent)) || (event.skill && (told.skill?.(event.skill) ?? event.skill)) || told.say("bot"),
  ticket_opened: (event) => event.ticket ?? "",
  ticket_updated: (event, told) => [event.ticket, event.status ? told.status(event.ticket, event.status) : "", event.note ?? ""].filter(Boolean).join(" · "),
  ticket_linked: (event) => event.ticket ?? "",
  ticket_merged: (event) => `${event.ticket ?? ""} → ${String(event["into"] ?? "")}`,
  wrapped_up: (event, { ended }) => ended?.(String(event["disposition"] ?? "")) ?? "",
  ticket_parted: (event) => `${event.ticket ?? ""} · ${String(event["into"] ?? "")}`,
  closed: () => "",
  reopened: () => "",
  rated: (event) => String(event.score ?? ""),
  turn_failed: () => "",
};

export function reasonWord(reason: string | null | undefined, say: Say): string {
  return (reason && say(`reason_${reason}`)) || reason || "";
}

export function statusWord(status: string, say: Say): string {
  return say(`status_${status}`) || status;
}

/** A status in the words of its type; without them in our own. */
export function statusOf(types: TicketType[], type: string | undefined, status: string, locale: Locale, say: Say): string {
  return types.find((item) => item.type === type)?.statuses?.[status]?.[locale] ?? statusWord(status, say);
}

/** What agents are called, as far as a conversation tells it. */
export function namesIn(events: LogEvent[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { agent, name } of events) if (typeof agent === "string" && name) names.set(agent, name);
  return names;
}

/** Receipts come with every word: they would bury the rest. */
const QUIET = new Set(["seen", "delivered", "heard"]);
const SAID = new Set(["customer_said", "bot_said", "agent_said", "agent_noted"]);

/** What happened inside: not said, not a step that both sides see. */
export function inside(event: LogEvent): boolean {
  return !SAID.has(event.kind) && !(event.kind in LINES) && !QUIET.has(event.kind);
}

interface Block { key: string; body: TemplateResult }

/** Every event has its place: what was said as bubbles, what happened as lines, the rest behind a count when asked for. */
export function transcript(events: LogEvent[], pending: OutMessage[], told: Telling): unknown {
  const blocks: Block[] = [];
  let hidden: LogEvent[] = [];
  let steps: LogEvent[] = [];
  let lastDay = "";
  const flush = (): void => {
    if (steps.length) blocks.push({ key: `e${steps[0]!.seq}`, body: happened(steps, told) });
    if (hidden.length) blocks.push({ key: `d${hidden[0]!.seq}`, body: details(hidden, told) });
    hidden = [];
    steps = [];
  };
  for (const event of events) {
    if (inside(event) && told.inside) hidden.push(event);
    const body = said(event, told) ?? told.acts?.get(event.seq);
    if (!body && !(event.kind in LINES)) continue;
    if (body || hidden.length || !together(steps[0], event)) flush();
    const today = day(event.at, told.locale, new Date());
    if (today !== lastDay) {
      flush();
      blocks.push({ key: `day${event.seq}`, body: html`<div class="day">${today}</div>` });
    }
    lastDay = today;
    if (body) blocks.push({ key: `e${event.seq}`, body });
    else steps.push(event);
  }
  flush();
  for (const message of pending) blocks.push({ key: message.id, body: unsent(message, told) });
  for (const parcel of told.parcels) blocks.push({ key: parcel.id, body: going(parcel, told) });
  return repeat(blocks, (block) => block.key, (block) => block.body);
}

/** The steps of one handover are one line. */
function together(first: LogEvent | undefined, next: LogEvent): boolean {
  return first === undefined || (first.kind.startsWith("handoff") && next.kind.startsWith("handoff"));
}

function said(event: LogEvent, told: Telling): TemplateResult | null {
  const { locale, say } = told;
  const kinds: Record<string, [string, string]> = {
    customer_said: ["them", say("customer")],
    bot_said: ["us bot", say("bot")],
    agent_said: ["us", who(event, told) || say("agent")],
    agent_noted: ["us noted", noteTitle(event, told)],
  };
  const kind = kinds[event.kind];
  if (!kind) return null;
  return html`<div class="say ${kind[0]}">
    <div class="meta"><b>${kind[1]}</b> <time datetime=${event.at} title=${full(event.at, locale)}>${clock(event.at, locale)}</time></div>
    ${event.text || !event.files?.length ? html`<div class="words" lang=${event.language ?? nothing}>${linked(event.text ?? "")}</div>` : nothing}
    ${fileChips(event.files, told.link, locale)}
    ${event.citations?.length ? citations(event.citations, say) : nothing}
    ${told.why?.get(event.seq) ?? nothing}
  </div>`;
}

/** A note, a question to colleagues with whom it asks, or an answer. */
function noteTitle(event: LogEvent, told: Telling): string {
  const { say } = told;
  const by = who(event, told) || say("agent");
  const thread = event["thread"];
  if (!thread) return `${say("internal")} · ${by}`;
  if (thread !== event.id) return `${say("internalAnswer")} · ${by}`;
  const whom = event.skill ? told.skill?.(event.skill) ?? event.skill : ((event["mentions"] as string[] | undefined) ?? []).map(told.called).join(say("comma"));
  return `${say("internalQuestion")} · ${by} → ${whom}`;
}

export function citations(list: Citation[], say: Say): TemplateResult {
  return html`<ul class="cites">${list.map((citation) => html`<li><details>
    <summary>${citation.title}</summary>
    <blockquote>${citation.quote || citation.document}${citation.version ? html`<footer>${say("version", { version: citation.version })}</footer>` : nothing}</blockquote>
  </details></li>`)}</ul>`;
}

function happened(steps: LogEvent[], told: Telling): TemplateResult {
  const { locale, say } = told;
  const last = steps[steps.length - 1]!;
  const text = steps.map((event) => say(`ev_${event.kind}`, { x: LINES[event.kind]!(event, told) }).replace(/[:：]\s*$/, "")).join(" · ");
  const icon = last.kind.startsWith("ticket") ? icons.ticket() : last.kind.startsWith("handoff") ? icons.person() : nothing;
  return html`<p class="happened">${icon}<span>${text}</span><time datetime=${last.at} title=${full(last.at, locale)}>${clock(last.at, locale)}</time></p>`;
}

function details(group: LogEvent[], { locale, say }: Telling): TemplateResult {
  return html`<details class="system"><summary>${say("details", { count: group.length })}</summary>
    <ul>${group.map((event) => {
      const { seq, at, kind, ...rest } = event;
      const text = JSON.stringify(rest);
      return html`<li><code>${seq} ${kind}</code> <time>${clock(at, locale)}</time> ${text === "{}" ? nothing : html`<code class="rest">${text}</code>`}</li>`;
    })}</ul></details>`;
}

function going(parcel: Parcel, { say, ready, locale, post }: Telling): TemplateResult {
  return html`<div class="say us unsent">
    <div class="meta"><b>${say("you")}</b></div>
    ${parcel.text ? html`<div class="words">${linked(parcel.text)}</div>` : nothing}
    ${parcelBody(parcel, ready, locale, () => post.retry(parcel.id), () => post.drop(parcel.id))}
  </div>`;
}

function unsent(message: OutMessage, { say, ready, retry, drop, link, locale }: Telling): TemplateResult {
  return html`<div class="say us unsent ${message.note ? "noted" : ""}">
    <div class="meta"><b>${say("you")}</b> ${message.failed
      ? html`<span class="bad">${say("failed")}: ${message.failed}</span>
        <button class="link" @click=${() => retry(message.id)}>${say("again")}</button>
        <button class="link" @click=${() => drop(message.id)}>${say("drop")}</button>`
      : html`<span>${say(ready ? "sending" : "waitingSend")}</span>`}</div>
    ${message.text || !message.files?.length ? html`<div class="words">${linked(message.text)}</div>` : nothing}
    ${fileChips(message.files, link, locale)}
  </div>`;
}
