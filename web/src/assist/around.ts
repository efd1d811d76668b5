/** The page around the panel, by postMessage. What it may send and hears is described in docs/assist.md. */

export const SOURCE = "switchboard-assist";

export type FromPage =
  | { type: "token"; token: string }
  | { type: "locale"; locale: string }
  | { type: "sent"; suggestion: string; text: string };

export interface ToPage { type: "ready" | "token_needed" | "take" | "settled" | "count" | "height"; [key: string]: unknown }

interface Surroundings {
  parent: { postMessage(message: unknown, origin: string): void };
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** Talks to the page of an allowed origin, and to no other. */
export class Around {
  /** The origin that has spoken to us; until then what we say goes to each that is allowed. */
  private origin = "";

  constructor(private readonly window: Surroundings, private readonly allowed: string[], private readonly heard: (message: FromPage) => void) {}

  start(): void {
    this.window.addEventListener("message", this.onMessage);
    this.tell({ type: "ready" });
  }

  stop(): void {
    this.window.removeEventListener("message", this.onMessage);
  }

  tell(message: ToPage): void {
    for (const origin of this.origin ? [this.origin] : this.allowed) this.window.parent.postMessage({ source: SOURCE, version: 1, ...message }, origin);
  }

  private readonly onMessage = (event: MessageEvent): void => {
    if (event.source !== (this.window.parent as unknown) || !this.allowed.includes(event.origin)) return;
    const message = read(event.data);
    if (!message) return;
    this.origin = event.origin;
    this.heard(message);
  };
}

const text = (value: unknown, most: number): value is string => typeof value === "string" && value.length > 0 && value.length <= most;

/** A message that we know, whole; null for everything else. */
export function read(data: unknown): FromPage | null {
  if (typeof data !== "object" || data === null) return null;
  const { type, token, locale, suggestion, text: words } = data as Record<string, unknown>;
  if (type === "token" && text(token, 4000)) return { type, token };
  if (type === "locale" && text(locale, 35)) return { type, locale };
  if (type === "sent" && text(suggestion, 300) && text(words, 10_000)) return { type, suggestion, text: words };
  return null;
}
