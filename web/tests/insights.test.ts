import { describe, expect, it } from "vitest";
import { InsightStore, change, path, shown, type Insights } from "../src/desk/insightstore";
import { insightWords } from "../src/desk/insightwords";
import { ApiError, type Api } from "../src/desk/api";
import { advance } from "../src/desk/threads";

const NOW = Date.parse("2026-09-02T10:00:00Z");
const EMPTY: Insights = {
  since: "2026-09-01T10:00:00.000Z", until: "2026-09-02T10:00:00.000Z", numbers: [], people: [],
  plot: { at: [], arrivals: [], waiting: [], staffed: [] },
};

/** Answers by the beginning of the path; notes what was asked. */
function api(answers: Record<string, unknown>): { api: Api; asked: string[] } {
  const asked: string[] = [];
  const find = async (path: string): Promise<unknown> => {
    asked.push(path);
    const key = Object.keys(answers).find((one) => path.startsWith(one));
    const answer = key ? answers[key] : { items: [] };
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { api: { get: find, request: async (method: string, path: string) => find(`${method} ${path}`) } as unknown as Api, asked };
}

describe("numbers", () => {
  it("are shown in their unit", () => {
    expect([shown(null, "share"), shown(0.756, "share"), shown(0, "count"), shown(95, "seconds"), shown(4, "score"), shown(3661, "seconds")])
      .toEqual(["—", "76%", "0", "1:35", "4.0", "1:01:01"]);
  });

  it("say how they changed, and whether that is good", () => {
    expect(change(5, 3, "count", "down", "points")).toEqual({ text: "▲ 2", tone: "bad" });
    expect(change(0.5, 0.75, "share", "up", "points")).toEqual({ text: "▼ 25 points", tone: "bad" });
    expect(change(4.5, 4.1, "score", "up", "points")).toEqual({ text: "▲ 0.4", tone: "good" });
    expect(change(40, 100, "seconds", "down", "points")).toEqual({ text: "▼ 1:00", tone: "good" });
    expect(change(5, 3, "count", null, "points")).toEqual({ text: "▲ 2", tone: "" });
    expect(change(0.501, 0.5, "share", "up", "points")).toEqual({ text: "", tone: "" });
    expect([change(null, 3, "count", "up", ""), change(3, null, "count", "up", "")]).toEqual([null, null]);
  });

  it("are lines with gaps where there is nothing", () => {
    expect(path([0, 10, null, 5], 30, 12)).toBe("M0.0 11.0L10.0 1.0M24.0 6.0h6");
    expect(path([null, null], 10, 10)).toBe("");
    expect(path([3, 3], 10, 12)).toBe("M0.0 1.0L10.0 1.0");
  });
});

describe("the room", () => {
  it("reads everything together and leaves out alerts of earlier", async () => {
    const alerts = { items: [{ id: "c:9", at: "2026-09-02T09:00:00Z" }, { id: "c:1", at: "2026-08-30T09:00:00Z" }] };
    const { api: service, asked } = api({ "/insights": EMPTY, "/qa/alerts": alerts, "/conversations?mode=waiting": { items: [{ id: "w" }] }, "/conversations?mode=human": { items: [{ id: "h" }] } });
    const store = new InsightStore(service, () => undefined, () => NOW);
    await store.load("zh");
    expect(store.state).toBe("ready");
    expect(store.alerts.map((one) => one.id)).toEqual(["c:9"]);
    expect(store.live.map((one) => one.id)).toEqual(["w", "h"]);
    store.choose("week", "en", "zh");
    expect(asked.filter((one) => one.startsWith("/insights"))).toEqual(["/insights?", "/insights?language=en&since=2026-08-26T10%3A00%3A00.000Z"]);
    expect(asked).toContain("/switches?language=zh");
  });

  it("keeps the numbers in sight when the service is away, and says so", async () => {
    const answers: Record<string, unknown> = { "/insights": EMPTY };
    const store = new InsightStore(api(answers).api, () => undefined, () => NOW);
    await store.load("en");
    answers["/insights"] = new ApiError(0, "unreachable", "no connection");
    await store.load("en");
    expect([store.state, store.error?.status, store.insights]).toEqual(["error", 0, EMPTY]);
  });

  it("stops a flow and reads anew; a refusal is shown", async () => {
    const answers: Record<string, unknown> = { "/insights": EMPTY, "POST /flows/bill/stop": {}, "POST /flows/gone/stop": new ApiError(404, "not_found", "The pack has no flow gone.") };
    const { api: service, asked } = api(answers);
    const store = new InsightStore(service, () => undefined, () => NOW);
    await store.turn("bill", true, "en");
    expect(asked[0]).toBe("POST /flows/bill/stop");
    expect(store.state).toBe("ready");
    await store.turn("gone", true, "en");
    expect(store.error?.message).toBe("The pack has no flow gone.");
  });

  it("has every word in both languages", () => {
    expect(Object.keys(insightWords.en).sort()).toEqual(Object.keys(insightWords.zh).sort());
    for (const words of [insightWords.zh, insightWords.en]) for (const word of Object.values(words)) expect(word).not.toMatch(/^$|[!！]/);
  });
});

describe("a row", () => {
  it("follows a supervisor's acts", () => {
    const event = (kind: string, more: object = {}) => ({ seq: 1, at: "2026-09-02T09:00:00Z", kind, ...more });
    const taken = advance({ id: "c", mode: "bot" }, event("taken_over", { agent: "lead" }));
    expect([taken.mode, taken.assignee]).toEqual(["human", "lead"]);
    expect(advance(taken, event("bot_stopped")).stopped).toBe(true);
    expect(advance({ ...taken, stopped: true }, event("bot_resumed")).stopped).toBe(false);
    expect(advance({ ...taken, stopped: true }, event("closed")).stopped).toBe(false);
  });
});
