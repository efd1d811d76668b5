import type { TemplateResult } from "lit";
import { icons } from "../shared/icons";
import type { Role } from "../shared/protocol";

/** A page of the desk: its place in the address, its sign and word in the rail, and the role that it needs. */
export interface Page { id: string; icon: () => TemplateResult; word: string; role: Role }

/** In the order of the rail. The first is where the desk begins. */
export const PAGES: readonly Page[] = [
  { id: "conversations", icon: icons.chats, word: "navConversations", role: "agent" },
  { id: "approvals", icon: icons.click, word: "navApprovals", role: "agent" },
  { id: "tickets", icon: icons.ticket, word: "navTickets", role: "agent" },
  { id: "mentions", icon: icons.at, word: "navMentions", role: "agent" },
  { id: "insights", icon: icons.room, word: "navInsights", role: "supervisor" },
  { id: "canned", icon: icons.note, word: "navCanned", role: "supervisor" },
  { id: "flows", icon: icons.flow, word: "navFlows", role: "supervisor" },
  { id: "scores", icon: icons.star, word: "navScores", role: "supervisor" },
  { id: "ledger", icon: icons.ledger, word: "navLedger", role: "admin" },
];

const ORDER: readonly Role[] = ["agent", "supervisor", "admin"];

/** Roles nest. */
export function reaches(role: Role, needed: Role): boolean {
  return ORDER.indexOf(role) >= ORDER.indexOf(needed);
}

export function pagesOf(role: Role): Page[] {
  return PAGES.filter((page) => reaches(role, page.role));
}

/** The page of an address; what nobody knows is the first one. */
export function pageOf(id: string): Page {
  return PAGES.find((page) => page.id === id) ?? PAGES[0]!;
}
