import { describe, expect, it } from "vitest";
import { questionsIn, waitsFor } from "../src/desk/asking";

const at = "2026-01-01T00:00:00Z";
const note = (seq: number, agent: string, id: string, thread = "", mentions: string[] = []) => ({ seq, at, kind: "agent_noted", id, agent, thread, mentions, text: `${id} of ${agent}` });

describe("questions among colleagues", () => {
  const question = note(1, "anna", "q1", "q1", ["ben"]);
  const answer = note(4, "ben", "a1", "q1", ["anna"]);

  it("are notes of one thread; other notes are none, nor answers to what is not there", () => {
    const [one, ...others] = questionsIn([question, note(2, "anna", "n1"), note(3, "roy", "a0", "q9"), answer, { seq: 5, at, kind: "agent_said", id: "q1", thread: "q1" }]);
    expect(others).toEqual([]);
    expect([one!.id, one!.by, one!.mentions, one!.text, one!.answers.map((event) => event.seq)]).toEqual(["q1", "anna", ["ben"], "q1 of anna", [4]]);
  });

  it("wait for who is asked, then for who asked", () => {
    const waits = (...events: object[]) => ["anna", "ben", "roy"].filter((me) => waitsFor(questionsIn(events as never)[0]!, me));
    expect(waits(question)).toEqual(["ben"]);
    expect(waits(question, answer)).toEqual(["anna"]);
    expect(waits(question, answer, note(5, "anna", "a2", "q1", ["ben"]))).toEqual(["ben"]);
  });
});
