"""Who is on duty, as rows: for several processes without Redis, and for the time that Redis is gone."""

from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.errors import Invalid
from core.time import SECOND, Clock
from handoff.ports import ALIVE_SECONDS, AVAILABLE, STATES, AgentState
from store import tables as t
from store.reads import answering
from store.settled import inserting, writing

_list = msgspec.json.Decoder(tuple[str, ...]).decode


def entered(before: AgentState | None, after: AgentState, now: int) -> AgentState:
    """The entry that `after` makes of `before`: the load stays, and so does the idle time of one who stays available.

    Raises Invalid for a state that does not exist or a capacity below 0.
    """
    if after.state not in STATES:
        raise Invalid(f"There is no state {after.state}; use one of: {', '.join(STATES)}.", field="state")
    if after.capacity < 0:
        raise Invalid("A capacity is 0 or more.", field="capacity")
    if before is None:
        return replace(after, load=0, idle_since=now)
    idle_since = before.idle_since if before.state == AVAILABLE else now
    return replace(after, load=before.load, idle_since=idle_since)


def loaded(before: AgentState, load: int, now: int) -> AgentState:
    """The entry with another load; idle time begins when a load falls."""
    return replace(before, load=load, idle_since=now if load < before.load else before.idle_since)


def _state(row: Any) -> AgentState:
    return AgentState(
        row.agent, row.name, row.state, row.capacity, row.load, _list(row.languages), _list(row.skills), row.since
    )


class SqlPresence:
    """Implements `handoff.ports.Presence` on the table `presence`."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._insert = inserting(engine)

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
        now = self._clock()
        after = AgentState(agent, name, state, capacity, 0, languages, skills, now)
        entered(None, after, now)
        async with writing(self._engine) as connection:
            row = (await connection.execute(self._alive(now).where(t.presence.c.agent == agent))).first()
            entry = entered(_state(row) if row else None, after, now)
            values = {
                "agent": agent,
                "name": name,
                "state": state,
                "capacity": capacity,
                "languages": msgspec.json.encode(languages).decode(),
                "skills": msgspec.json.encode(skills).decode(),
                "load": entry.load,
                "since": entry.idle_since,
                "seen_at": now,
            }
            statement = self._insert(t.presence).values(values)
            await connection.execute(statement.on_conflict_do_update(index_elements=["agent"], set_=values))

    async def loaded(self, agent: str, load: int) -> None:
        """See `handoff.ports.Presence`."""
        now = self._clock()
        async with writing(self._engine) as connection:
            row = (await connection.execute(self._alive(now).where(t.presence.c.agent == agent))).first()
            if row is None:
                return
            entry = loaded(_state(row), load, now)
            change = update(t.presence).where(t.presence.c.agent == agent)
            await connection.execute(change.values(load=entry.load, since=entry.idle_since))

    async def beat(self, agent: str) -> None:
        """See `handoff.ports.Presence`."""
        now = self._clock()
        alive = t.presence.c.seen_at > now - ALIVE_SECONDS * SECOND
        async with writing(self._engine) as connection:
            await connection.execute(update(t.presence).where(t.presence.c.agent == agent, alive).values(seen_at=now))

    async def all(self) -> list[AgentState]:
        """See `handoff.ports.Presence`."""
        async with answering(), self._engine.connect() as connection:
            rows = (await connection.execute(self._alive(self._clock()))).all()
        return sorted(map(_state, rows), key=lambda state: state.agent)

    async def gone(self, agent: str) -> None:
        """See `handoff.ports.Presence`."""
        async with writing(self._engine) as connection:
            await connection.execute(delete(t.presence).where(t.presence.c.agent == agent))

    @staticmethod
    def _alive(now: int) -> Any:
        return select(t.presence).where(t.presence.c.seen_at > now - ALIVE_SECONDS * SECOND)
