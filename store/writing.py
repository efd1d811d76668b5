"""What agents keep for their writing, in SQLite and PostgreSQL: the tables `canned`, `drafts` and `mentions`."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import case, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from handoff.model import CannedReply, Draft, Mention
from store import tables as t
from store.pgsql import clean
from store.reads import answering
from store.settled import inserting, writing

_c = t.canned.c
_d = t.drafts.c
_m = t.mentions.c
_PART = 500
_COLUMNS = tuple(_c[name] for name in CannedReply.__struct_fields__)


def _values(reply: CannedReply) -> dict[str, Any]:
    return {name: clean(value) for name, value in msgspec.structs.asdict(reply).items()}


class SqlCanned:
    """Implements `handoff.ports.CannedRows`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def all(self) -> list[CannedReply]:
        """See `handoff.ports.CannedRows`."""
        async with answering(), self._engine.connect() as connection:
            rows = (await connection.execute(select(*_COLUMNS))).all()
        return sorted((CannedReply(*row) for row in rows), key=lambda one: (one.language, one.shortcut))

    async def get(self, id: str) -> CannedReply | None:
        """See `handoff.ports.CannedRows`."""
        async with answering(), self._engine.connect() as connection:
            row = (await connection.execute(select(*_COLUMNS).where(_c.id == clean(id)))).first()
        return CannedReply(*row) if row else None

    async def _written(self, statement: Any) -> bool:
        try:
            async with writing(self._engine) as connection:
                await connection.execute(statement)
        except IntegrityError:  # another one has the shortcut in this language
            return False
        return True

    async def add(self, reply: CannedReply) -> bool:
        """See `handoff.ports.CannedRows`."""
        return await self._written(t.canned.insert().values(_values(reply)))

    async def change(self, reply: CannedReply) -> bool:
        """See `handoff.ports.CannedRows`."""
        return await self._written(update(t.canned).where(_c.id == reply.id).values(_values(reply)))

    async def remove(self, id: str) -> bool:
        """See `handoff.ports.CannedRows`."""
        async with writing(self._engine) as connection:
            return (await connection.execute(delete(t.canned).where(_c.id == clean(id)))).rowcount == 1


class SqlDrafts:
    """Implements `handoff.ports.DraftRows`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def of(self, agent: str) -> list[Draft]:
        """See `handoff.ports.DraftRows`."""
        columns = (_d[name] for name in Draft.__struct_fields__)
        query = select(*columns).where(_d.agent == clean(agent)).order_by(_d.version.desc(), _d.conversation, _d.kind)
        async with answering(), self._engine.connect() as connection:
            return [Draft(*row) for row in (await connection.execute(query)).all()]

    async def keep(self, draft: Draft) -> Draft:
        """See `handoff.ports.DraftRows`."""
        values = {name: clean(value) for name, value in msgspec.structs.asdict(draft).items()}
        insert = inserting(self._engine)(t.drafts).values(values)
        newer = case((insert.excluded.version > _d.version, insert.excluded.version), else_=_d.version + 1)
        statement = insert.on_conflict_do_update(
            index_elements=[_d.agent, _d.conversation, _d.kind], set_={"text": insert.excluded.text, "version": newer}
        ).returning(_d.version)
        async with writing(self._engine) as connection:
            version = (await connection.execute(statement)).scalar_one()
            if not draft.text:
                here = (_d.agent == values["agent"], _d.conversation == values["conversation"], _d.kind == draft.kind)
                await connection.execute(delete(t.drafts).where(*here))
        return Draft(draft.agent, draft.conversation, draft.kind, values["text"], version)

    async def forget(self, conversations: Sequence[str]) -> int:
        """See `handoff.ports.DraftRows`."""
        gone = 0
        async with writing(self._engine) as connection:
            for start in range(0, len(conversations), _PART):
                part = [clean(id) for id in conversations[start : start + _PART]]
                gone += (await connection.execute(delete(t.drafts).where(_d.conversation.in_(part)))).rowcount
        return gone


class SqlMentions:
    """Implements `handoff.ports.MentionRows`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, mentions: Sequence[Mention]) -> None:
        """See `handoff.ports.MentionRows`."""
        if not mentions:
            return
        rows = [{**msgspec.structs.asdict(one), "seen_at": 0} for one in mentions]
        async with writing(self._engine) as connection:
            await connection.execute(inserting(self._engine)(t.mentions).values(rows).on_conflict_do_nothing())

    async def unseen(self, agent: str, limit: int) -> list[Mention]:
        """See `handoff.ports.MentionRows`."""
        columns = (_m[name] for name in Mention.__struct_fields__)
        query = select(*columns).where(_m.agent == clean(agent), _m.seen_at == 0)
        query = query.order_by(_m.at.desc(), _m.conversation, _m.seq.desc()).limit(limit)
        async with answering(), self._engine.connect() as connection:
            return [Mention(*row) for row in (await connection.execute(query)).all()]

    async def seen(self, agent: str, conversation: str, at: int) -> int:
        """See `handoff.ports.MentionRows`."""
        here = (_m.agent == clean(agent), _m.conversation == clean(conversation), _m.seen_at == 0)
        async with writing(self._engine) as connection:
            return (await connection.execute(update(t.mentions).where(*here).values(seen_at=at))).rowcount
