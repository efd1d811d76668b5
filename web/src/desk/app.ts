import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import fileStyles from "../shared/files.css?inline";
import tokens from "../shared/tokens.css?inline";
import { icons } from "../shared/icons";
import { fill, toLocale } from "../shared/locale";
import { safeStorage } from "../shared/outbox";
import type { Locale, PresenceState } from "../shared/protocol";
import { onComeback } from "../shared/socket";
import { composing } from "../shared/text";
import { Api } from "./api";
import { browserCalls } from "./browsercalls";
import { approvalConversations, approvalList } from "./approvallist";
import { Commands } from "./commands";
import { customer, story } from "./context";
import { earlier } from "./earlier";
import contextStyles from "./context.css?inline";
import { conversation } from "./conversation";
import styles from "./desk.css?inline";
import { deskCommands } from "./deskcommands";
import insightStyles from "./insights.css?inline";
import { list, nameOf, offerCard } from "./list";
import { calledBy, mentionList } from "./mentions";
import type { NoticeBox } from "./noticebox";
import { Notices } from "./notices";
import { pageOf, reaches, type Page } from "./pages";
import lists from "./lists.css?inline";
import { Look, lookButtons, themed } from "./look";
import type { DeskPalette } from "./palette";
import pages from "./pages.css?inline";
import { rail } from "./rail";
import { Router, type Place } from "./router";
import type { DeskShortcuts } from "./shortcuts";
import { forbidden, loading } from "./states";
import { Receipts } from "./receipts";
import { DeskStore } from "./store";
import type { DeskTicket } from "./ticket";
import type { DeskComposer } from "./composer";
import type { ViewBar } from "./viewbar";
import writing from "./writing.css?inline";
import { words, type Say } from "./words";

const LOCALE = "switchboard.desk.locale.v1";
const QUIET = 2_000;
type Panel = "story" | "customer" | "ticket";

export class DeskApp extends LitElement {
  static override styles = [unsafeCSS(themed(tokens)), unsafeCSS(base), unsafeCSS(fileStyles), unsafeCSS(styles), unsafeCSS(pages), unsafeCSS(contextStyles), unsafeCSS(insightStyles), unsafeCSS(lists), unsafeCSS(writing)];
  static override properties = { locale: { state: true }, panel: { state: true }, lost: { state: true }, hint: { state: true }, inside: { state: true }, place: { state: true } };

  declare locale: Locale;
  declare panel: Panel;
  declare lost: boolean;
  declare hint: string;
  /** Whether the transcript shows what happened inside. */
  declare inside: boolean;
  declare place: Place;
  private readonly router = new Router(window, (place) => this.arrived(place));
  private readonly storage = safeStorage(() => window.localStorage);
  readonly api = new Api(location.origin, safeStorage(() => window.sessionStorage), () => this.signedOut(this.say("ended")));
  private readonly look = new Look(this.storage);
  private readonly notices = new Notices(this.storage, browserCalls(), {
    offered: (id) => this.say("offerFor", { name: this.called(id) }),
    wrote: (id) => this.say("noticeWrote", { name: this.called(id) }),
    open: (id) => this.openConversation(id),
  });
  /** Other parts of the desk add what they can do. */
  readonly commands = new Commands();
  store: DeskStore | null = null;
  private receipts: Receipts | undefined;
  private ticking: ReturnType<typeof setInterval> | undefined;
  private stopListening: (() => void) | undefined;
  private lostTimer: ReturnType<typeof setTimeout> | undefined;
  private stick = true;
  private shown = "";
  private numbers: string[] = [];
  readonly say: Say = (word, values) => fill((words[this.locale] as Record<string, string>)[word] ?? this.flowOf(word), values ?? {});

