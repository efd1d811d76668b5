"""The writers of a PostgreSQL database: appends that meet share a transaction, over a few connections.

Operations that arrive while every connection is writing wait and go into the next transaction together. Two
transactions of this process never touch the same stream, so the completions of one stream come in the order of its
commits. Against other processes the heads are locked (`FOR UPDATE`, in sorted order) before anything is decided, and
the unique keys of `events` stand behind that.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import structlog
from sqlalchemy import make_url

from core.errors import Conflict, Invalid, LeaseLost, Unavailable
from core.ports import Append, Appended, JobKey
from store import pgsql
from store.pgsql import clean, columns_of
from store.planning import NOTHING, Batch, Head, plan
from store.reads import GONE

log = structlog.get_logger()

CONNECTIONS = 2
BATCH = 256
"""Operations in one transaction at most."""
ANSWER_WITHIN = 10.0
"""Seconds for one statement; after that the connection counts as lost."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
"""Seconds between attempts to connect; in between, callers are refused at once."""
ATTEMPTS = 5
"""How often one operation is tried against others that meet it (deadlock, the same seq from another process)."""

LOST = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError)
MET = (asyncpg.UniqueViolationError, asyncpg.TransactionRollbackError, asyncpg.CardinalityViolationError)


def dsn(url: str) -> str:
    """`url` as asyncpg reads it, without SQLAlchemy's names of a driver and of `sslmode`."""
    address = make_url(url).set(drivername="postgresql")
    query = {"sslmode" if name == "ssl" else name: value for name, value in address.query.items()}
    return address.set(query=query).render_as_string(hide_password=False)


def gone(error: BaseException) -> bool:
    """Whether the database said that it cannot serve now, not that the question was wrong."""
    return str(getattr(error, "sqlstate", None) or "").startswith(GONE)


class Operation:
    """One caller's appends and the future that waits for them."""

    __slots__ = ("appends", "done", "error", "future", "result", "streams")

    def __init__(
        self, future: "asyncio.Future[tuple[Appended, ...]]", appends: Sequence[Append], done: Sequence[JobKey]
    ) -> None:
        self.future = future
        self.appends = appends
        self.done = done
        self.streams = {append.stream for append in appends} | {key.stream for key in done}
        self.result: tuple[Appended, ...] = ()
        self.error: BaseException | None = None


class Known:
    """What the database says about the streams, keys and lanes of a transaction."""

    def __init__(self) -> None:
        self.heads: dict[str, Head] = {}
        self.keys: dict[tuple[str, str], int] = {}
        self.lanes: dict[tuple[str, str], str] = {}

    def head(self, stream: str) -> Head:
        """The head of a stream; nothing when there is none."""
        return self.heads.get(stream, NOTHING)

    def key(self, stream: str, key: str) -> int | None:
        """The seq of the append that carried the key."""
        return self.keys.get((stream, clean(key)))


