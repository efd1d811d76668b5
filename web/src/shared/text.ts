import { html, type TemplateResult } from "lit";

export { composing, newId } from "./ids";

const PARTS = /(https?:\/\/[^\s<>"'，。；！？（）、]+|\b[A-Z]{1,3}-[0-9A-Z]{4}-[0-9A-Z]{4}\b)/g;

/** Plain text with clickable addresses and ticket numbers that stay in one piece; never HTML from outside. */
export function linked(text: string): (string | TemplateResult)[] {
  return text.split(PARTS).map((part, index) => {
    if (index % 2 === 0) return part;
    if (!part.startsWith("http")) return html`<span class="whole">${part}</span>`;
    return html`<a href=${part} target="_blank" rel="noopener noreferrer nofollow">${part}</a>`;
  });
}
