"""Telling other processes that streams have grown, by PostgreSQL's LISTEN and NOTIFY."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
import structlog

from core.errors import Unavailable
from store.pgwriter import LOST, Line, dsn
from store.wakes import CHANNEL, LISTENING_PAUSE, PROBE_EVERY, Outbox, heard_from_others, messages

log = structlog.get_logger()


class PostgresWakes:
    """Implements `core.ports.Wakes`. A message that finds no connection is dropped: everybody also polls."""

    def __init__(self, url: str, owner: str) -> None:
        self.owner = owner
        self._url = dsn(url)
        self._line = Line(self._url)
        self._outbox = Outbox(self._publish)

    def send(self, streams: Sequence[str]) -> None:
        """See `core.ports.Wakes`."""
        self._outbox.add(streams)

    async def close(self) -> None:
        """Sends what is left and closes the sending connection."""
        await self._outbox.close()
        await self._line.close()

    async def _publish(self, streams: list[str]) -> None:
        try:
            connection = await self._line.open()
            for message in messages(self.owner, streams):
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, message.decode())
        except (*LOST, asyncpg.PostgresError, Unavailable):
            self._line.drop()

    async def listen(self, heard: Callable[[Sequence[str]], None]) -> None:
        """See `core.ports.Wakes`. After a lost connection `heard` gets an empty sequence: look at everything."""
        again = down = False
        while True:
            try:
                connection = await asyncpg.connect(self._url, timeout=5, command_timeout=PROBE_EVERY)
                try:
                    await self._attend(connection, heard, again)
                finally:
                    connection.terminate()
            except (*LOST, asyncpg.PostgresError) as error:
                if not down:
                    log.warning("wakes_lost", error=str(error) or type(error).__name__)
                down = True
            else:
                down = False
            again = True
            await asyncio.sleep(LISTENING_PAUSE)

    async def _attend(
        self, connection: "asyncpg.Connection[Any]", heard: Callable[[Sequence[str]], None], again: bool
    ) -> None:
        """Returns when the connection has ended; a probe in every silence finds out when it is merely dead."""
        ended = asyncio.Event()

        def notified(_: Any, pid: int, channel: str, message: object) -> None:
            streams = heard_from_others(self.owner, str(message))
            if streams:
                heard(streams)

        connection.add_termination_listener(lambda _: ended.set())
        await connection.add_listener(CHANNEL, notified)
        if again:
            heard(())
        while not ended.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PROBE_EVERY):
                    await ended.wait()
            if not ended.is_set():
                await connection.execute("SELECT 1")
