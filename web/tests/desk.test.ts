import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Api, ApiError } from "../src/desk/api";
import { DeskStore } from "../src/desk/store";
import { advance } from "../src/desk/threads";
import { FakeSocket, MemoryStorage, fakeFetch, settle, type Call } from "./fakes";

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
});
afterEach(() => vi.useRealTimers());

const tokens = (name: string) => ({ access_token: name, refresh_token: `r-${name}`, expires_in: 900, role: "agent" });
const at = "2026-01-01T00:00:00Z";

async function desk(events: Record<string, object[]> = {}, storage = new MemoryStorage()) {
  const service = fakeFetch((call: Call) => {
    const path = call.path.replace("/api/v1", "");
    if (path === "/auth/token") return { body: tokens("a") };
    const match = /^\/conversations\/(\w+)\/events$/.exec(path);
    if (match) return { body: { items: events[match[1]!] ?? [], next: null } };
    if (path.endsWith("/summary")) return { body: { conversation: "c1", text: "story", tickets: [] } };
    return { status: 404, body: { error: { code: "not_found", message: "no" } } };
  });
  const api = new Api("http://service", new MemoryStorage(), () => undefined, service.fetch);
  await api.signIn("lina", "pw");
  const store = new DeskStore({ api, base: "http://service", storage, makeSocket: FakeSocket.make });
  store.start();
  return { store, api, storage, calls: service.calls };
}

async function ready(more: object = {}): Promise<FakeSocket> {
  await settle();
  FakeSocket.last.open();
  FakeSocket.last.frame({ type: "ready", agent: { name: "lina", display: "Li Na" }, mine: [], queue: [], presence: { state: "away" }, ...more });
  await settle();
  return FakeSocket.last;
}

describe("the desk", () => {
  it("takes an offer and shows the whole conversation", async () => {
    const { store } = await desk({ c1: [{ seq: 1, at, kind: "bot_said", text: "hi" }, { seq: 2, at, kind: "handoff_asked", reason: "asked" }] });
    const socket = await ready();
    socket.frame({ type: "offer", conversation: "c1", reason: "asked", summary: "three lines", expires_at: new Date(Date.now() + 30_000).toISOString() });
    expect(store.offers[0]).toMatchObject({ conversation: "c1", total: 30_000 });
    store.accept("c1");
    expect(socket.of("accept")).toEqual([{ type: "accept", conversation: "c1" }]);
    socket.frame({ type: "taken", conversation: "c1", agent: "lina" });
    await settle();
    expect([store.mine, store.selected, store.offers]).toEqual([["c1"], "c1", []]);
    expect(store.thread?.log.events.map((event) => event.seq)).toEqual([1, 2]);
    expect(store.thread?.summary?.text).toBe("story");
  });

  it("drops an offer that ran out or went to somebody else", async () => {
    const { store } = await desk();
    const socket = await ready();
    const offer = (conversation: string) => ({ type: "offer", conversation, expires_at: new Date(Date.now() + 30_000).toISOString() });
    socket.frame(offer("c1"));
    socket.frame(offer("c2"));
    socket.frame({ type: "taken", conversation: "c1", agent: { name: "wang" } });
    expect(store.offers.map((item) => item.conversation)).toEqual(["c2"]);
    expect(store.mine).toEqual([]);
    vi.setSystemTime(Date.now() + 31_000);
    store.expireOffers();
    expect(store.offers).toEqual([]);
  });

  it("keeps replies through a lost connection and asks for what it missed", async () => {
    const { store } = await desk({ c1: [{ seq: 1, at, kind: "customer_said", text: "hi" }] });
    const mine = { mine: [{ id: "c1", mode: "human", assignee: "lina" }] };
    const first = await ready(mine);
    first.break();
    await settle();
    store.say("c1", "hello", false);
    store.say("c1", "secret", true);
    expect(store.outbox.items.length).toBe(2);
    await vi.advanceTimersByTimeAsync(1100);
    const second = await ready(mine);
    expect(second.sent[0]).toMatchObject({ type: "hello", after: { c1: 1 } });
    const sent = second.of("message")[0]!;
    expect(sent).toMatchObject({ conversation: "c1", text: "hello" });
    second.frame({ type: "ack", id: sent["id"], seq: 2 });
    expect(second.of("note")[0]).toMatchObject({ conversation: "c1", text: "secret" });
  });

  it("keeps drafts per conversation", async () => {
    const { store, storage } = await desk();
    store.setDraft("c1", "half a sentence");
    store.setDraft("c2", "another");
    store.setDraft("c2", "");
    const again = await desk({}, storage);
    expect([again.store.draft("c1"), again.store.draft("c2")]).toEqual(["half a sentence", ""]);
  });

  it("moves through the list and stops at its ends", async () => {
    const { store } = await desk();
    await ready({ mine: [{ id: "c1" }, { id: "c2" }] });
    expect(store.selected).toBe("c1");
    store.move(1);
    store.move(1);
    expect(store.selected).toBe("c2");
    store.move(-1);
    store.move(-1);
    expect(store.selected).toBe("c1");
  });

  it("reads the row from the events", () => {
    const row = { id: "c1", mode: "bot" as const };
    const waiting = advance(row, { seq: 1, at, kind: "handoff_asked", reason: "asked" });
    expect(waiting).toMatchObject({ mode: "waiting", waiting_since: at, reason: "asked" });
    const human = advance(waiting, { seq: 2, at, kind: "handoff_taken", agent: "lina" });
    expect(human).toMatchObject({ mode: "human", assignee: "lina", waiting_since: null });
    expect(advance(human, { seq: 3, at, kind: "customer_said", text: "hi" })).toMatchObject({ last_text: "hi", last_by: "customer" });
    expect(advance(human, { seq: 3, at, kind: "flow_moved" })).toEqual(human);
  });
});

