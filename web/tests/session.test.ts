import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatSession } from "../src/widget/session";
import { FakeSocket, MemoryStorage, fakeFetch, settle, type Call } from "./fakes";

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
});
afterEach(() => vi.useRealTimers());

const soon = (): string => new Date(Date.now() + 3_600_000).toISOString();
const event = (seq: number, kind: string, more: object = {}) => ({ type: "event", event: { seq, at: new Date().toISOString(), kind, ...more } });

function session(options: { storage?: MemoryStorage; answer?: (call: Call) => { status?: number; body?: unknown } } = {}) {
  const storage = options.storage ?? new MemoryStorage();
  let made = 0;
  const service = fakeFetch(
    options.answer ??
      ((call) => {
        if (call.path.endsWith("/token")) return { body: { token: "renewed", expires_at: soon() } };
        made += 1;
        return { status: 201, body: { conversation: `c${made}`, token: `t${made}`, expires_at: soon() } };
      }),
  );
  const chat = new ChatSession({ base: "http://service", locale: () => "zh", storage, fetch: service.fetch, makeSocket: FakeSocket.make, random: () => 0 });
  return { chat, storage, calls: service.calls };
}

async function ready(seq = 0, mode = "bot"): Promise<FakeSocket> {
  await settle();
  FakeSocket.last.open();
  FakeSocket.last.frame({ type: "ready", conversation: "c1", seq, mode });
  return FakeSocket.last;
}

