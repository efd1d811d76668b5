"""Saved views, and the list of conversations by their filter."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, StringConstraints

from app.http.accounts import Body, signed_in
from app.http.edge import refusals
from app.http.work import Cursor, Limit, Page, cursor, read_cursor
from app.line import HEAD
from app.shapes import conversation_row
from app.views import NAME_LENGTH
from app.wiring import System
from core.errors import Invalid
from core.time import iso
from handoff.model import Filter, SavedView
from store.settled import User

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_LENGTH)]
Word = Annotated[str, StringConstraints(max_length=64)]
Text = Annotated[str, StringConstraints(max_length=200)]
Lists = Literal["mine", "waiting", "all"]
Mode = Literal["", "bot", "waiting", "human", "closed"]
Language = Literal["", "zh", "en"]
Due = Literal["", "warn", "bad"]


class ViewFilter(Body):
    """What is empty leaves all. `priority`: only with one; `due`: `warn` from the middle of the time to answer on, `bad`
    when it is over; `text`: part of the customer's name, the ticket's number or the last words."""

    list: Lists = "all"
    mode: Mode = ""
    channel: Word = ""
    language: Language = ""
    skill: Word = ""
    priority: bool = False
    due: Due = ""
    text: Text = ""


class ViewOut(BaseModel):
    """`mine`: the own one; others are shared by `owner`."""

    id: str
    name: str
    owner: str
    mine: bool
    shared: bool
    filter: ViewFilter
    updated_at: str


class ViewList(BaseModel):
    """By name."""

    items: list[ViewOut]


class NewView(Body):
    name: Name
    filter: ViewFilter
    shared: bool = False


class ChangedView(Body):
    """What is left out stays."""

    name: Name | None = None
    filter: ViewFilter | None = None
    shared: bool | None = None


class Waiting(BaseModel):
    """Rows of the line in its order; `total` conversations wait."""

    items: list[dict[str, Any]]
    total: int


def _filter(given: ViewFilter) -> Filter:
    """As it is kept. Raises Invalid for what no text holds."""
    filter = msgspec.convert(given.model_dump(), Filter)
    for name in ("channel", "skill", "text"):
        if "\0" in getattr(filter, name):
            raise Invalid("A filter holds no NUL.", field=name)
    return filter


def _shown(view: SavedView, user: User) -> dict[str, Any]:
    return {
        "id": view.id, "name": view.name, "owner": view.owner, "mine": view.owner == user.name, "shared": view.shared,
        "filter": msgspec.to_builtins(view.filter), "updated_at": iso(view.updated_at),
    }  # fmt: skip


def routes(system: System) -> APIRouter:
    """`/views` and `/lists`."""
    router = APIRouter(prefix="/api/v1")
    _views(router, system)
    _lists(router, system)
    return router


def _views(router: APIRouter, system: System) -> None:
    agent = signed_in(system, "agent")

    @router.get("/views", response_model=ViewList, responses=refusals(401, 403), tags=["views"])
    async def views(user: User = agent) -> Any:
        """The own views and those that supervisors share."""
        return {"items": [_shown(view, user) for view in await system.views.of(user)]}

    @router.post("/views", status_code=201, response_model=ViewOut, responses=refusals(401, 403, 409), tags=["views"])
    async def add(body: NewView, user: User = agent) -> Any:
        """A new one; supervisors may share it."""
        return _shown(await system.views.add(user, body.name, _filter(body.filter), body.shared), user)

    @router.patch("/views/{id}", response_model=ViewOut, responses=refusals(401, 403, 404, 409), tags=["views"])
    async def change(id: Id, body: ChangedView, user: User = agent) -> Any:
        """Another name or filter for an own one; supervisors change what is shared, too."""
        filter = _filter(body.filter) if body.filter else None
        return _shown(await system.views.change(user, id, body.name, filter, body.shared), user)

    @router.delete("/views/{id}", status_code=204, responses=refusals(401, 403, 404), tags=["views"])
    async def remove(id: Id, user: User = agent) -> Response:
        """Takes one away."""
        await system.views.remove(user, id)
        return Response(status_code=204)


def _lists(router: APIRouter, system: System) -> None:
    agent = signed_in(system, "agent")

    @router.get("/lists", response_model=Page, responses=refusals(401, 403), tags=["views"])
    async def listed(
        list: Lists = "all",
        mode: Mode = "",
        channel: Annotated[str, Query(max_length=64)] = "",
        language: Language = "",
        skill: Annotated[str, Query(max_length=64)] = "",
        priority: bool = False,
        due: Due = "",
        text: Annotated[str, Query(max_length=200)] = "",
        limit: Limit = 50,
        next: Cursor = None,
        user: User = agent,
    ) -> Any:
        """Conversations by a filter: who waits by how long, all others by the newest words. A page may have fewer rows
        than asked for, or none, and still a `next`."""
        given = ViewFilter(
            list=list, mode=mode, channel=channel, language=language, skill=skill, priority=priority, due=due, text=text
        )
        rows, mark = await system.listing.page(_filter(given), user.name, limit, read_cursor(next))
        return {"items": [conversation_row(row) for row in rows], "next": cursor(*mark) if mark else None}

    @router.get("/lists/line", response_model=Waiting, responses=refusals(401, 403), tags=["views"])
    async def line(
        start: Annotated[int, Query(ge=0, le=100_000)] = 0, limit: Limit = HEAD, user: User = agent
    ) -> Any:
        """Who waits for a person, from a position on, in the order of the line as the desk was told it last."""
        items, total = await system.line.page(start, limit)
        return {"items": items, "total": total}
