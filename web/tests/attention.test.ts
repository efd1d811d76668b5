import { describe, expect, it } from "vitest";
import { ApiError } from "../src/desk/api";
import { Attention, levelOf } from "../src/desk/attention";
import { settle } from "./fakes";

const at = (second: number) => new Date(second * 1000).toISOString();
const event = (kind: string, seq: number, more: object = {}) => ({ kind, seq, at: at(seq), ...more });

function attending(broken = false) {
  const put: [string, unknown][] = [];
  const api = {
    get: async <T>(): Promise<T> => ({ unread: ["c1"], owed: { c1: { kind: "first", since: at(0), due: at(100) } }, limits: { first: 100, next: 40 } }) as T,
    request: async <T>(_method: string, path: string, body?: object): Promise<T> => {
      if (broken) throw new ApiError(0, "unreachable", "no");
      put.push([path, body]);
      return null as T;
    },
  };
  return { attention: new Attention(api, () => undefined), put };
}

describe("what needs an eye", () => {
  it("comes from the service and goes on with each event", async () => {
    const { attention, put } = attending();
    await attention.load();
    expect([[...attention.unread], attention.owed.get("c1")?.kind]).toEqual([["c1"], "first"]);
    attention.heard({ id: "c1", mode: "human" }, event("agent_said", 5), true, true);
    expect(attention.owed.size).toBe(0);
    attention.heard({ id: "c1", mode: "human" }, event("customer_said", 6), true, false);
    attention.heard({ id: "c1", mode: "human" }, event("customer_said", 9), true, false);
    expect(attention.owed.get("c1")).toEqual({ kind: "next", since: at(6), due: at(46) });
    attention.saw("c1", 9);
    attention.saw("c1", 9);
    expect(put).toEqual([["/conversations/c1/read", { seq: 9 }]]);
    expect(attention.unread.size).toBe(0);
  });

  it("counts what an agent does not see, and nothing of other people's", () => {
    const { attention } = attending();
    attention.heard({ id: "c1", mode: "human" }, event("customer_said", 1), true, false);
    attention.heard({ id: "c2", mode: "human" }, event("customer_said", 1), false, false);
    attention.heard({ id: "c3", mode: "human" }, event("customer_said", 1), true, true);
    expect([...attention.unread]).toEqual(["c1"]);
    attention.readElsewhere("c1");
    expect(attention.unread.size).toBe(0);
  });

  it("says it again when the service could not be told", async () => {
    const { attention } = attending(true);
    attention.saw("c1", 4);
    await settle();
    attention.saw("c1", 4);
    await settle();
    expect(attention.unread.size).toBe(0);
  });

  it("turns from muted to warn to bad", () => {
    const owed = { kind: "first" as const, since: at(0), due: at(100) };
    expect([0, 49, 50, 99, 100, 130].map((second) => levelOf(owed, second * 1000).level)).toEqual(["muted", "muted", "warn", "warn", "bad", "bad"]);
    expect(levelOf(owed, 130_000)).toMatchObject({ left: 0, rest: -30_000 });
  });
});
