"""What the handing over needs kept: who is on duty."""

from typing import Final, Protocol

import msgspec

AVAILABLE, BUSY, AWAY = "available", "busy", "away"
STATES: Final = (AVAILABLE, BUSY, AWAY)

ALIVE_SECONDS: Final = 45
"""An agent from whom no beat came for so long is gone."""


class AgentState(msgspec.Struct, frozen=True):
    """An agent on duty. `available` takes offers, `busy` takes none for now, `away` is not there.

    `capacity` conversations at most, `load` of them being served; empty `languages` or `skills` mean all of
    them; `idle_since` in microseconds since the epoch: when the load last fell, or the agent became
    available.
    """

    agent: str
    name: str
    state: str
    capacity: int
    load: int = 0
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    idle_since: int = 0


class Presence(Protocol):
    """Who is on duty. Only what can be lost: after a restart the agents' sockets say it again."""

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
        """Enters or changes an agent; counts as a beat. Raises Invalid for another state or capacity
        below 0.
        """

    async def loaded(self, agent: str, load: int) -> None:
        """How many conversations the agent serves now. Nothing happens when the agent is not there."""

    async def beat(self, agent: str) -> None:
        """The agent is still there; without it the entry ends after ALIVE_SECONDS."""

    async def all(self) -> list[AgentState]:
        """Everybody whose entry has not ended, by agent."""

    async def gone(self, agent: str) -> None:
        """Removes an agent."""
