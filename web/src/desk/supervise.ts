import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import type { Row } from "../shared/protocol";
import type { Api } from "./api";
import { ask } from "./asked";
import styles from "./desk.css?inline";
import insightStyles from "./insights.css?inline";
import { asApiError } from "./pager";
import type { DeskStore } from "./store";
import type { Say } from "./words";

/** Reads along from now on; the ledger notes it before anything is shown. */
export async function listenTo(store: DeskStore, api: Api, conversation: string): Promise<void> {
  await api.request("POST", `/conversations/${encodeURIComponent(conversation)}/listen`);
  store.select(conversation);
}

/** What a supervisor may do in a conversation that somebody else serves. */
export class DeskSupervise extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(insightStyles)];
  static override properties = { api: { attribute: false }, store: { attribute: false }, say: { attribute: false }, row: { attribute: false }, taking: { state: true }, told: { state: true }, working: { state: true } };

  declare api: Api;
  declare store: DeskStore;
  declare say: Say;
  declare row: Row;
  /** Whether "take over" waits for its confirmation. */
  declare taking: boolean;
  declare told: string;
  declare working: boolean;
  private of = "";

  constructor() {
    super();
    this.taking = this.working = false;
    this.told = "";
  }

  override willUpdate(): void {
    if (this.of === this.row.id) return;
    this.of = this.row.id;
    this.taking = false;
    this.told = "";
  }

  override render(): TemplateResult {
    const { say, row, store } = this;
    if (!row.mode || row.mode === "closed") return html``;
    const mine = store.owns(row.id);
    const replying = store.colleagues.writing(row.id).filter((one) => one.kind === "reply").map((one) => one.name).join(say("comma"));
    const button = (act: string, word: string, go: () => void): TemplateResult => html`<button class="tool" data-testid=${act} ?disabled=${this.working} @click=${go}>${say(word)}</button>`;
    return html`<div class="supervise" role="group" aria-label=${say("supervise")}>
      ${row.stopped ? html`<span class="state warn" data-testid="bot-stopped">${say("botStopped")}</span>` : nothing}<span class="grow"></span>
      ${mine ? nothing : button("listen-in", "listen", () => void this.listen())}
      ${mine ? nothing : button("take-over", "takeOver", () => (this.taking = true))}
      ${row.stopped ? button("resume-bot", "resumeBot", () => void this.act("resume-bot")) : button("stop-bot", "stopBot", () => void this.act("stop-bot"))}</div>
      ${this.taking && !mine ? ask(replying ? `${say("replying", { name: replying })}${say("stop")} ${say("takeOverSure")}` : say("takeOverSure"), say("takeOverConfirm"), say, () => {
        this.taking = false;
        void this.act("take-over");
      }, () => (this.taking = false)) : nothing}
      <p class="told small" role="status">${this.told}</p>`;
  }

  private async listen(): Promise<void> {
    await this.doing(async () => {
      await listenTo(this.store, this.api, this.row.id);
      this.told = this.say("listening");
    });
  }

  private async act(act: string): Promise<void> {
    const { id } = this.row;
    await this.doing(async () => {
      await this.api.request("POST", `/conversations/${encodeURIComponent(id)}/${act}`);
      this.told = "";
      await this.store.reread(id);
    });
  }

  private async doing(work: () => Promise<void>): Promise<void> {
    this.working = true;
    try {
      await work();
    } catch (error) {
      this.told = this.say("superviseFailed", { message: asApiError(error).message });
    }
    this.working = false;
  }
}
