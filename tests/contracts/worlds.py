"""The stores under one suite: each world is one place of data, which several processes' stores open."""

from pathlib import Path
from typing import Any

import asyncpg

from core import events as e
from core.ports import Append
from store import tables as t
from store.memory import Disk, MemoryStore
from store.migrate import upgrade_sqlite
from store.pgwriter import dsn
from store.planning import Head
from store.postgres import PostgresStore
from store.sqlite import SqliteStore

Store = MemoryStore | SqliteStore | PostgresStore
SECOND = 1_000_000
NOW = 1_790_000_000 * SECOND
GONE = 11 * SECOND
"""Longer than a process may be silent."""


class World:
    """Opens stores and looks at everything that is kept."""

    kind = ""

    def __init__(self) -> None:
        self._opened: list[Store] = []

    async def open(self, owner: str = "one", now: int = NOW) -> Store:
        """The store of a process that is alive at `now`."""
        store = self._make(owner)
        await store.start()
        await store.beat(now)
        self._opened.append(store)
        return store

    def _make(self, owner: str) -> Store:
        raise NotImplementedError

    async def close(self) -> None:
        """Stops every store."""
        for store in self._opened:
            await store.stop()

    async def plant(self, kind: str, body: str, private: str | None) -> None:
        """Adds an event to `conversation:c` as another version of the program would have written it."""
        store = self._opened[0]
        assert not isinstance(store, MemoryStore)
        seq = await store.version("conversation:c") + 1
        row = {
            "stream": "conversation:c", "seq": seq, "at": NOW, "executor": "system", "actor": "", "kind": kind,
            "version": 9, "body": body, "private": private, "digest": "",
        }  # fmt: skip
        head = {"version": seq, "conflicting": seq, "barrier": 0}
        async with store.engine.begin() as connection:
            await connection.execute(t.events.insert().values(row))
            await connection.execute(t.streams.update().where(t.streams.c.stream == "conversation:c").values(head))

    async def everything(self) -> bytes:
        """All that is stored, in some form in which words can be found."""
        raise NotImplementedError


class Memory(World):
    kind = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.disk = Disk()

    def _make(self, owner: str) -> Store:
        return MemoryStore(owner, self.disk)

    async def plant(self, kind: str, body: str, private: str | None) -> None:
        stream = "conversation:c"
        seq = self.disk.heads[stream].version + 1
        self.disk.events.append((stream, seq))
        self.disk.streams[stream].append((stream, seq, NOW, "system", "", kind, 9, body, private, None, "", None))
        self.disk.heads[stream] = Head(seq, seq, 0)

    async def everything(self) -> bytes:
        return repr([getattr(self.disk, name) for name in vars(self.disk)]).encode()


class Sqlite(World):
    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path = folder / "switchboard.db"
        upgrade_sqlite(self.path)

    def _make(self, owner: str) -> Store:
        return SqliteStore(self.path, owner)

    async def everything(self) -> bytes:
        return b"".join(file.read_bytes() for file in sorted(self.path.parent.glob("switchboard.db*")))


class Postgres(World):
    kind = "postgres"

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def _make(self, owner: str) -> Store:
        return PostgresStore(self.url, owner)

    async def everything(self) -> bytes:
        connection = await asyncpg.connect(dsn(self.url))
        try:
            tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            rows: list[Any] = []
            for (table,) in tables:
                rows += await connection.fetch(f'SELECT * FROM "{table}"')
            return repr([tuple(row) for row in rows]).encode()
        finally:
            await connection.close()


def started(stream: str = "conversation:c", **fields: Any) -> Append:
    """The first append of a conversation."""
    event = e.Started(channel="webchat", language="en", contact="contact:1", **fields)
    return Append(stream, (event,), e.THE_CUSTOMER, NOW)


def said(text: str = "hello", stream: str = "conversation:c", **options: Any) -> Append:
    """A customer's words."""
    return Append(stream, (e.CustomerSaid(id="m", text=text),), e.THE_CUSTOMER, NOW, **options)


def decided(stream: str = "conversation:c", **options: Any) -> Append:
    """An event that changes what others decide by."""
    return Append(stream, (e.SlotFilled(name="phone", value="1"),), e.THE_BOT, NOW, **options)
