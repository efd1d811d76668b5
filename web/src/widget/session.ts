import { EventLog } from "../shared/eventlog";
import { upload } from "../shared/files";
import { Outbox, writeJson, type KeyValue, type OutMessage } from "../shared/outbox";
import { Parcels } from "../shared/parcels";
import { personName, type ChatServerFrame, type LogEvent, type Locale, type Mode } from "../shared/protocol";
import { ReconnectingSocket, socketUrl, type SocketState, type Verdict } from "../shared/socket";
import { newId } from "../shared/ids";
import type { Identity } from "./api";
import { Keyring, type Visit } from "./keyring";
import { Refused, Service, type Asked, type OfflineForm } from "./service";

const OUTBOX_KEY = "switchboard.outbox.v1";
const TYPING_SHOWN = 8_000;
const TYPING_EVERY = 3_000;
/** Refusals that pass: the message is sent again a little later. */
const PASSING = new Set(["rate_limited", "too_many_requests", "flood", "busy", "overloaded", "unavailable"]);
const PAUSE = 5_000;
/** The close code that follows says it too, and is dealt with there. */
const SILENT = new Set(["unauthenticated", "token_invalid", "token_expired", "origin", "hello_first"]);

export interface SessionOptions {
  /** Where the service is: an origin. */
  base: string;
  locale: () => Locale;
  storage: KeyValue;
  fetch?: typeof fetch;
  makeSocket?: (url: string) => WebSocket;
  random?: () => number;
  /** An event that happened while this page was looking; those of earlier are told by the log alone. */
  onLive?: (event: LogEvent) => void;
  onProblem?: (problem: Notice) => void;
}

export interface Notice { code: string; message: string }

/** One customer's conversation: what was said, what waits, how the connection is. Fires `change`. */
export class ChatSession extends EventTarget {
  readonly log = new EventLog();
  readonly outbox: Outbox;
  readonly parcels: Parcels;
  /** Bytes of one file; 0: files are off. */
  fileLimit = 0;
  mode: Mode = "bot";
  state: SocketState = "idle";
  /** Lasting: the service answered at least once. */
  everReady = false;
  refused = false;
  queue: { position: number; minutes: number | null } | null = null;
  typing: "bot" | "agent" | null = null;
  partial = "";
  agent = "";
  notice: Notice | null = null;
  /** What the pack wants to know before there is a conversation. */
  asking: Asked | null = null;
  /** The form for those who wait while nobody is there. */
  away: OfflineForm | null = null;
  /** Acknowledged, but not yet seen as an event. */
  sent: OutMessage[] = [];

  private unauthenticated = 0;
  private freshStart = false;
  /** Nothing is begun before the pack's questions are answered. */
  private held = false;
  private readySeq = 0;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private lastTyping = 0;
  private lastRead = 0;
  /** In flight when the connection broke. */
  private interrupted: string | null = null;
  private waitingRate: { score: number; comment?: string } | null = null;
  /** The newest seq when this page first looked. */
  private liveAfter = -1;
  private readonly service: Service;
  private readonly keys: Keyring;
  private readonly socket: ReconnectingSocket;

  constructor(private readonly options: SessionOptions) {
    super();
    this.service = new Service(options.base, options.fetch);
    this.keys = new Keyring({
      service: this.service, storage: options.storage, locale: options.locale,
      onRefused: () => {
        this.refused = true;
        this.changed();
      },
      onAsked: () => void this.askFirst(),
      onProblem: (problem) => options.onProblem?.(problem),
    });
    this.lastRead = this.keys.kept?.read ?? 0;
    this.socket = new ReconnectingSocket({
      url: () => socketUrl("/api/v1/webchat/ws", options.base),
      hello: () => this.hello(),
      onFrame: (frame) => this.receive(frame as ChatServerFrame),
      onState: (state) => this.onState(state),
      onClose: (code) => this.onClose(code),
      ...(options.makeSocket ? { make: options.makeSocket } : {}),
      ...(options.random ? { random: options.random } : {}),
    });
    this.outbox = new Outbox({
      storage: options.storage,
      key: OUTBOX_KEY,
      send: ({ id, text, payload, files }) => this.socket.send({
        type: "message", id, text, ...(payload ? { payload } : {}), ...(files ? { files: files.map((file) => file.file) } : {}),
      }),
      onStall: () => this.socket.restart(),
      onChange: () => this.changed(),
    });
    this.parcels = new Parcels({
      ready: () => this.state === "ready" && this.fileLimit > 0,
      send: async (_parcel, { file }, onProgress, signal) =>
        upload({ url: this.service.url("/api/v1/webchat/files"), token: await this.keys.bearer(), file, onProgress, signal }),
      done: ({ id, text, at }, files) => this.outbox.add({ id, text, at, files }),
      onChange: () => this.changed(),
    });
  }

