import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import base from "../shared/base.css?inline";
import { ago, toLocale } from "../shared/locale";
import { personName, type LogEvent } from "../shared/protocol";
import { composing, linked } from "../shared/text";
import { ApiError } from "./api";
import working from "./colleagues.css?inline";
import styles from "./desk.css?inline";
import { loading } from "./states";
import type { DeskStore } from "./store";
import { choicesOf, targetLists, targetOf, type Choice, type Targets } from "./targets";
import type { Say } from "./words";
import writing from "./writing.css?inline";

/** What one colleague asked others about a conversation, and what came back. */
export interface Question { id: string; by: string; at: string; text: string; mentions: string[]; skill: string; answers: LogEvent[] }

const of = (event: LogEvent, name: string): string => (typeof event[name] === "string" ? (event[name] as string) : "");

/** The questions among the notes, in their order. */
export function questionsIn(events: LogEvent[]): Question[] {
  const found = new Map<string, Question>();
  for (const event of events) {
    const thread = event.kind === "agent_noted" ? of(event, "thread") : "";
    if (!thread) continue;
    if (thread === event.id) found.set(thread, { id: thread, by: personName(event.agent), at: event.at, text: event.text ?? "", mentions: (event["mentions"] as string[] | undefined) ?? [], skill: of(event, "skill"), answers: [] });
    else found.get(thread)?.answers.push(event);
  }
  return [...found.values()];
}

/** Whether it waits for words of this person: asked and not answered by anybody, or answered and not taken up by the asker. */
export function waitsFor(question: Question, me: string): boolean {
  const last = question.answers.at(-1);
  return question.by === me ? last !== undefined && personName(last.agent) !== me : question.mentions.includes(me) && (last === undefined || personName(last.agent) === question.by);
}

/** Questions among colleagues with a line to answer in. Customers see nothing of it, and it looks like that. */
export class DeskQuestions extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(working)];
  static override properties = { store: { attribute: false }, say: { attribute: false }, conversation: {}, questions: { attribute: false }, now: { type: Number } };

  declare store: DeskStore;
  declare say: Say;
  declare conversation: string;
  declare questions: Question[];
  declare now: number;
  private readonly drafts = new Map<string, string>();
  /** Where this person has answered: it stays open, and the keyboard in it. */
  private readonly answered = new Set<string>();

  constructor() {
    super();
    this.conversation = "";
    this.questions = [];
    this.now = 0;
  }

  override render(): TemplateResult {
    const { say } = this;
    return html`<section class="questions" data-testid="questions" aria-label=${say("questions")}>
      ${repeat(this.questions, (one) => `${this.conversation}/${one.id}`, (one) => this.thread(one))}</section>`;
  }

  private thread(one: Question): TemplateResult {
    const { say, store } = this;
    const whom = one.skill ? store.skill(one.skill, toLocale(this.lang) ?? "en") : one.mentions.map(store.called).join(say("comma"));
    const count = one.answers.length;
    return html`<details class="question" data-testid="question" data-thread=${one.id} ?open=${waitsFor(one, store.me.name) || this.answered.has(one.id)}>
      <summary><b>${say("askedOf", { by: store.called(one.by), whom })}</b> <span class="asked-text">${one.text}</span>
        <span class="muted small">${count ? say("answersCount", { count }) : say("noAnswer")}</span></summary>
      <p class="muted small">${say("onlyColleagues")}</p>
      <ol aria-live="polite">${[{ agent: one.by, at: one.at, text: one.text }, ...one.answers].map((note) => html`<li>
        <span class="muted small"><b>${store.called(personName(note.agent))}</b> <time datetime=${note.at}>${ago(note.at, toLocale(this.lang) ?? "en", this.now)}</time></span>
        <div>${linked(note.text ?? "")}</div></li>`)}</ol>
      <form @submit=${(event: Event) => this.send(event, one)}><label class="grow"><span class="sr">${say("answerTo", { name: store.called(one.by) })}</span>
        <textarea rows="1" maxlength="4000" data-testid="answer" placeholder=${say("answerHere")} .value=${this.drafts.get(one.id) ?? ""}
          @input=${(event: Event) => this.typed(event, one)} @keydown=${(event: KeyboardEvent) => this.key(event, one)}></textarea></label>
        <button class="tool" type="submit" data-testid="answer-send">${say("answerSend")}</button></form></details>`;
  }

  private typed(event: Event, one: Question): void {
    this.drafts.set(one.id, (event.target as HTMLTextAreaElement).value);
    this.store.wrote(this.conversation, true);
  }

  private key(event: KeyboardEvent, one: Question): void {
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !composing(event)) this.send(event, one);
  }

  private send(event: Event, one: Question): void {
    event.preventDefault();
    const text = (this.drafts.get(one.id) ?? "").trim();
    if (!text) return;
    this.drafts.delete(one.id);
    this.answered.add(one.id);
    this.store.say(this.conversation, text, true, { thread: one.id });
    this.requestUpdate();
  }
}

/** Whom to ask, and what. */
export class DeskAsk extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(writing)];
  static override properties = { store: { attribute: false }, say: { attribute: false }, conversation: {}, targets: { state: true }, choice: { state: true }, text: { state: true }, problem: { state: true } };

  declare store: DeskStore;
  declare say: Say;
  declare conversation: string;
  declare targets: Targets | null;
  declare choice: Choice;
  declare text: string;
  declare problem: string;

  constructor() {
    super();
    this.targets = null;
    this.conversation = this.choice = this.text = this.problem = "";
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("conversation")) return;
    this.choice = this.text = this.problem = "";
    this.close();
  }

  private get dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  open(): void {
    this.problem = "";
    this.dialog?.showModal();
    void this.load();
  }

  private close(): void {
    if (this.hasUpdated) this.dialog?.close();
  }

  private async load(): Promise<void> {
    try {
      this.targets = await this.store.targets();
      if (!choicesOf(this.targets).includes(this.choice)) this.choice = "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = this.say("loadError", { message: error.message });
    }
  }

  private send(): void {
    const text = this.text.trim();
    if (!this.choice || !text) return;
    this.store.say(this.conversation, text, true, { to: targetOf(this.choice) as Record<string, string> });
    this.text = "";
    this.close();
  }

  override render(): TemplateResult {
    const { say, targets } = this;
    const choosing = { choice: this.choice, choose: (choice: Choice) => (this.choice = choice), say, locale: toLocale(this.lang) ?? "en" };
    return html`<dialog class="transfer" aria-labelledby="ask-title" data-testid="ask">
      <h2 id="ask-title">${say("askTitle")}</h2>
      <p class="muted small">${say("onlyColleagues")}</p>
      <div class="targets">${targets ? targetLists(targets, choosing) : this.problem ? nothing : loading(say, 4)}</div>
      <label>${say("askWhat")}<textarea data-testid="ask-text" rows="3" maxlength="4000" .value=${this.text}
        @input=${(event: Event) => (this.text = (event.target as HTMLTextAreaElement).value)}></textarea></label>
      ${this.problem ? html`<p class="bad" role="alert">${this.problem}</p>` : nothing}
      <div class="tools"><span class="grow"></span><button class="tool" data-testid="ask-close" @click=${() => this.close()}>${say("cancel")}</button>
        <button class="primary" data-testid="ask-send" ?disabled=${!this.choice || !this.text.trim()} @click=${() => this.send()}>${say("askSend")}</button></div>
    </dialog>`;
  }
}
