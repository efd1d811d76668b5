"""Notes that call the reader."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints

from app.http.accounts import Body, signed_in
from app.http.edge import refusals
from app.wiring import System
from store.settled import User


class Mentioned(BaseModel):
    """A note in a conversation that calls the reader. `kind`: mention, question or answer; `thread`: of the latter two."""

    conversation: str
    seq: int
    by: str
    text: str
    at: str
    kind: Literal["mention", "question", "answer"]
    thread: str


class MentionList(BaseModel):
    """The newest first, at most 100."""

    items: list[Mentioned]


class Looked(Body):
    conversation: Annotated[str, StringConstraints(min_length=1, max_length=128)]


def routes(system: System) -> APIRouter:
    """`/mentions`."""
    router = APIRouter(prefix="/api/v1")
    agent = signed_in(system, "agent")

    @router.get("/mentions", response_model=MentionList, responses=refusals(401, 403), tags=["conversations"])
    async def mentions(user: User = agent) -> Any:
        """Those that were not looked at yet."""
        return {"items": await system.mentions.waiting(user.name)}

    @router.post("/mentions/seen", status_code=204, responses=refusals(401, 403), tags=["conversations"])
    async def seen(body: Looked, user: User = agent) -> Response:
        """The conversation was opened."""
        await system.mentions.seen(user.name, body.conversation)
        return Response(status_code=204)

    return router
