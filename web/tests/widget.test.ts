// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { QueuedCall } from "../src/widget/api";
import { accentCss, contrast, themed } from "../src/widget/colour";
import { readOptions } from "../src/widget/options";
import { apiOf } from "../src/widget/pageapi";
import { TitleBadge } from "../src/widget/title";
import { Widget } from "../src/widget/widget";
import { FakeSocket } from "./fakes";
import { chat, drawn, event, leave, widget } from "./widgets";

let answers: (path: string) => { status: number; body: unknown };

beforeEach(() => {
  FakeSocket.all = [];
  localStorage.clear();
  document.title = "Shop";
  answers = () => ({ status: 201, body: { conversation: "c1", token: "t", expires_at: new Date(Date.now() + 3_600_000) } });
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", async (url: string) => {
    const { status, body } = answers(new URL(url).pathname);
    return new Response(JSON.stringify(body), { status });
  });
});
afterEach(() => {
  leave();
  vi.unstubAllGlobals();
});

const launcher = (): ShadowRoot => document.querySelector("switchboard-launcher")!.shadowRoot!;
const part = (id: string): HTMLElement => launcher().querySelector<HTMLElement>(`[data-testid="${id}"]`)!;

describe("the script's attributes", () => {
  it("are taken where they are understood and left where they are not", () => {
    const options = readOptions({ locale: "zh-TW", theme: "dark", position: "left", accent: "#ff8800", onAccent: "red", sound: "off" }, "http://s", ["en"]);
    expect(options).toMatchObject({ locale: "zh", theme: "dark", side: "left", accent: "#ff8800", onAccent: "", sound: false, launcher: true });
    const odd = readOptions({ theme: "pink", position: "top", accent: "url(javascript:1)" }, "http://s", [undefined, "de"]);
    expect(odd).toMatchObject({ locale: "en", theme: "auto", side: "right", accent: "" });
  });

  it("give colours that can be read, whatever the brand's is", () => {
    for (const accent of ["#ffee00", "#000000", "#ffffff", "#1558d6", "#7f7f7f"]) {
      const [light, dark] = accentCss(accent).split("@media");
      for (const [css, ground] of [[light!, "#ffffff"], [dark!, "#12151b"]] as const) {
        const shown = /--accent:(#\w{6})/.exec(css)![1]!;
        expect(contrast(shown, ground)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(shown, /--on-accent:(#\w{6})/.exec(css)![1]!)).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(accentCss("")).toBe("");
  });

  it("bend the system's light and dark to what the page chose", () => {
    const css = "@media (prefers-color-scheme:dark){a{}}@media (prefers-reduced-motion: reduce){b{}}";
    expect(themed(css, "auto")).toBe(css);
    expect(themed(css, "dark")).toContain("@media all{");
    expect(themed(css, "light")).toContain("@media not all{");
    expect(themed(css, "light")).toContain("prefers-reduced-motion: reduce");
  });
});

describe("what a page may do", () => {
  it("takes calls from before the script, and passes over what it does not know", async () => {
    const api = apiOf(widget());
    const heard: string[] = [];
    const before = [["on", "open", () => heard.push("open")], ["open"], ["constructor"], ["setLocale", "zh-HK"]] as QueuedCall[];
    api.push(...before);
    expect(heard).toEqual(["open"]);
    expect(api.isOpen).toBe(true);
    expect(api.locale).toBe("zh");
    await drawn();
  });

  it("opens, closes, toggles and says something", async () => {
    const { owner, find, element } = await chat();
    const api = apiOf(owner);
    const heard: string[] = [];
    const stop = api.on("close", () => heard.push("close"));
    api.toggle();
    await element.updateComplete;
    expect(find("panel")).toBeNull();
    api.send("hello");
    api.send({ text: "  " });
    api.send(undefined as unknown as string);
    expect(FakeSocket.last.of("message")).toMatchObject([{ text: "hello" }]);
    api.toggle();
    stop();
    api.close();
    expect(heard).toEqual(["close"]);
  });

  it("tells messages, people, tickets and the end, but nothing of an earlier visit", async () => {
    const owner = widget();
    const told: unknown[] = [];
    for (const name of ["message", "handoff", "ticket", "closed", "unread"] as const) owner.on(name, (detail) => told.push([name, detail]));
    owner.show({ focus: false });
    await drawn();
    FakeSocket.last.open();
    FakeSocket.last.frame({ type: "ready", conversation: "c1", seq: 2, mode: "bot" });
    FakeSocket.last.frame(event(2, "bot_said", { text: "earlier" }));
    await drawn();
    told.length = 0;
    FakeSocket.last.frame(event(3, "customer_said", { id: "x", text: "mine" }));
    FakeSocket.last.frame(event(4, "handoff_taken", { agent: "Anna" }));
    FakeSocket.last.frame(event(5, "agent_said", { agent: "Anna", text: "hello" }));
    FakeSocket.last.frame(event(6, "ticket_opened", { ticket: "F-1", type: "fault" }));
    FakeSocket.last.frame(event(7, "closed", { by: "agent" }));
    const names = told.map((one) => (one as [string, object])[0]);
    expect(names.filter((name) => name !== "unread")).toEqual(["message", "handoff", "message", "ticket", "closed"]);
    expect(told).toContainEqual(["handoff", { state: "taken", agent: "Anna" }]);
    expect(told).toContainEqual(["ticket", { ticket: "F-1", status: "open", type: "fault" }]);
    expect(told).toContainEqual(["message", expect.objectContaining({ from: "agent", text: "hello", name: "Anna" })]);
    expect(told).toContainEqual(["unread", { count: 1 }]);
  });

  it("keeps the chat alive when a listener of the page fails", async () => {
    const { owner, find, frame } = await chat();
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    owner.on("message", () => {
      throw new Error("the page's own mistake");
    });
    await frame(event(1, "bot_said", { text: "still here" }));
    expect(find("log")!.textContent).toContain("still here");
    expect(reported).toHaveBeenCalledOnce();
  });

  it("says when the panel cannot be loaded, and tries again at the next click", async () => {
    let tries = 0;
    const owner = new Widget(readOptions({}, "http://service", []), {
      loadPanel: async () => {
        tries += 1;
        if (tries === 1) throw new Error("offline");
      },
    });
    const errors: string[] = [];
    owner.on("error", ({ code }) => errors.push(code));
    owner.show();
    await drawn();
    expect(owner.open).toBe(false);
    expect(errors).toEqual(["panel_unavailable"]);
    owner.show();
    await drawn();
    expect(owner.open).toBe(true);
    expect(tries).toBe(2);
  });

  it("tells a late listener that it is ready", async () => {
    const owner = widget();
    owner.start();
    const late = vi.fn();
    owner.on("ready", late);
    await drawn();
    expect(late).toHaveBeenCalledOnce();
    owner.stop();
  });
});

describe("the launcher", () => {
  it("greets until it is put away or the chat was opened", async () => {
    const owner = widget({ greetingEn: "Any questions?" });
    expect(part("greeting").hidden).toBe(false);
    expect(part("greeting").textContent).toBe("Any questions?");
    part("greeting-close").click();
    expect(part("greeting").hidden).toBe(true);
    leave();
    widget({ greetingEn: "Any questions?" });
    expect(part("greeting").hidden).toBe(true);
    owner.logout();
    leave();
    widget({ greetingEn: "<img src=x onerror=alert(1)>" });
    expect(launcher().querySelector("img")).toBeNull();
  });

  it("counts what was not read, beside the button and before the title", async () => {
    const { owner, frame } = await chat();
    owner.hide();
    await frame(event(1, "bot_said", { text: "one" }));
    await frame(event(2, "agent_said", { agent: "Anna", text: "two" }));
    expect(part("badge").textContent).toBe("2");
    expect(part("launcher").getAttribute("aria-label")).toBe("Open chat (2 new messages)");
    expect(document.title).toBe("(2) Shop");
    owner.show({ focus: false });
    await drawn();
    expect(document.title).toBe("Shop");
  });

  it("keeps a title that the page wrote meanwhile", () => {
    const badge = new TitleBadge();
    badge.show(1);
    document.title = "Basket";
    badge.show(2);
    expect(document.title).toBe("(2) Basket");
    badge.show(0);
    expect(document.title).toBe("Basket");
  });
});

describe("who the customer is", () => {
  const identity = { user_id: "u1", expires: 1, signature: "s" };

  it("goes with the beginning, and a wrong signature costs the name, not the chat", async () => {
    const bodies: unknown[] = [];
    vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
      const body = JSON.parse(String(init.body)) as { identity?: unknown };
      bodies.push(body);
      if (body.identity) return new Response(JSON.stringify({ error: { code: "unauthenticated", message: "wrong" } }), { status: 401 });
      return new Response(JSON.stringify({ conversation: "c1", token: "t", expires_at: new Date(Date.now() + 3_600_000) }), { status: 201 });
    });
    vi.spyOn(Math, "random").mockReturnValue(0);
    const owner = widget();
    const errors: string[] = [];
    owner.on("error", ({ code }) => errors.push(code));
    owner.setIdentity(identity);
    owner.show({ focus: false });
    await vi.waitFor(() => expect(FakeSocket.all.length).toBe(1), { timeout: 5000 });
    expect(bodies).toEqual([{ locale: "en", identity, resume: true }, { locale: "en" }]);
    expect(errors).toEqual(["identity_refused"]);
  });

  it("is forgotten at logout, and when somebody else comes", async () => {
    const { owner, frame } = await chat();
    await frame(event(1, "bot_said", { text: "private" }));
    owner.send("secret words");
    owner.setDraft("half a sent");
    owner.logout();
    expect(Object.keys(localStorage).filter((key) => key.startsWith("switchboard."))).toEqual([]);
    expect(owner.session.log.events).toEqual([]);
    expect(owner.session.outbox.items).toEqual([]);

    owner.setIdentity(identity);
    owner.show({ focus: false });
    await drawn();
    expect(JSON.parse(localStorage.getItem("switchboard.chat.v1")!)).toMatchObject({ user: "u1" });
    owner.send("for u1 only");
    owner.setIdentity({ ...identity, user_id: "u2" });
    expect(localStorage.getItem("switchboard.outbox.v1")).toBeNull();
    await drawn();
    expect(JSON.parse(localStorage.getItem("switchboard.chat.v1")!)).toMatchObject({ user: "u2" });
  });

  it("is forgotten here when another tab was told to", async () => {
    const { owner, frame } = await chat();
    owner.start();
    await frame(event(1, "bot_said", { text: "private" }));
    window.dispatchEvent(new StorageEvent("storage", { key: "switchboard.logout.v1", newValue: "1" }));
    expect(owner.session.log.events).toEqual([]);
    expect(owner.open).toBe(false);
    owner.stop();
  });
});