  constructor() {
    super();
    this.locale = toLocale(this.storage.getItem(LOCALE)) ?? toLocale(new URLSearchParams(location.search).get("lang")) ?? toLocale(navigator.language) ?? "en";
    this.panel = "story";
    this.lost = this.inside = false;
    this.hint = "";
    this.place = this.router.place;
    this.addEventListener("grown", () => this.requestUpdate());
    this.commands.add((typed) => (this.store ? deskCommands({
      store: this.store, say: this.say, look: this.look, go: (page) => this.router.go(page), open: (id) => this.openConversation(id),
      search: (text) => void this.search(text), reply: () => void this.focusComposer(), help: () => this.dialog<DeskShortcuts>("sb-shortcuts")?.show(), filter: () => void this.viewBar((bar) => bar.showFilter()), notices: this.notices, noticeBox: () => this.dialog<NoticeBox>("sb-notices")?.show(),
      speak: (locale) => this.setLocale(locale), changed: () => this.requestUpdate(),
    }, typed) : []));
  }

  private called(id: string): string {
    return this.store ? nameOf(this.store.row(id), this.say) : "";
  }

  private openConversation(id: string): void {
    this.router.go("conversations");
    this.store?.select(id);
  }

  /** A flow may hand over for a reason of its own, which is called as the flow is. */
  private flowOf(word: string): string {
    const [, flow] = /^reason_(.+)$/.exec(word) ?? [];
    return (flow && this.store?.labels.flows?.[flow]?.[this.locale]) || "";
  }

  private dialog<T extends Element>(tag: string): T | null {
    return this.renderRoot.querySelector<T>(tag);
  }

  /** The search box on its page, with these words in it. */
  private async search(text: string): Promise<void> {
    this.router.go("conversations");
    if (text) this.store?.search.ask(text, true);
    await this.updateComplete;
    this.dialog<HTMLInputElement>("input[type=search]")?.focus();
  }

  /** What is to be done with the choice of views, on its page. */
  private async viewBar(act: (bar: ViewBar) => void): Promise<void> {
    this.router.go("conversations");
    this.store?.search.ask("");
    await this.updateComplete;
    const bar = this.dialog<ViewBar>("sb-views");
    await bar?.updateComplete;
    if (bar) act(bar);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.onKey);
    window.addEventListener("offline", this.onStore);
    document.addEventListener("visibilitychange", this.onSight);
    this.router.start();
    const stopComeback = onComeback(() => this.store?.nudge());
    this.stopListening = () => {
      stopComeback();
      this.router.stop();
      window.removeEventListener("keydown", this.onKey);
      window.removeEventListener("offline", this.onStore);
      document.removeEventListener("visibilitychange", this.onSight);
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
    this.receipts = new Receipts(store, () => pageOf(this.place.page).id === "conversations");
    store.addEventListener("ticket", (event) =>
      this.renderRoot.querySelector<DeskTicket>("sb-ticket")?.heard(String((event as CustomEvent).detail)));
    store.addEventListener("mine", () => {
      this.router.go("conversations");
      void this.focusComposer();
    });
    store.addEventListener("wrote", (event) => this.notices.wrote(String((event as CustomEvent).detail)));
    store.language = this.locale;
    this.store = store;
    this.ticking = setInterval(() => {
      store.expireOffers();
      this.requestUpdate();
    }, 1000);
    store.start();
    this.arrived(this.router.place);
  }

  private get page(): Page {
    return pageOf(this.place.page);
  }

  /** The address names another place: a page, and on the first one a conversation. */
  private arrived(place: Place): void {
    this.place = place;
    const [id] = place.rest;
    if (this.page.id === "conversations" && id && id !== this.store?.selected) this.store?.select(id);
    this.requestUpdate();
  }

