import { readJson, writeJson, type KeyValue } from "../shared/outbox";

const DRAFTS = "switchboard.desk.drafts.v2";
/** Milliseconds of rest after which what was typed goes to the service. */
const REST = 600;
const NOTE = "#note";

/** A draft as the service tells it; `version` is about when it was written, in microseconds. */
export interface DraftFrame { conversation: string; kind: "reply" | "note"; text: string; version: number }
/** `dirty`: the service has not confirmed it; `at`: when it was typed here, in milliseconds. */
interface Entry { text: string; version: number; dirty: boolean; at: number }

export interface DraftsOptions {
  storage: KeyValue;
  /** False: not connected; it is sent after the next `ready`. */
  send: (frame: { type: "draft"; conversation: string; kind: "reply" | "note"; text: string }) => boolean;
  /** Another browser of the same person wrote something newer. */
  changed: (key: string) => void;
  now: () => number;
}

export const draftKey = (conversation: string, note: boolean): string => (note ? conversation + NOTE : conversation);

/** What was begun and not sent, by conversation and kind: kept here at once, and at the service a moment later. */
export class Drafts {
  private entries: Record<string, Entry>;
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly options: DraftsOptions) {
    this.entries = readJson<Record<string, Entry>>(options.storage, DRAFTS) ?? {};
  }

  get(key: string): string {
    return this.entries[key]?.text ?? "";
  }

  /** `now`: it was sent, and must not come back from elsewhere. */
  set(key: string, text: string, now = false): void {
    if (text === this.get(key)) return;
    this.put(key, { text, version: this.entries[key]?.version ?? 0, dirty: true, at: this.options.now() });
    clearTimeout(this.timers.get(key));
    if (now || !text) this.push(key);
    else this.timers.set(key, setTimeout(() => this.push(key), REST));
  }

  /** All that the service keeps; what was typed here later goes there. */
  ready(kept: DraftFrame[]): void {
    const there = new Map(kept.map((draft) => [draftKey(draft.conversation, draft.kind === "note"), draft]));
    for (const [key, entry] of Object.entries(this.entries)) {
      if (entry.dirty && entry.at * 1000 >= (there.get(key)?.version ?? 0)) this.push(key);
      else if (!there.has(key)) this.take(key, { text: "", version: entry.version });
    }
    for (const [key, draft] of there) {
      const mine = this.entries[key];
      if (!mine?.dirty || mine.at * 1000 < draft.version) this.take(key, draft);
    }
  }

  /** The service has kept one, written here or elsewhere. */
  heard(draft: DraftFrame): void {
    const key = draftKey(draft.conversation, draft.kind === "note");
    const mine = this.entries[key];
    if (mine && mine.text === draft.text) this.put(key, { ...mine, version: draft.version, dirty: false });
    else if (!mine?.dirty && draft.version > (mine?.version ?? 0)) this.take(key, draft);
  }

  private take(key: string, { text, version }: { text: string; version: number }): void {
    const differs = this.get(key) !== text;
    this.put(key, { text, version, dirty: false, at: this.options.now() });
    if (differs) this.options.changed(key);
  }

  private push(key: string): void {
    this.timers.delete(key);
    const note = key.endsWith(NOTE);
    this.options.send({ type: "draft", conversation: note ? key.slice(0, -NOTE.length) : key, kind: note ? "note" : "reply", text: this.get(key) });
  }

  private put(key: string, entry: Entry): void {
    const { [key]: _old, ...others } = this.entries;
    this.entries = entry.text || entry.dirty ? { ...others, [key]: entry } : others;
    writeJson(this.options.storage, DRAFTS, this.entries);
  }
}
