import type { LogEvent } from "../shared/protocol";

export interface Understanding { message: number; intent: string | null; confidence: number; ranking: { intent: string; confidence: number }[]; engine: string; model: string; entities: { name: string; text: string }[] }
export interface Passage { document: string; title: string; version: string; score: number | null; quote: string }
export interface Doing { call: string; name: string; level: number; rules: string[]; rule: string; outcome: string; interface: string }

/** Why the bot said what it said: all of it from the events of the turn. */
export interface Reason {
  /** Seq of the last part of the turn, under which the reason stands. */
  seq: number;
  understood: Understanding[];
  flow: string;
  step: string;
  response: string;
  slots: { name: string; value: unknown; cleared: boolean }[];
  passages: Passage[];
  /** A search that found nothing good enough: the best support, and what it would have needed. */
  missed: { best: number; threshold: number } | null;
  actions: Doing[];
  /** Rules of the pack that stopped what was about to be said. */
  stopped: string[];
  /** What began the turn without a customer's words: a ticket, a webhook, silence. */
  began: string;
  pack: string;
  failure: boolean;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const list = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);

const ABOUT = new Set([
  "understood", "flow_moved", "slot_filled", "slot_cleared", "knowledge_used", "knowledge_missed",
  "action_called", "action_proposed", "action_refused", "action_returned", "answer_stopped", "start_asked",
]);

/** The reason behind each turn of the bot, by the seq of the turn's last words. */
export function reasonsOf(events: LogEvent[]): Map<number, Reason> {
  const reasons = new Map<number, Reason>();
  let before: LogEvent[] = [];
  let parts: LogEvent[] = [];
  let pack = "";
  for (const event of events) {
    if (event.kind === "started" || event.kind === "flow_started") pack = text(event["pack"]) || pack;
    if (event.kind === "handoff_taken") before = [];
    if (ABOUT.has(event.kind)) before.push(event);
    if (event.kind !== "bot_said") continue;
    parts.push(event);
    if (event["more"]) continue;
    reasons.set(event.seq, reasonOf(before, parts, pack));
    before = [];
    parts = [];
  }
  return reasons;
}

function reasonOf(before: LogEvent[], parts: LogEvent[], pack: string): Reason {
  const last = parts[parts.length - 1]!;
  const of = (kind: string): LogEvent[] => before.filter((event) => event.kind === kind);
  const place = [...parts].reverse().find((part) => text(part["flow"])) ?? of("flow_moved").pop();
  const missed = of("knowledge_missed").pop();
  return {
    seq: last.seq,
    understood: of("understood").map(understanding),
    flow: text(place?.["flow"]),
    step: text(place?.["step"]),
    response: [...new Set(parts.map((part) => text(part["response"])).filter(Boolean))].join(", "),
    slots: before.filter((event) => event.kind === "slot_filled" || event.kind === "slot_cleared")
      .map((event) => ({ name: event.name ?? "", value: event["value"], cleared: event.kind === "slot_cleared" })),
    passages: passages(of("knowledge_used"), parts),
    missed: missed ? { best: number(missed["best"]), threshold: number(missed["threshold"]) } : null,
    actions: actions(before),
    stopped: of("answer_stopped").map((event) => text(event["rule"])),
    began: text(of("start_asked").pop()?.by),
    pack,
    failure: parts.some((part) => Boolean(part["failure"])),
  };
}

function understanding(event: LogEvent): Understanding {
  return {
    message: number(event["message"]), intent: text(event["intent"]) || null, confidence: number(event["confidence"]),
    ranking: list<{ intent: string; confidence: number }>(event["ranking"]).slice(0, 3),
    engine: text(event["engine"]), model: text(event["model"]), entities: list<{ name: string; text: string }>(event["entities"]),
  };
}

/** What was looked at, with its score; the titles are those of the sources that were told. */
function passages(used: LogEvent[], parts: LogEvent[]): Passage[] {
  const cited = parts.flatMap((part) => part.citations ?? []);
  const found: Passage[] = [];
  for (const event of used) {
    for (const one of list<{ document: string; version: string; passage: string; score: number }>(event["passages"])) {
      const source = cited.find((citation) => citation.document === one.document);
      found.push({ document: one.document, title: source?.title ?? one.document, version: one.version, score: one.score, quote: source?.quote ?? "" });
    }
  }
  const known = new Set(found.map((passage) => passage.document));
  for (const { document, title, version, quote } of cited)
    if (!known.has(document)) found.push({ document, title, version: String(version ?? ""), score: null, quote: quote ?? "" });
  return found;
}

function actions(before: LogEvent[]): Doing[] {
  const doings = new Map<string, Doing>();
  for (const event of before) {
    const call = text(event["call"]);
    if (event.kind === "action_called" || event.kind === "action_proposed" || event.kind === "action_refused") {
      const outcome = { action_called: "", action_proposed: "proposed", action_refused: "refused" }[event.kind];
      doings.set(call, {
        call, name: event.name ?? "", level: number(event["level"]), rules: list<string>(event["rules"]), rule: text(event["rule"]),
        outcome: outcome ?? "", interface: text(event["interface"]),
      });
    } else if (event.kind === "action_returned") {
      // The call itself may lie before a part that was said while it ran.
      const known = doings.get(call) ?? { call, name: event.name ?? "", level: 0, rules: [], rule: "", interface: "", outcome: "" };
      doings.set(call, { ...known, outcome: text(event["outcome"]) });
    }
  }
  return [...doings.values()];
}

/** Whether there is anything to tell: a greeting has no reason but itself. */
export function telling(reason: Reason): boolean {
  return Boolean(
    reason.understood.length || reason.slots.length || reason.passages.length || reason.missed || reason.actions.length
    || reason.stopped.length || reason.flow || reason.began,
  );
}
