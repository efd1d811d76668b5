"""Files in the chat: taken in, referred to by messages, fetched by a link of a minute, swept and forgotten.

The log is the only truth about which files were sent. Whoever sweeps asks it; what no message names after a day is taken
away, and nothing that old can be sent any more, so the two never meet.
"""

import asyncio
import errno
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
import structlog

from channels.content import Refused, examine
from channels.filenames import clean
from channels.ports import Draft, FileBytes, FileRows, StoredFile
from core import events as e
from core.conversation import PREFIX
from core.errors import Denied, Invalid, NotFound, SwitchboardError, TooMany, Unavailable
from core.ports import Journal, Limits
from core.time import DAY, HOUR, SECOND, Clock
from store.folder import Folder

if TYPE_CHECKING:
    from app.backends import Backends
    from app.settings import Settings

FOLDER = "files"
"""Where the bytes are, in the data folder."""
LINK_SECONDS = 60
PER_MINUTE = 30
MOST_AT_ONCE = 10
"""Files of one message."""
LOOSE = DAY
SENDABLE = LOOSE - HOUR
SWEEP_SECONDS = 3600.0
PAGE = 200
_BUFFER = 256 * 1024

_T = TypeVar("_T")
_log = structlog.get_logger()


class TooLarge(SwitchboardError):
    """A file over the limit."""

    code = "too_large"
    status = 413


class Full(Unavailable):
    """No room for a file; nothing of it was kept."""

    status = 507


class Fetched(msgspec.Struct, frozen=True):
    """What a link leads to."""

    path: Path
    name: str
    type: str


