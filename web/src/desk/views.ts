import type { KeyValue } from "../shared/outbox";
import type { Row } from "../shared/protocol";
import { ApiError, type Api } from "./api";
import { Pager, type LoadState, type PageOf } from "./pager";

export type ListName = "mine" | "waiting" | "all";
/** What is empty leaves all; as `ViewFilter` of the service. */
export interface Filter {
  list: ListName; mode: string; channel: string; language: string; skill: string; priority: boolean; due: "" | "warn" | "bad"; text: string;
}
export interface View { id: string; name: string; owner: string; mine: boolean; shared: boolean; filter: Filter }
type Change = Partial<Pick<View, "name" | "shared" | "filter">>;

export const EVERYTHING: Filter = { list: "all", mode: "", channel: "", language: "", skill: "", priority: false, due: "", text: "" };
export const LONGEST_NAME = 60;
const CHOSEN = "switchboard.desk.view.v1";
const PAGE = 50;
/** As many rows as one question to the service may bring. */
const MOST = 200;
/** Milliseconds between two looks at a list that is shown. */
const AGAIN = 4_000;

export function queryOf(filter: Filter): string {
  const given = Object.entries(filter).filter(([, value]) => value !== "" && value !== false);
  return given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&");
}

/** The agent's views and the shared ones, and the list of the one that is shown. */
export class Views {
  items: View[] = [];
  state: LoadState = "idle";
  /** What the list shows in place of the tabs' lists. */
  filter: Filter | null = null;
  /** Id of the view whose filter that was; "" for none. */
  chosen = "";
  readonly rows: Pager<Row>;
  /** Another one after each change. */
  stamp = 0;
  private readonly changed: () => void;
  private read = 0;

  constructor(
    private readonly api: Pick<Api, "get" | "request">, private readonly storage: KeyValue, private readonly now: () => number,
    told: () => void, found: (rows: Row[]) => void,
  ) {
    this.changed = () => {
      this.stamp += 1;
      told();
    };
    this.rows = new Pager(async (next) => {
      const limit = next ? PAGE : Math.max(PAGE, Math.min(MOST, this.rows.items.length));
      const page = await api.get<PageOf<Row>>(`/lists?${queryOf(this.filter ?? EVERYTHING)}&limit=${limit}${next ? `&next=${encodeURIComponent(next)}` : ""}`);
      found(page.items);
      return page;
    }, this.changed);
  }

  get active(): boolean {
    return this.filter !== null;
  }

  get ids(): string[] {
    return this.rows.items.map((row) => row.id);
  }

  get view(): View | undefined {
    return this.items.find((view) => view.id === this.chosen);
  }

  /** Reads them; the one that was chosen last on this device is shown. */
  async load(): Promise<void> {
    this.state = "loading";
    try {
      this.items = (await this.api.get<{ items: View[] }>("/views")).items;
      this.state = "ready";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.state = "error"; // the lists work without them; the next connection asks again
    }
    const kept = this.storage.getItem(CHOSEN);
    if (this.state === "ready" && kept && !this.active) this.choose(kept);
    else this.changed();
  }

  /** Shows a view; "" shows the tabs' lists again. */
  choose(id: string): void {
    const view = this.items.find((one) => one.id === id);
    this.chosen = view?.id ?? "";
    this.storage.setItem(CHOSEN, this.chosen);
    this.apply(view?.filter ?? null);
  }

  /** Shows what fits a filter, which may differ from that of the view it began with. */
  apply(filter: Filter | null): void {
    this.filter = filter;
    this.rows.clear();
    if (filter) this.look();
    this.changed();
  }

  /** Something about the conversations has changed: the list is read again, unless that was just done. */
  refresh(): void {
    const busy = this.rows.state === "loading" || this.rows.items.length > MOST;
    if (this.filter && !busy && this.now() - this.read >= AGAIN) this.look();
  }

  private look(): void {
    this.read = this.now();
    void this.rows.load();
  }

  /** A new one, which is shown. Throws ApiError. */
  async add(name: string, filter: Filter, shared: boolean): Promise<void> {
    const view = await this.api.request<View>("POST", "/views", { name, filter, shared });
    this.put(view);
    this.choose(view.id);
  }

  /** Throws ApiError. */
  async change(id: string, change: Change): Promise<void> {
    this.put(await this.api.request<View>("PATCH", `/views/${encodeURIComponent(id)}`, change));
    this.choose(id);
  }

  /** Throws ApiError. */
  async remove(id: string): Promise<void> {
    await this.api.request("DELETE", `/views/${encodeURIComponent(id)}`);
    this.items = this.items.filter((view) => view.id !== id);
    if (this.chosen === id) this.choose("");
    else this.changed();
  }

  private put(view: View): void {
    this.items = [...this.items.filter((one) => one.id !== view.id), view].sort((one, other) => one.name.localeCompare(other.name));
  }
}
