import { html, nothing, type TemplateResult } from "lit";
import { ago } from "../shared/locale";
import type { Earlier, Locale, Mood, Summary, TicketType } from "../shared/protocol";
import { channelWord } from "./context";
import { hashOf } from "./router";
import { statusOf } from "./transcript";
import type { Say } from "./words";

/** How the customer sounds, with the words and signs that show it. */
export function moodLine(mood: Mood | undefined, say: Say): TemplateResult | typeof nothing {
  if (!mood) return nothing;
  return html`<section data-testid="mood"><h3>${say("mood")}</h3>
    <p class="mood ${mood.mood}"><i aria-hidden="true"></i>${say(`mood_${mood.mood}`)}</p>
    ${mood.signs.length ? html`<ul class="mood-signs">${mood.signs.slice(-4).map((sign) => html`<li>${say(`sign_${sign.kind}`, { sign: sign.sign })}: <q>${sign.quote}</q></li>`)}</ul>`
      : html`<p class="muted">${say("moodCalm")}</p>`}</section>`;
}

/** Back leads to the conversation that was read before: it gets an address of its own first. */
function remember(current: string): void {
  history.replaceState(null, "", hashOf("conversations", current));
}

/** The customer's other conversations, each one click away, and their other tickets. */
export function earlier(summary: Summary, current: string, types: TicketType[], locale: Locale, say: Say, now: number): TemplateResult {
  const { earlier: conversations = [], other_tickets: tickets = [] } = summary;
  return html`<section data-testid="earlier"><h3>${say("earlier")}</h3>
      ${conversations.length ? html`<ul class="earlier">${conversations.map((one) => html`<li>${visit(one, current, locale, say, now)}</li>`)}</ul>` : html`<p class="muted">${say("earlierNone")}</p>`}</section>
    ${tickets.length ? html`<section data-testid="other-tickets"><h3>${say("earlierTickets")}</h3><ul>${tickets.map((one) => html`<li>
      <a href=${hashOf("tickets", one.ticket)}>${one.ticket}</a> ${statusOf(types, one.type, one.status, locale, say)}</li>`)}</ul></section>` : nothing}`;
}

function visit(one: Earlier, current: string, locale: Locale, say: Say, now: number): TemplateResult {
  const facts = [one.last_at ? ago(one.last_at, locale, now) : "", channelWord(one.channel, say), one.mode ? say(`mode_${one.mode}`) : "", one.ticket ?? ""].filter(Boolean);
  return html`<a data-testid="earlier-open" href=${hashOf("conversations", one.id)} @click=${() => remember(current)}>
    <span class="earlier-last">${one.last_text || say("openThis")}</span><span class="muted">${facts.join(" · ")}</span></a>`;
}
