import { LitElement, html, nothing, svg, unsafeCSS, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import { span, toLocale } from "../shared/locale";
import type { DeskServerFrame, Locale, Words, Wrapping } from "../shared/protocol";
import { composing } from "../shared/text";
import styles from "./desk.css?inline";
import lists from "./lists.css?inline";
import { draftKey } from "./drafts";
import type { DeskStore } from "./store";
import type { Say } from "./words";
import working from "./colleagues.css?inline";

/** How a conversation can have ended, in the pack's words. */
export interface Disposition { id: string; name: Words }

/** What this agent has ended and not said the end of; the service keeps it, so that it is here again after a reload. */
export class WrapUps {
  choices: Disposition[] = [];
  /** Seconds after an end to say how it was; 0: it is said at the end. */
  seconds = 0;
  /** The one that has just begun here, for the keyboard to go to. */
  begun = "";
  private items = new Map<string, Wrapping>();

  ready(frame: { dispositions?: Disposition[]; wrap_up_seconds?: number; wrapping?: Wrapping[] }): void {
    this.choices = frame.dispositions ?? [];
    this.seconds = frame.wrap_up_seconds ?? 0;
    this.items = new Map((frame.wrapping ?? []).map((one) => [one.conversation, one]));
  }

  /** Whether the frame was about this. */
  heard(frame: DeskServerFrame): boolean {
    if (frame.type === "wrapping") {
      this.items.set(frame.conversation, frame);
      this.begun = frame.conversation;
      return true;
    }
    if (frame.type !== "wrapped") return false;
    const known = this.items.get(frame.conversation);
    if (frame.disposition) this.items.delete(frame.conversation);
    else if (known?.closed === frame.closed) this.items.set(frame.conversation, { ...known, over: true });
    return true;
  }

  of(conversation: string): Wrapping | undefined {
    return this.items.get(conversation);
  }

  get conversations(): string[] {
    return [...this.items.keys()];
  }

  named(id: string, locale: Locale): string {
    return this.choices.find((one) => one.id === id)?.name[locale] ?? id;
  }
}

/** Milliseconds left, never below 0. */
export function leftOf(wrap: Wrapping, now: number): number {
  return wrap.over ? 0 : Math.max(0, new Date(wrap.until).getTime() - now);
}

const RING = 2 * Math.PI * 6;

/** The time that is left, as a ring and in words. */
export function wrapTimer(wrap: Wrapping, say: Say, now: number): TemplateResult {
  const left = leftOf(wrap, now);
  const total = Math.max(1, new Date(wrap.until).getTime() - new Date(wrap.began_at).getTime());
  return html`<span class="sla ${left ? "" : "warn"}" data-testid="wrap-left"><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    ${svg`<circle cx="8" cy="8" r="6" class="track"></circle><circle cx="8" cy="8" r="6" class="left" stroke-dasharray=${RING} stroke-dashoffset=${RING * (1 - left / total)} transform="rotate(-90 8 8)"></circle>`}</svg>${say(left ? "wrapLeft" : "wrapOver", { time: span(left) })}</span>`;
}

/** Asks how a conversation ended, while the time for it runs; afterwards it may still be said. */
export class DeskWrapUp extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(lists), unsafeCSS(working)];
  static override properties = { store: { attribute: false }, say: { attribute: false }, conversation: {}, now: { type: Number }, choice: { state: true }, problem: { state: true }, sent: { state: true } };

  declare store: DeskStore;
  declare say: Say;
  declare conversation: string;
  declare now: number;
  declare choice: string;
  declare problem: string;
  declare sent: boolean;
  /** The note that was sent: a refusal brings it back. */
  private kept = "";

  constructor() {
    super();
    this.conversation = this.choice = this.problem = "";
    this.now = 0;
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
    this.choice = this.problem = "";
    this.sent = false;
  }

  /** Who has just ended a conversation goes on here; who only looks in keeps the keyboard where it is. */
  override updated(): void {
    if (this.store.wraps.begun !== this.conversation) return;
    this.store.wraps.begun = "";
    this.renderRoot.querySelector<HTMLInputElement>("input[type=radio]")?.focus();
  }

  private readonly onRefused = (event: Event): void => {
    const { conversation, message } = (event as CustomEvent<{ conversation: string; message: string }>).detail;
    if (conversation !== this.conversation || !this.sent) return;
    event.preventDefault();
    this.sent = false;
    this.problem = this.say("notice_error", { message });
    this.note = this.kept;
  };

  private get note(): string {
    return this.store.draft(draftKey(this.conversation, true));
  }

  private set note(text: string) {
    this.store.setDraft(draftKey(this.conversation, true), text);
  }

  private finish(): void {
    if (!this.choice || this.sent) return;
    this.problem = "";
    this.sent = this.store.socket.send({ type: "wrap_up", conversation: this.conversation, disposition: this.choice, note: this.note.trim() });
    if (!this.sent) return;
    this.kept = this.note;
    this.note = "";
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.altKey || composing(event)) return;
    event.preventDefault();
    this.finish();
  };

  override render(): TemplateResult | typeof nothing {
    const { say, store } = this;
    const wrap = store.wraps.of(this.conversation);
    if (!wrap) return nothing;
    const locale = toLocale(this.lang) ?? "en";
    return html`<form class="wrapup" data-testid="wrap-up" aria-label=${say("wrapUp")} @submit=${(event: Event) => { event.preventDefault(); this.finish(); }}>
      <div class="wrapup-top"><h3>${say("wrapUp")}</h3><span class="grow"></span>${wrapTimer(wrap, say, this.now)}</div>
      <fieldset><legend>${say("wrapHow")}</legend><div class="options">
        ${store.wraps.choices.map(({ id, name }) => html`<label class="option"><input type="radio" name="disposition" data-testid="wrap-disposition-${id}"
          .checked=${this.choice === id} @change=${() => (this.choice = id)} @keydown=${this.onKey} />${name[locale] ?? id}</label>`)}</div></fieldset>
      <label>${say("wrapNote")}<textarea rows="2" maxlength="2000" data-testid="wrap-note" .value=${this.note} @keydown=${this.onKey}
        @input=${(event: Event) => (this.note = (event.target as HTMLTextAreaElement).value)}></textarea></label>
      ${this.problem ? html`<p class="bad" role="alert" data-testid="wrap-problem">${this.problem}</p>` : nothing}
      <div class="tools"><span class="muted small">${say(wrap.over ? "wrapLate" : "wrapHint")}</span><span class="grow"></span>
        <button class="primary" type="submit" data-testid="wrap-finish" ?disabled=${!this.choice || this.sent || store.state !== "ready"}>${say("wrapFinish")}</button></div>
    </form>`;
  }
}
