"""What several processes share through Redis, and all of it can be lost: wakes, presence, limits.

While Redis is gone wakes are left to polling, presence to SQL and limits to each process; it comes back by itself.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from core.ports import Limits
from core.time import SECOND, Clock
from handoff.ports import ALIVE_SECONDS, AgentState, Presence
from store.presence import entered, loaded
from store.wakes import CHANNEL, LISTENING_PAUSE, PROBE_EVERY, Outbox, heard_from_others, messages

log = structlog.get_logger()

ANSWER_WITHIN = 1.0
"""Seconds for one command."""
CONNECTIONS = 16
"""At most; who finds them all busy waits for one."""
PAUSE = 1.0
"""Seconds for which a Redis that did not answer is left alone."""
LOST = (RedisError, OSError, asyncio.IncompleteReadError)


def client(url: str, retries: int = 1) -> "Redis":
    """A client that gives up quickly: redis-py's own retries hold a dead connection for many seconds."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=ANSWER_WITHIN,
        socket_timeout=ANSWER_WITHIN,
        socket_connect_timeout=ANSWER_WITHIN,
        retry=Retry(NoBackoff(), retries),
    )
    return Redis.from_pool(pool)


class Link:
    """Redis as long as it is there. One log line for each outage."""

    def __init__(self, url: str, pause: float = PAUSE) -> None:
        self.url = url
        self.redis = client(url)
        self.up = True
        self._pause = pause
        self._not_before = 0.0

    async def ask(self, question: Callable[["Redis"], Awaitable[Any]]) -> Any:
        """The answer, or None while Redis is gone."""
        if not self.up and time.monotonic() < self._not_before:
            return None
        try:
            answer = await question(self.redis)
        except LOST as error:
            if self.up:
                log.warning("redis_gone", error=str(error) or type(error).__name__)
            self.up = False
            self._not_before = time.monotonic() + self._pause
            return None
        if not self.up:
            log.info("redis_back")
        self.up = True
        return answer

    async def close(self) -> None:
        """Closes the connections."""
        await self.redis.aclose()


class RedisWakes:
    """Implements `core.ports.Wakes` by Pub/Sub, which loses messages at every reconnection: everybody also polls."""

    def __init__(self, link: Link, owner: str) -> None:
        self.owner = owner
        self._link = link
        self._outbox = Outbox(self._publish)

    def send(self, streams: Sequence[str]) -> None:
        """See `core.ports.Wakes`."""
        self._outbox.add(streams)

    async def close(self) -> None:
        """Sends what is left."""
        await self._outbox.close()

    async def _publish(self, streams: list[str]) -> None:
        for message in messages(self.owner, streams):
            await self._link.ask(lambda redis, message=message: redis.publish(CHANNEL, message))  # type: ignore[misc]

    async def listen(self, heard: Callable[[Sequence[str]], None]) -> None:
        """See `core.ports.Wakes`. After a lost connection `heard` gets an empty sequence: look at everything."""
        again = down = False
        while True:
            redis = client(self._link.url, retries=0)
            subscription = redis.pubsub()
            try:
                await subscription.subscribe(CHANNEL)
                if again:
                    heard(())
                down = False
                await self._attend(subscription, heard)
            except LOST as error:
                if not down:
                    log.warning("wakes_lost", error=str(error) or type(error).__name__)
                down = again = True
            finally:
                with contextlib.suppress(*LOST):
                    await subscription.aclose()  # type: ignore[no-untyped-call]
                    await redis.aclose()
            await asyncio.sleep(LISTENING_PAUSE)

    async def _attend(self, subscription: PubSub, heard: Callable[[Sequence[str]], None]) -> None:
        """Never returns; raises when the connection is lost, or silent after a probe."""
        probed = False
        while True:
            message = await subscription.get_message(timeout=PROBE_EVERY)
            if message is None:
                if probed:
                    raise TimeoutError("Redis does not answer a probe")
                await subscription.ping()
                probed = True
                continue
            probed = False
            if message["type"] == "message":
                streams = heard_from_others(self.owner, message["data"])
                if streams:
                    heard(streams)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(AgentState).decode

ENTRIES, SEEN = "switchboard:presence", "switchboard:presence:seen"


