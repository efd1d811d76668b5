import { html, nothing, type TemplateResult } from "lit";
import { dayOf, type Period, type Span } from "./period";
import type { Say } from "./words";

const SPANS: Span[] = ["today", "week", "month", "custom"];

/** Today, 7 days, 30 days, or from one day to another. */
export function periodPicker(period: Period, say: Say, choose: (period: Period) => void): TemplateResult {
  const whole = period.span !== "custom" || period.from <= period.to;
  const day = (name: "from" | "to", word: string): TemplateResult => html`<label class="inline">${say(word)}<input type="date" data-testid="period-${name}"
    .value=${period[name]} max=${dayOf(new Date())} required @change=${(event: Event) => choose({ ...period, [name]: (event.target as HTMLInputElement).value })} /></label>`;
  return html`<div class="period" role="group" aria-label=${say("period")}>
    <div class="segments">${SPANS.map((span) => html`<button class="tool" data-testid="period-${span}" aria-pressed=${period.span === span ? "true" : "false"}
      @click=${() => choose({ ...period, span })}>${say(`period_${span}`)}</button>`)}</div>
    ${period.span === "custom" ? html`${day("from", "from")}${day("to", "to")}${whole ? nothing : html`<span class="bad" role="alert">${say("periodWrong")}</span>`}` : nothing}
  </div>`;
}
