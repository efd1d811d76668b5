"""Saved views: a filter of the list of conversations that an agent keeps under a name; supervisors share theirs."""

import secrets

from msgspec.structs import replace

from core.errors import Conflict, Denied, Invalid, NotFound, TooMany
from core.time import Clock
from handoff.model import Filter, SavedView
from handoff.ports import ViewRows
from store.settled import User

MOST = 50
"""Views of one person."""
NAME_LENGTH = 60
_SHARERS = ("supervisor", "admin")


class Views:
    """Everybody's. An account that is gone leaves its shared views to all; supervisors may take them away."""

    def __init__(self, rows: ViewRows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    async def of(self, user: User) -> list[SavedView]:
        """The own ones and the shared ones, by name."""
        return await self._rows.for_(user.name)

    async def add(self, user: User, name: str, filter: Filter, shared: bool = False) -> SavedView:
        """A new one. Raises Invalid, Denied for who may not share, Conflict `exists`, TooMany."""
        view = SavedView(secrets.token_hex(8), user.name, _name(name), shared, filter, self._clock())
        _may_share(user, shared)
        added = await self._rows.add(view, MOST)
        if added is None:
            raise TooMany(f"You have {MOST} views already; delete one first.", code="too_many_views")
        if not added:
            raise _taken(view)
        return view

    async def change(
        self, user: User, id: str, name: str | None = None, filter: Filter | None = None, shared: bool | None = None
    ) -> SavedView:
        """Another name, filter, or whether it is shared. Raises NotFound, Denied, Invalid, Conflict."""
        before = await self._reached(user, id)
        after = replace(
            before,
            name=before.name if name is None else _name(name),
            filter=filter or before.filter,
            shared=before.shared if shared is None else shared,
            updated_at=self._clock(),
        )
        if after.shared and not before.shared:
            _may_share(user, True)
        if not await self._rows.change(after):
            raise _taken(after)
        return after

    async def remove(self, user: User, id: str) -> None:
        """Raises NotFound, and Denied for what a colleague shares."""
        await self._reached(user, id)
        await self._rows.remove(id)

    async def _reached(self, user: User, id: str) -> SavedView:
        view = await self._rows.get(id)
        if view is None or (view.owner != user.name and not view.shared):
            raise NotFound("This view is not there any more.")
        if view.owner != user.name and user.role not in _SHARERS:
            raise Denied("A colleague shares this view; save one of your own to change it.", code="of_a_colleague")
        return view


def _name(text: str) -> str:
    name = " ".join(text.replace("\0", "").split())
    if not name or len(name) > NAME_LENGTH:
        raise Invalid(f"A view needs a name of 1 to {NAME_LENGTH} characters.", field="name")
    return name


def _may_share(user: User, shared: bool) -> None:
    if shared and user.role not in _SHARERS:
        raise Denied("Only supervisors share views with everybody.", code="not_yours_to_share")


def _taken(view: SavedView) -> Conflict:
    return Conflict(f"You have a view called {view.name} already.", code="exists", field="name")
