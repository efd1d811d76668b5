import type { QueueRow } from "../shared/protocol";
import { ApiError, type Api } from "./api";

/** Rows of one page, as the service sends the head of the line by itself. */
export const PAGE = 100;
interface Page { items: QueueRow[]; total: number }

/** Who waits for a person, by place. The service tells the head at each change; other places are asked for when they come
 *  into view, and until then are not known. */
export class WaitingLine {
  /** By place; undefined: not known yet. */
  ids: (string | undefined)[] = [];
  private head = 0;
  /** Pages that were read since the head was told. */
  private fresh = new Set<number>();

  constructor(private readonly api: Pick<Api, "get">, private readonly put: (row: QueueRow) => string, private readonly changed: () => void) {}

  get total(): number {
    return this.ids.length;
  }

  get known(): string[] {
    return this.ids.filter((id) => id !== undefined);
  }

  /** The head as it is now, and how many wait. What is known behind it stays until it is read again. */
  heard(rows: QueueRow[], total = rows.length): void {
    const head = rows.map((row) => this.put({ mode: "waiting", ...row }));
    const told = new Set<string | undefined>(head);
    const tail = this.ids.slice(this.head).filter((id) => id === undefined || !told.has(id));
    this.head = head.length;
    this.fresh.clear();
    this.resize([...head, ...tail], Math.max(total, head.length));
  }

  /** These places, the last one left out, are in view. */
  need(from: number, to: number): void {
    const first = Math.floor(Math.max(from, this.head) / PAGE);
    for (let page = first; page * PAGE < Math.min(to, this.total); page += 1) if ((page + 1) * PAGE > this.head && !this.fresh.has(page)) void this.read(page);
  }

  /** Taken out of the line before the service tells it anew. */
  drop(id: string): void {
    const at = this.ids.indexOf(id);
    if (at < 0) return;
    this.ids.splice(at, 1);
    if (at < this.head) this.head -= 1;
  }

  private async read(page: number): Promise<void> {
    this.fresh.add(page);
    const start = page * PAGE;
    let answer: Page;
    try {
      answer = await this.api.get<Page>(`/lists/line?start=${start}&limit=${PAGE}`);
    } catch (error) {
      // The next word of the line asks again.
      if (!(error instanceof ApiError)) throw error;
      return;
    }
    const ids = answer.items.map((row) => this.put({ mode: "waiting", ...row }));
    const moved = new Set<string | undefined>(ids);
    const others = this.ids.map((id) => (moved.has(id) ? undefined : id));
    ids.forEach((id, place) => (others[start + place] = id));
    this.resize(others, Math.max(answer.total, this.head));
    this.changed();
  }

  private resize(ids: (string | undefined)[], total: number): void {
    this.ids = Array.from({ length: total }, (_, place) => ids[place]);
  }
}
