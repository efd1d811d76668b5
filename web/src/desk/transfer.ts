import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import { toLocale } from "../shared/locale";
import { ApiError } from "./api";
import styles from "./desk.css?inline";
import { loading } from "./states";
import type { DeskStore } from "./store";
import { choicesOf, group, option, targetLists, targetOf, type Choice, type Choosing, type Targets } from "./targets";
import type { Say } from "./words";
import writing from "./writing.css?inline";

/** To whom a conversation goes, with a note. It closes when the conversation has gone, and stays when it was refused. */
export class DeskTransfer extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(writing)];
  static override properties = {
    store: { attribute: false }, say: { attribute: false }, conversation: {},
    targets: { state: true }, choice: { state: true }, note: { state: true }, problem: { state: true }, sent: { state: true },
  };

  declare store: DeskStore;
  declare say: Say;
  declare conversation: string;
  declare targets: Targets | null;
  declare choice: Choice;
  declare note: string;
  declare problem: string;
  declare sent: boolean;

  constructor() {
    super();
    this.targets = null;
    this.conversation = this.choice = this.note = this.problem = "";
    this.sent = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.store?.addEventListener("refused", this.onRefused);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.store?.removeEventListener("refused", this.onRefused);
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("conversation")) return;
    this.choice = this.note = this.problem = "";
    this.close();
  }

  private get dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  open(): void {
    this.problem = "";
    this.sent = false;
    this.dialog?.showModal();
    void this.load();
  }

  private close(): void {
    if (this.hasUpdated) this.dialog?.close();
  }

  private async load(): Promise<void> {
    try {
      this.targets = await this.store.targets();
      const here = [...choicesOf(this.targets), "bot"];
      if (!here.includes(this.choice)) this.choice = "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = this.say("loadError", { message: error.message });
    }
  }

  private readonly onRefused = (event: Event): void => {
    const { conversation, code, message } = (event as CustomEvent<{ conversation: string; code: string; message: string }>).detail;
    if (conversation !== this.conversation || !this.sent) return;
    event.preventDefault();
    this.sent = false;
    this.problem = this.say(`transferRefused_${code}`) || this.say("notice_error", { message });
    void this.load();
  };

  private send(): void {
    if (!this.choice) return;
    this.problem = "";
    this.sent = this.store.transfer(this.conversation, targetOf(this.choice), this.note.trim());
  }

  override render(): TemplateResult {
    const { say, targets } = this;
    return html`<dialog class="transfer" aria-labelledby="transfer-title" data-testid="transfer">
      <h2 id="transfer-title">${say("transferTitle")}</h2>
      <div class="targets">
        ${targets ? html`${targetLists(targets, this.choosing)}${group(say("transferBot"), option("bot", say("bot"), say("transferBotHint"), this.choosing))}` : this.problem ? nothing : loading(say, 4)}
      </div>
      <label>${say("transferNote")}<textarea data-testid="transfer-note" rows="3" maxlength="2000" .value=${this.note}
        @input=${(event: Event) => (this.note = (event.target as HTMLTextAreaElement).value)}></textarea></label>
      ${this.problem ? html`<p class="bad" role="alert" data-testid="transfer-problem">${this.problem}</p>` : nothing}
      <div class="tools"><span class="grow"></span><button class="tool" data-testid="transfer-cancel" @click=${() => this.close()}>${say("cancel")}</button>
        <button class="primary" data-testid="transfer-send" ?disabled=${!this.choice || this.sent || this.store.state !== "ready"} @click=${() => this.send()}>${say("transferSend")}</button></div>
    </dialog>`;
  }

  private get choosing(): Choosing {
    return { choice: this.choice, choose: (choice) => (this.choice = choice), say: this.say, locale: toLocale(this.lang) ?? "en" };
  }
}
