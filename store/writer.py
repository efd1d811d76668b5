"""The one writer of a SQLite file: a thread that commits in groups.

Operations that arrive while a batch is being written wait and go into the next one together, so that the cost of
`fdatasync` is shared by everybody who is waiting. The writer decides seqs and conflicts itself, from the heads of
the streams that it keeps in memory; when another process has written to the file (`PRAGMA data_version` tells), it
forgets them.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from sqlalchemy.dialects import sqlite as dialect
from sqlalchemy.dialects.sqlite import insert as upsert_into
from sqlalchemy.sql.elements import ClauseElement

from core.errors import Conflict, LeaseLost, Unavailable
from core.ports import Append, Appended, JobKey
from store import tables as t
from store.planning import NOTHING, Batch, Head, plan

HEADS_KEPT = 50_000
_DIALECT = dialect.dialect(paramstyle="qmark")


def compiled(statement: ClauseElement) -> str:
    """The SQL of a Core statement with `?` for its values, in the order of the columns."""
    return str(statement.compile(dialect=_DIALECT))


_EVENT_NAMES = tuple(column.name for column in t.events.columns if column.name != "position")
INSERT_EVENTS = compiled(t.events.insert().values(dict.fromkeys(_EVENT_NAMES)))
INSERT_JOBS = compiled(t.jobs.insert())
_heads = upsert_into(t.streams)
UPSERT_HEADS = compiled(
    _heads.on_conflict_do_update(
        index_elements=["stream"],
        set_={name: _heads.excluded[name] for name in ("version", "conflicting", "barrier")},
    )
)
_timers = upsert_into(t.jobs)
UPSERT_TIMERS = compiled(
    _timers.on_conflict_do_update(
        index_elements=["stream", "reaction", "seq"],
        set_={
            "set_at": _timers.excluded.set_at,
            "due": _timers.excluded.due,
            "owner": _timers.excluded.owner,
            "attempts": _timers.excluded.attempts,
            "fence": t.jobs.c.fence + 1,
        },
    )
).replace("jobs.fence + ?", "jobs.fence + 1")
DELETE_JOB = "DELETE FROM jobs WHERE stream = ? AND reaction = ? AND seq = ? AND fence = ?"
SELECT_HEAD = "SELECT version, conflicting, barrier FROM streams WHERE stream = ?"
SELECT_KEY = "SELECT seq FROM events WHERE stream = ? AND key = ?"


def settle(table: str, column: str) -> str:
    """The SQL of a `core.views.Settle`; values: the value, the conversation, the seq."""
    return f"UPDATE {table} SET {column} = ? WHERE conversation = ? AND seq < ? AND {column} = 0"


class Operation:
    """One caller's appends, or a function on the connection, and the future that waits for it."""

    __slots__ = ("appends", "done", "error", "function", "future", "result")

    def __init__(
        self,
        future: "asyncio.Future[Any]",
        appends: Sequence[Append] = (),
        done: Sequence[JobKey] = (),
        function: Callable[[sqlite3.Connection], Any] | None = None,
    ) -> None:
        self.future = future
        self.appends = appends
        self.done = done
        self.function = function
        self.result: Any = None
        self.error: BaseException | None = None


