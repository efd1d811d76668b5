"""Read models: rows for lists, queue and search, as pure functions of single events.

A row never needs the fold: each event patches columns of one row, so two appends that meet cannot lose each other's
change, and replaying the log from the beginning gives the same rows.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from core import events as e

CONVERSATIONS, TICKETS, APPROVALS, CONTACTS = "conversations", "tickets", "approvals", "contacts"

PRIVATE: dict[str, tuple[str, ...]] = {CONVERSATIONS: ("name", "last_text", "account", "email"), TICKETS: ("phone", "fields")}
"""Columns that erasure empties."""


class Patch(msgspec.Struct, frozen=True):
    """Set `columns` of the row `key` of `table`; the row is made when it is not there yet."""

    table: str
    key: str
    columns: dict[str, Any]


class Settle(msgspec.Struct, frozen=True):
    """Set `column` of the rows of `conversation` in `table` that were made before its event `seq`, where it is still 0."""

    table: str
    conversation: str
    seq: int
    column: str
    value: int


def project(recorded: e.Recorded) -> Patch | None:
    """The change that one event makes to the read models, or None."""
    kind, _, key = recorded.stream.partition(":")
    if kind == "conversation":
        if isinstance(recorded.event, e.ActionProposed | e.ActionDecided):
            return Patch(APPROVALS, recorded.event.call, _approval(recorded, recorded.event))
        build = _CONVERSATION.get(type(recorded.event))
        return Patch(CONVERSATIONS, key, build(recorded, recorded.event)) if build else None
    if kind == "ticket":
        build = _TICKET.get(type(recorded.event))
        return Patch(TICKETS, key, build(recorded, recorded.event)) if build else None
    if kind == "contact":
        columns = _contact(recorded, key)
        return Patch(CONTACTS, key, columns) if columns else None
    return None


Columns = dict[str, Any]


def _approval(r: e.Recorded, event: e.ActionProposed | e.ActionDecided) -> Columns:
    if isinstance(event, e.ActionDecided):
        state = "approved" if event.approved else "rejected"
        return {"status": state, "agent": event.agent, "decided_at": r.at}
    return {
        "conversation": r.stream.partition(":")[2],
        "name": event.name,
        "level": event.level,
        "status": "waiting",
        "proposed_at": r.at,
    }


def _contact(r: e.Recorded, key: str) -> Columns:
    """A join stands in both streams; it is the contact that was joined whose row tells of it."""
    event = r.event
    if isinstance(event, e.ContactJoined) and event.contact == key:
        return {"joined": event.into, "joined_by": r.by.name, "joined_at": r.at, "basis": event.basis}
    if isinstance(event, e.ContactParted) and event.contact == key:
        return {"joined": "", "joined_by": "", "joined_at": 0, "basis": ""}
    return {}


LONGEST_EMAIL = 254


def _email(event: e.Started) -> str:
    """The address that the page names for somebody whom it vouches for."""
    given = event.attributes.get("email") if event.verified else None
    text = given.strip().lower() if isinstance(given, str) else ""
    return text if "@" in text and len(text) <= LONGEST_EMAIL else ""


_NOBODY: Columns = {"assignee": "", "offered_to": "", "offer_expires": 0}


def _spoke(who: str) -> Callable[[e.Recorded, Any], Columns]:
    def build(r: e.Recorded, event: Any) -> Columns:
        text = event.text or ", ".join(file.name for file in getattr(event, "files", ()))
        return {"last_at": r.at, "last_by": who, "last_text": text[:200], "last_seq": r.seq}

    return build


def _started(r: e.Recorded, event: e.Started) -> Columns:
    return {
        "channel": event.channel,
        "language": event.language,
        "contact": event.contact,
        "name": event.name,
        "email": _email(event),
        "mode": "bot",
        "started_at": r.at,
        "last_at": r.at,
        "last_seq": r.seq,
        "closed_seq": 0,
        "scored_seq": 0,
    }


def _asked(r: e.Recorded, event: e.HandoffAsked) -> Columns:
    return {
        "mode": "waiting",
        "reason": event.reason,
        "skill": event.skill,
        "priority": event.priority,
        "waiting_since": r.at,
        **_NOBODY,
    }


def _transferred(r: e.Recorded, event: e.Transferred) -> Columns:
    if not event.agent and not event.skill:
        return {"mode": "bot", "waiting_since": 0, **_NOBODY}
    columns = {"mode": "waiting", "waiting_since": r.at, **_NOBODY}
    if event.skill:
        columns["skill"] = event.skill
    if event.priority:
        columns["priority"] = event.priority
    return columns


def _taken(r: e.Recorded, event: e.HandoffTaken | e.TakenOver) -> Columns:
    return {"mode": "human", **_NOBODY, "assignee": event.agent, "waiting_since": 0, "person_at": r.at}


_CONVERSATION: dict[type[e.Event], Callable[[e.Recorded, Any], Columns]] = {
    e.Started: _started,
    e.CustomerSaid: _spoke("customer"),
    e.BotSaid: _spoke("bot"),
    e.AgentSaid: _spoke("agent"),
    e.Verified: lambda r, event: {"account": event.account},
    e.LanguageChanged: lambda r, event: {"language": event.language},
    e.TicketOpened: lambda r, event: {"ticket": event.ticket},
    e.TicketLinked: lambda r, event: {"ticket": event.ticket},
    e.HandoffAsked: _asked,
    e.HandoffOffered: lambda r, event: {"offered_to": event.agent, "offer_expires": event.expires_at},
    e.HandoffDeclined: lambda r, event: {"offered_to": "", "offer_expires": 0},
    e.HandoffExpired: lambda r, event: {"offered_to": "", "offer_expires": 0},
    e.HandoffTaken: _taken,
    e.TakenOver: _taken,
    e.BotStopped: lambda r, event: {"stopped": 1},
    e.BotResumed: lambda r, event: {"stopped": 0},
    e.HandoffReturned: lambda r, event: {"mode": "bot", **_NOBODY},
    e.HandoffCancelled: lambda r, event: {"mode": "bot", "waiting_since": 0, **_NOBODY},
    e.Transferred: _transferred,
    e.ContactLinked: lambda r, event: {"contact": event.contact},
    e.Rated: lambda r, event: {"rating": event.score, "rated_at": r.at},
    e.Closed: lambda r, event: {
        "mode": "closed",
        "closed_at": r.at,
        "closed_seq": r.seq,
        "disposition": event.disposition,
        "waiting_since": 0,
        "offered_to": "",
        "offer_expires": 0,
        "stopped": 0,
    },
    e.Reopened: lambda r, event: {"mode": "bot", "closed_at": 0, **_NOBODY},
    e.Scored: lambda r, event: {
        "scored_seq": event.closed,
        "score_bot": event.bot,
        "score_person": event.person,
    },
}


def _ticket_opened(r: e.Recorded, event: e.TicketOpened) -> Columns:
    return {
        "type": event.type,
        "status": "open",
        "contact": event.contact,
        "conversation": event.conversation or "",
        "language": event.language,
        "skill": event.skill,
        "phone": event.phone,
        "fields": msgspec.json.encode(event.fields).decode(),
        "version": r.seq,
        "opened_at": r.at,
        "updated_at": r.at,
    }


def _ticket_updated(r: e.Recorded, event: e.TicketUpdated) -> Columns:
    columns: Columns = {"status": event.status, "version": r.seq, "updated_at": r.at}
    if event.fields:
        columns["fields"] = msgspec.json.encode(event.fields).decode()
    return columns


def _ticket_linked(r: e.Recorded, event: e.TicketLinked) -> Columns:
    columns = {"conversation": event.conversation, "version": r.seq, "updated_at": r.at}
    return {**columns, "contact": event.contact} if event.contact else columns


def _ticket_merged(r: e.Recorded, event: e.TicketMerged) -> Columns:
    columns: Columns = {"version": r.seq, "updated_at": r.at}
    return {**columns, "merged": event.into} if r.stream == f"ticket:{event.ticket}" else columns


def _ticket_parted(r: e.Recorded, event: e.TicketParted) -> Columns:
    columns: Columns = {"version": r.seq, "updated_at": r.at}
    return {**columns, "merged": ""} if r.stream == f"ticket:{event.ticket}" else columns


_TICKET: dict[type[e.Event], Callable[[e.Recorded, Any], Columns]] = {
    e.TicketOpened: _ticket_opened,
    e.TicketUpdated: _ticket_updated,
    e.TicketActed: lambda r, event: {"version": r.seq, "updated_at": r.at},
    e.TicketLinked: _ticket_linked,
    e.TicketMerged: _ticket_merged,
    e.TicketParted: _ticket_parted,
}
