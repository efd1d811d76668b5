// @vitest-environment happy-dom
import { render } from "lit";
import { describe, expect, it } from "vitest";
import { transcript, type Telling } from "../src/desk/transcript";
import { words } from "../src/desk/words";
import { fill } from "../src/shared/locale";
import type { LogEvent } from "../src/shared/protocol";

const at = "2026-01-01T00:00:00Z";

describe("the transcript", () => {
  const events: LogEvent[] = [
    { seq: 1, at, kind: "customer_said", text: "a person please" },
    { seq: 2, at, kind: "understood", intent: "ask_person" },
    { seq: 3, at, kind: "bot_said", text: "of course" },
    { seq: 4, at, kind: "handoff_asked", reason: "asked" },
    { seq: 5, at, kind: "handoff_offered", agent: "lina" },
    { seq: 6, at, kind: "handoff_taken", agent: "lina", name: "Li Na" },
    { seq: 7, at, kind: "ticket_updated", ticket: "F-1", status: "open" },
  ];
  const told: Telling = {
    locale: "en", say: (word, values) => fill((words.en as Record<string, string>)[word] ?? "", values ?? {}), called: (account) => (account === "lina" ? "Li Na" : account),
    status: () => "registered", inside: false, ready: true, link: () => Promise.resolve(""), parcels: [], post: { retry: () => undefined, drop: () => undefined }, retry: () => undefined, drop: () => undefined,
  };
  const shown = (more: Partial<Telling> = {}): HTMLElement => {
    const place = document.createElement("div");
    render(transcript(events, [], { ...told, ...more }), place);
    return place;
  };

  it("tells a handover in one line, by the names that people know", () => {
    const lines = [...shown().querySelectorAll(".happened span")].map((node) => node.textContent);
    expect(lines).toEqual(["Handed over: Asked for a person · Offered to Li Na · Li Na joined", "Ticket updated: F-1 · registered"]);
  });

  it("keeps what happened inside to itself until asked", () => {
    expect(shown().querySelector(".system")).toBeNull();
    expect(shown({ inside: true }).querySelector(".system code")?.textContent).toBe("2 understood");
  });
});
