"""A pack at work without a server: one conversation at a time, on a store that is thrown away and a clock of its own.

What happens outside happens in the pack's demonstrations; no address of a real system is ever called where a
demonstration is named.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from msgspec.structs import replace

from app import pack as packs
from app.backends import Backends
from app.demonstration import Demonstrations
from app.inbox import Inbound
from app.pack import Pack
from app.scripts import CHANNELS, NOW, StandIn
from app.settings import Settings
from app.wiring import System, knowledge_of, now
from bot.dialogue import Turn
from bot.understanding.native import Understander
from connectors.http import HttpConnector, NotSent, Refused, Service, described, placed
from connectors.mcp import KIND as MCP
from contacts.identity import anonymous_id, contact_id
from core import events as e
from core.conversation import PREFIX, Conversation
from core.errors import ConfigurationError, Conflict
from core.ports import ANY, ActionContext, Append
from core.time import MINUTE, SECOND, Clock
from governance.gateway import Executor
from knowledge.index_memory import MemoryIndex
from knowledge.memory import MemoryDocuments

READY_SECONDS = 60.0
SHARED_MEMORY = Path("/dev/shm")
TESTER = "tester"
"""Who clicks at the desk."""


class TrialClock:
    """Stands still until it is moved; whoever pauses goes on at once."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at

    @staticmethod
    async def sleep(seconds: float) -> None:
        """Between two attempts."""
        await asyncio.sleep(0)


class NoAnswer(Exception):
    """What a stand-in raises that never answers."""


class StandIns:
    """An executor that answers as a test says."""

    scheme = "trial"

    def __init__(self, answers: Mapping[str, StandIn]) -> None:
        self._answers = answers

    async def __call__(self, target: str, arguments: dict[str, Any], context: ActionContext) -> Mapping[str, Any]:
        """Raises Refused or NoAnswer."""
        answer = self._answers[target]
        if answer.result is not None:
            return answer.result
        if answer.error:
            raise Refused("The test says so.", code=answer.error)
        raise NoAnswer

    def placed(self, pack: Pack) -> Pack:
        """The pack with these in the place of its actions. Nobody is asked what became of one that never answered."""
        instead = {
            name: replace(pack.actions[name], interface=f"{self.scheme}:{name}", check="") for name in self._answers
        }
        return replace(pack, actions={**pack.actions, **instead})


async def _not_there(target: str, arguments: dict[str, Any], context: ActionContext) -> Mapping[str, Any]:
    raise NotSent("The test says so.")


