"""Where things are kept, chosen by the settings: SQLite or PostgreSQL, alone or with Redis."""

import asyncio
import fcntl
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.settings import Settings
from core.conversation import PREFIX
from core.errors import ConfigurationError, SwitchboardError
from core.finding import WordIndex
from core.ports import EventStore, JobStore, Limits, Rows, Wakes
from core.time import Clock
from governance.ports import Ledger
from handoff.ports import Presence
from handoff.presence import MemoryPresence
from knowledge.errors import IndexInUse
from knowledge.index_edge import EdgeIndex
from knowledge.ports import Documents, PassageIndex
from qa.ports import FactRows
from store.files import SqlFiles
from store.insights import facts_of
from store.ledger import ledger_of
from store.limits import MemoryLimits
from store.migrate import upgrade_sqlite
from store.readings import SqlReadings
from store.settled import SqlDocuments
from store.sqlite import SqliteStore
from store.views import SqlViews
from store.wakes import LocalWakes
from store.words import word_index
from store.writing import SqlCanned, SqlDrafts, SqlMentions

if TYPE_CHECKING:
    from app.wiring import System

POLL_SECONDS = 1.0
"""How often a process looks for what others wrote, whatever wakes it; with SQLite: commands."""

DESK_LIMIT = 1_000
PROCESSES = 64

_log = structlog.get_logger()


class Store(EventStore, JobStore, Rows, Protocol):
    """The log, its jobs and its read models over one database."""

    engine: AsyncEngine

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def alone(self) -> None: ...
    async def changed_elsewhere(self) -> bool: ...


class Backends:
    """One process's connections."""

    def __init__(
        self, store: Store, wakes: Wakes, limits: Limits, presence: Presence, clock: Clock, shared: bool, lock: Any = None
    ) -> None:
        self.store, self.wakes, self.limits, self.presence = store, wakes, limits, presence
        self.engine = store.engine
        self.ledger: Ledger = ledger_of(store)
        self.facts: FactRows = facts_of(store)
        self.documents: Documents = SqlDocuments(store.engine, clock)
        self.files = SqlFiles(store.engine)
        self.readings = SqlReadings(store.engine)
        self.words: WordIndex = word_index(store)
        self.canned = SqlCanned(store.engine)
        self.drafts = SqlDrafts(store.engine)
        self.mentions = SqlMentions(store.engine)
        self.views = SqlViews(store.engine)
        self.shared = shared
        self._links: list[Any] = []
        self._lock = lock

    @classmethod
    async def open(cls, settings: Settings, owner: str, clock: Clock, alone: bool = True) -> "Backends":
        """Opens and migrates what the settings name. `alone`: as the one process that serves from a SQLite file.

        Raises ConfigurationError with what to do.
        """
        path = settings.sqlite_path
        store: Store
        wakes: Wakes = LocalWakes()
        presence: Presence = MemoryPresence(clock)
        lock = None
        if path is not None:
            lock = _only_one(path) if alone else None
            upgrade_sqlite(path)
            store = SqliteStore(path, owner)
        else:
            # What the settings do not name is not loaded: a process on SQLite stays small.
            from store.pgwakes import PostgresWakes
            from store.postgres import PostgresStore, upgrade_postgres
            from store.presence import SqlPresence

            try:
                await upgrade_postgres(settings.database_url)
            except SwitchboardError as error:
                raise ConfigurationError(f"SWITCHBOARD_DATABASE_URL: {error.message}") from None
            store = PostgresStore(settings.database_url, owner)
            wakes = PostgresWakes(settings.database_url, owner)
            presence = SqlPresence(store.engine, clock)
        await store.start()
        limits: Limits = MemoryLimits(clock)
        links: list[Any] = [wakes]
        if settings.redis_url:
            from store.redis import Link, RedisLimits, RedisPresence, RedisWakes

            link = Link(settings.redis_url)
            links += [wakes := RedisWakes(link, owner), link]
            limits, presence = RedisLimits(link, limits), RedisPresence(link, presence, clock)
        made = cls(store, wakes, limits, presence, clock, shared=path is None, lock=lock)
        made._links = links
        return made

    @staticmethod
    def index(data: Path) -> PassageIndex:
        """The embedded index of this process: each owns its folder, and it can always be built again."""
        for number in range(PROCESSES):
            try:
                return EdgeIndex(data / ("index" if number == 0 else f"index-{number}"))
            except IndexInUse:
                continue
        raise ConfigurationError(f"{PROCESSES} processes use {data} already; give this one a SWITCHBOARD_DATA of its own.")

    async def stop(self) -> None:
        """Closes everything; what waits to be written is written first."""
        for link in self._links:
            await link.close()
        await self.store.stop()
        if self._lock is not None:
            self._lock.close()

    def loops(self, system: "System") -> Sequence[Coroutine[Any, Any, None]]:
        """What has to run beside the work."""
        loops = [system.keep_presence(), self._follow_documents(system), self._poll(system)]
        return [*loops, self._listen(system)] if self.shared else loops

    async def _listen(self, system: "System") -> None:
        """Other processes' wakes: their events for our sockets, their jobs for our lanes."""
        waiting: set[str] = set()
        woken = asyncio.Event()

        def heard(streams: Sequence[str]) -> None:
            waiting.update(streams or system.hub.listened())  # nothing named: look at everything
            woken.set()

        async def work() -> None:
            while True:
                await woken.wait()
                woken.clear()
                streams = list(waiting)
                waiting.clear()
                system.lanes.wake()
                try:
                    await system.log.look(await _of_interest(system, streams))
                except SwitchboardError as error:
                    _log.warning("catch_up_failed", error=error.message)

        async with asyncio.TaskGroup() as group:
            group.create_task(work())
            group.create_task(self.wakes.listen(heard))

    async def _follow_documents(self, system: "System") -> None:
        """What a command or another process published is found here soon."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await system.knowledge.sync()
            except SwitchboardError as error:
                _log.warning("index_not_synced", error=error.message)

    async def _poll(self, system: "System") -> None:
        """The floor under all wakes."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                if not await self.store.changed_elsewhere():
                    continue
                system.lanes.wake()
                # A command beside a server on SQLite is rare and may have erased: then every fold in memory is asked.
                known = system.hub.listened() if self.shared else system.log.at_hand()
                await system.log.look([*known, *await _at_the_desk(system)])
            except SwitchboardError as error:
                _log.warning("poll_failed", error=error.message)


async def _of_interest(system: "System", streams: Sequence[str]) -> list[str]:
    """Of the streams that grew elsewhere, those that somebody here listens to or may be serving."""
    here = set(system.hub.listened())
    known = [stream for stream in streams if stream in here or system.log.cached(stream)]
    if not system.hub.has_desk():
        return known
    served = await _at_the_desk(system)
    return [*dict.fromkeys([*known, *(s for s in streams if s.startswith("ticket:") or s in served)])]


async def _at_the_desk(system: "System") -> list[str]:
    if not system.hub.has_desk():
        return []
    rows = await system.rows.find("conversations", {"mode": ("waiting", "human")}, limit=DESK_LIMIT)
    return [PREFIX + row["id"] for row in rows]


def _only_one(path: Path) -> Any:
    """A SQLite file serves one process; the lock ends with the process, however that ends."""
    lock = path.with_name(path.name + ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise ConfigurationError(
            f"Another process serves from {path}. Stop it, set SWITCHBOARD_DATA to another folder, or use PostgreSQL."
        ) from None
    return lock
