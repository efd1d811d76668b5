import type { Citation, Locale, LogEvent, TicketType } from "../shared/protocol";
import { newId } from "../shared/text";
import type { Approvals } from "./approvals";

export type Kind = "reply" | "knowledge" | "action" | "warning";

/** One line of help for the agent. */
export interface Suggestion {
  id: string;
  kind: Kind;
  text: string;
  citations: Citation[];
  /** It quotes a paper for agents: to read, not to send. */
  internal?: boolean;
  action?: string;
  arguments?: Record<string, unknown>;
}

/** What to think of before words are sent. */
export interface Warning { code: string; text: string; quote: string }

export type HelpFrame =
  | ({ type: "suggestion"; conversation: string; after: number } & Suggestion)
  | { type: "settled"; suggestion: string; as: "used" | "dismissed" }
  | { type: "draft_checked"; id?: string; conversation: string; warnings: Warning[] };

export const REASONS = ["wrong", "unfitting", "known", "other"] as const;
/** The scorecard's word for a promise; the words of the others follow the same pattern. */
export const WARNINGS = ["promise_without_ticket", "personal_data", "forbidden_words", "forbidden_advice"] as const;

const PATIENCE = 500;

/** Whether the agent can put it into an answer. */
export function sendable(one: Suggestion): boolean {
  return !one.internal && (one.kind === "reply" || one.kind === "knowledge");
}

/**
 * What helps now: the newest suggestions, as long as the customer has not gone on. Once the agent has answered, only what a
 * click runs is left; what was used or put aside is gone.
 */
export function suggestionsIn(conversation: string, events: LogEvent[]): Suggestion[] {
  let latest: LogEvent | null = null;
  let answered = false;
  const settled = new Set<string>();
  for (const event of events) {
    if (event.kind === "suggested") {
      latest = event;
      answered = false;
    } else if (event.kind === "customer_said" && latest && event.seq > Number(latest["after"] ?? 0)) latest = null;
    else if (event.kind === "agent_said") answered = true;
    else if (event.kind === "suggestion_used" || event.kind === "suggestion_dismissed") settled.add(String(event["suggestion"]));
    else if (event.kind === "erased" || event.kind === "closed" || event.kind === "handoff_returned") latest = null;
  }
  if (!latest) return [];
  const { seq } = latest;
  const list = (latest["suggestions"] ?? []) as Omit<Suggestion, "id">[];
  return list.map((one, index) => ({ ...one, citations: one.citations ?? [], id: `${conversation}:${seq}:${index + 1}` }))
    .filter((one) => !settled.has(one.id) && (!answered || one.kind === "action"));
}

const TICKET = "ticket:";

/** What a click would do it with, in the pack's words. */
export function factsOf(one: Suggestion, approvals: Approvals, types: TicketType[], locale: Locale): [string, string][] {
  const given = Object.entries(one.arguments ?? {}).filter(([, value]) => value !== null && value !== "");
  const { action = "" } = one;
  const fields = types.find((type) => TICKET + type.type === action)?.fields ?? [];
  return given.map(([name, value]) => {
    const label = fields.find((field) => field.name === name)?.label;
    const words = typeof label === "string" ? label : label?.[locale];
    return [words ?? approvals.label(action, name, locale), approvals.value(action, name, value, locale)];
  });
}

interface Asked { done: (warnings: Warning[]) => void; timer: ReturnType<typeof setTimeout> }

/** The desk's side of the help: what was clicked, what is being looked at, what was refused. */
export class Help {
  /** Clicks that wait for their answer. */
  readonly busy = new Set<string>();
  /** Suggestion → why the click was refused. */
  readonly refused = new Map<string, string>();
  /** Grows with each change of the two above. */
  stamp = 0;
  private readonly asked = new Map<string, Asked>();

  constructor(private readonly send: (frame: Record<string, unknown>) => boolean) {}

  /** The words that went out, or nothing where a click does it all. */
  use(id: string, edited?: string): void {
    this.click(id, { type: "use", suggestion: id, ...(edited === undefined ? {} : { edited }) });
  }

  dismiss(id: string, reason: string): void {
    this.click(id, { type: "dismiss", suggestion: id, reason });
  }

  private click(id: string, frame: Record<string, unknown>): void {
    this.refused.delete(id);
    if (this.send(frame)) this.busy.add(id);
    this.stamp += 1;
  }

  /** The warnings on a draft; none where nobody answers in time: sending never waits for long. */
  check(conversation: string, text: string): Promise<Warning[]> {
    return new Promise((resolve) => {
      const id = newId();
      const done = (warnings: Warning[]): void => {
        clearTimeout(this.asked.get(id)?.timer);
        this.asked.delete(id);
        resolve(warnings);
      };
      if (!this.send({ type: "draft_check", id, conversation, text })) return resolve([]);
      this.asked.set(id, { done, timer: setTimeout(() => done([]), PATIENCE) });
    });
  }

  /** Whether the frame was about help. */
  heard(frame: { type: string; id?: string; suggestion?: string; message?: string; warnings?: unknown }): boolean {
    this.stamp += 1;
    if (frame.type === "settled") this.busy.delete(frame.suggestion ?? "");
    else if (frame.type === "draft_checked") this.asked.get(frame.id ?? "")?.done((frame.warnings ?? []) as Warning[]);
    else if (frame.type === "error" && frame.suggestion) {
      this.busy.delete(frame.suggestion);
      this.refused.set(frame.suggestion, frame.message ?? "");
    } else if (frame.type === "error" && frame.id && this.asked.has(frame.id)) this.asked.get(frame.id)?.done([]);
    else return frame.type === "suggestion"; // the event that it was made of is in the conversation
    return true;
  }
}