class Ground:
    """What the trials of one run share: pack, training, pages, an empty database, and the demonstrations."""

    def __init__(self, settings: Settings, pack: Pack, native: Understander, folder: Path, fixed: bool) -> None:
        self.settings = settings
        self.pack = pack
        self.native = native
        self.folder = folder
        self.knowledge = knowledge_of(pack, MemoryDocuments(), MemoryIndex())
        self.services = _services(pack.files)
        self.addresses: dict[str, str] = {}
        switches = ("--test-switches",) if fixed else ()
        self._demonstrations = Demonstrations(folder, self.addresses.__setitem__, switches)
        self._asking = httpx.AsyncClient(trust_env=False, timeout=READY_SECONDS)

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, settings: Settings, fixed: bool = True) -> AsyncIterator["Ground"]:
        """Trains when that is due. `fixed`: the demonstrations can be begun anew at any moment."""
        pack = packs.load(packs.folder_of(settings.pack))
        native = packs.understander(settings.data, pack)
        with tempfile.TemporaryDirectory(prefix="switchboard-trial-", dir=_in_memory()) as folder:
            ground = cls(settings, pack, native, Path(folder), fixed)
            ground._demonstrations.start(ground.services)
            try:
                await ground.knowledge.ingest(pack.knowledge)
                await ground._template()
                async with asyncio.timeout(READY_SECONDS):
                    await ground._demonstrations.ready()
                yield ground
            except TimeoutError:
                raise ConfigurationError("A demonstration did not start; its own words are in the log above.") from None
            finally:
                await ground._asking.aclose()
                await ground._demonstrations.stop()

    async def _template(self) -> None:
        settings = self.own(self.folder)
        await (await Backends.open(settings, "trial", now)).stop()
        assert settings.sqlite_path is not None
        with contextlib.closing(sqlite3.connect(settings.sqlite_path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def own(self, folder: Path) -> Settings:
        """The settings of a trial in `folder`, whose database is a fresh one."""
        path = folder / "switchboard.db"
        if folder != self.folder:
            folder.mkdir()
            shutil.copy(self.folder / path.name, path)
        changed = {"data": folder, "database_url": "", "redis_url": "", "anchor_url": ""}
        return self.settings.model_copy(update=changed)

    async def tell(self, word: str, at: int) -> None:
        """`reset`: every demonstration begins anew at this moment; `clock`: it goes on from there."""
        moment = datetime.fromtimestamp(at / SECOND, self.settings.zone).isoformat()
        for name, url in self.addresses.items():
            answer = await self._asking.post(f"{url}/_test/{word}", json={"now": moment})
            if answer.status_code != 200:
                raise ConfigurationError(f"The demonstration {name} has no /_test/{word} ({answer.status_code}).")


def _in_memory() -> Path | None:
    """Where files need no disk, if there is such a place: a trial is thrown away, so nothing has to be safe."""
    return SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None


def _services(files: Mapping[str, str]) -> dict[str, Service]:
    """The outside of a trial: demonstrations where there are any, else the addresses that are set, else nothing."""
    found = {}
    for name, service in described(files).items():
        if service.demonstration:
            found[name] = replace(service, url="")
            continue
        try:
            found[name] = placed(service, os.environ)
        except ConfigurationError:
            found[name] = replace(service, url="")
    return found


class Trial:
    """One conversation."""

    def __init__(self, ground: Ground, system: System, clock: Clock) -> None:
        self.ground = ground
        self.system = system
        self.ways: list[Turn] = []
        self._clock = clock
        self._stream = ""
        self._seen = 0
        self._messages = 0
        self._events: list[e.Recorded] = []
        system.turns.watched = self.ways.append

    @classmethod
    async def open(
        cls, ground: Ground, at: str | None = NOW, stand_ins: Mapping[str, StandIn] | None = None, unreachable: bool = False
    ) -> "Trial":
        """`at` is an ISO 8601 time, without an offset of the settings' zone; None: the present, which goes on."""
        clock: Clock = now
        sleep = asyncio.sleep
        if at is not None:
            moment = datetime.fromisoformat(at)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=ground.settings.zone)
            clock, sleep = TrialClock(round(moment.timestamp() * SECOND)), TrialClock.sleep  # type: ignore[assignment]
            await ground.tell("reset", clock())
        settings = ground.own(Path(tempfile.mkdtemp(dir=ground.folder)) / "data")
        backends = await Backends.open(settings, "trial", clock)
        outside = {name: replace(service, url="") for name, service in ground.services.items()}
        http = HttpConnector(outside if unreachable else ground.services, ground.pack.files)
        for name, url in ground.addresses.items():
            http.at(name, "" if unreachable else url)
        answers = StandIns(stand_ins or {})
        executors: dict[str, Executor] = {StandIns.scheme: answers}
        if unreachable:
            executors[MCP] = _not_there
        system = System(
            settings, backends, answers.placed(ground.pack), ground.native, ground.knowledge, clock, sleep, http,
            executors,
        )  # fmt: skip
        return cls(ground, system, clock)

    async def close(self) -> None:
        """Ends it and removes what it wrote. Nothing but turns and timers was at work."""
        system = self.system
        await system.lanes.stop()
        await system.log.drain()
        await system.http.close()
        await system.mcp.close()
        system.users.close()
        await system.backends.stop()
        await asyncio.to_thread(shutil.rmtree, system.settings.data.parent)

    # What people do ---------------------------------------------------------------------------------------------

    async def begin(
        self, language: str | None, identity: tuple[str, str] | None = None, channel: str = CHANNELS[0]
    ) -> None:
        """A conversation with its greeting; `identity` (user id, name) of a customer who came verified."""
        dialogue = self.system.dialogue()
        spoken = language if language in dialogue.pack.languages else dialogue.pack.default_language
        contact, name = anonymous_id(secrets.token_bytes(15)), ""
        if identity is not None:
            contact, name = contact_id(self.system.settings.secret().encode(), identity[0]), identity[1]
        started = e.Started(
            channel=channel, language=spoken, contact=contact, verified=identity is not None,
            pack=dialogue.pack.hash, name=name,
        )  # fmt: skip
        self._stream = PREFIX + secrets.token_hex(12)
        first = (started, dialogue.greeting(spoken))
        await self.system.log.append(
            Append(self._stream, first, e.THE_CUSTOMER, self._clock(), expected=0, guard=ANY)
        )
        await self._settle()

    async def say(self, text: str) -> None:
        """What the customer writes or, with a `/` in front, clicks; returns when the bot has answered."""
        self._messages += 1
        payload = text if text.startswith("/") else None
        conversation = self._stream.removeprefix(PREFIX)
        await self.system.inbox.receive(Inbound(conversation, f"m{self._messages}", text, payload))
        await self._settle()

    async def wait(self, seconds: int) -> None:
        """Time passes, and what was due in it happens."""
        clock = self._clock
        assert isinstance(clock, TrialClock)
        end = clock.at + seconds * SECOND
        while clock.at < end:
            clock.at = min(end, clock.at + MINUTE)
            await self._due()
        await self.ground.tell("clock", end)
        self._events = await self._new()

    async def decide(self, action: str, approved: bool) -> None:
        """A click at the desk. Raises Conflict where no such proposal waits."""
        waiting = [found for found in await self.system.approvals.waiting() if found["name"] == action]
        if not waiting:
            raise Conflict(f"no `{action}` waits for a click")
        await self.system.approvals.decide(waiting[0]["call"], TESTER, approved)
        await self._settle()

    async def _settle(self) -> None:
        await self._due()
        self._events = await self._new()

    async def _due(self) -> None:
        """Works everything that is due now."""
        lanes = self.system.lanes
        await lanes.rest()
        await self.system.jobs.beat(self._clock())
        while await lanes.sweep():
            await lanes.rest()

    # What came of it --------------------------------------------------------------------------------------------

    async def _new(self) -> list[e.Recorded]:
        events = await self.system.store.read(self._stream, after=self._seen)
        self._seen += len(events)
        return events

    @property
    def events(self) -> Sequence[e.Recorded]:
        """What the last act made happen."""
        return self._events

    async def fold(self) -> Conversation:
        """The conversation as it is now."""
        return await self.system.log.conversation(self._stream, fresh=True)

    def told(self) -> list[str]:
        """What happened, as lines for a terminal."""
        lines = []
        for recorded in self._events:
            event = recorded.event
            if isinstance(event, e.BotSaid):
                lines.append(f"[bold]{event.text}[/bold]")
                lines += [f"    [{c.document} {c.version}] {c.title}" for c in event.citations]
                choices = event.quick_replies or (event.asks.choices if event.asks else ())
                if choices:
                    lines.append("    " + "   ".join(f"{choice.title} ({choice.payload})" for choice in choices))
            elif isinstance(event, e.TicketOpened):
                lines.append(f"    {event.type}: {event.ticket}")
            elif isinstance(event, e.HandoffAsked):
                lines.append(f"    → {event.skill} ({event.reason})")
        return lines
