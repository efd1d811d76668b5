import { LitElement, html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import { ago, clock, full, span } from "../shared/locale";
import type { Locale, Row } from "../shared/protocol";
import type { Api } from "./api";
import { ask } from "./asked";
import styles from "./desk.css?inline";
import insightStyles from "./insights.css?inline";
import { InsightStore, change, path, shown, type Alert, type Ended, type Length, type NumberRow, type PersonRow, type Switch } from "./insightstore";
import { nameOf } from "./list";
import pages from "./pages.css?inline";
import { hashOf } from "./router";
import { empty, failed, loading } from "./states";
import { listenTo } from "./supervise";
import type { DeskStore } from "./store";
import type { Say } from "./words";

const AGAIN = 15_000;
/** The six numbers of the room, each with those that belong under it. */
const CARDS: [string, string[]][] = [
  ["waiting", ["staffed"]], ["longest_wait", ["arrivals"]], ["containment", ["handled_by_bot", "handled_by_people"]],
  ["first_response", ["first_response_p95"]], ["csat", ["csat_good"]], ["alerts", []],
];
const LENGTHS: Length[] = ["day", "week", "month"];

/** The supervisor's room: six numbers, one plot, the people, what goes on, and what alerts. */
export class DeskInsights extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(pages), unsafeCSS(insightStyles)];
  static override properties = { api: { attribute: false }, say: { attribute: false }, locale: {}, desk: { attribute: false }, ready: { type: Boolean }, stopping: { state: true } };

  declare api: Api;
  declare say: Say;
  declare locale: Locale;
  declare desk: DeskStore;
  /** Whether the service can be reached now. */
  declare ready: boolean;
  /** The flow that is about to be stopped. */
  declare stopping: string;
  private store: InsightStore | null = null;
  private ticking: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopping = "";
    this.ticking = setInterval(() => {
      if (!document.hidden && this.ready) void this.store?.load(this.locale);
    }, AGAIN);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.ticking);
  }

  override willUpdate(changed: PropertyValues): void {
    this.store ??= new InsightStore(this.api, () => this.requestUpdate());
    const back = changed.has("ready") && this.ready && this.store.state === "error";
    if (this.store.state === "idle" || (changed.has("locale") && changed.get("locale")) || back) void this.store.load(this.locale);
  }

  override render(): TemplateResult {
    const { say, store } = this;
    if (!store) return html``;
    return html`<div class="page-top"><h2>${say("insights")}</h2>${this.choices(store)}<span class="grow"></span>
        ${store.insights ? html`<span class="muted small">${say("updatedAt", { time: clock(store.insights.until, this.locale) })}</span>` : nothing}
        <button class="tool" data-testid="reload" ?disabled=${store.state === "loading"} @click=${() => store.load(this.locale)}>${say("reload")}</button></div>
      <div class="page-body room" aria-busy=${store.state === "loading" ? "true" : "false"}>
        ${store.error ? failed(store.error, say, () => void store.load(this.locale)) : nothing}
        ${store.insights ? this.content(store) : store.state === "loading" ? loading(say, 6) : nothing}</div>`;
  }

  private choices(store: InsightStore): TemplateResult {
    const { say, locale } = this;
    return html`<div class="segments" role="group" aria-label=${say("period")}>${LENGTHS.map((length) => html`<button class="tool" data-testid="span-${length}"
        aria-pressed=${store.length === length ? "true" : "false"} @click=${() => store.choose(length, store.only, locale)}>${say(`span_${length}`)}</button>`)}</div>
      <label class="inline"><span class="sr">${say("lang")}</span><select data-testid="only-language" @change=${(event: Event) => store.choose(store.length, (event.target as HTMLSelectElement).value as Locale | "", locale)}>
        ${(["", "zh", "en"] as const).map((value) => html`<option value=${value} .selected=${store.only === value}>${value ? say(`lang_${value}`) : say("allLanguages")}</option>`)}</select></label>`;
  }

  private content(store: InsightStore): TemplateResult {
    return html`<div class="cards">${CARDS.map(([id, under]) => this.card(store, id, under))}</div>
      ${this.plot(store)}
      <div class="below">${this.people(store.insights!.people)}${this.ended(store.insights!.dispositions)}${this.live(store.live)}${this.alerts(store.alerts)}${this.flows(store)}</div>`;
  }

  // Numbers ------------------------------------------------------------------------------------------------------

  private card(store: InsightStore, id: string, under: string[]): TemplateResult | typeof nothing {
    const number = store.number(id);
    if (!number) return nothing;
    const { locale, say } = this;
    const rows = under.map((one) => store.number(one)).filter((one): one is NumberRow => one !== null);
    return html`<section class="card" data-testid="card-${id}" aria-label=${number.title[locale] ?? id}>
      <h3>${number.title[locale]}</h3>
      ${this.figure(number, "big")}
      <svg class="line" viewBox="0 0 160 32" preserveAspectRatio="none" role="img" aria-label=${say("lineOf", { name: number.title[locale] ?? id })}><path d=${path(number.line, 160, 32)}></path></svg>
      <p class="small">${this.compared(number, number.day_before, "vsDay")}</p><p class="small">${this.compared(number, number.week_before, "vsWeek")}</p>
      ${rows.length ? html`<p class="under">${rows.map((one) => this.figure(one, "small"))}</p>` : nothing}</section>`;
  }

  /** A number tells how it is counted to whoever points at it or comes to it with the keyboard. */
  private figure(number: NumberRow, size: "big" | "small"): TemplateResult {
    const { locale, say } = this;
    const value = shown(number.value, number.unit);
    const text = size === "small" ? say(`sub_${number.id}`, { x: value }) : value;
    return html`<span class="figure ${size}" tabindex="0" role="note" aria-label=${`${number.title[locale]}: ${number.value === null ? say("nothingYet") : value}`} aria-describedby="tip-${number.id}">
      <span data-testid="number-${number.id}" data-value=${number.value ?? ""}>${text}</span>${size === "big" && number.unit === "score" && number.value !== null ? html` <small>${say("ofFive")}</small>` : nothing}
      <span class="tip" role="tooltip" id="tip-${number.id}" data-testid="formula-${number.id}"><b>${say("formula")}</b> ${number.formula[locale]}</span></span>`;
  }

  private compared(number: NumberRow, before: number | null, word: string): TemplateResult {
    const { say } = this;
    const by = change(number.value, before, number.unit, number.better, say("points"));
    if (!by) return html`<span class="muted">${say(word)} · ${say("noBefore")}</span>`;
    return by.text ? html`<span class=${by.tone}>${by.text}</span> <span class="muted">${say(word)}</span>` : html`<span class="muted">${say("same")} ${say(word)}</span>`;
  }

  private plot(store: InsightStore): TemplateResult {
    const { say } = this;
    const { plot } = store.insights!;
    const told = say("plotTold", { arrivals: plot.arrivals.reduce((sum, one) => sum + one, 0), waiting: Math.max(0, ...plot.waiting), staffed: Math.max(0, ...plot.staffed) });
    return html`<section class="card wide" aria-label=${say("plot")}><h3>${say("plot")}</h3>
      <sb-plot .plot=${plot} .say=${say} .locale=${this.locale} role="img" aria-label=${told}></sb-plot><p class="small muted" data-testid="plot-told">${told}</p></section>`;
  }

  // People, conversations, alerts, flows ----------------------------------------------------------------------------

  private people(people: PersonRow[]): TemplateResult {
    const { say } = this;
    const time = (since: string | null): string => (since ? span(this.desk.now() - Date.parse(since)) : "—");
    return html`<section class="card" data-testid="people" aria-label=${say("peopleNow")}><h3>${say("peopleNow")}</h3>
      ${people.length ? html`<table><thead><tr><th scope="col">${say("person")}</th><th scope="col">${say("stateNow")}</th><th scope="col" class="number">${say("load")}</th><th scope="col" class="number">${say("inState")}</th></tr></thead>
        <tbody>${people.map((one) => html`<tr data-testid="person" data-agent=${one.agent}><th scope="row">${one.name}</th>
          <td><i class="lamp ${one.state}" aria-hidden="true"></i> ${one.wrapping ? html`<b data-testid="wrapping">${say("wrapUp")}${one.wrapping > 1 ? ` ${one.wrapping}` : ""}</b> · ` : nothing}${say(one.state)}</td><td class="number">${one.load} / ${one.capacity}</td><td class="number">${time(one.since)}</td></tr>`)}</tbody></table>`
        : empty(say("nobodyHere"))}</section>`;
  }

  private ended(told: Ended | undefined): TemplateResult | typeof nothing {
    const { say, locale } = this;
    if (!told) return nothing;
    return html`<section class="card" data-testid="dispositions" aria-label=${say("dispositions")}><h3>${say("dispositions")}</h3>
      ${told.items.length ? html`<table><thead><tr><th scope="col">${say("wrapHow")}</th><th scope="col" class="number">${say("count")}</th><th scope="col" class="number">${say("share")}</th></tr></thead>
        <tbody>${told.items.map((one) => html`<tr data-testid="disposition" data-id=${one.id}><th scope="row">${one.name[locale] ?? one.id}</th><td class="number">${one.count}</td><td class="number">${shown(one.share, "share")}</td></tr>`)}</tbody></table>`
        : empty(say("emptyDispositions"))}
      <p class="small muted"><b>${say("formula")}</b> ${told.formula[locale]}</p></section>`;
  }

  private live(rows: Row[]): TemplateResult {
    const { say, desk } = this;
    return html`<section class="card" data-testid="live" aria-label=${say("liveNow")}><h3>${say("liveNow")}</h3>
      ${rows.length ? html`<ul>${rows.map((row) => html`<li data-testid="live-row" data-conversation=${row.id}><span class="grow"><b>${nameOf(row, say)}</b>
        <span class="muted small">${row.mode === "human" ? say("servedBy", { name: desk.called(row.assignee ?? "") }) : `${say("waitsNow")} ${row.waiting_since ? span(desk.now() - Date.parse(row.waiting_since)) : ""}`}</span></span>
        <button class="tool" data-testid="listen" aria-label=${`${say("listen")} · ${nameOf(row, say)}`} @click=${() => this.listen(row.id)}>${say("listen")}</button></li>`)}</ul>`
        : empty(say("emptyLive"))}</section>`;
  }

  private listen(conversation: string): void {
    void listenTo(this.desk, this.api, conversation).then(() => {
      location.hash = hashOf("conversations", conversation);
    });
  }

  private alerts(alerts: Alert[]): TemplateResult {
    const { say, locale } = this;
    return html`<section class="card" data-testid="alerts" aria-label=${say("alertsNow")}><h3>${say("alertsNow")}</h3>
      ${alerts.length ? html`<ul>${alerts.map((alert) => html`<li data-testid="alert" data-rule=${alert.rule}><details><summary><b class="bad">${alert.title[locale] ?? alert.rule}</b>
        <time class="muted small" datetime=${alert.at} title=${full(alert.at, locale)}>${ago(alert.at, locale, this.desk.now())}</time></summary>
        ${alert.quote ? html`<blockquote>${alert.quote}</blockquote>` : html`<p class="muted small">${say("noQuote")}</p>`}
        <a class="tool" href=${hashOf("conversations", alert.conversation)} data-testid="evidence">${say("openEvidence")}</a></details></li>`)}</ul>`
        : empty(say("emptyAlerts"))}</section>`;
  }

  private flows(store: InsightStore): TemplateResult {
    const { say, locale } = this;
    const stopped = store.switches.filter((one) => one.stopped);
    const serving = store.switches.filter((one) => !one.stopped);
    const chosen = serving.find((one) => one.flow === this.stopping);
    return html`<section class="card" data-testid="flow-switches" aria-label=${say("flowSwitches")}><h3>${say("flowSwitches")}</h3>
      ${stopped.length ? html`<ul>${stopped.map((one) => this.stopped(store, one))}</ul>` : html`<p class="muted">${say("noStopped")}</p>`}
      <label>${say("stopFlow")}<select data-testid="stop-flow" @change=${(event: Event) => (this.stopping = (event.target as HTMLSelectElement).value)}>
        <option value="" .selected=${!chosen}>${say("chooseFlow")}</option>${serving.map((one) => html`<option value=${one.flow} .selected=${one === chosen}>${one.name}</option>`)}</select></label>
      ${chosen ? ask(say("stopFlowSure", { name: chosen.name }), say("stopConfirm"), say, () => {
        this.stopping = "";
        void store.turn(chosen.flow, true, locale);
      }, () => (this.stopping = "")) : nothing}</section>`;
  }

  private stopped(store: InsightStore, one: Switch): TemplateResult {
    const { say, locale } = this;
    return html`<li data-testid="stopped-flow" data-flow=${one.flow}><span class="grow"><b>${one.name}</b>
      <span class="warn small">${say("stoppedBy", { name: this.desk.called(one.by ?? ""), time: one.at ? full(one.at, locale) : "" })}</span></span>
      <button class="tool" data-testid="resume-flow" @click=${() => store.turn(one.flow, false, locale)}>${say("resumeFlow")}</button></li>`;
  }
}
