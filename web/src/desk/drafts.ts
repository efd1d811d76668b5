import { readJson, writeJson, type KeyValue } from "../shared/outbox";

const DRAFTS = "switchboard.desk.drafts.v1";

/** What was begun and not sent, by conversation; it outlives the page. */
export class Drafts {
  private texts: Record<string, string>;

  constructor(private readonly storage: KeyValue) {
    this.texts = readJson<Record<string, string>>(storage, DRAFTS) ?? {};
  }

  get(key: string): string {
    return this.texts[key] ?? "";
  }

  set(key: string, text: string): void {
    const { [key]: _old, ...others } = this.texts;
    this.texts = text ? { ...others, [key]: text } : others;
    writeJson(this.storage, DRAFTS, this.texts);
  }
}
