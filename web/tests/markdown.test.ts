// @vitest-environment happy-dom
import { render } from "lit";
import { describe, expect, it } from "vitest";
import { markdown, safeUrl } from "../src/shared/markdown";

function shown(text: string): HTMLElement {
  const box = document.createElement("div");
  render(markdown(text), box);
  return box;
}
const plain = (box: HTMLElement): string => box.innerHTML.replace(/<!--.*?-->/g, "");

describe("Markdown in answers", () => {
  it("shows bold, code, links and lists", () => {
    const box = shown("Call **10000** or see [the page](https://a.example/b?c=1).\n- one\n- `two`\n1. first\n2. second\nThe end");
    expect(box.querySelector("strong")!.textContent).toBe("10000");
    expect(box.querySelector("a")!.getAttribute("href")).toBe("https://a.example/b?c=1");
    expect(box.querySelector("a")!.getAttribute("rel")).toBe("noopener noreferrer nofollow");
    expect([...box.querySelectorAll("ul li")].map((node) => node.textContent)).toEqual(["one", "two"]);
    expect([...box.querySelectorAll("ol li")].map((node) => node.textContent)).toEqual(["first", "second"]);
    expect(box.textContent).toContain("The end");
  });

  it("keeps a block of code as it is, also one that never ends", () => {
    expect(shown("```js\n**a** <b>\n```\nafter").querySelector("pre code")!.textContent).toBe("**a** <b>");
    expect(shown("```\n- x").querySelector("pre code")!.textContent).toBe("- x");
  });

  it("counts a list from where it was said to begin", () => {
    expect(shown("3. third\n4. fourth").querySelector("ol")!.getAttribute("start")).toBe("3");
  });

  it("leaves lone signs alone", () => {
    for (const text of ["2 * 3 * 4", "**", "a ** b", "[x]", "[x](y", "price: -5", "3.5 GB", "`"]) expect(shown(text).textContent).toBe(text);
  });

  it.each([
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "**<svg onload=alert(1)>**",
    "[<b>x</b>](https://a.example)",
    "- <iframe srcdoc='<script>1</script>'>",
    "`</code><img src=x>`",
    "```\n</pre><script>1</script>\n```",
  ])("makes no element of markup from outside: %s", (text) => {
    const box = shown(text);
    expect(box.querySelector("img, script, svg, iframe, b")).toBeNull();
    expect(plain(box)).toContain("&lt;");
  });

  it.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert`1`)",
    "[x](data:text/html,hello)",
    "[x](vbscript:x)",
    "[x](//evil.example)",
    "[x](file:///etc/passwd)",
    "[x](\u0001javascript:alert)",
    '[x](https://a.example"onmouseover=alert)',
  ])("opens no address but of the web, mail and telephone: %s", (text) => {
    for (const link of shown(text).querySelectorAll("a")) expect(link.getAttribute("href")).toMatch(/^https?:/);
    expect(shown(text).querySelector("[onmouseover]")).toBeNull();
    expect(safeUrl("javascript:alert(1)")).toBeNull();
    expect(safeUrl("mailto:a@b.example")).toBe("mailto:a@b.example");
  });

  it("takes long hostile texts in a blink", () => {
    for (const sign of ["[", "**", "`", "[](", "- ", "1. ", "*a", "\n", "![x](", "http://"]) {
      const began = performance.now();
      shown(sign.repeat(10_000 / sign.length));
      expect(performance.now() - began, sign).toBeLessThan(5000);
    }
  });
});
