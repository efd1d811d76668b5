// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { words as deskWords } from "../src/desk/words";
import { topics, texts } from "../src/demo/texts";
import { launchWords } from "../src/widget/launchwords";
import { words } from "../src/widget/words";
import { FakeSocket, settle } from "./fakes";
import { chat, drawn, event, leave, widget } from "./widgets";

beforeEach(() => {
  FakeSocket.all = [];
  localStorage.clear();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ conversation: "c1", token: "t", expires_at: new Date(Date.now() + 3_600_000) }), { status: 201 }));
});
afterEach(() => {
  leave();
  vi.unstubAllGlobals();
});

function type(area: HTMLElement, text: string): void {
  (area as HTMLTextAreaElement).value = text;
  area.dispatchEvent(new Event("input"));
}

describe("the widget", () => {
  it("sends on Enter, but not while an input method composes, nor on Shift+Enter", async () => {
    const { find, element } = await chat();
    const area = find("composer")!;
    type(area, "ni hao");
    area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }));
    const legacy = new KeyboardEvent("keydown", { key: "Enter", bubbles: true });
    Object.defineProperty(legacy, "keyCode", { value: 229 });
    area.dispatchEvent(legacy);
    area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", shiftKey: true, bubbles: true }));
    expect(FakeSocket.last.of("message")).toEqual([]);
    area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    expect(FakeSocket.last.of("message")).toMatchObject([{ text: "ni hao" }]);
    await element.updateComplete;
    expect((area as HTMLTextAreaElement).value).toBe("");
  });

  it("offers choices until the customer answers and sends title and payload", async () => {
    const { find, all, frame } = await chat();
    await frame(event(1, "bot_said", { text: "Which?", asks: { slot: "service", type: "choice", choices: [{ title: "Broadband", payload: "/SetSlots(service=broadband)" }] }, quick_replies: [{ title: "Broadband", payload: "/SetSlots(service=broadband)" }] }));
    expect(all("pill").length).toBe(1);
    find("pill")!.click();
    expect(FakeSocket.last.of("message")).toMatchObject([{ text: "Broadband", payload: "/SetSlots(service=broadband)" }]);
    await settle();
    expect(all("pill")).toEqual([]);
  });

  it("says that it is still trying where a message waits and the first connection does not come", async () => {
    const owner = widget();
    owner.show({ focus: false });
    const element = await drawn();
    const bar = (): string => element.shadowRoot!.querySelector('[data-testid="offline-bar"]')?.textContent?.trim() ?? "";
    vi.useFakeTimers();
    try {
      await vi.advanceTimersByTimeAsync(3_000);
      expect(bar()).toBe("");
      owner.session.say("hello");
      await vi.advanceTimersByTimeAsync(3_000);
      await element.updateComplete;
      expect(bar()).toBe(words.en.connecting);
    } finally {
      vi.useRealTimers();
    }
  });

  it("brings the fitting keyboard", async () => {
    const { find, frame } = await chat();
    await frame(event(1, "bot_said", { text: "Phone?", asks: { slot: "phone", type: "phone" } }));
    expect(find("composer")!.getAttribute("inputmode")).toBe("tel");
    await frame(event(2, "bot_said", { text: "Sure?", asks: { slot: "ok", type: "yes_no" } }));
    expect([...find("panel")!.querySelectorAll(".pill")].map((node) => node.textContent?.trim())).toEqual(["Yes", "No"]);
  });

  it("opens a quote, keeps markup as text, and shows the newest state of a ticket", async () => {
    const { find, frame, element } = await chat();
    await frame(event(1, "bot_said", { text: "<img src=x> see https://a.example/b", citations: [{ document: "d", title: "Bills", version: 3, quote: "On the 1st." }] }));
    expect(find("log")!.querySelector("img")).toBeNull();
    expect(find("log")!.querySelector("a")!.getAttribute("href")).toBe("https://a.example/b");
    find("chip")!.click();
    await element.updateComplete;
    expect(find("quote")!.textContent).toContain("On the 1st.");
    expect(find("quote")!.textContent).toContain("Version 3");
    await frame(event(2, "ticket_opened", { ticket: "F-1", type: "fault" }));
    await frame(event(3, "ticket_updated", { ticket: "F-1", status: "in_progress" }));
    expect(find("ticket-number")!.textContent).toBe("F-1");
    expect(find("ticket-card")!.textContent).toContain("In progress");
  });

  it("changes its language in place", async () => {
    const { find, element } = await chat();
    expect(find("talk-to-person")!.textContent).toContain("Talk to a person");
    find("lang-zh")!.click();
    await element.updateComplete;
    expect(find("talk-to-person")!.textContent).toContain("转人工");
    expect(element.getAttribute("lang")).toBe("zh-CN");
  });

  it("asks for a rating when it is over", async () => {
    const { find, frame } = await chat();
    await frame(event(1, "closed", { by: "agent" }));
    find("rate-4")!.click();
    expect(FakeSocket.last.of("rate")).toEqual([{ type: "rate", score: 4 }]);
    await frame(event(2, "rated", { score: 4 }));
    expect(find("rate-4")).toBeNull();
    expect(find("start-new")).not.toBeNull();
  });
});

describe("the words", () => {
  it("are complete in both languages, polite in Chinese, and without exclamation", () => {
    const pairs: [Record<string, string>, Record<string, string>][] = [[words.zh, words.en], [launchWords.zh, launchWords.en], [deskWords.zh, deskWords.en], [texts.zh, texts.en]];
    for (const [zh, en] of pairs) {
      expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
      for (const [key, text] of Object.entries(zh)) {
        const holes = (value: string) => (value.match(/\{\w+\}/g) ?? []).sort();
        expect(holes(en[key]!), key).toEqual(holes(text));
        expect(text + en[key]!).not.toMatch(/[!！]|Oops|你/);
      }
    }
    for (const topic of topics) expect(topic.payload).toMatch(/^\/\w+$/);
  });
});
