"""What every event has, and the values that events carry."""


from typing import ClassVar

import msgspec

PASSING, CONFLICTING, BARRIER = 0, 1, 2
"""The conflict rule. PASSING events (words of a customer, receipts, scores) disturb nobody; CONFLICTING ones change
mode, owner, flow or slots; a BARRIER opens or closes the conversation, which even a customer's words must have seen."""

MACHINE, AGENT, CUSTOMER, SYSTEM = "machine", "agent", "customer", "system"


class Actor(msgspec.Struct, frozen=True):
    """Who did it: `executor` is machine, agent, customer or system; `name` a user name, an engine or a job."""

    executor: str
    name: str = ""


THE_CUSTOMER = Actor(CUSTOMER)
THE_SYSTEM = Actor(SYSTEM)
THE_BOT = Actor(MACHINE, "bot")


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all kinds."""

    KIND: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1
    PRIVATE: ClassVar[frozenset[str]] = frozenset()
    GUARD: ClassVar[int] = CONFLICTING


class File(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stored upload: `size` in bytes, `type` a media type."""

    file: str
    name: str
    type: str
    size: int


class Choice(msgspec.Struct, frozen=True):
    """A thing to click: `title` is shown, `payload` is sent back."""

    title: str
    payload: str


class Asks(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a question wants: a slot and its type, and for closed questions the choices."""

    slot: str
    type: str
    choices: tuple[Choice, ...] = ()


class Citation(msgspec.Struct, frozen=True):
    """Where an answer stands: document id, its title and version, and the words quoted."""

    document: str
    title: str
    version: str
    quote: str


class Ranked(msgspec.Struct, frozen=True):
    """One candidate intent with its probability (0 to 1)."""

    intent: str
    confidence: float


class Found(msgspec.Struct, frozen=True):
    """One passage that was used: ids and versions, and the score that it had."""

    document: str
    version: str
    passage: str
    score: float


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One check's result: `score` 0 to 1, None where the check had nothing to look at.

    Evidence names places (seq) and quotes them; quotes are private, hence kept apart in `Scored.quotes`.
    """

    check: str
    who: str
    weight: float
    score: float | None
    evidence: tuple[int, ...] = ()
    reason: str = ""
