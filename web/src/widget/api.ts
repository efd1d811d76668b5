import type { Locale } from "../shared/protocol";

/** Who the customer is, vouched for by the page's own system. */
export interface Identity {
  user_id: string;
  /** Seconds since the epoch, or ISO 8601 with an offset; at most 31 days ahead. */
  expires: number | string;
  /** Hex HMAC-SHA256(widget secret, `user_id.expires`), made on the page's server. */
  signature: string;
  name?: string;
}

export interface Said { text: string; payload?: string }

/** What `on` tells, by the name of the event. */
export interface WidgetEvents {
  ready: undefined;
  open: undefined;
  close: undefined;
  /** One message, live only; those of an earlier visit are not told again. */
  message: { from: "customer" | "bot" | "agent"; text: string; seq: number; at: string; name?: string };
  unread: { count: number };
  handoff: { state: "asked" | "taken" | "returned" | "cancelled"; agent?: string };
  ticket: { ticket: string; status: string; type?: string };
  closed: { by: string };
  error: { code: string; message: string };
}

export type WidgetEvent = keyof WidgetEvents;
export type Listener<E extends WidgetEvent> = (detail: WidgetEvents[E]) => void;
export type Theme = "auto" | "light" | "dark";

/** What a host page may do: `window.Switchboard`. Nothing here throws for what a page passes wrongly. */
export interface SwitchboardApi {
  /** Opens the chat; a message is said on the customer's behalf, as if typed or chosen. */
  open(message?: Said): void;
  close(): void;
  toggle(): void;
  /** Says something without opening the chat. */
  send(message: Said | string): void;
  setLocale(locale: string): void;
  setTheme(theme: Theme): void;
  setIdentity(identity: Identity): void;
  /** Forgets everything that this browser keeps of the customer. */
  logout(): void;
  /** Returns the way to stop listening. */
  on<E extends WidgetEvent>(event: E, listener: Listener<E>): () => void;
  off<E extends WidgetEvent>(event: E, listener: Listener<E>): void;
  /** The way of pages that ran before the script: `(window.Switchboard ||= []).push(["open"])`. */
  push(...calls: QueuedCall[]): void;
  readonly locale: Locale;
  readonly isOpen: boolean;
  readonly unread: number;
}

/** The name of a method and what it is given. */
export type QueuedCall = [method: string, ...given: unknown[]];

declare global {
  interface Window { Switchboard?: SwitchboardApi | QueuedCall[] }
}
