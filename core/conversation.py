"""A conversation as the fold of its events. Nothing else holds the state of a dialogue.

`apply` is pure: the same events give the same conversation, on any machine, in any process.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec.structs import replace

from core import events as e
from core.state import (
    UNDOABLE as UNDOABLE, Call as Call, Frame as Frame, Offer as Offer, Said as Said, Start as Start,
)  # fmt: skip

PREFIX = "conversation:"
BOT, WAITING, HUMAN, CLOSED = "bot", "waiting", "human", "closed"


class Conversation(msgspec.Struct, frozen=True, omit_defaults=True):
    """`version` is the seq of the last event in it; instants are microseconds since the epoch (0: never).

    `starts` are to begin without anybody's words, `begun` is the last that did; `telling`: the bot says more by itself."""

    id: str
    version: int = 0
    mode: str = BOT
    channel: str = ""
    language: str = ""
    contact: str = ""
    verified: bool = False
    name: str = ""
    pack: str = ""
    started_at: int = 0
    last_at: int = 0
    customer_at: int = 0
    # the dialogue
    unanswered: tuple[Said, ...] = ()
    turn: tuple[int, ...] = ()
    stack: tuple[Frame, ...] = ()
    slots: dict[str, Any] = {}
    call: Call | None = None
    proposals: tuple[Call, ...] = ()
    acts: tuple[Call, ...] = ()
    undoable: tuple[Call, ...] = ()
    asks: e.Asks | None = None
    failures: int = 0
    last_words: tuple[str, ...] = ()
    last_response: str = ""
    silence_asked: bool = False
    telling: bool = False
    starts: tuple[Start, ...] = ()
    begun: str = ""
    # people
    skill: str = ""
    reason: str = ""
    waiting_since: int = 0
    asked_seq: int = 0
    offer: Offer | None = None
    refused: tuple[str, ...] = ()
    wanted: str = ""
    assignee: str = ""
    assignee_name: str = ""
    taken_at: int = 0
    # afterwards
    tickets: tuple[str, ...] = ()
    closed_at: int = 0
    closed_seq: int = 0
    scored_seq: int = 0
    rating: int = 0
    erased: bool = False

    @property
    def stream(self) -> str:
        """The name of the stream that this is the fold of."""
        return PREFIX + self.id

    @property
    def frame(self) -> Frame | None:
        """The flow on top of the stack."""
        return self.stack[-1] if self.stack else None

    @property
    def awaited(self) -> Call | None:
        """The call that a turn rests for: one that answers words, or one of a flow that nobody's words started."""
        call = self.call
        if call is None or call.in_reply_to:
            return call if call is not None and call.in_reply_to == self.turn else None
        return call if any((frame.flow, frame.step) == (call.flow, call.step) for frame in self.stack) else None

    @property
    def startable(self) -> Start | None:
        """The start that is to begin next. One after the other: nobody is asked two things at once."""
        if self.mode != BOT or self.turn or self.awaited or not self.starts:
            return None
        return None if any(frame.flow == self.begun for frame in self.stack) else self.starts[0]


def empty(conversation: str) -> Conversation:
    """The conversation before its first event; takes the id or the name of the stream."""
    return Conversation(id=conversation.removeprefix(PREFIX))


def fold(conversation: Conversation, recorded: Iterable[e.Recorded]) -> Conversation:
    """Applies events in order. Raises ValueError when one is missing: a gap would be a lost fact."""
    for item in recorded:
        conversation = apply(conversation, item)
    return conversation


def apply(conversation: Conversation, recorded: e.Recorded) -> Conversation:
    """One event further. A kind that changes nothing here still moves the version."""
    if recorded.seq != conversation.version + 1:
        raise ValueError(f"event {recorded.seq} does not follow {conversation.version}")
    handler = _HANDLERS.get(type(recorded.event))
    changes = handler(conversation, recorded.event, recorded) if handler else {}
    return replace(conversation, version=recorded.seq, last_at=recorded.at, **changes)


def encode(conversation: Conversation) -> bytes:
    """A snapshot."""
    return msgspec.json.encode(conversation)


def decode(snapshot: bytes) -> Conversation:
    """The inverse of `encode`."""
    return _decoder.decode(snapshot)


_decoder = msgspec.json.Decoder(Conversation)

Changes = dict[str, Any]


