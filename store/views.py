"""Saved views of the list of conversations, in SQLite and PostgreSQL: the table `saved_views`."""

from typing import Any

import msgspec
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from handoff.model import Filter, SavedView
from store import tables as t
from store.pgsql import clean
from store.reads import answering
from store.settled import writing

_c = t.saved_views.c
_COLUMNS = tuple(_c[name] for name in SavedView.__struct_fields__)


def _view(row: Any) -> SavedView:
    return SavedView(row.id, row.owner, row.name, bool(row.shared), msgspec.json.decode(row.filter, type=Filter), row.updated_at)


def _values(view: SavedView) -> dict[str, Any]:
    return {
        "id": view.id, "owner": clean(view.owner), "name": clean(view.name), "shared": int(view.shared),
        "filter": msgspec.json.encode(view.filter).decode(), "updated_at": view.updated_at,
    }  # fmt: skip


class SqlViews:
    """Implements `handoff.ports.ViewRows`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def for_(self, owner: str) -> list[SavedView]:
        """See `handoff.ports.ViewRows`."""
        query = select(*_COLUMNS).where(or_(_c.owner == clean(owner), _c.shared == 1))
        async with answering(), self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return sorted(map(_view, rows), key=lambda one: (one.name, one.owner))

    async def get(self, id: str) -> SavedView | None:
        """See `handoff.ports.ViewRows`."""
        async with answering(), self._engine.connect() as connection:
            row = (await connection.execute(select(*_COLUMNS).where(_c.id == clean(id)))).first()
        return _view(row) if row else None

    async def add(self, view: SavedView, most: int) -> bool | None:
        """See `handoff.ports.ViewRows`."""
        count = select(func.count()).select_from(t.saved_views).where(_c.owner == clean(view.owner))
        try:
            async with writing(self._engine) as connection:
                if (await connection.execute(count)).scalar_one() >= most:
                    return None
                await connection.execute(t.saved_views.insert().values(_values(view)))
        except IntegrityError:  # the owner has one of this name
            return False
        return True

    async def change(self, view: SavedView) -> bool:
        """See `handoff.ports.ViewRows`."""
        try:
            async with writing(self._engine) as connection:
                await connection.execute(update(t.saved_views).where(_c.id == view.id).values(_values(view)))
        except IntegrityError:  # the owner has another one of this name
            return False
        return True

    async def remove(self, id: str) -> bool:
        """See `handoff.ports.ViewRows`."""
        async with writing(self._engine) as connection:
            return (await connection.execute(delete(t.saved_views).where(_c.id == clean(id)))).rowcount == 1
