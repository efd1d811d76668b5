import { lastOf } from "../shared/eventlog";
import type { DeskStore } from "./store";

/** Tells customers how far their words have come: to this desk, or before the agent's eyes. */
export class Receipts {
  private readonly told = new Map<string, { delivered: number; seen: number }>();
  private readonly look = (): void => this.tell();

  constructor(private readonly store: DeskStore, private readonly shown: () => boolean) {
    store.addEventListener("change", this.look);
    document.addEventListener("visibilitychange", this.look);
  }

  stop(): void {
    this.store.removeEventListener("change", this.look);
    document.removeEventListener("visibilitychange", this.look);
  }

  private tell(): void {
    if (this.store.state !== "ready") return;
    for (const id of this.store.mine) {
      const seq = lastOf(this.store.threads.get(id)?.log.events ?? [], "customer_said")?.seq ?? 0;
      const told = this.told.get(id) ?? { delivered: 0, seen: 0 };
      const seen = id === this.store.selected && this.shown() && document.visibilityState === "visible";
      if (seq <= (seen ? told.seen : Math.max(told.delivered, told.seen))) continue;
      if (!this.store.socket.send({ type: "receipt", conversation: id, seq, ...(seen ? { seen } : {}) })) return;
      this.told.set(id, seen ? { ...told, seen: seq } : { ...told, delivered: seq });
    }
  }
}
