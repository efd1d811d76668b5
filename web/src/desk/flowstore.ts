import type { Locale } from "../shared/protocol";
import type { Api, ApiError } from "./api";
import { asApiError, type LoadState } from "./pager";
import { bounds, usual, type Period } from "./period";

export interface FlowStep {
  id: string; kind: string; about: string; reached: number; left: number; by_machine: number; by_people: number; machine_share: number | null;
}
export interface FlowRow {
  id: string; name: string; entered: number; finished: number; left: number; outcomes: Record<string, number>; steps: FlowStep[]; svg: string;
}

/** Flows and what happened in them over a period. */
export class FlowStore {
  flows: FlowRow[] = [];
  state: LoadState = "idle";
  error: ApiError | null = null;
  period: Period;
  private generation = 0;

  constructor(private readonly api: Api, private readonly changed: () => void, private readonly now: () => Date = () => new Date()) {
    this.period = usual("week", now());
  }

  /** Another period is read at once when it is whole. */
  choose(period: Period, language: Locale): void {
    this.period = period;
    if (bounds(period, this.now())) void this.load(language);
    else this.changed();
  }

  get whole(): boolean {
    return bounds(this.period, this.now()) !== null;
  }

  /** Numbers that are there stay in sight while new ones come. */
  async load(language: Locale): Promise<void> {
    const within = bounds(this.period, this.now());
    if (!within) return;
    const generation = (this.generation += 1);
    this.state = "loading";
    this.error = null;
    this.changed();
    const query = new URLSearchParams({ language, since: within.since, ...(within.until ? { until: within.until } : {}) });
    try {
      const page = await this.api.get<{ items: FlowRow[] }>(`/flows?${query}`);
      if (generation !== this.generation) return;
      this.flows = page.items;
      this.state = "ready";
    } catch (error) {
      if (generation !== this.generation) return;
      this.state = "error";
      this.error = asApiError(error);
    }
    this.changed();
  }

  /** The flow of an address, else the busiest. */
  chosen(id: string): FlowRow | null {
    const busiest = this.flows.reduce<FlowRow | null>((most, flow) => (most && most.entered >= flow.entered ? most : flow), null);
    return this.flows.find((flow) => flow.id === id) ?? busiest;
  }
}

/** Neither finished nor left yet. */
export function underWay(flow: FlowRow): number {
  return Math.max(0, flow.entered - flow.finished - flow.left);
}

/** Steps at which somebody left, the worst first. */
export function dropOffs(flow: FlowRow): FlowStep[] {
  return flow.steps.filter((step) => step.left > 0).sort((one, other) => other.left - one.left);
}

export function share(value: number | null): string {
  return value === null ? "—" : `${Math.round(value * 100)}%`;
}
