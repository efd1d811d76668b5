import type { Locale } from "../shared/protocol";
import { ApiError, type Api } from "./api";

export interface CannedReply {
  id: string; language: Locale; shortcut: string; title: string; text: string; source: "pack" | "people"; by?: string | null; updated_at?: string | null;
}
export const VARIABLES = ["customer", "agent", "ticket"] as const;
export type Values = Partial<Record<(typeof VARIABLES)[number], string>>;

const OPEN = /\{(customer|agent|ticket)\}/g;
const TYPED = /(?:^|\s)\/([^\s/]{0,32})$/;

/** The words with what is known in its place; what is not known keeps its braces, so that it is seen. */
export function filled(text: string, values: Values): string {
  return text.replace(OPEN, (whole, name: keyof Values) => values[name] || whole);
}

/** Where a variable still stands open, or null. */
export function openVariable(text: string): { start: number; end: number; name: string } | null {
  const found = /\{(customer|agent|ticket)\}/.exec(text);
  return found ? { start: found.index, end: found.index + found[0].length, name: found[1]! } : null;
}

/** What was typed after a slash before the caret, and where the slash stands; null when no reply is being looked for. */
export function slashAt(text: string, caret: number): { start: number; query: string } | null {
  const found = TYPED.exec(text.slice(0, caret));
  return found ? { start: caret - found[1]!.length - 1, query: found[1]! } : null;
}

/** Those that fit, the best first: the shortcut's beginning, then the title, then the words. */
export function fitting(items: readonly CannedReply[], query: string, language: Locale): CannedReply[] {
  const wanted = query.toLowerCase();
  const rank = (one: CannedReply): number => {
    if (one.shortcut.toLowerCase().startsWith(wanted)) return 0;
    if (one.title.toLowerCase().includes(wanted)) return 1;
    return one.text.toLowerCase().includes(wanted) ? 2 : -1;
  };
  return items
    .filter((one) => one.language === language && rank(one) >= 0)
    .sort((one, other) => rank(one) - rank(other) || one.shortcut.localeCompare(other.shortcut));
}

/** The canned replies as this page knows them; read again when they are looked at. */
export class CannedReplies {
  items: CannedReply[] = [];
  error: ApiError | null = null;
  state: "idle" | "loading" | "ready" | "error" = "idle";

  private reading: Promise<void> | null = null;

  constructor(private readonly api: Api, private readonly changed: () => void) {}

  /** Who asks while it is being read waits for the same answer. */
  load(): Promise<void> {
    this.reading ??= this.read().finally(() => (this.reading = null));
    return this.reading;
  }

  private async read(): Promise<void> {
    this.state = "loading";
    this.changed();
    try {
      this.items = (await this.api.get<{ items: CannedReply[] }>("/canned")).items;
      this.error = null;
      this.state = "ready";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
      this.state = "error";
    }
    this.changed();
  }

  async save(reply: Pick<CannedReply, "id" | "language" | "shortcut" | "title" | "text">): Promise<CannedReply> {
    const { id, language, shortcut, title, text } = reply;
    const saved = id
      ? await this.api.request<CannedReply>("PUT", `/canned/${encodeURIComponent(id)}`, { shortcut, title, text })
      : await this.api.request<CannedReply>("POST", "/canned", { language, shortcut, title, text });
    await this.load();
    return saved;
  }

  async remove(id: string): Promise<void> {
    await this.api.request<null>("DELETE", `/canned/${encodeURIComponent(id)}`);
    await this.load();
  }
}