class Files:
    """`limit` in bytes (0: files are off), `most` for one conversation, `reserve` are bytes that stay free for messages."""

    def __init__(
        self,
        rows: FileRows,
        folder: FileBytes,
        journal: Journal,
        limits: Limits,
        clock: Clock,
        key: bytes,
        limit: int,
        most: int,
        reserve: int,
    ) -> None:
        self._rows, self._folder, self._journal, self._limits, self._clock = rows, folder, journal, limits, clock
        self._key = hmac.new(key, b"links to files", hashlib.sha256).digest()
        self.limit, self._most, self._reserve = limit, most, reserve

    # In ----------------------------------------------------------------------------------------------------------

    async def receive(self, conversation: str, by: str, name: str, chunks: AsyncIterator[bytes]) -> e.File:
        """Takes one file in; when this returns it is on disk. `by`: an agent, or "" for the customer.

        Raises Denied, TooMany, TooLarge, Refused, Invalid, Full; then nothing of it is kept.
        """
        await self._may_come(conversation)
        draft = await self._on_disk(lambda: self._folder.begin(self._clock()))
        try:
            await self._written(draft, chunks)
            return await self._settled(draft, conversation, by, clean(name))
        finally:
            await asyncio.shield(asyncio.to_thread(draft.drop))

    async def _may_come(self, conversation: str) -> None:
        if not self.limit:
            raise Denied("Files are switched off here.", code="files_off")
        if not await self._limits.allow(f"files:{conversation}", PER_MINUTE):
            raise TooMany("Too many files at once; wait a moment and send it again.")
        if await self._rows.count(conversation) >= self._most:
            raise Refused(f"A conversation takes at most {self._most} files.", code="too_many_files")
        if self._folder.free() < self._reserve + self.limit:
            raise Full("There is no room for files now; write what matters, or try again later.")

    async def _written(self, draft: Draft, chunks: AsyncIterator[bytes]) -> None:
        size, waiting = 0, bytearray()
        async for chunk in chunks:
            size += len(chunk)
            if size > self.limit:
                raise TooLarge(self.too_large)
            waiting += chunk
            if len(waiting) >= _BUFFER:
                full, waiting = bytes(waiting), bytearray()
                await self._on_disk(lambda full=full: draft.write(full))  # type: ignore[misc]
        rest = bytes(waiting)
        await self._on_disk(lambda: draft.write(rest))

    @property
    def too_large(self) -> str:
        """The sentence for a file over the limit."""
        return f"A file has at most {self.limit / 2**20:g} MB. Send a smaller one."

    async def _settled(self, draft: Draft, conversation: str, by: str, name: str) -> e.File:
        content = await asyncio.to_thread(lambda: examine(draft.view(), name))
        file, at = secrets.token_hex(16), self._clock()
        size = await self._on_disk(lambda: draft.settle(file, content.pieces, at))
        try:
            await self._rows.add(StoredFile(file, conversation, by, content.name, content.type, size, at))
        except BaseException:
            await asyncio.shield(asyncio.to_thread(self._folder.remove, file))
            raise
        return e.File(file, content.name, content.type, size)

    @staticmethod
    async def _on_disk(work: Callable[[], _T]) -> _T:
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise Full("There is no room for files now; write what matters, or try again later.") from error
            raise Unavailable(f"The file cannot be kept: {error.strerror}. Try again.") from error

    # Sent --------------------------------------------------------------------------------------------------------

    async def sent(self, conversation: str, by: str, files: Sequence[str]) -> tuple[e.File, ...]:
        """What a message refers to. Raises Invalid for a file that is not of this conversation and sender, or too old."""
        if not files:
            return ()
        if len(files) > MOST_AT_ONCE or len(set(files)) != len(files):
            raise Invalid(f"A message has at most {MOST_AT_ONCE} different files.", field="files")
        fresh = self._clock() - SENDABLE
        good = [row for row in await self._rows.get(files) if (row.conversation, row.by) == (conversation, by)]
        if any(not row.kept and row.at <= fresh for row in good):  # an old one may be the repetition of a message
            named = await self._named(conversation)
            good = [row for row in good if row.kept or row.at > fresh or row.file in named]
        if len(good) != len(files):
            raise Invalid("This file is not here, or no longer; send it again.", code="file_unknown", field="files")
        return tuple(e.File(row.file, row.name, row.type, row.size) for row in good)

    # Out ---------------------------------------------------------------------------------------------------------

    async def link(self, conversation: str, file: str) -> tuple[str, int]:
        """An address of one file of a conversation, and until when it is good (seconds since the epoch).

        Raises NotFound.
        """
        rows = await self._rows.get([file])
        if not rows or rows[0].conversation != conversation:
            raise NotFound("There is no such file in this conversation.")
        expires = self._clock() // SECOND + LINK_SECONDS
        return f"/api/v1/files/{file}?expires={expires}&signature={self._signature(file, expires)}", expires

    def _signature(self, file: str, expires: int) -> str:
        return hmac.new(self._key, f"{file}.{expires}".encode(), hashlib.sha256).hexdigest()

    async def fetch(self, file: str, expires: int, signature: str) -> Fetched:
        """What the link leads to. Raises Denied for a false or old one, NotFound when the file is gone."""
        if not hmac.compare_digest(self._signature(file, expires).encode(), signature.encode()):
            raise Denied("This link is not right; open the file from the conversation.", code="link_invalid")
        if not self._clock() / SECOND < expires:
            raise Denied("This link is over; open the file from the conversation again.", code="link_expired")
        rows = await self._rows.get([file])
        path = await asyncio.to_thread(self._folder.path, file) if rows else None
        if path is None:
            raise NotFound("This file is gone.")
        return Fetched(path, rows[0].name, rows[0].type)

    # Away --------------------------------------------------------------------------------------------------------

    async def run(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Sweeps every hour, until cancelled."""
        while True:
            try:
                await self.sweep()
            except (SwitchboardError, OSError) as error:
                _log.warning("files_not_swept", error=str(error))
            await sleep(SWEEP_SECONDS)

    async def sweep(self) -> int:
        """Takes away what was never sent, and bytes without a row; returns how many files went."""
        before, gone = self._clock() - LOOSE, 0
        while rows := await self._rows.loose(before, PAGE):
            named: set[str] = set()
            for conversation in {row.conversation for row in rows}:
                named |= await self._named(conversation)
            if kept := [row.file for row in rows if row.file in named]:
                await self._rows.keep(kept)
            gone += await self._remove([row.file for row in rows if row.file not in named])
        stray = await asyncio.to_thread(self._folder.older, before)
        for start in range(0, len(stray), PAGE):
            part = stray[start : start + PAGE]
            known = {row.file for row in await self._rows.get(part)}
            gone += await self._remove([file for file in part if file not in known])
        if gone:
            _log.info("files_swept", count=gone)
        return gone

    async def _named(self, conversation: str) -> set[str]:
        said = (recorded.event for recorded in await self._journal.read(PREFIX + conversation))
        return {file.file for event in said if isinstance(event, e.CustomerSaid | e.AgentSaid) for file in event.files}

    async def _remove(self, files: Sequence[str]) -> int:
        """The row last: what breaks off in between is found again."""
        if not files:
            return 0
        for file in files:
            await asyncio.to_thread(self._folder.remove, file)
        await self._rows.remove(files)
        return len(files)

    async def forget(self, conversations: Sequence[str]) -> int:
        """Takes away every file of these conversations, sent or not; returns how many."""
        return await self._remove([row.file for row in await self._rows.of(conversations)])


def stored_files(settings: "Settings", backends: "Backends", clock: Clock) -> Files:
    """The files of an installation: rows in its database, bytes in `DATA/files`."""
    return Files(
        backends.files, Folder(settings.data / FOLDER), backends.store, backends.limits, clock, settings.secret().encode(),
        settings.file_limit_mb * 2**20, settings.files_per_conversation, settings.min_free_mb * 2**20,
    )  # fmt: skip
