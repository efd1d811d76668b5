"""Canned replies: read by agents, written by supervisors."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints

from app.http.accounts import Body, signed_in
from app.http.edge import refusals
from app.wiring import System
from core.time import iso
from handoff.canned import TEXT_LENGTH, TITLE_LENGTH
from handoff.model import CannedReply
from store.settled import User

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Shortcut = Annotated[str, StringConstraints(min_length=1, max_length=32)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=TITLE_LENGTH)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LENGTH)]


class Reply(BaseModel):
    """`source` is `pack` for those that come with the pack and cannot be changed here."""

    id: str
    language: str
    shortcut: str
    title: str
    text: str
    source: Literal["pack", "people"]
    by: str | None
    updated_at: str | None


class Replies(BaseModel):
    """By language and shortcut."""

    items: list[Reply]


class ChangedReply(Body):
    """`text` may hold {customer}, {agent} and {ticket}."""

    shortcut: Shortcut
    title: Title
    text: Words


class NewReply(ChangedReply):
    language: Literal["zh", "en"]


def _shown(reply: CannedReply) -> dict[str, Any]:
    return {
        "id": reply.id, "language": reply.language, "shortcut": reply.shortcut, "title": reply.title, "text": reply.text,
        "source": "people" if reply.by else "pack", "by": reply.by or None,
        "updated_at": iso(reply.updated_at) if reply.updated_at else None,
    }  # fmt: skip


def routes(system: System) -> APIRouter:
    """`/canned`."""
    router = APIRouter(prefix="/api/v1")
    agent, supervisor = signed_in(system, "agent"), signed_in(system, "supervisor")

    @router.get("/canned", response_model=Replies, responses=refusals(401, 403), tags=["canned"])
    async def replies(user: User = agent) -> Any:
        """All of them, in every language."""
        return {"items": [_shown(reply) for reply in await system.canned.all()]}

    @router.post("/canned", status_code=201, response_model=Reply, responses=refusals(401, 403, 409), tags=["canned"])
    async def add(body: NewReply, user: User = supervisor) -> Any:
        """A new one."""
        return _shown(await system.canned.add(body.language, body.shortcut, body.title, body.text, user.name))

    @router.put("/canned/{id}", response_model=Reply, responses=refusals(401, 403, 404, 409), tags=["canned"])
    async def change(id: Id, body: ChangedReply, user: User = supervisor) -> Any:
        """Other words for one that people wrote."""
        return _shown(await system.canned.change(id, body.shortcut, body.title, body.text, user.name))

    @router.delete("/canned/{id}", status_code=204, responses=refusals(401, 403, 404), tags=["canned"])
    async def remove(id: Id, user: User = supervisor) -> Response:
        """Takes one away that people wrote."""
        await system.canned.remove(id)
        return Response(status_code=204)

    return router
