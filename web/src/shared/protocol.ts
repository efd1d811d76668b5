/** What travels between the pages and the service. Unknown fields and kinds are ignored, never an error. */

import type { FileRef } from "./files";

export type Role = "agent" | "supervisor" | "admin";
export type Mode = "bot" | "waiting" | "human" | "closed";
export type Locale = "zh" | "en";

export interface Choice { title: string; payload: string }
export interface Citation { document: string; title: string; version?: string | number; quote?: string }
export type AskType =
  | "text" | "choice" | "yes_no" | "phone" | "email" | "date_time" | "number" | "amount" | "address" | "name" | "id_card" | "ticket";
export interface Asks { slot: string; type: AskType; choices?: Choice[] }
/** A person is named by a word, or by an object that carries the word to show. */
export type Person = string | { name: string; display?: string };

export interface LogEvent {
  seq: number;
  /** ISO 8601, UTC. */
  at: string;
  kind: string;
  id?: string;
  text?: string;
  payload?: string;
  files?: FileRef[];
  language?: string;
  in_reply_to?: number[] | number;
  quick_replies?: Choice[];
  citations?: Citation[];
  asks?: Asks;
  agent?: Person;
  /** What the agent is called; the agent's own view of an event only. */
  name?: string;
  actor?: { executor: string; name?: string };
  by?: string;
  reason?: string;
  skill?: string;
  ticket?: string;
  type?: string;
  status?: string;
  note?: string;
  score?: number;
  /** Of `delivered` and `seen`: the seq up to which it holds. */
  upto?: number;
  [more: string]: unknown;
}

export type ChatServerFrame =
  | { type: "ready"; conversation: string; seq: number; mode: Mode; file_limit?: number }
  | { type: "ack"; id: string; seq: number }
  | { type: "event"; event: LogEvent }
  | { type: "typing"; by: "bot" | "agent" }
  | { type: "partial"; text: string }
  | { type: "queue"; position: number; wait_seconds?: number | null }
  | { type: "pong" }
  | { type: "expiring"; seconds: number }
  | { type: "error"; code: string; message: string; id?: string };

export interface Row {
  id: string;
  channel?: string;
  language?: string;
  mode?: Mode;
  assignee?: string | null;
  contact_name?: string | null;
  last_text?: string | null;
  last_at?: string | null;
  last_by?: string | null;
  waiting_since?: string | null;
  reason?: string | null;
  skill?: string | null;
  ticket?: string | null;
  /** Whether a supervisor lets people alone serve it. */
  stopped?: boolean;
}
/** A waiting row may name its conversation by `conversation` where a row says `id`. */
export type QueueRow = Partial<Row> & { conversation?: string };

export type PresenceState = "available" | "busy" | "away";

export interface Summary {
  conversation: string;
  reason?: string;
  language?: string;
  channel?: string;
  customer?: { name?: string | null; contact?: string | null };
  asked?: { seq?: number; text: string }[];
  answered?: { seq?: number; question: string; answer: string; sources?: Citation[] }[];
  tried?: { flow: string; outcome: string; text?: string }[];
  slots?: { name: string; label?: string; value: unknown }[];
  tickets?: { ticket: string; type?: string; status?: string; into?: string }[];
  sources?: Citation[];
  files?: (FileRef & { seq: number; by: string })[];
  mood?: Mood;
  /** The customer's other conversations and tickets. */
  earlier?: Earlier[];
  other_tickets?: { ticket: string; type: string; status: string; conversation?: string | null; updated_at?: string }[];
  text?: string;
}

/** How the customer sounds, with what shows it. */
export interface Mood { mood: "pleased" | "calm" | "upset" | "angry"; signs: { seq: number; kind: "word" | "emoji" | "marks" | "capitals"; sign: string; weight: number; quote: string }[] }
export interface Earlier { id: string; channel?: string; language?: string; mode?: Mode; started_at?: string | null; last_at?: string | null; last_text?: string | null; last_by?: string | null; ticket?: string | null; contact?: string }

export interface Ticket {
  number: string;
  type?: string;
  status: string;
  version: number;
  conversation?: string | null;
  fields?: Record<string, unknown> | { name: string; label?: string; value: unknown }[];
  contact?: string;
  /** The ticket that goes on where this one was merged. */
  merged?: string | null;
  updated_at?: string;
  history?: TicketEntry[];
  opened_at?: string;
  created_at?: string;
  [more: string]: unknown;
}

/** One line of a ticket's history: opened, changed by a person, or (`ticket_acted`) what the machine did for it. */
export interface TicketEntry {
  at: string;
  kind?: string;
  status?: string | null;
  note?: string | null;
  actor?: { executor: string; name?: string };
  action?: string;
  outcome?: string;
  level?: number;
  confirmer?: string;
  undoes?: string;
  result?: Record<string, unknown>;
  fields?: Record<string, unknown>;
  ticket?: string;
  conversation?: string | null;
  into?: string;
}

