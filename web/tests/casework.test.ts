// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { Api, ApiError } from "../src/desk/api";
import { DeskTicket } from "../src/desk/ticket";
import { TicketBonds } from "../src/desk/ticketbonds";
import { clashes, fieldChanges, remaining } from "../src/desk/tickethistory";
import { DeskTickets } from "../src/desk/ticketlist";
import type { DeskStore } from "../src/desk/store";
import { words } from "../src/desk/words";
import { fill } from "../src/shared/locale";
import type { Locale, Ticket, TicketType } from "../src/shared/protocol";
import { MemoryStorage, fakeFetch, settle, type Call } from "./fakes";

customElements.define("sb-ticket-bonds", TicketBonds);
customElements.define("sb-ticket", DeskTicket);
customElements.define("sb-tickets", DeskTickets);

const TYPES: TicketType[] = [{
  type: "fault", name: { zh: "故障报修", en: "Fault report" }, fields: [{ name: "phone", label: { zh: "电话", en: "Phone" }, required: true }, { name: "since", label: { zh: "开始时间", en: "Since" } }],
  statuses: { open: { zh: "已登记", en: "registered" }, in_progress: { zh: "处理中", en: "being repaired" }, resolved: { zh: "已修好", en: "repaired" } },
}];
const at = "2026-01-01T00:00:00Z";
const ticket = (more: Partial<Ticket> = {}): Ticket => ({ number: "F-1", type: "fault", status: "open", version: 1, fields: { phone: "139", since: "today" }, history: [], ...more });
const saying = (locale: Locale) => (word: string, values = {}): string => fill((words[locale] as Record<string, string>)[word] ?? "", values);

async function signedIn(answer: (call: Call) => { status?: number; body?: unknown }): Promise<{ api: Api; calls: Call[] }> {
  const { fetch, calls } = fakeFetch((call) => (call.path.endsWith("/auth/token") ? { body: { access_token: "a", refresh_token: "r", expires_in: 900 } } : answer(call)));
  const api = new Api("http://desk", new MemoryStorage(), () => undefined, fetch);
  await api.signIn("anna", "secret");
  calls.length = 0;
  return { api, calls };
}

async function panel(api: Api, locale: Locale = "en"): Promise<DeskTicket> {
  const element = document.createElement("sb-ticket") as DeskTicket;
  Object.assign(element, { locale, say: saying(locale), called: (name: string) => name, api, types: TYPES, conversation: "c1", numbers: ["F-1"] });
  document.body.append(element);
  await shown(element);
  return element;
}

async function shown(element: DeskTicket | TicketBonds | DeskTickets): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) {
    await new Promise((done) => setTimeout(done));
    await settle();
    await element.updateComplete;
  }
}

const find = <T extends HTMLElement>(element: HTMLElement, id: string): T => {
  const node = element.shadowRoot!.querySelector<T>(`[data-testid="${id}"]`);
  if (!node) throw new Error(`${id} is not shown`);
  return node;
};
const type = (input: HTMLInputElement, value: string): void => {
  input.value = value;
  input.dispatchEvent(new Event("input"));
};
const choose = (select: HTMLSelectElement, value: string): void => {
  select.value = value;
  select.dispatchEvent(new Event("change"));
};

describe("what two people change at once", () => {
  it("clashes only where both changed the same thing differently", () => {
    const base = { status: "open", phone: "1", since: "a" };
    expect(clashes(base, { ...base, status: "resolved" }, { phone: "2" })).toEqual([]);
    expect(clashes(base, { ...base, phone: "2" }, { phone: "2" })).toEqual([]);
    expect(clashes(base, { ...base, phone: "3" }, { phone: "2", since: "b" })).toEqual([{ name: "phone", theirs: "3", mine: "2" }]);
    expect(remaining({ phone: "2" }, { phone: "2", since: "b" })).toEqual({ since: "b" });
  });

  it("is asked about, and saved again with the version that is now", async () => {
    let now = ticket();
    const { api, calls } = await signedIn((call) => {
      if (call.method === "GET") return { body: now };
      if (call.body["version"] !== now.version) return { status: 409, body: { error: { code: "conflict", message: "x" } } };
      now = ticket({ version: 3, status: "resolved", fields: { phone: "138", since: "monday" } });
      return { body: now };
    });
    const element = await panel(api);
    choose(find(element, "ticket-status"), "resolved");
    find<HTMLButtonElement>(element, "ticket-edit").click();
    await shown(element);
    type(find(element, "edit-phone"), "138");
    type(find(element, "edit-since"), "monday");
    now = ticket({ version: 2, status: "in_progress", fields: { phone: "137", since: "today" } });
    await shown(element);
    find<HTMLButtonElement>(element, "ticket-save").click();
    await shown(element);

    expect(find(element, "clash").textContent).toMatch(/Theirs: 137[\s\S]*Yours: 138[\s\S]*Theirs: Being repaired[\s\S]*Yours: Repaired/);
    expect(find<HTMLButtonElement>(element, "ticket-save").disabled).toBe(true);
    for (let left = 2; left; left -= 1) {
      find<HTMLButtonElement>(element, "clash-mine").click();
      await shown(element);
    }
    find<HTMLButtonElement>(element, "ticket-save").click();
    await shown(element);

    expect(calls.filter((call) => call.method === "PATCH").map((call) => call.body)).toEqual([
      { version: 1, status: "resolved", fields: { phone: "138", since: "monday" } },
      { version: 2, status: "resolved", fields: { phone: "138", since: "monday" } },
    ]);
    expect(element.shadowRoot!.textContent).toContain("Saved");
    element.remove();
  });

  it("can be left to the colleague", async () => {
    let now = ticket();
    const { api } = await signedIn(() => ({ body: now }));
    const element = await panel(api, "zh");
    choose(find(element, "ticket-status"), "resolved");
    now = ticket({ version: 2, status: "in_progress" });
    element.heard("F-1");
    await shown(element);
    find<HTMLButtonElement>(element, "clash-theirs").click();
    await shown(element);
    expect(find<HTMLSelectElement>(element, "ticket-status").value).toBe("in_progress");
    expect(find<HTMLButtonElement>(element, "ticket-save").disabled).toBe(true);
    element.remove();
  });
});

