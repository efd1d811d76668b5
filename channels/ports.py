"""What files in a chat ask of the store: rows about them, and a place for their bytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from channels.pictures import Buffer as Buffer
from channels.pictures import Piece as Piece


class StoredFile(msgspec.Struct, frozen=True):
    """One upload. `by` is the agent's user name, empty for the customer; `size` in bytes, `at` in microseconds since the
    epoch; `kept`: a message of the log refers to it."""

    file: str
    conversation: str
    by: str
    name: str
    type: str
    size: int
    at: int
    kept: bool = False


class FileRows(Protocol):
    """The rows. All raise Unavailable when the database does not answer."""

    async def add(self, file: StoredFile) -> None:
        """A new row, durable on return."""

    async def get(self, files: Sequence[str]) -> list[StoredFile]:
        """Those of the ids that there are, in the order of the ids."""

    async def of(self, conversations: Sequence[str]) -> list[StoredFile]:
        """All of these conversations."""

    async def count(self, conversation: str) -> int:
        """How many a conversation has."""

    async def loose(self, before: int, limit: int) -> list[StoredFile]:
        """The oldest that came before an instant and are not known to be kept."""

    async def keep(self, files: Sequence[str]) -> None:
        """Notes that messages refer to them."""

    async def remove(self, files: Sequence[str]) -> None:
        """Takes the rows away."""


class Draft(Protocol):
    """A file that is coming in. Nothing of it is there before `settle`. Used on a thread, one call at a time."""

    def write(self, chunk: bytes) -> None:
        """Adds to its end. Raises OSError when there is no room."""

    def view(self) -> Buffer:
        """All that was written, without reading it into memory."""

    def settle(self, file: str, pieces: Sequence[Piece], at: int) -> int:
        """Makes it the file of that id, durably: all of it, or the pieces; returns its size. Raises OSError."""

    def drop(self) -> None:
        """Takes away what is left of it; does nothing after `settle`."""


class FileBytes(Protocol):
    """Where the bytes are. Several processes may use one place."""

    def begin(self, at: int) -> Draft:
        """A new file. Raises OSError."""

    def path(self, file: str) -> Path | None:
        """Where it can be read; None when it is gone."""

    def remove(self, file: str) -> None:
        """Takes it away, if it is there."""

    def older(self, before: int) -> list[str]:
        """Ids of those settled before an instant. Drafts from before it are taken away."""

    def free(self) -> int:
        """Bytes that there is room for."""
