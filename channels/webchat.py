"""The web chat's events: what a customer may see of the log, and what an agent sees. Pure."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import msgspec

from core import events as e
from core.time import SECOND

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode


class _View(msgspec.Struct, frozen=True, omit_defaults=True):
    """Fields in the order of the frame; those with a default are left out when they hold it."""

    seq: int
    at: str
    kind: str


class _CustomerSaid(_View, frozen=True, omit_defaults=True):
    id: str
    text: str
    payload: str | None = None
    files: tuple[e.File, ...] = ()


class _BotSaid(_View, frozen=True, omit_defaults=True):
    text: str
    language: str
    in_reply_to: tuple[int, ...]
    quick_replies: tuple[e.Choice, ...] = ()
    cards: tuple[dict[str, Any], ...] = ()
    citations: tuple[e.Citation, ...] = ()
    asks: e.Asks | None = None


class _AgentSaid(_View, frozen=True, omit_defaults=True):
    agent: str
    text: str
    files: tuple[e.File, ...] = ()


class _TicketOpened(_View, frozen=True, omit_defaults=True):
    ticket: str
    type: str


class _TicketUpdated(_View, frozen=True, omit_defaults=True):
    ticket: str
    status: str
    note: str = ""


class _HandoffAsked(_View, frozen=True, omit_defaults=True):
    reason: str
    in_reply_to: tuple[int, ...]


class _HandoffTaken(_View, frozen=True, omit_defaults=True):
    agent: str


class _HandoffCancelled(_View, frozen=True, omit_defaults=True):
    reason: str = ""


class _Closed(_View, frozen=True, omit_defaults=True):
    by: str


class _Receipt(_View, frozen=True, omit_defaults=True):
    upto: int


def instant(at: int) -> str:
    """The same text as `core.time.iso`, several times as fast; for the hot path."""
    return f"{_whole(at // SECOND)}.{at % SECOND // 1000:03d}Z"


@lru_cache(16)
def _whole(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()[:19]


def _customer_said(r: e.Recorded, event: e.CustomerSaid) -> _View:
    return _CustomerSaid(
        r.seq, instant(r.at), "customer_said", event.id, event.text, event.payload, event.files
    )


def _bot_said(r: e.Recorded, event: e.BotSaid) -> _View:
    return _BotSaid(
        r.seq, instant(r.at), "bot_said", event.text, event.language, event.in_reply_to,
        event.quick_replies, event.cards, event.citations, event.asks,
    )  # fmt: skip


def _agent_said(r: e.Recorded, event: e.AgentSaid) -> _View:
    return _AgentSaid(r.seq, instant(r.at), "agent_said", event.name or event.agent, event.text, event.files)


def _ticket_opened(r: e.Recorded, event: e.TicketOpened) -> _View:
    return _TicketOpened(r.seq, instant(r.at), "ticket_opened", event.ticket, event.type)


def _ticket_updated(r: e.Recorded, event: e.TicketUpdated) -> _View:
    return _TicketUpdated(r.seq, instant(r.at), "ticket_updated", event.ticket, event.status, event.note)


def _handoff_asked(r: e.Recorded, event: e.HandoffAsked) -> _View:
    return _HandoffAsked(r.seq, instant(r.at), "handoff_asked", event.reason, event.in_reply_to)


def _handoff_taken(r: e.Recorded, event: e.HandoffTaken | e.TakenOver) -> _View:
    return _HandoffTaken(r.seq, instant(r.at), "handoff_taken", event.name or event.agent)


def _handoff_cancelled(r: e.Recorded, event: e.HandoffCancelled) -> _View:
    return _HandoffCancelled(r.seq, instant(r.at), "handoff_cancelled", event.reason)


def _closed(r: e.Recorded, event: e.Closed) -> _View:
    return _Closed(r.seq, instant(r.at), "closed", event.by)


def _receipt(r: e.Recorded, event: e.Seen | e.Delivered) -> _View | None:
    """Only people's: what the customer has read, the customer knows."""
    return _Receipt(r.seq, instant(r.at), event.KIND, event.upto) if r.by.executor == e.AGENT else None


def _bare(r: e.Recorded, event: e.Event) -> _View:
    return _View(r.seq, instant(r.at), event.KIND)


_VISIBLE: Final[dict[type[e.Event], Callable[[e.Recorded, Any], _View | None]]] = {
    e.CustomerSaid: _customer_said,
    e.BotSaid: _bot_said,
    e.AgentSaid: _agent_said,
    e.Delivered: _receipt,
    e.Seen: _receipt,
    e.TicketOpened: _ticket_opened,
    e.TicketUpdated: _ticket_updated,
    e.HandoffAsked: _handoff_asked,
    e.HandoffTaken: _handoff_taken,
    e.TakenOver: _handoff_taken,
    e.HandoffReturned: _bare,
    e.HandoffCancelled: _handoff_cancelled,
    e.Rated: _bare,
    e.Closed: _closed,
    e.Reopened: _bare,
}


def visible(recorded: e.Recorded) -> dict[str, Any] | None:
    """The event as its customer may see it, as plain JSON values; None for what stays inside."""
    encoded = visible_bytes(recorded)
    return None if encoded is None else _decode(encoded)


def visible_bytes(recorded: e.Recorded) -> bytes | None:
    """`visible` as JSON."""
    build = _VISIBLE.get(type(recorded.event))
    view = build(recorded, recorded.event) if build is not None else None
    return None if view is None else _encode(view)


def event_frame(recorded: e.Recorded) -> bytes | None:
    """The server's frame `{"type": "event", "event": {…}}` for a customer; None for what stays inside."""
    encoded = visible_bytes(recorded)
    return None if encoded is None else b'{"type":"event","event":' + encoded + b"}"


def for_agent(recorded: e.Recorded) -> dict[str, Any]:
    """The event with all its fields, as plain JSON values: `{seq, at, kind, actor: {executor, name}, …}`.

    Every kind has one. `about` is the seq that an `alerted` points at, as `seq` is the event's own.
    """
    return _decode(for_agent_bytes(recorded))


def for_agent_bytes(recorded: e.Recorded) -> bytes:
    """`for_agent` as JSON."""
    event = recorded.event
    head: dict[str, Any] = {
        "seq": recorded.seq,
        "at": instant(recorded.at),
        "kind": event.KIND,
        "actor": {"executor": recorded.by.executor, "name": recorded.by.name},
    }
    if isinstance(event, e.Unknown):
        return _encode({**event.body, **head, "kind": event.kind})
    for name in event.__struct_fields__:
        head["about" if name == "seq" else name] = getattr(event, name)
    return _encode(head)
