"""A conversation as the fold of its events. Nothing else holds the state of a dialogue.

`apply` is pure: the same events give the same conversation, on any machine, in any process.
"""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from core import events as e
from core.fold_acts import ACTS
from core.fold_dialogue import DIALOGUE
from core.fold_people import PEOPLE
from core.fold_supervision import SUPERVISION
from core.state import BOT as BOT
from core.state import CLOSED as CLOSED
from core.state import HUMAN as HUMAN
from core.state import PREFIX as PREFIX
from core.state import WAITING as WAITING
from core.state import Call as Call
from core.state import Conversation as Conversation
from core.state import Frame as Frame
from core.state import Handlers, Start as Start
from core.state import Offer as Offer
from core.state import Said as Said

_HANDLERS: Handlers = {**DIALOGUE, **ACTS, **PEOPLE, **SUPERVISION}


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
