import { html, type TemplateResult } from "lit";
import { linked } from "./text";

/** The little of Markdown that answers use: bold, code, links, lists, blocks of code. Everything else stays text as it was
 * written; markup from outside is text too, since only templates of ours make elements. */

const INLINE = /(`[^`\n]{1,400}`|\*\*[^*\n]{1,400}\*\*|\[[^\][\n]{1,300}\]\([^()\s<>"']{1,1000}\))/;
const LINK = /^\[([^\]]+)\]\((.+)\)$/;
const BULLET = /^[ \t]{0,3}[-*•][ \t]+(\S.*)$/;
const NUMBER = /^[ \t]{0,3}(\d{1,3})[.)][ \t]+(\S.*)$/;
const FENCE = /^[ \t]{0,3}```[\w-]*[ \t]*$/;

/** An address that a click may open; anything else (scripts, data, files) stays text. */
export function safeUrl(address: string): string | null {
  try {
    const { protocol, href } = new URL(address);
    return ["https:", "http:", "mailto:", "tel:"].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}

export function anchor(address: string, words: unknown): TemplateResult {
  return html`<a href=${address} target="_blank" rel="noopener noreferrer nofollow">${words}</a>`;
}

function inline(text: string): unknown[] {
  return text.split(INLINE).map((part, index) => {
    if (index % 2 === 0) return linked(part);
    if (part.startsWith("`")) return html`<code>${part.slice(1, -1)}</code>`;
    if (part.startsWith("**")) return html`<strong>${linked(part.slice(2, -2))}</strong>`;
    const [, words, address] = LINK.exec(part) ?? [];
    const url = safeUrl(address ?? "");
    return url ? anchor(url, words) : part;
  });
}

type Block =
  | { kind: "text" | "code"; lines: string[] }
  | { kind: "bullets"; lines: string[] }
  | { kind: "numbers"; lines: string[]; from: number };

function blocks(text: string): Block[] {
  const found: Block[] = [];
  const last = (): Block | undefined => found[found.length - 1];
  let fenced = false;
  for (const line of text.split(/\r?\n/)) {
    if (FENCE.test(line)) {
      fenced = !fenced;
      if (fenced) found.push({ kind: "code", lines: [] });
      else found.push({ kind: "text", lines: [] });
      continue;
    }
    if (fenced) {
      last()!.lines.push(line);
      continue;
    }
    const bullet = BULLET.exec(line);
    const number = NUMBER.exec(line);
    const kind = bullet ? "bullets" : number ? "numbers" : "text";
    const words = bullet?.[1] ?? number?.[2] ?? line;
    if (last()?.kind === kind) last()!.lines.push(words);
    else if (kind === "numbers") found.push({ kind, lines: [words], from: Number(number![1]) });
    else found.push({ kind, lines: [words] });
  }
  return found;
}

export function markdown(text: string): unknown[] {
  return blocks(text).map((block) => {
    if (block.kind === "code") return html`<pre><code>${block.lines.join("\n")}</code></pre>`;
    if (block.kind === "bullets") return html`<ul>${block.lines.map((line) => html`<li>${inline(line)}</li>`)}</ul>`;
    if (block.kind === "numbers") return html`<ol start=${block.from}>${block.lines.map((line) => html`<li>${inline(line)}</li>`)}</ol>`;
    const words = block.lines.join("\n").replace(/^\n+|\n+$/g, "");
    return words ? inline(words) : "";
  });
}
