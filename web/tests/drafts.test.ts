import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Drafts, type DraftFrame } from "../src/desk/drafts";
import { MemoryStorage } from "./fakes";

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

function browser(storage = new MemoryStorage()) {
  const sent: { conversation: string; kind: string; text: string }[] = [];
  const changed: string[] = [];
  const line = { up: true };
  const drafts = new Drafts({
    storage, now: () => Date.now(), changed: (key) => changed.push(key),
    send: ({ conversation, kind, text }) => {
      if (line.up) sent.push({ conversation, kind, text });
      return line.up;
    },
  });
  return { drafts, sent, changed, line, storage };
}
const kept = (text: string, version: number, conversation = "c1", kind: "reply" | "note" = "reply"): DraftFrame => ({ conversation, kind, text, version });
const now = (): number => Date.now() * 1000;

describe("a draft", () => {
  it("goes to the service when the typing rests, and at once when it was sent", () => {
    const { drafts, sent } = browser();
    for (const text of ["h", "he", "hel"]) drafts.set("c1", text);
    drafts.set("c1#note", "inside");
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(600);
    expect(sent).toEqual([{ conversation: "c1", kind: "reply", text: "hel" }, { conversation: "c1", kind: "note", text: "inside" }]);
    drafts.set("c1", "hello");
    drafts.set("c1", "");
    expect(sent.slice(2)).toEqual([{ conversation: "c1", kind: "reply", text: "" }]);
    vi.advanceTimersByTime(600);
    expect(sent.length).toBe(3);
  });

  it("typed without a network is there after a reload, and wins over what is older", () => {
    const first = browser();
    first.line.up = false;
    first.drafts.set("c1", "half a sentence");
    vi.advanceTimersByTime(600);
    const again = browser(first.storage);
    expect(again.drafts.get("c1")).toBe("half a sentence");
    again.drafts.ready([kept("older", now() - 5_000_000)]);
    expect(again.sent).toEqual([{ conversation: "c1", kind: "reply", text: "half a sentence" }]);
    again.drafts.heard(kept("half a sentence", now()));
    again.drafts.ready([kept("half a sentence", now())]);
    expect(again.sent.length).toBe(1);
  });

  it("written later in another browser is taken, and one that was sent there goes", () => {
    const { drafts, changed, sent } = browser();
    drafts.ready([kept("from the other", now(), "c1"), kept("a note", now(), "c2", "note")]);
    expect([drafts.get("c1"), drafts.get("c2#note"), changed]).toEqual(["from the other", "a note", ["c1", "c2#note"]]);
    drafts.heard(kept("from the other, longer", now() + 1));
    expect(drafts.get("c1")).toBe("from the other, longer");
    drafts.heard(kept("late and old", now() - 1));
    expect(drafts.get("c1")).toBe("from the other, longer");
    drafts.ready([]);
    expect([drafts.get("c1"), drafts.get("c2#note"), sent]).toEqual(["", "", []]);
  });

  it("is not taken away under the hands of the one who types", () => {
    const { drafts, changed } = browser();
    drafts.set("c1", "mine");
    drafts.heard(kept("theirs", now() + 1));
    expect([drafts.get("c1"), changed]).toEqual(["mine", []]);
  });

  it("that is older than what another browser wrote gives way", () => {
    const first = browser();
    first.line.up = false;
    first.drafts.set("c1", "yesterday's");
    vi.advanceTimersByTime(60_000);
    first.drafts.ready([kept("today's", now())]);
    expect([first.drafts.get("c1"), first.changed, first.sent]).toEqual(["today's", ["c1"], []]);
  });
});
