import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { actsIn, stateOf, undoable } from "../src/desk/acts";
import { Api, ApiError } from "../src/desk/api";
import { Approvals } from "../src/desk/approvals";
import { FlowStore, dropOffs, share, underWay, type FlowRow, type FlowStep } from "../src/desk/flowstore";
import { LedgerStore, basisOf, conversationOf, factsOf } from "../src/desk/ledgerstore";
import { PAGES, pageOf, pagesOf, reaches } from "../src/desk/pages";
import { Pager } from "../src/desk/pager";
import { bounds } from "../src/desk/period";
import { Router, hashOf, placeOf } from "../src/desk/router";
import { DeskStore } from "../src/desk/store";
import { words } from "../src/desk/words";
import type { LogEvent, Proposal } from "../src/shared/protocol";
import { FakeSocket, MemoryStorage, fakeFetch, settle, type Call } from "./fakes";

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
});
afterEach(() => vi.useRealTimers());

const at = "2026-09-01T02:00:00.000Z";
const CALL = "conversation:c1:9:upgrade";
const proposal = (call = CALL, conversation = "c1"): Proposal => ({
  call, conversation, name: "upgrade", interface: "http:office/upgrade", effect: "money", level: 2, rules: ["locked"], arguments: { line: "L1", sum: 300 }, proposed_at: at,
});

async function signedIn(answer: (call: Call & { query: URLSearchParams }) => { status?: number; body?: unknown } | Promise<never>): Promise<Api> {
  let query = new URLSearchParams();
  const service = fakeFetch((call) =>
    call.path.endsWith("/auth/token") ? { body: { access_token: "a", refresh_token: "r", expires_in: 900, role: "admin" } } : answer({ ...call, query }));
  const spied = (input: string, init: RequestInit): Promise<Response> => {
    query = new URL(input).searchParams;
    return service.fetch(input, init);
  };
  const api = new Api("http://service", new MemoryStorage(), () => undefined, spied);
  await api.signIn("root", "pw");
  return api;
}

describe("what waits for a click", () => {
  async function desk(): Promise<{ store: DeskStore; socket: FakeSocket }> {
    const api = await signedIn(() => ({ status: 404, body: {} }));
    const store = new DeskStore({ api, base: "http://service", storage: new MemoryStorage(), makeSocket: FakeSocket.make });
    store.start();
    await settle();
    FakeSocket.last.open();
    FakeSocket.last.frame({
      type: "ready", agent: { name: "anna", display: "Anna", role: "supervisor" }, mine: [], queue: [], presence: { state: "away" }, approvals: [proposal()],
      actions: [{ name: "upgrade", title: { zh: "升级", en: "Upgrade" }, effect: "money", amount: "sum", reversible: true, labels: { sum: { zh: "金额", en: "Amount" } }, values: { line: { L1: { zh: "一号线", en: "Line one" } } } }],
      people: { ben: "Ben Zhou" },
    });
    return { store, socket: FakeSocket.last };
  }

  it("is sent once, and goes when it was taken", async () => {
    const { store, socket } = await desk();
    store.click("approve", CALL, "seen");
    store.click("approve", CALL, "seen");
    expect(socket.of("approve")).toEqual([{ type: "approve", call: CALL, note: "seen" }]);
    socket.frame({ type: "approval", conversation: "c1", call: CALL, kind: "action_decided", approved: true, agent: "anna" });
    socket.frame({ type: "decided", call: CALL });
    expect([store.approvals.waiting, store.approvals.sent.size]).toEqual([[], 0]);
    expect(store.approvals.settled[0]).toMatchObject({ approved: true, agent: "anna" });
  });

  it("comes live, once, and not again after it was decided", async () => {
    const { store, socket } = await desk();
    const other = proposal("conversation:c2:4:upgrade", "c2");
    const proposed = { type: "approval", conversation: "c2", call: other.call, kind: "action_proposed", proposal: other };
    socket.frame(proposed);
    socket.frame(proposed);
    expect(store.approvals.waiting.map((one) => one.conversation)).toEqual(["c1", "c2"]);
    socket.frame({ type: "approval", conversation: "c2", call: other.call, kind: "action_decided", approved: false, agent: "ben" });
    socket.frame(proposed);
    socket.frame({ type: "approval", conversation: "c9", call: "unknown", kind: "action_decided", approved: true, agent: "dora", name: "Dora" });
    expect(store.called("dora")).toBe("Dora");
    expect(store.approvals.waiting.map((one) => one.conversation)).toEqual(["c1"]);
    expect(store.approvals.settled.map((one) => [one.agent, one.approved])).toEqual([["ben", false]]);
    expect([store.called("ben"), store.called("anna"), store.called("carl")]).toEqual(["Ben Zhou", "Anna", "carl"]);
  });

  it("says why a click was not taken, and lets another one try", async () => {
    const { store, socket } = await desk();
    store.click("approve", CALL, "");
    socket.frame({ type: "error", code: "rate_limited", message: "", call: CALL });
    expect([store.approvals.refused.get(CALL), store.approvals.of("c1").length, store.notice]).toEqual(["rate_limited", 1, ""]);
    store.click("reject", CALL, "");
    expect(store.approvals.refused.size).toBe(0);
    socket.frame({ type: "error", code: "decided", message: "", call: CALL });
    expect([store.approvals.refused.get(CALL), store.approvals.waiting]).toEqual(["decided", []]);
  });

  it("is not sent without a connection, and a new connection tells the truth", async () => {
    const { store, socket } = await desk();
    store.click("approve", CALL, "");
    socket.break();
    await settle();
    expect(store.approvals.click("reject", CALL, "")).toBe(false);
    await vi.advanceTimersByTimeAsync(1100);
    FakeSocket.last.open();
    FakeSocket.last.frame({ type: "ready", agent: { name: "anna" }, mine: [], queue: [], approvals: [proposal()] });
    expect([store.approvals.waiting.length, store.approvals.sent.size, store.role]).toEqual([1, 0, "agent"]);
  });

  it("has words where the pack has them", async () => {
    const { store } = await desk();
    const { approvals } = store;
    expect([approvals.title("upgrade", "zh"), approvals.title("other", "zh")]).toEqual(["升级", "other"]);
    expect([approvals.label("upgrade", "sum", "en"), approvals.label("upgrade", "line", "en")]).toEqual(["Amount", "line"]);
    expect([approvals.value("upgrade", "line", "L1", "en"), approvals.value("upgrade", "sum", 300, "en"), approvals.value("upgrade", "x", true, "zh"), approvals.value("upgrade", "x", null, "zh")])
      .toEqual(["Line one", "300", "是", "—"]);
    expect(store.role).toBe("supervisor");
  });
});

