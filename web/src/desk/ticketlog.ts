import { html, nothing, type TemplateResult } from "lit";
import { full } from "../shared/locale";
import type { Locale, Ticket, TicketEntry } from "../shared/protocol";
import { hashOf } from "./router";
import { fieldChanges } from "./tickethistory";
import type { Say } from "./words";

/** What an action did for the ticket, in words. */
export function actedWords(item: TicketEntry, say: Say): string {
  const outcome = item.undoes && item.outcome === "ok" ? "undone" : item.outcome;
  return say(`acted_${outcome}`, { x: item.action ?? "" });
}

export interface LogWords {
  locale: Locale; say: Say; called: (account: string) => string; status: (status: string) => string; label: (field: string) => string;
  /** Shows another ticket. */
  open: (ticket: string) => void;
}

/** A ticket's history: each entry with what changed, who did it and when. */
export function ticketLog(ticket: Ticket, words: LogWords): TemplateResult | typeof nothing {
  const { say, locale } = words;
  const history = ticket.history ?? [];
  if (!history.length) return nothing;
  const changed = fieldChanges(history);
  const shown = (value: unknown): string => (value === undefined || value === null || value === "" ? say("emptyValue") : String(value));
  return html`<section><h3>${say("history")}</h3><ol class="history" data-testid="ticket-history">${history.map((item, index) => html`<li>
    <b>${happened(ticket, item, index, words)}</b> <span class="muted">${doer(item, words)} ${full(item.at, locale)}</span>
    ${changed[index]!.map((one) => html`<p class="muted">${say("changedTo", { field: words.label(one.name), before: shown(one.before), after: shown(one.after) })}</p>`)}
    ${item.kind === "ticket_linked" && item.conversation ? html`<p><a href=${hashOf("conversations", item.conversation)}>${say("ofConversation")}</a></p>` : nothing}
    ${other(ticket, item) ? html`<p><button class="link" data-testid="history-other" @click=${() => words.open(other(ticket, item))}>${say("showOther", { ticket: other(ticket, item) })}</button></p>` : nothing}
    ${item.note ? html`<p>${item.note}</p>` : nothing}
    ${Object.entries(item.result ?? {}).map(([name, value]) => html`<p class="muted">${name}: ${typeof value === "string" ? value : JSON.stringify(value)}</p>`)}</li>`)}</ol></section>`;
}

/** The other ticket of a merger or of its undoing; empty for anything else. */
function other(ticket: Ticket, item: TicketEntry): string {
  if (item.kind !== "ticket_merged" && item.kind !== "ticket_parted") return "";
  return (item.ticket === ticket.number ? item.into : item.ticket) ?? "";
}

function happened(ticket: Ticket, item: TicketEntry, index: number, { say, status }: LogWords): string {
  switch (item.kind) {
    case "ticket_acted": return actedWords(item, say);
    case "ticket_linked": return say("hist_linked", { x: (item.conversation ?? "").slice(0, 8) });
    case "ticket_merged": return item.ticket === ticket.number ? say("hist_merged", { x: item.into ?? "" }) : say("hist_absorbed", { x: item.ticket ?? "" });
    case "ticket_parted": return item.ticket === ticket.number ? say("hist_parted", { x: item.into ?? "" }) : say("hist_released", { x: item.ticket ?? "" });
    case "erased": return say("hist_erased");
    case "ticket_updated": {
      const before = (ticket.history ?? []).slice(0, index).reverse().find((one) => one.kind === "ticket_updated")?.status ?? "open";
      return item.status === before && item.note ? say("hist_note") : item.status === before ? say("fields") : status(item.status ?? "");
    }
    default: return item.status ? status(item.status) : say("hist_opened");
  }
}

/** Who did it; of an action also how freely, and who released it. */
function doer(item: TicketEntry, { say, called }: LogWords): string {
  const parts = [actor(item.actor, say, called)];
  if (item.level) parts.push(say("acted_level", { level: item.level }));
  if (item.confirmer) parts.push(say("acted_released", { name: called(item.confirmer) }));
  return parts.filter(Boolean).join(say("comma"));
}

function actor(by: TicketEntry["actor"], say: Say, called: LogWords["called"]): string {
  if (!by) return "";
  const kinds: Record<string, string> = { machine: "bot", customer: "customer", system: "system" };
  const kind = kinds[by.executor];
  return kind ? say(kind) : called(by.name ?? "") || say("agent");
}
