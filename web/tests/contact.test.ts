// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { ApiError, type Api } from "../src/desk/api";
import { DeskContact } from "../src/desk/contactpanel";
import { words } from "../src/desk/words";
import { fill } from "../src/shared/locale";
import type { Locale } from "../src/shared/protocol";

customElements.define("sb-contact", DeskContact);

const KNOWN = {
  contact: "a1", name: "Fang", signed_in: false, verified: true, proved: "139", language: "zh", channel: "webchat", attributes: { plan: "fibre" }, contacts: ["a1"], joins: [] as object[],
  suggestions: [{ contact: "a2", basis: "account", name: "F.", conversation: "k2", last_at: null }],
};
const JOINED = { ...KNOWN, contacts: ["a1", "a2"], suggestions: [], joins: [{ contact: "a2", into: "a1", by: "anna", at: "2026-01-01T00:00:00Z", basis: "account" }] };

async function panel(locale: Locale, change: (method: string, path: string, body?: object) => void): Promise<{ element: DeskContact; joined: () => number }> {
  const element = document.createElement("sb-contact") as DeskContact;
  let known = KNOWN;
  let joined = 0;
  element.addEventListener("joined", () => (joined += 1));
  const api = {
    get: () => Promise.resolve(known),
    request: async (method: string, path: string, body?: object) => {
      change(method, path, body);
      known = (method === "POST" ? JOINED : KNOWN) as typeof KNOWN;
    },
  } as unknown as Api;
  const say = (word: string, values = {}): string => fill((words[locale] as Record<string, string>)[word] ?? "", values);
  Object.assign(element, { locale, say, api, called: () => "Anna", conversation: "k1" });
  document.body.append(element);
  await settled(element);
  return { element, joined: () => joined };
}

async function settled(element: DeskContact): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((done) => setTimeout(done));
    await element.updateComplete;
  }
}

async function press(element: DeskContact, id: string): Promise<void> {
  element.shadowRoot!.querySelector<HTMLButtonElement>(`[data-testid="${id}"]`)!.click();
  await settled(element);
}

const text = (element: DeskContact): string => element.shadowRoot!.textContent!.replace(/\s+/g, " ");

describe("the customer's panel", () => {
  it.each(["zh", "en"] as Locale[])("tells who it is, joins after a second click, and undoes it (%s)", async (locale) => {
    const asked: unknown[] = [];
    const { element, joined } = await panel(locale, (...call) => asked.push(call));
    for (const part of locale === "zh" ? ["未登录的访客", "已核实的账户", "139", "plan", "核实过同一个账户"] : ["Visitor, not signed in", "Proved account", "139", "plan", "proved the same account"]) expect(text(element)).toContain(part);
    await press(element, "join-ask");
    expect(asked).toEqual([]);
    await press(element, "join-confirm");
    expect(asked).toEqual([["POST", "/contacts/a1/joins", { contact: "a2" }]]);
    expect(text(element)).toContain("Anna");
    await press(element, "join-ask");
    await press(element, "join-confirm");
    expect(asked[1]).toEqual(["DELETE", "/contacts/a2/joins", undefined]);
    expect(joined()).toBe(2);
    expect(text(element)).not.toMatch(/basis_join|\{/);
    element.remove();
  });

  it.each([[404, "There is no such customer"], [409, "a colleague was faster"]])("says why not (%i)", async (status, sentence) => {
    const { element, joined } = await panel("en", () => {
      throw new ApiError(status, "x", "y");
    });
    await press(element, "join-ask");
    await press(element, "join-confirm");
    expect(element.shadowRoot!.querySelector("[role=alert]")!.textContent).toContain(sentence);
    expect(joined()).toBe(0);
    element.remove();
  });
});