def _started(c: Conversation, event: e.Started, at: e.Recorded) -> Changes:
    return {
        "channel": event.channel,
        "language": event.language,
        "contact": event.contact,
        "verified": event.verified,
        "name": event.name,
        "pack": event.pack,
        "started_at": at.at,
    }


def _customer_said(c: Conversation, event: e.CustomerSaid, at: e.Recorded) -> Changes:
    changes: Changes = {"customer_at": at.at, "silence_asked": False}
    if c.mode in (BOT, WAITING):
        changes["unanswered"] = (*c.unanswered, Said(at.seq, event.text, event.payload))
    return changes


def _understood(c: Conversation, event: e.Understood, at: e.Recorded) -> Changes:
    if c.mode != WAITING:
        return {}
    return {"unanswered": tuple(said for said in c.unanswered if said.seq != event.message)}


def _answered(c: Conversation, in_reply_to: tuple[int, ...]) -> tuple[Said, ...]:
    return tuple(said for said in c.unanswered if said.seq not in in_reply_to)


def _flow_started(c: Conversation, event: e.FlowStarted, at: e.Recorded) -> Changes:
    left = tuple(start for start in c.starts if start.flow != event.flow)
    begun = c.begun if len(left) == len(c.starts) else event.flow
    return {"stack": (*c.stack, Frame(event.flow)), "pack": event.pack, "starts": left, "begun": begun}


def _start_asked(c: Conversation, event: e.StartAsked, at: e.Recorded) -> Changes:
    if c.mode not in (BOT, CLOSED) or c.erased:  # while a person serves it is left out; the closed may come back
        return {}
    return {"starts": (*c.starts, Start(at.seq, event.flow, event.by, event.name, event.status, event.slots))}


def _start_left(c: Conversation, event: e.StartLeft, at: e.Recorded) -> Changes:
    return {"starts": tuple(start for start in c.starts if start.seq != event.start)}


def _ticket_updated(c: Conversation, event: e.TicketUpdated, at: e.Recorded) -> Changes:
    """What was to be asked about an earlier state is no question any more."""
    return {"starts": tuple(s for s in c.starts if s.by != "ticket" or s.name != event.ticket or s.status == event.status)}


def _flow_moved(c: Conversation, event: e.FlowMoved, at: e.Recorded) -> Changes:
    position = next((i for i in range(len(c.stack) - 1, -1, -1) if c.stack[i].flow == event.flow), None)
    if position is None:
        return {}
    frame = Frame(event.flow, event.step, event.attempts, c.stack[position].result)
    return {"stack": (*c.stack[:position], frame, *c.stack[position + 1 :])}


def _flow_ended(c: Conversation, event: e.FlowEnded, at: e.Recorded) -> Changes:
    position = next((i for i in range(len(c.stack) - 1, -1, -1) if c.stack[i].flow == event.flow), None)
    if position is None:
        return {}
    asks = c.asks if event.flow == c.begun else None  # it may have come and gone without a word
    return {"stack": (*c.stack[:position], *c.stack[position + 1 :]), "asks": asks, "call": None}


def _slot_filled(c: Conversation, event: e.SlotFilled, at: e.Recorded) -> Changes:
    return {"slots": {**c.slots, event.name: event.value}}


def _slot_cleared(c: Conversation, event: e.SlotCleared, at: e.Recorded) -> Changes:
    return {"slots": {name: value for name, value in c.slots.items() if name != event.name}}


def _language_changed(c: Conversation, event: e.LanguageChanged, at: e.Recorded) -> Changes:
    return {"language": event.language}


def _verified(c: Conversation, event: e.Verified, at: e.Recorded) -> Changes:
    return {"verified": True}


def _call(event: e.ActionCalled | e.ActionRefused | e.ActionProposed) -> Call:
    return Call(
        event.call, event.name, event.flow, event.step, event.arguments, event.in_reply_to,
        interface=event.interface, level=event.level, rules=getattr(event, "rules", ()),
        confirmer=getattr(event, "confirmer", ""), undo=getattr(event, "undo", ""), undoes=getattr(event, "undoes", ""),
        allowance=getattr(event, "allowance", ""), ticket=getattr(event, "ticket", ""),
    )  # fmt: skip


