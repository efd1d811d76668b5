import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../shared/icons";
import type { DeskServerFrame } from "../shared/protocol";
import type { Say } from "./words";

export interface Looker { agent: string; name: string }
export interface Writer { name: string; kind: "reply" | "note" }

/** Milliseconds after which nobody writes any more from whom nothing was heard; who writes is heard of every three seconds. */
const RESTS = 6_000;

/** Which colleagues have the same conversation open, and who of them is writing. Nothing of it is kept. */
export class Colleagues {
  private people: Looker[] = [];
  private readonly writers = new Map<string, Writer & { until: number }>();
  /** The conversation that the service knows of. */
  private told = "";

  constructor(private readonly send: (frame: object) => boolean, private readonly me: () => string, private readonly now: () => number) {}

  /** This desk shows a conversation, or none. Told once; a new connection has to be told again. */
  show(conversation: string): void {
    if (conversation === this.told || !this.send({ type: "looking", conversation })) return;
    this.told = conversation;
    this.people = [];
    this.writers.clear();
  }

  /** The connection is new: nothing is told yet, and what was heard is old. */
  fresh(): void {
    this.told = "";
    this.people = [];
    this.writers.clear();
  }

  /** Whether the frame was about colleagues. */
  heard(frame: DeskServerFrame): boolean {
    if (frame.type === "colleagues") {
      if (frame.conversation !== this.told) return true;
      this.people = frame.people.filter((one) => one.agent !== this.me());
      for (const agent of this.writers.keys()) if (!this.people.some((one) => one.agent === agent)) this.writers.delete(agent);
      return true;
    }
    if (frame.type !== "typing" || frame.by !== "agent") return false;
    if (frame.agent && frame.conversation === this.told) this.writers.set(frame.agent, { name: frame.name ?? frame.agent, kind: frame.kind ?? "reply", until: this.now() + RESTS });
    return true;
  }

  /** What was being written is there. */
  spoke(agent: string): void {
    this.writers.delete(agent);
  }

  looking(conversation: string): Looker[] {
    return conversation === this.told ? this.people : [];
  }

  writing(conversation: string): Writer[] {
    return conversation === this.told ? [...this.writers.values()].filter((one) => one.until > this.now()) : [];
  }
}

const named = (people: { name: string }[], say: Say): string => people.map((one) => one.name).join(say("comma"));

/** Who else has it open. */
export function lookers(people: Looker[], say: Say): TemplateResult | typeof nothing {
  return people.length ? html`<span class="lookers" data-testid="lookers">${icons.person()}${say("alsoLooking", { name: named(people, say) })}</span>` : nothing;
}

/** Who writes; a colleague's reply to one's own customer is a warning. */
export function writers(people: Writer[], mine: boolean, say: Say): TemplateResult | typeof nothing {
  const replying = people.filter((one) => one.kind === "reply");
  const noting = people.filter((one) => one.kind === "note");
  if (!people.length) return nothing;
  return html`${replying.length ? html`<span class=${mine ? "warn" : ""} data-testid="colleague-replies">${say(mine ? "alsoReplying" : "replying", { name: named(replying, say) })}</span>` : nothing}
    ${noting.length ? html`<span data-testid="colleague-notes">${say("noting", { name: named(noting, say) })}</span>` : nothing}`;
}
