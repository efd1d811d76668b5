import { Outbox, type KeyValue } from "../shared/outbox";
import {
  personName, type DeskServerFrame, type Labels, type Locale, type LogEvent, type Person, type PresenceState, type QueueRow, type Role, type Row, type TicketType,
} from "../shared/protocol";
import { ReconnectingSocket, socketUrl, type SocketState, type Verdict } from "../shared/socket";
import { newId } from "../shared/text";
import { ApiError, type Api } from "./api";
import { Attention } from "./attention";
import { Approvals } from "./approvals";
import { CannedReplies } from "./canned";
import { Colleagues } from "./colleagues";
import { Drafts, draftKey } from "./drafts";
import { DeskFiles } from "./files";
import { Help } from "./helping";
import { Mentions } from "./mentions";
import { offerOf, without, type Offer } from "./offers";
import { Pager } from "./pager";
import { Search } from "./search";
import { Thread, advance } from "./threads";
import type { Targets } from "./targets";
import { Views, type ListName } from "./views";
import { WaitingLine } from "./waitingline";
import { WrapUps } from "./wrapping";

export type Tab = ListName;

const OUTBOX = "switchboard.desk.outbox.v1";
const PAGE = 50;
const TICKET_NEWS = ["ticket_opened", "ticket_updated", "ticket_linked", "ticket_merged", "ticket_parted"];
/** The close code that follows says it too. */
const SILENT = new Set(["unauthenticated", "origin", "hello_first"]);

export interface StoreOptions { api: Api; base: string; storage: KeyValue; makeSocket?: (url: string) => WebSocket; now?: () => number }

/** Everything the desk shows. Fires `change`; `ticket` with a number when a ticket changed; `wrote` with an own conversation
 *  whose customer has written something that is not before the agent's eyes. */
export class DeskStore extends EventTarget {
  me: { name: string; display?: string; role?: Role } = { name: "" };
  state: SocketState = "idle";
  everReady = false;
  refused = false;
  rows = new Map<string, Row>();
  mine: string[] = [];
  readonly line: WaitingLine;
  readonly views: Views;
  /** How many conversations there are; the service counts up to 1,000. */
  conversations = 0;
  readonly all: Pager<Row>;
  readonly search: Search;
  readonly attention: Attention;
  readonly approvals: Approvals;
  readonly canned: CannedReplies;
  readonly mentions: Mentions;
  tab: Tab = "mine";
  selected: string | null = null;
  threads = new Map<string, Thread>();
  offers: Offer[] = [];
  presence: { state: PresenceState; capacity?: number } | null = null;
  ticketTypes: TicketType[] = [];
  labels: Labels = {};
  notice = "";
  /** The agent's language: the story is told in it. */
  language: Locale = "zh";
  readonly outbox: Outbox;
  readonly files: DeskFiles;
  readonly help = new Help((frame) => this.socket.send(frame));
  readonly colleagues = new Colleagues((frame) => this.socket.send(frame), () => this.me.name, () => this.now());
  readonly wraps = new WrapUps();
  /** Accounts that can be called in notes. */
  callable: string[] = [];
  private people: Record<string, string> = {};
  private readonly drafts: Drafts;
  readonly socket: ReconnectingSocket;
  private lastTyping = 0;
  private lastTyped = "";
  private refusals = 0;

