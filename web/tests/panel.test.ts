// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { receipt } from "../src/widget/parts";
import type { LogEvent } from "../src/shared/protocol";
import { FakeSocket } from "./fakes";
import { chat, event, leave } from "./widgets";

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

const log = (...kinds: [string, object?][]): LogEvent[] => kinds.map(([kind, more], index) => ({ seq: index + 1, at: "2026-01-01T00:00:00Z", kind, ...more }));

describe("sent, delivered, seen", () => {
  it("stands under the last own words until somebody answers", () => {
    expect(receipt(log(["bot_said"]))).toBeNull();
    expect(receipt(log(["customer_said"]))).toEqual({ seq: 1, state: "sent" });
    expect(receipt(log(["customer_said"], ["delivered", { upto: 1 }]))).toEqual({ seq: 1, state: "delivered" });
    expect(receipt(log(["customer_said"], ["seen", { upto: 1 }], ["delivered", { upto: 1 }]))).toEqual({ seq: 1, state: "seen" });
    expect(receipt(log(["customer_said"], ["seen", { upto: 1 }], ["customer_said"]))).toEqual({ seq: 3, state: "sent" });
    expect(receipt(log(["customer_said"], ["seen"]))).toEqual({ seq: 1, state: "sent" });
    expect(receipt(log(["customer_said"], ["agent_said"]))).toBeNull();
  });

  it("is in words on the panel", async () => {
    const { find, frame } = await chat();
    await frame(event(1, "customer_said", { id: "a", text: "hello" }));
    expect(find("receipt")!.textContent).toContain("Sent");
    await frame(event(2, "seen", { upto: 1 }));
    expect(find("receipt")!.textContent).toContain("Seen");
  });
});

describe("cards", () => {
  it("show what is known of them, and pass over the rest", async () => {
    const { find, all, frame } = await chat();
    await frame(event(1, "bot_said", {
      text: "Look", cards: [
        { title: "Plan M", text: "**30 GB** <img src=x>", link: { title: "Details", url: "https://a.example/m" }, buttons: [{ title: "Take it", payload: "/take" }, { title: 5 }, null] },
        { link: { url: "javascript:alert(1)" } }, null, 7, "text", { image: "x" },
      ],
    }));
    expect(all("card").length).toBe(1);
    const card = find("card")!;
    expect(card.querySelector("strong")!.textContent).toBe("30 GB");
    expect(card.querySelector("img")).toBeNull();
    expect(card.querySelector("a")!.getAttribute("href")).toBe("https://a.example/m");
    card.querySelector<HTMLElement>(".pill")!.click();
    expect(FakeSocket.last.of("message")).toMatchObject([{ text: "Take it", payload: "/take" }]);
  });

  it("survive a list that is none", async () => {
    const { find, frame } = await chat();
    await frame(event(1, "bot_said", { text: "Look", cards: "nonsense" }));
    expect(find("log")!.textContent).toContain("Look");
  });
});

describe("the question's keyboard", () => {
  it.each([
    ["phone", "tel", "tel"], ["email", "email", "email"], ["number", "numeric", "off"], ["amount", "decimal", "off"],
    ["address", "text", "street-address"], ["id_card", "text", "off"],
  ])("%s", async (type, inputmode, autocomplete) => {
    const { find, frame } = await chat();
    await frame(event(1, "bot_said", { text: "?", asks: { slot: "x", type } }));
    expect(find("composer")!.getAttribute("inputmode")).toBe(inputmode);
    expect(find("composer")!.getAttribute("autocomplete")).toBe(autocomplete);
  });
});

describe("the rating", () => {
  it("has room for a sentence, and the later one counts", async () => {
    const { element, find, all, frame } = await chat();
    await frame(event(1, "closed", { by: "agent" }));
    find("rate-2")!.click();
    await frame(event(2, "rated"));
    const area = find("rate-comment") as HTMLTextAreaElement;
    area.value = "  took too long ";
    area.dispatchEvent(new Event("input"));
    await element.updateComplete;
    find("rate-send")!.click();
    expect(FakeSocket.last.of("rate")).toEqual([{ type: "rate", score: 2 }, { type: "rate", score: 2, comment: "took too long" }]);
    await frame(event(3, "rated"));
    expect(find("rate-thanks")).not.toBeNull();
    expect(all("log")[0]!.textContent!.match(/Thank you for your rating/g)!.length).toBe(1);
  });
});

describe("the menu", () => {
  it("silences the chat for good and saves the conversation as text", async () => {
    const { owner, element, find, frame } = await chat();
    await frame(event(1, "customer_said", { id: "a", text: "Where is my bill?" }));
    await frame(event(2, "bot_said", { text: "On the 1st.", citations: [{ document: "d", title: "Bills", version: 3 }] }));
    find("menu")!.click();
    await element.updateComplete;
    find("menu-sound")!.click();
    expect(owner.muted).toBe(true);
    expect(JSON.parse(localStorage.getItem("switchboard.ui.v1")!)).toMatchObject({ muted: true });
    await element.updateComplete;
    expect(find("menu-sound")).toBeNull();

    const saved: Blob[] = [];
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => (saved.push(blob as Blob), "blob:x"));
    find("menu")!.click();
    await element.updateComplete;
    find("menu-transcript")!.click();
    const text = await saved[0]!.text();
    expect(text).toContain("You: Where is my bill?");
    expect(text).toContain("Bridge: On the 1st.");
    expect(text).toContain("Source: Bills (Version 3)");
  });

  it("closes at Escape without closing the chat", async () => {
    const { owner, element, find } = await chat();
    find("menu")!.click();
    await element.updateComplete;
    find("menu-sound")!.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, composed: true }));
    await element.updateComplete;
    expect(find("menu-sound")).toBeNull();
    expect(owner.open).toBe(true);
  });
});

describe("a phone", () => {
  it("keeps the panel above the keyboard, but not when somebody zooms in", async () => {
    const view = Object.assign(new EventTarget(), { height: 844, offsetTop: 0, scale: 1 });
    vi.stubGlobal("visualViewport", view);
    const { element } = await chat();
    expect(element.style.getPropertyValue("--seen-height")).toBe("844px");
    Object.assign(view, { height: 421.4, offsetTop: 30 }).dispatchEvent(new Event("resize"));
    expect(element.style.getPropertyValue("--seen-height")).toBe("421px");
    expect(element.style.getPropertyValue("--seen-top")).toBe("30px");
    Object.assign(view, { height: 200, scale: 2 }).dispatchEvent(new Event("resize"));
    expect(element.style.getPropertyValue("--seen-height")).toBe("421px");
    element.remove();
    Object.assign(view, { height: 100, scale: 1 }).dispatchEvent(new Event("resize"));
    expect(element.style.getPropertyValue("--seen-height")).toBe("421px");
  });
});
