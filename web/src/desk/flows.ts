import { LitElement, html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import { unsafeSVG } from "lit/directives/unsafe-svg.js";
import base from "../shared/base.css?inline";
import type { Locale } from "../shared/protocol";
import type { Api } from "./api";
import styles from "./desk.css?inline";
import { FlowStore, dropOffs, share, underWay, type FlowRow, type FlowStep } from "./flowstore";
import pages from "./pages.css?inline";
import { periodPicker } from "./periodpicker";
import { hashOf } from "./router";
import { empty, failed, loading } from "./states";
import type { Say } from "./words";

/** Flows as supervisors see them: the list with its numbers, one drawn, and its steps in a table. */
export class DeskFlows extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(pages)];
  static override properties = { api: { attribute: false }, say: { attribute: false }, locale: {}, flow: {}, ready: { type: Boolean } };

  declare api: Api;
  declare say: Say;
  declare locale: Locale;
  /** The flow of the address. */
  declare flow: string;
  /** Whether the service can be reached now. */
  declare ready: boolean;
  private store: FlowStore | null = null;

  override willUpdate(changed: PropertyValues): void {
    this.store ??= new FlowStore(this.api, () => this.requestUpdate());
    const back = changed.has("ready") && this.ready && this.store.state === "error";
    if (this.store.state === "idle" || changed.has("locale") || back) void this.store.load(this.locale);
  }

  override render(): TemplateResult {
    const { say, store } = this;
    if (!store) return html``;
    return html`<div class="page-top"><h2>${say("navFlows")}</h2>${periodPicker(store.period, say, (period) => store.choose(period, this.locale))}
      <span class="grow"></span><button class="tool" data-testid="reload" ?disabled=${store.state === "loading"} @click=${() => store.load(this.locale)}>${say("reload")}</button></div>
      ${store.error ? failed(store.error, say, () => void store.load(this.locale)) : nothing}
      ${store.flows.length ? this.content(store) : store.state === "loading" ? loading(say, 6) : store.state === "ready" ? empty(say("noFlows")) : nothing}`;
  }

  private content(store: FlowStore): TemplateResult {
    const { say } = this;
    const chosen = store.chosen(this.flow);
    const quiet = store.flows.every((flow) => flow.entered === 0);
    const longer = store.period.span === "month" ? "" : say("showMonth");
    return html`<div class="split ${store.state === "loading" ? "stale" : ""}" aria-busy=${store.state === "loading" ? "true" : "false"}>
      <nav class="flow-list" aria-label=${say("navFlows")}><ul>${store.flows.map((flow) => this.item(flow, flow === chosen))}</ul></nav>
      <div class="flow-view">
        ${quiet ? empty(say("emptyFlows"), longer, () => store.choose({ ...store.period, span: "month" }, this.locale)) : nothing}
        ${chosen ? this.shown(chosen) : nothing}
      </div></div>`;
  }

  private item(flow: FlowRow, current: boolean): TemplateResult {
    const { say } = this;
    return html`<li><a class="row" href=${hashOf("flows", flow.id)} data-testid="flow" data-flow=${flow.id} aria-current=${current ? "true" : "false"}>
      <span class="row-top"><b>${flow.name}</b><span class="number">${flow.entered}</span></span>
      <span class="row-last">${say("finishedCount", { count: flow.finished })} · <span class=${flow.left ? "warn" : ""}>${say("leftCount", { count: flow.left })}</span></span></a></li>`;
  }

  private shown(flow: FlowRow): TemplateResult {
    const { say } = this;
    const figures: [string, number, string][] = [
      ["entered", flow.entered, ""], ["finished", flow.finished, ""], ["left", flow.left, flow.left ? "warn" : ""], ["underWay", underWay(flow), ""],
    ];
    return html`<section class="flow" data-testid="flow-shown" data-flow=${flow.id} aria-label=${flow.name}>
      <h2>${flow.name}</h2>
      <dl class="figures">${figures.map(([word, count, tone]) => html`<div><dt>${say(word)}</dt><dd class=${tone} data-testid="flow-${word}">${count}</dd></div>`)}</dl>
      <p data-testid="flow-told">${this.told(flow)}</p>
      <div class="drawing" data-testid="drawing" tabindex="0" role="region" aria-label=${say("drawing", { name: flow.name })}>${unsafeSVG(flow.svg)}</div>
      ${this.table(flow)}
    </section>`;
  }

  /** The drawing in a sentence. */
  private told(flow: FlowRow): string {
    const { say } = this;
    const head = say("flowTold", { entered: flow.entered, finished: flow.finished, left: flow.left, open: underWay(flow) });
    const where = dropOffs(flow).map((step) => say("leftAt", { count: step.left, step: `${step.about} (${step.id})` }));
    return where.length ? `${head} ${where.join(say("semicolon"))}${say("stop")}` : head;
  }

  private table(flow: FlowRow): TemplateResult {
    const { say } = this;
    const head = ["step", "reached", "leftHere", "byMachine", "byPeople", "machineShare"];
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${say("stepsOf", { name: flow.name })}><table data-testid="steps"><caption class="sr">${say("stepsOf", { name: flow.name })}</caption>
      <thead><tr>${head.map((word, at) => html`<th scope="col" class=${at ? "number" : ""}>${say(word)}</th>`)}</tr></thead>
      <tbody>${flow.steps.map((step) => this.step(step))}</tbody></table></div>`;
  }

  private step(step: FlowStep): TemplateResult {
    const calls = step.by_machine + step.by_people;
    return html`<tr data-step=${step.id}><th scope="row">${step.about} <code>${step.id}</code></th>
      <td class="number">${step.reached}</td>
      <td class="number ${step.left ? "warn" : ""}">${step.left ? `−${step.left}` : "0"}</td>
      <td class="number">${calls ? step.by_machine : "—"}</td><td class="number">${calls ? step.by_people : "—"}</td>
      <td class="number">${share(step.machine_share)}</td></tr>`;
  }
}
