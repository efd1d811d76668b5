import { html, type TemplateResult } from "lit";

const PARTS = /(https?:\/\/[^\s<>"'，。；！？（）、]+|\b[A-Z]{1,3}-[0-9A-Z]{4}-[0-9A-Z]{4}\b)/g;

/** Plain text with clickable addresses and ticket numbers that stay in one piece; never HTML from outside. */
export function linked(text: string): (string | TemplateResult)[] {
  return text.split(PARTS).map((part, index) => {
    if (index % 2 === 0) return part;
    if (!part.startsWith("http")) return html`<span class="whole">${part}</span>`;
    return html`<a href=${part} target="_blank" rel="noopener noreferrer nofollow">${part}</a>`;
  });
}

/** A key press that belongs to an input method, not to us. */
export function composing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

export function newId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  // Pages served without TLS on another host have no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
