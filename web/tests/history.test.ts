// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Shelf, type Kept } from "../src/widget/shelf";
import { FakeSocket, MemoryStorage } from "./fakes";
import { chat, drawn, event, leave } from "./widgets";

const soon = (): string => new Date(Date.now() + 3_600_000).toISOString();
let calls: { method: string; path: string; token: string; body: Record<string, unknown> }[];
let rows: object[] | null;

beforeEach(() => {
  FakeSocket.all = [];
  localStorage.clear();
  calls = [];
  rows = [];
  let made = 0;
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const { pathname } = new URL(url);
    const headers = init.headers as Record<string, string>;
    calls.push({ method: init.method!, path: pathname, token: headers["authorization"] ?? "", body: init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {} });
    if (init.method === "GET") return rows ? new Response(JSON.stringify({ items: rows })) : new Response("{}", { status: 503 });
    const entered = /conversations\/(\w+)\/token$/.exec(pathname)?.[1];
    if (!entered) made += 1;
    return new Response(JSON.stringify({ conversation: entered ?? `c${made}`, token: `t-${entered ?? made}`, expires_at: soon() }), { status: 201 });
  });
});
afterEach(() => {
  leave();
  vi.unstubAllGlobals();
});

async function opened(page: Awaited<ReturnType<typeof chat>>): Promise<void> {
  page.find("menu")!.click();
  await page.element.updateComplete;
  page.find("menu-history")!.click();
  await drawn();
}

describe("several conversations", () => {
  it("are begun, listed and gone back to, each with its own words", async () => {
    const page = await chat();
    await page.frame(event(1, "customer_said", { id: "a", text: "first question" }));
    await opened(page);
    expect(page.all("visit").map((node) => node.dataset["conversation"])).toEqual(["c1"]);
    page.find("history-new")!.click();
    await drawn();
    expect(calls.at(-1)!.body).toMatchObject({ continues: "c1" });
    FakeSocket.last.open();
    FakeSocket.last.frame({ type: "ready", conversation: "c2", seq: 0, mode: "bot" });
    await page.frame(event(1, "customer_said", { id: "b", text: "second question" }));
    expect(page.find("log")!.textContent).not.toContain("first question");

    await opened(page);
    expect(page.all("visit").map((node) => node.querySelector("b")!.textContent)).toEqual(["second question", "first question"]);
    page.all("visit")[1]!.click();
    await drawn();
    FakeSocket.last.open();
    expect(FakeSocket.last.sent[0]).toMatchObject({ type: "hello", token: "t-1", after: 0 });
    expect(page.owner.session.conversation).toBe("c1");
    expect(page.find("history")).toBeNull();
  });

  it("are those of all devices where the page vouches for the customer", async () => {
    const page = await chat();
    page.owner.setIdentity({ user_id: "u1", expires: 1, signature: "s" });
    await drawn();
    FakeSocket.last.open();
    FakeSocket.last.frame({ type: "ready", conversation: "c2", seq: 0, mode: "bot" });
    rows = [{ id: "c2", mode: "bot", last_at: soon(), last_text: null }, { id: "other", mode: "closed", last_at: soon(), last_text: "from the phone" }];
    await opened(page);
    expect(page.all("visit").map((node) => node.textContent!.trim())).toEqual(["Not started yetOpen now", "from the phoneThis conversation has ended"]);
    page.all("visit")[1]!.click();
    await drawn();
    FakeSocket.last.open();
    expect(FakeSocket.last.sent[0]).toMatchObject({ token: "t-other" });
  });

  it("stay with what is known here when the service cannot tell, and can be asked for again", async () => {
    const page = await chat();
    page.owner.setIdentity({ user_id: "u1", expires: 1, signature: "s" });
    await drawn();
    rows = null;
    await opened(page);
    expect(page.find("history")!.textContent).toContain("Not all conversations");
    expect(page.all("visit").length).toBe(1);
    rows = [{ id: "other", mode: "bot", last_at: soon(), last_text: "there" }];
    page.find("history-retry")!.click();
    await drawn();
    expect(page.find("history")!.textContent).toContain("there");
  });

  it("are not changed while words wait, which belong to the open one", async () => {
    const page = await chat();
    await page.frame(event(1, "customer_said", { id: "a", text: "first" }));
    page.owner.send("still on its way");
    await opened(page);
    expect((page.find("history-new") as HTMLButtonElement).disabled).toBe(true);
    await page.owner.session.goTo("other");
    expect(page.owner.session.conversation).toBe("c1");
  });

  it("are gone at logout", async () => {
    const page = await chat();
    await page.frame(event(1, "customer_said", { id: "a", text: "first" }));
    page.owner.session.startNew();
    expect(localStorage.getItem("switchboard.past.v1")).toContain("first");
    page.owner.logout();
    expect(Object.keys(localStorage).filter((key) => key.startsWith("switchboard."))).toEqual([]);
  });
});

describe("the shelf", () => {
  const kept = (conversation: string, more: Partial<Kept> = {}): Kept => ({ conversation, token: "t", expires_at: soon(), active: Date.now(), title: "x", ...more });

  it("keeps twenty, the newest first, each once", () => {
    const shelf = new Shelf(new MemoryStorage());
    for (let count = 0; count < 25; count += 1) shelf.put(kept(`c${count}`));
    shelf.put(kept("c20", { title: "again" }));
    expect(shelf.past.length).toBe(20);
    expect(shelf.past[0]).toMatchObject({ conversation: "c20", title: "again" });
    expect(shelf.take("c20")!.conversation).toBe("c20");
    expect(shelf.take("c20")).toBeNull();
  });

  it("leaves out what was never spoken in, what is too old, and what it cannot read", () => {
    const storage = new MemoryStorage();
    const shelf = new Shelf(storage);
    const { title: _title, ...silent } = kept("silent");
    shelf.put(silent);
    shelf.put(kept("old", { active: Date.now() - 31 * 86_400_000 }));
    expect(shelf.past).toEqual([]);
    for (const broken of ["{", "7", "[null, 1, {}]", '{"a": 1}']) {
      storage.setItem("switchboard.past.v1", broken);
      expect(shelf.past).toEqual([]);
    }
  });
});