describe("the customer's session", () => {
  it("creates a conversation once and resumes it after a reload", async () => {
    const first = session();
    first.chat.start();
    const socket = await ready();
    expect(first.calls.map((call) => [call.path, call.body])).toEqual([["/api/v1/webchat/conversations", { locale: "zh" }]]);
    expect(socket.sent[0]).toEqual({ type: "hello", token: "t1", after: 0, version: 1 });
    first.chat.stop();
    const second = session({ storage: first.storage });
    expect(second.chat.resumable).toBe(true);
    second.chat.start();
    expect((await ready()).sent[0]).toMatchObject({ token: "t1", after: 0 });
    expect(second.calls).toEqual([]);
  });

  it("resumes from the last seq and shows nothing twice", async () => {
    const { chat } = session();
    chat.start();
    const first = await ready();
    first.frame(event(2, "bot_said", { text: "hello" }));
    first.frame(event(5, "bot_said", { text: "again" }));
    first.break();
    await vi.advanceTimersByTimeAsync(600);
    const second = await ready(6);
    expect(second.sent[0]).toMatchObject({ type: "hello", after: 5 });
    second.frame(event(5, "bot_said", { text: "again" }));
    second.frame(event(6, "bot_said", { text: "new" }));
    expect(chat.log.events.map((item) => item.text)).toEqual(["hello", "again", "new"]);
  });

  it("sends what was typed offline in order after ready, each until it is acknowledged", async () => {
    const { chat } = session();
    chat.start();
    (await ready()).break();
    await settle();
    chat.say("one");
    chat.say("two");
    await vi.advanceTimersByTimeAsync(600);
    const socket = await ready();
    expect(socket.of("message").map((frame) => frame["text"])).toEqual(["one"]);
    const id = socket.of("message")[0]!["id"] as string;
    socket.break();
    await vi.advanceTimersByTimeAsync(600);
    const next = await ready();
    expect(next.of("message")[0]!["id"]).toBe(id);
    next.frame(event(3, "customer_said", { id, text: "one" }));
    next.frame({ type: "ack", id, seq: 3 });
    expect(next.of("message").map((frame) => frame["text"])).toEqual(["one", "two"]);
    const second = next.of("message")[1]!["id"] as string;
    next.frame({ type: "ack", id: second, seq: 4 });
    expect(chat.sent.map((item) => item.text)).toEqual(["two"]);
    next.frame(event(4, "customer_said", { id: second, text: "two" }));
    expect(chat.sent).toEqual([]);
    expect(chat.outbox.items).toEqual([]);
    expect(chat.log.events.map((item) => item.text)).toEqual(["one", "two"]);
  });

  it("renews a refused token, and starts anew when that is refused too", async () => {
    const answers: number[] = [200, 401];
    let made = 0;
    const { chat, calls } = session({
      answer: (call) => {
        if (call.path.endsWith("/token")) return { status: answers.shift() ?? 401, body: { token: "renewed", expires_at: soon() } };
        made += 1;
        return { status: 201, body: { conversation: `c${made}`, token: `t${made}`, expires_at: soon() } };
      },
    });
    chat.start();
    (await ready()).break(4401);
    await vi.advanceTimersByTimeAsync(600);
    expect(calls[1]!.headers["authorization"]).toBe("Bearer t1");
    expect((await ready()).sent[0]).toMatchObject({ token: "renewed" });
    chat.say("kept");
    FakeSocket.last.break(4401);
    await vi.advanceTimersByTimeAsync(600);
    const socket = await ready();
    expect(socket.sent[0]).toMatchObject({ token: "t2", after: 0 });
    expect(socket.of("message")[0]).toMatchObject({ text: "kept" });
  });

  it("renews in place when the token is about to expire", async () => {
    const { chat, calls } = session();
    chat.start();
    const socket = await ready();
    socket.frame(event(3, "bot_said", { text: "x" }));
    socket.frame({ type: "expiring", seconds: 60 });
    await settle();
    expect(calls[1]!.path).toBe("/api/v1/webchat/token");
    expect(socket.of("hello")[1]).toEqual({ type: "hello", token: "renewed", after: 3, version: 1 });
    expect(FakeSocket.all.length).toBe(1);
  });

  it("carries a message to a new conversation when the old one is closed for good", async () => {
    const { chat, calls } = session();
    chat.start();
    const socket = await ready(9, "closed");
    chat.say("are you there");
    const id = socket.of("message")[0]!["id"] as string;
    socket.frame({ type: "error", code: "conversation_closed", message: "closed", id });
    const next = await ready();
    expect(calls[1]!.body).toEqual({ locale: "zh", continues: "c1" });
    expect(next.of("message")[0]).toMatchObject({ id, text: "are you there" });
    next.frame({ type: "error", code: "conversation_closed", message: "closed", id });
    expect(chat.outbox.items[0]?.failed).toBe("conversation_closed");
  });

  it("does not send a message that is too large for ever", async () => {
    const { chat } = session();
    chat.start();
    const socket = await ready();
    chat.say("x".repeat(100));
    expect(socket.of("message").length).toBe(1);
    socket.break(1009);
    await vi.advanceTimersByTimeAsync(600);
    expect((await ready()).of("message")).toEqual([]);
    expect(chat.outbox.items[0]?.failed).toBe("too_long");
  });

  it("waits after a rate limit and then goes on", async () => {
    const { chat } = session();
    chat.start();
    const socket = await ready();
    chat.say("quick");
    const id = socket.of("message")[0]!["id"];
    socket.frame({ type: "error", code: "rate_limited", message: "slow down", id });
    expect(chat.notice?.code).toBe("rate_limited");
    await vi.advanceTimersByTimeAsync(5000);
    expect(socket.of("message").map((frame) => frame["id"])).toEqual([id, id]);
  });

  it("follows live mode changes but not replayed ones", async () => {
    const { chat } = session();
    chat.start();
    const socket = await ready(4, "human");
    socket.frame(event(3, "handoff_asked"));
    socket.frame(event(4, "handoff_taken", { agent: { name: "lina", display: "李娜" } }));
    expect([chat.mode, chat.agent]).toEqual(["human", "李娜"]);
    socket.frame(event(5, "closed", { by: "agent" }));
    expect(chat.mode).toBe("closed");
    socket.frame(event(6, "reopened"));
    socket.frame(event(7, "handoff_asked"));
    socket.frame({ type: "queue", position: 2, wait_seconds: 90 });
    expect(chat.queue).toEqual({ position: 2, minutes: 2 });
    socket.frame(event(8, "handoff_cancelled"));
    expect([chat.mode, chat.queue]).toEqual(["bot", null]);
  });

  it("stops at a refused origin and says so", async () => {
    const { chat } = session();
    chat.start();
    (await ready()).break(4403);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(chat.refused).toBe(true);
    expect(FakeSocket.all.length).toBe(1);
  });

  it("reads once and types seldom", async () => {
    const { chat } = session();
    chat.start();
    const socket = await ready(0, "human");
    socket.frame(event(1, "agent_said", { agent: "lina", text: "x" }));
    chat.markRead();
    chat.markRead();
    expect(socket.of("read")).toEqual([{ type: "read", seq: 1 }]);
    chat.wroteSomething();
    chat.wroteSomething();
    expect(socket.of("typing").length).toBe(1);
    await vi.advanceTimersByTimeAsync(3001);
    chat.wroteSomething();
    expect(socket.of("typing").length).toBe(2);
  });

  it("ignores kinds and frames that it does not know", async () => {
    const { chat } = session();
    chat.start();
    const socket = await ready();
    socket.frame({ type: "sparkle" });
    socket.frame(event(1, "hologram"));
    expect(chat.log.last).toBe(1);
  });
});