describe("an action in a conversation", () => {
  const event = (seq: number, kind: string, more: object = {}): LogEvent => ({ seq, at, kind: `action_${kind}`, call: CALL, name: "upgrade", ...more });
  const proposed = event(1, "proposed", { level: 2, rules: ["locked"], arguments: { sum: 300 }, undo: "back", interface: "http:x/y" });
  const decided = event(2, "decided", { approved: true, agent: "anna", note: "seen" });
  const called = event(3, "called", { confirmer: "anna" });
  const ok = event(4, "returned", { outcome: "ok", result: { receipt: "R-1" } });
  const back = (seq: number, kind: string, more: object = {}): LogEvent => ({ ...event(seq, kind, more), call: `${CALL}:undo`, name: "back" });
  const undo = [back(5, "proposed", { undoes: CALL }), back(6, "decided", { approved: true, agent: "ben" }), back(7, "called", { undoes: CALL })];

  it("goes from waiting to done", () => {
    const states = [[proposed], [proposed, decided], [proposed, decided, called], [proposed, decided, called, ok]].map((events) => stateOf(actsIn(events)[0]!));
    expect(states).toEqual(["waiting", "running", "running", "ok"]);
    const [act] = actsIn([proposed, decided, called, ok]);
    expect(act).toMatchObject({ seq: 1, level: 2, rules: ["locked"], arguments: { sum: 300 }, decided: { by: "anna", note: "seen" }, result: { receipt: "R-1" } });
    expect(undoable(act!)).toBe(true);
  });

  it("ends in other ways", () => {
    expect(stateOf(actsIn([proposed, { ...decided, approved: false }])[0]!)).toBe("rejected");
    expect(stateOf(actsIn([proposed, decided, called, { ...ok, outcome: "failed" }])[0]!)).toBe("failed");
    expect(stateOf(actsIn([called, { ...ok, outcome: "unknown" }])[0]!)).toBe("unknown");
    expect(stateOf(actsIn([event(1, "refused", { rule: "locked" })])[0]!)).toBe("refused");
    expect(stateOf(actsIn([proposed, { seq: 9, at, kind: "erased" }])[0]!)).toBe("erased");
  });

  it("can be taken back once, which is part of it", () => {
    const before = [proposed, decided, called, ok];
    const running = actsIn([...before, ...undo]);
    expect([running.length, stateOf(running[0]!), undoable(running[0]!)]).toEqual([1, "undoing", false]);
    const [done] = actsIn([...before, ...undo, back(8, "returned", { outcome: "ok" })]);
    expect([stateOf(done!), done!.undone?.decided?.by]).toEqual(["undone", "ben"]);
    const [not] = actsIn([...before, ...undo, back(8, "returned", { outcome: "failed", error: "no" })]);
    expect([stateOf(not!), not!.undone?.error]).toEqual(["ok", "no"]);
  });
});

