"""The log in memory: the same promises as on a disk, but for the disk. For tests, trials and `switchboard test`."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from core import codec
from core.errors import LeaseLost
from core.events import Actor, Erased, Event, Recorded
from core.ports import Append, Appended, Dead, Job, JobKey
from core.views import PRIVATE
from store import tables as t
from store.planning import NOTHING, TIMER_SEQ, Batch, Head, plan
from store.reads import shown
from store.sqlite import OWNER_GONE_AFTER


class _Job:
    __slots__ = ("attempts", "due", "fence", "owner", "set_at")

    def __init__(self, set_at: int, due: int, owner: str, fence: int) -> None:
        self.set_at, self.due, self.owner, self.fence = set_at, due, owner, fence
        self.attempts = 0


class Disk:
    """What several `MemoryStore`s (processes, in a test) share."""

    def __init__(self) -> None:
        self.events: list[tuple[str, int]] = []
        self.streams: dict[str, list[tuple[Any, ...]]] = {}
        self.heads: dict[str, Head] = {}
        self.keys: dict[tuple[str, str], int] = {}
        self.jobs: dict[tuple[str, str, int], _Job] = {}
        self.dead: list[Dead] = []
        self.owners: dict[str, int] = {}
        self.snapshots: dict[str, tuple[int, bytes]] = {}
        self.rows: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in t.VIEWS}


class MemoryStore:
    """Implements `EventStore`, `JobStore` and `Rows` of `core.ports`."""

    def __init__(self, owner: str = "memory", disk: Disk | None = None) -> None:
        self.owner = owner
        self.disk = disk or Disk()

    async def start(self) -> None:
        """Nothing to do."""

    async def stop(self) -> None:
        """Nothing to do."""

    async def append(self, *appends: Append, done: Sequence[JobKey] = ()) -> tuple[Appended, ...]:
        """See `core.ports.EventStore`."""
        disk = self.disk
        batch, results = plan(
            appends,
            done,
            lambda stream: disk.heads.get(stream, NOTHING),
            lambda stream, key: disk.keys.get((stream, key)),
            self.owner,
            Batch(),
        )
        for key in batch.done:
            self._held(key)
        for key in batch.done:
            del disk.jobs[(key.stream, key.reaction, key.seq)]
        for row in batch.events:
            disk.events.append((row[0], row[1]))
            disk.streams.setdefault(row[0], []).append(row)
        disk.heads.update(batch.heads)
        disk.keys.update(batch.keys)
        for stream, reaction, seq, set_at, due, owner, fence, *_ in batch.jobs:
            disk.jobs[(stream, reaction, seq)] = _Job(set_at, due, owner, fence)
        for stream, reaction, seq, set_at, due, *_ in batch.timers:
            earlier = disk.jobs.get((stream, reaction, seq))
            disk.jobs[(stream, reaction, seq)] = _Job(set_at, due, "", earlier.fence + 1 if earlier else 0)
        for (table, name), columns in batch.patches.items():
            self._set(table, name, columns)
        self._settle(batch)
        return results

    def _settle(self, batch: Batch) -> None:
        for one in batch.settled:
            for row in self.disk.rows[one.table].values():
                if row["conversation"] == one.conversation and row["seq"] < one.seq and row[one.column] == 0:
                    row[one.column] = one.value

    def _set(self, table: str, key: str, columns: dict[str, Any]) -> None:
        row = self.disk.rows[table].get(key)
        if row is None:
            row = self.disk.rows[table][key] = {
                c.name: _default(c) for c in t.VIEWS[table].columns
            }
            row["id"] = key
        row.update(columns)

    @staticmethod
    def _event(row: tuple[Any, ...]) -> Recorded:
        event: Event = codec.decode(row[5], row[6], row[7], row[8])
        return Recorded(row[0], row[1], row[2], Actor(row[3], row[4]), event)

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        """See `core.ports.EventStore`."""
        rows = self.disk.streams.get(stream, [])[after:]
        return [self._event(row) for row in rows[:limit]]

    async def read_all(self, after: int, limit: int) -> list[tuple[int, Recorded]]:
        """See `core.ports.EventStore`."""
        places = self.disk.events[after : after + limit]
        return [
            (after + offset + 1, self._event(self.disk.streams[stream][seq - 1]))
            for offset, (stream, seq) in enumerate(places)
        ]

    async def version(self, stream: str) -> int:
        """See `core.ports.EventStore`."""
        return self.disk.heads.get(stream, NOTHING).version

    async def versions(self, streams: Sequence[str]) -> dict[str, int]:
        """See `core.ports.EventStore`."""
        heads = self.disk.heads
        return {stream: heads[stream].version for stream in streams if stream in heads}

    async def snapshot(self, stream: str) -> tuple[int, bytes] | None:
        """See `core.ports.EventStore`."""
        return self.disk.snapshots.get(stream)

    async def save_snapshot(self, stream: str, version: int, state: bytes) -> None:
        """See `core.ports.EventStore`."""
        kept = self.disk.snapshots.get(stream)
        if kept is None or kept[0] < version:
            self.disk.snapshots[stream] = (version, state)

    async def erase(self, streams: Sequence[str], by: Actor, at: int) -> int:
        """See `core.ports.EventStore`."""
        gone = 0
        for stream in streams:
            kind, _, key = stream.partition(":")
            rows = self.disk.streams.get(stream, [])
            gone += sum(row[8] is not None for row in rows)
            self.disk.streams[stream] = [(*row[:8], None, None, row[10], None) for row in rows]
            self.disk.snapshots.pop(stream, None)
            for table, columns in PRIVATE.items():
                if table.startswith(kind) and key in self.disk.rows[table]:
                    self.disk.rows[table][key].update(dict.fromkeys(columns, ""))
        self.disk.dead = [replace(job, error="") if job.stream in streams else job for job in self.disk.dead]
        self.disk.keys = {where: seq for where, seq in self.disk.keys.items() if where[0] not in streams}
        await self.append(*(Append(stream, (Erased(by=by.name),), by, at) for stream in streams))
        return gone

    async def rebuild(self) -> int:
        """See `core.ports.EventStore`."""
        self.disk.rows = {name: {} for name in t.VIEWS}
        everything = await self.read_all(0, len(self.disk.events))
        batch = Batch()
        for _, recorded in everything:
            batch.project(recorded)
        for (table, name), columns in batch.patches.items():
            self._set(table, name, columns)
        self._settle(batch)
        return len(everything)

    # Jobs ------------------------------------------------------------------------------------------------------

    def _held(self, key: JobKey) -> _Job:
        job = self.disk.jobs.get((key.stream, key.reaction, key.seq))
        if job is None or job.fence != key.fence:
            raise LeaseLost("The job is held by somebody else now.")
        return job

    async def claim(self, now: int, limit: int) -> list[Job]:
        """See `core.ports.JobStore`."""
        alive = {owner for owner, seen in self.disk.owners.items() if seen > now - OWNER_GONE_AFTER}
        taken: list[Job] = []
        blocked: set[tuple[str, str]] = set()
        for (stream, reaction, seq), job in sorted(self.disk.jobs.items(), key=lambda item: item[0]):
            if len(taken) == limit:
                break
            if job.due > now:
                if seq != TIMER_SEQ:
                    blocked.add((stream, reaction))
                continue
            if (job.owner and job.owner in alive) or (stream, reaction) in blocked:
                continue
            job.owner = self.owner
            job.fence += 1
            taken.append(Job(JobKey(stream, reaction, seq, job.fence), job.set_at, job.attempts))
        return taken

    async def finish(self, job: JobKey) -> None:
        """See `core.ports.JobStore`."""
        await self.append(done=(job,))

    async def postpone(self, job: JobKey, due: int, error: str) -> None:
        """See `core.ports.JobStore`."""
        held = self._held(job)
        held.owner, held.due = "", due
        held.attempts += 1

    async def bury(self, job: JobKey, error: str, at: int) -> None:
        """See `core.ports.JobStore`."""
        self._held(job)
        del self.disk.jobs[(job.stream, job.reaction, job.seq)]
        self.disk.dead.append(Dead(job.stream, job.reaction, job.seq, error, at))

    async def beat(self, now: int) -> None:
        """See `core.ports.JobStore`."""
        self.disk.owners[self.owner] = now

    async def leave(self) -> None:
        """See `core.ports.JobStore`."""
        self.disk.owners.pop(self.owner, None)
        for job in self.disk.jobs.values():
            if job.owner == self.owner:
                job.owner = ""

    async def pending(self) -> int:
        """See `core.ports.JobStore`."""
        return sum(job.due == 0 or bool(job.owner) for job in self.disk.jobs.values())

    async def dead(self) -> list[Dead]:
        """See `core.ports.JobStore`."""
        return list(self.disk.dead)

    # Rows ------------------------------------------------------------------------------------------------------

    async def get(self, table: str, key: str) -> dict[str, Any] | None:
        """See `core.ports.Rows`."""
        row = self.disk.rows[table].get(key)
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
        rows = [
            row
            for row in self.disk.rows[table].values()
            if all(row[k] in v if isinstance(v, tuple) else row[k] == v for k, v in (where or {}).items())
        ]
        name = order.lstrip("-") or "id"
        descending = order.startswith("-")
        rows.sort(key=lambda row: (row[name], row["id"]), reverse=descending)
        if after is not None:
            mark = after if name != "id" else (after[1], after[1])
            rows = [r for r in rows if ((r[name], r["id"]) < mark if descending else (r[name], r["id"]) > mark)]
        return [shown(table, row) for row in rows[:limit]]

    async def count(self, table: str, most: int) -> int:
        """See `core.ports.Rows`."""
        return min(len(self.disk.rows[table]), most)

    async def unscored(self, limit: int) -> list[str]:
        """See `core.ports.Rows`."""
        rows = [r for r in self.disk.rows["conversations"].values() if r["mode"] == "closed"]
        open_ones = [r for r in rows if r["closed_seq"] > r["scored_seq"]]
        return [r["id"] for r in sorted(open_ones, key=lambda r: r["closed_at"])][:limit]


def _default(column: Any) -> Any:
    """What the schema gives a column that nobody set."""
    if column.server_default is None:
        return None
    text = str(column.server_default.arg)
    return text if column.type.python_type is str else int(text)
