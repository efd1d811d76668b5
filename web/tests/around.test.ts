import { expect, test } from "vitest";
import { Around, SOURCE, read, type FromPage } from "../src/assist/around";

const CRM = "https://crm.example.com";
const OTHER = "https://other.example.com";

function scene(allowed = [CRM, OTHER]) {
  const posted: { message: unknown; origin: string }[] = [];
  const heard: FromPage[] = [];
  const listeners: ((event: MessageEvent) => void)[] = [];
  const parent = { postMessage: (message: unknown, origin: string) => void posted.push({ message, origin }) };
  const window = { parent, addEventListener: (_: string, listener: (event: MessageEvent) => void) => void listeners.push(listener), removeEventListener: () => void listeners.pop() };
  const around = new Around(window, allowed, (message) => heard.push(message));
  const say = (data: unknown, origin = CRM, source: unknown = parent) => listeners.forEach((listener) => listener({ data, origin, source } as MessageEvent));
  return { around, posted, heard, say, listeners };
}

test("it makes itself known to each allowed origin, and then speaks to the one that answered", () => {
  const { around, posted, say } = scene();
  around.start();
  expect(posted.map((one) => one.origin)).toEqual([CRM, OTHER]);
  expect(posted[0]!.message).toEqual({ source: SOURCE, version: 1, type: "ready" });
  say({ type: "token", token: "t" });
  around.tell({ type: "count", count: 2 });
  expect(posted.slice(2)).toEqual([{ message: { source: SOURCE, version: 1, type: "count", count: 2 }, origin: CRM }]);
});

test("strangers, other windows and nobody are not heard", () => {
  const { around, heard, say } = scene([CRM]);
  around.start();
  say({ type: "token", token: "t" }, OTHER);
  say({ type: "token", token: "t" }, "null");
  say({ type: "token", token: "t" }, CRM, {});
  expect(heard).toEqual([]);
  say({ type: "token", token: "t" });
  expect(heard).toEqual([{ type: "token", token: "t" }]);
});

test("without allowed origins nothing is said or heard", () => {
  const { around, heard, posted, say } = scene([]);
  around.start();
  say({ type: "token", token: "t" });
  expect([posted, heard]).toEqual([[], []]);
});

test("after the end nobody listens", () => {
  const { around, listeners } = scene();
  around.start();
  around.stop();
  expect(listeners).toEqual([]);
});

test.each([
  null, undefined, 7, "token", [], {}, { type: "token" }, { type: "token", token: 7 }, { type: "token", token: "" }, { type: "token", token: "x".repeat(4001) },
  { type: "sent", suggestion: "c:1:1" }, { type: "sent", suggestion: "c:1:1", text: "x".repeat(10_001) }, { type: "take" }, { type: "__proto__" },
])("what does not fit is no message: %j", (data) => {
  expect(read(data)).toBeNull();
});

test("what fits is read without what it brings along", () => {
  expect(read({ type: "sent", suggestion: "c:1:1", text: "Hello", more: 1 })).toEqual({ type: "sent", suggestion: "c:1:1", text: "Hello" });
  expect(read({ type: "locale", locale: "zh-CN" })).toEqual({ type: "locale", locale: "zh-CN" });
});