describe("places", () => {
  it("are read from the address and written to it", () => {
    expect(placeOf("")).toEqual({ page: "", rest: [] });
    expect(placeOf(hashOf("ledger", "a/b c"))).toEqual({ page: "ledger", rest: ["a/b c"] });
    expect(placeOf("#/x/%E0%A4%A")).toEqual({ page: "x", rest: ["%E0%A4%A"] });
  });

  it("change with the address", () => {
    const view = Object.assign(new EventTarget(), { location: { hash: "#/flows" } });
    const heard: string[] = [];
    const router = new Router(view as never, (place) => heard.push(place.page));
    router.start();
    router.go("ledger", "c1");
    view.dispatchEvent(new Event("hashchange"));
    router.stop();
    view.dispatchEvent(new Event("hashchange"));
    expect([router.place, heard]).toEqual([{ page: "ledger", rest: ["c1"] }, ["ledger"]]);
  });

  it("are open to roles that reach", () => {
    expect(pagesOf("agent").map((page) => page.id)).toEqual(["conversations", "approvals", "tickets", "mentions"]);
    expect(pagesOf("supervisor").map((page) => page.id)).toEqual(["conversations", "approvals", "tickets", "mentions", "insights", "canned", "flows", "scores"]);
    expect(pagesOf("admin")).toEqual(PAGES);
    expect([reaches("agent", "admin"), reaches("admin", "agent"), pageOf("nowhere").id]).toEqual([false, true, "conversations"]);
    for (const { word } of PAGES) expect(word in words.zh && word in words.en).toBe(true);
  });
});

describe("a period", () => {
  const now = new Date(2026, 8, 15, 13, 30);
  const midnight = (day: number, month = 8): string => new Date(2026, month, day).toISOString();

  it("begins at local midnight", () => {
    const since = (["today", "week", "month"] as const).map((span) => bounds({ span, from: "", to: "" }, now));
    expect(since).toEqual([{ since: midnight(15), until: null }, { since: midnight(9), until: null }, { since: midnight(17, 7), until: null }]);
  });

  it("of one's own has both of its days", () => {
    expect(bounds({ span: "custom", from: "2026-09-01", to: "2026-09-01" }, now)).toEqual({ since: midnight(1), until: midnight(2) });
    expect(bounds({ span: "custom", from: "2026-09-02", to: "2026-09-01" }, now)).toBeNull();
    expect(bounds({ span: "custom", from: "", to: "2026-09-01" }, now)).toBeNull();
  });
});

describe("pages of a list", () => {
  it("are put behind each other", async () => {
    const pager = new Pager<number>((next) => Promise.resolve(next ? { items: [3], next: null } : { items: [1, 2], next: "n" }), () => undefined);
    await pager.load();
    await pager.load(true);
    await pager.load(true);
    expect([pager.items, pager.state]).toEqual([[1, 2, 3], "ready"]);
  });

  it("of an older question come to nothing", async () => {
    const answers: ((page: { items: string[]; next: null }) => void)[] = [];
    const pager = new Pager<string>(() => new Promise((resolve) => answers.push(resolve)), () => undefined);
    const first = pager.load();
    const second = pager.load();
    answers[1]!({ items: ["new"], next: null });
    answers[0]!({ items: ["old"], next: null });
    await Promise.all([first, second]);
    expect(pager.items).toEqual(["new"]);
  });

  it("keep what is there when one fails", async () => {
    let fail = false;
    const pager = new Pager<number>(() => (fail ? Promise.reject(new ApiError(403, "forbidden", "no")) : Promise.resolve({ items: [1], next: "n" })), () => undefined);
    await pager.load();
    fail = true;
    await pager.load(true);
    expect([pager.items, pager.state, pager.error?.status]).toEqual([[1], "error", 403]);
  });
});