describe("a history", () => {
  it("tells what each entry changed", () => {
    const history = [
      { at, kind: "ticket_opened", fields: { phone: "1", since: "a" } }, { at, kind: "ticket_updated", status: "open", fields: {} },
      { at, kind: "ticket_updated", status: "open", fields: { phone: "2" } },
    ];
    expect(fieldChanges(history)).toEqual([[], [], [{ name: "phone", before: "1", after: "2" }, { name: "since", before: "a", after: undefined }]]);
  });

  it("stands beside fields whose values have words", async () => {
    const { api } = await signedIn(() => ({ body: ticket({ fields: { service: "tv", phone: "139" } }) }));
    const element = await panel(api, "zh");
    element.labels = { values: { service: { tv: { zh: "电视", en: "TV" } } } };
    await shown(element);
    expect([...element.shadowRoot!.querySelectorAll("dd")].map((node) => node.textContent)).toEqual(["电视", "139"]);
    element.remove();
  });

  it("says who changed a field, linked and merged", async () => {
    const by = { executor: "agent", name: "anna" };
    const history = [
      { at, kind: "ticket_opened", fields: { phone: "1" }, actor: { executor: "machine", name: "bot" } }, { at, kind: "ticket_updated", status: "open", fields: { phone: "2" }, actor: by },
      { at, kind: "ticket_linked", ticket: "F-1", conversation: "c9", actor: by }, { at, kind: "ticket_merged", ticket: "F-2", into: "F-1", actor: by },
      { at, kind: "ticket_parted", ticket: "F-2", into: "F-1", actor: by }, { at, kind: "ticket_parted", ticket: "F-1", into: "F-3", actor: by },
    ];
    const { api } = await signedIn(() => ({ body: ticket({ history }) }));
    const element = await panel(api);
    const lines = [...find(element, "ticket-history").querySelectorAll("li")].map((node) => node.textContent!.replace(/\s+/g, " "));
    expect(lines[1]).toMatch(/anna.*Phone: 1 → 2/);
    expect(lines[2]).toContain("Goes on in conversation c9");
    expect(lines[3]).toContain("F-2 was merged into this one");
    expect(lines[4]).toContain("F-2 goes on by itself");
    expect(lines[5]).toContain("apart from F-3 again");
    element.remove();
  });
});

