"""What agents keep for their writing: canned replies, drafts, and who called whom in a note."""

import msgspec


class CannedReply(msgspec.Struct, frozen=True):
    """Words that are often needed, in one language. `shortcut` finds it after a slash; `text` may name variables in
    braces; `by` wrote it last, empty for the pack's; `updated_at` in microseconds since the epoch."""

    id: str
    language: str
    shortcut: str
    title: str
    text: str
    by: str = ""
    updated_at: int = 0


class Draft(msgspec.Struct, frozen=True):
    """What an agent has begun to write in a conversation; `kind` is reply or note. `version` grows with each change
    and is about when that was, in microseconds since the epoch."""

    agent: str
    conversation: str
    kind: str
    text: str
    version: int


class Mention(msgspec.Struct, frozen=True):
    """`by` called `agent` in the note at `seq` of a conversation; `at` in microseconds since the epoch."""

    agent: str
    conversation: str
    seq: int
    by: str
    at: int
