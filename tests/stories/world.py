"""A whole service in this process, and the people around it: customers, agents, and the clock on the wall.

The store is SQLite in a folder of the test, the sockets are real ones on a free port. Time stands still until a story
moves it; then timers fire as they would.
"""

import asyncio
import contextlib
import itertools
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from argon2 import PasswordHasher
from sqlalchemy import text

from app import pack as packs
from app.backends import Backends
from app.lanes import BEAT_EVERY
from app.pack import Pack
from app.server import FRAME_LIMIT, Server, application, bind
from app.settings import Settings, load
from app.wiring import System
from bot.understanding.native import Understander
from core import events as e
from core.conversation import PREFIX, Conversation
from core.time import SECOND, from_iso
from knowledge.index_memory import MemoryIndex
from knowledge.search import Knowledge
from store.settled import User, UserRows
from tests.stories.people import Agent, Customer

MORNING = from_iso("2026-09-01T02:00:00Z")
"""A Tuesday, ten in the morning in Shanghai."""

PASSWORD = "correct horse battery"
PATIENCE = 20.0
"""Real seconds that a story waits for anything before it fails."""
HOP = 30 * SECOND
"""Agents at their desks are heard of at least this often while time passes."""


class Clock:
    """The time that the service sees, in microseconds since the epoch, and its way to wait."""

    def __init__(self, now: int = MORNING) -> None:
        self.now = now
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def __call__(self) -> int:
        return self.now

    def move(self, microseconds: int) -> None:
        """Lets time pass; who waited until then goes on."""
        self.now += microseconds
        due = [future for at, future in self._waiting if at <= self.now and not future.done()]
        self._waiting = [(at, future) for at, future in self._waiting if at > self.now]
        for future in due:
            future.set_result(None)

    async def sleep(self, seconds: float) -> None:
        """Pauses before another attempt are over at once; the heartbeat waits for the clock."""
        if seconds < BEAT_EVERY:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((self.now + round(seconds * SECOND), future))
        await future


class Shared:
    """What all worlds have in common: the trained pack, and a database with its pages already published."""

    def __init__(self, folder: Path, pack: Pack, native: Understander) -> None:
        self.folder = folder
        self.pack = pack
        self.native = native
        self.index = MemoryIndex()
        self.database = folder / "template.db"
        self.password = PasswordHasher().hash(PASSWORD)

    async def prepare(self) -> None:
        """Makes the template."""
        settings = load(data=self.folder, database_url=f"sqlite:///{self.database}", _env_file=None)
        backends = await Backends.open(settings, "template", Clock())
        try:
            knowledge = Knowledge(backends.documents, self.index)
            await knowledge.ingest(self.pack.knowledge)
        finally:
            await backends.stop()
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def changed(pack: Pack, folder: Path, files: dict[str, str]) -> Pack:
    """A copy of a pack in `folder` with other files in it (path → text)."""
    copy = folder / "changed-pack"
    shutil.copytree(pack.folder, copy)
    for name, words in files.items():
        (copy / name).write_text(words, encoding="utf-8")
    return packs.load(copy)


