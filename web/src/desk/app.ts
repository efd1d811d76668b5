import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import tokens from "../shared/tokens.css?inline";
import { icons } from "../shared/icons";
import { fill, toLocale } from "../shared/locale";
import { safeStorage } from "../shared/outbox";
import type { Locale, PresenceState, Row } from "../shared/protocol";
import { onComeback } from "../shared/socket";
import { composing } from "../shared/text";
import { Api } from "./api";
import { channelWord, customer, languageWord, story } from "./context";
import styles from "./desk.css?inline";
import { list, nameOf, offerCard, waitOf } from "./list";
import { DeskStore } from "./store";
import type { DeskTicket } from "./ticket";
import { inside, namesIn, statusOf, transcript } from "./transcript";
import type { DeskComposer } from "./composer";
import { words, type Say } from "./words";

const LOCALE = "switchboard.desk.locale.v1";
const QUIET = 2_000;
type Panel = "story" | "customer" | "ticket";

export class DeskApp extends LitElement {
  static override styles = [unsafeCSS(tokens), unsafeCSS(base), unsafeCSS(styles)];
  static override properties = { locale: { state: true }, panel: { state: true }, lost: { state: true }, hint: { state: true }, inside: { state: true } };

  declare locale: Locale;
  declare panel: Panel;
  declare lost: boolean;
  declare hint: string;
  /** Whether the transcript shows what happened inside. */
  declare inside: boolean;
  private readonly storage = safeStorage(() => window.localStorage);
  readonly api = new Api(location.origin, safeStorage(() => window.sessionStorage), () => this.signedOut(this.say("ended")));
  store: DeskStore | null = null;
  private ticking: ReturnType<typeof setInterval> | undefined;
  private stopListening: (() => void) | undefined;
  private lostTimer: ReturnType<typeof setTimeout> | undefined;
  private stick = true;
  private shown = "";
  private numbers: string[] = [];
  readonly say: Say = (word, values) => fill((words[this.locale] as Record<string, string>)[word] ?? "", values ?? {});

