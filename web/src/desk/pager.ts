import { ApiError } from "./api";

export type LoadState = "idle" | "loading" | "ready" | "error";
export interface PageOf<T> { items: T[]; next: string | null }

/** An error as it is shown: its status tells which words fit. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(-1, "internal", error instanceof Error ? error.message : String(error));
}

/** A list that is read page by page. A load from the start makes an earlier one that still runs void. */
export class Pager<T> {
  items: T[] = [];
  next: string | null = null;
  state: LoadState = "idle";
  error: ApiError | null = null;
  private generation = 0;

  constructor(private readonly fetch: (next: string | null) => Promise<PageOf<T>>, private readonly changed: () => void) {}

  /** Nothing is asked; an answer that is still on its way is void. */
  clear(): void {
    this.generation += 1;
    this.items = [];
    this.next = this.error = null;
    this.state = "idle";
  }

  async load(more = false): Promise<void> {
    if (more && (this.state === "loading" || !this.next)) return;
    const generation = (this.generation += 1);
    this.state = "loading";
    this.error = null;
    this.changed();
    try {
      const page = await this.fetch(more ? this.next : null);
      if (generation !== this.generation) return;
      this.items = more ? [...this.items, ...page.items] : page.items;
      this.next = page.next;
      this.state = "ready";
    } catch (error) {
      if (generation !== this.generation) return;
      this.state = "error";
      this.error = asApiError(error);
    }
    this.changed();
  }
}
