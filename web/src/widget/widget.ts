import { readJson, safeStorage, writeJson, type KeyValue } from "../shared/outbox";
import { personName, type Locale, type LogEvent } from "../shared/protocol";
import { onComeback } from "../shared/socket";
import type { Identity, Listener, Said, Theme, WidgetEvent, WidgetEvents } from "./api";
import type { Options } from "./options";
import { ChatSession, type SessionOptions } from "./session";
import { chime } from "../shared/sound";
import { TitleBadge } from "./title";

const UI_KEY = "switchboard.ui.v1";
const LOGOUT_KEY = "switchboard.logout.v1";

interface Ui { locale?: Locale; open?: boolean; draft?: string; muted?: boolean; greeted?: boolean }

export interface WidgetParts {
  /** Brings the panel's element into the page. Rejects when it cannot be had now. */
  loadPanel: (widget: Widget) => Promise<void>;
  storage?: KeyValue;
  session?: Partial<SessionOptions>;
}

/** What the launcher, the panel and the page's own scripts share. Fires `change`. */
export class Widget extends EventTarget {
  readonly session: ChatSession;
  locale: Locale;
  theme: Theme;
  open = false;
  muted: boolean;
  draft: string;
  /** The greeting beside the launcher was put away. */
  greeted: boolean;
  loading = false;
  private readonly storage: KeyValue;
  private readonly listeners = new Map<WidgetEvent, Set<Listener<WidgetEvent>>>();
  private readonly badge = new TitleBadge();
  private panel: Promise<void> | undefined;
  private isReady = false;
  private counted = 0;
  private returnTo: HTMLElement | null = null;
  private stopListening: (() => void) | undefined;

  constructor(readonly options: Options, private readonly parts: WidgetParts) {
    super();
    this.storage = parts.storage ?? safeStorage(() => window.localStorage);
    const kept = readJson<Ui>(this.storage, UI_KEY) ?? {};
    this.locale = kept.locale ?? options.locale;
    this.theme = options.theme;
    this.draft = kept.draft ?? "";
    this.muted = kept.muted ?? !options.sound;
    this.greeted = kept.greeted ?? false;
    this.session = new ChatSession({
      base: options.base, locale: () => this.locale, storage: this.storage,
      onLive: (event) => this.happened(event), onProblem: (problem) => this.emit("error", problem), ...parts.session,
    });
    this.session.addEventListener("change", () => this.sessionChanged());
  }

  /** Goes on with an earlier visit, and begins to watch the page. */
  start(): void {
    const stopComeback = onComeback(() => {
      this.session.nudge();
      this.sessionChanged();
    });
    const offline = (): void => this.sessionChanged();
    // Another tab was told to forget: what this one holds in memory must not bring it back.
    const elsewhere = (event: StorageEvent): void => {
      if (event.key === LOGOUT_KEY && event.newValue) this.forget();
    };
    window.addEventListener("offline", offline);
    window.addEventListener("storage", elsewhere);
    this.stopListening = () => {
      stopComeback();
      window.removeEventListener("offline", offline);
      window.removeEventListener("storage", elsewhere);
    };
    this.isReady = true;
    this.emit("ready", undefined);
    if (!this.session.resumable) return;
    if (readJson<Ui>(this.storage, UI_KEY)?.open) this.show({ focus: false });
    else this.session.start();
  }

  stop(): void {
    this.stopListening?.();
    this.session.stop();
  }

  get unread(): number {
    const { log, readUpTo } = this.session;
    return log.events.filter((event) => event.seq > readUpTo && (event.kind === "bot_said" || event.kind === "agent_said")).length;
  }

  show({ focus = true, message }: { focus?: boolean; message?: Said } = {}): void {
    const opening = !this.open;
    this.open = this.greeted = true;
    this.session.start();
    if (message) this.send(message);
    if (opening) {
      this.returnTo = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      this.emit("open", undefined);
    }
    this.keep();
    this.loading = true;
    this.changed();
    this.panel ??= this.parts.loadPanel(this);
    this.panel.then(
      () => {
        this.loading = false;
        this.changed();
        if (focus) this.dispatchEvent(new Event("focus"));
      },
      () => {
        this.panel = undefined;
        this.open = this.loading = false;
        this.emit("error", { code: "panel_unavailable", message: "The chat could not be loaded. Try again in a moment." });
        this.changed();
      },
    );
  }

