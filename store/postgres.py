"""The log, its jobs and its read models in PostgreSQL, for any number of processes."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import URL, CursorResult, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from core.errors import LeaseLost
from core.events import Actor, Erased, Recorded
from core.ports import Append, Appended, Job, JobKey
from core.views import PRIVATE
from store import pgsql
from store import tables as t
from store.forgetting import forget_words_postgres
from store.migrate import upgrade
from store.pgwriter import PgWriter
from store.planning import Batch
from store.reads import SqlReads, answering, recorded

_EVENT_SQL = "SELECT stream, seq, at, executor, actor, kind, version, body, private FROM events"
_ONE_JOB = "WHERE stream = :stream AND reaction = :reaction AND seq = :seq AND fence = :fence"


def engine_url(url: str) -> URL:
    """A `DATABASE_URL` (`postgresql://…`, with or without `+asyncpg`, `sslmode` or `ssl`) as SQLAlchemy reads it."""
    address = make_url(url).set(drivername="postgresql+asyncpg")
    return address.set(query={"ssl" if name == "sslmode" else name: value for name, value in address.query.items()})


def postgres_engine(url: str) -> AsyncEngine:
    """An engine for reading, and for small writes beside the writer (users, documents, presence)."""
    return create_async_engine(
        engine_url(url), pool_size=4, max_overflow=8, pool_pre_ping=True, connect_args={"timeout": 5, "command_timeout": 30}
    )


async def upgrade_postgres(url: str) -> None:
    """Makes or upgrades the schema; processes that start together take turns. Raises what `store.migrate` raises."""
    engine = create_async_engine(engine_url(url), connect_args={"timeout": 5})
    try:
        async with answering(), engine.connect() as connection:
            await connection.execute(text(f"SELECT pg_advisory_lock({pgsql.SCHEMA})"))
            await connection.commit()
            await connection.run_sync(upgrade)
            await connection.commit()
            await connection.execute(text(f"SELECT pg_advisory_unlock({pgsql.SCHEMA})"))
    finally:
        await engine.dispose()


class PostgresStore(SqlReads):
    """Implements `EventStore`, `JobStore` and `Rows` of `core.ports`."""

    def __init__(self, url: str, owner: str) -> None:
        super().__init__(postgres_engine(url))
        self.owner = owner
        self.writer = PgWriter(url, owner)

    async def start(self) -> None:
        """Nothing to do: connections are made when they are needed. The schema must be there (`upgrade_postgres`)."""

    async def stop(self) -> None:
        """Writes what is waiting and closes the connections."""
        await self.writer.stop()
        await self.engine.dispose()

    async def changed_elsewhere(self) -> bool:
        """Other processes write at any time."""
        return True

    async def alone(self) -> None:
        """Nothing to do: other processes are told by their beats, here."""

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction beside the writer's; Unavailable when the database does not answer."""
        async with answering(), self.engine.begin() as connection:
            yield connection

    async def append(self, *appends: Append, done: Sequence[JobKey] = ()) -> tuple[Appended, ...]:
        """See `core.ports.EventStore`. `mine` is False where another process works on the lane: it has the jobs of
        that stream now and takes them at its next claim."""
        return await self.writer.append(appends, done)

    async def read_all(self, after: int, limit: int) -> list[tuple[int, Recorded]]:
        """See `core.ports.EventStore`. Waits for the writers at work, for theirs may be smaller positions."""
        newest = await self.settled_position()
        rows = await super().read_all(after, limit)
        return [row for row in rows if row[0] <= newest]

    async def settled_position(self) -> int:
        """The newest position of all; every smaller one that will ever be used has been. Waits for writers at work."""
        async with self.transaction() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({pgsql.READERS})"))
            newest: int | None = (await connection.execute(text("SELECT max(position) FROM events"))).scalar()
        return newest or 0

    async def save_snapshot(self, stream: str, version: int, state: bytes) -> None:
        """See `core.ports.EventStore`."""
        sql = (
            "INSERT INTO snapshots (stream, version, state) VALUES (:stream, :version, :state) ON CONFLICT (stream) "
            "DO UPDATE SET version = excluded.version, state = excluded.state "
            "WHERE excluded.version > snapshots.version"
        )
        async with self.transaction() as connection:
            await connection.execute(text(sql), {"stream": stream, "version": version, "state": state})

    async def erase(self, streams: Sequence[str], by: Actor, at: int) -> int:
        """See `core.ports.EventStore`. The old row versions go when PostgreSQL next vacuums the tables."""
        gone = 0
        async with self.transaction() as connection:
            lock = "SELECT 1 FROM streams WHERE stream = ANY(:streams) ORDER BY stream FOR UPDATE"
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({pgsql.WORDS})"))
            await connection.execute(text(lock), {"streams": list(streams)})
            for stream in streams:
                kind, _, key = stream.partition(":")
                emptied: CursorResult[Any] = await connection.execute(
                    text("UPDATE events SET private = NULL, salt = NULL WHERE stream = :s AND private IS NOT NULL"),
                    {"s": stream},
                )
                gone += emptied.rowcount
                for sql in (
                    "UPDATE events SET key = NULL WHERE stream = :s AND key IS NOT NULL",
                    "DELETE FROM snapshots WHERE stream = :s",
                    "UPDATE jobs SET error = '' WHERE stream = :s",
                    "UPDATE dead_jobs SET error = '' WHERE stream = :s",
                ):
                    await connection.execute(text(sql), {"s": stream})
                for table in PRIVATE:
                    if table.startswith(kind):
                        setters = ", ".join(f"{name} = ''" for name in PRIVATE[table])
                        await connection.execute(text(f"UPDATE {table} SET {setters} WHERE id = :key"), {"key": key})
                if kind == "conversation":
                    await forget_words_postgres(connection, key)
        await self.append(*(Append(stream, (Erased(by=by.name),), by, at) for stream in streams))
        return gone

    async def rebuild(self) -> int:
        """See `core.ports.EventStore`. Appends wait meanwhile."""
        count = 0
        batch = Batch()
        async with answering(), self.writer.session() as connection, connection.transaction():
            await connection.execute(f"SELECT pg_advisory_xact_lock({pgsql.READERS})")
            async for row in connection.cursor(f"{_EVENT_SQL} ORDER BY position", prefetch=1000):
                count += 1
                batch.project(recorded(tuple(row)))
            for table in t.VIEWS:
                await connection.execute(f"DELETE FROM {table}")
            await self.writer.patch(connection, batch)
        return count

    # Jobs ------------------------------------------------------------------------------------------------------

    async def claim(self, now: int, limit: int) -> list[Job]:
        """See `core.ports.JobStore`. A lane that another living process works on stays with that process."""
        values = {"owner": self.owner, "now": now, "gone": now - pgsql.OWNER_GONE_AFTER, "limit": limit}
        async with self.transaction() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({pgsql.CLAIMS})"))
            rows = (await connection.execute(text(pgsql.CLAIM), values)).all()
        return [Job(JobKey(row[0], row[1], row[2], row[3]), row[4], row[5]) for row in sorted(map(tuple, rows))]

    async def finish(self, job: JobKey) -> None:
        """See `core.ports.JobStore`."""
        await self.append(done=(job,))

    async def postpone(self, job: JobKey, due: int, error: str) -> None:
        """See `core.ports.JobStore`."""
        sql = f"UPDATE jobs SET owner = '', due = :due, attempts = attempts + 1, error = :error {_ONE_JOB}"
        async with self.transaction() as connection:
            await self._alter(connection, job, sql, {"due": due, "error": pgsql.clean(error)})

    async def bury(self, job: JobKey, error: str, at: int) -> None:
        """See `core.ports.JobStore`."""
        sql = (
            "INSERT INTO dead_jobs (stream, reaction, seq, error, at) VALUES (:stream, :reaction, :seq, :error, :at)"
        )
        values = {"stream": job.stream, "reaction": job.reaction, "seq": job.seq}
        async with self.transaction() as connection:
            await self._alter(connection, job, f"DELETE FROM jobs {_ONE_JOB}", {})
            await connection.execute(text(sql), {**values, "error": pgsql.clean(error), "at": at})

    @staticmethod
    async def _alter(connection: AsyncConnection, job: JobKey, sql: str, values: dict[str, Any]) -> None:
        where = {"stream": job.stream, "reaction": job.reaction, "seq": job.seq, "fence": job.fence}
        if (await connection.execute(text(sql), {**where, **values})).rowcount != 1:
            raise LeaseLost("The job is held by somebody else now.")

    async def beat(self, now: int) -> None:
        """See `core.ports.JobStore`."""
        sql = (
            "INSERT INTO processes (owner, seen_at) VALUES (:owner, :now) "
            "ON CONFLICT (owner) DO UPDATE SET seen_at = excluded.seen_at"
        )
        async with self.transaction() as connection:
            await connection.execute(text(sql), {"owner": self.owner, "now": now})
        self.writer.beaten = now

    async def leave(self) -> None:
        """See `core.ports.JobStore`."""
        async with self.transaction() as connection:
            for sql in ("UPDATE jobs SET owner = '' WHERE owner = :owner", "DELETE FROM processes WHERE owner = :owner"):
                await connection.execute(text(sql), {"owner": self.owner})

    async def pending(self) -> int:
        """See `core.ports.JobStore`."""
        async with self.transaction() as connection:
            count = await connection.execute(text("SELECT count(*) FROM jobs WHERE due = 0 OR owner <> ''"))
            return int(count.scalar_one())
