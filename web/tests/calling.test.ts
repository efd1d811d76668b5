import { describe, expect, it } from "vitest";
import { atSign, callOf, fitting } from "../src/desk/mentionpicker";

describe("calling colleagues", () => {
  const people = [{ agent: "ben", name: "Ben" }, { agent: "benno", name: "\u672c" }, { agent: "li", name: "Anna" }, { agent: "anna", name: "Anna" }];

  it("begins with an @ that stands by itself", () => {
    expect(["@", "@be", "\u8bf7@\u672c", "hi @b"].map((text) => atSign(text, text.length)?.query)).toEqual(["", "be", "\u672c", "b"]);
    expect(["a@be", "x.@b", "@be n", "@@", "be"].map((text) => atSign(text, text.length))).toEqual([null, null, null, null, null]);
    expect(atSign("see @ben now", 6)).toEqual({ start: 4, query: "b" });
  });

  it("finds by name and by account, the best first", () => {
    expect(fitting(people, "be").map((one) => one.agent)).toEqual(["ben", "benno"]);
    expect(fitting(people, "\u672c").map((one) => one.agent)).toEqual(["benno"]);
    expect(fitting(people, "NN").map((one) => one.agent)).toEqual(["li", "anna", "benno"]);
    expect(fitting(people, "zz")).toEqual([]);
  });

  it("names the account where a name is shared", () => {
    expect(people.map((one) => callOf(one, people))).toEqual(["@Ben ", "@\u672c ", "@li ", "@anna "]);
  });
});
