import type { Locale, Row, Words } from "../shared/protocol";
import { span } from "../shared/locale";
import type { Api, ApiError } from "./api";
import { asApiError, type LoadState } from "./pager";

export type Unit = "count" | "seconds" | "share" | "score";
/** Shares are 0 to 1; null: nothing to count from. */
export interface NumberRow {
  id: string; title: Words; formula: Words; unit: Unit; better: "up" | "down" | null;
  value: number | null; day_before: number | null; week_before: number | null; line: (number | null)[];
}
export interface Plot { at: string[]; arrivals: number[]; waiting: number[]; staffed: number[] }
export interface PersonRow { agent: string; name: string; state: string; load: number; capacity: number; wrapping?: number; since: string | null }
export interface Ended { formula: Words; items: { id: string; name: Words; count: number; share: number }[] }
export interface Insights { since: string; until: string; numbers: NumberRow[]; plot: Plot; people: PersonRow[]; dispositions?: Ended }
export interface Alert { id: string; conversation: string; rule: string; title: Words; at: string; about: number; quote: string }
export interface Switch { flow: string; name: string; stopped: boolean; by: string | null; at: string | null }
export type Length = "day" | "week" | "month";

const DAYS: Record<Length, number> = { day: 1, week: 7, month: 30 };
const LIVE = 20;

/** All that the supervisor's page shows, read together and read again while it is open. */
export class InsightStore {
  insights: Insights | null = null;
  alerts: Alert[] = [];
  switches: Switch[] = [];
  live: Row[] = [];
  length: Length = "day";
  only: Locale | "" = "";
  state: LoadState = "idle";
  error: ApiError | null = null;
  private generation = 0;

  constructor(private readonly api: Api, private readonly changed: () => void, private readonly now: () => number = Date.now) {}

  choose(length: Length, only: Locale | "", locale: Locale): void {
    this.length = length;
    this.only = only;
    void this.load(locale);
  }

  /** Numbers that are there stay in sight while new ones come; what comes too late is dropped. */
  async load(locale: Locale): Promise<void> {
    const generation = (this.generation += 1);
    this.state = "loading";
    this.changed();
    const query = new URLSearchParams(this.only ? { language: this.only } : {});
    if (this.length !== "day") query.set("since", new Date(this.now() - DAYS[this.length] * 86_400_000).toISOString());
    try {
      const [insights, alerts, switches, waiting, served] = await Promise.all([
        this.api.get<Insights>(`/insights?${query}`),
        this.api.get<{ items: Alert[] }>("/qa/alerts?limit=20"),
        this.api.get<{ items: Switch[] }>(`/switches?language=${locale}`),
        this.api.get<{ items: Row[] }>(`/conversations?mode=waiting&limit=${LIVE}`),
        this.api.get<{ items: Row[] }>(`/conversations?mode=human&limit=${LIVE}`),
      ]);
      if (generation !== this.generation) return;
      this.insights = insights;
      this.alerts = alerts.items.filter((alert) => alert.at >= insights.since);
      this.switches = switches.items;
      this.live = [...waiting.items, ...served.items];
      this.error = null;
      this.state = "ready";
    } catch (error) {
      if (generation !== this.generation) return;
      this.state = "error";
      this.error = asApiError(error);
    }
    this.changed();
  }

  number(id: string): NumberRow | null {
    return this.insights?.numbers.find((one) => one.id === id) ?? null;
  }

  /** Stops a flow or lets it serve again, and reads anew. */
  async turn(flow: string, stop: boolean, locale: Locale): Promise<void> {
    try {
      await this.api.request("POST", `/flows/${encodeURIComponent(flow)}/${stop ? "stop" : "resume"}`);
    } catch (error) {
      this.error = asApiError(error);
      this.changed();
      return;
    }
    await this.load(locale);
  }
}

/** A value as people read it. */
export function shown(value: number | null, unit: Unit): string {
  if (value === null) return "—";
  if (unit === "seconds") return span(value * 1000);
  if (unit === "share") return `${Math.round(value * 100)}%`;
  return unit === "score" ? value.toFixed(1) : String(Math.round(value));
}

export interface Change { text: string; tone: "good" | "bad" | "" }

/** How a value differs from an earlier one; null where either is missing. */
export function change(now: number | null, before: number | null, unit: Unit, better: "up" | "down" | null, points: string): Change | null {
  if (now === null || before === null) return null;
  const by = unit === "share" ? Math.round(now * 100) - Math.round(before * 100) : unit === "score" ? Math.round((now - before) * 10) / 10 : Math.round(now - before);
  if (by === 0) return { text: "", tone: "" };
  const size = unit === "seconds" ? span(Math.abs(by) * 1000) : unit === "share" ? `${Math.abs(by)} ${points}` : String(Math.abs(by));
  const tone = better === null ? "" : (by > 0) === (better === "up") ? "good" : "bad";
  return { text: `${by > 0 ? "▲" : "▼"} ${size}`, tone };
}

const DASH = 6;

/** The line of a number as the path of an SVG of the given size; parts without a value are gaps, one alone is a dash. */
export function path(line: (number | null)[], width: number, height: number): string {
  const known = line.filter((value): value is number => value !== null);
  const top = Math.max(...known, 0);
  const low = Math.min(...known, 0);
  const scale = top > low ? (height - 2) / (top - low) : 0;
  const step = width / Math.max(1, line.length - 1);
  let open = false;
  return line.map((value, at) => {
    if (value === null) { open = false; return ""; }
    const alone = !open && (line[at + 1] ?? null) === null;
    const across = alone ? Math.min(width - DASH, at * step) : at * step;
    const point = `${open ? "L" : "M"}${across.toFixed(1)} ${(height - 1 - (value - low) * scale).toFixed(1)}`;
    open = true;
    return alone ? `${point}h${DASH}` : point;
  }).join("");
}
