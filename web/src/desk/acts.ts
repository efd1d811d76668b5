import type { LogEvent } from "../shared/protocol";

export interface Step { by: string; at: string; note: string }

/** One action in a conversation, from what was prepared to what came of it; `seq` is its place in the transcript. */
export interface Act {
  call: string;
  name: string;
  interface: string;
  seq: number;
  at: string;
  level: number;
  rules: string[];
  arguments: Record<string, unknown>;
  proposed: boolean;
  decided: (Step & { approved: boolean }) | null;
  called: boolean;
  /** Why the gate did not let it through. */
  refused: string;
  outcome: string;
  result: Record<string, unknown>;
  error: string;
  undo: string;
  /** The act that takes it back. */
  undone: Act | null;
  erased: boolean;
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const object = (value: unknown): Record<string, unknown> => (value && typeof value === "object" ? (value as Record<string, unknown>) : {});
const text = (value: unknown): string => (typeof value === "string" ? value : "");

function begun(event: LogEvent): Act {
  return {
    call: text(event["call"]), name: text(event.name), interface: text(event["interface"]), seq: event.seq, at: event.at,
    level: Number(event["level"] ?? 0), rules: list(event["rules"]), arguments: object(event["arguments"]), proposed: false,
    decided: null, called: false, refused: "", outcome: "", result: {}, error: "", undo: text(event["undo"]), undone: null, erased: false,
  };
}

/** The actions of a conversation, in order. What takes another one back is part of that one. */
export function actsIn(events: LogEvent[]): Act[] {
  const acts = new Map<string, Act>();
  const own: Act[] = [];
  const of = (event: LogEvent): Act => {
    const call = text(event["call"]);
    let act = acts.get(call);
    if (act) return act;
    act = begun(event);
    acts.set(call, act);
    const before = acts.get(text(event["undoes"]));
    if (before) before.undone = act;
    else own.push(act);
    return act;
  };
  for (const event of events) {
    if (event.kind === "erased") for (const act of acts.values()) act.erased = true;
    else if (event.kind.startsWith("action_")) advance(of(event), event);
  }
  return own;
}

function advance(act: Act, event: LogEvent): void {
  switch (event.kind) {
    case "action_proposed":
      act.proposed = true;
      break;
    case "action_decided":
      act.decided = { approved: event["approved"] === true, by: text(event.agent), at: event.at, note: text(event.note) };
      break;
    case "action_called":
      act.called = true;
      break;
    case "action_refused":
      act.refused = text(event["rule"]);
      break;
    case "action_returned":
      act.outcome = text(event["outcome"]);
      act.result = object(event["result"]);
      act.error = text(event["error"]);
      break;
  }
}

/** How far it is: what is shown, and what can be done. */
export type ActState = "waiting" | "rejected" | "running" | "ok" | "failed" | "unknown" | "refused" | "undoing" | "undone" | "erased";

export function stateOf(act: Act): ActState {
  if (act.refused) return "refused";
  if (act.decided && !act.decided.approved) return "rejected";
  if (act.undone?.outcome === "ok") return "undone";
  if (act.undone && !act.undone.outcome) return "undoing";
  if (act.outcome) return act.outcome === "ok" || act.outcome === "failed" ? act.outcome : "unknown";
  if (act.proposed && !act.decided) return act.erased ? "erased" : "waiting";
  return "running";
}

/** Whether a person can take it back now. */
export function undoable(act: Act): boolean {
  return act.undo !== "" && act.outcome === "ok" && !act.erased && act.undone === null;
}
