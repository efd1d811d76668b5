import type { KeyValue } from "../shared/outbox";
import type { Locale } from "../shared/protocol";
import type { Identity } from "./api";
import { Refused, type Beginning, type Service } from "./service";
import { Shelf, type Kept } from "./shelf";

/** Renewed this long before the end, milliseconds. */
const MARGIN = 30_000;

/** One of the customer's conversations, as their list shows it. */
export interface Visit { conversation: string; title: string; at: string; closed: boolean }

export interface KeyringOptions {
  service: Service;
  storage: KeyValue;
  locale: () => Locale;
  /** The service takes no chats from this page. */
  onRefused: () => void;
  /** The pack asks something first. */
  onAsked: () => void;
  onProblem: (problem: { code: string; message: string }) => void;
}

/** Who may speak in which conversation: tokens, the identity that the page vouches for, and conversations of before. */
export class Keyring {
  kept: Kept | null;
  identity: Identity | null = null;
  /** The service said that the token is over. */
  stale = false;
  /** The conversation that the next one goes on from, with its token as the proof. */
  private continues: Kept | null = null;
  /** What the customer answered before the conversation. */
  answers: { form: Record<string, string>; consent: boolean } | null = null;
  private readonly shelf: Shelf;

  constructor(private readonly options: KeyringOptions) {
    this.shelf = new Shelf(options.storage);
    this.kept = this.shelf.current;
  }

  set(kept: Kept | null): void {
    this.kept = kept;
    this.shelf.current = kept;
  }

  update(change: Partial<Kept>): void {
    if (this.kept) this.set({ ...this.kept, ...change });
  }

  /** A token that is good now. Rejects with Refused when the conversation is too old for one. */
  async bearer(): Promise<string> {
    if (!this.kept || this.over) await this.renew();
    return this.kept?.token ?? "";
  }

  /** The token to begin the connection with; for a conversation that is made now, if there is none. */
  async enter(): Promise<string> {
    if (this.kept && (this.stale || this.over)) await this.renew();
    if (!this.kept) await this.create();
    return this.kept!.token;
  }

  private get over(): boolean {
    return new Date(this.kept!.expires_at).getTime() < Date.now() + MARGIN;
  }

  async renew(): Promise<void> {
    if (!this.kept) return;
    const { token, expires_at } = await this.options.service.renew(this.kept.token);
    this.stale = false;
    this.update({ token, expires_at });
  }

  /** The next conversation is a new one; of the same customer, if it goes on from this one. */
  leave(goesOn: boolean): void {
    this.continues = goesOn ? this.kept : null;
    this.shelf.put(this.kept);
    this.set(null);
  }

  wipe(): void {
    this.kept = this.continues = this.identity = this.answers = null;
    this.stale = false;
    this.shelf.wipe();
  }

  private async create(): Promise<void> {
    const { continues, identity } = this;
    const body: Beginning = {
      locale: this.options.locale(),
      ...(continues ? { continues: continues.conversation } : {}),
      ...(identity ? { identity, ...(continues ? {} : { resume: true }) } : {}),
      ...(this.answers ?? {}),
    };
    try {
      const { conversation, token, expires_at } = await this.options.service.begin(body, continues?.token);
      this.continues = this.answers = null;
      this.stale = false;
      this.set({ conversation, token, expires_at, active: Date.now(), ...(identity ? { user: identity.user_id } : {}) });
    } catch (error) {
      if (error instanceof Refused) this.notBegun(error);
      throw error;
    }
  }

  /** What stood in the way is left out the next time: a chat without a name is better than none. */
  private notBegun(error: Refused): void {
    if (error.code === "consent_needed" || error.code === "form_needed") {
      this.options.onAsked();
    } else if (error.status === 403) {
      this.options.onRefused();
    } else if (error.status === 401 && this.identity) {
      this.identity = null;
      this.options.onProblem({ code: "identity_refused", message: error.message });
    } else if (error.status !== 429 && error.status < 500) {
      // An earlier conversation that is gone must not keep a new one from starting.
      this.continues = null;
    }
  }

  // Several conversations -------------------------------------------------------------------------------------------

  /** What this browser knows of, the open one first. */
  get here(): Visit[] {
    const known = this.kept ? [this.kept, ...this.shelf.past.filter((one) => one.conversation !== this.kept!.conversation)] : this.shelf.past;
    return known.map(({ conversation, title = "", active }) => ({ conversation, title, at: active ? new Date(active).toISOString() : "", closed: false }));
  }

  /** All of the customer's, from every device where the page vouches for them. */
  async visits(): Promise<Visit[]> {
    if (!this.kept?.user) return this.here;
    const titles = new Map(this.here.map((visit) => [visit.conversation, visit.title]));
    const all = (await this.options.service.visits(await this.bearer())).map(({ id, last_text, last_at, mode }) => ({
      conversation: id, title: titles.get(id) || last_text || "", at: last_at, closed: mode === "closed",
    }));
    return [...all, ...this.here.filter((visit) => !all.some((one) => one.conversation === visit.conversation))];
  }

  /** Opens another of them; the one that was open goes to the others. Rejects when it cannot be had. */
  async open(conversation: string): Promise<void> {
    const known = this.shelf.past.find((one) => one.conversation === conversation);
    const user = this.kept?.user;
    const kept = user && !known ? { ...(await this.options.service.enter(conversation, await this.bearer())), user, active: Date.now() } : known;
    if (!kept) throw new Refused(404, "not_found");
    this.shelf.put(this.kept);
    this.shelf.take(conversation);
    this.stale = false;
    this.set({ ...kept, active: Date.now() });
  }
}