/** What waits for a click. `labels` and `title` are words by language. */
export interface Proposal {
  call: string;
  conversation: string;
  contact_name?: string | null;
  flow?: string;
  name: string;
  title?: Words;
  interface: string;
  effect: string;
  level: number;
  rules: string[];
  arguments: Record<string, unknown>;
  labels?: Record<string, Words>;
  amount?: number | null;
  undoes?: string | null;
  proposed_at: string | null;
}

/** An action of the pack in words; `values` are those of choices. */
export interface ActionWords {
  name: string;
  title: Words;
  effect: string;
  executor?: string;
  amount?: string | null;
  reversible: boolean;
  labels: Record<string, Words>;
  values: Record<string, Record<string, Words>>;
}

export interface ApprovalFrame {
  type: "approval";
  conversation: string;
  call: string;
  kind: string;
  proposal?: Proposal;
  approved?: boolean;
  agent?: string;
  /** What the agent is called. */
  name?: string;
}

export type DeskServerFrame =
  | {
      type: "ready";
      agent: { name: string; display?: string; role?: Role };
      mine: Row[];
      queue: QueueRow[];
      /** How many wait: the queue has the head of the line. */
      queue_total?: number;
      /** How many conversations there are, counted up to 1,000. */
      conversations?: number;
      presence?: { state: PresenceState; capacity?: number };
      ticket_types?: TicketType[];
      labels?: Labels;
      approvals?: Proposal[];
      actions?: ActionWords[];
      /** What accounts are called. */
      people?: Record<string, string>;
      file_limit?: number;
      mentions?: { conversation: string; seq: number; by: string; text: string; at: string; kind?: MentionKind; thread?: string }[];
      /** Accounts that can be called in notes. */
      colleagues?: string[];
      dispositions?: { id: string; name: Words }[];
      wrap_up_seconds?: number;
      wrapping?: Wrapping[];
      drafts?: { conversation: string; kind: "reply" | "note"; text: string; version: number }[];
    }
  | { type: "mention"; conversation: string; seq: number; by: string; text: string; at: string; kind?: MentionKind; thread?: string }
  | { type: "draft"; conversation: string; kind: "reply" | "note"; text: string; version: number }
  | ApprovalFrame
  | { type: "decided"; call: string }
  | { type: "queue"; waiting: QueueRow[]; total?: number; conversations?: number }
  | { type: "offer"; conversation: string; reason?: string; summary?: Summary | string; expires_at: string; transfer?: { by: string; name: string; note: string } | null }
  | { type: "taken"; conversation: string; agent: Person }
  | { type: "read"; conversation: string; agent: string; seq: number }
  | { type: "withdrawn"; conversation: string }
  | { type: "watching"; conversation: string }
  | { type: "event"; conversation: string; event: LogEvent }
  | { type: "ack"; id: string; seq?: number }
  | { type: "ticket"; ticket?: Ticket | string; number?: string; conversation?: string }
  | { type: "presence"; state: PresenceState; capacity?: number }
  | { type: "typing"; conversation: string; by?: string; agent?: string; name?: string; kind?: "reply" | "note" }
  | ({ type: "wrapping" } & Wrapping)
  | { type: "wrapped"; conversation: string; closed: number; disposition: string }
  | { type: "colleagues"; conversation: string; people: { agent: string; name: string }[] }
  | { type: "resync"; conversation?: string }
  | { type: "pong" }
  | { type: "error"; code: string; message: string; id?: string; conversation?: string; call?: string; suggestion?: string };

export type MentionKind = "mention" | "question" | "answer";
/** What an agent wraps up: until `until` its place stays taken; `over`: that is past and nothing was said. */
export interface Wrapping { conversation: string; closed: number; began_at: string; until: string; over: boolean }

export type Words = Partial<Record<Locale, string>>;
/** The pack's words for its own ids. */
export interface Labels { skills?: Record<string, Words>; flows?: Record<string, Words>; slots?: Record<string, Words>; values?: Record<string, Record<string, Words>> }
/** A ticket type of the pack, in both languages. */
export interface TicketType {
  type: string;
  name?: Words;
  fields?: { name: string; label?: Words | string; required?: boolean }[];
  statuses?: Record<string, Words>;
}

export const TICKET_STATUSES = ["open", "in_progress", "waiting_customer", "resolved", "closed"] as const;

export function personName(person: Person | null | undefined): string {
  if (!person) return "";
  return typeof person === "string" ? person : person.display || person.name;
}

/** The agent of an event, by the name that people know. */
export function agentOf(event: LogEvent): string {
  return event.name || personName(event.agent);
}
