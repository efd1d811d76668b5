import { html, nothing, type TemplateResult } from "lit";
import { sizeWord } from "../shared/files";
import { ago } from "../shared/locale";
import type { Labels, Locale, Row, Summary, TicketType } from "../shared/protocol";
import { earlier, moodLine } from "./earlier";
import { citations, reasonWord, statusOf } from "./transcript";
import type { Say } from "./words";

const value = (raw: unknown): string => {
  if (raw === null || raw === undefined) return "";
  if (Array.isArray(raw)) return raw.map(value).join(", ");
  return typeof raw === "object" ? JSON.stringify(raw) : String(raw);
};

const section = (title: string, body: unknown): TemplateResult => html`<section><h3>${title}</h3>${body}</section>`;

/** What a person must know before the first word: reason, asked and answered, tried, collected, sources. */
export function story(summary: Summary | null, row: Row, types: TicketType[], locale: Locale, say: Say, now: number): TemplateResult {
  const reason = reasonWord(summary?.reason ?? row.reason, say);
  if (!summary) return html`<div data-testid="summary">${reason ? section(say("reason"), html`<p>${reason}</p>`) : nothing}<p class="empty">${say("noSummary")}</p></div>`;
  const { asked = [], answered = [], tried = [], slots = [], sources = [], tickets = [], files = [] } = summary;
  return html`<div data-testid="summary">
    ${summary.text && !asked.length ? html`<p class="lead">${summary.text}</p>` : nothing}
    ${reason ? section(say("reason"), html`<p>${reason}</p>`) : nothing}
    ${moodLine(summary.mood, say)}
    ${tickets.length ? section(say("tickets"), html`<ul>${tickets.map((ticket) => html`<li><b>${ticket.ticket}</b> ${ticket.status ? statusOf(types, ticket.type, ticket.status, locale, say) : ""}</li>`)}</ul>`) : nothing}
    ${asked.length ? section(say("asked"), html`<ul>${asked.map((item) => html`<li>${item.text}</li>`)}</ul>`) : nothing}
    ${answered.length ? section(say("answered"), html`<ul>${answered.map((item) => html`<li><b>${item.question}</b><p>${item.answer}</p></li>`)}</ul>`) : nothing}
    ${tried.length ? section(say("tried"), html`<ul>${tried.map((item) => html`<li>${item.text || `${item.flow}: ${item.outcome}`}</li>`)}</ul>`) : nothing}
    ${slots.length ? section(say("slots"), html`<dl>${slots.map((slot) => html`<dt>${slot.label ?? slot.name}</dt><dd>${value(slot.value)}</dd>`)}</dl>`) : nothing}
    ${files.length ? section(say("files"), html`<ul>${files.map((file) => html`<li>${file.name} <span class="muted">${sizeWord(file.size)}</span></li>`)}</ul>`) : nothing}
    ${sources.length ? section(say("sources"), citations(sources, say)) : nothing}
    ${section(say("lang"), html`<p>${languageWord(row.language ?? summary.language, say)}</p>`)}
    ${earlier(summary, row.id, types, locale, say, now)}
  </div>`;
}

/** What the conversation's row alone tells. */
export function customer(row: Row, labels: Labels, locale: Locale, say: Say, now: number): TemplateResult {
  const skill = row.skill ?? "";
  const rows: [string, string][] = [[say("skill"), labels.skills?.[skill]?.[locale] ?? skill], [say("since"), row.last_at ? ago(row.last_at, locale, now) : ""]];
  return html`<dl class="facts">${rows.filter(([, text]) => text).map(([label, text]) => html`<dt>${label}</dt><dd>${text}</dd>`)}</dl>`;
}

export const channelWord = (channel: string | null | undefined, say: Say): string => (channel ? say(`channel_${channel}`) || channel : "");
export const languageWord = (language: string | null | undefined, say: Say): string =>
  language ? say(`lang_${language.slice(0, 2)}`) || language : "";
