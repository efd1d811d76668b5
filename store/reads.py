"""Everything that is only read, the same on SQLite and PostgreSQL: streams, snapshots and the read models."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import codec
from core.errors import Unavailable
from core.events import Actor, Recorded
from core.ports import Dead
from store import tables as t

JSON_COLUMNS = {("tickets", "fields")}

_EVENT_COLUMNS = (
    t.events.c.stream, t.events.c.seq, t.events.c.at, t.events.c.executor, t.events.c.actor,
    t.events.c.kind, t.events.c.version, t.events.c.body, t.events.c.private,
)  # fmt: skip


def recorded(row: Sequence[Any]) -> Recorded:
    """A row of `_EVENT_COLUMNS` as an event in its place."""
    stream, seq, at, executor, actor, kind, version, body, private = row
    return Recorded(stream, seq, at, Actor(executor, actor), codec.decode(kind, version, body, private))


def shown(table: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of a read model with its JSON columns read."""
    values = dict(row)
    for name in values:
        if (table, name) in JSON_COLUMNS:
            values[name] = json.loads(values[name] or "{}")
    return values


GONE = ("08", "53", "57", "58")
"""Classes of SQLSTATE by which a database says that it cannot serve now, not that the question was wrong."""


@contextlib.asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """Turns "the database does not answer" of any driver into Unavailable."""
    try:
        yield
    except (OSError, OperationalError, InterfaceError) as error:  # TimeoutError is an OSError
        raise Unavailable(f"The database does not answer: {error}. Try again.") from error
    except DBAPIError as error:
        if error.connection_invalidated or (getattr(error.orig, "sqlstate", None) or "").startswith(GONE):
            raise Unavailable(f"The database does not answer: {error}. Try again.") from error
        raise
    except Exception as error:
        # Drivers raise their own errors while they connect.
        if str(getattr(error, "sqlstate", None) or "").startswith(GONE):
            raise Unavailable(f"The database does not answer: {error}. Try again.") from error
        raise


class SqlReads:
    """Queries over one engine. Subclasses add what writes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @contextlib.asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with answering(), self.engine.connect() as connection:
            yield connection

    async def all(self, statement: Select[Any]) -> Sequence[Any]:
        """The rows of a query. Raises Unavailable when the database does not answer."""
        async with self._reading() as connection:
            rows: Sequence[Any] = (await connection.execute(statement)).all()
        return rows

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        """See `core.ports.EventStore`."""
        query = select(*_EVENT_COLUMNS).where(t.events.c.stream == stream, t.events.c.seq > after)
        return [recorded(row) for row in await self.all(query.order_by(t.events.c.seq).limit(limit))]

    async def read_all(self, after: int, limit: int) -> list[tuple[int, Recorded]]:
        """See `core.ports.EventStore`."""
        query = select(t.events.c.position, *_EVENT_COLUMNS).where(t.events.c.position > after)
        rows = await self.all(query.order_by(t.events.c.position).limit(limit))
        return [(row[0], recorded(row[1:])) for row in rows]

    async def version(self, stream: str) -> int:
        """See `core.ports.EventStore`."""
        return (await self.versions([stream])).get(stream, 0)

    async def versions(self, streams: Sequence[str]) -> dict[str, int]:
        """See `core.ports.EventStore`."""
        found: dict[str, int] = {}
        for start in range(0, len(streams), 500):
            part = streams[start : start + 500]
            query = select(t.streams.c.stream, t.streams.c.version).where(t.streams.c.stream.in_(part))
            found.update({row[0]: row[1] for row in await self.all(query)})
        return found

    async def snapshot(self, stream: str) -> tuple[int, bytes] | None:
        """See `core.ports.EventStore`."""
        query = select(t.snapshots.c.version, t.snapshots.c.state).where(t.snapshots.c.stream == stream)
        rows = await self.all(query)
        return (rows[0][0], bytes(rows[0][1])) if rows else None

    async def get(self, table: str, key: str) -> dict[str, Any] | None:
        """See `core.ports.Rows`."""
        view = t.VIEWS[table]
        async with self._reading() as connection:
            row = (await connection.execute(select(view).where(view.c.id == key))).mappings().first()
        return shown(table, row) if row else None

    async def find(
        self,
        table: str,
        where: dict[str, Any] | None = None,
        order: str = "",
        limit: int = 50,
        after: tuple[Any, str] | None = None,
    ) -> list[dict[str, Any]]:
        """See `core.ports.Rows`."""
        view = t.VIEWS[table]
        query = select(view).limit(limit)
        for name, value in (where or {}).items():
            column = view.c[name]
            query = query.where(column.in_(value) if isinstance(value, tuple) else column == value)
        name, descending = order.lstrip("-"), order.startswith("-")
        columns = [view.c[name], view.c.id] if name else [view.c.id]
        query = query.order_by(*(column.desc() if descending else column.asc() for column in columns))
        if after is not None:
            value, key = after
            if name:
                past = columns[0] < value if descending else columns[0] > value
                beyond = view.c.id < key if descending else view.c.id > key
                query = query.where(or_(past, and_(columns[0] == value, beyond)))
            else:
                query = query.where(view.c.id > key)
        async with self._reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [shown(table, row) for row in rows]

    async def count(self, table: str, most: int) -> int:
        """See `core.ports.Rows`."""
        some = select(t.VIEWS[table].c.id).limit(most).subquery()
        return int((await self.all(select(func.count()).select_from(some)))[0][0])

    async def unscored(self, limit: int) -> list[str]:
        """See `core.ports.Rows`."""
        c = t.conversations.c
        query = select(c.id).where(c.mode == "closed", c.closed_seq > c.scored_seq).order_by(c.closed_at)
        return [row[0] for row in await self.all(query.limit(limit))]

    async def dead(self) -> list[Dead]:
        """See `core.ports.JobStore`."""
        d = t.dead_jobs.c
        query = select(d.stream, d.reaction, d.seq, d.error, d.at).order_by(d.id)
        return [Dead(*row) for row in await self.all(query)]
