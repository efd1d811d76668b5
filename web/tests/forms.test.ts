// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeSocket } from "./fakes";
import { drawn, event, leave, widget } from "./widgets";

const soon = (): string => new Date(Date.now() + 3_600_000).toISOString();
const CONFIG = {
  prechat: { intro: {}, fields: [{ name: "who", type: "name", label: { en: "Your name" }, required: true }] },
  consent: { text: { en: "I agree" }, link: { en: "javascript:alert(1)" } },
  offline: { text: {}, fields: [{ name: "phone", label: { en: "Phone" } }] },
  away: true,
};
let bodies: Record<string, unknown>[];
let left: Record<string, unknown>[];
let leaving: number;

beforeEach(() => {
  FakeSocket.all = [];
  localStorage.clear();
  bodies = [];
  left = [];
  leaving = 201;
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const { pathname } = new URL(url);
    const body = init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {};
    if (pathname.endsWith("/config")) return new Response(JSON.stringify(CONFIG));
    if (pathname.endsWith("/offline")) {
      left.push(body);
      return new Response("{}", { status: leaving });
    }
    bodies.push(body);
    if (!body["consent"]) return new Response(JSON.stringify({ error: { code: "consent_needed", message: "first" } }), { status: 400 });
    return new Response(JSON.stringify({ conversation: "c1", token: "t", expires_at: soon() }), { status: 201 });
  });
});
afterEach(() => {
  leave();
  vi.unstubAllGlobals();
});

async function begun() {
  const owner = widget();
  owner.show({ focus: false });
  const element = await drawn();
  const find = (id: string) => element.shadowRoot!.querySelector<HTMLInputElement>(`[data-testid="${id}"]`);
  const fill = (id: string, text: string): void => {
    find(id)!.value = text;
    find(id)!.dispatchEvent(new Event("input"));
  };
  const submit = (id: string): void => void find(id)!.dispatchEvent(new Event("submit", { cancelable: true }));
  return { owner, element, find, fill, submit };
}

describe("before a conversation", () => {
  it("the pack's questions are asked, and the words that wait go into what begins then", async () => {
    const { owner, find, fill, submit } = await begun();
    owner.send("already typed");
    expect(find("prechat")!.textContent).toContain("Your name");
    expect(find("prechat")!.querySelector("a")).toBeNull();
    expect(find("composer")).toBeNull();
    expect(FakeSocket.all).toEqual([]);
    fill("field-who", "Lin");
    find("consent")!.checked = true;
    find("consent")!.dispatchEvent(new Event("change"));
    submit("prechat");
    await drawn();
    expect(bodies.at(-1)).toMatchObject({ form: { who: "Lin" }, consent: true });
    FakeSocket.last.open();
    FakeSocket.last.frame({ type: "ready", conversation: "c1", seq: 0, mode: "bot" });
    expect(FakeSocket.last.of("message")).toMatchObject([{ text: "already typed" }]);
    await drawn();
    expect(find("prechat")).toBeNull();
  });

  it("are asked again when the answer did not do", async () => {
    const { find, submit } = await begun();
    submit("prechat");
    await drawn();
    expect(find("prechat")).not.toBeNull();
  });
});

describe("when nobody is there", () => {
  async function waiting() {
    const page = await begun();
    page.owner.session.answer({}, true);
    await drawn();
    FakeSocket.last.open();
    FakeSocket.last.frame({ type: "ready", conversation: "c1", seq: 1, mode: "waiting" });
    await drawn();
    return page;
  }

  it("a message may be left, and the form goes when somebody comes", async () => {
    const { find, fill, submit } = await waiting();
    fill("field-phone", " 139 ");
    submit("offline-form");
    await drawn();
    expect(left).toEqual([{ fields: { phone: "139" } }]);
    expect(find("offline-form")).toBeNull();
    FakeSocket.last.frame(event(2, "handoff_asked", { reason: "asked" }));
    await drawn();
    expect(find("offline-form")).not.toBeNull();
    FakeSocket.last.frame(event(3, "handoff_taken", { agent: "Anna" }));
    await drawn();
    expect(find("offline-form")).toBeNull();
  });

  it("what could not be left stays in the form", async () => {
    leaving = 503;
    const { find, fill, submit } = await waiting();
    fill("field-phone", "139");
    submit("offline-form");
    await drawn();
    expect(find("offline-problem")!.textContent).toContain("could not be left");
    expect(find("field-phone")!.value).toBe("139");
  });
});
