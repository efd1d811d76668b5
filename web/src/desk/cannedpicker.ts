import { html, type LitElement, type TemplateResult } from "lit";
import type { Locale } from "../shared/protocol";
import { filled, fitting, slashAt, type CannedReplies, type CannedReply, type Values } from "./canned";
import { ListPicker, type Picking, type Typed } from "./picker";

export interface CannedPicking extends Picking {
  replies: () => CannedReplies;
  /** The customer's language: words in another one are not offered. */
  language: () => Locale;
  values: () => Values;
}

/** The canned replies that a slash opens. */
export class CannedPicker extends ListPicker<CannedReply, CannedPicking> {
  protected readonly labels = { list: "cannedReplies", count: "cannedCount", none: "cannedNone", keys: "cannedKeys" };

  constructor(host: LitElement, picking: CannedPicking) {
    super(host, picking, "canned");
  }

  protected override opened(): Promise<void> {
    return this.picking.replies().load();
  }

  protected typed(text: string, caret: number): Typed | null {
    return slashAt(text, caret);
  }

  protected fitting(query: string): CannedReply[] {
    return fitting(this.picking.replies().items, query, this.picking.language());
  }

  protected idOf(one: CannedReply): string {
    return one.id;
  }

  protected words(one: CannedReply): string {
    return filled(one.text, this.picking.values());
  }

  protected body(one: CannedReply): TemplateResult {
    return html`<span class="canned-head"><code>/${one.shortcut}</code> <b>${one.title}</b></span><span class="canned-text">${this.words(one)}</span>`;
  }
}
