// @vitest-environment happy-dom
import { render } from "lit";
import { describe, expect, it } from "vitest";
import { reasonsOf, telling } from "../src/desk/reasons";
import { reasons } from "../src/desk/why";
import { words } from "../src/desk/words";
import { fill } from "../src/shared/locale";
import type { Locale, LogEvent } from "../src/shared/protocol";

const at = "2026-01-01T00:00:00Z";
let seq = 0;
const event = (kind: string, more: Partial<LogEvent> = {}): LogEvent => ({ seq: (seq += 1), at, kind, ...more });

const EVENTS: LogEvent[] = [
  event("started", { pack: "pack-one" }),
  event("bot_said", { text: "Good day" }),
  event("customer_said", { text: "my line is dead" }),
  event("understood", {
    message: 3, intent: "report_fault", confidence: 0.91, engine: "native", model: "abcdef0123456789",
    ranking: [{ intent: "report_fault", confidence: 0.91 }, { intent: "complaint", confidence: 0.05 }, { intent: "greet", confidence: 0.02 }, { intent: "bye", confidence: 0.01 }],
    entities: [{ name: "service", text: "line" }],
  }),
  event("flow_started", { flow: "report_fault", pack: "pack-two" }),
  event("slot_filled", { name: "service", value: "broadband", source: 3 }),
  event("flow_moved", { flow: "report_fault", step: "check" }),
  event("action_called", { call: "c1", name: "line_check", level: 5, rules: ["daytime"], in_reply_to: [3] }),
  event("bot_said", { text: "One moment", flow: "report_fault", step: "check", in_reply_to: [3], more: true }),
  event("customer_said", { text: "hurry" }),
  event("action_returned", { call: "c1", name: "line_check", outcome: "failed" }),
  event("bot_said", { text: "The check failed", flow: "report_fault", step: "sorry", response: "utter_sorry", in_reply_to: [3] }),
  event("understood", { message: 10, intent: null, confidence: 0.2, ranking: [], engine: "native", model: "m" }),
  event("knowledge_used", { question: "hurry", passages: [{ document: "times", version: "2", passage: "times#1", score: 7.126 }] }),
  event("bot_said", { text: "Repairs take a day", in_reply_to: [10], citations: [{ document: "times", title: "Repair times", version: "2", quote: "a day" }] }),
  event("start_asked", { flow: "solved", by: "ticket" }),
  event("bot_said", { text: "Is it solved?", flow: "solved", step: "ask" }),
];

describe("the reason behind a turn", () => {
  const found = reasonsOf(EVENTS);

  it("stands under the last words of each turn, once", () => {
    expect([...found.keys()]).toEqual([2, 12, 15, 17]);
    expect(telling(found.get(2)!)).toBe(false);
  });

  it("holds what was understood, filled, done and which pack and model did it", () => {
    const reason = found.get(12)!;
    expect(reason.understood[0]).toMatchObject({ intent: "report_fault", confidence: 0.91, model: "abcdef0123456789" });
    expect(reason.understood[0]!.ranking.map((one) => one.intent)).toEqual(["report_fault", "complaint", "greet"]);
    expect([reason.flow, reason.step, reason.response, reason.pack]).toEqual(["report_fault", "sorry", "utter_sorry", "pack-two"]);
    expect(reason.slots).toEqual([{ name: "service", value: "broadband", cleared: false }]);
    expect(reason.actions).toEqual([{ call: "c1", name: "line_check", level: 5, rules: ["daytime"], rule: "", outcome: "failed", interface: "" }]);
  });

  it("gives each passage its score, and nothing of the turn before", () => {
    expect(found.get(15)).toMatchObject({ passages: [{ title: "Repair times", version: "2", score: 7.126 }], slots: [], actions: [] });
    expect(found.get(17)).toMatchObject({ began: "ticket", flow: "solved", understood: [] });
  });

  it.each(["zh", "en"] as Locale[])("is told in words (%s)", (locale) => {
    const place = document.createElement("div");
    const say = (word: string, values = {}): string => fill((words[locale] as Record<string, string>)[word] ?? "", values);
    const labels = { flows: { report_fault: { zh: "故障报修", en: "Fault report" } }, slots: { service: { zh: "业务", en: "Service" } }, values: { service: { broadband: { zh: "宽带", en: "Broadband" } } } };
    render(reasons(EVENTS, { labels, locale, say, action: (name) => name }).get(12), place);
    const text = place.textContent!.replace(/\s+/g, " ");
    for (const part of locale === "zh" ? ["故障报修 › sorry", "业务: 宽带", "5 级", "检查的规则：daytime"] : ["Fault report › sorry", "Service: Broadband", "level 5", "rules looked at: daytime"])
      expect(text).toContain(part);
    expect(text).toContain("report_fault 91%");
    expect(text).not.toMatch(/why[A-Z]|undefined|\{/);
  });

  it("says of a refused action which rule stopped it", () => {
    const refused = reasonsOf([event("action_refused", { call: "c2", name: "refund", level: 1, rule: "office_hours" }), event("bot_said", { text: "no" })]);
    expect([...refused.values()][0]!.actions[0]).toMatchObject({ outcome: "refused", rule: "office_hours" });
  });
});
