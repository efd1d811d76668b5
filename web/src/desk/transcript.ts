import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { icons } from "../shared/icons";
import { clock, day, full } from "../shared/locale";
import type { OutMessage } from "../shared/outbox";
import { agentOf, personName, type Citation, type Locale, type LogEvent } from "../shared/protocol";
import { linked } from "../shared/text";
import type { Say } from "./words";

const LINES: Record<string, (event: LogEvent, say: Say) => string> = {
  handoff_asked: (event, say) => reasonWord(event.reason, say),
  handoff_offered: agentOf,
  handoff_declined: agentOf,
  handoff_expired: agentOf,
  handoff_taken: agentOf,
  handoff_returned: () => "",
  handoff_cancelled: () => "",
  transferred: (event, say) => personName(event.agent) || event.skill || say("bot"),
  ticket_opened: (event) => event.ticket ?? "",
  ticket_updated: (event, say) => [event.ticket, event.status ? statusWord(event.status, say) : "", event.note ?? ""].filter(Boolean).join(" · "),
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

/** Receipts come with every word: they would bury the rest. */
const QUIET = new Set(["seen", "delivered", "heard"]);

interface Block { key: string; body: TemplateResult }

/** Every event has its place: what was said as bubbles, what happened as lines, the rest behind a count. */
export function transcript(events: LogEvent[], pending: OutMessage[], locale: Locale, say: Say, ready: boolean, act: {
  retry: (id: string) => void; drop: (id: string) => void;
}): unknown {
  const blocks: Block[] = [];
  let hidden: LogEvent[] = [];
  let lastDay = "";
  const flush = (): void => {
    const group = hidden;
    hidden = [];
    if (group.length) blocks.push({ key: `d${group[0]!.seq}`, body: details(group, locale, say) });
  };
  for (const event of events) {
    const body = said(event, locale, say) ?? happened(event, locale, say);
    if (!body) {
      if (!QUIET.has(event.kind)) hidden.push(event);
      continue;
    }
    flush();
    const today = day(event.at, locale, new Date());
    if (today !== lastDay) blocks.push({ key: `day${event.seq}`, body: html`<div class="day">${today}</div>` });
    lastDay = today;
    blocks.push({ key: `e${event.seq}`, body });
  }
  flush();
  for (const message of pending) blocks.push({ key: message.id, body: unsent(message, say, ready, act) });
  return repeat(blocks, (block) => block.key, (block) => block.body);
}

function said(event: LogEvent, locale: Locale, say: Say): TemplateResult | null {
  const kinds: Record<string, [string, string]> = {
    customer_said: ["them", say("customer")],
    bot_said: ["us bot", say("bot")],
    agent_said: ["us", agentOf(event) || say("agent")],
    agent_noted: ["us noted", `${say("internal")} · ${agentOf(event) || say("agent")}`],
  };
  const kind = kinds[event.kind];
  if (!kind) return null;
  return html`<div class="say ${kind[0]}">
    <div class="meta"><b>${kind[1]}</b> <time datetime=${event.at} title=${full(event.at, locale)}>${clock(event.at, locale)}</time></div>
    <div class="words" lang=${event.language ?? nothing}>${linked(event.text ?? "")}</div>
    ${event.citations?.length ? citations(event.citations, say) : nothing}
  </div>`;
}

export function citations(list: Citation[], say: Say): TemplateResult {
  return html`<ul class="cites">${list.map((citation) => html`<li><details>
    <summary>${citation.title}</summary>
    <blockquote>${citation.quote || citation.document}${citation.version ? html`<footer>${say("version", { version: citation.version })}</footer>` : nothing}</blockquote>
  </details></li>`)}</ul>`;
}

function happened(event: LogEvent, locale: Locale, say: Say): TemplateResult | null {
  const line = LINES[event.kind];
  if (!line) return null;
  const text = say(`ev_${event.kind}`, { x: line(event, say) }).replace(/[:：]\s*$/, "");
  const icon = event.kind.startsWith("ticket") ? icons.ticket() : event.kind.startsWith("handoff") ? icons.person() : nothing;
  return html`<p class="happened">${icon}<span>${text}</span><time datetime=${event.at} title=${full(event.at, locale)}>${clock(event.at, locale)}</time></p>`;
}

function details(group: LogEvent[], locale: Locale, say: Say): TemplateResult {
  return html`<details class="system"><summary>${say("details", { count: group.length })}</summary>
    <ul>${group.map((event) => {
      const { seq, at, kind, ...rest } = event;
      const text = JSON.stringify(rest);
      return html`<li><code>${seq} ${kind}</code> <time>${clock(at, locale)}</time> ${text === "{}" ? nothing : html`<code class="rest">${text}</code>`}</li>`;
    })}</ul></details>`;
}

function unsent(message: OutMessage, say: Say, ready: boolean, act: { retry: (id: string) => void; drop: (id: string) => void }): TemplateResult {
  return html`<div class="say us unsent ${message.note ? "noted" : ""}">
    <div class="meta"><b>${say("you")}</b> ${message.failed
      ? html`<span class="bad">${say("failed")}: ${message.failed}</span>
        <button class="link" @click=${() => act.retry(message.id)}>${say("again")}</button>
        <button class="link" @click=${() => act.drop(message.id)}>${say("drop")}</button>`
      : html`<span>${say(ready ? "sending" : "waitingSend")}</span>`}</div>
    <div class="words">${linked(message.text)}</div>
  </div>`;
}
