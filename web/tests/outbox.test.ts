import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EventLog } from "../src/shared/eventlog";
import { Outbox, safeStorage, type OutMessage } from "../src/shared/outbox";
import { MemoryStorage } from "./fakes";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const message = (id: string): OutMessage => ({ id, text: id, at: "2026-01-01T00:00:00Z" });

function box(storage = new MemoryStorage()) {
  const state = { online: true, sent: [] as string[], stalls: 0 };
  const outbox = new Outbox({
    storage,
    key: "k",
    send: (item) => {
      if (state.online) state.sent.push(item.id);
      return state.online;
    },
    onStall: () => (state.stalls += 1),
    onChange: () => undefined,
  });
  return { outbox, state, storage };
}

describe("the outbox", () => {
  it("sends in order, the next only after the acknowledgement", () => {
    const { outbox, state } = box();
    for (const id of ["a", "b", "c"]) outbox.add(message(id));
    expect(state.sent).toEqual(["a"]);
    outbox.settle("a");
    outbox.settle("b");
    expect(state.sent).toEqual(["a", "b", "c"]);
    outbox.settle("c");
    expect(outbox.items).toEqual([]);
  });

  it("keeps what was typed offline through a reload and sends it once connected", () => {
    const first = box();
    first.state.online = false;
    first.outbox.add(message("a"));
    first.outbox.add(message("b"));
    const second = box(first.storage);
    expect(second.state.sent).toEqual([]);
    second.outbox.pump();
    second.outbox.settle("a");
    expect(second.state.sent).toEqual(["a", "b"]);
  });

  it("sends the same id again after a break", () => {
    const { outbox, state } = box();
    outbox.add(message("a"));
    outbox.pause();
    outbox.pump();
    expect(state.sent).toEqual(["a", "a"]);
    outbox.settle("a");
    outbox.settle("a");
    expect(outbox.items).toEqual([]);
  });

  it("takes a missing acknowledgement for a dead connection", () => {
    const { outbox, state } = box();
    outbox.add(message("a"));
    vi.advanceTimersByTime(15_000);
    expect(state.stalls).toBe(1);
    expect(outbox.inFlight).toBeNull();
  });

  it("does not let a refused message hold up the rest", () => {
    const { outbox, state } = box();
    outbox.add(message("a"));
    outbox.add(message("b"));
    outbox.fail("a", "too_long");
    expect(state.sent).toEqual(["a", "b"]);
    outbox.settle("b");
    outbox.retry("a");
    expect(state.sent).toEqual(["a", "b", "a"]);
    expect(outbox.items[0]?.failed).toBeUndefined();
  });

  it("does not overwrite what another tab wrote, nor bring back what arrived", () => {
    const first = box();
    const second = box(first.storage);
    first.state.online = second.state.online = false;
    first.outbox.add(message("a"));
    second.outbox.add(message("b"));
    expect(JSON.parse(first.storage.getItem("k")!).map((item: OutMessage) => item.id).sort()).toEqual(["a", "b"]);
    first.outbox.settle("a");
    expect(JSON.parse(first.storage.getItem("k")!).map((item: OutMessage) => item.id)).toEqual(["b"]);
    second.outbox.add(message("c"));
    first.outbox.add(message("d"));
    expect(first.outbox.items.map((item) => item.id)).not.toContain("a");
  });

  it("reads broken storage as empty", () => {
    const storage = new MemoryStorage();
    storage.setItem("k", "{not json");
    expect(box(storage).outbox.items).toEqual([]);
    storage.setItem("k", '{"a": 1}');
    expect(box(storage).outbox.items).toEqual([]);
  });
});

describe("safeStorage", () => {
  it("falls back to memory where storage is forbidden", () => {
    const storage = safeStorage(() => {
      throw new Error("SecurityError");
    });
    storage.setItem("a", "1");
    expect(storage.getItem("a")).toBe("1");
    storage.removeItem("a");
    expect(storage.getItem("a")).toBeNull();
  });
});

describe("the event log", () => {
  it("holds each seq once and in order, whatever comes twice or late", () => {
    const log = new EventLog();
    const event = (seq: number) => ({ seq, at: "2026-01-01T00:00:00Z", kind: "bot_said" });
    expect([1, 4, 2, 4, 1, 3].map((seq) => log.add(event(seq)))).toEqual([true, true, true, false, false, true]);
    expect(log.events.map((item) => item.seq)).toEqual([1, 2, 3, 4]);
    expect(log.last).toBe(4);
    expect(log.add({ ...event(5), seq: Number.NaN })).toBe(false);
  });
});
