import { describe, expect, it } from "vitest";
import type { Say } from "../src/desk/words";
import { transcript } from "../src/desk/transcript";
import { WrapUps, leftOf } from "../src/desk/wrapping";

const BEGAN = Date.parse("2026-01-01T00:00:00Z");
const wrap = { conversation: "c1", closed: 7, began_at: new Date(BEGAN).toISOString(), until: new Date(BEGAN + 90_000).toISOString(), over: false };
const choices = { dispositions: [{ id: "resolved", name: { zh: "已解决", en: "Resolved" } }], wrap_up_seconds: 90 };

describe("what comes after a conversation", () => {
  it("is there again after a reload, and counts down to nothing", () => {
    const wraps = new WrapUps();
    wraps.ready({ ...choices, wrapping: [wrap] });
    expect(wraps.conversations).toEqual(["c1"]);
    expect([0, 60_000, 95_000].map((later) => leftOf(wrap, BEGAN + later))).toEqual([90_000, 30_000, 0]);
    expect([wraps.named("resolved", "zh"), wraps.named("gone", "en")]).toEqual(["已解决", "gone"]);
    wraps.ready({});
    expect([wraps.conversations, wraps.seconds, wraps.choices]).toEqual([[], 0, []]);
  });

  it("begins, outlives its time, and ends when it was said how it ended", () => {
    const wraps = new WrapUps();
    wraps.ready(choices);
    expect(wraps.heard({ type: "wrapping", ...wrap })).toBe(true);
    expect(wraps.begun).toBe("c1");
    wraps.heard({ type: "wrapped", conversation: "c1", closed: 3, disposition: "" });
    expect(wraps.of("c1")?.over).toBe(false);
    wraps.heard({ type: "wrapped", conversation: "c1", closed: 7, disposition: "" });
    expect([wraps.of("c1")?.over, leftOf(wraps.of("c1")!, BEGAN)]).toEqual([true, 0]);
    wraps.heard({ type: "wrapped", conversation: "c1", closed: 7, disposition: "resolved" });
    expect(wraps.conversations).toEqual([]);
    expect(wraps.heard({ type: "pong" })).toBe(false);
  });

  it("stands in the transcript in the pack's words", () => {
    const say: Say = (word, values) => `${word}(${String(values?.["x"] ?? "")})`;
    const told = { locale: "en" as const, say, called: String, status: () => "", inside: false, ended: (id: string) => `<${id}>`, ready: true, link: async () => "", parcels: [], post: { retry: () => undefined, drop: () => undefined }, retry: () => undefined, drop: () => undefined };
    const shown = transcript([{ seq: 8, at: wrap.until, kind: "wrapped_up", disposition: "resolved" }], [], told);
    expect(JSON.stringify(shown)).toContain("ev_wrapped_up(<resolved>)");
  });
});
