import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/desk/api";
import { LONGEST, Search } from "../src/desk/search";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const found = { seq: 1, at: "2026-01-01T00:00:00Z", by: "customer", snippet: [{ text: "x", hit: true }], count: 1 };

function searching(answer: (path: string) => unknown) {
  const asked: string[] = [];
  const rows: string[] = [];
  const api = {
    get: async <T>(path: string): Promise<T> => {
      asked.push(path);
      const value = answer(path);
      if (value instanceof Error) throw value;
      return (await value) as T;
    },
  };
  const search = new Search(api, () => undefined, (all) => rows.push(...all.map((row) => row.id)));
  return { search, asked, rows };
}

describe("the search", () => {
  it("asks when the typing pauses, not at every key", async () => {
    const { search, asked, rows } = searching(() => ({ items: [{ id: "c1", mode: "bot", found }], next: null }));
    for (const text of ["宽", "宽带", "宽带 "]) search.ask(text);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([`/search?q=${encodeURIComponent("宽带")}`]);
    expect(search.ids).toEqual(["c1"]);
    expect(rows).toEqual(["c1"]);
  });

  it("does not show what an earlier question found", async () => {
    let first: (page: unknown) => void = () => undefined;
    const { search } = searching((path) => (path.endsWith("one") ? new Promise((resolve) => (first = resolve)) : { items: [{ id: "c2", found }], next: null }));
    search.ask("one", true);
    await vi.advanceTimersByTimeAsync(10);
    search.ask("two", true);
    await vi.advanceTimersByTimeAsync(10);
    first({ items: [{ id: "c1", found }], next: null });
    await vi.advanceTimersByTimeAsync(10);
    expect(search.ids).toEqual(["c2"]);
  });

  it("shows nothing of an answer that comes after the question was taken away", async () => {
    let late: (page: unknown) => void = () => undefined;
    const { search } = searching(() => new Promise((resolve) => (late = resolve)));
    search.ask("one", true);
    await vi.advanceTimersByTimeAsync(10);
    search.ask("");
    late({ items: [{ id: "c1", found }], next: null });
    await vi.advanceTimersByTimeAsync(1000);
    expect([search.active, search.ids, search.hits.state]).toEqual([false, [], "idle"]);
  });

  it("asks nothing for blanks, and no more than the service takes", async () => {
    const { search, asked } = searching(() => ({ items: [], next: null }));
    search.ask("   ");
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([]);
    search.ask("x".repeat(500));
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([`/search?q=${"x".repeat(LONGEST)}`]);
  });

  it("asks again after a failure", async () => {
    let down = true;
    const { search } = searching(() => (down ? new ApiError(0, "unreachable", "no") : { items: [{ id: "c1", found }], next: null }));
    search.ask("router", true);
    await vi.advanceTimersByTimeAsync(10);
    expect(search.hits.error?.status).toBe(0);
    down = false;
    search.ask("router", true);
    await vi.advanceTimersByTimeAsync(10);
    expect(search.ids).toEqual(["c1"]);
  });
});
