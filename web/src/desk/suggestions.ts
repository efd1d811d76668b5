import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import base from "../shared/base.css?inline";
import { icons } from "../shared/icons";
import desk from "./desk.css?inline";
import styles from "./help.css?inline";
import { REASONS, sendable, type Suggestion } from "./helping";
import type { Say } from "./words";

export interface Dismissed { id: string; reason: string }

/** The digit that is pressed with Alt alone; 0 for every other key. */
export function altNumber(event: KeyboardEvent): number {
  const digit = event.altKey && !event.ctrlKey && !event.metaKey ? /^Digit([1-9])$/.exec(event.code)?.[1] : undefined;
  return Number(digit ?? 0);
}

/** The strip above the answer: a line each with its source. Fires `take`, `run` (a suggestion) and `put-aside`. */
export class SuggestionStrip extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(desk), unsafeCSS(styles)];
  static override properties = {
    list: { attribute: false }, say: { attribute: false }, facts: { attribute: false }, busy: { attribute: false }, refused: { attribute: false }, stamp: { attribute: false },
    open: { state: true }, asking: { state: true },
  };

  declare list: Suggestion[];
  declare say: Say;
  /** What a click would do it with, in words. */
  declare facts: (one: Suggestion) => [string, string][];
  declare busy: ReadonlySet<string>;
  declare refused: ReadonlyMap<string, string>;
  /** Changes when the two above did. */
  declare stamp: number;
  declare open: string;
  declare asking: string;

  constructor() {
    super();
    this.list = [];
    this.facts = (one) => Object.entries(one.arguments ?? {}).map(([name, value]) => [name, String(value ?? "")]);
    this.busy = new Set();
    this.refused = new Map();
    this.open = this.asking = "";
    this.stamp = 0;
  }

  /** Those that a number takes, in order. */
  get taking(): Suggestion[] {
    return this.list.filter(sendable);
  }

  /** Takes the n-th, from 1; whether there is one. */
  takeNumber(number: number): boolean {
    const one = this.taking[number - 1];
    if (one) this.fire("take", one);
    return one !== undefined;
  }

  /** The strip takes its room from what is read above it. */
  protected override updated(): void {
    this.fire("grown", null);
  }

  private fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.list.length) return nothing;
    return html`<section class="help" data-testid="suggestions" aria-label=${this.say("help")}>
      <ul>${repeat(this.list, (one) => one.id, (one) => this.line(one))}</ul></section>`;
  }

  private line(one: Suggestion): TemplateResult {
    const { say } = this;
    const number = this.taking.indexOf(one) + 1;
    const source = one.citations[0];
    const open = this.open === one.id;
    const refused = this.refused.get(one.id);
    return html`<li data-testid="suggestion" data-kind=${one.kind} data-id=${one.id}>
      <div class="line">
        ${number ? html`<kbd>Alt+${number}</kbd>` : html`<span></span>`}
        <button class="words" data-testid="suggestion-open" aria-expanded=${open ? "true" : "false"} title=${say("help_more")} @click=${() => (this.open = open ? "" : one.id)}>
          <span class="tag ${one.internal ? "internal" : one.kind}">${say(one.internal ? "help_internal" : `help_${one.kind}`)}</span>
          <span class="text">${one.text.replace(/\s+/g, " ")}</span>
          ${source ? html`<span class="source">${source.title}</span>` : nothing}
        </button>
        <span class="ends">${this.button(one)}
          <button class="square" data-testid="suggestion-dismiss" aria-label=${say("help_dismiss")} title=${say("help_dismiss")} ?disabled=${this.busy.has(one.id)}
            aria-expanded=${this.asking === one.id ? "true" : "false"} @click=${() => (this.asking = this.asking === one.id ? "" : one.id)}>${icons.close()}</button></span>
      </div>
      ${refused === undefined ? nothing : html`<p class="refusal" role="alert">${say("help_refused", { message: refused })}</p>`}
      ${this.asking === one.id ? this.why(one) : nothing}
      ${open ? this.whole(one) : nothing}
    </li>`;
  }

  private button(one: Suggestion): TemplateResult | typeof nothing {
    const { say } = this;
    if (this.busy.has(one.id)) return html`<span class="tag" role="status">${say("help_waiting")}</span>`;
    if (one.kind === "action") return html`<button class="tool" data-testid="suggestion-run" @click=${() => this.fire("run", one)}>${say("help_run")}</button>`;
    return sendable(one) ? html`<button class="tool" data-testid="suggestion-take" title=${say("help_keys", { number: this.taking.indexOf(one) + 1 })} @click=${() => this.fire("take", one)}>${say("help_take")}</button>` : nothing;
  }

  private whole(one: Suggestion): TemplateResult {
    const { say } = this;
    return html`<div class="full" data-testid="suggestion-whole"><p class="said">${one.text}</p>
      ${one.action ? html`<dl class="facts small">${this.facts(one).map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>` : nothing}
      ${one.citations.map((citation) => html`<blockquote tabindex="0">${citation.quote}<footer>${say("help_source", { title: citation.title, version: String(citation.version ?? "") })}</footer></blockquote>`)}
    </div>`;
  }

  private why(one: Suggestion): TemplateResult {
    const { say } = this;
    const aside = (reason: string): void => {
      this.asking = "";
      this.fire("put-aside", { id: one.id, reason } satisfies Dismissed);
    };
    return html`<div class="why" role="group" aria-label=${say("help_why")}><span>${say("help_why")}</span>
      ${REASONS.map((reason) => html`<button class="tool" data-testid="suggestion-reason-${reason}" @click=${() => aside(reason)}>${say(`reason_${reason}`)}</button>`)}
      <button class="link" data-testid="suggestion-reason-none" @click=${() => aside("")}>${say("help_skip")}</button></div>`;
  }
}
