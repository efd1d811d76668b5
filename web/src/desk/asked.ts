import { html, type TemplateResult } from "lit";
import type { Say } from "./words";

/** Says what an act will do before it is done; the way out comes first. */
export function ask(text: string, confirm: string, say: Say, go: () => void, back: () => void): TemplateResult {
  return html`<div class="sure" role="group" aria-label=${confirm}><p>${text}</p><div class="row-end">
    <button class="tool" data-testid="ask-cancel" @click=${back}>${say("cancel")}</button>
    <button class="primary" data-testid="ask-confirm" @click=${go}>${confirm}</button></div></div>`;
}
