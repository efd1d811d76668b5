/** Messages that the service has not yet acknowledged: kept through a reload, sent in order, one at a time. */

import type { FileRef } from "./files";

export interface OutMessage {
  id: string;
  text: string;
  /** ISO 8601, UTC: when the person pressed send. */
  at: string;
  payload?: string;
  /** Uploads that go with it. */
  files?: FileRef[];
  /** The desk only: where it goes, and whether it is an internal note. */
  conversation?: string;
  note?: boolean;
  /** The desk only: a note that asks a colleague or a skill, or one in the thread of such a question. */
  to?: Record<string, string>;
  thread?: string;
  /** Refused by the service; stays until the person sends it again or drops it. */
  failed?: string;
}

export interface KeyValue {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A storage that may be forbidden (private mode, blocked cookies) falls back to memory. */
export function safeStorage(open: () => KeyValue): KeyValue {
  try {
    const storage = open();
    storage.setItem("switchboard.probe", "1");
    storage.removeItem("switchboard.probe");
    return storage;
  } catch {
    const memory = new Map<string, string>();
    return {
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => void memory.set(key, value),
      removeItem: (key) => void memory.delete(key),
    };
  }
}

export function readJson<T>(storage: KeyValue, key: string): T | null {
  try {
    return JSON.parse(storage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}

export function writeJson(storage: KeyValue, key: string, value: unknown): void {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
  } catch {
    // A full storage costs the resume after a reload, not the conversation.
  }
}

const ACK_WITHIN = 15_000;

export interface OutboxOptions {
  storage: KeyValue;
  key: string;
  /** False: not connected; the message waits. */
  send: (message: OutMessage) => boolean;
  /** No acknowledgement in time: the connection is presumed dead. */
  onStall: () => void;
  onChange: () => void;
}

export class Outbox {
  items: OutMessage[];
  /** Ids handled in this tab: another tab's older copy must not bring them back. */
  private readonly seen = new Set<string>();
  private flying: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: OutboxOptions) {
    const kept = readJson<OutMessage[]>(options.storage, options.key);
    this.items = Array.isArray(kept) ? kept.filter((item) => typeof item?.id === "string") : [];
    for (const item of this.items) this.seen.add(item.id);
  }

  get waiting(): OutMessage[] {
    return this.items.filter((item) => !item.failed);
  }

  add(message: OutMessage): void {
    this.merge();
    this.items = [...this.items, message];
    this.save();
    this.pump();
  }

  /** Acknowledged, or seen in the log: it arrived. */
  settle(id: string): void {
    if (!this.items.some((item) => item.id === id)) return;
    this.merge();
    this.items = this.items.filter((item) => item.id !== id);
    this.save();
    if (this.flying === id) this.land();
    this.pump();
  }

  fail(id: string, code: string): void {
    this.items = this.items.map((item) => (item.id === id ? { ...item, failed: code } : item));
    this.save();
    if (this.flying === id) this.land();
    this.pump();
  }

  retry(id: string): void {
    this.items = this.items.map((item) => {
      if (item.id !== id) return item;
      const { failed: _failed, ...again } = item;
      return again;
    });
    this.save();
    this.pump();
  }

  /** The connection is gone: what was in flight is sent again, with the same id, after the next `ready`. */
  pause(): void {
    this.land();
  }

  /** The id of the message that was in flight, if any. */
  get inFlight(): string | null {
    return this.flying;
  }

  /** Sends the next message if none is in flight. */
  pump(): void {
    if (this.flying) return;
    const next = this.waiting[0];
    if (!next || !this.options.send(next)) return;
    this.flying = next.id;
    this.timer = setTimeout(() => {
      this.land();
      this.options.onStall();
    }, ACK_WITHIN);
  }

  private land(): void {
    clearTimeout(this.timer);
    this.flying = null;
  }

  /** Another tab of the same page may have added messages: they must not be overwritten. */
  private merge(): void {
    const kept = readJson<OutMessage[]>(this.options.storage, this.options.key);
    if (!Array.isArray(kept)) return;
    const known = new Set(this.items.map((item) => item.id));
    this.seen.forEach((id) => known.add(id));
    this.items = [...this.items, ...kept.filter((item) => !known.has(item.id))];
  }

  private save(): void {
    for (const item of this.items) this.seen.add(item.id);
    writeJson(this.options.storage, this.options.key, this.items.length ? this.items : null);
    this.options.onChange();
  }
}
