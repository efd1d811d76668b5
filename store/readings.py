"""How far each agent has read each conversation."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from store import tables as t
from store.pgsql import clean
from store.reads import answering
from store.settled import inserting, writing

_PART = 500


class SqlReadings:
    """The table `readings`, in SQLite and PostgreSQL. It holds no words, so an erasure leaves it alone."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def mark(self, agent: str, conversation: str, seq: int) -> bool:
        """The agent has read up to `seq`; False when that was known, or more."""
        r = t.readings.c
        row = inserting(self._engine)(t.readings).values(agent=clean(agent), conversation=clean(conversation), seq=seq)
        further = row.on_conflict_do_update(
            index_elements=["agent", "conversation"], set_={"seq": row.excluded.seq}, where=row.excluded.seq > r.seq
        )
        async with writing(self._engine) as connection:
            return (await connection.execute(further)).rowcount == 1

    async def of(self, agent: str, conversations: Sequence[str]) -> dict[str, int]:
        """How far the agent has read; conversations never opened are left out."""
        r = t.readings.c
        found: dict[str, int] = {}
        async with answering(), self._engine.connect() as connection:
            for start in range(0, len(conversations), _PART):
                part = [clean(one) for one in conversations[start : start + _PART]]
                query = select(r.conversation, r.seq).where(r.agent == clean(agent), r.conversation.in_(part))
                found.update({row[0]: row[1] for row in (await connection.execute(query)).all()})
        return found
