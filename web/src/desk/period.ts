export type Span = "today" | "week" | "month" | "custom";
/** `from` and `to` are days (2026-09-01) of a custom period, both of them in it. */
export interface Period { span: Span; from: string; to: string }
/** ISO 8601; null: without an end. */
export interface Bounds { since: string; until: string | null }

const DAYS: Record<Exclude<Span, "custom">, number> = { today: 1, week: 7, month: 30 };

/** A day as the input of a form has it, in local time. */
export function dayOf(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The instants of a period, from local midnight on; null for a custom one that is not whole or ends before it begins. */
export function bounds(period: Period, now: Date): Bounds | null {
  if (period.span !== "custom") {
    const since = new Date(now.getFullYear(), now.getMonth(), now.getDate() - DAYS[period.span] + 1);
    return { since: since.toISOString(), until: null };
  }
  const since = midnight(period.from, 0);
  const until = midnight(period.to, 1);
  return since && until && since < until ? { since: since.toISOString(), until: until.toISOString() } : null;
}

function midnight(day: string, later: number): Date | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  return match ? new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + later) : null;
}

export function usual(span: Span, now: Date): Period {
  const today = dayOf(now);
  return { span, from: today, to: today };
}