class RedisPresence:
    """Implements `handoff.ports.Presence`. Every change also goes to `fallback`, which answers while Redis is gone
    and fills it again when it is back."""

    def __init__(self, link: Link, fallback: Presence, clock: Clock) -> None:
        self._link = link
        self._fallback = fallback
        self._clock = clock
        self._stale = True

    async def set(
        self,
        agent: str,
        state: str,
        capacity: int,
        *,
        name: str = "",
        languages: tuple[str, ...] = (),
        skills: tuple[str, ...] = (),
    ) -> None:
        """See `handoff.ports.Presence`."""
        await self._fallback.set(agent, state, capacity, name=name, languages=languages, skills=skills)
        now = self._clock()
        entry = AgentState(agent, name, state, capacity, 0, languages, skills, now)
        await self._change(agent, lambda before: entered(before, entry, now))

    async def loaded(self, agent: str, load: int) -> None:
        """See `handoff.ports.Presence`."""
        await self._fallback.loaded(agent, load)
        now = self._clock()
        await self._change(agent, lambda before: loaded(before, load, now) if before else None, beat=False)

    async def beat(self, agent: str) -> None:
        """See `handoff.ports.Presence`."""
        await self._fallback.beat(agent)
        await self._change(agent, lambda before: before)

    async def all(self) -> list[AgentState]:
        """See `handoff.ports.Presence`."""
        entries = await self._entries()
        if entries is None:
            return await self._fallback.all()
        return [entries[agent] for agent in sorted(entries)]

    async def gone(self, agent: str) -> None:
        """See `handoff.ports.Presence`."""
        await self._fallback.gone(agent)

        async def remove(redis: "Redis") -> None:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.hdel(ENTRIES, agent)
                pipe.zrem(SEEN, agent)
                await pipe.execute()

        await self._link.ask(remove)
        self._stale = self._stale or not self._link.up

    async def _change(
        self, agent: str, change: Callable[[AgentState | None], AgentState | None], beat: bool = True
    ) -> None:
        entries = await self._entries()
        after = change(entries.get(agent)) if entries is not None else None
        if after is None:
            return

        async def write(redis: "Redis") -> None:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.hset(ENTRIES, agent, _encode(after))
                if beat:
                    pipe.zadd(SEEN, {agent: self._clock()})
                await pipe.execute()

        await self._link.ask(write)
        self._stale = self._stale or not self._link.up

    async def _entries(self) -> dict[str, AgentState] | None:
        """Everybody alive; None while Redis is gone."""
        if self._stale and not await self._fill():
            return None
        oldest = self._clock() - ALIVE_SECONDS * SECOND

        async def read(redis: "Redis") -> tuple[dict[bytes, bytes], list[bytes], int]:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.hgetall(ENTRIES)
                pipe.zrangebyscore(SEEN, f"({oldest}", "+inf")
                pipe.exists(SEEN)
                states, seen, filled = await pipe.execute()
                return states, seen, filled

        answer = await self._link.ask(read)
        if answer is None:
            self._stale = True
            return None
        states, seen, filled = answer
        if not filled:
            # An empty Redis is a new one, or nobody is there: what SQL says holds either way.
            await self._fill()
            return {state.agent: state for state in await self._fallback.all()}
        return {agent.decode(): _decode(states[agent]) for agent in seen if agent in states}

    async def _fill(self) -> bool:
        """Puts what SQL says into Redis; returns whether Redis is there."""
        states = await self._fallback.all()
        now = self._clock()

        async def write(redis: "Redis") -> bool:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.delete(ENTRIES, SEEN)
                for state in states:
                    pipe.hset(ENTRIES, state.agent, _encode(state))
                    pipe.zadd(SEEN, {state.agent: now})
                await pipe.execute()
            return True

        self._stale = not await self._link.ask(write)
        return not self._stale


_BUCKET = """
local most, now = tonumber(ARGV[1]), redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(kept[1]) or most
tokens = math.min(most, tokens + math.max(0, now - (tonumber(kept[2]) or now)) * most / 60000)
local allowed = 0
if tokens >= 1 then
  tokens = tokens - 1
  allowed = 1
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now)
redis.call('PEXPIRE', KEYS[1], 61000)
return allowed
"""
"""A token bucket by the clock of Redis, which all processes share."""


class RedisLimits:
    """Implements `core.ports.Limits`. While Redis is gone each process counts for itself, in `fallback`."""

    def __init__(self, link: Link, fallback: Limits) -> None:
        self._link = link
        self._fallback = fallback

    async def allow(self, key: str, per_minute: int) -> bool:
        """See `core.ports.Limits`."""
        answer = await self._link.ask(lambda redis: redis.eval(_BUCKET, 1, f"switchboard:limit:{key}", per_minute))
        if answer is None:
            return await self._fallback.allow(key, per_minute)
        return bool(answer)
