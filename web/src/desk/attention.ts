import { html, nothing, svg, type TemplateResult } from "lit";
import { span } from "../shared/locale";
import type { LogEvent, Row } from "../shared/protocol";
import { ApiError, type Api } from "./api";
import type { Say } from "./words";

export interface Owed { kind: "first" | "next"; since: string; due: string }
interface Answer { unread: string[]; owed: Record<string, Owed>; limits: { first: number; next: number } }

/** From the middle of the time on it is a warning, as in `handoff/sla.py`. */
const WARN = 0.5;
const RING = 2 * Math.PI * 6;

/** What an agent has not read, and who waits for an answer; read from the service and carried on with each event. */
export class Attention {
  unread = new Set<string>();
  owed = new Map<string, Owed>();
  private limits = { first: 180, next: 180 };
  private told = new Map<string, number>();

  constructor(private readonly api: Pick<Api, "get" | "request">, private readonly changed: () => void) {}

  async load(): Promise<void> {
    try {
      const answer = await this.api.get<Answer>("/attention");
      this.unread = new Set(answer.unread);
      this.owed = new Map(Object.entries(answer.owed));
      this.limits = answer.limits;
      this.changed();
    } catch (error) {
      // Without it the lists still work; the next connection asks again.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** One more event of a conversation; `seen`: it is on the screen of an agent who looks. */
  heard(row: Row, event: LogEvent, mine: boolean, seen: boolean): void {
    const { id } = row;
    if (event.kind === "handoff_asked" || (event.kind === "transferred" && (event.agent || event.skill))) this.owe(id, "first", event.at);
    else if (event.kind === "customer_said" && row.mode === "human" && !this.owed.has(id)) this.owe(id, "next", event.at);
    else if (["agent_said", "closed", "handoff_returned", "handoff_cancelled", "transferred", "reopened"].includes(event.kind)) this.owed.delete(id);
    if (event.kind === "customer_said" && mine) {
      if (seen) this.saw(id, event.seq);
      else this.unread.add(id);
    }
    if (event.kind === "closed" || event.kind === "handoff_returned") this.unread.delete(id);
  }

  private owe(id: string, kind: Owed["kind"], at: string): void {
    this.owed.set(id, { kind, since: at, due: new Date(new Date(at).getTime() + this.limits[kind] * 1000).toISOString() });
  }

  /** Read up to here: the service keeps it for this agent's other devices. */
  saw(id: string, seq: number): void {
    this.unread.delete(id);
    if (seq <= (this.told.get(id) ?? 0)) return;
    this.told.set(id, seq);
    this.api.request("PUT", `/conversations/${encodeURIComponent(id)}/read`, { seq }).catch((error: unknown) => {
      this.told.delete(id); // the next look says it again
      if (!(error instanceof ApiError)) throw error;
    });
  }

  /** Another desk of this agent has read it. */
  readElsewhere(id: string): void {
    this.unread.delete(id);
  }
}

/** muted, warn or bad, how much of the time is left (1 to 0), and milliseconds to the end, below 0 when it is over. */
export function levelOf(owed: Owed, now: number): { level: "muted" | "warn" | "bad"; left: number; rest: number } {
  const since = new Date(owed.since).getTime();
  const due = new Date(owed.due).getTime();
  const rest = due - now;
  const left = Math.max(0, Math.min(1, rest / Math.max(1, due - since)));
  return { level: rest <= 0 ? "bad" : now - since >= (due - since) * WARN ? "warn" : "muted", left, rest };
}

/** The time as a ring and in words. */
export function timer(owed: Owed | undefined, say: Say, now: number): TemplateResult | typeof nothing {
  if (!owed) return nothing;
  const { level, left, rest } = levelOf(owed, now);
  const words = say(rest <= 0 ? "slaOver" : owed.kind === "first" ? "slaFirst" : "slaNext", { time: span(Math.abs(rest)) });
  return html`<span class="sla ${level}" data-testid="sla" data-level=${level}><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    ${svg`<circle cx="8" cy="8" r="6" class="track"></circle><circle cx="8" cy="8" r="6" class="left" stroke-dasharray=${RING} stroke-dashoffset=${RING * (1 - (level === "bad" ? 1 : left))} transform="rotate(-90 8 8)"></circle>`}</svg>${words}</span>`;
}