describe("what happens after the closing", () => {
  it("is still followed by the one who served, and nothing in between is missed", async () => {
    const events: Record<string, object[]> = { c1: [{ seq: 1, at, kind: "customer_said", text: "hi" }] };
    const { store } = await desk(events);
    const socket = await ready({ mine: [{ id: "c1", mode: "human", assignee: "lina" }] });
    expect(socket.of("watch")).toEqual([]);
    socket.frame({ type: "event", conversation: "c1", event: { seq: 2, at, kind: "closed", by: "agent" } });
    expect([store.mine, socket.of("watch")]).toEqual([[], [{ type: "watch", conversation: "c1" }]]);
    events["c1"] = [{ seq: 3, at, kind: "rated", score: 5 }];
    socket.frame({ type: "watching", conversation: "c1" });
    await settle();
    expect(store.thread?.log.events.map((event) => event.kind)).toEqual(["customer_said", "closed", "rated"]);
  });
});

describe("the desk's requests", () => {
  it("renews a refused token once for many requests", async () => {
    let refreshes = 0;
    const service = fakeFetch((call) => {
      if (call.path.endsWith("/auth/token")) return { body: tokens("old") };
      if (call.path.endsWith("/auth/refresh")) {
        refreshes += 1;
        return { body: tokens("new") };
      }
      return call.headers["authorization"] === "Bearer new" ? { body: { ok: true } } : { status: 401, body: { error: { code: "expired", message: "" } } };
    });
    const api = new Api("http://service", new MemoryStorage(), () => undefined, service.fetch);
    await api.signIn("lina", "pw");
    expect(await Promise.all([api.get("/x"), api.get("/y")])).toEqual([{ ok: true }, { ok: true }]);
    expect(refreshes).toBe(1);
  });

  it("signs out when the refresh is refused, not when the service is away", async () => {
    let status = 503;
    let out = 0;
    const service = fakeFetch((call) => (call.path.endsWith("/auth/token") ? { body: { ...tokens("a"), expires_in: 1 } } : { status, body: {} }));
    const api = new Api("http://service", new MemoryStorage(), () => (out += 1), service.fetch);
    await api.signIn("lina", "pw");
    await expect(api.get("/x")).rejects.toBeInstanceOf(ApiError);
    expect([api.signedIn, out]).toEqual([true, 0]);
    status = 401;
    await expect(api.get("/x")).rejects.toBeInstanceOf(ApiError);
    expect([api.signedIn, out]).toEqual([false, 1]);
  });
});
