"""What governance asks of the store."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from core.events import Recorded
from governance.model import Block, Row


class Query(msgspec.Struct, frozen=True):
    """Which events to read: `streams` None is all of them; instants are microseconds, `until` exclusive.

    `after`: positions behind it in the order of reading, which is backwards for `newest`; 0 is the beginning."""

    streams: tuple[str, ...] | None = None
    action: str = ""
    since: int = 0
    until: int = 0
    after: int = 0
    limit: int = 50
    newest: bool = False


class Ledger(Protocol):
    """Blocks over the log, beside it in the same database."""

    async def seal(self, at: int) -> Block | None:
        """Chains the oldest events that are under no block yet; None when there are none, or another process is at
        it. Blocks are final: who holds one knows that no event will ever come before its `last`."""

    async def blocks(self, after: int, limit: int) -> list[Block]:
        """Blocks with a number > `after`, in order."""

    async def head(self) -> Block | None:
        """The last block."""

    async def rows(self, after: int, limit: int) -> list[Row]:
        """Events with a position > `after`, in order."""

    async def broken_streams(self) -> list[tuple[str, int, int, int]]:
        """(stream, its version, highest seq found, events found) of streams whose events are not exactly 1 to version."""

    async def entries(self, query: Query) -> list[tuple[int, Recorded, str]]:
        """(position, event, digest of its public part), in order of position, or from the newest back."""

    async def covering(self, positions: Sequence[int]) -> dict[int, Block]:
        """Position → the block that it is under."""
