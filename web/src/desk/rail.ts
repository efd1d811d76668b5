import { html, nothing, type TemplateResult } from "lit";
import type { Role } from "../shared/protocol";
import { pagesOf } from "./pages";
import { hashOf } from "./router";
import type { Say } from "./words";

/** The pages that a role may open, with how much waits on each. */
export function rail(page: string, role: Role, counts: Record<string, number>, say: Say): TemplateResult {
  return html`<nav class="rail" aria-label=${say("pages")}>
    ${pagesOf(role).map(({ id, icon, word }) => html`<a href=${hashOf(id)} data-testid="nav-${id}" aria-current=${page === id ? "page" : nothing}>
      ${icon()}<span>${say(word)}</span>${counts[id] ? html`<b class="badge" data-testid="count-${id}"><span class="sr">${say("waitingCount", { count: counts[id] })}</span><span aria-hidden="true">${counts[id]}</span></b>` : nothing}</a>`)}
  </nav>`;
}
