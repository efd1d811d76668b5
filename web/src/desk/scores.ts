import { LitElement, html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import { full } from "../shared/locale";
import type { Locale, Row, Words } from "../shared/protocol";
import type { Api, ApiError } from "./api";
import styles from "./desk.css?inline";
import insightStyles from "./insights.css?inline";
import { nameOf } from "./list";
import { Pager, asApiError } from "./pager";
import pages from "./pages.css?inline";
import { hashOf } from "./router";
import { empty, failed, loading } from "./states";
import type { Say } from "./words";

interface Scores { bot: number | null; person: number | null }
type ScoredRow = Row & { scores: Scores; closed_at: string | null };
interface Finding { check: string; who: string; weight: number; score: number | null; evidence?: number[]; title: Words; explained: Words }
interface Card { seq: number; at: string; closed: number; bot: number | null; person: number | null; findings: Finding[]; quotes: Record<string, string> }

/** Closed conversations with their scores, and the scorecards of one: each check, why, and the words it saw. */
export class DeskScores extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(pages), unsafeCSS(insightStyles)];
  static override properties = { api: { attribute: false }, say: { attribute: false }, locale: {}, conversation: {}, ready: { type: Boolean }, cards: { state: true }, error: { state: true } };

  declare api: Api;
  declare say: Say;
  declare locale: Locale;
  declare conversation: string;
  declare ready: boolean;
  declare cards: Card[] | null;
  declare error: ApiError | null;
  private readonly list = new Pager<ScoredRow>((next) => this.api.get(`/qa/scores?limit=50${next ? `&next=${encodeURIComponent(next)}` : ""}`), () => this.requestUpdate());

  constructor() {
    super();
    this.cards = null;
    this.error = null;
    this.conversation = "";
  }

  override willUpdate(changed: PropertyValues): void {
    const back = changed.has("ready") && this.ready && this.list.state === "error";
    if (this.list.state === "idle" || back) void this.list.load();
    if (changed.has("conversation") && this.conversation) void this.load(this.conversation);
  }

  private async load(conversation: string): Promise<void> {
    this.cards = this.error = null;
    try {
      const answer = await this.api.get<{ scorecards: Card[] }>(`/qa/scores/${encodeURIComponent(conversation)}`);
      if (conversation === this.conversation) this.cards = answer.scorecards;
    } catch (error) {
      if (conversation === this.conversation) this.error = asApiError(error);
    }
  }

  override render(): TemplateResult {
    const { say, list } = this;
    return html`<div class="page-top"><h2>${say("scores")}</h2><span class="grow"></span>
        <button class="tool" data-testid="reload" ?disabled=${list.state === "loading"} @click=${() => list.load()}>${say("reload")}</button></div>
      ${list.error ? failed(list.error, say, () => void list.load()) : nothing}
      ${list.items.length ? html`<div class="split"><nav class="flow-list" aria-label=${say("scores")}><ul>${list.items.map((row) => this.item(row))}</ul>
          ${list.next ? html`<button class="tool more" data-testid="more" @click=${() => list.load(true)}>${say("more")}</button>` : nothing}</nav>
        <div class="flow-view">${this.chosen()}</div></div>`
        : list.state === "loading" ? loading(say, 6) : list.state === "ready" ? empty(say("emptyScores")) : nothing}`;
  }

  private points(value: number | null): TemplateResult {
    return html`<span class=${value === null ? "muted" : value < 60 ? "bad" : value < 80 ? "warn" : "good"}>${value === null ? this.say("notScored") : value.toFixed(1)}</span>`;
  }

  private item(row: ScoredRow): TemplateResult {
    const { say } = this;
    return html`<li><a class="row" href=${hashOf("scores", row.id)} data-testid="score" data-conversation=${row.id} aria-current=${row.id === this.conversation ? "true" : "false"}>
      <span class="row-top"><b>${nameOf(row, say)}</b><time>${row.closed_at ? full(row.closed_at, this.locale) : ""}</time></span>
      <span class="row-last">${say("score_bot")} ${this.points(row.scores.bot)} · ${say("score_person")} ${this.points(row.scores.person)}</span></a></li>`;
  }

  private chosen(): TemplateResult {
    const { say, cards, error } = this;
    if (!this.conversation) return empty(say("pickScore"));
    if (error) return failed(error, say, () => void this.load(this.conversation));
    if (!cards) return loading(say, 4);
    return html`<a class="tool" href=${hashOf("conversations", this.conversation)} data-testid="score-conversation">${say("openConversation")}</a>
      ${cards.length ? [...cards].reverse().map((card) => this.card(card)) : empty(say("notScored"))}`;
  }

  private card(card: Card): TemplateResult {
    const { say, locale } = this;
    const title = say("scorecardOf", { time: full(card.at, locale) });
    return html`<section class="flow" data-testid="scorecard" aria-label=${title}><h2>${title}</h2>
      <dl class="figures"><div><dt>${say("score_bot")}</dt><dd data-testid="total-bot">${this.points(card.bot)}</dd></div><div><dt>${say("score_person")}</dt><dd data-testid="total-person">${this.points(card.person)}</dd></div></dl>
      <div class="scroll" tabindex="0" role="region" aria-label=${say("findings")}><table><thead><tr>${["check", "whoScored", "weight", "points100", "why"].map((word, at) => html`<th scope="col" class=${at === 2 || at === 3 ? "number" : ""}>${say(word)}</th>`)}</tr></thead>
        <tbody>${card.findings.map((one) => this.finding(one, card.quotes))}</tbody></table></div></section>`;
  }

  private finding(one: Finding, quotes: Record<string, string>): TemplateResult {
    const { say, locale } = this;
    const words = (one.evidence ?? []).map((seq) => quotes[String(seq)]).filter(Boolean);
    return html`<tr data-testid="finding" data-check=${one.check}><th scope="row">${one.title[locale] ?? one.check}</th><td>${say(one.who === "bot" ? "score_bot" : "score_person")}</td>
      <td class="number">${one.weight}</td><td class="number">${this.points(one.score === null ? null : one.score * 100)}</td>
      <td>${one.explained[locale]}${words.map((text) => html`<blockquote>${text}</blockquote>`)}</td></tr>`;
  }
}
