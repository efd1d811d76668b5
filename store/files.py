"""The table `files`, in SQLite and PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.ports import StoredFile
from store import tables as t
from store.pgsql import clean
from store.reads import answering
from store.settled import writing

_PART = 500
_f = t.files.c
_COLUMNS = (_f.id, _f.conversation, _f.by, _f.name, _f.type, _f.size, _f.at, _f.kept)


def _stored(row: Any) -> StoredFile:
    file, conversation, by, name, type, size, at, kept = row
    return StoredFile(file, conversation, by, name, type, size, at, bool(kept))


class SqlFiles:
    """Implements `channels.ports.FileRows`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def _all(self, query: Select[Any]) -> list[StoredFile]:
        async with answering(), self._engine.connect() as connection:
            return [_stored(row) for row in (await connection.execute(query)).all()]

    async def add(self, file: StoredFile) -> None:
        """See `channels.ports.FileRows`."""
        values = {
            "id": file.file, "conversation": clean(file.conversation), "by": clean(file.by), "name": clean(file.name),
            "type": file.type, "size": file.size, "at": file.at, "kept": int(file.kept),
        }  # fmt: skip
        async with writing(self._engine) as connection:
            await connection.execute(t.files.insert().values(values))

    async def get(self, files: Sequence[str]) -> list[StoredFile]:
        """See `channels.ports.FileRows`."""
        wanted = [clean(file) for file in files]
        found: dict[str, StoredFile] = {}
        for start in range(0, len(wanted), _PART):
            query = select(*_COLUMNS).where(_f.id.in_(wanted[start : start + _PART]))
            found.update({row.file: row for row in await self._all(query)})
        return [found[file] for file in wanted if file in found]

    async def of(self, conversations: Sequence[str]) -> list[StoredFile]:
        """See `channels.ports.FileRows`."""
        found: list[StoredFile] = []
        for start in range(0, len(conversations), _PART):
            part = conversations[start : start + _PART]
            found += await self._all(select(*_COLUMNS).where(_f.conversation.in_(part)).order_by(_f.at, _f.id))
        return found

    async def count(self, conversation: str) -> int:
        """See `channels.ports.FileRows`."""
        query = select(func.count()).select_from(t.files).where(_f.conversation == clean(conversation))
        async with answering(), self._engine.connect() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def loose(self, before: int, limit: int) -> list[StoredFile]:
        """See `channels.ports.FileRows`."""
        query = select(*_COLUMNS).where(_f.kept == 0, _f.at < before)
        return await self._all(query.order_by(_f.at, _f.id).limit(limit))

    async def keep(self, files: Sequence[str]) -> None:
        """See `channels.ports.FileRows`."""
        async with writing(self._engine) as connection:
            for start in range(0, len(files), _PART):
                await connection.execute(update(t.files).where(_f.id.in_(files[start : start + _PART])).values(kept=1))

    async def remove(self, files: Sequence[str]) -> None:
        """See `channels.ports.FileRows`."""
        async with writing(self._engine) as connection:
            for start in range(0, len(files), _PART):
                await connection.execute(delete(t.files).where(_f.id.in_(files[start : start + _PART])))