  constructor(private readonly options: StoreOptions) {
    super();
    this.drafts = new Drafts({
      storage: options.storage,
      send: (frame) => this.socket.send(frame),
      changed: (key) => this.dispatchEvent(new CustomEvent("draft", { detail: key })),
      now: () => this.now(),
    });
    this.socket = new ReconnectingSocket({
      url: () => socketUrl("/api/v1/desk/ws", options.base),
      hello: async () => ({ type: "hello", token: await options.api.token(), version: 1, after: this.after() }),
      onFrame: (frame) => (this.help.heard(frame as DeskServerFrame) || this.colleagues.heard(frame as DeskServerFrame) || this.wraps.heard(frame as DeskServerFrame) ? this.changed() : this.receive(frame as DeskServerFrame)),
      onState: (state) => {
        this.state = state;
        if (state !== "ready") this.outbox.pause();
        this.changed();
      },
      onClose: (code) => this.onClose(code),
      ...(options.makeSocket ? { make: options.makeSocket } : {}),
    });
    this.approvals = new Approvals((frame) => this.socket.send(frame));
    this.mentions = new Mentions(options.api, () => this.changed());
    this.canned = new CannedReplies(options.api, () => this.changed());
    this.all = new Pager((next) => this.page(next), () => this.changed());
    this.line = new WaitingLine(options.api, (row) => this.put(row), () => this.changed());
    this.views = new Views(options.api, options.storage, () => this.now(), () => this.changed(), (rows) => rows.forEach((row) => this.put(row)));
    this.attention = new Attention(options.api, () => this.changed());
    this.search = new Search(options.api, () => this.changed(), (rows) => rows.forEach((row) => this.put(row)));
    this.outbox = new Outbox({
      storage: options.storage,
      key: OUTBOX,
      send: ({ id, text, conversation, note, files, to, thread }) =>
        this.socket.send({ type: note ? "note" : "message", conversation, id, text, ...(files ? { files: files.map((file) => file.file) } : {}), ...(to ? { to } : {}), ...(thread ? { thread } : {}) }),
      onStall: () => this.socket.restart(),
      onChange: () => this.changed(),
    });
    this.files = new DeskFiles(
      options.api, options.base, () => this.state === "ready",
      ({ id, text, at, conversation }, files) => this.outbox.add({ id, text, at, files, ...(conversation ? { conversation } : {}) }),
      () => this.changed(),
    );
  }

  start(): void {
    this.socket.start();
  }

  stop(): void {
    this.socket.stop();
  }

  nudge(): void {
    this.socket.nudge();
  }

  now(): number {
    return (this.options.now ?? Date.now)();
  }

  /** What an account is called; its own name where nothing better is known. */
  readonly called = (account: string): string => (account === this.me.name && this.me.display) || this.people[account] || account;

  /** What a skill is called. */
  skill(id: string, locale: Locale): string {
    return this.labels.skills?.[id]?.[locale] ?? id;
  }

  isMe(person: Person | null | undefined): boolean {
    if (!person) return false;
    const name = typeof person === "string" ? person : person.name;
    return name === this.me.name || name === this.me.display;
  }

  owns(id: string | null): boolean {
    return id !== null && this.mine.includes(id);
  }

  /** The list that is shown; undefined stands where a long one is not loaded yet. */
  get listed(): (string | undefined)[] {
    if (this.search.active) return this.search.ids;
    if (this.views.active) return this.views.ids;
    return this.tab === "mine" ? this.held : this.tab === "waiting" ? this.line.ids : this.all.items.map((row) => row.id);
  }

  /** What this agent serves, and below it what they still wrap up. */
  get held(): string[] {
    const more = this.wraps.conversations.filter((id) => !this.mine.includes(id));
    return more.length ? [...this.mine, ...more] : this.mine;
  }

  /** Who waits, as far as it is known here. */
  get queue(): string[] {
    return this.line.known;
  }

  /** Null until the service has said so. */
  get role(): Role | null {
    return this.everReady ? this.me.role ?? "agent" : null;
  }

  get thread(): Thread | null {
    return this.selected ? this.threads.get(this.selected) ?? null : null;
  }

  row(id: string): Row {
    return this.rows.get(id) ?? { id };
  }

  showTab(tab: Tab): void {
    this.tab = tab;
    if (this.views.active) this.views.choose("");
    if (tab === "all") void this.all.load();
    this.changed();
  }

  select(id: string): void {
    this.selected = id;
    const thread = this.open(id);
    if (!this.owns(id)) this.socket.send({ type: "watch", conversation: id });
    if (!this.rows.get(id)?.mode) void this.refreshRow(id);
    void thread.load();
    void thread.loadSummary(this.language);
    void this.mentions.seen(id);
    this.changed();
  }

