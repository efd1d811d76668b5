import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import base from "../shared/base.css?inline";
import desk from "./desk.css?inline";
import lists from "./lists.css?inline";
import type { Notices } from "./notices";
import type { Say } from "./words";

/** How an agent is called back to the desk, by choice. */
export class NoticeBox extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(desk), unsafeCSS(lists)];
  static override properties = { notices: { attribute: false }, say: { attribute: false } };

  declare notices: Notices;
  declare say: Say;

  show(): void {
    const dialog = this.renderRoot.querySelector("dialog")!;
    if (!dialog.open) dialog.showModal();
    this.requestUpdate();
  }

  private async want(on: boolean): Promise<void> {
    await this.notices.setWanted(on);
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const { say, notices } = this;
    const { permission } = notices;
    const may = permission === "default" || permission === "granted";
    const told = permission === "none" ? "noticeNone" : permission === "denied" ? "noticeDenied" : "noticeAsk";
    return html`<dialog class="help" data-testid="notices" aria-labelledby="notices-title" @keydown=${(event: Event) => event.stopPropagation()}>
      <form method="dialog"><h2 id="notices-title">${say("notices")}</h2>
        <p class="muted">${say("noticeHint")}</p>
        <div class="notice-line"><label class="notice-tick"><input type="checkbox" data-testid="notice-sound" .checked=${live(notices.sound)} @change=${(event: Event) => notices.setSound((event.target as HTMLInputElement).checked)} />${say("noticeSound")}</label>
          <button type="button" class="tool" data-testid="notice-try" @click=${() => notices.try()}>${say("noticeTry")}</button></div>
        <label class="notice-tick"><input type="checkbox" data-testid="notice-show" aria-describedby="notice-told" ?disabled=${!may} .checked=${live(notices.wanted && permission === "granted")} @change=${(event: Event) => void this.want((event.target as HTMLInputElement).checked)} />${say("noticeShow")}</label>
        <p id="notice-told" class="muted notice-told" role=${may ? nothing : "status"} data-testid="notice-told">${say(told)}</p>
        <button class="tool" data-testid="notices-close">${say("closeHelp")}</button></form>
    </dialog>`;
  }
}
