// @vitest-environment happy-dom
import { html } from "lit";
import { afterEach, describe, expect, it } from "vitest";
import { RowList, inView, stepTo } from "../src/desk/rowlist";
import { PAGE, WaitingLine } from "../src/desk/waitingline";
import type { QueueRow } from "../src/shared/protocol";
import { settle } from "./fakes";

if (!customElements.get("sb-rows")) customElements.define("sb-rows", RowList);
afterEach(() => document.body.replaceChildren());

const name = (place: number): string => `c${place}`;
const rowsFrom = (start: number, count: number): QueueRow[] => Array.from({ length: count }, (_, n) => ({ id: name(start + n) }));

function line(all: () => QueueRow[]) {
  const asked: string[] = [];
  const api = {
    get: async <T>(path: string): Promise<T> => {
      asked.push(path);
      const start = Number(/start=(\d+)/.exec(path)![1]);
      return { items: all().slice(start, start + PAGE), total: all().length } as T;
    },
  };
  return { asked, line: new WaitingLine(api, (row) => row.id!, () => undefined) };
}

describe("the waiting line", () => {
  it("is as long as it is, and asks for what comes into view once", async () => {
    const { line: waiting, asked } = line(() => rowsFrom(0, 500));
    waiting.heard(rowsFrom(0, 100), 500);
    expect([waiting.total, waiting.known.length, waiting.ids[499]]).toEqual([500, 100, undefined]);
    waiting.need(0, 60);
    expect(asked).toEqual([]);
    waiting.need(480, 500);
    waiting.need(470, 500);
    await settle();
    expect(asked).toEqual(["/lists/line?start=400&limit=100"]);
    expect([waiting.ids[400], waiting.ids[499], waiting.ids[399]]).toEqual(["c400", "c499", undefined]);
    waiting.need(90, 110);
    await settle();
    expect(waiting.ids[100]).toBe("c100");
  });

  it("moves up when somebody is taken, and holds nobody twice", async () => {
    let all = rowsFrom(0, 250);
    const { line: waiting, asked } = line(() => all);
    waiting.heard(all.slice(0, 100), 250);
    waiting.need(100, 250);
    await settle();
    expect(waiting.known.length).toBe(250);
    waiting.drop("c0");
    expect([waiting.total, waiting.ids[0]]).toEqual([249, "c1"]);
    all = all.slice(1);
    waiting.heard(all.slice(0, 100), 249);
    expect([waiting.known.length, waiting.ids[99], waiting.ids[100], waiting.ids[248]]).toEqual([249, "c100", "c101", "c249"]);
    all = [...all.slice(0, 100), ...all.slice(101)];
    waiting.heard(all.slice(0, 100), 248);
    const before = asked.length;
    waiting.need(100, 248);
    await settle();
    expect(asked.length).toBe(before + 2);
    expect(new Set(waiting.known).size).toBe(248);
  });

  it("takes a frame without a number as the whole line", () => {
    const { line: waiting } = line(() => []);
    waiting.heard([{ id: "c1" }, { conversation: "c2", id: "c2" }]);
    expect(waiting.ids).toEqual(["c1", "c2"]);
    waiting.heard([]);
    expect(waiting.total).toBe(0);
  });
});

describe("a long list", () => {
  it("has only what is near the view", () => {
    expect(inView(0, 600, 60, 500)).toEqual({ from: 0, to: 18 });
    expect(inView(6000, 600, 60, 500)).toEqual({ from: 92, to: 118 });
    expect(inView(29_400, 600, 60, 500)).toEqual({ from: 482, to: 500 });
    expect(inView(9_999, 600, 60, 3)).toEqual({ from: 3, to: 3 });
  });

  it("knows where its keys lead", () => {
    const to = (key: string) => stepTo(key, 5, 500, 10);
    expect(["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End", "j"].map(to)).toEqual([6, 4, 15, 0, 0, 499, null]);
  });

  it("says how long it is and lets the keyboard go to its end", async () => {
    const box = document.body.appendChild(document.createElement("div"));
    const list = document.createElement("sb-rows") as RowList;
    const seen: number[][] = [];
    Object.assign(list, {
      ids: Array.from({ length: 500 }, (_, place) => (place < 100 ? name(place) : undefined)), pending: "Loading", name: "Unassigned", selected: null, look: "",
      row: (id: string, tab: number) => html`<button class="row" tabindex=${tab}>${id}</button>`, need: (from: number, to: number) => seen.push([from, to]),
    });
    box.append(list);
    await list.updateComplete;
    const items = () => [...list.querySelectorAll("li")];
    expect(items().length).toBeLessThan(40);
    expect(items()[0]!.getAttribute("aria-posinset")).toBe("1");
    expect(items()[0]!.getAttribute("aria-setsize")).toBe("500");
    expect(list.querySelectorAll('[tabindex="0"]').length).toBe(1);
    const first = list.querySelector<HTMLElement>(".row")!;
    first.focus();
    first.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
    await list.updateComplete;
    expect(document.activeElement?.closest("li")?.getAttribute("aria-posinset")).toBe("500");
    expect(document.activeElement?.textContent).toContain("Loading");
    list.ids = list.ids.map((id, place) => id ?? name(place));
    await list.updateComplete;
    expect(document.activeElement?.textContent).toBe("c499");
    expect(seen.length).toBeGreaterThan(0);
  });
});