def _without(calls: tuple[Call, ...], call: str) -> tuple[Call, ...]:
    return tuple(one for one in calls if one.call != call)


def _action_called(c: Conversation, event: e.ActionCalled, at: e.Recorded) -> Changes:
    call = _call(event)
    if event.confirmer:  # a person released it: the dialogue does not wait for it
        aside = next((one.aside for one in c.proposals if one.call == event.call), ())
        return {"proposals": _without(c.proposals, event.call), "acts": (*c.acts, replace(call, aside=aside))}
    return _rests(c, event, call)


def _rests(c: Conversation, event: e.ActionCalled | e.ActionRefused, call: Call) -> Changes:
    """The turn goes on after this call, answered or refused."""
    if event.left:
        call = replace(call, left=tuple(said for said in c.unanswered if said.seq in event.left))
    return {"call": call, "turn": event.in_reply_to, "unanswered": _answered(c, event.in_reply_to)}


def _action_refused(c: Conversation, event: e.ActionRefused, at: e.Recorded) -> Changes:
    released = next((one for one in c.proposals if one.call == event.call), None)
    if released is not None:
        return {"proposals": _without(c.proposals, event.call), **_resumed(c, released, "refused", {})}
    return _rests(c, event, replace(_call(event), outcome="refused"))


def _action_proposed(c: Conversation, event: e.ActionProposed, at: e.Recorded) -> Changes:
    proposals = {"proposals": (*c.proposals, replace(_call(event), aside=() if event.undoes else c.stack))}
    if event.undoes:
        return proposals
    # The flows step aside until a person has decided: meanwhile the customer can talk about anything.
    return {**proposals, "unanswered": _answered(c, event.in_reply_to), "stack": (), "asks": None, "call": None}


def _action_decided(c: Conversation, event: e.ActionDecided, at: e.Recorded) -> Changes:
    proposal = next((one for one in c.proposals if one.call == event.call), None)
    if proposal is None:
        return {}
    if event.approved:
        released = replace(proposal, confirmer=event.agent)
        return {"proposals": (*_without(c.proposals, event.call), released)}
    return {"proposals": _without(c.proposals, event.call), **_resumed(c, proposal, "rejected", {})}


def _resumed(c: Conversation, call: Call, outcome: str, result: dict[str, Any]) -> Changes:
    """The flow that had stepped aside for a person's click goes on where it stood."""
    running = {frame.flow for frame in c.stack}
    if c.mode != BOT or call.undoes or any(frame.flow in running for frame in call.aside):
        return {}
    return {
        "call": replace(call, outcome=outcome, result=result, aside=()),
        "turn": call.in_reply_to,
        "stack": _with_result((*c.stack, *call.aside), call.flow, result),
    }


def _with_result(stack: tuple[Frame, ...], flow: str, result: dict[str, Any]) -> tuple[Frame, ...]:
    position = next((i for i in range(len(stack) - 1, -1, -1) if stack[i].flow == flow), None)
    if position is None:
        return stack
    return (*stack[:position], replace(stack[position], result=result), *stack[position + 1 :])


def _action_returned(c: Conversation, event: e.ActionReturned, at: e.Recorded) -> Changes:
    act = next((one for one in c.acts if one.call == event.call), None)
    call = act or c.call
    if call is None or call.call != event.call:
        return {}
    if act is None:
        stack = _with_result(c.stack, call.flow, event.result)
        changes: Changes = {"call": replace(call, outcome=event.outcome, result=event.result), "stack": stack}
    else:
        changes = {"acts": _without(c.acts, event.call), **_resumed(c, act, event.outcome, event.result)}
    if event.outcome == "ok" and call.undoes:
        changes["undoable"] = _without(c.undoable, call.undoes)
    elif event.outcome == "ok" and call.undo:
        done = replace(call, outcome=event.outcome, result=event.result, aside=())
        changes["undoable"] = (*c.undoable, done)[-UNDOABLE:]
    return changes


