"""What the packages ask of each other and of the world, as protocols."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from core.events import BARRIER as BARRIER
from core.events import CONFLICTING as CONFLICTING
from core.events import Actor, Citation, Event, Found, Ranked, Recorded, TicketOpened

ANY = 0
"""The guard that minds every event (see `core.events` for the others)."""

# The log ---------------------------------------------------------------------------------------------------


class NewJob(msgspec.Struct, frozen=True):
    """A reaction to the event at `offset` of its append. With `due` (microseconds since the epoch) it is a timer:
    one for each (stream, reaction), a later one takes the place of the earlier."""

    reaction: str
    offset: int = 0
    due: int | None = None


class Append(msgspec.Struct, frozen=True):
    """Events to commit to one stream.

    `expected` is the version of the fold that decided them; the append is refused with `Conflict` when the stream
    has moved on by an event that `guard` minds: CONFLICTING (and barriers), BARRIER only, or ANY event at all.
    `key` makes it idempotent within the stream: a second append with the same key commits nothing.
    """

    stream: str
    events: tuple[Event, ...]
    by: Actor
    at: int
    expected: int | None = None
    guard: int = CONFLICTING
    key: str | None = None
    jobs: tuple[NewJob, ...] = ()


class Appended(msgspec.Struct, frozen=True):
    """`first` is the seq of the first event; of the earlier append when `duplicate`."""

    stream: str
    first: int
    duplicate: bool = False
    mine: bool = True


class JobKey(msgspec.Struct, frozen=True):
    """A job under a lease. `fence` grows with each new holder: what an old holder decides is refused."""

    stream: str
    reaction: str
    seq: int
    fence: int = 1


class Job(msgspec.Struct, frozen=True):
    """`seq` is the event that it reacts to (for a timer: the seq it was set at); `attempts` made before this one."""

    key: JobKey
    set_at: int
    attempts: int = 0


class Dead(msgspec.Struct, frozen=True):
    """A job out of retries."""

    stream: str
    reaction: str
    seq: int
    error: str
    at: int


class Journal(Protocol):
    """What a feature needs of the log: to add to a stream and to read it."""

    async def append(self, *appends: Append, done: Sequence[JobKey] = ()) -> tuple[Appended, ...]:
        """Commits all or nothing. Jobs named by `done` end in the same transaction.

        Raises Conflict (decide again), LeaseLost (somebody else holds the job), Unavailable (disk, database).
        Returns after the commit is durable.
        """

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        """Events with seq > `after`, in order."""

    async def version(self, stream: str) -> int:
        """Seq of the last event; 0 when there is no such stream."""


class EventStore(Journal, Protocol):
    """Streams of events with their jobs and read models."""

    async def read_all(self, after: int, limit: int) -> list[tuple[int, Recorded]]:
        """All streams in order of commit: (position, event) with position > `after`."""

    async def versions(self, streams: Sequence[str]) -> dict[str, int]:
        """The same for many; streams without events are left out."""

    async def snapshot(self, stream: str) -> tuple[int, bytes] | None:
        """The newest snapshot: (version, state)."""

    async def save_snapshot(self, stream: str, version: int, state: bytes) -> None:
        """Keeps a snapshot; an older one than the kept is ignored."""

    async def erase(self, streams: Sequence[str], by: Actor, at: int) -> int:
        """Empties the private part of all events, rows and snapshots of the streams and appends `Erased`.

        Returns how many events lost a private part.
        """

    async def rebuild(self) -> int:
        """Makes the read models anew from the log; returns how many events were read."""


class JobStore(Protocol):
    """Durable reactions and timers. `owner` names this process."""

    async def claim(self, now: int, limit: int) -> list[Job]:
        """Takes jobs that nobody alive holds and timers that are due; a lane's jobs in order of seq."""

    async def finish(self, job: JobKey) -> None:
        """Ends a job that needed no append. Raises LeaseLost."""

    async def postpone(self, job: JobKey, due: int, error: str) -> None:
        """Gives the job back until `due`, one attempt more. Raises LeaseLost."""

    async def bury(self, job: JobKey, error: str, at: int) -> None:
        """Moves the job to the dead-letter list. Raises LeaseLost."""

    async def beat(self, now: int) -> None:
        """Says that this process is alive; without it its leases end after some seconds."""

    async def leave(self) -> None:
        """Gives all leases back at shutdown."""

    async def pending(self) -> int:
        """How many jobs are open that are due now."""

    async def dead(self) -> list[Dead]:
        """The dead-letter list."""


