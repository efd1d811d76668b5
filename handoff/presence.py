"""Presence in the memory of one process."""

from msgspec.structs import replace

from core.errors import Invalid
from core.time import SECOND, Clock
from handoff.ports import ALIVE_SECONDS, AVAILABLE, STATES, AgentState


class MemoryPresence:
    """Implements `handoff.ports.Presence`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._agents: dict[str, AgentState] = {}
        self._seen: dict[str, int] = {}

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
        """See `Presence`."""
        if state not in STATES:
            raise Invalid(f"There is no state {state}; use one of: {', '.join(STATES)}.", field="state")
        if capacity < 0:
            raise Invalid("A capacity is 0 or more.", field="capacity")
        now = self._clock()
        before = self._alive().get(agent)
        idle_since, load = now, 0
        if before is not None:
            load = before.load
            if before.state == AVAILABLE:
                idle_since = before.idle_since
        self._agents[agent] = AgentState(agent, name, state, capacity, load, languages, skills, idle_since)
        self._seen[agent] = now

    async def loaded(self, agent: str, load: int) -> None:
        """See `Presence`."""
        before = self._alive().get(agent)
        if before is not None:
            idle_since = self._clock() if load < before.load else before.idle_since
            self._agents[agent] = replace(before, load=load, idle_since=idle_since)

    async def beat(self, agent: str) -> None:
        """See `Presence`."""
        if agent in self._alive():
            self._seen[agent] = self._clock()

    async def all(self) -> list[AgentState]:
        """See `Presence`."""
        return [state for _, state in sorted(self._alive().items())]

    async def gone(self, agent: str) -> None:
        """See `Presence`."""
        self._agents.pop(agent, None)
        self._seen.pop(agent, None)

    def _alive(self) -> dict[str, AgentState]:
        oldest = self._clock() - ALIVE_SECONDS * SECOND
        for agent in [agent for agent, seen in self._seen.items() if seen <= oldest]:
            del self._agents[agent], self._seen[agent]
        return self._agents
