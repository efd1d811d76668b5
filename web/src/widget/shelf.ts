import { readJson, writeJson, type KeyValue } from "../shared/outbox";
import type { Opened } from "./service";

const KEY = "switchboard.chat.v1";
const PAST_KEY = "switchboard.past.v1";
const MOST = 20;
/** Tokens are renewed so long after the last words, milliseconds. */
const RENEWABLE = 30 * 86_400_000;

/** What this browser keeps of a conversation. */
export interface Kept extends Opened {
  /** Milliseconds since 1970: when something was last said. */
  active?: number;
  read?: number;
  /** Whose it is, where the page has said so. */
  user?: string;
  /** The customer's first words in it. */
  title?: string;
}

/** The conversation that is open here, and those of before. */
export class Shelf {
  constructor(private readonly storage: KeyValue) {}

  get current(): Kept | null {
    const kept = readJson<Kept>(this.storage, KEY);
    return kept?.token ? kept : null;
  }

  set current(kept: Kept | null) {
    writeJson(this.storage, KEY, kept);
  }

  get past(): Kept[] {
    const past = readJson<Kept[]>(this.storage, PAST_KEY);
    return Array.isArray(past) ? past.filter((kept) => typeof kept?.conversation === "string" && kept.token && Date.now() - (kept.active ?? 0) < RENEWABLE) : [];
  }

  /** Puts one away; the newest first. What was never spoken in is not worth a place. */
  put(kept: Kept | null): void {
    if (!kept?.title) return;
    const others = this.past.filter((one) => one.conversation !== kept.conversation);
    writeJson(this.storage, PAST_KEY, [kept, ...others].slice(0, MOST));
  }

  take(conversation: string): Kept | null {
    const found = this.past.find((one) => one.conversation === conversation) ?? null;
    if (found) writeJson(this.storage, PAST_KEY, this.past.filter((one) => one !== found && one.conversation !== conversation));
    return found;
  }

  wipe(): void {
    writeJson(this.storage, KEY, null);
    writeJson(this.storage, PAST_KEY, null);
  }
}
