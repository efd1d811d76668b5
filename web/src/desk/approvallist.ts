import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { ago } from "../shared/locale";
import type { Locale, Proposal } from "../shared/protocol";
import { nameOf } from "./list";
import { empty, loading } from "./states";
import type { DeskStore } from "./store";
import type { Say } from "./words";

/** What waits for a click, the oldest first; under it what was decided since the desk was opened, and by whom. */
export function approvalList(store: DeskStore, locale: Locale, say: Say): TemplateResult {
  const { waiting, settled } = store.approvals;
  return html`<nav class="list" aria-label=${say("approvals")} data-testid="approvals">
    <h2 class="list-title">${say("approvals")} ${waiting.length ? html`<span class="count">${waiting.length}</span>` : nothing}</h2>
    <div class="rows">
      ${!store.everReady ? loading(say) : waiting.length ? html`<ul>${repeat(waiting, (one) => one.call, (one) => item(store, one, locale, say))}</ul>`
        : empty(say("emptyApprovals"), say("toConversations"), () => (location.hash = "#/conversations"))}
      ${settled.length ? html`<h3 class="list-part">${say("decidedNow")}</h3><ul data-testid="settled">${repeat(settled, (one) => one.proposal.call, ({ proposal, approved, agent }) => item(store, proposal, locale, say,
        say(approved ? "actApproved" : "actRejected", { name: store.called(agent) })))}</ul>` : nothing}
    </div>
    <p class="keys">${say("keysApprovals")}</p>
  </nav>`;
}

function item(store: DeskStore, proposal: Proposal, locale: Locale, say: Say, decided = ""): TemplateResult {
  const { approvals } = store;
  const name = proposal.contact_name || nameOf(store.row(proposal.conversation), say);
  const amount = proposal.amount ?? null;
  const field = approvals.action(proposal.name)?.amount ?? "";
  const sum = amount === null ? "" : `${approvals.label(proposal.name, field, locale)} ${amount}`;
  return html`<li><button class="row" data-testid=${decided ? "settled-row" : "approval"} data-call=${proposal.call} aria-current=${store.selected === proposal.conversation ? "true" : "false"}
    @click=${() => store.select(proposal.conversation)}>
    <span class="row-top"><b>${approvals.title(proposal.name, locale)}</b><time>${proposal.proposed_at ? ago(proposal.proposed_at, locale, store.now()) : ""}</time></span>
    <span class="row-last">${[name, sum].filter(Boolean).join(" · ")}</span>
    ${decided ? html`<span class="row-mode">${decided}</span>` : nothing}
  </button></li>`;
}

/** The conversations of what waits, in the order of the list. */
export function approvalConversations(store: DeskStore): string[] {
  return [...new Set(store.approvals.waiting.map((one) => one.conversation))];
}