  /** An address of one file of this conversation, good for a minute. */
  async link(file: string): Promise<string> {
    return this.service.link(file, await this.keys.bearer());
  }

  /** A conversation from an earlier page that was alive within the day, or words that still wait. */
  get resumable(): boolean {
    return this.outbox.waiting.length > 0 || (this.keys.kept !== null && Date.now() - (this.keys.kept.active ?? 0) < 86_400_000);
  }

  /** Its id; empty before there is one. */
  get conversation(): string {
    return this.keys.kept?.conversation ?? "";
  }

  get readUpTo(): number {
    return this.lastRead;
  }

  start(): void {
    if (!this.refused && !this.held) this.socket.start();
  }

  stop(): void {
    this.socket.stop();
  }

  nudge(): void {
    this.socket.nudge();
  }

  say(text: string, payload?: string): void {
    const message: OutMessage = { id: newId(), text, at: new Date().toISOString() };
    if (payload) message.payload = payload;
    this.notice = null;
    this.outbox.add(message);
    this.start();
  }

  /** Words and files as one message, which is sent when the files are up. */
  sayWith(text: string, files: File[]): void {
    this.notice = null;
    this.parcels.add({ id: newId(), text, at: new Date().toISOString() }, files);
    this.start();
  }

  drop(id: string): void {
    this.outbox.settle(id);
    this.parcels.settle(id);
  }

  wroteSomething(): void {
    const now = Date.now();
    if ((this.mode !== "human" && this.mode !== "waiting") || now - this.lastTyping < TYPING_EVERY) return;
    if (this.socket.send({ type: "typing" })) this.lastTyping = now;
  }

  /** Everything up to the newest event is on the screen. */
  markRead(): void {
    const seq = this.log.last;
    if (seq <= this.lastRead || !this.socket.send({ type: "read", seq })) return;
    this.lastRead = seq;
    this.keys.update({ read: seq });
    this.changed();
  }

  leaveQueue(): void {
    this.socket.send({ type: "leave_queue" });
  }

  close(): void {
    this.socket.send({ type: "close" });
  }

  /** 1 to 5; said again with a comment, the later one counts. */
  rate(score: number, comment?: string): void {
    const rate = { score, ...(comment ? { comment } : {}) };
    if (!this.socket.send({ type: "rate", ...rate })) this.waitingRate = rate;
    this.changed();
  }

  /** A new conversation; words that wait go there. */
  startNew(goesOn = true): void {
    this.keys.leave(goesOn);
    this.forget();
    this.parcels.restart();
    for (const { id, files } of this.outbox.items) if (files && this.parcels.again(id)) this.outbox.settle(id);
    this.freshStart = true;
    this.socket.stop();
    this.socket.start();
    this.changed();
  }

  private forget(): void {
    this.outbox.pause();
    this.log.clear();
    this.sent = [];
    this.mode = "bot";
    this.agent = "";
    this.queue = null;
    this.partial = "";
    this.typing = null;
    this.lastRead = 0;
    this.readySeq = 0;
    this.liveAfter = -1;
  }

