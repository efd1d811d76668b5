"""The state of a conversation. Values; `core.conversation` folds them from the events."""

from collections.abc import Callable
from typing import Any

import msgspec

from core import events as e

PREFIX = "conversation:"
BOT, WAITING, HUMAN, CLOSED = "bot", "waiting", "human", "closed"


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message of the customer that no turn has answered yet; `files`: how many came with it."""

    seq: int
    text: str
    payload: str | None = None
    files: int = 0


class Frame(msgspec.Struct, frozen=True, omit_defaults=True):
    """A running flow: where it stands, how often its question was not answered, and what its last action returned."""

    flow: str
    step: str = ""
    attempts: int = 0
    result: dict[str, Any] = {}


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """An action that was called, or that a person is to release; `outcome` is empty until it has returned.

    `confirmer` is the person who released it, `undo` the action that takes it back, `undoes` the call taken back,
    `aside` the flows that wait for the person's decision, `left` the messages to be dealt with after the answer,
    `allowance` the stream in which it counts against a limit of the day, `ticket` the ticket that it belongs to.
    """

    call: str
    name: str
    flow: str
    step: str
    arguments: dict[str, Any] = {}
    in_reply_to: tuple[int, ...] = ()
    outcome: str = ""
    result: dict[str, Any] = {}
    interface: str = ""
    level: int = 0
    rules: tuple[str, ...] = ()
    confirmer: str = ""
    undo: str = ""
    undoes: str = ""
    aside: tuple[Frame, ...] = ()
    left: tuple[Said, ...] = ()
    allowance: str = ""
    ticket: str = ""


UNDOABLE = 20
"""Newest reversible calls that are remembered for a person to take back."""


class Offer(msgspec.Struct, frozen=True):
    """The open offer to a person; `expires_at` in microseconds since the epoch."""

    agent: str
    expires_at: int


class Start(msgspec.Struct, frozen=True, omit_defaults=True):
    """A flow that was asked for at `seq` and has not begun; the other fields are those of `StartAsked`."""

    seq: int
    flow: str
    by: str
    name: str
    status: str = ""
    slots: dict[str, Any] = {}


class Conversation(msgspec.Struct, frozen=True, omit_defaults=True):
    """`version` is the seq of the last event in it; instants are microseconds since the epoch (0: never).

    `starts` are to begin without anybody's words, `begun` is the last that did; `telling`: the bot says more by itself.
    `due`: until when a person was to take over, 0 where nothing was promised. `stopped`: a supervisor lets people alone
    serve."""

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
    due: int = 0
    asked_seq: int = 0
    offer: Offer | None = None
    refused: tuple[str, ...] = ()
    wanted: str = ""
    assignee: str = ""
    assignee_name: str = ""
    taken_at: int = 0
    owed_since: int = 0
    owed_first: bool = False
    stopped: bool = False
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


Changes = dict[str, Any]
"""Fields of `Conversation` and their new values."""
Handlers = dict[type[e.Event], Callable[[Conversation, Any, e.Recorded], Changes]]


def answered(c: Conversation, in_reply_to: tuple[int, ...]) -> tuple[Said, ...]:
    """What is unanswered after a turn that names these messages."""
    return tuple(said for said in c.unanswered if said.seq not in in_reply_to)
