import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import { toLocale } from "../shared/locale";
import type { Words } from "../shared/protocol";
import { ApiError } from "./api";
import styles from "./desk.css?inline";
import { loading } from "./states";
import type { DeskStore } from "./store";
import type { Say } from "./words";
import writing from "./writing.css?inline";

export interface Colleague { agent: string; name: string; state: string; load: number; capacity: number; skills: string[]; languages: string[]; free: boolean }
export interface Targets { people: Colleague[]; skills: { skill: string; name: Words; free: number }[] }
/** `agent:ben`, `skill:faults` or `bot`. */
type Choice = string;

export function targetOf(choice: Choice): Record<string, string | boolean> {
  const [kind = "", ...rest] = choice.split(":");
  return kind === "bot" ? { bot: true } : { [kind]: rest.join(":") };
}

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
      const here = [...this.targets.people.map((one) => `agent:${one.agent}`), ...this.targets.skills.map((one) => `skill:${one.skill}`), "bot"];
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
        ${targets ? html`${this.group("transferPeople", targets.people.length ? targets.people.map((one) => this.person(one)) : html`<p class="muted">${say("transferNobody")}</p>`)}
          ${this.group("transferSkills", targets.skills.map((one) => this.option(`skill:${one.skill}`, one.name[toLocale(this.lang) ?? "en"] ?? one.skill, one.free ? say("transferFree", { count: one.free }) : say("transferNoneFree"))))}
          ${this.group("transferBot", this.option("bot", say("bot"), say("transferBotHint")))}` : this.problem ? nothing : loading(say, 4)}
      </div>
      <label>${say("transferNote")}<textarea data-testid="transfer-note" rows="3" maxlength="2000" .value=${this.note}
        @input=${(event: Event) => (this.note = (event.target as HTMLTextAreaElement).value)}></textarea></label>
      ${this.problem ? html`<p class="bad" role="alert" data-testid="transfer-problem">${this.problem}</p>` : nothing}
      <div class="tools"><span class="grow"></span><button class="tool" data-testid="transfer-cancel" @click=${() => this.close()}>${say("cancel")}</button>
        <button class="primary" data-testid="transfer-send" ?disabled=${!this.choice || this.sent || this.store.state !== "ready"} @click=${() => this.send()}>${say("transferSend")}</button></div>
    </dialog>`;
  }

  private group(word: string, body: unknown): TemplateResult {
    return html`<fieldset><legend>${this.say(word)}</legend>${body}</fieldset>`;
  }

  private person(one: Colleague): TemplateResult {
    const { say } = this;
    const state = one.state === "busy" ? say("busy") : one.free ? say("available") : say("transferFull");
    return this.option(`agent:${one.agent}`, one.name, `${state} · ${say("transferLoad", { load: one.load, capacity: one.capacity })}`, html`<i class="lamp ${one.free ? "available" : "busy"}" aria-hidden="true"></i>`);
  }

  private option(choice: Choice, name: string, about: string, lamp: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`<label class="target"><input type="radio" name="target" data-testid="target-${choice}" .checked=${this.choice === choice} @change=${() => (this.choice = choice)} />
      ${lamp}<b>${name}</b><span class="muted">${about}</span></label>`;
  }
}