class Writer:
    """Owns the writing connection and its thread. Used from one event loop."""

    def __init__(self, path: Path, owner: str) -> None:
        self.path = path
        self.owner = owner
        self._waiting: list[Operation] = []
        self._busy = False
        self._scheduled = False
        self._batches: SimpleQueue[list[Operation] | None] = SimpleQueue()
        self._heads: dict[str, Head] = {}
        self._data_version = -1
        self._upserts: dict[tuple[str, tuple[str, ...]], str] = {}
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Starts the thread; call from the event loop that will use the writer."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Finishes what is waiting, then ends the thread."""
        if self._thread is None:
            return
        await self.run(lambda connection: None)  # comes after all that waits now
        thread, self._thread = self._thread, None
        self._batches.put(None)
        await asyncio.to_thread(thread.join)

    async def append(self, appends: Sequence[Append], done: Sequence[JobKey]) -> tuple[Appended, ...]:
        """See `core.ports.EventStore.append`."""
        result: tuple[Appended, ...] = await self._submit(appends, done, None)
        return result

    async def run(self, function: Callable[[sqlite3.Connection], Any]) -> Any:
        """Runs `function` in the writer's thread inside the next transaction; an error undoes only what it did."""
        return await self._submit((), (), function)

    def _submit(
        self,
        appends: Sequence[Append],
        done: Sequence[JobKey],
        function: Callable[[sqlite3.Connection], Any] | None,
    ) -> "asyncio.Future[Any]":
        if self._loop is None or self._thread is None:
            raise Unavailable("The database is closed.")
        future: asyncio.Future[Any] = self._loop.create_future()
        self._waiting.append(Operation(future, appends, done, function))
        if not self._busy and not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._dispatch)
        return future

    def _dispatch(self) -> None:
        """Sends all that has come in this tick of the loop to the thread, as one batch."""
        self._scheduled = False
        if self._waiting and not self._busy:
            self._busy = True
            batch, self._waiting = self._waiting, []
            self._batches.put(batch)

    def _written(self, batch: list[Operation]) -> None:
        self._busy = False
        self._dispatch()
        for operation in batch:
            if operation.future.cancelled():
                continue
            if operation.error is not None:
                operation.future.set_exception(operation.error)
            else:
                operation.future.set_result(operation.result)

    # In the thread ---------------------------------------------------------------------------------------------

    def _work(self) -> None:
        connection = connect(self.path)
        assert self._loop is not None
        while (batch := self._batches.get()) is not None:
            try:
                self._write(connection, batch)
            except Exception as error:  # noqa: BLE001  # whatever it is, the callers hear of it and the thread goes on
                self._heads.clear()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                for operation in batch:
                    operation.error = Unavailable(f"The database cannot write: {error}. Nothing was kept; try again.")
            self._loop.call_soon_threadsafe(self._written, batch)
        connection.execute("PRAGMA optimize")
        connection.close()

    def _write(self, connection: sqlite3.Connection, operations: list[Operation]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        (data_version,) = connection.execute("PRAGMA data_version").fetchone()
        if data_version != self._data_version or len(self._heads) > HEADS_KEPT:
            self._heads.clear()
            self._data_version = data_version
        batch = Batch()
        try:
            for operation in operations:
                if operation.function is None:
                    self._plan(connection, operation, batch)
            self._execute(connection, batch)
            heads = batch.heads
        except (sqlite3.IntegrityError, LeaseLost):
            # One operation spoils the batch: do them one by one, each behind a savepoint.
            connection.execute("ROLLBACK")
            connection.execute("BEGIN IMMEDIATE")
            self._heads.clear()
            heads = self._one_by_one(connection, operations)
        for operation in operations:
            if operation.function is not None:
                self._call(connection, operation)
        connection.execute("COMMIT")
        self._heads.update(heads)

    def _plan(self, connection: sqlite3.Connection, operation: Operation, batch: Batch) -> None:
        def head_of(stream: str) -> Head:
            head = self._heads.get(stream)
            if head is None:
                row = connection.execute(SELECT_HEAD, (stream,)).fetchone()
                head = self._heads[stream] = Head(*row) if row else NOTHING
            return head

        def seq_of_key(stream: str, key: str) -> int | None:
            row = connection.execute(SELECT_KEY, (stream, key)).fetchone()
            return None if row is None else row[0]

        operation.error = None
        try:
            rows, operation.result = plan(
                operation.appends, operation.done, head_of, seq_of_key, self.owner, batch
            )
        except Exception as error:  # noqa: BLE001  # of this caller alone: a conflict, or a value that cannot be written
            operation.error = error
        else:
            batch.absorb(rows)

    def _one_by_one(self, connection: sqlite3.Connection, operations: list[Operation]) -> dict[str, Head]:
        heads: dict[str, Head] = {}
        for operation in operations:
            if operation.function is not None:
                continue
            alone = Batch()
            alone.heads.update(heads)
            connection.execute("SAVEPOINT operation")
            try:
                self._plan(connection, operation, alone)
                self._execute(connection, alone)
            except (sqlite3.IntegrityError, LeaseLost) as error:
                connection.execute("ROLLBACK TO operation")
                self._heads.clear()
                operation.error = error if isinstance(error, LeaseLost) else Conflict(str(error))
            else:
                heads.update(alone.heads)
            connection.execute("RELEASE operation")
        return heads

    def _call(self, connection: sqlite3.Connection, operation: Operation) -> None:
        assert operation.function is not None
        connection.execute("SAVEPOINT operation")
        try:
            operation.result = operation.function(connection)
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001  # of this caller alone
            connection.execute("ROLLBACK TO operation")
            operation.error = error
        connection.execute("RELEASE operation")

    def _execute(self, connection: sqlite3.Connection, batch: Batch) -> None:
        if batch.done:
            keys = [(key.stream, key.reaction, key.seq, key.fence) for key in batch.done]
            if connection.executemany(DELETE_JOB, keys).rowcount != len(keys):
                raise LeaseLost("The job is held by somebody else now.")
        if batch.events:
            connection.executemany(INSERT_EVENTS, batch.events)
        if batch.heads:
            heads = [(stream, h.version, h.conflicting, h.barrier) for stream, h in batch.heads.items()]
            connection.executemany(UPSERT_HEADS, heads)
        if batch.jobs:
            connection.executemany(INSERT_JOBS, batch.jobs)
        if batch.timers:
            connection.executemany(UPSERT_TIMERS, batch.timers)
        for table, names, rows in batch.grouped_patches():
            connection.executemany(self.upsert(table, names), rows)
        for table, column, values in batch.grouped_settled():
            connection.executemany(settle(table, column), values)

    def upsert(self, table: str, names: tuple[str, ...]) -> str:
        """The SQL that sets `names` of a row of a read model; values: the key, then the columns in that order."""
        sql = self._upserts.get((table, names))
        if sql is None:
            statement = upsert_into(t.VIEWS[table]).values(dict.fromkeys(("id", *names)))
            setters = {name: statement.excluded[name] for name in names}
            sql = compiled(statement.on_conflict_do_update(index_elements=["id"], set_=setters))
            # Core writes columns in the table's order; the rows come in the order of the patch.
            order = [column.name for column in t.VIEWS[table].columns if column.name in ("id", *names)]
            if order != ["id", *names]:
                numbers = {name: position + 1 for position, name in enumerate(("id", *names))}
                marks = ", ".join(f"?{numbers[name]}" for name in order)
                sql = sql.replace("(" + ", ".join("?" * len(order)) + ")", f"({marks})", 1)
            self._upserts[(table, names)] = sql
        return sql


def connect(path: Path) -> sqlite3.Connection:
    """A connection with the settings that the writer needs; autocommit, so that BEGIN and COMMIT are ours."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA busy_timeout = 10000")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    connection.execute("PRAGMA cache_size = -8000")
    return connection