class Rows(Protocol):
    """Queries on the read models; rows are dictionaries with the columns of `store.tables`."""

    async def get(self, table: str, key: str) -> dict[str, Any] | None:
        """One row by its key."""

    async def find(
        self,
        table: str,
        where: dict[str, Any] | None = None,
        order: str = "",
        limit: int = 50,
        after: tuple[Any, str] | None = None,
    ) -> list[dict[str, Any]]:
        """Rows whose columns equal `where` (a tuple: one of), by `order` (`-name`: descending) and key.

        `after` is (value of the order column, key) of the last row of the page before.
        """

    async def count(self, table: str, most: int) -> int:
        """How many rows there are; counting stops at `most`."""

    async def unscored(self, limit: int) -> list[str]:
        """Ids of closed conversations whose last closing has no scorecard."""


# Understanding and knowledge -------------------------------------------------------------------------------


class Entity(msgspec.Struct, frozen=True):
    """`text` at [start, end) of the message, read as `value` (canonical) of kind `name`."""

    name: str
    value: Any
    text: str
    start: int
    end: int


class Understanding(msgspec.Struct, frozen=True):
    """`intent` None: out of scope. `confidence` 0 to 1. `model`: which training answered."""

    intent: str | None
    confidence: float
    language: str
    ranking: tuple[Ranked, ...] = ()
    entities: tuple[Entity, ...] = ()
    engine: str = "native"
    model: str = ""


class Understander(Protocol):
    """Reads one message."""

    async def understand(self, text: str, language: str) -> Understanding:
        """`language` is the conversation's; the message may be in another one."""


class Answer(msgspec.Struct, frozen=True):
    """What knowledge says: `text` for the bubble, where it stands, and what was used."""

    text: str
    citations: tuple[Citation, ...]
    passages: tuple[Found, ...]


class NoAnswer(msgspec.Struct, frozen=True):
    """Nothing supports an answer: the best support found and the threshold that it missed."""

    best: float
    threshold: float


class Answers(Protocol):
    """Answers from knowledge, with sources."""

    async def answer(self, question: str, language: str) -> Answer | NoAnswer:
        """From what customers may see. Never raises on odd words."""


# Acting ----------------------------------------------------------------------------------------------------


class Tickets(Protocol):
    """Opens cases. The number is free; it commits with the turn."""

    def open(
        self,
        type: str,
        fields: dict[str, Any],
        *,
        contact: str,
        conversation: str,
        language: str,
        flow: str,
        step: str,
        in_reply_to: tuple[int, ...],
    ) -> TicketOpened:
        """Raises Invalid when the type is unknown or a required field is missing."""


class ActionResult(msgspec.Struct, frozen=True):
    """`outcome`: ok, failed, or unknown (no answer came, and nothing tells what became of it)."""

    outcome: str
    result: dict[str, Any] = {}
    error: str = ""


class ActionContext(msgspec.Struct, frozen=True):
    """On whose behalf: conversation, contact, language; `key` is the idempotency key."""

    key: str
    conversation: str
    contact: str
    language: str


class Actions(Protocol):
    """The one gate through which the machine acts."""

    def interface(self, name: str) -> str:
        """What it will call, for the log."""

    def idempotent(self, name: str) -> bool:
        """Whether a call without an answer may be repeated."""

    async def call(self, name: str, arguments: dict[str, Any], context: ActionContext) -> ActionResult:
        """Never raises for what the other side does; a deadline bounds it."""


# Between processes -----------------------------------------------------------------------------------------


class Wakes(Protocol):
    """Tells the other processes that streams have grown. Losing a wake loses nothing: everybody also polls."""

    def send(self, streams: Sequence[str]) -> None:
        """Soon, without waiting; never raises."""

    async def listen(self, heard: Callable[[Sequence[str]], None]) -> None:
        """Calls `heard` with the streams that other processes named, until cancelled; reconnects by itself."""


class Limits(Protocol):
    """Counts per key and minute."""

    async def allow(self, key: str, per_minute: int) -> bool:
        """Counts one and says whether it is within the limit (a token bucket that holds one minute's worth)."""
