// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { DeskTicket } from "../src/desk/ticket";
import type { Api } from "../src/desk/api";
import { words } from "../src/desk/words";
import { fill } from "../src/shared/locale";
import type { Locale } from "../src/shared/protocol";
import { settle } from "./fakes";

customElements.define("desk-ticket-shown", class extends DeskTicket {});

const at = "2026-01-01T00:00:00Z";
const history = [
  { at, kind: "ticket_opened", actor: { executor: "machine", name: "bot" } },
  { at, kind: "ticket_acted", action: "restart_line", outcome: "ok", level: 2, confirmer: "anna", actor: { executor: "machine", name: "billing" }, result: { receipt: "R1", again: false } },
  { at, kind: "ticket_acted", action: "pay_back", outcome: "ok", undoes: "c", actor: { executor: "machine", name: "billing" } },
  { at, kind: "ticket_acted", action: "pay", outcome: "unknown", actor: { executor: "machine", name: "billing" } },
];

async function shown(locale: Locale): Promise<string[]> {
  const element = document.createElement("desk-ticket-shown") as DeskTicket;
  element.locale = locale;
  element.say = (word, values) => fill((words[locale] as Record<string, string>)[word] ?? "", values ?? {});
  element.called = (account) => (account === "anna" ? "Anna" : account);
  element.api = { get: async () => ({ number: "F-1", status: "open", version: 4, history }) } as unknown as Api;
  element.conversation = "c1";
  element.numbers = ["F-1"];
  document.body.append(element);
  await settle();
  await element.updateComplete;
  const items = [...(element.shadowRoot?.querySelectorAll(".history li") ?? [])];
  element.remove();
  return items.map((item) => (item.textContent ?? "").replace(/\s+/g, " ").trim());
}

describe("a ticket's history", () => {
  it("says what the machine did, how freely, and who released it", async () => {
    const [, done, undone, unclear] = await shown("en");
    for (const part of ["Done by the system: restart_line", "autonomy level 2", "released by Anna", "receipt: R1", "again: false"]) expect(done).toContain(part);
    expect(undone).toContain("Earlier action reversed: pay_back");
    expect(unclear).toContain("Outcome not known, please check: pay");
  });

  it("says so in Chinese", async () => {
    const [, done, undone, unclear] = await shown("zh");
    expect([done, undone, unclear].join()).toMatch(/系统操作已完成：restart_line.*由 Anna 放行.*已撤销之前的操作：pay_back.*结果不明，请核实：pay/);
  });
});