class Line:
    """One connection, made when it is needed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.streams: set[str] = set()
        self.connection: asyncpg.Connection[Any] | None = None
        self._pause = 0.0
        self._not_before = 0.0

    async def open(self) -> "asyncpg.Connection[Any]":
        """The connection. Raises Unavailable while the database does not answer."""
        if self.connection is not None and not self.connection.is_closed():
            return self.connection
        if time.monotonic() < self._not_before:
            raise Unavailable("The database does not answer. Nothing was kept; try again.")
        try:
            self.connection = await asyncpg.connect(self.url, timeout=5, command_timeout=ANSWER_WITHIN)
        except (*LOST, asyncpg.PostgresError) as error:
            self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            self._not_before = time.monotonic() + self._pause
            raise Unavailable(f"The database cannot be reached: {error}. Nothing was kept; try again.") from error
        self._pause = 0.0
        return self.connection

    def drop(self) -> None:
        """Gives the connection up without a word to the other side."""
        if self.connection is not None:
            self.connection.terminate()
            self.connection = None

    async def close(self) -> None:
        """Ends the connection in order."""
        if self.connection is not None:
            with contextlib.suppress(*LOST, asyncpg.PostgresError):
                await self.connection.close(timeout=2)
            self.drop()


class PgWriter:
    """Used from one event loop. `beaten` is the instant (microseconds) of this process's last sign of life."""

    def __init__(self, url: str, owner: str, connections: int = CONNECTIONS) -> None:
        self.url = dsn(url)
        self.owner = owner
        self.beaten = 0
        self._waiting: list[Operation] = []
        self._idle = [Line(self.url) for _ in range(connections)]
        self._working: dict[asyncio.Task[None], Line] = {}
        self._scheduled = False
        self._down = False

    async def append(self, appends: Sequence[Append], done: Sequence[JobKey]) -> tuple[Appended, ...]:
        """See `core.ports.EventStore.append`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[Appended, ...]] = loop.create_future()
        self._waiting.append(Operation(future, appends, done))
        if not self._scheduled and self._idle:
            self._scheduled = True
            loop.call_soon(self._dispatch)
        return await future

    async def stop(self) -> None:
        """Finishes what is waiting, then closes the connections."""
        while self._working or self._waiting:
            if self._working:
                await asyncio.wait(set(self._working))
            await asyncio.sleep(0)
        for line in self._idle:
            await line.close()

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator["asyncpg.Connection[Any]"]:
        """A connection of its own for long work, without a limit on how long a statement takes."""
        connection = await asyncpg.connect(self.url, timeout=5)
        try:
            yield connection
        finally:
            await connection.close()

    def _dispatch(self) -> None:
        """Gives what waits to idle connections; an operation waits while an earlier one has a stream of its own."""
        self._scheduled = False
        while self._waiting and self._idle:
            taken_streams = set().union(*(line.streams for line in self._working.values()))
            batch: list[Operation] = []
            later: list[Operation] = []
            for operation in self._waiting:
                if len(batch) == BATCH or not operation.streams.isdisjoint(taken_streams):
                    taken_streams |= operation.streams
                    later.append(operation)
                else:
                    batch.append(operation)
            if not batch:
                return
            self._waiting = later
            line = self._idle.pop()
            line.streams = set().union(*(operation.streams for operation in batch))
            task = asyncio.create_task(self._work(line, batch))
            self._working[task] = line
            task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        line = self._working.pop(task)
        line.streams = set()
        self._idle.append(line)
        self._dispatch()

    async def _work(self, line: Line, batch: list[Operation]) -> None:
        try:
            connection = await line.open()
            await self._write(connection, batch)
            self._down = False
        except (*LOST, asyncpg.PostgresError, Unavailable) as error:
            line.drop()
            if not self._down:
                log.warning("database_unavailable", error=str(error) or type(error).__name__)
            self._down = True
            refusal = Unavailable("The database does not answer. Nothing was acknowledged; try again.")
            for operation in batch:
                operation.error = operation.error or refusal
        except Exception as error:  # noqa: BLE001  # whatever it is, the callers hear of it
            line.drop()
            for operation in batch:
                operation.error = error
        except asyncio.CancelledError:
            line.drop()
            for operation in batch:
                operation.future.cancel()
            raise
        for operation in batch:
            if operation.future.done():
                continue
            if operation.error is not None:
                operation.future.set_exception(operation.error)
            else:
                operation.future.set_result(operation.result)

    async def _write(self, connection: "asyncpg.Connection[Any]", batch: list[Operation]) -> None:
        if len(batch) > 1:
            try:
                await self._transaction(connection, batch)
                return
            except (LeaseLost, asyncpg.PostgresError) as error:
                if gone(error):
                    raise
                # One operation spoils the batch: each gets a transaction of its own.
        for operation in batch:
            await self._alone(connection, operation)

    async def _alone(self, connection: "asyncpg.Connection[Any]", operation: Operation) -> None:
        for _ in range(ATTEMPTS):
            try:
                await self._transaction(connection, [operation])
                return
            except MET as error:
                operation.error = Conflict(f"Others keep writing to the same streams: {error}")
            except LeaseLost as error:
                operation.error = error
                return
            except asyncpg.PostgresError as error:
                if gone(error):
                    raise
                operation.error = Invalid(f"The database cannot keep this: {error}")
                return

    async def _transaction(self, connection: "asyncpg.Connection[Any]", operations: list[Operation]) -> None:
        await connection.execute(pgsql.BEGIN)
        try:
            known = await self._look(connection, operations)
            batch = Batch()
            for operation in operations:
                self._plan(operation, known, batch)
            await self._execute(connection, batch)
        except BaseException:
            if not connection.is_closed():
                await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT")

    def _plan(self, operation: Operation, known: Known, batch: Batch) -> None:
        operation.error = None
        try:
            rows, result = plan(operation.appends, operation.done, known.head, known.key, self.owner, batch)
        except Exception as error:  # noqa: BLE001  # of this caller alone: a conflict, or a value that cannot be written
            operation.error = error
            return
        foreign = {row[0] for row in rows.jobs if (row[0], row[1]) in known.lanes}
        if foreign:
            # Fence 0: given to that owner, not yet taken. All jobs of the stream's append wait to be claimed.
            rows.jobs = [
                (*row[:5], known.lanes.get((row[0], row[1]), self.owner), 0, *row[7:]) if row[0] in foreign else row
                for row in rows.jobs
            ]
            result = tuple(
                Appended(r.stream, r.first, r.duplicate, mine=r.duplicate or r.stream not in foreign) for r in result
            )
        operation.result = result
        batch.absorb(rows)

    async def _look(self, connection: "asyncpg.Connection[Any]", operations: list[Operation]) -> Known:
        appends = [append for operation in operations for append in operation.appends]
        known = Known()
        if not appends:
            return known
        keys = [(append.stream, clean(append.key)) for append in appends if append.key is not None]
        lanes = {
            (append.stream, job.reaction) for append in appends for job in append.jobs if job.due is None
        }  # fmt: skip
        rows = await connection.fetch(
            pgsql.LOOK,
            sorted({append.stream for append in appends}),
            *columns_of(keys, 2),
            *columns_of(sorted(lanes), 2),
            self.owner,
            self.beaten - pgsql.OWNER_GONE_AFTER,
        )
        for what, stream, name, first, second, third, owner in rows:
            if what == 0:
                known.heads[stream] = Head(first, second, third)
            elif what == 1:
                known.keys[(stream, name)] = first
            else:
                known.lanes[(stream, name)] = owner
        return known

    async def _execute(self, connection: "asyncpg.Connection[Any]", batch: Batch) -> None:
        if batch.done:
            keys = [(key.stream, key.reaction, key.seq, key.fence) for key in batch.done]
            status = await connection.execute(pgsql.DELETE_JOBS, *columns_of(keys, 4))
            if status != f"DELETE {len(keys)}":
                raise LeaseLost("The job is held by somebody else now.")
        if batch.events or batch.timers or batch.jobs:
            await connection.execute(
                pgsql.WRITE,
                *columns_of([(*row[:4], clean(row[4]), *row[5:11], clean(row[11])) for row in batch.events], 12),
                *columns_of([(s, h.version, h.conflicting, h.barrier) for s, h in batch.heads.items()], 4),
                *columns_of(batch.jobs, 9),
                *columns_of(list({row[:3]: row for row in batch.timers}.values()), 9),
            )
        await self.patch(connection, batch)

    @staticmethod
    async def patch(connection: "asyncpg.Connection[Any]", batch: Batch) -> None:
        """Writes the changes of the read models."""
        for table, names, rows in batch.grouped_patches():
            values = columns_of([tuple(map(clean, row)) for row in rows], len(names) + 1)
            await connection.execute(pgsql.upsert(table, names), *values)
        for table, column, rows in batch.grouped_settled():
            await connection.executemany(pgsql.settle(table, column), rows)

