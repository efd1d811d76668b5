"""What the supervisor's numbers are counted from, grouped by the database: few rows, however many conversations."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select, text

from core.time import SECOND
from qa.model import Duty, Ended, Facts, Tally, Wait
from qa.ports import Window
from store import tables as t
from store.reads import SqlReads
from store.sqlite import SqliteStore

if TYPE_CHECKING:
    from store.postgres import PostgresStore

TOUCH = 30 * SECOND
"""How often the row of somebody who stays is written."""
LOST = 300 * SECOND
"""Nobody looked for so long: when the person left is not known, only when they were seen last."""
LOCK = 7405
"""PostgreSQL's advisory lock of the process that notes who is on duty."""
ON_DUTY = ("available", "busy")

_c = t.conversations.c
_OPEN = "SELECT id, agent, state, since, seen_at FROM shifts WHERE until = 0"
_END = "UPDATE shifts SET until = {} WHERE id = {}"
_SEEN = "UPDATE shifts SET seen_at = {} WHERE id = {}"
_BEGIN = (
    "INSERT INTO shifts (id, agent, state, since, until, seen_at) VALUES ({}, {}, {}, {}, {}, {}) "
    "ON CONFLICT (id) DO UPDATE SET until = 0, seen_at = excluded.seen_at"  # there and back in one instant
)


class Moves(msgspec.Struct):
    """What a look at who is there changes: (until, id), (seen_at, id), whole rows; and since when each is as they are."""

    ended: list[tuple[int, str]] = []
    seen: list[tuple[int, str]] = []
    begun: list[tuple[str, str, str, int, int, int]] = []
    since: dict[str, int] = {}


def moves(open_rows: Sequence[Sequence[Any]], present: Mapping[str, str], now: int) -> Moves:
    """Compares the rows without an end with who is there."""
    found = Moves()
    for id, agent, state, since, seen_at in open_rows:
        if now - seen_at > LOST or present.get(agent) != state or agent in found.since:
            found.ended.append((seen_at if now - seen_at > LOST else now, id))
            continue
        found.since[agent] = since
        if now - seen_at >= TOUCH:
            found.seen.append((now, id))
    for agent, state in present.items():
        if agent not in found.since:
            found.since[agent] = now
            found.begun.append((f"{agent}:{now}:{state}", agent, state, now, 0, now))
    return found


class _Counts:
    """What is only read, the same on both."""

    def __init__(self, store: SqlReads) -> None:
        self._reads = store

    async def _all(self, query: Any) -> Sequence[Any]:
        return await self._reads.all(query)

    async def facts(self, window: Window) -> Facts:
        """See `qa.ports.FactRows`."""
        since, until = window.since, window.until
        person = case((_c.person_at > 0, 1), else_=0)
        own = _only(window)
        of_alert = t.alerts.join(t.conversations, t.alerts.c.conversation == _c.id)
        return Facts(
            since,
            until,
            window.slots,
            started=await self._tallies(window, _c.started_at, literal(0), own),
            closed=await self._tallies(window, _c.closed_at, person, [*own, _c.mode == "closed"]),
            rated=await self._tallies(window, _c.rated_at, _c.rating, own),
            alerts=await self._tallies(window, t.alerts.c.at, literal(0), own, of_alert if own else t.alerts),
            waits=await self._waits(window),
            ended=await self._ended(window),
            duties=tuple([Duty(*row) for row in await self._all(_duties(since, until))]),
        )

    async def _tallies(
        self, window: Window, at: ColumnElement[int], kind: ColumnElement[int], where: Sequence[ColumnElement[bool]], source: Any = t.conversations
    ) -> tuple[Tally, ...]:
        slot = ((at - window.since) * window.slots // (window.until - window.since)).label("slot")
        value = kind.label("value")
        query = select(slot, value, func.count()).select_from(source).where(at >= window.since, at < window.until, *where)
        return tuple([Tally(*row) for row in await self._all(query.group_by(slot, value))])

    async def _ended(self, window: Window) -> tuple[Ended, ...]:
        query = select(_c.disposition, func.count()).where(
            _c.closed_at >= window.since, _c.closed_at < window.until, _c.mode == "closed", _c.person_at > 0, *_only(window)
        )
        return tuple([Ended(*row) for row in await self._all(query.group_by(_c.disposition))])

    async def _waits(self, window: Window) -> tuple[Wait, ...]:
        w, own = t.waits.c, _only(window)
        source = t.waits.join(t.conversations, w.conversation == _c.id) if own else t.waits
        touches = or_(w.ended_at == 0, w.ended_at >= window.since, w.answered_at >= window.since)
        query = select(w.asked_at, w.ended_at, w.answered_at, w.first)
        rows = await self._all(query.select_from(source).where(w.asked_at < window.until, touches, *own))
        return tuple([Wait(asked, ended, answered, bool(first)) for asked, ended, answered, first in rows])


def _only(window: Window) -> list[ColumnElement[bool]]:
    given = ((_c.channel, window.channel), (_c.language, window.language))
    return [column == value for column, value in given if value]


def _duties(since: int, until: int) -> Select[Any]:
    s = t.shifts.c
    query = select(s.since, s.until).where(s.since < until, or_(s.until == 0, s.until >= since))
    return query.where(s.state.in_(ON_DUTY))


class SqliteFacts(_Counts):
    """Who is on duty is written in the writer's thread, between two commits."""

    def __init__(self, store: SqliteStore) -> None:
        super().__init__(store)
        self._writer = store.writer

    async def on_duty(self, present: Mapping[str, str], now: int) -> dict[str, int]:
        """See `qa.ports.FactRows`."""

        def note(connection: sqlite3.Connection) -> dict[str, int]:
            found = moves(connection.execute(_OPEN).fetchall(), present, now)
            connection.executemany(_END.format(*"??"), found.ended)
            connection.executemany(_SEEN.format(*"??"), found.seen)
            connection.executemany(_BEGIN.format(*"??????"), found.begun)
            return found.since

        since: dict[str, int] = await self._writer.run(note)
        return since


class PostgresFacts(_Counts):
    """Processes take turns to note who is on duty."""

    def __init__(self, store: "PostgresStore") -> None:
        super().__init__(store)
        self._store = store

    async def on_duty(self, present: Mapping[str, str], now: int) -> dict[str, int]:
        """See `qa.ports.FactRows`."""
        async with self._store.transaction() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            rows = (await connection.execute(text(_OPEN))).all()
            found = moves(rows, present, now)
            for sql, names, values in (
                (_END, ("at", "id"), found.ended),
                (_SEEN, ("at", "id"), found.seen),
                (_BEGIN, ("id", "agent", "state", "since", "until", "seen_at"), found.begun),
            ):
                if values:
                    bound = [dict(zip(names, row, strict=True)) for row in values]
                    await connection.execute(text(sql.format(*(f":{name}" for name in names))), bound)
        return found.since


def facts_of(store: object) -> SqliteFacts | PostgresFacts:
    """The facts of a store. Raises TypeError for one that keeps none."""
    if isinstance(store, SqliteStore):
        return SqliteFacts(store)
    from store.postgres import PostgresStore

    if isinstance(store, PostgresStore):
        return PostgresFacts(store)
    raise TypeError(f"{type(store).__name__} keeps no facts")
