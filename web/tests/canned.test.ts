import { describe, expect, it } from "vitest";
import { Api } from "../src/desk/api";
import { CannedReplies, filled, fitting, openVariable, slashAt, type CannedReply } from "../src/desk/canned";
import { MemoryStorage, fakeFetch } from "./fakes";

const reply = (shortcut: string, title: string, text: string, language: "zh" | "en" = "en"): CannedReply => ({ id: shortcut, language, shortcut, title, text, source: "people" });

describe("variables", () => {
  it("are filled where something is known, and stay in sight where not", () => {
    expect(filled("{customer}，工单 {ticket}，{agent}", { customer: "王芳", agent: "李娜" })).toBe("王芳，工单 {ticket}，李娜");
    expect(filled("{other} {customer}", { customer: "{ticket}", ticket: "F-1" })).toBe("{other} {ticket}");
    expect(openVariable("工单 {ticket} {agent}")).toEqual({ start: 3, end: 11, name: "ticket" });
    expect(openVariable("{name} {}")).toBeNull();
  });
});

describe("a slash", () => {
  it.each([
    ["/", 1, { start: 0, query: "" }],
    ["/he", 3, { start: 0, query: "he" }],
    ["您好 /问候", 6, { start: 3, query: "问候" }],
    ["line\n/he", 8, { start: 5, query: "he" }],
    ["/hello there", 3, { start: 0, query: "he" }],
    ["https://x", 9, null],
    ["1/2", 3, null],
    ["/he llo", 7, null],
    ["", 0, null],
  ])("in %j at %i", (text, caret, found) => expect(slashAt(text, caret)).toEqual(found));
});

describe("the replies", () => {
  const items = [reply("thanks", "Closing", "hello again"), reply("hello", "Greeting", "Hi"), reply("hold", "Say hello", "wait"), reply("hello", "问候", "您好", "zh")];

  it("are found by shortcut, title and words, in this order and in one language", () => {
    expect(fitting(items, "hello", "en").map((one) => one.shortcut)).toEqual(["hello", "hold", "thanks"]);
    expect(fitting(items, "H", "en").map((one) => one.shortcut)).toEqual(["hello", "hold", "thanks"]);
    expect(fitting(items, "您好", "zh").map((one) => one.title)).toEqual(["问候"]);
    expect(fitting(items, "zzz", "en")).toEqual([]);
  });

  it("stay when the service cannot be reached", async () => {
    let up = true;
    const service = fakeFetch((call) => {
      if (call.path.endsWith("/auth/token")) return { body: { access_token: "a", refresh_token: "r", expires_in: 900, role: "agent" } };
      return up ? { body: { items } } : Promise.reject(new Error("down"));
    });
    const api = new Api("http://service", new MemoryStorage(), () => undefined, service.fetch);
    await api.signIn("lina", "pw");
    const replies = new CannedReplies(api, () => undefined);
    await replies.load();
    up = false;
    await replies.load();
    expect([replies.state, replies.items.length]).toEqual(["error", 4]);
  });
});
