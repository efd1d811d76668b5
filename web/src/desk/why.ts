import { html, nothing, type TemplateResult } from "lit";
import type { Labels, Locale, LogEvent } from "../shared/protocol";
import { reasonsOf, telling, type Doing, type Reason, type Understanding } from "./reasons";
import type { Say } from "./words";

/** What names stand for: of flows, slots and their values as the pack says them, of actions as people call them. */
export interface Naming { labels: Labels; locale: Locale; say: Say; action: (name: string) => string }

/** The reasons of a conversation as they stand under the bot's words, by seq. */
export function reasons(events: LogEvent[], naming: Naming): Map<number, TemplateResult> {
  const shown = new Map<number, TemplateResult>();
  for (const [seq, reason] of reasonsOf(events)) if (telling(reason)) shown.set(seq, why(reason, naming));
  return shown;
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;

function why(reason: Reason, naming: Naming): TemplateResult {
  const { say } = naming;
  const line = (word: string, body: unknown): TemplateResult => html`<dt>${say(word)}</dt><dd>${body}</dd>`;
  const flow = [naming.labels.flows?.[reason.flow]?.[naming.locale] ?? reason.flow, reason.step].filter(Boolean).join(" › ");
  const models = [...new Set(reason.understood.map((one) => [one.engine, one.model.slice(0, 12)].filter(Boolean).join(" ")))].join(say("comma"));
  return html`<details class="why" data-testid="why"><summary>${say("whyTurn")}<span class="sr"> ${say("whyOf")}</span></summary>
    <dl>
      ${reason.began ? line("whyBegan", say(`began_${reason.began}`) || reason.began) : nothing}
      ${reason.understood.map((one) => understood(one, naming))}
      ${reason.failure ? line("whyUnderstood", say("whyFailure")) : nothing}
      ${flow ? line("whyFlow", flow) : nothing}
      ${reason.slots.length ? line("whySlots", reason.slots.map((slot) => html`<p>${slotOf(slot, naming)}</p>`)) : nothing}
      ${reason.passages.length ? line("whyPassages", reason.passages.map((passage) => html`<p>${passage.title} <span class="muted">${[
        passage.version, passage.score === null ? "" : say("whyScore", { score: passage.score.toFixed(2) })].filter(Boolean).join(" · ")}</span></p>`)) : nothing}
      ${reason.missed ? line("whyPassages", say("whyMissed", { best: reason.missed.best.toFixed(2), threshold: reason.missed.threshold.toFixed(2) })) : nothing}
      ${reason.actions.length ? line("whyActions", reason.actions.map((doing) => html`<p>${acted(doing, naming)}</p>`)) : nothing}
      ${reason.stopped.length ? line("whyStopped", reason.stopped.join(say("comma"))) : nothing}
      ${reason.response ? line("whyResponse", html`<code>${reason.response}</code>`) : nothing}
      ${models ? line("whyModel", html`<code>${models}</code>`) : nothing}
      ${reason.pack ? line("whyPack", html`<code>${reason.pack.slice(0, 12)}</code>`) : nothing}
    </dl></details>`;
}

function understood(one: Understanding, { say }: Naming): TemplateResult {
  const others = one.ranking.map(({ intent, confidence }) => `${intent} ${percent(confidence)}`).join(say("comma"));
  return html`<dt>${say("whyUnderstood")}</dt><dd>${one.intent ? html`<b>${one.intent}</b> ${percent(one.confidence)}` : say("whyNothing")}
    ${one.entities.map(({ name, text }) => html` <span class="muted">${name}: ${text}</span>`)}</dd>
    ${others ? html`<dt>${say("whyCandidates")}</dt><dd>${others}</dd>` : nothing}`;
}

function slotOf(slot: Reason["slots"][number], { labels, locale, say }: Naming): string {
  const name = labels.slots?.[slot.name]?.[locale] ?? slot.name;
  if (slot.cleared) return `${name}: ${say("whyCleared")}`;
  const { value } = slot;
  const plain = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "—");
  return `${name}: ${labels.values?.[slot.name]?.[plain]?.[locale] ?? plain}`;
}

function acted(doing: Doing, { say, action }: Naming): TemplateResult {
  const outcomes: Record<string, string> = { "": say("whyRunning"), proposed: say("whyProposed"), refused: say("whyRefused") };
  const facts = [
    outcomes[doing.outcome] ?? (say(`outcome_${doing.outcome}`) || doing.outcome),
    doing.level ? say("whyLevel", { level: doing.level }) : "",
    doing.rule ? say("whyRule", { rule: doing.rule }) : "",
    doing.rules.length ? say("whyRules", { rules: doing.rules.join(say("comma")) }) : "",
  ].filter(Boolean);
  return html`${action(doing.name)} <span class="muted">${facts.join(" · ")}</span>`;
}
