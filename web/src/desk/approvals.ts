import type { ActionWords, ApprovalFrame, DeskServerFrame, Locale, Proposal } from "../shared/protocol";

type Click = "approve" | "reject" | "undo";
type Refusal = Extract<DeskServerFrame, { type: "error" }>;
export interface Settled { proposal: Proposal; approved: boolean; agent: string }

const KEPT = 10;
/** Refusals after which nothing is left to be decided. */
const OVER = new Set(["decided", "erased", "not_found"]);

/** What waits for a click, what was decided meanwhile and by whom, and the words for it. */
export class Approvals {
  waiting: Proposal[] = [];
  /** Decided while this desk was open, the newest first. */
  settled: Settled[] = [];
  /** Why a click was not taken: call → code. */
  refused = new Map<string, string>();
  /** Clicks on their way. */
  sent = new Set<string>();
  private words = new Map<string, ActionWords>();

  constructor(private readonly send: (frame: object) => boolean) {}

  /** The snapshot of a connection; what was on its way is decided or waits again. */
  ready(waiting: Proposal[], words: ActionWords[]): void {
    this.waiting = waiting;
    this.words = new Map(words.map((action) => [action.name, action]));
    this.sent.clear();
    this.refused.clear();
  }

  heard(frame: ApprovalFrame): void {
    const known = this.waiting.find((proposal) => proposal.call === frame.call);
    if (frame.proposal) {
      if (!known && !this.settled.some((one) => one.proposal.call === frame.call)) this.waiting = [...this.waiting, frame.proposal];
    } else if (known) {
      this.drop(frame.call);
      this.settled = [{ proposal: known, approved: frame.approved === true, agent: frame.agent ?? "" }, ...this.settled].slice(0, KEPT);
    }
  }

  /** The own click was taken. */
  taken(call: string): void {
    this.sent.delete(call);
  }

  refusedBy(error: Refusal): void {
    const call = error.call ?? "";
    this.sent.delete(call);
    this.refused.set(call, error.code);
    if (OVER.has(error.code)) this.waiting = this.waiting.filter((proposal) => proposal.call !== call);
  }

  click(kind: Click, call: string, note: string): boolean {
    if (this.sent.has(call) || !this.send({ type: kind, call, note })) return false;
    this.sent.add(call);
    this.refused.delete(call);
    return true;
  }

  of(conversation: string): Proposal[] {
    return this.waiting.filter((proposal) => proposal.conversation === conversation);
  }

  action(name: string): ActionWords | undefined {
    return this.words.get(name);
  }

  get actions(): ActionWords[] {
    return [...this.words.values()];
  }

  /** What people call an action; its id where the pack has no words. */
  title(name: string, locale: Locale): string {
    return this.words.get(name)?.title[locale] ?? name;
  }

  label(action: string, field: string, locale: Locale): string {
    return this.words.get(action)?.labels[field]?.[locale] ?? field;
  }

  /** A value of a field in words. */
  value(action: string, field: string, value: unknown, locale: Locale): string {
    if (typeof value === "boolean") return locale === "zh" ? (value ? "是" : "否") : value ? "Yes" : "No";
    if (value === null || value === undefined) return "—";
    if (typeof value === "object") return JSON.stringify(value);
    return this.words.get(action)?.values[field]?.[String(value)]?.[locale] ?? String(value);
  }

  private drop(call: string): void {
    this.waiting = this.waiting.filter((proposal) => proposal.call !== call);
    this.sent.delete(call);
  }
}
