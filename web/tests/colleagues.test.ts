import { describe, expect, it } from "vitest";
import { Colleagues } from "../src/desk/colleagues";

const ben = { agent: "ben", name: "Ben" };

function made() {
  const sent: object[] = [];
  const clock = { now: 1_000, open: true };
  const colleagues = new Colleagues((frame) => (clock.open ? sent.push(frame) > 0 : false), () => "anna", () => clock.now);
  return { colleagues, sent, clock };
}

describe("colleagues in a conversation", () => {
  it("says once what this desk shows, and again over a new connection", () => {
    const { colleagues, sent, clock } = made();
    clock.open = false;
    colleagues.show("c1");
    clock.open = true;
    colleagues.show("c1");
    colleagues.show("c1");
    colleagues.show("");
    colleagues.fresh();
    colleagues.show("");
    colleagues.show("c2");
    expect(sent).toEqual([{ type: "looking", conversation: "c1" }, { type: "looking", conversation: "" }, { type: "looking", conversation: "c2" }]);
  });

  it("knows who else looks, of the conversation that is shown alone", () => {
    const { colleagues } = made();
    colleagues.show("c1");
    expect(colleagues.heard({ type: "colleagues", conversation: "c1", people: [{ agent: "anna", name: "Anna" }, ben] })).toBe(true);
    colleagues.heard({ type: "colleagues", conversation: "c2", people: [{ agent: "roy", name: "Roy" }] });
    expect([colleagues.looking("c1"), colleagues.looking("c2")]).toEqual([[ben], []]);
    colleagues.show("c2");
    expect(colleagues.looking("c1")).toEqual([]);
  });

  it("knows who writes until it is said, or nothing more is heard, or they have gone", () => {
    const { colleagues, clock } = made();
    const here = { type: "colleagues" as const, conversation: "c1", people: [ben] };
    const typing = { type: "typing" as const, by: "agent", conversation: "c1", agent: "ben", name: "Ben", kind: "note" as const };
    colleagues.show("c1");
    colleagues.heard(here);
    expect(colleagues.heard(typing)).toBe(true);
    expect(colleagues.writing("c1")).toMatchObject([{ name: "Ben", kind: "note" }]);
    colleagues.spoke("ben");
    expect(colleagues.writing("c1")).toEqual([]);
    colleagues.heard(typing);
    clock.now += 6_000;
    expect(colleagues.writing("c1")).toEqual([]);
    colleagues.heard(typing);
    colleagues.heard({ ...here, people: [] });
    expect(colleagues.writing("c1")).toEqual([]);
    expect(colleagues.heard({ type: "typing", by: "customer", conversation: "c1" })).toBe(false);
  });
});
