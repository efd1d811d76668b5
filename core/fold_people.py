"""What people change in a conversation, and what comes after it."""

from core import events as e
from core.state import BOT, CLOSED, HUMAN, WAITING, Changes, Conversation, Handlers, Offer, Said, answered
from core.time import MINUTE


def _handoff_asked(c: Conversation, event: e.HandoffAsked, at: e.Recorded) -> Changes:
    return {
        "mode": WAITING,
        "unanswered": answered(c, event.in_reply_to),
        "turn": (),
        "failures": 0,
        "call": None,
        "asks": None,
        "stack": (),
        "starts": (),
        "skill": event.skill,
        "reason": event.reason,
        "waiting_since": at.at,
        "due": at.at + event.within_minutes * MINUTE if event.within_minutes else 0,
        "asked_seq": at.seq,
        "owed_since": at.at,
        "owed_first": True,
        "offer": None,
        "refused": (),
        "wanted": "",
        "assignee": "",
        "assignee_name": "",
    }


def _offered(c: Conversation, event: e.HandoffOffered, at: e.Recorded) -> Changes:
    return {"offer": Offer(event.agent, event.expires_at)}


def _refused(c: Conversation, event: e.HandoffDeclined | e.HandoffExpired, at: e.Recorded) -> Changes:
    return {"offer": None, "refused": (*c.refused, event.agent)}


def _taken(c: Conversation, event: e.HandoffTaken, at: e.Recorded) -> Changes:
    return {
        "mode": HUMAN,
        "unanswered": (),
        "offer": None,
        "refused": (),
        "wanted": "",
        "assignee": event.agent,
        "assignee_name": event.name,
        "taken_at": at.at,
        "due": 0,
    }


_PAID: Changes = {"owed_since": 0, "owed_first": False}
"""Nobody waits for a person's answer."""

_BACK: Changes = {
    **_PAID,
    "mode": BOT, "offer": None, "refused": (), "wanted": "", "assignee": "", "assignee_name": "",
    "waiting_since": 0, "due": 0, "skill": "", "reason": "", "asked_seq": 0,
}  # fmt: skip


def _returned(c: Conversation, event: e.HandoffReturned, at: e.Recorded) -> Changes:
    return _BACK


def _cancelled(c: Conversation, event: e.HandoffCancelled, at: e.Recorded) -> Changes:
    return {**_BACK, "unanswered": answered(c, event.in_reply_to)}


def _transferred(c: Conversation, event: e.Transferred, at: e.Recorded) -> Changes:
    if not event.agent and not event.skill:
        return _BACK
    return {
        "mode": WAITING,
        "skill": event.skill or c.skill,
        # Who has been served waits in front: as long as since the first time they asked.
        "waiting_since": c.waiting_since or at.at,
        "asked_seq": at.seq,
        "owed_since": at.at,
        "owed_first": True,
        "offer": None,
        "refused": (event.by,),
        "wanted": event.agent,
        "assignee": "",
        "assignee_name": "",
    }


def _answered(c: Conversation, event: e.AgentSaid, at: e.Recorded) -> Changes:
    return _PAID


def _rated(c: Conversation, event: e.Rated, at: e.Recorded) -> Changes:
    return {"rating": event.score}


def _linked(c: Conversation, event: e.ContactLinked, at: e.Recorded) -> Changes:
    return {"contact": event.contact}


def _closed(c: Conversation, event: e.Closed, at: e.Recorded) -> Changes:
    return {
        **_PAID,
        "mode": CLOSED,
        "closed_at": at.at,
        "closed_seq": at.seq,
        "stack": (),
        "slots": {},
        "call": None,
        "asks": None,
        "turn": (),
        "unanswered": (),
        "starts": (),
        "failures": 0,
        "offer": None,
        "wanted": "",
        "waiting_since": 0,
        "due": 0,
        "stopped": False,
    }


def _reopened(c: Conversation, event: e.Reopened, at: e.Recorded) -> Changes:
    return {**_BACK, "closed_at": 0, "silence_asked": False}


def _scored(c: Conversation, event: e.Scored, at: e.Recorded) -> Changes:
    return {"scored_seq": event.closed}


def _erased(c: Conversation, event: e.Erased, at: e.Recorded) -> Changes:
    return {
        "erased": True,
        "name": "",
        "slots": {},
        "last_words": (),
        "unanswered": tuple(Said(said.seq, "") for said in c.unanswered),
        "call": None,
        "proposals": (),
        "acts": (),
        "undoable": (),
        "asks": None,
        "stack": (),
        "starts": (),
    }


PEOPLE: Handlers = {
    e.HandoffAsked: _handoff_asked,
    e.HandoffOffered: _offered,
    e.HandoffDeclined: _refused,
    e.HandoffExpired: _refused,
    e.HandoffTaken: _taken,
    e.HandoffReturned: _returned,
    e.HandoffCancelled: _cancelled,
    e.Transferred: _transferred,
    e.AgentSaid: _answered,
    e.Rated: _rated,
    e.ContactLinked: _linked,
    e.Closed: _closed,
    e.Reopened: _reopened,
    e.Scored: _scored,
    e.Erased: _erased,
}
