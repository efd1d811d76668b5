import { LitElement, html, unsafeCSS, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import lists from "./lists.css?inline";
import type { Say } from "./words";

/** What the keys do, in the order in which they are shown. */
export const SHORTCUTS: readonly (readonly [keys: string, word: string])[] = [
  ["J / K", "keyMove"], ["Enter", "keyAccept"], ["Esc", "keyDecline"], ["R", "keyReply"], ["S", "keySearch"], ["V", "keyViews"], ["↑ ↓ Home End", "keyList"], ["Ctrl K / ⌘ K", "keyPalette"], ["?", "keyHelp"],
];

/** The help that `?` opens. */
export class DeskShortcuts extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(lists)];
  static override properties = { say: { attribute: false } };

  declare say: Say;

  show(): void {
    const dialog = this.renderRoot.querySelector("dialog")!;
    if (!dialog.open) dialog.showModal();
  }

  override render(): TemplateResult {
    const { say } = this;
    return html`<dialog class="help" data-testid="shortcuts" aria-labelledby="shortcuts-title" @keydown=${(event: Event) => event.stopPropagation()}>
      <form method="dialog"><h2 id="shortcuts-title">${say("shortcuts")}</h2>
        <dl>${SHORTCUTS.map(([keys, word]) => html`<dt><kbd>${keys}</kbd></dt><dd>${say(word)}</dd>`)}</dl>
        <button class="tool" data-testid="shortcuts-close">${say("closeHelp")}</button></form>
    </dialog>`;
  }
}
