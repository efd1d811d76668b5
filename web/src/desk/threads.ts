import { EventLog } from "../shared/eventlog";
import { personName, type Locale, type LogEvent, type Row, type Summary } from "../shared/protocol";
import { ApiError, type Api } from "./api";
import { suggestionsIn, type Suggestion } from "./helping";

const PAGE = 200;

/** What the desk holds of one conversation. */
export class Thread {
  readonly log = new EventLog();
  summary: Summary | null = null;
  loading = false;
  loaded = false;
  error = "";
  typingUntil = 0;
  /** Complete up to here; live events may lie beyond a hole. */
  private complete = 0;
  /** Asked to load while loading: what came in between is read then. */
  private again = false;
  private counted = 0;
  private suggestions: Suggestion[] = [];

  constructor(readonly id: string, private readonly api: Api, private readonly changed: () => void) {}

  get after(): number {
    return this.complete;
  }

  /** What helps now; the same list object until something changed. */
  get helps(): Suggestion[] {
    const { events } = this.log;
    if (this.counted !== events.length) {
      this.counted = events.length;
      this.suggestions = suggestionsIn(this.id, events);
    }
    return this.suggestions;
  }

  /** A live event. Returns whether it is new. */
  hear(event: LogEvent): boolean {
    if (event.seq === this.complete + 1) this.complete = event.seq;
    return this.log.add(event);
  }

  /** Everything from the last complete point on, page by page. */
  async load(): Promise<void> {
    this.again = this.loading;
    if (this.loading) return;
    this.loading = true;
    this.error = "";
    this.changed();
    try {
      let after = String(this.complete);
      for (;;) {
        const page = await this.api.get<{ items: LogEvent[]; next: string | number | null }>(
          `/conversations/${encodeURIComponent(this.id)}/events?after=${encodeURIComponent(after)}&limit=${PAGE}`,
        );
        for (const event of page.items) {
          this.log.add(event);
          this.complete = Math.max(this.complete, event.seq);
        }
        if (page.next === null || page.next === undefined || !page.items.length) break;
        after = String(page.next);
      }
      this.loaded = true;
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.loading = false;
    this.changed();
    if (this.again) await this.load();
  }

  async loadSummary(language: Locale): Promise<void> {
    try {
      this.summary = await this.api.get<Summary>(`/conversations/${encodeURIComponent(this.id)}/summary?language=${language}`);
    } catch (error) {
      // The story is a help, not the conversation: a missing one leaves the last one in place.
      if (!(error instanceof ApiError)) throw error;
    }
    this.changed();
  }

  get tickets(): string[] {
    const numbers = [
      ...(this.summary?.tickets ?? []).map((ticket) => ticket.ticket),
      ...this.log.events.filter((event) => event.kind === "ticket_opened").map((event) => event.ticket ?? ""),
    ];
    return [...new Set(numbers.filter(Boolean))];
  }
}

const SAID: Record<string, string> = { customer_said: "customer", bot_said: "bot", agent_said: "agent" };

/** The row after one more event: what the list shows without asking the service again. */
export function advance(row: Row, event: LogEvent): Row {
  const next: Row = { ...row };
  const by = SAID[event.kind];
  if (by) {
    next.last_by = by;
    next.last_text = event.text ?? row.last_text ?? "";
    next.last_at = event.at;
  }
  switch (event.kind) {
    case "handoff_asked":
      return { ...next, mode: "waiting", waiting_since: event.at, reason: event.reason ?? row.reason ?? null, assignee: null };
    case "handoff_taken":
    case "taken_over":
      return { ...next, mode: "human", assignee: typeof event.agent === "object" ? event.agent.name : personName(event.agent), waiting_since: null };
    case "transferred":
      return { ...next, mode: "waiting", assignee: null, skill: event.skill || row.skill || null };
    case "handoff_returned":
    case "handoff_cancelled":
    case "reopened":
      return { ...next, mode: "bot", assignee: null, waiting_since: null };
    case "closed":
      return { ...next, mode: "closed", waiting_since: null, stopped: false };
    case "bot_stopped":
    case "bot_resumed":
      return { ...next, stopped: event.kind === "bot_stopped" };
    case "ticket_opened":
      return { ...next, ticket: event.ticket ?? null };
    default:
      return next;
  }
}