  hide(): void {
    if (!this.open) return;
    this.open = false;
    this.keep();
    this.emit("close", undefined);
    this.changed();
    if (this.options.launcher) this.dispatchEvent(new Event("unfocus"));
    else this.returnTo?.focus();
  }

  send(message: Said | string): void {
    const text = typeof message === "string" ? message : message?.text;
    const payload = typeof message === "string" ? undefined : message?.payload;
    if (typeof text === "string" && text.trim()) this.session.say(text, payload);
  }

  setLocale(locale: Locale): void {
    if (locale === this.locale) return;
    this.locale = locale;
    this.keep();
    window.dispatchEvent(new CustomEvent("switchboard:locale", { detail: locale }));
    this.changed();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.changed();
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    this.keep();
    this.changed();
  }

  setDraft(draft: string): void {
    this.draft = draft;
    this.keep();
  }

  dismissGreeting(): void {
    this.greeted = true;
    this.keep();
    this.changed();
  }

  setIdentity(identity: Identity): void {
    this.session.identify(identity);
  }

  logout(): void {
    this.forget();
    writeJson(this.storage, LOGOUT_KEY, Date.now());
    writeJson(this.storage, LOGOUT_KEY, null);
  }

  private forget(): void {
    this.hide();
    this.draft = "";
    this.session.wipe();
    writeJson(this.storage, UI_KEY, null);
    this.changed();
  }

  // Events for the page ---------------------------------------------------------------------------------------------

  on<E extends WidgetEvent>(event: E, listener: Listener<E>): () => void {
    const known = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, known.add(listener as Listener<WidgetEvent>));
    if (event === "ready" && this.isReady) queueMicrotask(() => this.call(listener as Listener<WidgetEvent>, undefined));
    return () => this.off(event, listener);
  }

  off<E extends WidgetEvent>(event: E, listener: Listener<E>): void {
    this.listeners.get(event)?.delete(listener as Listener<WidgetEvent>);
  }

  private emit<E extends WidgetEvent>(event: E, detail: WidgetEvents[E]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) this.call(listener, detail);
  }

  private call(listener: Listener<WidgetEvent>, detail: WidgetEvents[WidgetEvent]): void {
    try {
      listener(detail);
    } catch (error) {
      // A mistake in the page must not stop the chat, and belongs into the page's own console.
      reportError(error);
    }
  }

  private happened(event: LogEvent): void {
    const agent = personName(event.agent);
    const speaks = { customer_said: "customer", bot_said: "bot", agent_said: "agent" } as const;
    const from = speaks[event.kind as keyof typeof speaks];
    if (from) {
      this.emit("message", { from, text: event.text ?? "", seq: event.seq, at: event.at, ...(agent ? { name: agent } : {}) });
      if (from !== "customer" && !this.muted && (!this.open || document.visibilityState !== "visible")) chime();
    } else if (event.kind.startsWith("handoff_")) {
      const state = event.kind.slice("handoff_".length) as WidgetEvents["handoff"]["state"];
      this.emit("handoff", { state, ...(agent ? { agent } : {}) });
    } else if (event.kind === "ticket_opened" || event.kind === "ticket_updated") {
      this.emit("ticket", { ticket: event.ticket ?? "", status: event.status ?? "open", ...(event.type ? { type: event.type } : {}) });
    } else if (event.kind === "closed") {
      this.emit("closed", { by: event.by ?? "" });
    }
  }

  private sessionChanged(): void {
    const { unread } = this;
    if (unread !== this.counted) {
      this.counted = unread;
      this.badge.show(unread);
      this.emit("unread", { count: unread });
    }
    this.changed();
  }

  private keep(): void {
    const { locale, open, draft, muted, greeted } = this;
    writeJson(this.storage, UI_KEY, { locale, open, draft, muted, greeted });
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
