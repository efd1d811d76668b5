import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Commands } from "../src/desk/commands";
import { Look, themed } from "../src/desk/look";
import { SHORTCUTS } from "../src/desk/shortcuts";
import { words } from "../src/desk/words";
import { MemoryStorage } from "./fakes";

const command = (label: string, also = "") => ({ id: label, group: "Go to", label, also, run: () => undefined });

describe("the commands", () => {
  it("are found by parts of all words, in the order of their sources", () => {
    const commands = new Commands();
    commands.add(() => [command("Flows"), command("Ledger", "blocks")]);
    const back = commands.add((typed) => (typed ? [command(`Search ${typed}`)] : []));
    expect(commands.find("").map((one) => one.id)).toEqual(["Flows", "Ledger"]);
    expect(commands.find("go flo").map((one) => one.id)).toEqual(["Flows", "Search go flo"]);
    expect(commands.find("BLOCK").map((one) => one.id)).toEqual(["Ledger", "Search BLOCK"]);
    back();
    expect(commands.find("nothing like it")).toEqual([]);
  });

  it("never give more than fits", () => {
    const commands = new Commands();
    commands.add(() => Array.from({ length: 500 }, (_, n) => command(`c${n}`)));
    expect(commands.find("").length).toBe(40);
  });

  it("have their keys told in both languages", () => {
    for (const [, word] of SHORTCUTS) for (const locale of ["zh", "en"] as const) expect((words[locale] as Record<string, string>)[word]).toBeTruthy();
  });
});

describe("the look", () => {
  it("is kept, and what nobody knows is the first choice", () => {
    const storage = new MemoryStorage();
    storage.setItem("switchboard.desk.theme.v1", "purple");
    const look = new Look(storage);
    expect([look.theme, look.density]).toEqual(["auto", "roomy"]);
    look.setTheme("dark");
    look.setDensity("dense");
    const again = new Look(storage);
    expect([again.theme, again.density]).toEqual(["dark", "dense"]);
  });

  it("has a light and a dark block of every token, whatever the device says", () => {
    const tokens = readFileSync("src/shared/tokens.css", "utf8");
    expect(themed(tokens.replace(/\s*([{}:;,])\s*/g, "$1").trim())).toContain(':host([data-theme="dark"])');
    const styles = themed(tokens);
    const block = (theme: string) => new RegExp(`:host\\(\\[data-theme="${theme}"\\]\\) \\{([^}]*)\\}`).exec(styles)![1]!;
    for (const name of ["--bg", "--text", "--accent", "--bad", "color-scheme"]) {
      expect(block("light")).toContain(`${name}:`);
      expect(block("dark")).toContain(`${name}:`);
    }
    expect(block("dark")).toContain("#12151b");
    expect(() => themed("nothing")).toThrow();
  });
});
