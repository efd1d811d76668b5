"""Presence and limits: the same in memory, in SQL and in Redis, with Redis cut off in the midst, and back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from core.errors import Invalid
from core.ports import Limits
from core.time import MINUTE, SECOND
from handoff.ports import ALIVE_SECONDS, AgentState, Presence
from handoff.presence import MemoryPresence
from store.limits import MemoryLimits
from store.migrate import upgrade_sqlite
from store.postgres import postgres_engine
from store.presence import SqlPresence
from store.redis import Link, RedisLimits, RedisPresence
from store.sqlite import engine_for
from tests.proxy import Proxy
from tests.servers import Redis

pytestmark = pytest.mark.asyncio


class Clock:
    def __init__(self) -> None:
        self.now = 1_790_000_000 * SECOND

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@contextlib.asynccontextmanager
async def sqlite_at(folder: Path) -> AsyncIterator[AsyncEngine]:
    upgrade_sqlite(folder / "switchboard.db")
    engine = engine_for(folder / "switchboard.db")
    yield engine
    await engine.dispose()


@contextlib.asynccontextmanager
async def linked(proxy: Proxy) -> AsyncIterator[Link]:
    one = Link(f"redis://127.0.0.1:{proxy.port}", pause=0.02)
    yield one
    await one.close()


@pytest_asyncio.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with sqlite_at(tmp_path) as engine:
        yield engine


@pytest_asyncio.fixture
async def proxy(redis_url: str, redis_server: Redis) -> AsyncIterator[Proxy]:
    async with Proxy(redis_server.socket) as one:
        yield one


@pytest_asyncio.fixture
async def link(proxy: Proxy) -> AsyncIterator[Link]:
    async with linked(proxy) as one:
        yield one


@pytest_asyncio.fixture(params=["memory", "sqlite", "postgres", "redis", "redis_gone"])
async def presence(request: pytest.FixtureRequest, clock: Clock, tmp_path: Path) -> AsyncIterator[Presence]:
    """Each kind in turn; a server runs only where it is needed."""
    async with contextlib.AsyncExitStack() as stack:
        if request.param == "memory":
            yield MemoryPresence(clock)
            return
        if request.param == "postgres":
            engine = postgres_engine(request.getfixturevalue("postgres_url"))
            stack.push_async_callback(engine.dispose)
            yield SqlPresence(engine, clock)
            return
        rows = SqlPresence(await stack.enter_async_context(sqlite_at(tmp_path)), clock)
        if request.param == "sqlite":
            yield rows
            return
        request.getfixturevalue("redis_url")
        proxy = await stack.enter_async_context(Proxy(request.getfixturevalue("redis_server").socket))
        if request.param == "redis_gone":
            proxy.cut()
        yield RedisPresence(await stack.enter_async_context(linked(proxy)), rows, clock)


async def test_who_enters_is_there_until_gone(presence: Presence, clock: Clock) -> None:
    await presence.set("li", "available", 3, name="李雷", languages=("zh",), skills=("faults", "general"))
    await presence.set("anna", "busy", 0)
    li = AgentState("li", "李雷", "available", 3, 0, ("zh",), ("faults", "general"), clock.now)
    anna = AgentState("anna", "", "busy", 0, 0, (), (), clock.now)
    assert await presence.all() == [anna, li]
    await presence.gone("anna")
    await presence.gone("nobody")
    assert await presence.all() == [li]


async def test_who_sends_no_beat_is_gone(presence: Presence, clock: Clock) -> None:
    await presence.set("anna", "available", 3)
    await presence.set("li", "available", 3)
    clock.now += (ALIVE_SECONDS - 1) * SECOND
    await presence.beat("anna")
    clock.now += SECOND
    assert [state.agent for state in await presence.all()] == ["anna"]
    await presence.beat("li")
    await presence.loaded("li", 1)
    assert [state.agent for state in await presence.all()] == ["anna"]
    await presence.set("li", "available", 3)
    (_, li) = await presence.all()
    assert (li.agent, li.load, li.idle_since) == ("li", 0, clock.now)


async def test_load_and_idle_time(presence: Presence, clock: Clock) -> None:
    entered = clock.now
    await presence.set("anna", "available", 3)
    clock.now += SECOND
    await presence.loaded("anna", 2)
    (anna,) = await presence.all()
    assert (anna.load, anna.idle_since) == (2, entered)
    clock.now += SECOND
    await presence.set("anna", "available", 5)
    (anna,) = await presence.all()
    assert (anna.load, anna.capacity, anna.idle_since) == (2, 5, entered)
    await presence.loaded("anna", 1)
    (anna,) = await presence.all()
    assert (anna.load, anna.idle_since) == (1, clock.now)
    await presence.set("anna", "away", 5)
    clock.now += SECOND
    await presence.set("anna", "available", 5)
    (anna,) = await presence.all()
    assert (anna.state, anna.load, anna.idle_since) == ("available", 1, clock.now)


async def test_a_wrong_state_is_refused(presence: Presence) -> None:
    with pytest.raises(Invalid):
        await presence.set("anna", "asleep", 3)
    with pytest.raises(Invalid):
        await presence.set("anna", "busy", -1)
    assert await presence.all() == []


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110 (the condition is another server's)
            await asyncio.sleep(0.005)


async def test_presence_outlives_redis(proxy: Proxy, link: Link, sqlite: AsyncEngine, clock: Clock) -> None:
    presence = RedisPresence(link, SqlPresence(sqlite, clock), clock)
    await presence.set("anna", "available", 3)
    await presence.set("li", "available", 3)
    with capture_logs() as logs:
        proxy.cut()
        assert [state.agent for state in await presence.all()] == ["anna", "li"]
        await presence.set("anna", "away", 3)
        await presence.gone("li")
        await presence.set("wang", "busy", 1)
        for _ in range(20):
            await presence.beat("anna")
            assert [(s.agent, s.state) for s in await presence.all()] == [("anna", "away"), ("wang", "busy")]
        proxy.restore()

        async def back() -> bool:
            await presence.all()
            return link.up

        await _until(back)
    assert [(s.agent, s.state) for s in await presence.all()] == [("anna", "away"), ("wang", "busy")]
    assert [entry["event"] for entry in logs] == ["redis_gone", "redis_back"]
    other = RedisPresence(link, SqlPresence(sqlite, clock), clock)
    assert await other.all() == await presence.all()


async def test_an_emptied_redis_is_filled_again(link: Link, sqlite: AsyncEngine, clock: Clock) -> None:
    presence = RedisPresence(link, SqlPresence(sqlite, clock), clock)
    await presence.set("anna", "available", 3)
    await link.redis.flushall()
    assert [state.agent for state in await presence.all()] == ["anna"]
    assert await link.redis.exists("switchboard:presence") == 1


# Limits ----------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(params=["memory", "redis", "redis_gone"])
async def limits(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Limits]:
    if request.param == "memory":
        yield MemoryLimits(clock)
        return
    request.getfixturevalue("redis_url")
    async with Proxy(request.getfixturevalue("redis_server").socket) as proxy, linked(proxy) as link:
        if request.param == "redis_gone":
            proxy.cut()
        yield RedisLimits(link, MemoryLimits(clock))


async def test_a_minutes_worth_and_no_more(limits: Limits) -> None:
    allowed = [await limits.allow("address:1", 5) for _ in range(8)]
    assert allowed == [True] * 5 + [False] * 3
    assert await limits.allow("address:2", 5)
    assert not await limits.allow("address:3", 0)


async def test_all_at_once_get_no_more_than_one_by_one(limits: Limits) -> None:
    allowed = await asyncio.gather(*(limits.allow("k", 10) for _ in range(40)))
    assert sum(allowed) == 10


async def test_the_bucket_fills_again_with_time(clock: Clock) -> None:
    limits = MemoryLimits(clock)
    assert [await limits.allow("k", 6) for _ in range(7)] == [True] * 6 + [False]
    clock.now += MINUTE // 6
    assert [await limits.allow("k", 6) for _ in range(2)] == [True, False]
    clock.now += 10 * MINUTE
    assert [await limits.allow("k", 6) for _ in range(7)] == [True] * 6 + [False]
    clock.now -= MINUTE
    assert not await limits.allow("k", 6)


async def test_the_bucket_in_redis_fills_again_with_time(link: Link, clock: Clock) -> None:
    limits = RedisLimits(link, MemoryLimits(clock))
    fast = 6000
    assert [await limits.allow("k", fast) for _ in range(3)] == [True] * 3
    await link.redis.hset("switchboard:limit:k", "tokens", "0")
    await _until(lambda: limits.allow("k", fast))
    assert 0 < await link.redis.pttl("switchboard:limit:k") <= 61_000


async def test_memory_is_bounded(clock: Clock) -> None:
    limits = MemoryLimits(clock, keys_kept=100)
    for number in range(1000):
        assert await limits.allow(str(number), 1)
    assert len(limits._buckets) == 100
    assert not await limits.allow("999", 1)


async def test_limits_outlive_redis(proxy: Proxy, link: Link, clock: Clock) -> None:
    limits = RedisLimits(link, MemoryLimits(clock))
    assert [await limits.allow("k", 2) for _ in range(3)] == [True, True, False]
    proxy.cut()
    assert [await limits.allow("k", 2) for _ in range(3)] == [True, True, False], "each process by itself"
    proxy.restore()

    async def back() -> bool:
        await limits.allow("other", 1000)
        return link.up

    await _until(back)
    assert not await limits.allow("k", 2)


async def test_a_silent_redis_costs_one_wait(proxy: Proxy, redis_server: Redis, clock: Clock) -> None:
    link = Link(f"redis://127.0.0.1:{proxy.port}", pause=60)
    limits = RedisLimits(link, MemoryLimits(clock))
    assert await limits.allow("k", 100)
    proxy.blackhole()
    loop = asyncio.get_running_loop()
    before = loop.time()
    for _ in range(50):
        assert await limits.allow("k", 100)
    assert loop.time() - before < 4
    proxy.restore()
    await link.close()
