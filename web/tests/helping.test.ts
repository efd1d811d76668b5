import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Help, sendable, suggestionsIn, type Suggestion } from "../src/desk/helping";
import { helpWords } from "../src/desk/helpwords";
import type { LogEvent } from "../src/shared/protocol";

const event = (seq: number, kind: string, more: Record<string, unknown> = {}): LogEvent =>
  ({ seq, at: "2026-09-01T02:00:00.000Z", kind, ...more }) as LogEvent;
const page = { kind: "knowledge", text: "Read this.", language: "en", citations: [] };
const reply = { kind: "reply", text: "Say this.", language: "en" };
const click = { kind: "action", text: "Do this.", language: "en", action: "do" };
const told = [event(1, "customer_said"), event(2, "suggested", { after: 1, suggestions: [reply, page, click] })];
const ids = (list: Suggestion[]): string[] => list.map((one) => one.id);

test("the newest suggestions are shown with ids that the service knows", () => {
  expect(ids(suggestionsIn("c", told))).toEqual(["c:2:1", "c:2:2", "c:2:3"]);
  expect(suggestionsIn("c", told)[0]!.citations).toEqual([]);
  const newer = [...told, event(3, "customer_said"), event(4, "suggested", { after: 3, suggestions: [page] })];
  expect(ids(suggestionsIn("c", newer))).toEqual(["c:4:1"]);
});

test.each([
  ["the customer went on", [event(3, "customer_said")], []],
  ["the agent answered", [event(3, "agent_said")], ["c:2:3"]],
  ["one was used, one put aside", [event(3, "suggestion_used", { suggestion: "c:2:1" }), event(4, "suggestion_dismissed", { suggestion: "c:2:3" })], ["c:2:2"]],
  ["it is over", [event(3, "closed")], []],
  ["it was erased", [event(3, "erased")], []],
  ["nothing came yet", [event(3, "agent_noted")], ["c:2:1", "c:2:2", "c:2:3"]],
])("what is left when %s", (_name, more, left) => {
  expect(ids(suggestionsIn("c", [...told, ...more]))).toEqual(left);
});

test("nothing is suggested where nothing was, or where its words are gone", () => {
  expect(suggestionsIn("c", [])).toEqual([]);
  expect(suggestionsIn("c", [event(2, "suggested", { after: 1, kinds: ["reply"] })])).toEqual([]);
});

test("what a message that came in between asks for is not answered by what came before it", () => {
  const late = [event(1, "customer_said"), event(2, "customer_said"), event(3, "suggested", { after: 2, suggestions: [reply] })];
  expect(ids(suggestionsIn("c", late))).toEqual(["c:3:1"]);
});

test("papers for agents and clicks do not go into an answer", () => {
  expect(sendable({ id: "1", ...reply, citations: [] } as Suggestion)).toBe(true);
  expect(sendable({ id: "1", ...page, internal: true } as Suggestion)).toBe(false);
  expect(sendable({ id: "1", ...click, citations: [] } as Suggestion)).toBe(false);
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const wired = (open = true): { help: Help; sent: Record<string, unknown>[] } => {
  const sent: Record<string, unknown>[] = [];
  return { sent, help: new Help((frame) => open && sent.push(frame) > 0) };
};

test("a click waits for its answer, and a refusal is told beside it", () => {
  const { help, sent } = wired();
  help.use("c:2:1", "Say that.");
  help.use("c:2:3");
  help.dismiss("c:2:2", "wrong");
  expect(sent).toEqual([
    { type: "use", suggestion: "c:2:1", edited: "Say that." }, { type: "use", suggestion: "c:2:3" },
    { type: "dismiss", suggestion: "c:2:2", reason: "wrong" },
  ]);
  expect([...help.busy]).toEqual(["c:2:1", "c:2:3", "c:2:2"]);
  expect(help.heard({ type: "settled", suggestion: "c:2:1" })).toBe(true);
  expect(help.heard({ type: "error", suggestion: "c:2:3", message: "Not now." })).toBe(true);
  expect([...help.busy]).toEqual(["c:2:2"]);
  expect(help.refused.get("c:2:3")).toBe("Not now.");
  help.use("c:2:3");
  expect(help.refused.size).toBe(0);
  expect(help.heard({ type: "error", message: "Something else." })).toBe(false);
});

test("a draft is answered once, by its own answer", async () => {
  const { help, sent } = wired();
  const asked = help.check("c", "We will call you.");
  const other = help.check("c", "Hello.");
  const warning = { code: "promise_without_ticket", text: "A promise.", quote: "We will call you." };
  help.heard({ type: "draft_checked", id: String(sent[0]!["id"]), warnings: [warning] });
  help.heard({ type: "error", id: String(sent[1]!["id"]) });
  expect(await asked).toEqual([warning]);
  expect(await other).toEqual([]);
});

test("nobody waits long for an answer, nor at all without a connection", async () => {
  const slow = wired().help.check("c", "Hello.");
  vi.advanceTimersByTime(500);
  expect(await slow).toEqual([]);
  expect(await wired(false).help.check("c", "Hello.")).toEqual([]);
});

test("every word is there in both languages", () => {
  expect(Object.keys(helpWords.en).sort()).toEqual(Object.keys(helpWords.zh).sort());
  for (const words of Object.values(helpWords)) for (const text of Object.values(words)) expect(text).not.toMatch(/[!！]/);
});