  /** What is on the screen has been read, as long as somebody looks. */
  looked(): void {
    const last = this.thread?.loaded ? this.thread.log.events.at(-1)?.seq : 0;
    if (this.selected && last && this.owns(this.selected) && this.attention.unread.has(this.selected) && looked()) this.attention.saw(this.selected, last);
  }

  /** The next of a list; without one, of the list that is shown. */
  move(step: 1 | -1, list: (string | undefined)[] = this.listed): void {
    if (!list.length) return;
    const at = this.selected ? list.indexOf(this.selected) : -1;
    const next = list[Math.min(list.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    if (next) this.select(next);
  }

  accept(conversation: string): void {
    if (!this.socket.send({ type: "accept", conversation })) return;
    this.offers = without(this.offers, conversation);
    this.changed();
  }

  decline(conversation: string): void {
    this.socket.send({ type: "decline", conversation });
    this.offers = without(this.offers, conversation);
    this.changed();
  }

  expireOffers(): void {
    const left = this.offers.filter((offer) => offer.expires > this.now());
    if (left.length === this.offers.length) return;
    this.offers = left;
    this.changed();
  }

  setPresence(state: PresenceState): void {
    if (!this.socket.send({ type: "presence", state })) return;
    this.presence = { ...this.presence, state };
    this.changed();
  }

  /** `more`, of a note: whom it asks, or the question that it answers. */
  say(conversation: string, text: string, note: boolean, more: { to?: Record<string, string>; thread?: string } = {}): void {
    this.outbox.add({ id: newId(), text, at: new Date(this.now()).toISOString(), conversation, ...(note ? { note, ...more } : {}) });
  }

  /** Words and files as one message, which is sent when the files are up. */
  sayWith(conversation: string, text: string, files: File[]): void {
    this.files.say(conversation, text, files, new Date(this.now()).toISOString());
  }

  /** Without a disposition it is said afterwards. */
  close(conversation: string, disposition: string): boolean {
    return this.socket.send({ type: "close", conversation, ...(disposition ? { disposition } : {}) });
  }

  targets(): Promise<Targets> {
    return this.options.api.get<Targets>("/transfer-targets");
  }

  transfer(conversation: string, to: Record<string, string | boolean>, note: string): boolean {
    return this.socket.send({ type: "transfer", conversation, to, note });
  }

  wrote(conversation: string, note: boolean): void {
    const key = draftKey(conversation, note);
    if (key === this.lastTyped && this.now() - this.lastTyping <= 3000) return;
    if (!this.socket.send({ type: "typing", conversation, ...(note ? { kind: "note" } : {}) })) return;
    this.lastTyping = this.now();
    this.lastTyped = key;
  }

  draft(key: string): string {
    return this.drafts.get(key);
  }

  setDraft(key: string, text: string): void {
    this.drafts.set(key, text);
  }

  speak(language: Locale): void {
    this.language = language;
    void this.thread?.loadSummary(language);
  }

  dismissNotice(): void {
    this.notice = "";
    this.changed();
  }

  private async page(next: string | null): Promise<{ items: Row[]; next: string | null }> {
    const page = await this.options.api.get<{ items: Row[]; next: string | null }>(`/conversations?limit=${PAGE}${next ? `&next=${encodeURIComponent(next)}` : ""}`);
    for (const row of page.items) this.put(row);
    return page;
  }

  /** A click on what waits, or on what was done. */
  click(kind: "approve" | "reject" | "undo", call: string, note: string): void {
    if (this.approvals.click(kind, call, note)) this.changed();
  }

  private after(): Record<string, number> {
    const known: Record<string, number> = {};
    for (const [id, thread] of this.threads) if (thread.loaded && (this.owns(id) || id === this.selected)) known[id] = thread.after;
    return known;
  }

  private open(id: string): Thread {
    let thread = this.threads.get(id);
    if (!thread) {
      thread = new Thread(id, this.options.api, () => this.changed());
      this.threads.set(id, thread);
    }
    return thread;
  }

  private put(row: QueueRow): string {
    const id = row.id ?? row.conversation ?? "";
    const { conversation: _conversation, ...rest } = row;
    this.rows.set(id, { ...this.rows.get(id), ...rest, id });
    return id;
  }

  private onClose(code: number): Verdict {
    if (code === 4403) {
      this.refused = true;
      return "stop";
    }
    if (code === 4429) return "slow";
    if (code === 4401) {
      this.options.api.stale();
      this.refusals += 1;
      return this.refusals > 3 ? "slow" : "retry";
    }
    return "retry";
  }

  private receive(frame: DeskServerFrame): void {
    switch (frame.type) {
      case "ready":
        this.ready(frame);
        break;
      case "queue":
        this.line.heard(frame.waiting, frame.total);
        this.conversations = frame.conversations ?? this.conversations;
        this.views.refresh();
        this.offers = this.offers.filter((offer) => !frame.waiting.length || offer.expires > this.now());
        break;
      case "offer":
        this.offers = [...without(this.offers, frame.conversation), offerOf(frame, this.now())];
        break;
      case "read":
        if (frame.agent === this.me.name) this.attention.readElsewhere(frame.conversation);
        break;
      case "withdrawn":
        this.offers = without(this.offers, frame.conversation);
        break;
      case "taken":
        this.taken(frame.conversation, frame.agent);
        break;
      case "watching":
        // What happened between the last load and this moment would be a hole.
        void this.threads.get(frame.conversation)?.load();
        break;
      case "event":
        this.heard(frame.conversation, frame.event);
        break;
      case "ack":
        this.outbox.settle(frame.id);
        this.files.parcels.settle(frame.id);
        break;
      case "ticket": {
        const number = typeof frame.ticket === "object" ? frame.ticket.number : frame.ticket ?? frame.number;
        if (number) this.dispatchEvent(new CustomEvent("ticket", { detail: number }));
        break;
      }
      case "typing":
        this.open(frame.conversation).typingUntil = this.now() + 6000;
        break;
      case "approval":
        if (frame.agent && frame.name) this.people = { ...this.people, [frame.agent]: frame.name };
        this.approvals.heard(frame);
        break;
      case "mention":
        this.mentions.heard(frame);
        this.mentions.shout(frame.conversation === this.selected ? null : frame);
        if (frame.conversation === this.selected) void this.mentions.seen(frame.conversation);
        break;
      case "draft":
        this.drafts.heard(frame);
        break;
      case "decided":
        this.approvals.taken(frame.call);
        break;
      case "presence":
        this.presence = { state: frame.state, ...(frame.capacity ? { capacity: frame.capacity } : {}) };
        break;
      case "resync":
        this.resync(frame.conversation);
        break;
      case "error":
        if (frame.id && frame.code === "file_unknown" && this.files.parcels.again(frame.id)) this.outbox.settle(frame.id);
        else if (frame.id && this.outbox.items.some((item) => item.id === frame.id)) this.outbox.fail(frame.id, frame.message);
        else if (frame.call) this.approvals.refusedBy(frame);
        else if (SILENT.has(frame.code) || !this.dispatchEvent(new CustomEvent("refused", { detail: frame, cancelable: true }))) break;
        else this.notice = frame.code === "conflict" && frame.conversation && !this.owns(frame.conversation) ? "notice_taken" : frame.message;
        break;
    }
    this.changed();
  }

  /** Too far behind: read again from the start. */
  private resync(conversation: string | undefined): void {
    for (const id of conversation ? [conversation] : [...this.threads.keys()]) {
      this.threads.delete(id);
      if (id === this.selected) this.select(id);
    }
    if (!conversation) this.socket.restart();
  }

  private ready(frame: Extract<DeskServerFrame, { type: "ready" }>): void {
    this.everReady = true;
    this.refused = false;
    this.refusals = 0;
    this.me = frame.agent;
    this.colleagues.fresh();
    this.wraps.ready(frame);
    for (const id of this.wraps.conversations) if (!this.rows.get(id)?.mode) void this.refreshRow(id);
    this.mine = frame.mine.map((row) => this.put(row));
    this.line.heard(frame.queue, frame.queue_total);
    this.conversations = frame.conversations ?? 0;
    this.offers = [];
    this.mentions.ready(frame.mentions ?? []);
    if (frame.presence) this.presence = frame.presence;
    if (frame.ticket_types) this.ticketTypes = frame.ticket_types;
    this.labels = frame.labels ?? {};
    this.people = frame.people ?? {};
    this.callable = frame.colleagues ?? [];
    this.approvals.ready(frame.approvals ?? [], frame.actions ?? []);
    if (this.selected) this.select(this.selected);
    else if (this.mine[0]) this.select(this.mine[0]);
    if (this.tab === "all") void this.all.load();
    this.files.limit = frame.file_limit ?? 0;
    this.drafts.ready(frame.drafts ?? []);
    this.outbox.pump();
    this.files.parcels.pump();
    void this.attention.load();
    void this.views.load();
  }

  private taken(conversation: string, agent: Person): void {
    this.offers = without(this.offers, conversation);
    this.line.drop(conversation);
    const mine = this.isMe(agent);
    this.put({ id: conversation, mode: "human", assignee: typeof agent === "string" ? agent : personName(agent), waiting_since: null });
    if (!mine) return;
    if (!this.owns(conversation)) this.mine = [conversation, ...this.mine];
    this.tab = "mine";
    this.select(conversation);
    void this.refreshRow(conversation);
    this.dispatchEvent(new Event("mine"));
  }

  /** After an act of a supervisor: the row as the service has it, and the thread. */
  async reread(id: string): Promise<void> {
    await Promise.all([this.refreshRow(id), this.threads.get(id)?.load()]);
  }

  private async refreshRow(id: string): Promise<void> {
    try {
      const row = await this.options.api.get<Row>(`/conversations/${encodeURIComponent(id)}`);
      if (row?.id === id) this.put(row);
      this.changed();
    } catch (error) {
      // What the waiting list told of this conversation is enough to work with.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  private heard(conversation: string, event: LogEvent): void {
    const thread = this.open(conversation);
    if (!thread.hear(event)) return;
    this.put(advance(this.row(conversation), event));
    const seen = conversation === this.selected && looked();
    this.attention.heard(this.row(conversation), event, this.owns(conversation), seen);
    if (event.kind === "customer_said" && this.owns(conversation) && !seen) this.dispatchEvent(new CustomEvent("wrote", { detail: conversation }));
    if (event.id) this.outbox.settle(event.id);
    if (event.kind === "customer_said") thread.typingUntil = 0;
    if (event.kind === "agent_said" || event.kind === "agent_noted") this.colleagues.spoke(typeof event.agent === "string" ? event.agent : event.agent?.name ?? "");
    const taken = event.kind === "handoff_taken" || event.kind === "taken_over";
    if (taken && this.isMe(event.agent) && !this.owns(conversation)) this.mine = [conversation, ...this.mine];
    if (event.kind === "closed" || event.kind === "handoff_returned" || event.kind === "transferred" || (taken && !this.isMe(event.agent))) {
      const was = this.owns(conversation);
      if (was && event.kind === "taken_over") this.notice = "notice_taken_over";
      this.mine = this.mine.filter((id) => id !== conversation);
      // Who served it still wants to see how it ends: the rating comes after the closing.
      if (was && conversation === this.selected) this.socket.send({ type: "watch", conversation });
    }
    if (TICKET_NEWS.includes(event.kind)) {
      for (const number of [event.ticket, event["into"]]) if (number) this.dispatchEvent(new CustomEvent("ticket", { detail: number }));
      if (conversation === this.selected) void thread.loadSummary(this.language);
    }
  }

  private changed(): void {
    this.looked();
    this.dispatchEvent(new Event("change"));
  }
}

/** Whether anybody may be looking at this page. */
function looked(): boolean {
  return typeof document === "undefined" || document.visibilityState === "visible";
}