  private end(): void {
    clearInterval(this.ticking);
    this.store?.removeEventListener("change", this.onStore);
    this.receipts?.stop();
    this.notices.stop();
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

  /** Back before somebody's eyes: what is open has been read. */
  private readonly onSight = (): void => {
    this.store?.looked();
    this.onStore();
  };

  private readonly onStore = (): void => {
    const { store } = this;
    if (store) this.notices.look(store);
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
    if (store && (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      this.dialog<DeskPalette>("sb-palette")?.show();
      return;
    }
    if (!store || composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]")) return;
    const offer = store.offers[0];
    if (offer && event.key === "Enter" && !(target instanceof HTMLElement && target.matches("button, a, summary"))) store.accept(offer.conversation);
    else if (offer && event.key === "Escape") store.decline(offer.conversation);
    else if (/^[jk]$/i.test(event.key)) this.move(store, event.key.toLowerCase() === "j" ? 1 : -1);
    else if (event.key === "?") this.dialog<DeskShortcuts>("sb-shortcuts")?.show();
    else if (/^s$/i.test(event.key)) void this.search("");
    else if (/^v$/i.test(event.key)) void this.viewBar((bar) => bar.focusChoice());
    else if (/^r$/i.test(event.key)) void this.focusComposer();
    else return;
    event.preventDefault();
  };

  private move(store: DeskStore, step: 1 | -1): void {
    if (this.page.id === "conversations") store.move(step);
    else if (this.page.id === "approvals") store.move(step, approvalConversations(store));
  }

  override render(): TemplateResult {
    const { say, store } = this;
    if (!store) {
      return html`<main class="door">${this.languages()}<sb-login .api=${this.api} .say=${say} .hint=${this.hint} @signed-in=${() => this.begin()}></sb-login></main>`;
    }
    return html`<div class="desk">
      ${this.header(store)}
      ${this.banner(store)}
      <div class="body">
        ${rail(this.page.id, store.role ?? "agent", { approvals: store.approvals.waiting.length, mentions: store.mentions.items.length }, say)}
        ${this.pageBody(store)}
      </div>
      <sb-palette .commands=${this.commands} .say=${say}></sb-palette><sb-shortcuts .say=${say}></sb-shortcuts><sb-notices .notices=${this.notices} .say=${say}></sb-notices>
    </div>`;
  }

  private get showsConversation(): boolean {
    return ["conversations", "approvals", "mentions"].includes(this.page.id);
  }

  private pageBody(store: DeskStore): TemplateResult {
    const { say, page, locale } = this;
    const { role } = store;
    if (this.showsConversation) return this.desk(store);
    const ready = store.state === "ready";
    const body = !role ? loading(say, 6) : !reaches(role, page.role) ? forbidden(say)
      : page.id === "tickets" ? html`<sb-tickets .api=${this.api} .say=${say} .locale=${locale} .desk=${store} .number=${this.place.rest[0] ?? ""} .ready=${ready}></sb-tickets>`
      : page.id === "canned" ? html`<sb-canned .api=${this.api} .say=${say} .locale=${locale} .ready=${ready}></sb-canned>`
      : page.id === "flows" ? html`<sb-flows .api=${this.api} .say=${say} .locale=${locale} .flow=${this.place.rest[0] ?? ""} .ready=${ready}></sb-flows>`
      : page.id === "insights" ? html`<sb-insights .api=${this.api} .say=${say} .locale=${locale} .desk=${store} .ready=${ready}></sb-insights>`
      : page.id === "scores" ? html`<sb-scores .api=${this.api} .say=${say} .locale=${locale} .conversation=${this.place.rest[0] ?? ""} .ready=${ready}></sb-scores>`
      : html`<sb-ledger .api=${this.api} .say=${say} .locale=${locale} .desk=${store} .conversation=${this.place.rest[0] ?? ""} .ready=${ready}></sb-ledger>`;
    return html`<main class="page">${body}</main><div class="floating">${this.offers(store)}</div>`;
  }

  private desk(store: DeskStore): TemplateResult {
    const { say } = this;
    const view = {
      store, api: this.api, locale: this.locale, say, inside: this.inside, toggleInside: () => (this.inside = !this.inside), onScroll: (event: Event) => this.onScroll(event),
    };
    return html`<div class="columns">
      ${this.page.id === "approvals" ? approvalList(store, this.locale, say) : this.page.id === "mentions" ? mentionList(store, this.locale, say) : list(store, this.locale, say)}
      <main class="conversation">${store.selected ? conversation(view, store.selected) : html`<p class="empty center">${say("pick")}</p>`}</main>
      <aside class="context" aria-label=${say("context")}>${store.selected ? this.context(store, store.selected) : nothing}
        ${this.offers(store)}</aside>
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
      <button class="quiet" data-testid="open-palette" @click=${() => this.dialog<DeskPalette>("sb-palette")?.show()}>${say("palette")} <kbd>Ctrl K</kbd></button>
      <button class="square" data-testid="open-notices" aria-label=${say("notices")} title=${say("notices")} @click=${() => this.dialog<NoticeBox>("sb-notices")?.show()}>${icons.bell()}</button>
      ${lookButtons(this.look, say, () => this.requestUpdate())}
      ${this.languages()}
      <span class="muted me">${store.me.display || store.me.name}</span>
      <button class="square" data-testid="sign-out" aria-label=${say("signOut")} title=${say("signOut")} @click=${() => void this.api.signOut().then(() => this.signedOut(""))}>${icons.out()}</button>
    </header>`;
  }

  private banner(store: DeskStore): TemplateResult {
    const { say } = this;
    const lost = store.refused ? say("refused") : this.lost ? say(navigator.onLine ? "lost" : "offline") : "";
    const called = store.mentions.latest;
    return html`<div role="status">
      ${called ? html`<p class="banner called" data-testid="called"><span>${calledBy(called, store.called(called.by), say)}</span>
        <button class="link" data-testid="called-open" @click=${() => (this.router.go("conversations"), store.select(called.conversation))}>${say("openConversation")}</button>
        <button class="link" @click=${() => store.mentions.hush()}>${say("dismiss")}</button></p>` : nothing}
      ${lost ? html`<p class="banner" data-testid="offline-bar">${lost}</p>` : nothing}
      ${store.notice ? html`<p class="banner warn" data-testid="notice">${store.notice.startsWith("notice_") ? say(store.notice) : say("notice_error", { message: store.notice })}
        <button class="link" @click=${() => store.dismissNotice()}>${say("dismiss")}</button></p>` : nothing}
    </div>`;
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
        ${this.panel === "story" ? story(summary, row, store.ticketTypes, this.locale, say, store.now()) : nothing}
        ${this.panel === "customer" ? html`${customer(row, store.labels, this.locale, say, store.now())}<sb-contact .api=${this.api} .say=${say} .locale=${this.locale} .called=${store.called} .conversation=${id} .now=${store.now()}
          @joined=${() => void thread?.loadSummary(this.locale)}></sb-contact>${summary ? earlier(summary, id, store.ticketTypes, this.locale, say, store.now()) : nothing}` : nothing}
        <sb-ticket ?hidden=${this.panel !== "ticket"} .api=${this.api} .say=${say} .locale=${this.locale} .types=${store.ticketTypes} .labels=${store.labels} .called=${store.called} .conversation=${id} .numbers=${this.stable(numbers)} .others=${(summary?.other_tickets ?? []).map((one) => one.ticket)}></sb-ticket>
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
    this.look.show(this);
    document.documentElement.lang = this.locale === "zh" ? "zh-CN" : "en";
    const count = this.notices.count ? `(${this.notices.count}) ` : "";
    document.title = count + (this.store ? `${this.say(this.page.word)} · ${this.say("title")}` : this.say("title"));
    this.setAttribute("lang", document.documentElement.lang);
    const selected = this.store?.selected ?? "";
    if (this.store?.state === "ready") this.store.colleagues.show(this.showsConversation ? selected : "");
    const box = this.renderRoot.querySelector<HTMLElement>(".transcript");
    if (box && (this.stick || selected !== this.shown)) box.scrollTop = box.scrollHeight;
    if (selected !== this.shown) {
      this.stick = true;
      this.shown = selected;
    }
  }
}
