import type { KeyValue } from "../shared/outbox";
import type { DeskStore } from "./store";

const SOUND = "switchboard.desk.sound.v1";
const SHOWN = "switchboard.desk.notifications.v1";

/** `none`: the browser has no notifications. */
export type Permission = "default" | "granted" | "denied" | "none";
export interface Shown { close: () => void }
/** What the browser can do to call somebody back. */
export interface Calls {
  hidden: () => boolean;
  chime: () => void;
  badge: (count: number) => void;
  permission: () => Permission;
  ask: () => Promise<Permission>;
  /** Null where it cannot be shown. */
  show: (tag: string, title: string, open: () => void) => Shown | null;
}
/** What is said of a conversation. */
export interface Said { offered: (id: string) => string; wrote: (id: string) => string; open: (id: string) => void }

type Watched = Pick<DeskStore, "offers" | "mine" | "attention">;

/** Calls the agent back while the page is out of sight: once for each offer, and for each message in an own conversation. */
export class Notices {
  /** Whether there is a sound, and whether notifications are wanted; kept on this device. */
  sound: boolean;
  wanted: boolean;
  /** Offers, and own conversations with words that were not read. */
  count = 0;
  private readonly told = new Set<string>();
  private readonly shown = new Map<string, Shown>();

  constructor(private readonly storage: KeyValue, private readonly calls: Calls, private readonly said: Said) {
    this.sound = storage.getItem(SOUND) !== "off";
    this.wanted = storage.getItem(SHOWN) === "on";
  }

  get permission(): Permission {
    return this.calls.permission();
  }

  setSound(on: boolean): void {
    this.sound = on;
    this.storage.setItem(SOUND, on ? "on" : "off");
  }

  /** Asks for the permission where nobody has decided; call it from a click. Stays off where it is refused. */
  async setWanted(on: boolean): Promise<void> {
    const may = on && this.permission === "default" ? await this.calls.ask() : this.permission;
    this.wanted = on && may === "granted";
    this.storage.setItem(SHOWN, this.wanted ? "on" : "off");
  }

  try(): void {
    this.calls.chime();
  }

  /** The customer of an own conversation has written. */
  wrote(id: string): void {
    this.call(id, this.said.wrote(id));
  }

  /** The state of the desk has changed: new offers call, what was read or is over is taken back. */
  look(desk: Watched): void {
    const unread = desk.mine.filter((id) => desk.attention.unread.has(id));
    for (const { conversation, expires } of desk.offers) {
      const key = `${conversation} ${expires}`;
      if (this.told.has(key)) continue;
      this.told.add(key);
      this.call(conversation, this.said.offered(conversation));
    }
    const open = new Set([...unread, ...desk.offers.map((offer) => offer.conversation)]);
    for (const id of this.shown.keys()) if (!open.has(id)) this.close(id);
    this.show(open.size);
  }

  /** Nobody is signed in any more. */
  stop(): void {
    for (const id of this.shown.keys()) this.close(id);
    this.show(0);
  }

  private show(count: number): void {
    if (count === this.count) return;
    this.count = count;
    this.calls.badge(count);
  }

  private close(id: string): void {
    this.shown.get(id)?.close();
    this.shown.delete(id);
  }

  private call(id: string, title: string): void {
    if (!this.calls.hidden()) return;
    if (this.sound) this.calls.chime();
    if (!this.wanted || this.permission !== "granted") return;
    this.close(id);
    const shown = this.calls.show(id, title, () => this.said.open(id));
    if (shown) this.shown.set(id, shown);
  }
}
