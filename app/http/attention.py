"""What an agent has not read, and who waits for an answer."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from app.http.accounts import Body, signed_in
from app.http.edge import refusals
from app.http.work import Id
from app.wiring import System
from store.settled import User


class Read(Body):
    """`seq` of the last event that the agent has seen."""

    seq: Annotated[int, Field(ge=1, le=2**31 - 1)]


def routes(system: System) -> APIRouter:
    """`/attention`, `/conversations/{id}/read`."""
    router = APIRouter(prefix="/api/v1")
    agent = signed_in(system, "agent")

    @router.get("/attention", responses=refusals(401, 403), tags=["conversations"])
    async def attention(user: User = agent) -> dict[str, Any]:
        """`unread`: own conversations with words of the customer that this agent has not seen; `owed`: since when each
        customer waits for a person's first or next answer, and until when it is due; `limits` in seconds."""
        return await system.attention.of(user.name)

    @router.put("/conversations/{id}/read", status_code=204, responses=refusals(401, 403, 404), tags=["conversations"])
    async def read(id: Id, body: Read, user: User = agent) -> None:
        """This agent has read up to here, on all devices."""
        await system.attention.read(user.name, id, body.seq)

    return router