def _bot_said(c: Conversation, event: e.BotSaid, at: e.Recorded) -> Changes:
    if not event.in_reply_to:  # said on its own account (a ticket's news, silence): an open question stays open
        flows = event.flow or event.more or c.telling  # a flow speaks: what the customer says next is to this
        return {
            "asks": event.asks or c.asks,
            "last_words": (*c.last_words, event.text) if c.telling else (event.text,),
            "last_response": event.response if flows else c.last_response,
            "silence_asked": event.response == "utter_silence",
            "telling": event.more,
        }
    same_turn = bool(c.turn) and c.turn == event.in_reply_to
    return {
        "unanswered": _answered(c, event.in_reply_to),
        "turn": event.in_reply_to if event.more else (),
        "asks": event.asks,
        "failures": c.failures + 1 if event.failure else (c.failures if same_turn else 0),
        "last_words": (*c.last_words, event.text) if same_turn else (event.text,),
        "last_response": event.response,
        "silence_asked": False,
        "telling": False,
    }


def _turn_failed(c: Conversation, event: e.TurnFailed, at: e.Recorded) -> Changes:
    return {"unanswered": _answered(c, event.in_reply_to), "turn": (), "call": None}


def _ticket_opened(c: Conversation, event: e.TicketOpened, at: e.Recorded) -> Changes:
    return {"tickets": (*c.tickets, event.ticket)}


def _handoff_asked(c: Conversation, event: e.HandoffAsked, at: e.Recorded) -> Changes:
    return {
        "mode": WAITING,
        "unanswered": _answered(c, event.in_reply_to),
        "turn": (),
        "failures": 0,
        "call": None,
        "asks": None,
        "stack": (),
        "starts": (),
        "skill": event.skill,
        "reason": event.reason,
        "waiting_since": at.at,
        "asked_seq": at.seq,
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
    }


_BACK: Changes = {
    "mode": BOT, "offer": None, "refused": (), "wanted": "", "assignee": "", "assignee_name": "",
    "waiting_since": 0, "skill": "", "reason": "", "asked_seq": 0,
}  # fmt: skip


def _returned(c: Conversation, event: e.HandoffReturned, at: e.Recorded) -> Changes:
    return _BACK


def _cancelled(c: Conversation, event: e.HandoffCancelled, at: e.Recorded) -> Changes:
    return {**_BACK, "unanswered": _answered(c, event.in_reply_to)}


def _transferred(c: Conversation, event: e.Transferred, at: e.Recorded) -> Changes:
    if not event.agent and not event.skill:
        return _BACK
    return {
        "mode": WAITING,
        "skill": event.skill or c.skill,
        "waiting_since": at.at,
        "asked_seq": at.seq,
        "offer": None,
        "refused": (event.by,),
        "wanted": event.agent,
        "assignee": "",
        "assignee_name": "",
    }


def _rated(c: Conversation, event: e.Rated, at: e.Recorded) -> Changes:
    return {"rating": event.score}


def _linked(c: Conversation, event: e.ContactLinked, at: e.Recorded) -> Changes:
    return {"contact": event.contact}


def _closed(c: Conversation, event: e.Closed, at: e.Recorded) -> Changes:
    return {
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


_HANDLERS: dict[type[e.Event], Callable[[Conversation, Any, e.Recorded], Changes]] = {
    e.Started: _started,
    e.CustomerSaid: _customer_said,
    e.Understood: _understood,
    e.FlowStarted: _flow_started,
    e.StartAsked: _start_asked,
    e.StartLeft: _start_left,
    e.FlowMoved: _flow_moved,
    e.FlowEnded: _flow_ended,
    e.SlotFilled: _slot_filled,
    e.SlotCleared: _slot_cleared,
    e.LanguageChanged: _language_changed,
    e.Verified: _verified,
    e.ActionCalled: _action_called,
    e.ActionRefused: _action_refused,
    e.ActionProposed: _action_proposed,
    e.ActionDecided: _action_decided,
    e.ActionReturned: _action_returned,
    e.BotSaid: _bot_said,
    e.TurnFailed: _turn_failed,
    e.TicketOpened: _ticket_opened,
    e.TicketUpdated: _ticket_updated,
    e.HandoffAsked: _handoff_asked,
    e.HandoffOffered: _offered,
    e.HandoffDeclined: _refused,
    e.HandoffExpired: _refused,
    e.HandoffTaken: _taken,
    e.HandoffReturned: _returned,
    e.HandoffCancelled: _cancelled,
    e.Transferred: _transferred,
    e.Rated: _rated,
    e.ContactLinked: _linked,
    e.Closed: _closed,
    e.Reopened: _reopened,
    e.Scored: _scored,
    e.Erased: _erased,
}
