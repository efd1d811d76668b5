"""The ledger beside the log, in SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import structs
from sqlalchemy import Select, func, select, text

from core.events import Recorded
from governance.model import BLOCK, START, Block, Row, digest, public, seal
from governance.ports import Query
from store import tables as t
from store.reads import SqlReads, recorded
from store.sqlite import SqliteStore

if TYPE_CHECKING:
    from store.postgres import PostgresStore

LOCK = 7404
"""PostgreSQL's advisory lock of the process that seals."""

_BLOCK = (
    t.ledger.c.number, t.ledger.c.first, t.ledger.c.last, t.ledger.c.count, t.ledger.c.at, t.ledger.c.digests,
    t.ledger.c.previous, t.ledger.c.hash,
)  # fmt: skip
_e = t.events.c
_ROW = (
    _e.position, _e.stream, _e.seq, _e.at, _e.executor, _e.actor, _e.kind, _e.version, _e.body, _e.digest,
    _e.private, _e.salt,
)  # fmt: skip

HEAD = "SELECT number, last, hash FROM ledger ORDER BY number DESC LIMIT 1"
_FRESH = "SELECT position, stream, seq, at, executor, actor, kind, version, body, digest FROM events WHERE position >"
_INSERT = "INSERT INTO ledger (number, first, last, count, at, digests, previous, hash) VALUES"
ACTIONS = ("action_called", "action_refused", "action_proposed", "action_decided", "action_returned")


def _block(row: Sequence[Any]) -> Block:
    number, first, last, count, at, digests, previous, hash = row
    return Block(number, first, last, count, at, bytes(digests), previous, hash)


def _row(values: Sequence[Any]) -> Row:
    return Row(**dict(zip(Row.__struct_fields__, values, strict=True)))


class _Reads:
    """What is only read, the same on both."""

    def __init__(self, store: SqlReads) -> None:
        self._reads = store

    async def _all(self, query: Select[Any]) -> Sequence[Any]:
        return await self._reads.all(query)

    async def blocks(self, after: int, limit: int) -> list[Block]:
        """See `governance.ports.Ledger`."""
        query = select(*_BLOCK).where(t.ledger.c.number > after).order_by(t.ledger.c.number).limit(limit)
        return [_block(row) for row in await self._all(query)]

    async def head(self) -> Block | None:
        """See `governance.ports.Ledger`."""
        rows = await self._all(select(*_BLOCK).order_by(t.ledger.c.number.desc()).limit(1))
        return _block(rows[0]) if rows else None

    async def rows(self, after: int, limit: int) -> list[Row]:
        """See `governance.ports.Ledger`."""
        query = select(*_ROW).where(_e.position > after).order_by(_e.position).limit(limit)
        return [_row(row) for row in await self._all(query)]

    async def broken_streams(self) -> list[tuple[str, int, int, int]]:
        """See `governance.ports.Ledger`."""
        s = t.streams.c
        highest, count = func.coalesce(func.max(_e.seq), 0), func.count(_e.seq)
        query = (
            select(s.stream, s.version, highest, count)
            .select_from(t.streams.outerjoin(t.events, s.stream == _e.stream))
            .group_by(s.stream, s.version)
            .having((highest != s.version) | (count != s.version))
            .order_by(s.stream)
            .limit(100)
        )
        return [(row[0], row[1], row[2], row[3]) for row in await self._all(query)]

    async def entries(self, query: Query) -> list[tuple[int, Recorded, str]]:
        """See `governance.ports.Ledger`."""
        wanted = select(*_ROW)
        if query.after:
            wanted = wanted.where(_e.position < query.after if query.newest else _e.position > query.after)
        if query.streams is not None:
            wanted = wanted.where(_e.stream.in_(query.streams))
        if query.since:
            wanted = wanted.where(_e.at >= query.since)
        if query.until:
            wanted = wanted.where(_e.at < query.until)
        if query.action:
            named = _e.body.contains(f'"name":"{query.action}"', autoescape=True)
            wanted = wanted.where(_e.kind.in_(ACTIONS), named)
        found = []
        order = _e.position.desc() if query.newest else _e.position
        for values in await self._all(wanted.order_by(order).limit(query.limit)):
            row = _row(values)
            event = recorded((*values[1:9], values[10]))
            found.append((row.position, event, digest(public(row)).hex()))
        return found

    async def covering(self, positions: Sequence[int]) -> dict[int, Block]:
        """See `governance.ports.Ledger`."""
        if not positions:
            return {}
        low, high = min(positions), max(positions)
        query = select(*_BLOCK).where(t.ledger.c.last >= low, t.ledger.c.first <= high).order_by(t.ledger.c.number)
        blocks = [_block(row) for row in await self._all(query)]
        return {p: block for p in positions for block in blocks if block.first <= p <= block.last}


class SqliteLedger(_Reads):
    """Seals in the writer's thread, between two commits: nobody else writes to the file."""

    def __init__(self, store: SqliteStore) -> None:
        super().__init__(store)
        self._writer = store.writer

    async def seal(self, at: int) -> Block | None:
        """See `governance.ports.Ledger`."""

        def chain(connection: sqlite3.Connection) -> Block | None:
            number, last, previous = connection.execute(HEAD).fetchone() or (0, 0, START)
            rows = connection.execute(f"{_FRESH} ? ORDER BY position LIMIT {BLOCK}", (last,)).fetchall()
            if not rows:
                return None
            block = seal(rows, number + 1, previous, at)
            values = (
                block.number, block.first, block.last, block.count, block.at, block.digests, block.previous,
                block.hash,
            )  # fmt: skip
            connection.execute(f"{_INSERT} (?, ?, ?, ?, ?, ?, ?, ?)", values)
            return block

        block: Block | None = await self._writer.run(chain)
        return block


class PostgresLedger(_Reads):
    """Seals in one process at a time; never past an event whose transaction is still open."""

    def __init__(self, store: "PostgresStore") -> None:
        super().__init__(store)
        self._store = store

    async def seal(self, at: int) -> Block | None:
        """See `governance.ports.Ledger`."""
        newest = await self._store.settled_position()
        async with self._store.transaction() as connection:
            if not (await connection.execute(text(f"SELECT pg_try_advisory_xact_lock({LOCK})"))).scalar():
                return None
            number, last, previous = (await connection.execute(text(HEAD))).fetchone() or (0, 0, START)
            if newest <= last:
                return None
            fresh = text(f"{_FRESH} :last AND position <= :newest ORDER BY position LIMIT {BLOCK}")
            rows = (await connection.execute(fresh, {"last": last, "newest": newest})).fetchall()
            if not rows:
                return None
            block = seal([tuple(row) for row in rows], number + 1, previous, at)
            await connection.execute(
                t.ledger.insert().values(structs.asdict(block))
            )
            return block


def ledger_of(store: object) -> SqliteLedger | PostgresLedger:
    """The ledger of a store. Raises TypeError for one that keeps none."""
    if isinstance(store, SqliteStore):
        return SqliteLedger(store)
    from store.postgres import PostgresStore

    if isinstance(store, PostgresStore):
        return PostgresLedger(store)
    raise TypeError(f"{type(store).__name__} keeps no ledger")