class World:
    """One service. `pack` and `index` replace the shared ones; `settings` are those of the service."""

    def __init__(self, shared: Shared, folder: Path, pack: Pack | None = None, **settings: Any) -> None:
        self.shared = shared
        self.folder = folder
        self.pack = pack or shared.pack
        self.index = shared.index if pack is None else MemoryIndex()
        self.settings: Settings = load(data=folder, widget_secret="the page's secret", _env_file=None, **settings)
        self.clock = Clock()
        self.numbers = itertools.count(1)
        self.agents: list[Agent] = []
        self._customers: list[Customer] = []
        self._stack = contextlib.AsyncExitStack()
        self._rewire: Callable[[System], None] = lambda system: None

    @property
    def address(self) -> str:
        """Where the service listens: `127.0.0.1:port`."""
        return f"127.0.0.1:{self._port}"

    async def open(self) -> "World":
        """Starts the service."""
        path = self.settings.sqlite_path
        assert path is not None
        shutil.copy(self.shared.database, path)
        await self._start()
        return self

    async def _start(self) -> None:
        backends = await Backends.open(self.settings, f"process-{next(self.numbers)}", self.clock)
        knowledge = Knowledge(backends.documents, self.index)
        self.system = System(
            self.settings, backends, self.pack, self.shared.native, knowledge, self.clock, self.clock.sleep
        )
        self._rewire(self.system)
        await self.system.start()
        self._stack.push_async_callback(self.system.stop)
        await self._stack.enter_async_context(self._listening())
        self.http = await self._stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://{self.address}", timeout=PATIENCE, trust_env=False)
        )

    @contextlib.asynccontextmanager
    async def _listening(self) -> AsyncIterator[None]:
        listener = bind("127.0.0.1", 0)
        self._port = listener.getsockname()[1]
        self.app = application(self.system)
        config = uvicorn.Config(
            self.app, log_config=None, access_log=False, lifespan="off", ws="websockets-sansio",
            ws_per_message_deflate=False, ws_max_size=FRAME_LIMIT, timeout_graceful_shutdown=2,
        )  # fmt: skip
        server = _Quiet(config, self.system)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield
        finally:
            server.over.set()
            await task

    async def close(self) -> None:
        """Stops the service and hangs up everybody."""
        await self._stack.aclose()
        for customer in self._customers:
            await customer.leave()
        for agent in self.agents:
            await agent.leave()

    async def restart(self, rewire: Callable[[System], None] | None = None) -> None:
        """The process ends and another one begins on the same data; `rewire` changes its parts before it starts."""
        await self.close()
        self._rewire = rewire or self._rewire
        self.agents, self._customers = [], []
        await self._start()

    # People ----------------------------------------------------------------------------------------------------

    async def customer(self, language: str = "zh", **opening: Any) -> Customer:
        """Somebody opens the widget; keywords go into the request (`identity`, `continues` …)."""
        proof = opening.pop("proof", None)
        headers = {"Authorization": f"Bearer {proof}"} if proof else {}
        answer = await self.http.post(
            "/api/v1/webchat/conversations", json={"locale": language, **opening}, headers=headers
        )
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        customer = Customer(self, opened["conversation"], opened["token"])
        self._customers.append(customer)
        await customer.connect()
        return customer

    async def again(self, customer: Customer, after: int = 0) -> Customer:
        """The same conversation in another tab."""
        other = Customer(self, customer.conversation, customer.token)
        self._customers.append(other)
        await other.connect(after)
        return other

    async def user(self, name: str, role: str = "agent", **details: Any) -> None:
        """An account for a service person; the password's hash is made once for all worlds."""
        display = details.pop("display", name.title())
        user = User(name, display, role, self.shared.password, created_at=self.clock.now, **details)
        assert await UserRows(self.system.backends.engine).add(user)

    async def sign_in(self, name: str, password: str = PASSWORD) -> dict[str, Any]:
        """The answer of `/auth/token`."""
        answer = await self.http.post("/api/v1/auth/token", json={"username": name, "password": password})
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    async def staff(self, name: str, role: str = "agent", **details: Any) -> Agent:
        """A service person who has signed in and works without the desk's socket."""
        await self.user(name, role, **details)
        return Agent(self, name, self.system.tokens.pair(name, role, 0)[0])

    async def agent(self, name: str, **details: Any) -> Agent:
        """An agent who sits at the desk and is available."""
        agent = await self.staff(name, **details)
        self.agents.append(agent)
        await agent.connect()
        return agent

    async def second_tab(self, agent: Agent) -> Agent:
        """The same agent at another desk."""
        other = Agent(self, agent.name, agent.token)
        self.agents.append(other)
        await other.connect()
        return other

    # Time ------------------------------------------------------------------------------------------------------

    async def pass_time(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Lets time pass and everything happen that was due in it. Long spans go by in leaps from timer to timer."""
        end = self.clock.now + round((hours * 3600 + minutes * 60 + seconds) * SECOND)
        while self.clock.now < end:
            due = await self._next_timer()
            leap = min(end, due if due is not None and due > self.clock.now else end)
            await self._until(leap)
            await self.settled()

    async def _until(self, instant: int) -> None:
        while self.clock.now < instant:
            self.clock.move(min(HOP, instant - self.clock.now))
            for agent in self.agents:
                if agent.present:
                    await self.system.presence.beat(agent.name)
        await self.system.jobs.beat(self.clock.now)
        self.system.line.soon()

    async def _next_timer(self) -> int | None:
        async with self.system.backends.engine.connect() as connection:
            row = await connection.execute(
                text("SELECT min(due) FROM jobs WHERE due > :now"), {"now": self.clock.now}
            )
            due: int | None = row.scalar_one()
            return due

    async def settled(self) -> None:
        """Returns when no reaction is at work or due."""
        await self.until(self._quiet)

    async def _quiet(self) -> bool:
        if self.system.lanes.busy:
            return False
        async with self.system.backends.engine.connect() as connection:
            row = await connection.execute(
                text("SELECT count(*) FROM jobs WHERE due <= :now"), {"now": self.clock.now}
            )
            if row.scalar_one() == 0:
                return not self.system.lanes.busy
        self.system.lanes.wake()
        return False

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Returns when the condition holds; fails after PATIENCE."""
        async with asyncio.timeout(PATIENCE):
            while not await condition():  # noqa: ASYNC110 (conditions of many kinds, looked at anew)
                await asyncio.sleep(0)

    # What is written down ----------------------------------------------------------------------------------------

    async def log(self, conversation: str) -> list[e.Recorded]:
        """Every event of a conversation."""
        return await self.system.store.read(PREFIX + conversation)

    async def of(self, conversation: str, kind: type[e.Event]) -> list[Any]:
        """The events of one kind."""
        return [recorded.event for recorded in await self.log(conversation) if isinstance(recorded.event, kind)]

    async def fold(self, conversation: str) -> Conversation:
        """The conversation as it is now."""
        return await self.system.log.conversation(conversation, fresh=True)

    async def mode(self, conversation: str) -> str:
        """bot, waiting, human or closed."""
        return (await self.fold(conversation)).mode


class _Quiet(Server):
    """A server that leaves the signals of the test run alone and ends without looking at the time."""

    def __init__(self, config: uvicorn.Config, system: System) -> None:
        super().__init__(config, system)
        self.over = asyncio.Event()

    async def main_loop(self) -> None:
        """See uvicorn."""
        await self.over.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """See uvicorn."""
        yield
