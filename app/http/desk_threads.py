"""What one desk has been told of each conversation: every event once and in order, whatever happens meanwhile."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from app.http.frames import Frames
from channels.webchat import for_agent_bytes
from core.conversation import PREFIX
from core.events import Recorded

Read = Callable[[str, int], Awaitable[list[Recorded]]]
"""(stream, after) → the events that follow."""


class Threads:
    """A hole is read from the log before anything behind it is told: events of other processes may come without those
    before them."""

    def __init__(self, frames: Frames[Any], read: Read, soon: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._frames = frames
        self._read = read
        self._soon = soon
        self._told: dict[str, int] = {}
        self._filling: dict[str, bool] = {}

    def known(self, conversation: str, seq: int) -> None:
        """The desk has everything up to `seq`."""
        self._told[conversation] = seq

    def tell(self, conversation: str, recorded: Recorded) -> None:
        """Passes an event on, unless it was told before; one of a conversation that this desk has not been told of yet
        is the first that it wants."""
        told = self._told.get(conversation, 0)
        if recorded.seq <= told:
            return
        if told and recorded.seq > told + 1:
            if conversation not in self._filling:
                self._soon(self._fill(conversation))
            self._filling[conversation] = True
            return
        self._told[conversation] = recorded.seq
        event = for_agent_bytes(recorded).decode()
        self._frames.push_text(f'{{"type":"event","conversation":"{conversation}","event":{event}}}')

    async def fill(self, conversation: str) -> None:
        """Tells everything that the log has by now."""
        for recorded in await self._read(PREFIX + conversation, self._told[conversation]):
            self.tell(conversation, recorded)

    async def _fill(self, conversation: str) -> None:
        try:
            while self._filling[conversation]:
                self._filling[conversation] = False
                await self.fill(conversation)
        finally:
            del self._filling[conversation]