describe("flows in numbers", () => {
  const step = (id: string, left: number): FlowStep => ({ id, kind: "collect", about: id, reached: 5, left, by_machine: 0, by_people: 0, machine_share: null });
  const flow = (id: string, entered: number, left = 0): FlowRow => ({ id, name: id, entered, finished: 2, left, outcomes: {}, steps: [step("a", 1), step("b", 0), step("c", 3)], svg: "" });

  it("are asked for a period in a language", async () => {
    const asked: URLSearchParams[] = [];
    const api = await signedIn(({ query }) => {
      asked.push(query);
      return { body: { items: [flow("quiet", 0), flow("busy", 9), flow("other", 4)] } };
    });
    const store = new FlowStore(api, () => undefined, () => new Date(2026, 8, 15, 9));
    await store.load("en");
    expect([store.chosen("other")?.id, store.chosen("")?.id, store.chosen("gone")?.id]).toEqual(["other", "busy", "busy"]);
    store.choose({ span: "custom", from: "2026-09-02", to: "2026-09-01" }, "zh");
    expect([store.whole, asked.length]).toEqual([false, 1]);
    store.choose({ span: "custom", from: "2026-09-01", to: "2026-09-02" }, "zh");
    await settle();
    expect(asked.map((query) => [query.get("language"), query.get("since"), query.get("until")])).toEqual([
      ["en", new Date(2026, 8, 9).toISOString(), null], ["zh", new Date(2026, 8, 1).toISOString(), new Date(2026, 8, 3).toISOString()],
    ]);
  });

  it("keep the last numbers when the service is away", async () => {
    let away = false;
    const api = await signedIn(() => (away ? Promise.reject(new TypeError("down")) : { body: { items: [flow("f", 3)] } }));
    const store = new FlowStore(api, () => undefined);
    await store.load("zh");
    away = true;
    await store.load("zh");
    expect([store.state, store.error?.status, store.flows.length]).toEqual(["error", 0, 1]);
  });

  it("tell where people leave, and who does the work", () => {
    expect(dropOffs(flow("f", 9)).map((one) => one.id)).toEqual(["c", "a"]);
    expect([underWay(flow("f", 9, 4)), underWay(flow("f", 1, 4))]).toEqual([3, 0]);
    expect([share(null), share(0), share(2 / 3)]).toEqual(["—", "0%", "67%"]);
  });
});

describe("the ledger", () => {
  it("is asked with its filters, page by page", async () => {
    const asked: Record<string, string>[] = [];
    const api = await signedIn(({ query }) => {
      asked.push(Object.fromEntries(query));
      return { body: { items: [{ position: asked.length }], next: asked.length === 1 ? "n1" : null } };
    });
    const store = new LedgerStore(api, () => undefined, () => new Date(2026, 8, 15, 9));
    const since = new Date(2026, 8, 9).toISOString();
    await store.rows.load();
    await store.rows.load(true);
    expect(asked).toEqual([{ order: "newest", limit: "50", since }, { order: "newest", limit: "50", since, next: "n1" }]);
    store.choose({ conversation: " c1 ", action: "upgrade" });
    await settle();
    expect(asked[2]).toEqual({ order: "newest", limit: "50", since, conversation: "c1", action: "upgrade" });
    expect([store.narrowed, store.rows.items.length]).toEqual([true, 1]);
  });

  it("says what a row holds", () => {
    const event = (kind: string, more: object): LogEvent => ({ seq: 1, at, kind, ...more });
    expect(factsOf(event("action_called", { name: "upgrade", interface: "http:x/y", level: 2, confirmer: "anna", rules: ["a", "b"] })))
      .toEqual({ action: "upgrade", interface: "http:x/y", level: "2", confirmer: "anna", outcome: "", rule: "a, b" });
    expect(factsOf(event("action_decided", { name: "upgrade", approved: false, agent: "ben" }))).toMatchObject({ confirmer: "ben", outcome: "rejected" });
    expect(factsOf(event("agent_said", { name: "Anna", agent: "anna" }))).toEqual({ action: "", interface: "", level: "", confirmer: "", outcome: "", rule: "" });
    expect(basisOf(event("understood", { intent: null, confidence: 0, entities: [], ranking: [{ intent: "x" }], language: "zh", arguments: {} })))
      .toEqual([["confidence", 0], ["ranking", [{ intent: "x" }]], ["language", "zh"]]);
    expect([conversationOf("conversation:c1"), conversationOf("ticket:F-1")]).toEqual(["c1", ""]);
  });
});

it("every word of the desk is there in both languages", () => {
  const keys = (locale: "zh" | "en"): string[] => Object.keys(words[locale]).sort();
  expect(keys("zh")).toEqual(keys("en"));
  for (const locale of ["zh", "en"] as const) expect(Object.entries(words[locale]).filter(([, text]) => !text || /[!！]/.test(text))).toEqual([]);
});

it("a click goes out as one frame with its reason", () => {
  const sent: object[] = [];
  const approvals = new Approvals((frame) => sent.push(frame) > 0);
  approvals.ready([proposal()], []);
  expect([approvals.click("undo", CALL, "why"), sent]).toEqual([true, [{ type: "undo", call: CALL, note: "why" }]]);
});
