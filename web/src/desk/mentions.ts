import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { ago } from "../shared/locale";
import type { Locale, MentionKind } from "../shared/protocol";
import { ApiError, type Api } from "./api";
import { nameOf } from "./list";
import { empty, loading } from "./states";
import type { DeskStore } from "./store";
import type { Say } from "./words";

/** A note that calls the reader, asks them, or answers them; `at` is ISO 8601. */
export interface Mention { conversation: string; seq: number; by: string; text: string; at: string; kind?: MentionKind; thread?: string }

/** Who wants what, in words. */
export function calledBy(mention: Mention, name: string, say: Say): string {
  return say({ mention: "mentionBy", question: "questionBy", answer: "answerBy" }[mention.kind ?? "mention"], { name });
}

/** Who called me, and where I have not looked yet. */
export class Mentions {
  items: Mention[] = [];
  /** What has just come and is not before the reader's eyes. */
  latest: Mention | null = null;

  constructor(private readonly api: Api, private readonly changed: () => void) {}

  ready(items: Mention[]): void {
    this.items = items;
  }

  heard(mention: Mention): void {
    if (!this.items.some((one) => one.conversation === mention.conversation && one.seq === mention.seq)) this.items = [mention, ...this.items];
  }

  shout(mention: Mention | null): void {
    this.latest = mention ?? this.latest;
  }

  hush(): void {
    this.latest = null;
    this.changed();
  }

  /** The conversation is open before the reader. */
  async seen(conversation: string): Promise<void> {
    if (this.latest?.conversation === conversation) this.latest = null;
    const mine = this.items.filter((one) => one.conversation === conversation);
    if (!mine.length) return;
    this.items = this.items.filter((one) => one.conversation !== conversation);
    this.changed();
    try {
      await this.api.request<null>("POST", "/mentions/seen", { conversation });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.items = [...mine, ...this.items];
      this.changed();
    }
  }
}

export function mentionList(store: DeskStore, locale: Locale, say: Say): TemplateResult {
  const { items } = store.mentions;
  return html`<nav class="list" aria-label=${say("navMentions")} data-testid="mentions">
    <h2 class="list-title">${say("navMentions")} ${items.length ? html`<span class="count">${items.length}</span>` : nothing}</h2>
    <div class="rows">${!store.everReady ? loading(say)
      : items.length ? html`<ul>${repeat(items, (one) => `${one.conversation}/${one.seq}`, (one) => html`<li><button class="row" data-testid="mention" aria-current="false"
          @click=${() => store.select(one.conversation)}>
          <span class="row-top"><b>${calledBy(one, store.called(one.by), say)}</b><time>${ago(one.at, locale, store.now())}</time></span>
          <span class="row-last">${one.text}</span><span class="row-mode">${nameOf(store.row(one.conversation), say)}</span></button></li>`)}</ul>`
        : empty(say("emptyMentions"), say("toConversations"), () => (location.hash = "#/conversations"))}</div>
  </nav>`;
}