  /** Who is here, by the word of the page. What an unknown person said before goes on under the name; what somebody else
   * said is wiped. */
  identify(identity: Identity): void {
    const { kept } = this.keys;
    const running = this.state !== "idle" && this.state !== "stopped";
    if (kept?.user !== undefined && kept.user !== identity.user_id) this.wipe();
    this.keys.identity = identity;
    if (kept && kept.user === identity.user_id) return;
    const said = Boolean(this.keys.kept?.title);
    if (running) this.startNew(said);
    else if (this.keys.kept) this.keys.leave(said);
  }

  /** Nothing of the customer stays in this browser. */
  wipe(): void {
    this.socket.stop();
    this.forget();
    for (const { id } of this.parcels.items) this.parcels.drop(id);
    for (const { id } of this.outbox.items) this.outbox.settle(id);
    writeJson(this.options.storage, OUTBOX_KEY, null);
    this.keys.wipe();
    this.waitingRate = this.notice = null;
    this.everReady = this.freshStart = false;
    this.asking = this.away = null;
    this.held = false;
    this.changed();
  }

  // Before a conversation, and when nobody is there ------------------------------------------------------------------

  private async askFirst(): Promise<void> {
    this.held = true;
    this.socket.stop();
    try {
      const { prechat, consent } = await this.service.config();
      this.asking = { prechat: prechat ?? null, consent: consent ?? null };
      this.changed();
    } catch {
      this.held = false;
      this.socket.restart(); // which asks again a little later
    }
  }

  answer(form: Record<string, string>, consent: boolean): void {
    this.keys.answers = { form, consent };
    this.asking = null;
    this.held = false;
    this.start();
    this.changed();
  }

  private async lookForPeople(): Promise<void> {
    try {
      const { offline, away } = await this.service.config();
      this.away = this.mode === "waiting" && away && offline ? offline : null;
    } catch {
      this.away = null; // the line is there in any case
    }
    this.changed();
  }

  async leaveMessage(fields: Record<string, string>): Promise<void> {
    await this.service.leaveMessage(fields, await this.keys.bearer());
    this.away = null;
    this.changed();
  }

  // Several conversations -------------------------------------------------------------------------------------------

  /** Words on their way belong to the conversation that is open. */
  get busy(): boolean {
    return this.outbox.waiting.length + this.parcels.items.length > 0;
  }

  get visitsHere(): Visit[] {
    return this.keys.here;
  }

  visits(): Promise<Visit[]> {
    return this.keys.visits();
  }

  async goTo(conversation: string): Promise<void> {
    if (conversation === this.conversation || this.busy) return;
    await this.keys.open(conversation);
    this.forget();
    this.lastRead = this.keys.kept?.read ?? 0;
    this.socket.stop();
    this.socket.start();
    this.changed();
  }

  private async hello(): Promise<object | null> {
    let token: string;
    try {
      token = await this.keys.enter();
    } catch (error) {
      // Too old to be renewed: the words that wait go into a new conversation.
      if (!(error instanceof Refused) || !this.keys.kept || ![401, 403, 404, 410].includes(error.status)) throw error;
      this.keys.set(null);
      this.forget();
      token = await this.keys.enter();
    }
    return { type: "hello", token, after: this.log.last, version: 1 };
  }

  private onState(state: SocketState): void {
    this.state = state;
    if (state !== "ready") {
      this.interrupted = this.outbox.inFlight ?? (state === "waiting" ? this.interrupted : null);
      this.outbox.pause();
      this.typing = null;
      this.partial = "";
    }
    this.changed();
  }

  private onClose(code: number): Verdict {
    if (code === 4403) {
      this.refused = true;
      return "stop";
    }
    if (code === 4429) return "slow";
    if (code === 4401) {
      this.keys.stale = true;
      this.unauthenticated += 1;
      if (this.unauthenticated > 2) {
        this.keys.set(null);
        this.forget();
      }
      return this.unauthenticated > 3 ? "slow" : "retry";
    }
    if (code === 1009) {
      // The message that was on its way is the one that is too large: sending it again would never end.
      if (this.interrupted) this.outbox.fail(this.interrupted, "too_long");
    }
    return "retry";
  }

