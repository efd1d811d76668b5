import { html, nothing, type TemplateResult } from "lit";
import { anchor, markdown, safeUrl } from "../shared/markdown";
import type { Choice, LogEvent } from "../shared/protocol";

interface Card { title: string; text: string; link: { title: string; url: string } | null; buttons: Choice[] }

const word = (value: unknown): string => (typeof value === "string" ? value : "");
const part = (value: unknown): Record<string, unknown> => (value && typeof value === "object" ? (value as Record<string, unknown>) : {});

/** What we know of a card; the rest of it is passed over. */
function read(value: unknown): Card | null {
  const { title, text, link, buttons } = part(value);
  const url = safeUrl(word(part(link)["url"]));
  const choices = (Array.isArray(buttons) ? buttons : []).map((one) => ({ title: word(part(one)["title"]), payload: word(part(one)["payload"]) }));
  const card = {
    title: word(title), text: word(text), link: url ? { url, title: word(part(link)["title"]) || url } : null,
    buttons: choices.filter((choice) => choice.title),
  };
  return card.title || card.text || card.link || card.buttons.length ? card : null;
}

/** The cards under an answer. */
export function cards(event: LogEvent, say: (text: string, payload?: string) => void): unknown {
  const given = event["cards"];
  const known = (Array.isArray(given) ? given : []).map(read).filter((card) => card !== null);
  return known.length ? known.map((card) => one(card, say)) : nothing;
}

function one({ title, text, link, buttons }: Card, say: (text: string, payload?: string) => void): TemplateResult {
  return html`<section class="card" data-testid="card" aria-label=${title || nothing}>
    ${title ? html`<h3>${title}</h3>` : nothing}
    ${text ? html`<div class="words">${markdown(text)}</div>` : nothing}
    ${link ? html`<p>${anchor(link.url, link.title)}</p>` : nothing}
    ${buttons.length ? html`<div class="pills">${buttons.map((button) => html`<button class="pill"
      @click=${() => say(button.title, button.payload || undefined)}>${button.title}</button>`)}</div>` : nothing}
  </section>`;
}
