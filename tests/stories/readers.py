"""Readers of messages that keep a turn busy, or break it."""

import asyncio

from bot.dialogue import Dialogue
from core.ports import Understander, Understanding
from tests.stories.world import World


def understand_with(world: World, reader: Understander) -> None:
    """Puts another reader of messages into the running service."""
    system = world.system
    system.turns.dialogue = Dialogue(world.pack.bot, reader, system.answers, system.tickets, system.actions)


class Gated:
    """Reads the first message only when the gate opens."""

    def __init__(self, inner: Understander) -> None:
        self.inner = inner
        self.reached, self.gate = asyncio.Event(), asyncio.Event()

    async def understand(self, text: str, language: str) -> Understanding:
        """See `core.ports.Understander`."""
        self.reached.set()
        await self.gate.wait()
        return await self.inner.understand(text, language)