  private receive(frame: ChatServerFrame): void {
    switch (frame.type) {
      case "ready":
        this.everReady = true;
        this.refused = false;
        this.unauthenticated = 0;
        this.mode = frame.mode;
        this.readySeq = frame.seq;
        if (this.liveAfter < 0) this.liveAfter = frame.seq;
        this.fileLimit = frame.file_limit ?? 0;
        this.notice = null;
        this.waitOrNot();
        if (this.waitingRate !== null && this.socket.send({ type: "rate", ...this.waitingRate })) this.waitingRate = null;
        this.outbox.pump();
        this.parcels.pump();
        break;
      case "ack":
        this.acknowledged(frame.id, frame.seq);
        break;
      case "event":
        this.heard(frame.event);
        break;
      case "typing":
        this.typing = frame.by;
        clearTimeout(this.typingTimer);
        this.typingTimer = setTimeout(() => {
          this.typing = null;
          this.changed();
        }, TYPING_SHOWN);
        break;
      case "partial":
        this.partial = frame.text;
        break;
      case "queue":
        this.queue = {
          position: frame.position,
          minutes: frame.wait_seconds ? Math.max(1, Math.round(frame.wait_seconds / 60)) : null,
        };
        break;
      case "expiring":
        void this.renewInPlace();
        return;
      case "error":
        this.errored(frame);
        break;
    }
    this.changed();
  }

  private async renewInPlace(): Promise<void> {
    try {
      await this.keys.renew();
      await this.socket.rehello();
    } catch {
      // The service closes with 4401 when the time is up, and that path renews again.
    }
  }

  private acknowledged(id: string, seq: number): void {
    const message = this.outbox.items.find((item) => item.id === id);
    if (message && !this.log.events.some((event) => event.seq === seq || event.id === id)) this.sent = [...this.sent, message];
    this.freshStart = false;
    this.touch();
    this.outbox.settle(id);
    this.parcels.settle(id);
  }

  private heard(event: LogEvent): void {
    if (!this.log.add(event)) return;
    if (event.kind === "customer_said" && event.text && !this.keys.kept?.title) this.keys.update({ title: event.text.slice(0, 80) });
    if (event.kind === "customer_said" && event.id) {
      this.sent = this.sent.filter((message) => message.id !== event.id);
      this.outbox.settle(event.id);
      this.parcels.settle(event.id);
    }
    if (event.kind === "bot_said" || event.kind === "agent_said") {
      this.typing = null;
      this.partial = "";
    }
    if (event.kind === "handoff_taken") this.agent = personName(event.agent);
    if (event.seq > this.readySeq) {
      this.follow(event);
      this.touch();
    }
    if (this.liveAfter >= 0 && event.seq > this.liveAfter) this.options.onLive?.(event);
  }

  /** Only live events change the mode: `ready` already told where the replayed ones led. */
  private follow(event: LogEvent): void {
    const next: Partial<Record<string, Mode>> = {
      handoff_asked: "waiting", handoff_taken: "human", handoff_returned: "bot", handoff_cancelled: "bot", closed: "closed", reopened: "bot",
    };
    const mode = next[event.kind];
    if (!mode) return;
    this.mode = mode;
    if (mode !== "waiting") this.queue = null;
    this.waitOrNot();
  }

  private waitOrNot(): void {
    if (this.mode === "waiting") void this.lookForPeople();
    else this.away = null;
  }

  private errored(frame: { code: string; message: string; id?: string }): void {
    const { code, message, id } = frame;
    if (code === "conversation_closed") {
      if (!this.freshStart) return this.startNew();
      if (id) this.outbox.fail(id, code);
    } else if (id && code === "file_unknown" && this.parcels.again(id)) {
      return this.outbox.settle(id);
    } else if (id && PASSING.has(code)) {
      this.outbox.pause();
      setTimeout(() => this.outbox.pump(), PAUSE);
    } else if (id) {
      this.outbox.fail(id, code);
    }
    if (SILENT.has(code)) return;
    this.notice = { code, message };
    this.options.onProblem?.(this.notice);
  }

  private touch(): void {
    const now = Date.now();
    if (now - (this.keys.kept?.active ?? 0) > 60_000) this.keys.update({ active: now });
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
