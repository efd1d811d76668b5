"""How long a customer may wait for a person's answer. The one formula; `routing.yml` of the pack sets the limits.

The clock starts when a person is asked for (first answer), or with the first message after the last answer (next answer);
whatever a person says to the customer stops it.
"""

from typing import Final

import msgspec

from core.conversation import HUMAN, WAITING, Conversation
from core.time import SECOND
from core.yamlfile import Node

FIRST, NEXT = "first", "next"
MUTED, WARN, BAD = "muted", "warn", "bad"
_WARN_AT: Final = 0.5
_LONGEST: Final = 7 * 24 * 3600


class Limits(msgspec.Struct, frozen=True):
    """Seconds until the first and until each next answer."""

    first_seconds: int = 180
    next_seconds: int = 180


class Owed(msgspec.Struct, frozen=True):
    """An answer that a customer waits for: `kind` first or next; `since` and `due` in microseconds since the epoch."""

    kind: str
    since: int
    due: int

    def level(self, now: int) -> str:
        """muted; warn from the middle of the time on; bad when it is over."""
        if now >= self.due:
            return BAD
        return WARN if now - self.since >= (self.due - self.since) * _WARN_AT else MUTED


def owed(conversation: Conversation, limits: Limits) -> Owed | None:
    """What is owed to the customer now, or None."""
    since = conversation.owed_since
    if not since or conversation.mode not in (WAITING, HUMAN):
        return None
    seconds = limits.first_seconds if conversation.owed_first else limits.next_seconds
    return Owed(FIRST if conversation.owed_first else NEXT, since, since + seconds * SECOND)


def parse(node: Node | None) -> Limits:
    """Reads `response: {first_seconds, next_seconds}`; what is missing has its usual value. Raises PackMistake."""
    usual = Limits()
    if node is None:
        return usual
    node.only("first_seconds", "next_seconds")
    first, following = node.get("first_seconds"), node.get("next_seconds")
    return Limits(
        first.whole(10, _LONGEST) if first else usual.first_seconds,
        following.whole(10, _LONGEST) if following else usual.next_seconds,
    )
