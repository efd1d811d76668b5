"""The log, its jobs and its read models in one SQLite file, for one serving process."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from core.errors import LeaseLost
from core.events import Actor, Erased
from core.ports import Append, Appended, Job, JobKey
from core.views import PRIVATE
from store import tables as t
from store.forgetting import forget_words
from store.planning import Batch
from store.reads import SqlReads, recorded
from store.writer import Writer, settle

OWNER_GONE_AFTER = 10_000_000
"""Microseconds without a beat after which a process counts as gone and its leases as free."""

_EVENT_SQL = "SELECT stream, seq, at, executor, actor, kind, version, body, private FROM events"


def engine_for(path: Path) -> AsyncEngine:
    """An engine for reading, and for small writes beside the writer (users, documents)."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=4, max_overflow=4)

    @event.listens_for(engine.sync_engine, "connect")
    def _settings(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        for setting in ("busy_timeout = 10000", "synchronous = FULL", "secure_delete = ON"):
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    return engine


class SqliteStore(SqlReads):
    """Implements `EventStore`, `JobStore` and `Rows` of `core.ports`."""

    def __init__(self, path: Path, owner: str) -> None:
        super().__init__(engine_for(path))
        self.owner = owner
        self.writer = Writer(path, owner)
        self._data_version = 0

    async def start(self) -> None:
        """Starts the writer. The schema must be there (`store.migrate`)."""
        self.writer.start()

    async def stop(self) -> None:
        """Writes what is waiting and closes the file."""
        await self.writer.stop()
        await self.engine.dispose()

    async def append(self, *appends: Append, done: Sequence[JobKey] = ()) -> tuple[Appended, ...]:
        """See `core.ports.EventStore`."""
        return await self.writer.append(appends, done)

    async def save_snapshot(self, stream: str, version: int, state: bytes) -> None:
        """See `core.ports.EventStore`."""
        await self.writer.run(
            lambda connection: connection.execute(
                "INSERT INTO snapshots (stream, version, state) VALUES (?, ?, ?) ON CONFLICT (stream) DO UPDATE "
                "SET version = excluded.version, state = excluded.state WHERE excluded.version > snapshots.version",
                (stream, version, state),
            )
        )

    async def erase(self, streams: Sequence[str], by: Actor, at: int) -> int:
        """See `core.ports.EventStore`. The freed pages are overwritten and the write-ahead log is emptied."""

        def remove(connection: sqlite3.Connection) -> int:
            gone = 0
            for stream in streams:
                kind, _, key = stream.partition(":")
                gone += connection.execute(
                    "UPDATE events SET private = NULL, salt = NULL WHERE stream = ? AND private IS NOT NULL", (stream,)
                ).rowcount
                connection.execute("UPDATE events SET key = NULL WHERE stream = ?", (stream,))
                connection.execute("DELETE FROM snapshots WHERE stream = ?", (stream,))
                for table in ("jobs", "dead_jobs"):
                    connection.execute(f"UPDATE {table} SET error = '' WHERE stream = ?", (stream,))
                for table in PRIVATE:
                    if table.startswith(kind):
                        setters = ", ".join(f"{name} = ''" for name in PRIVATE[table])
                        connection.execute(f"UPDATE {table} SET {setters} WHERE id = ?", (key,))
                if kind == "conversation":
                    forget_words(connection, key)
            return gone

        gone: int = await self.writer.run(remove)
        await self.append(*(Append(stream, (Erased(by=by.name),), by, at) for stream in streams))
        await self.checkpoint()
        return gone

    async def checkpoint(self) -> None:
        """Moves the write-ahead log into the file and empties it."""
        async with self.engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def changed_elsewhere(self) -> bool:
        """Whether another connection has written to the file since this was asked last (a command, an erasure)."""
        seen: int = await self.writer.run(
            lambda connection: connection.execute("PRAGMA data_version").fetchone()[0]
        )
        before, self._data_version = self._data_version, seen
        return before not in (0, seen)

    async def rebuild(self) -> int:
        """See `core.ports.EventStore`."""

        def again(connection: sqlite3.Connection) -> int:
            for table in t.VIEWS:
                connection.execute(f"DELETE FROM {table}")
            count = 0
            batch = Batch()
            for row in connection.execute(f"{_EVENT_SQL} ORDER BY position"):
                count += 1
                batch.project(recorded(row))
            for table, names, rows in batch.grouped_patches():
                connection.executemany(self.writer.upsert(table, names), rows)
            for table, column, values in batch.grouped_settled():
                connection.executemany(settle(table, column), values)
            return count

        result: int = await self.writer.run(again)
        return result

    # Jobs ------------------------------------------------------------------------------------------------------

    async def claim(self, now: int, limit: int) -> list[Job]:
        """See `core.ports.JobStore`."""

        def take(connection: sqlite3.Connection) -> list[Job]:
            free = (
                "(owner = '' OR owner NOT IN (SELECT owner FROM processes WHERE seen_at > ?)) AND due <= ? "
                "AND NOT EXISTS (SELECT 1 FROM jobs AS before WHERE before.stream = jobs.stream "
                "AND before.reaction = jobs.reaction AND before.seq < jobs.seq AND before.seq > 0 AND before.due > ?)"
            )
            rows = connection.execute(
                "UPDATE jobs SET owner = ?, fence = fence + 1 WHERE rowid IN "
                f"(SELECT rowid FROM jobs WHERE {free} ORDER BY stream, reaction, seq LIMIT ?) "
                "RETURNING stream, reaction, seq, fence, set_at, attempts",
                (self.owner, now - OWNER_GONE_AFTER, now, now, limit),
            ).fetchall()
            return [Job(JobKey(row[0], row[1], row[2], row[3]), row[4], row[5]) for row in sorted(rows)]

        found: list[Job] = await self.writer.run(take)
        return found

    async def finish(self, job: JobKey) -> None:
        """See `core.ports.JobStore`."""
        await self.append(done=(job,))

    async def postpone(self, job: JobKey, due: int, error: str) -> None:
        """See `core.ports.JobStore`."""
        await self._change(job, "UPDATE jobs SET owner = '', due = ?, attempts = attempts + 1, error = ?", (due, error))

    async def bury(self, job: JobKey, error: str, at: int) -> None:
        """See `core.ports.JobStore`."""

        def move(connection: sqlite3.Connection) -> None:
            self._alter(connection, job, "DELETE FROM jobs", ())
            connection.execute(
                "INSERT INTO dead_jobs (stream, reaction, seq, error, at) VALUES (?, ?, ?, ?, ?)",
                (job.stream, job.reaction, job.seq, error, at),
            )

        await self.writer.run(move)

    async def _change(self, job: JobKey, sql: str, values: tuple[Any, ...]) -> None:
        await self.writer.run(lambda connection: self._alter(connection, job, sql, values))

    @staticmethod
    def _alter(connection: sqlite3.Connection, job: JobKey, sql: str, values: tuple[Any, ...]) -> None:
        where = " WHERE stream = ? AND reaction = ? AND seq = ? AND fence = ?"
        done = connection.execute(sql + where, (*values, job.stream, job.reaction, job.seq, job.fence))
        if done.rowcount != 1:
            raise LeaseLost("The job is held by somebody else now.")

    async def beat(self, now: int) -> None:
        """See `core.ports.JobStore`."""
        await self.writer.run(
            lambda connection: connection.execute(
                "INSERT INTO processes (owner, seen_at) VALUES (?, ?) "
                "ON CONFLICT (owner) DO UPDATE SET seen_at = excluded.seen_at",
                (self.owner, now),
            )
        )

    async def alone(self) -> None:
        """Declares every other process gone. A SQLite file serves one process, so at its start this is known."""
        await self.writer.run(
            lambda connection: connection.execute("DELETE FROM processes WHERE owner <> ?", (self.owner,))
        )

    async def leave(self) -> None:
        """See `core.ports.JobStore`."""

        def give_back(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE jobs SET owner = '' WHERE owner = ?", (self.owner,))
            connection.execute("DELETE FROM processes WHERE owner = ?", (self.owner,))

        await self.writer.run(give_back)

    async def pending(self) -> int:
        """See `core.ports.JobStore`."""

        def count(connection: sqlite3.Connection) -> int:
            (number,) = connection.execute("SELECT count(*) FROM jobs WHERE due = 0 OR owner <> ''").fetchone()
            return int(number)

        number: int = await self.writer.run(count)
        return number
