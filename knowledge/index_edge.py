"""The index in an embedded Qdrant (`qdrant-edge-py`): Rust in this process, files in one folder, no server.

The folder holds `shard/` (Qdrant's), `state` (fingerprint, statistics, number of passages; replaced in one
step) and
`lock`. Qdrant's write-ahead log is off: what a kill can lose is rebuilt, because the fingerprint is taken
away before the first change and set again only after everything was flushed.
A search holds the event loop for about 0.1 ms at 600 passages; it stays on the loop because a thread costs as
much.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import qdrant_edge as qdrant

from knowledge.errors import IndexDamaged, IndexInUse
from knowledge.model import Entry, Filter, SparseVector

_VECTOR: Final = "lexical"
_BATCH: Final = 500
# Equal scores at the limit are cut off by Qdrant in its own order; asking for more keeps our order by id.
_MORE_FOR_TIES: Final = 16

T = TypeVar("T")


class _State(msgspec.Struct, frozen=True):
    fingerprint: str
    statistics: bytes
    passages: int


class EdgeIndex:
    """Implements `ports.PassageIndex` in `folder`, which is made if it is missing and owned until `close`."""

    def __init__(self, folder: Path) -> None:
        """Opens the index; an index that cannot be read or was not finished is opened empty.

        Raises `IndexInUse` when another process owns the folder.
        """
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _owned(folder)
        self._state = _State("", b"", 0)
        self._shard = self._open()

    async def upsert(self, entries: Sequence[Entry]) -> None:
        """See `ports.PassageIndex`."""
        self._forget_fingerprint()
        for start in range(0, len(entries), _BATCH):
            points = [_point(entry) for entry in entries[start : start + _BATCH]]
            self._update(qdrant.UpdateOperation.upsert_points(points))

    async def delete(self, ids: Sequence[str]) -> None:
        """See `ports.PassageIndex`."""
        if ids:
            self._forget_fingerprint()
            self._update(qdrant.UpdateOperation.delete_points(list(ids)))

    async def clear(self) -> None:
        """See `ports.PassageIndex`."""
        self._forget_fingerprint()
        _attempt(self._shard.close, ignore=True)
        self._shard = self._create()

    async def search(self, vector: SparseVector, where: Filter, limit: int) -> list[tuple[str, float]]:
        """See `ports.PassageIndex`."""
        if not vector.indices or not where.audiences or limit < 1:
            return []
        nearest = qdrant.Query.Nearest(
            qdrant.SparseVector(list(vector.indices), list(vector.values)), using=_VECTOR
        )
        request = qdrant.QueryRequest(limit=limit + _MORE_FOR_TIES, query=nearest, filter=_filter(where))
        points = _attempt(partial(self._shard.query, request))
        found = [(str(point.id), point.score) for point in points if point.score > 0]
        return sorted(found, key=lambda one: (-one[1], one[0]))[:limit]

    async def ids(self) -> set[str]:
        """See `ports.PassageIndex`."""
        found: set[str] = set()
        after: qdrant.PointId | None = None
        while True:
            request = qdrant.ScrollRequest(offset=after, limit=_BATCH, with_payload=False, with_vector=False)
            records, after = _attempt(partial(self._shard.scroll, request))
            found.update(str(record.id) for record in records)
            if after is None:
                return found

    async def entries(self, ids: Sequence[str]) -> list[Entry]:
        """See `ports.PassageIndex`."""
        wanted: list[qdrant.PointId] = list(ids)
        records = _attempt(lambda: self._shard.retrieve(wanted, with_payload=True, with_vector=True))
        return [_entry(record) for record in records]

    async def fingerprint(self) -> str:
        """See `ports.PassageIndex`."""
        return self._state.fingerprint

    async def statistics(self) -> bytes:
        """See `ports.PassageIndex`."""
        return self._state.statistics

    async def set_fingerprint(self, fingerprint: str, statistics: bytes) -> None:
        """See `ports.PassageIndex`."""
        _attempt(self._shard.flush)
        self._state = _State(fingerprint, statistics, _attempt(self._shard.info).points_count)
        temporary = self._folder / "state.new"
        with temporary.open("wb") as file:
            file.write(msgspec.msgpack.encode(self._state))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._folder / "state")

    async def close(self) -> None:
        """Gives the folder back. The object is of no use afterwards."""
        _attempt(self._shard.close, ignore=True)
        os.close(self._lock)

    def _open(self) -> qdrant.EdgeShard:
        try:
            self._state = msgspec.msgpack.decode((self._folder / "state").read_bytes(), type=_State)
            shard = _attempt(lambda: qdrant.EdgeShard.load(str(self._folder / "shard")))
        except (OSError, msgspec.MsgspecError, IndexDamaged):
            return self._create()
        if _attempt(shard.info).points_count == self._state.passages:
            return shard
        _attempt(shard.close, ignore=True)
        return self._create()

    def _create(self) -> qdrant.EdgeShard:
        self._forget_fingerprint()
        shutil.rmtree(self._folder / "shard", ignore_errors=True)
        (self._folder / "shard").mkdir()
        config = qdrant.EdgeConfig(
            sparse_vectors={_VECTOR: qdrant.EdgeSparseVectorParams()}, max_search_threads=1, wal_enabled=False
        )
        shard = _attempt(lambda: qdrant.EdgeShard.create(str(self._folder / "shard"), config))
        for field in ("language", "audience"):
            make = qdrant.UpdateOperation.create_field_index(field, qdrant.PayloadSchemaType.Keyword)
            _attempt(partial(shard.update, make))
        return shard

    def _update(self, operation: qdrant.UpdateOperation) -> None:
        _attempt(partial(self._shard.update, operation))

    def _forget_fingerprint(self) -> None:
        (self._folder / "state").unlink(missing_ok=True)
        self._state = _State("", b"", 0)


def _owned(folder: Path) -> int:
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise IndexInUse(
            f"The index in {folder} is in use by another process: stop that one, "
            "or give this one another folder."
        ) from None
    return descriptor


def _attempt(call: Callable[[], T], *, ignore: bool = False) -> T:
    # A damaged file may reach Python as a Rust panic, which is no Exception.
    try:
        return call()
    except Exception as error:
        if ignore:
            return None  # type: ignore[return-value]
        raise IndexDamaged(f"The knowledge index cannot be read ({error}); it is rebuilt.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise IndexDamaged(f"The knowledge index cannot be read ({error}); it is rebuilt.") from error


def _point(entry: Entry) -> qdrant.Point:
    vector = qdrant.SparseVector(list(entry.vector.indices), list(entry.vector.values))
    return qdrant.Point(entry.id, {_VECTOR: vector}, {"language": entry.language, "audience": entry.audience})


def _entry(record: qdrant.Record) -> Entry:
    payload = record.payload or {}
    named = record.vector[_VECTOR] if isinstance(record.vector, dict) else None
    if not isinstance(named, qdrant.SparseVector):
        raise IndexDamaged("The knowledge index lacks a vector; it is rebuilt.")
    pairs = sorted(zip(named.indices, named.values, strict=True))
    vector = SparseVector(tuple(index for index, _ in pairs), tuple(value for _, value in pairs))
    return Entry(str(record.id), str(payload["language"]), str(payload["audience"]), vector)


def _filter(where: Filter) -> qdrant.Filter:
    must: list[qdrant.ConditionType] = [
        qdrant.FieldCondition("audience", match=qdrant.MatchAny(list(where.audiences)))
    ]
    if where.language is not None:
        must.append(qdrant.FieldCondition("language", match=qdrant.MatchValue(where.language)))
    return qdrant.Filter(must=must)
