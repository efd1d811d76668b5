import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import base from "../shared/base.css?inline";
import { icons } from "../shared/icons";
import { ago, clock, full } from "../shared/locale";
import type { Locale, Proposal } from "../shared/protocol";
import { stateOf, undoable, type Act, type ActState } from "./acts";
import styles from "./desk.css?inline";
import type { DeskStore } from "./store";
import pages from "./pages.css?inline";
import type { Say } from "./words";

const TONES: Partial<Record<ActState, string>> = { waiting: "warn", ok: "good", failed: "bad", unknown: "bad", refused: "bad", rejected: "muted" };

/** The act of a proposal of which the conversation has not been read. */
export function actOf(proposal: Proposal): Act {
  return {
    call: proposal.call, name: proposal.name, interface: proposal.interface, seq: 0, at: proposal.proposed_at ?? "", level: proposal.level,
    rules: proposal.rules, arguments: proposal.arguments, proposed: true, decided: null, called: false, refused: "", outcome: "", result: {},
    error: "", undo: "", undone: null, erased: false,
  };
}

/** An action of the machine: what it would do or did, how far it is, and the clicks that it can take. */
export class DeskAct extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(pages)];
  static override properties = {
    act: { attribute: false }, store: { attribute: false }, say: { attribute: false }, locale: {}, now: { attribute: false },
    note: { state: true }, asking: { state: true },
  };

  declare act: Act;
  declare store: DeskStore;
  declare say: Say;
  declare locale: Locale;
  /** Milliseconds; a tick renders anew. */
  declare now: number;
  declare note: string;
  /** Whether the way back is asked about. */
  declare asking: boolean;

  constructor() {
    super();
    this.note = "";
    this.asking = false;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get("act") as Act | undefined;
    if (before && before.call !== this.act.call) {
      this.note = "";
      this.asking = false;
    }
  }

  override render(): TemplateResult {
    const { act, say, store, locale } = this;
    const state = stateOf(act);
    const title = store.approvals.title(act.name, locale);
    return html`<article class="act ${state}" data-testid="act" data-call=${act.call} data-state=${state} aria-label=${say("actLabel", { title, state: say(`act_${state}`) })}>
      <header>${icons.click()}<h3>${title}</h3><span class="state ${TONES[state] ?? ""}" role="status" data-testid="act-state">${say(`act_${state}`)}</span></header>
      ${Object.keys(act.arguments).length ? this.values(act.arguments) : act.erased ? html`<p class="muted">${say("actErased")}</p>` : nothing}
      <dl class="facts small">
        ${act.level ? html`<dt>${say("level")}</dt><dd>${say(`level_${act.level}`)}</dd>` : nothing}
        <dt>${say("rules")}</dt><dd>${act.rules.length ? act.rules.join(say("comma")) : say("noRules")}</dd>
        ${act.at ? html`<dt>${say(state === "waiting" ? "actSince" : "actAt")}</dt><dd><time datetime=${act.at} title=${full(act.at, locale)}>${ago(act.at, locale, this.now)}</time></dd>` : nothing}
      </dl>
      ${this.story(act)}
      ${this.refusal(act)}
      ${state === "waiting" ? this.choice(act) : undoable(act) ? this.way(act) : nothing}
    </article>`;
  }

  private values(given: Record<string, unknown>): TemplateResult {
    const { approvals } = this.store;
    const amount = approvals.action(this.act.name)?.amount;
    return html`<dl class="facts">${Object.entries(given).map(([name, value]) => html`<dt>${approvals.label(this.act.name, name, this.locale)}</dt>
      <dd class=${name === amount ? "amount" : ""}>${approvals.value(this.act.name, name, value, this.locale)}</dd>`)}</dl>`;
  }

  /** Who decided, what came of it, who took it back. */
  private story(act: Act): TemplateResult | typeof nothing {
    const { say, store, locale } = this;
    const lines: unknown[] = [];
    const line = (word: string, who: string, at: string, note: string): TemplateResult =>
      html`<li>${say(word, { name: store.called(who) })} <time title=${full(at, locale)}>${clock(at, locale)}</time>${note ? html` <q>${note}</q>` : nothing}</li>`;
    if (act.decided) lines.push(line(act.decided.approved ? "actApproved" : "actRejected", act.decided.by, act.decided.at, act.decided.note));
    if (act.refused) lines.push(html`<li>${say("actRule", { rule: act.refused })}</li>`);
    if (act.outcome === "ok") lines.push(html`<li data-testid="act-result">${say("actDone")}${Object.keys(act.result).length ? this.values(act.result) : nothing}</li>`);
    else if (act.outcome) lines.push(html`<li data-testid="act-result">${say(act.outcome === "failed" ? "actFailed" : "actUnknown", { error: act.error })}</li>`);
    const back = act.undone;
    if (back?.decided) lines.push(line("actUndone", back.decided.by, back.decided.at, back.decided.note));
    if (back && back.outcome && back.outcome !== "ok") lines.push(html`<li class="bad">${say("actUndoFailed", { error: back.error })}</li>`);
    return lines.length ? html`<ol class="steps">${lines}</ol>` : nothing;
  }

  private refusal(act: Act): TemplateResult | typeof nothing {
    const code = this.store.approvals.refused.get(act.call);
    return code ? html`<p class="bad" role="alert" data-testid="act-refused">${this.say(`refused_${code}`) || this.say("refused_other")}</p>` : nothing;
  }

  private get off(): boolean {
    return this.store.state !== "ready" || this.store.approvals.sent.has(this.act.call);
  }

  private choice(act: Act): TemplateResult {
    const { say } = this;
    return html`${this.noteField("actNote")}<div class="tools">
      <button class="primary" data-testid="approve" ?disabled=${this.off} @click=${() => this.store.click("approve", act.call, this.note.trim())}>${say("approve")}</button>
      <button class="tool" data-testid="reject" ?disabled=${this.off} @click=${() => this.store.click("reject", act.call, this.note.trim())}>${say("reject")}</button></div>`;
  }

  private way(act: Act): TemplateResult {
    const { say } = this;
    if (!this.asking) return html`<div class="tools"><button class="tool" data-testid="undo" @click=${() => (this.asking = true)}>${say("undo")}</button></div>`;
    return html`<p>${say("undoSure")}</p>${this.noteField("undoNote")}<div class="tools">
      <button class="primary" data-testid="undo-confirm" ?disabled=${this.off} @click=${() => this.takeBack(act)}>${say("undoConfirm")}</button>
      <button class="tool" @click=${() => (this.asking = false)}>${say("cancel")}</button></div>`;
  }

  private takeBack(act: Act): void {
    this.asking = false;
    this.store.click("undo", act.call, this.note.trim());
  }

  private noteField(word: string): TemplateResult {
    return html`<label>${this.say(word)}<input data-testid="act-note" maxlength="2000" .value=${live(this.note)}
      @input=${(event: Event) => (this.note = (event.target as HTMLInputElement).value)} /></label>`;
  }
}
