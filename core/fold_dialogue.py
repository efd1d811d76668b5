"""What the dialogue's events change in a conversation."""

from core import events as e
from core.state import (
    BOT,
    CLOSED,
    HUMAN,
    WAITING,
    Changes,
    Conversation,
    Frame,
    Handlers,
    Said,
    Start,
    answered,
)


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
        changes["unanswered"] = (*c.unanswered, Said(at.seq, event.text, event.payload, len(event.files)))
    elif c.mode == HUMAN and not c.owed_since:
        changes["owed_since"] = at.at
    return changes


def _understood(c: Conversation, event: e.Understood, at: e.Recorded) -> Changes:
    if c.mode != WAITING:
        return {}
    return {"unanswered": tuple(said for said in c.unanswered if said.seq != event.message)}


def _flow_started(c: Conversation, event: e.FlowStarted, at: e.Recorded) -> Changes:
    left = tuple(start for start in c.starts if start.flow != event.flow)
    begun = c.begun if len(left) == len(c.starts) else event.flow
    return {"stack": (*c.stack, Frame(event.flow)), "pack": event.pack, "starts": left, "begun": begun}


def _start_asked(c: Conversation, event: e.StartAsked, at: e.Recorded) -> Changes:
    if (
        c.mode not in (BOT, CLOSED) or c.erased
    ):  # while a person serves it is left out; the closed may come back
        return {}
    return {"starts": (*c.starts, Start(at.seq, event.flow, event.by, event.name, event.status, event.slots))}


def _start_left(c: Conversation, event: e.StartLeft, at: e.Recorded) -> Changes:
    return {"starts": tuple(start for start in c.starts if start.seq != event.start)}


def _ticket_updated(c: Conversation, event: e.TicketUpdated, at: e.Recorded) -> Changes:
    """What was to be asked about an earlier state is no question any more."""
    return {
        "starts": tuple(
            s for s in c.starts if s.by != "ticket" or s.name != event.ticket or s.status == event.status
        )
    }


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


def _bot_said(c: Conversation, event: e.BotSaid, at: e.Recorded) -> Changes:
    if (
        not event.in_reply_to
    ):  # said on its own account (a ticket's news, silence): an open question stays open
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
        "unanswered": answered(c, event.in_reply_to),
        "turn": event.in_reply_to if event.more else (),
        "asks": event.asks,
        "failures": c.failures + 1 if event.failure else (c.failures if same_turn else 0),
        "last_words": (*c.last_words, event.text) if same_turn else (event.text,),
        "last_response": event.response,
        "silence_asked": False,
        "telling": False,
    }


def _turn_failed(c: Conversation, event: e.TurnFailed, at: e.Recorded) -> Changes:
    return {"unanswered": answered(c, event.in_reply_to), "turn": (), "call": None}


def _ticket_opened(c: Conversation, event: e.TicketOpened, at: e.Recorded) -> Changes:
    return {"tickets": (*c.tickets, event.ticket)}


def _ticket_linked(c: Conversation, event: e.TicketLinked, at: e.Recorded) -> Changes:
    """It came here, or went on elsewhere: what was opened here stays part of this story."""
    here = event.conversation == c.id and event.ticket not in c.tickets
    return {"tickets": (*c.tickets, event.ticket)} if here else {}


DIALOGUE: Handlers = {
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
    e.BotSaid: _bot_said,
    e.TurnFailed: _turn_failed,
    e.TicketOpened: _ticket_opened,
    e.TicketUpdated: _ticket_updated,
    e.TicketLinked: _ticket_linked,
}
