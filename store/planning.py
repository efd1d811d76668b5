"""What an append means in rows: the conflict rule, the seqs and the splits. Pure; shared by every store."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from core import codec
from core.errors import Conflict
from core.events import BARRIER, CONFLICTING, Event, Recorded
from core.ports import ANY, Append, Appended, JobKey
from core.views import Patch, Settle, project
from core.views_insights import changes

TIMER_SEQ = 0
"""Timers of a lane share this seq, so that a later one takes the place of the earlier; events count from 1."""


class Head(msgspec.Struct, frozen=True):
    """Of a stream: seq of its last event, of its last conflicting one, of its last barrier. Zero: none."""

    version: int = 0
    conflicting: int = 0
    barrier: int = 0


NOTHING = Head()

EventRow = tuple[Any, ...]
JobRow = tuple[Any, ...]


class Batch:
    """The rows of one transaction, in the order of the tables' columns."""

    def __init__(self) -> None:
        self.events: list[EventRow] = []
        self.heads: dict[str, Head] = {}
        self.jobs: list[JobRow] = []
        self.timers: list[JobRow] = []
        self.patches: dict[tuple[str, str], dict[str, Any]] = {}
        self.settled: list[Settle] = []
        self.keys: dict[tuple[str, str], int] = {}
        self.done: list[JobKey] = []

    def patch(self, patch: Patch) -> None:
        """Adds a change of a row; the last word on a column stands."""
        self.patches.setdefault((patch.table, patch.key), {}).update(patch.columns)

    def project(self, recorded: Recorded) -> None:
        """Adds what an event changes in the read models."""
        change = project(recorded)
        if change is not None:
            self.patch(change)
        for more in changes(recorded):
            if isinstance(more, Patch):
                self.patch(more)
            else:
                self.settled.append(more)

    def absorb(self, other: "Batch") -> None:
        """Takes over the rows of an operation that went through."""
        self.events += other.events
        self.heads.update(other.heads)
        self.jobs += other.jobs
        self.timers += other.timers
        self.keys.update(other.keys)
        self.done += other.done
        self.settled += other.settled
        for where, columns in other.patches.items():
            self.patches.setdefault(where, {}).update(columns)

    def grouped_patches(self) -> Iterable[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
        """(table, columns, rows): rows that set the same columns together, the key first."""
        groups: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = {}
        for (table, key), columns in self.patches.items():
            names = tuple(columns)
            groups.setdefault((table, names), []).append((key, *columns.values()))
        return ((table, names, rows) for (table, names), rows in groups.items())

    def grouped_settled(self) -> Iterable[tuple[str, str, list[tuple[int, str, int]]]]:
        """(table, column, [(value, conversation, seq)]), in the order of the events. They follow the patches."""
        groups: dict[tuple[str, str], list[tuple[int, str, int]]] = {}
        for one in self.settled:
            groups.setdefault((one.table, one.column), []).append((one.value, one.conversation, one.seq))
        return ((table, column, rows) for (table, column), rows in groups.items())


def refuse(append: Append, head: Head) -> None:
    """The conflict rule. Raises Conflict when the stream moved on by what the append's guard minds."""
    if append.expected is None:
        return
    latest = {ANY: head.version, CONFLICTING: head.conflicting, BARRIER: head.barrier}[append.guard]
    if latest > append.expected:
        raise Conflict(f"{append.stream} has moved on to {latest}; decided at {append.expected}")


def plan(
    operation: Iterable[Append],
    done: Iterable[JobKey],
    head_of: Callable[[str], Head],
    seq_of_key: Callable[[str, str], int | None],
    owner: str,
    batch: Batch,
) -> tuple[Batch, tuple[Appended, ...]]:
    """Turns one operation into rows, on top of `batch`, which it leaves as it is.

    Raises Conflict; then nothing of the operation happens. An operation whose only append is a duplicate changes
    nothing but ends the jobs that it names.
    """
    mine = Batch()
    mine.done += done
    results = []
    for append in operation:
        if append.key is not None:
            known = mine.keys.get((append.stream, append.key)) or batch.keys.get((append.stream, append.key))
            if known is None:
                known = seq_of_key(append.stream, append.key)
            if known is not None:
                results.append(Appended(append.stream, known, duplicate=True))
                continue
        head = mine.heads.get(append.stream) or batch.heads.get(append.stream) or head_of(append.stream)
        refuse(append, head)
        results.append(_append(append, head, owner, mine))
    return mine, tuple(results)


def _append(append: Append, head: Head, owner: str, mine: Batch) -> Appended:
    version, conflicting, barrier = head.version, head.conflicting, head.barrier
    first = version + 1
    for event in append.events:
        version += 1
        encoded = codec.encode(event, secrets.token_bytes(16) if event.PRIVATE else b"")
        if encoded.guard >= CONFLICTING:
            conflicting = version
        if encoded.guard >= BARRIER:
            barrier = version
        key = append.key if version == first else None
        mine.events.append(event_row(append, version, encoded, key))
        mine.project(Recorded(append.stream, version, append.at, append.by, event))
    mine.heads[append.stream] = Head(version, conflicting, barrier)
    if append.key is not None:
        mine.keys[(append.stream, append.key)] = first
    for job in append.jobs:
        seq = first + job.offset
        if job.due is None:
            mine.jobs.append((append.stream, job.reaction, seq, seq, 0, owner, 1, 0, ""))
        else:
            mine.timers.append((append.stream, job.reaction, TIMER_SEQ, seq, job.due, "", 0, 0, ""))
    return Appended(append.stream, first)


def event_row(append: Append, seq: int, encoded: codec.Encoded, key: str | None) -> EventRow:
    """A row of `events` without its position, in the order of the columns."""
    return (
        append.stream,
        seq,
        append.at,
        append.by.executor,
        append.by.name,
        encoded.kind,
        encoded.version,
        encoded.body.decode(),
        None if encoded.private is None else encoded.private.decode(),
        encoded.salt,
        encoded.digest,
        key,
    )


def recorded(events: tuple[Event, ...], append: Append, first: int) -> list[Recorded]:
    """The events of an append in their places."""
    return [
        Recorded(append.stream, first + offset, append.at, append.by, event) for offset, event in enumerate(events)
    ]
