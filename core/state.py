"""Parts of the state of a conversation. Values; `core.conversation` folds them from the events."""

from typing import Any

import msgspec


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message of the customer that no turn has answered yet."""

    seq: int
    text: str
    payload: str | None = None


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
