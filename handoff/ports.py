"""What the handing over needs kept: who is on duty, and what agents keep for their work."""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from handoff.model import CannedReply, Draft, Mention, SavedView

AVAILABLE, BUSY, AWAY = "available", "busy", "away"
STATES: Final = (AVAILABLE, BUSY, AWAY)

ALIVE_SECONDS: Final = 45
"""An agent from whom no beat came for so long is gone."""


class AgentState(msgspec.Struct, frozen=True):
    """An agent on duty. `available` takes offers, `busy` takes none for now, `away` is not there.

    `capacity` conversations at most, `load` of them being served or, `wrapping` of these, wrapped up; empty `languages` or `skills` mean all of
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
    wrapping: int = 0


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


class CannedRows(Protocol):
    """Canned replies that people wrote."""

    async def all(self) -> list[CannedReply]:
        """Every one, by language and shortcut."""

    async def get(self, id: str) -> CannedReply | None:
        """One of them, or None."""

    async def add(self, reply: CannedReply) -> bool:
        """A new one; False when its language has the shortcut already."""

    async def change(self, reply: CannedReply) -> bool:
        """Puts it in the place of the one with its id, if that is there; False as in `add`."""

    async def remove(self, id: str) -> bool:
        """False when it is not there."""


class DraftRows(Protocol):
    """Drafts, one for each agent, conversation and kind."""

    async def of(self, agent: str) -> list[Draft]:
        """All of an agent, the newest first."""

    async def keep(self, draft: Draft) -> Draft:
        """Puts it in the place of the one before; an empty text takes that away. The version of the answer is higher
        than that of the one before, whatever the clock says."""

    async def forget(self, conversations: Sequence[str]) -> int:
        """Takes all drafts of these conversations away; returns how many."""


class MentionRows(Protocol):
    """Who was called in which note, and has not looked yet."""

    async def add(self, mentions: Sequence[Mention]) -> None:
        """New ones; what is there stays as it is."""

    async def unseen(self, agent: str, limit: int) -> list[Mention]:
        """The newest that an agent has not seen."""

    async def seen(self, agent: str, conversation: str, at: int) -> int:
        """Marks those of a conversation; returns how many were new."""


class ViewRows(Protocol):
    """Saved views of the list of conversations."""

    async def for_(self, owner: str) -> list[SavedView]:
        """The own ones and those that others share, by name."""

    async def get(self, id: str) -> SavedView | None:
        """One of them, or None."""

    async def add(self, view: SavedView, most: int) -> bool | None:
        """A new one; False when its owner has the name already, None when the owner has `most` of them."""

    async def change(self, view: SavedView) -> bool:
        """Puts it in the place of the one with its id, if that is there; False when its owner has the name already."""

    async def remove(self, id: str) -> bool:
        """False when it is not there."""
