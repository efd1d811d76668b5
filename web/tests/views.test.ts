import { describe, expect, it } from "vitest";
import { ApiError } from "../src/desk/api";
import { EVERYTHING, Views, queryOf, type View } from "../src/desk/views";
import { viewWords } from "../src/desk/viewwords";
import { MemoryStorage, settle } from "./fakes";

const view = (id: string, name: string, more: Partial<View> = {}): View => ({ id, name, owner: "anna", mine: true, shared: false, filter: { ...EVERYTHING, list: "waiting" }, ...more });

function service(answers: (method: string, path: string, body?: object) => unknown, storage = new MemoryStorage()) {
  const asked: string[] = [];
  let now = 0;
  const answer = async <T>(method: string, path: string, body?: object): Promise<T> => {
    asked.push(`${method} ${path}`);
    const value = answers(method, path, body);
    if (value instanceof Error) throw value;
    return value as T;
  };
  const api = { get: <T>(path: string) => answer<T>("GET", path), request: <T>(method: string, path: string, body?: object) => answer<T>(method, path, body) };
  const views = new Views(api, storage, () => now, () => undefined, () => undefined);
  return { views, asked, storage, pass: (milliseconds: number) => void (now += milliseconds) };
}

const rows = (count: number) => ({ items: Array.from({ length: count }, (_, n) => ({ id: `c${n}` })), next: null });

describe("the views", () => {
  it("write a filter as a query without what is empty", () => {
    expect(queryOf(EVERYTHING)).toBe("list=all");
    expect(queryOf({ ...EVERYTHING, list: "waiting", priority: true, due: "bad", text: "宽带 & TV" })).toBe(`list=waiting&priority=true&due=bad&text=${encodeURIComponent("宽带 & TV")}`);
  });

  it("show the chosen one again on this device, and forget it when it is gone", async () => {
    const first = service((_, path) => (path === "/views" ? { items: [view("1", "Late")] } : rows(2)));
    await first.views.load();
    expect(first.views.active).toBe(false);
    first.views.choose("1");
    await settle();
    expect([first.views.ids, first.views.view?.name]).toEqual([["c0", "c1"], "Late"]);

    const again = service((_, path) => (path === "/views" ? { items: [view("1", "Late")] } : rows(1)), first.storage);
    await again.views.load();
    await settle();
    expect([again.views.chosen, again.views.ids]).toEqual(["1", ["c0"]]);
    const gone = service(() => ({ items: [] }), first.storage);
    await gone.views.load();
    expect([gone.views.chosen, gone.views.active, first.storage.getItem("switchboard.desk.view.v1")]).toEqual(["", false, ""]);
  });

  it("are kept, changed and taken away by the service", async () => {
    const { views, asked } = service((method, path, body) => {
      if (method === "POST") return view("2", (body as View).name);
      if (method === "PATCH") return view("2", (body as View).name);
      return path === "/views" ? { items: [view("1", "Late")] } : method === "DELETE" ? null : rows(0);
    });
    await views.load();
    await views.add("A list", { ...EVERYTHING, language: "zh" }, false);
    expect([views.items.map((one) => one.name), views.chosen]).toEqual([["A list", "Late"], "2"]);
    await views.change("2", { name: "Z list" });
    expect(views.items.map((one) => one.name)).toEqual(["Late", "Z list"]);
    await views.remove("2");
    expect([views.items.map((one) => one.id), views.chosen, views.active]).toEqual([["1"], "", false]);
    expect(asked.filter((one) => !one.startsWith("GET"))).toEqual(["POST /views", "PATCH /views/2", "DELETE /views/2"]);
  });

  it("read the shown list again when something changed, but not all the time, and as far as it was read", async () => {
    const { views, asked, pass } = service((_, path) => ({ ...rows(path.includes("next=") ? 50 : 60), next: path.includes("next=") ? null : "more" }));
    views.apply(EVERYTHING);
    await settle();
    await views.rows.load(true);
    const before = asked.length;
    views.refresh();
    expect(asked.length).toBe(before);
    pass(4_000);
    views.refresh();
    await settle();
    expect(asked.at(-1)).toBe("GET /lists?list=all&limit=110");
    views.apply(null);
    pass(9_000);
    views.refresh();
    expect(asked.length).toBe(before + 1);
  });

  it("leave the lists alone when they cannot be read", async () => {
    const { views } = service(() => new ApiError(503, "unavailable", "no"));
    await views.load();
    expect([views.state, views.active]).toEqual(["error", false]);
  });

  it("have their words in both languages", () => {
    expect(Object.keys(viewWords.en).sort()).toEqual(Object.keys(viewWords.zh).sort());
  });
});
