"""Wakes between processes: heard by the others, never by oneself, and back after an outage."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

import pytest
import pytest_asyncio

from store.pgwakes import PostgresWakes
from store.redis import Link, RedisWakes
from store.wakes import LocalWakes, Wake, heard_from_others, messages
from tests.proxy import Proxy
from tests.servers import Postgres, Redis

pytestmark = pytest.mark.asyncio


class Wakes(Protocol):
    def send(self, streams: Sequence[str]) -> None: ...
    async def listen(self, heard: Callable[[Sequence[str]], None]) -> None: ...
    async def close(self) -> None: ...


class Ear:
    """A process that listens."""

    def __init__(self, wakes: Wakes) -> None:
        self.calls: list[tuple[str, ...]] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(wakes.listen(self._heard))

    def _heard(self, streams: Sequence[str]) -> None:
        self.calls.append(tuple(streams))
        self._news.set()

    @property
    def streams(self) -> list[str]:
        return [stream for call in self.calls for stream in call]

    async def news(self) -> None:
        self._news.clear()
        await self._news.wait()

    async def close(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


class Way:
    """A way between processes, through a proxy that can be cut."""

    def __init__(self, kind: str, proxy: Proxy, database: str) -> None:
        self.kind, self.proxy, self._database = kind, proxy, database
        self._links: list[Link] = []

    def wakes(self, owner: str) -> Wakes:
        if self.kind == "postgres":
            url = f"postgresql://switchboard@127.0.0.1:{self.proxy.port}/{self._database}?sslmode=disable"
            return PostgresWakes(url, owner)
        self._links.append(Link(f"redis://127.0.0.1:{self.proxy.port}", pause=0.02))
        return RedisWakes(self._links[-1], owner)

    async def close(self) -> None:
        for link in self._links:
            await link.close()


@pytest_asyncio.fixture(params=["postgres", "redis"])
async def way(request: pytest.FixtureRequest) -> AsyncIterator[Way]:
    server: Postgres | Redis = request.getfixturevalue("postgres" if request.param == "postgres" else "redis_server")
    async with Proxy(server.socket) as proxy:
        one = Way(request.param, proxy, "postgres")
        yield one
        await one.close()


async def _until_heard(sender: Wakes, ear: Ear, stream: str) -> None:
    """Says it until it is heard: messages before somebody listens are lost, and may be."""
    async with asyncio.timeout(20):
        while stream not in ear.streams:
            sender.send([stream])
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ear.news(), 0.05)


async def test_others_hear_and_the_sender_does_not(way: Way) -> None:
    one, two = way.wakes("one"), way.wakes("two")
    mine, theirs = Ear(one), Ear(two)
    await _until_heard(two, mine, "warm up")
    await _until_heard(one, theirs, "ready")
    one.send(["conversation:ä", "conversation:b"])
    one.send(["conversation:b", "last"])
    async with asyncio.timeout(10):
        while "last" not in theirs.streams:
            await theirs.news()
    assert theirs.calls[-1] == ("conversation:ä", "conversation:b", "last"), "one message for one tick"
    assert set(mine.streams) == {"warm up"}
    for each in (mine, theirs, one, two):
        await each.close()


async def test_many_streams_come_in_as_many_messages_as_they_need(way: Way) -> None:
    one, two = way.wakes("one"), way.wakes("two")
    ear = Ear(two)
    await _until_heard(one, ear, "ready")
    streams = [f"conversation:{n:060}" for n in range(500)]
    one.send(streams)
    async with asyncio.timeout(10):
        while streams[-1] not in ear.streams:
            await ear.news()
    assert [stream for stream in ear.streams if stream != "ready"] == streams
    for each in (ear, one, two):
        await each.close()


async def test_after_an_outage_everything_is_looked_at_and_messages_come_again(way: Way) -> None:
    one, two = way.wakes("one"), way.wakes("two")
    ear = Ear(two)
    await _until_heard(one, ear, "before")
    way.proxy.cut()
    one.send(["lost"])
    ear.calls.clear()
    way.proxy.restore()
    async with asyncio.timeout(10):
        while () not in ear.calls:
            await ear.news()
    await _until_heard(one, ear, "after")
    assert ear.calls.index(()) == 0
    for each in (ear, one, two):
        await each.close()


async def test_a_silent_connection_is_found_out(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("store.pgwakes", "store.redis"):
        monkeypatch.setattr(f"{module}.PROBE_EVERY", 0.1)
    one, two = way.wakes("one"), way.wakes("two")
    ear = Ear(two)
    await _until_heard(one, ear, "before")
    way.proxy.blackhole()
    ear.calls.clear()
    async with asyncio.timeout(10):
        await way.proxy.connected()
    way.proxy.restore()
    async with asyncio.timeout(20):
        while () not in ear.calls:
            await ear.news()
    for each in (ear, one, two):
        await each.close()


async def test_one_process_has_nobody_to_wake() -> None:
    wakes = LocalWakes()
    ear = Ear(wakes)
    wakes.send(["conversation:a"])
    await asyncio.sleep(0)
    assert ear.calls == []
    await ear.close()
    await wakes.close()


async def test_what_is_not_a_wake_is_ignored() -> None:
    assert heard_from_others("me", b"\x00 not json") == ()
    assert heard_from_others("me", b'{"sender": "you"}') == ()
    (message,) = messages("you", ["a"])
    assert heard_from_others("me", message) == ("a",)
    assert heard_from_others("you", message) == ()
    assert Wake("you", ("a",)).streams == ("a",)
