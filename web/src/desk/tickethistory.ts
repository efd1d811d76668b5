import type { TicketEntry } from "../shared/protocol";

export interface FieldChange { name: string; before: unknown; after: unknown }

/** What each entry of a history changed in the fields; the events carry all of them when one changed. */
export function fieldChanges(history: TicketEntry[]): FieldChange[][] {
  let known: Record<string, unknown> = {};
  return history.map((entry) => {
    const fields = entry.fields ?? {};
    if (entry.kind === "ticket_opened") {
      known = fields;
      return [];
    }
    if (entry.kind !== "ticket_updated" || !Object.keys(fields).length) return [];
    const names = new Set([...Object.keys(known), ...Object.keys(fields)]);
    const changes = [...names].filter((name) => known[name] !== fields[name]).map((name) => ({ name, before: known[name], after: fields[name] }));
    known = fields;
    return changes;
  });
}

/** A change of one's own that somebody else's change stands against. */
export interface Clash { name: string; theirs: string; mine: string }
export type Draft = Record<string, string>;

/** Own changes that differ from what others made of the same field meanwhile; other own changes simply stay. */
export function clashes(base: Draft, newest: Draft, mine: Draft): Clash[] {
  return Object.entries(mine)
    .filter(([name, value]) => (newest[name] ?? "") !== (base[name] ?? "") && (newest[name] ?? "") !== value)
    .map(([name, value]) => ({ name, theirs: newest[name] ?? "", mine: value }));
}

/** Own changes that are still changes, seen from the newest state. */
export function remaining(newest: Draft, mine: Draft): Draft {
  return Object.fromEntries(Object.entries(mine).filter(([name, value]) => (newest[name] ?? "") !== value));
}
