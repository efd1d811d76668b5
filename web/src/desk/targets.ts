import { html, nothing, type TemplateResult } from "lit";
import type { Locale, Words } from "../shared/protocol";
import type { Say } from "./words";

export interface Colleague { agent: string; name: string; state: string; load: number; capacity: number; skills: string[]; languages: string[]; free: boolean }
/** Colleagues on duty, and skills with how many who have them are free. */
export interface Targets { people: Colleague[]; skills: { skill: string; name: Words; free: number }[] }
/** `agent:ben`, `skill:faults` or `bot`. */
export type Choice = string;

export function targetOf(choice: Choice): Record<string, string | boolean> {
  const [kind = "", ...rest] = choice.split(":");
  return kind === "bot" ? { bot: true } : { [kind]: rest.join(":") };
}

/** What can be chosen of them. */
export function choicesOf(targets: Targets): Choice[] {
  return [...targets.people.map((one) => `agent:${one.agent}`), ...targets.skills.map((one) => `skill:${one.skill}`)];
}

export interface Choosing { choice: Choice; choose: (choice: Choice) => void; say: Say; locale: Locale }

/** Colleagues and skills to choose one of. */
export function targetLists(targets: Targets, choosing: Choosing): TemplateResult {
  const { say, locale } = choosing;
  return html`${group(say("transferPeople"), targets.people.length ? targets.people.map((one) => person(one, choosing)) : html`<p class="muted">${say("transferNobody")}</p>`)}
    ${group(say("transferSkills"), targets.skills.map((one) => option(`skill:${one.skill}`, one.name[locale] ?? one.skill, one.free ? say("transferFree", { count: one.free }) : say("transferNoneFree"), choosing)))}`;
}

export function group(title: string, body: unknown): TemplateResult {
  return html`<fieldset><legend>${title}</legend>${body}</fieldset>`;
}

function person(one: Colleague, choosing: Choosing): TemplateResult {
  const { say } = choosing;
  const state = one.state === "busy" ? say("busy") : one.free ? say("available") : say("transferFull");
  return option(`agent:${one.agent}`, one.name, `${state} · ${say("transferLoad", { load: one.load, capacity: one.capacity })}`, choosing, html`<i class="lamp ${one.free ? "available" : "busy"}" aria-hidden="true"></i>`);
}

export function option(choice: Choice, name: string, about: string, { choice: chosen, choose }: Choosing, lamp: TemplateResult | typeof nothing = nothing): TemplateResult {
  return html`<label class="target"><input type="radio" name="target" data-testid="target-${choice}" .checked=${chosen === choice} @change=${() => choose(choice)} />
    ${lamp}<b>${name}</b><span class="muted">${about}</span></label>`;
}
