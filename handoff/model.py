"""What agents keep: canned replies, drafts, who called whom in a note, and views of the list of conversations."""

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


class Filter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which conversations a view shows; what is empty leaves all. `list` is mine, waiting or all; `priority`: only those
    with one; `due`: warn (half of the time to answer is over, or all) or bad (all of it); `text`: part of the customer's
    name, the ticket's number or the last words."""

    list: str = "all"
    mode: str = ""
    channel: str = ""
    language: str = ""
    skill: str = ""
    priority: bool = False
    due: str = ""
    text: str = ""


class SavedView(msgspec.Struct, frozen=True):
    """A filter under a name, which its owner has once. `shared`: every agent may use it; `updated_at` in microseconds
    since the epoch."""

    id: str
    owner: str
    name: str
    shared: bool
    filter: Filter
    updated_at: int
