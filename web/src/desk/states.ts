import { html, nothing, type TemplateResult } from "lit";
import type { ApiError } from "./api";
import type { Say } from "./words";

/** The shape of what is coming; `rows` like the real layout. */
export function loading(say: Say, rows = 3): TemplateResult {
  return html`<div class="skeleton" role="status" aria-label=${say("loading")}>${Array.from({ length: rows }, () => html`<i></i>`)}</div>`;
}

/** What happened and what to do about it. */
export function failed(error: ApiError, say: Say, retry: () => void): TemplateResult {
  if (error.status === 403) return forbidden(say);
  const text = error.status === 0 ? say("offlinePage") : say("loadError", { message: error.message });
  return html`<div class="empty" role="alert" data-testid="failed"><p>${text}</p><button class="tool" @click=${retry}>${say("retry")}</button></div>`;
}

export function forbidden(say: Say): TemplateResult {
  return html`<div class="empty" role="alert" data-testid="forbidden"><p>${say("forbidden")}</p><a class="tool" href="#/conversations">${say("toConversations")}</a></div>`;
}

/** One sentence, and one thing to do. */
export function empty(text: string, action = "", act: () => void = () => undefined): TemplateResult {
  return html`<div class="empty" data-testid="empty"><p>${text}</p>${action ? html`<button class="tool" @click=${act}>${action}</button>` : nothing}</div>`;
}
