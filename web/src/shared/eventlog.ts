import type { LogEvent } from "./protocol";

/** Events by seq, each once, whatever is sent again. */
export class EventLog {
  events: LogEvent[] = [];
  private readonly known = new Set<number>();

  /** The highest seq held without asking whether there are holes: the service sends in order. */
  get last(): number {
    return this.events[this.events.length - 1]?.seq ?? 0;
  }

  /** False: already here. Late events take their place in the order. */
  add(event: LogEvent): boolean {
    if (!Number.isInteger(event?.seq) || this.known.has(event.seq)) return false;
    this.known.add(event.seq);
    const events = this.events.slice();
    let at = events.length;
    while (at > 0 && events[at - 1]!.seq > event.seq) at -= 1;
    events.splice(at, 0, event);
    this.events = events;
    return true;
  }

  clear(): void {
    this.events = [];
    this.known.clear();
  }
}

/** The newest event of a kind. */
export function lastOf(events: LogEvent[], kind: string): LogEvent | undefined {
  for (let at = events.length - 1; at >= 0; at -= 1) if (events[at]!.kind === kind) return events[at];
  return undefined;
}
