"""What a desk may send over its socket, `/api/v1/desk/ws`."""

from typing import Any, Literal

import msgspec


class Hello(msgspec.Struct, tag="hello"):
    token: str
    after: dict[str, int] = {}
    version: int = 1


class Presence(msgspec.Struct, tag="presence"):
    state: Literal["available", "busy", "away"]
    capacity: int | None = None


class Accept(msgspec.Struct, tag="accept"):
    conversation: str


class Decline(msgspec.Struct, tag="decline"):
    conversation: str
    reason: str = ""


class Watch(msgspec.Struct, tag="watch"):
    conversation: str


class Message(msgspec.Struct, tag="message"):
    conversation: str
    id: str
    text: str = ""
    files: tuple[str, ...] = ()


class Note(msgspec.Struct, tag="note"):
    """With `to` a question to a colleague or a skill; with `thread` an answer to the question of that id."""

    conversation: str
    text: str
    id: str = ""
    to: dict[str, Any] | None = None
    thread: str = ""


class Transfer(msgspec.Struct, tag="transfer"):
    conversation: str
    to: dict[str, Any]
    note: str = ""


class Typing(msgspec.Struct, tag="typing"):
    conversation: str
    kind: Literal["reply", "note"] = "reply"


class Looking(msgspec.Struct, tag="looking"):
    """What the desk shows now; an empty `conversation`: none."""

    conversation: str


class Receipt(msgspec.Struct, tag="receipt"):
    """What the customer said up to `seq` has come to this desk, or is before the agent's eyes."""

    conversation: str
    seq: int
    seen: bool = False


class Close(msgspec.Struct, tag="close"):
    """Without a `disposition` it is said when wrapping up."""

    conversation: str
    disposition: str = ""


class WrapUp(msgspec.Struct, tag="wrap_up"):
    conversation: str
    disposition: str
    note: str = ""


class Draft(msgspec.Struct, tag="draft"):
    conversation: str
    kind: Literal["reply", "note"]
    text: str


class Approve(msgspec.Struct, tag="approve"):
    call: str
    note: str = ""


class Reject(msgspec.Struct, tag="reject"):
    call: str
    note: str = ""


class Undo(msgspec.Struct, tag="undo"):
    call: str
    note: str = ""


class Use(msgspec.Struct, tag="use"):
    """`edited`: the words as they were sent, or whether they were changed."""

    suggestion: str
    edited: str | bool = False


class Dismiss(msgspec.Struct, tag="dismiss"):
    suggestion: str
    reason: str = ""


class DraftCheck(msgspec.Struct, tag="draft_check"):
    conversation: str
    text: str
    id: str = ""


class Ping(msgspec.Struct, tag="ping"):
    pass


Gate = Approve | Reject | Undo
Help = Use | Dismiss | DraftCheck
Frame = Hello | Presence | Accept | Decline | Watch | Message | Note | Transfer | Typing | Looking | Receipt | Close | WrapUp | Draft | Gate | Help | Ping
TYPES = (
    "hello", "presence", "accept", "decline", "watch", "message", "note", "transfer", "typing", "looking", "receipt",
    "close", "wrap_up", "draft", "approve", "reject", "undo", "use", "dismiss", "draft_check", "ping",
)  # fmt: skip
DECODER: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)