describe("linking and merging", () => {
  async function bonds(answer: (call: Call) => { status?: number; body?: unknown }): Promise<{ element: TicketBonds; calls: Call[]; bound: string[] }> {
    const { api, calls } = await signedIn(answer);
    const element = document.createElement("sb-ticket-bonds") as TicketBonds;
    const bound: string[] = [];
    element.addEventListener("bound", (event) => bound.push((event as CustomEvent<string>).detail));
    Object.assign(element, { say: saying("en"), api, conversation: "c1", ticket: ticket({ version: 4 }), others: ["F-1", "F-2"] });
    document.body.append(element);
    await shown(element);
    return { element, calls, bound };
  }

  it("offers the customer's other tickets and merges into the one that is chosen", async () => {
    const { element, calls, bound } = await bonds(() => ({ body: ticket({ number: "F-2" }) }));
    find<HTMLButtonElement>(element, "ticket-merge").click();
    await shown(element);
    find<HTMLButtonElement>(element, "bond-offer").click();
    await shown(element);
    expect(element.shadowRoot!.textContent).toContain("F-1 is given up and F-2 goes on");
    find<HTMLButtonElement>(element, "bond-confirm").click();
    await shown(element);
    expect(calls).toMatchObject([{ method: "POST", path: "/api/v1/tickets/F-1/merge", body: { into: "F-2", version: 4 } }]);
    expect(bound).toEqual(["F-2"]);
    element.remove();
  });

  it("undoes a merger with the version that was seen, after a sentence", async () => {
    let status = 409;
    const { element, calls, bound } = await bonds(() => (status === 200 ? { body: ticket({ version: 5 }) } : { status, body: { error: { code: "conflict", message: "y" } } }));
    expect(element.shadowRoot!.querySelector('[data-testid="ticket-part"]')).toBeNull();
    element.ticket = ticket({ version: 4, merged: "F-2" });
    await shown(element);
    find<HTMLButtonElement>(element, "ticket-part").click();
    await shown(element);
    expect(element.shadowRoot!.textContent).toContain("What was added to F-2 since then stays there");
    expect(element.shadowRoot!.activeElement).toBe(find(element, "part-confirm"));
    find<HTMLButtonElement>(element, "part-confirm").click();
    await shown(element);
    expect(element.shadowRoot!.querySelector("[role=alert]")!.textContent).toContain("Nothing was undone");
    status = 200;
    find<HTMLButtonElement>(element, "part-confirm").click();
    await shown(element);
    expect(calls[1]).toMatchObject({ method: "DELETE", path: "/api/v1/tickets/F-1/merge" });
    expect(bound).toEqual(["F-1"]);
    element.remove();
  });

  it.each([[404, "There is no ticket with this number"], [409, "belongs to another customer"]])("says why not (%i)", async (status, words) => {
    const { element, bound } = await bonds((call) => (call.method === "GET" && status === 409 ? { body: ticket({ number: "F-9" }) } : { status, body: { error: { code: "x", message: "y" } } }));
    find<HTMLButtonElement>(element, "ticket-link").click();
    await shown(element);
    type(find(element, "bond-number"), " F-9 ");
    await shown(element);
    find<HTMLButtonElement>(element, "bond-confirm").click();
    await shown(element);
    expect(element.shadowRoot!.querySelector("[role=alert]")!.textContent).toContain(words);
    expect(bound).toEqual([]);
    element.remove();
  });
});

describe("the page of tickets", () => {
  it("filters by type and state, and says so when nothing fits", async () => {
    const seen: string[] = [];
    const items = [ticket({ updated_at: at }), ticket({ number: "F-2", merged: "F-1" })];
    let nothing = false;
    const api = { get: (path: string) => (seen.push(path), Promise.resolve({ items: nothing ? [] : items, next: null })) } as unknown as Api;
    const desk = Object.assign(new EventTarget(), { ticketTypes: TYPES, called: (name: string) => name, now: () => Date.parse(at) }) as unknown as DeskStore;
    const element = document.createElement("sb-tickets") as DeskTickets;
    Object.assign(element, { api, desk, say: saying("zh"), locale: "zh", ready: true });
    document.body.append(element);
    await shown(element);
    expect([...element.shadowRoot!.querySelectorAll("[data-testid=ticket-row]")].map((row) => row.textContent!.replace(/\s+/g, " ").trim())).toEqual(["F-1刚刚 故障报修 · 已登记", "F-2 故障报修 · 已合并到 F-1"]);
    nothing = true;
    choose(find(element, "tickets-type"), "fault");
    choose(find(element, "tickets-status"), "resolved");
    await shown(element);
    expect(seen[seen.length - 1]).toBe("/tickets?limit=50&type=fault&status=resolved");
    expect(find(element, "empty").textContent).toContain("没有符合条件的工单");
    desk.dispatchEvent(new CustomEvent("ticket", { detail: "F-1" }));
    await shown(element);
    const before = seen.length;
    element.remove();
    desk.dispatchEvent(new CustomEvent("ticket", { detail: "F-1" }));
    expect(seen.length).toBe(before);
  });

  it("shows an error that can be retried", async () => {
    const api = { get: () => Promise.reject(new ApiError(0, "unreachable", "x")) } as unknown as Api;
    const desk = Object.assign(new EventTarget(), { ticketTypes: TYPES, called: (name: string) => name, now: () => 0 }) as unknown as DeskStore;
    const element = document.createElement("sb-tickets") as DeskTickets;
    Object.assign(element, { api, desk, say: saying("en"), locale: "en", ready: false });
    document.body.append(element);
    await shown(element);
    expect(find(element, "failed").textContent).toContain("cannot be reached");
    element.remove();
  });
});
