import type { LogEvent } from "../shared/protocol";
import type { Api } from "./api";
import { Pager, type PageOf } from "./pager";
import { bounds, usual, type Period } from "./period";

export interface Proof { digest: string; block: number | null; previous: string | null; hash: string | null; holds: boolean | null }
export interface LedgerRow { position: number; stream: string; event: LogEvent; proof: Proof }
export interface Filters { conversation: string; contact: string; action: string; period: Period }

const PAGE = 50;

/** The ledger, from the newest entry back. */
export class LedgerStore {
  filters: Filters;
  readonly rows: Pager<LedgerRow>;

  constructor(private readonly api: Api, changed: () => void, private readonly now: () => Date = () => new Date()) {
    this.filters = { conversation: "", contact: "", action: "", period: usual("week", now()) };
    this.rows = new Pager((next) => this.page(next), changed);
  }

  get whole(): boolean {
    return bounds(this.filters.period, this.now()) !== null;
  }

  get narrowed(): boolean {
    return Boolean(this.filters.conversation || this.filters.contact || this.filters.action);
  }

  choose(filters: Partial<Filters>): void {
    this.filters = { ...this.filters, ...filters };
    if (this.whole) void this.rows.load();
  }

  query(next: string | null): string {
    const { period, ...given } = this.filters;
    const query = new URLSearchParams({ order: "newest", limit: String(PAGE) });
    for (const [name, value] of Object.entries(given)) if (value.trim()) query.set(name, value.trim());
    const within = bounds(period, this.now());
    if (within) query.set("since", within.since);
    if (within?.until) query.set("until", within.until);
    if (next) query.set("next", next);
    return query.toString();
  }

  private page(next: string | null): Promise<PageOf<LedgerRow>> {
    return this.api.get<PageOf<LedgerRow>>(`/ledger?${this.query(next)}`);
  }
}

/** What a row says of an event, each "" where there is nothing to say. */
export interface Facts { action: string; interface: string; level: string; confirmer: string; outcome: string; rule: string }

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function factsOf(event: LogEvent): Facts {
  const decided = event.kind === "action_decided";
  const level = Number(event["level"] ?? 0);
  return {
    action: event.kind.startsWith("action_") ? text(event.name) : "",
    interface: text(event["interface"]),
    level: level ? String(level) : "",
    confirmer: text(event["confirmer"]) || (decided ? text(event.agent) : ""),
    outcome: text(event["outcome"]) || (decided ? (event["approved"] ? "approved" : "rejected") : ""),
    rule: text(event["rule"]) || (Array.isArray(event["rules"]) ? event["rules"].join(", ") : ""),
  };
}

const HEAD = new Set(["seq", "at", "kind", "actor"]);

/** What was decided or done, without what the row shows already, and without what is empty. */
export function basisOf(event: LogEvent): [string, unknown][] {
  return Object.entries(event).filter(([name, value]) => !HEAD.has(name) && !empty(value));
}

function empty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The conversation of a stream, or "". */
export function conversationOf(stream: string): string {
  return stream.startsWith("conversation:") ? stream.slice("conversation:".length) : "";
}
