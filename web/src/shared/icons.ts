import { svg, html, type TemplateResult } from "lit";

const icon = (paths: TemplateResult, size = 20): TemplateResult => html`<svg
  width=${size} height=${size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8"
  stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`;

export const icons = {
  back: () => icon(svg`<path d="M14.5 6l-6 6 6 6"/>`),
  more: () => icon(svg`<path d="M5.5 12h.01M12 12h.01M18.5 12h.01" stroke-width="3"/>`),
  chat: () => icon(svg`<path d="M4 5.5h16v11H10l-4.5 3.5v-3.5H4z"/><path d="M8 9.5h8M8 12.5h5"/>`, 26),
  close: () => icon(svg`<path d="M6 6l12 12M18 6L6 18"/>`),
  down: () => icon(svg`<path d="M6 9.5l6 6 6-6"/>`),
  send: () => icon(svg`<path d="M12 19V5M6 11l6-6 6 6"/>`),
  person: () => icon(svg`<circle cx="12" cy="8" r="3.6"/><path d="M5 20c.6-3.6 3.4-5.6 7-5.6s6.4 2 7 5.6"/>`, 18),
  copy: () => icon(svg`<rect x="9" y="9" width="10" height="10" rx="2"/><path d="M5 15V7a2 2 0 0 1 2-2h8"/>`, 16),
  check: () => icon(svg`<path d="M5 12.5l4.5 4.5L19 7.5"/>`, 16),
  clock: () => icon(svg`<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>`, 14),
  note: () => icon(svg`<path d="M5 4h14v10l-5 6H5z"/><path d="M14 20v-6h5"/>`, 18),
  ticket: () => icon(svg`<path d="M4 8a2 2 0 0 0 0 0V6h16v3a3 3 0 0 0 0 6v3H4v-3a3 3 0 0 0 0-6z"/>`, 18),
  out: () => icon(svg`<path d="M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9"/>`),
  chats: () => icon(svg`<path d="M4 5h12v9H9l-3.5 3v-3H4z"/><path d="M18.5 9H20v9h-1.5v2.5L15.5 18H11"/>`),
  click: () => icon(svg`<path d="M12 4.5a7.5 7.5 0 1 0 7.5 7.5"/><path d="M8.5 12l3 3 8-8.5"/>`),
  flow: () => icon(svg`<rect x="3.5" y="9.5" width="5" height="5" rx="1"/><rect x="15.5" y="4" width="5" height="5" rx="1"/><rect x="15.5" y="15" width="5" height="5" rx="1"/><path d="M8.5 12h3.5M15.5 6.5H12v11h3.5"/>`),
  ledger: () => icon(svg`<path d="M6 4h11a1.5 1.5 0 0 1 1.5 1.5v14.5H7.5A2 2 0 0 1 5.5 18V4.5"/><path d="M5.5 18a2 2 0 0 1 2-2h11M9 8h6M9 11.5h4"/>`),
  clip: () => icon(svg`<path d="M19 11.5l-7.3 7.3a4.6 4.6 0 0 1-6.5-6.5l7.8-7.8a3.1 3.1 0 0 1 4.4 4.4l-7.7 7.7a1.5 1.5 0 0 1-2.2-2.2l7-7"/>`),
  file: () => icon(svg`<path d="M6 3.5h8l4 4v13H6z"/><path d="M14 3.5v4h4M9 12.5h6M9 16h6"/>`),
  room: () => icon(svg`<path d="M4 19.5h16M6.5 16v-4M11 16V6.5M15.5 16v-6M20 16V9"/>`),
  bell: () => icon(svg`<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4"/>`, 18),
  at: () => icon(svg`<circle cx="12" cy="12" r="3.5"/><path d="M15.5 8.5v4.5a2.3 2.3 0 0 0 4.6 0V12a8.1 8.1 0 1 0-3.2 6.4"/>`),
  star: () => icon(svg`<path d="M12 4l2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.7-5 2.7 1.1-5.5L4 9.7l5.6-.7z"/>`, 22),
};
