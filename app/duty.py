"""Who sits at a desk here: on duty from the first open desk until a moment after the last one is gone."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from app.people import People
from handoff.ports import AVAILABLE, AgentState, Presence
from handoff.routing import Routing
from store.settled import User

GRACE_SECONDS = 10.0
"""How long an agent whose last desk went stays on duty: a reload is no leaving."""


class Duty:
    """The desks of this process. `sleep` waits for so many seconds; `changed` is called when somebody left, `told` when
    somebody has said how they are."""

    def __init__(
        self,
        presence: Presence,
        people: People,
        routing: Callable[[], Routing],
        changed: Callable[[], None],
        sleep: Callable[[float], Awaitable[None]],
        told: Callable[[], Awaitable[object]],
    ) -> None:
        self._presence = presence
        self._people = people
        self._routing = routing
        self._changed = changed
        self._sleep = sleep
        self._told = told
        self._desks: Counter[str] = Counter()
        self._said: dict[str, tuple[User, str, int]] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}

    async def enter(self, user: User, state: str, capacity: int | None) -> AgentState:
        """An agent says how they are."""
        known = await self._known(user.name)
        limit = capacity if capacity is not None else known.capacity if known else self._routing().capacity
        await self._presence.set(
            user.name, state, limit, name=user.display, languages=user.languages, skills=user.skills
        )
        if self._desks[user.name] > 0:
            self._said[user.name] = (user, state, limit)
        await self._told()
        return AgentState(user.name, user.display, state, limit, languages=user.languages, skills=user.skills)

    async def arrive(self, user: User) -> AgentState:
        """A desk was opened: the state of before, or available."""
        self._desks[user.name] += 1
        if task := self._leaving.pop(user.name, None):
            task.cancel()
        known = await self._known(user.name)
        return await self.enter(user, known.state if known else AVAILABLE, None)

    def left(self, user: User) -> None:
        """A desk was closed; when no other opens soon, the agent is off duty."""
        self._desks[user.name] -= 1
        if self._desks[user.name] <= 0 and user.name not in self._leaving:
            self._leaving[user.name] = asyncio.get_running_loop().create_task(self._leave(user.name))

    async def _leave(self, name: str) -> None:
        await self._sleep(GRACE_SECONDS)
        del self._leaving[name], self._desks[name]
        self._said.pop(name, None)
        await self._presence.gone(name)
        await self._people.withdraw(name)
        self._changed()

    @property
    def leaving(self) -> frozenset[str]:
        """Who has no open desk any more and is still on duty."""
        return frozenset(self._leaving)

    async def keep(self) -> None:
        """Once: agents with an open desk stay on duty, whatever their browser's timers do in the background. An entry
        that was lost elsewhere (by a desk closed in another process, or with Redis) is made again."""
        there = {state.agent for state in await self._presence.all()}
        for name, (user, state, capacity) in list(self._said.items()):
            if name in there:
                await self._presence.beat(name)
            else:
                await self.enter(user, state, capacity)
                self._changed()

    async def stop(self) -> None:
        """At the end nobody leaves: who sits here comes back to the next process."""
        for task in self._leaving.values():
            task.cancel()
        await asyncio.gather(*self._leaving.values(), return_exceptions=True)

    async def _known(self, name: str) -> AgentState | None:
        return next((state for state in await self._presence.all() if state.agent == name), None)