  constructor() {
    super();
    this.locale = toLocale(this.storage.getItem(LOCALE)) ?? toLocale(new URLSearchParams(location.search).get("lang")) ?? toLocale(navigator.language) ?? "en";
    this.panel = "story";
    this.lost = this.inside = false;
    this.hint = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.onKey);
    window.addEventListener("offline", this.onStore);
    const stopComeback = onComeback(() => this.store?.nudge());
    this.stopListening = () => {
      stopComeback();
      window.removeEventListener("keydown", this.onKey);
      window.removeEventListener("offline", this.onStore);
    };
    if (this.api.signedIn) this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopListening?.();
    this.end();
  }

  private begin(): void {
    this.hint = "";
    const store = new DeskStore({ api: this.api, base: location.origin, storage: this.storage });
    store.addEventListener("change", this.onStore);
    store.addEventListener("ticket", (event) =>
      this.renderRoot.querySelector<DeskTicket>("sb-ticket")?.heard(String((event as CustomEvent).detail)));
    store.addEventListener("mine", () => void this.focusComposer());
    store.language = this.locale;
    this.store = store;
    this.ticking = setInterval(() => {
      store.expireOffers();
      this.requestUpdate();
    }, 1000);
    store.start();
    this.requestUpdate();
  }

  private end(): void {
    clearInterval(this.ticking);
    this.store?.removeEventListener("change", this.onStore);
    this.store?.stop();
    this.store = null;
  }

  /** Who accepts a conversation wants to write in it. */
  private async focusComposer(): Promise<void> {
    await this.updateComplete;
    const composer = this.renderRoot.querySelector<DeskComposer>("sb-composer");
    await composer?.updateComplete;
    composer?.focusText();
  }

  private signedOut(hint: string): void {
    this.end();
    this.lost = false;
    this.hint = hint;
    this.requestUpdate();
  }

  private readonly onStore = (): void => {
    const { store } = this;
    const broken = !navigator.onLine || (store !== null && store.everReady && store.state !== "ready");
    if (!broken) {
      clearTimeout(this.lostTimer);
      this.lostTimer = undefined;
      this.lost = false;
    } else {
      this.lostTimer ??= setTimeout(() => (this.lost = true), navigator.onLine ? QUIET : 0);
    }
    this.requestUpdate();
  };

  private setLocale(locale: Locale): void {
    this.locale = locale;
    this.storage.setItem(LOCALE, locale);
    this.store?.speak(locale);
  }

  /** Letters belong to whoever is typing; a dialog's own buttons keep their Enter. */
  private readonly onKey = (event: KeyboardEvent): void => {
    const { store } = this;
    if (!store || composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]")) return;
    const offer = store.offers[0];
    if (offer && event.key === "Enter" && !(target instanceof HTMLElement && target.matches("button, a, summary"))) store.accept(offer.conversation);
    else if (offer && event.key === "Escape") store.decline(offer.conversation);
    else if (event.key === "j" || event.key === "J") store.move(1);
    else if (event.key === "k" || event.key === "K") store.move(-1);
    else return;
    event.preventDefault();
  };

  override render(): TemplateResult {
    const { say, store } = this;
    if (!store) {
      return html`<main class="door">${this.languages()}<sb-login .api=${this.api} .say=${say} .hint=${this.hint} @signed-in=${() => this.begin()}></sb-login></main>`;
    }
    return html`<div class="desk">
      ${this.header(store)}
      ${this.banner(store)}
      <div class="columns">
        ${list(store, this.locale, say)}
        <main class="conversation">${store.selected ? this.conversation(store, store.selected) : html`<p class="empty center">${say("pick")}</p>`}</main>
        <aside class="context" aria-label=${say("context")}>${store.selected ? this.context(store, store.selected) : nothing}
          ${this.offers(store)}</aside>
      </div>
    </div>`;
  }

  /** Below what the agent works with, so that nothing of it is covered. Spoken once, not at every second of the ring. */
  private offers(store: DeskStore): TemplateResult {
    const { say } = this;
    const [offer, ...others] = store.offers;
    return html`<p class="sr" role="alert">${offer ? say("offerFor", { name: nameOf(store.row(offer.conversation), say) }) : ""}</p>
      <div class="offers">${offer ? offerCard(store, offer, this.locale, say) : nothing}
        ${others.length ? html`<p class="more-offers">${say("moreOffers", { count: others.length })}</p>` : nothing}</div>`;
  }

  private languages(): TemplateResult {
    const button = (locale: Locale, label: string): TemplateResult => html`<button class="tool" data-testid="lang-${locale}" lang=${locale}
      aria-pressed=${this.locale === locale ? "true" : "false"} @click=${() => this.setLocale(locale)}>${label}</button>`;
    return html`<div class="langs" role="group" aria-label=${this.say("language")}>${button("zh", "中文")}${button("en", "English")}</div>`;
  }

  private header(store: DeskStore): TemplateResult {
    const { say } = this;
    const state = store.presence?.state ?? "away";
    return html`<header class="top">
      <h1>${say("title")}</h1><span class="grow"></span>
      <label class="presence"><i class="lamp ${state}" aria-hidden="true"></i><span class="sr">${say("presence")}</span>
        <select data-testid="presence" ?disabled=${store.state !== "ready"} @change=${(event: Event) => store.setPresence((event.target as HTMLSelectElement).value as PresenceState)}>
          ${(["available", "busy", "away"] as const).map((name) => html`<option value=${name} .selected=${name === state}>${say(name)}</option>`)}
        </select></label>
      ${this.languages()}
      <span class="muted me">${store.me.display || store.me.name}</span>
      <button class="square" data-testid="sign-out" aria-label=${say("signOut")} title=${say("signOut")} @click=${() => void this.api.signOut().then(() => this.signedOut(""))}>${icons.out()}</button>
    </header>`;
  }

  private banner(store: DeskStore): TemplateResult {
    const { say } = this;
    const lost = store.refused ? say("refused") : this.lost ? say(navigator.onLine ? "lost" : "offline") : "";
    return html`<div role="status">
      ${lost ? html`<p class="banner" data-testid="offline-bar">${lost}</p>` : nothing}
      ${store.notice ? html`<p class="banner warn" data-testid="notice">${store.notice === "notice_taken" ? say("notice_taken") : say("notice_error", { message: store.notice })}
        <button class="link" @click=${() => store.dismissNotice()}>${say("dismiss")}</button></p>` : nothing}
    </div>`;
  }

  private conversation(store: DeskStore, id: string): TemplateResult {
    const { say } = this;
    const row = store.row(id);
    const thread = store.thread;
    const pending = store.outbox.items.filter((message) => message.conversation === id);
    const events = thread?.log.events ?? [];
    const count = events.filter(inside).length;
    const names = namesIn(events);
    const typing = (thread?.typingUntil ?? 0) > store.now();
    const facts = [channelWord(row.channel, say), languageWord(row.language, say), row.mode ? say(`mode_${row.mode}`) : "", row.ticket ?? ""].filter(Boolean);
    return html`
      <div class="conversation-top"><h2>${nameOf(row, say)}</h2><span class="muted">${facts.join(" · ")}</span>${waitOf(row, say, store.now())}
        ${count ? html`<button class="quiet" data-testid="inside" aria-pressed=${this.inside ? "true" : "false"}
          @click=${() => (this.inside = !this.inside)}>${say("entries", { count })}</button>` : nothing}</div>
      <div class="transcript" data-testid="transcript" role="log" aria-live="polite" aria-label=${say("transcript")} tabindex="0" @scroll=${this.onScroll}>
        ${thread && !thread.loaded && thread.loading && !thread.log.events.length ? html`<div class="skeleton" aria-label=${say("loading")}><i></i><i></i><i></i></div>` : nothing}
        ${thread?.error ? html`<p class="bad" role="alert">${say("loadError", { message: thread.error })} <button class="link" @click=${() => thread.load()}>${say("retry")}</button></p>` : nothing}
        ${transcript(events, pending, {
          locale: this.locale, say, inside: this.inside, ready: store.state === "ready",
          called: (account) => names.get(account) ?? store.called(account),
          status: (ticket, status) => statusOf(store.ticketTypes, events.find((event) => event.kind === "ticket_opened" && event.ticket === ticket)?.type, status, this.locale, say),
          retry: (message) => store.outbox.retry(message), drop: (message) => store.outbox.settle(message),
        })}
      </div>
      <p class="typing-line" role="status">${typing ? say("typing") : ""}</p>
      ${this.answer(store, id, row)}`;
  }

  private answer(store: DeskStore, id: string, row: Row): TemplateResult {
    const { say } = this;
    if (store.owns(id)) return html`<sb-composer .store=${store} .say=${say} .conversation=${id} lang=${this.locale}></sb-composer>`;
    const waiting = row.mode === "waiting" || store.queue.includes(id);
    const text = waiting ? say("takeHint") : row.mode === "closed" ? say("closedHint")
      : row.mode === "human" ? say("otherHint", { name: store.called(row.assignee ?? "") || say("agent") }) : say("botHint");
    return html`<div class="strip"><span>${text}</span>${waiting ? html`<button class="primary" data-testid="take" ?disabled=${store.state !== "ready"}
      @click=${() => store.accept(id)}>${say("take")}</button>` : nothing}</div>`;
  }

  private context(store: DeskStore, id: string): TemplateResult {
    const { say } = this;
    const row = store.row(id);
    const thread = store.thread;
    const summary = thread?.summary ?? null;
    const numbers = [...new Set([...(row.ticket ? [row.ticket] : []), ...(thread?.tickets ?? [])])];
    const tab = (panel: Panel, word: string): TemplateResult => html`<button role="tab" data-testid="context-${panel}"
      aria-selected=${this.panel === panel ? "true" : "false"} @click=${() => (this.panel = panel)}>${say(word)}${panel === "ticket" && numbers.length ? html` <span class="count">${numbers.length}</span>` : nothing}</button>`;
    return html`<div class="tabs" role="tablist">${tab("story", "story")}${tab("customer", "customerTab")}${tab("ticket", "ticketTab")}</div>
      <div class="panel" role="tabpanel">
        ${this.panel === "story" ? story(summary, row, store.ticketTypes, this.locale, say) : nothing}
        ${this.panel === "customer" ? customer(summary, row, this.locale, say, store.now()) : nothing}
        <sb-ticket ?hidden=${this.panel !== "ticket"} .api=${this.api} .say=${say} .locale=${this.locale} .types=${store.ticketTypes} .called=${store.called} .conversation=${id} .numbers=${this.stable(numbers)}></sb-ticket>
      </div>`;
  }

  /** The same list object while the numbers are the same, so that a tick is not a change. */
  private stable(numbers: string[]): string[] {
    if (numbers.join() !== this.numbers.join()) this.numbers = numbers;
    return this.numbers;
  }

  private onScroll(event: Event): void {
    const box = event.target as HTMLElement;
    this.stick = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  }

  protected override updated(): void {
    document.documentElement.lang = this.locale === "zh" ? "zh-CN" : "en";
    document.title = this.say("title");
    this.setAttribute("lang", document.documentElement.lang);
    const selected = this.store?.selected ?? "";
    const box = this.renderRoot.querySelector<HTMLElement>(".transcript");
    if (box && (this.stick || selected !== this.shown)) box.scrollTop = box.scrollHeight;
    if (selected !== this.shown) {
      this.stick = true;
      this.shown = selected;
    }
  }
}
