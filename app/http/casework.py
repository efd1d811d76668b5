"""Putting cases where they belong: a ticket goes on in another conversation, two tickets become one, and two again."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import Field

from app.http.accounts import Body, signed_in
from app.http.edge import refusals
from app.http.work import Id, seen_version, shown_ticket
from app.wiring import System
from core import events as e
from store.settled import User

Version = Annotated[int, Field(ge=0, le=2**31 - 1)] | None
IfMatch = Annotated[str | None, Header(max_length=40)]


class LinkedTicket(Body):
    """`version` (or If-Match) is the one of the ticket that was seen."""

    conversation: Id
    version: Version = None


class MergedTicket(Body):
    """`into` goes on; `version` (or If-Match) is of the ticket that is given up."""

    into: Id
    version: Version = None


def routes(system: System) -> APIRouter:
    """`/tickets/{number}/link` and `/tickets/{number}/merge`."""
    router = APIRouter(prefix="/api/v1", tags=["tickets"])
    agent = signed_in(system, "agent")

    @router.post("/tickets/{number}/link", responses=refusals(401, 403, 404, 409))
    async def link(
        number: Id, body: LinkedTicket, response: Response, if_match: IfMatch = None, user: User = agent
    ) -> dict[str, Any]:
        """The ticket goes on in this conversation, where its customer hears of it from now on."""
        version = seen_version(body.version, if_match)
        fold = await system.log.conversation(body.conversation, fresh=True)
        await system.bonds.link(number, fold, e.Actor(e.AGENT, user.name), version)
        return await shown_ticket(system, number, response)

    @router.post("/tickets/{number}/merge", responses=refusals(401, 403, 404, 409))
    async def merge(
        number: Id, body: MergedTicket, response: Response, if_match: IfMatch = None, user: User = agent
    ) -> dict[str, Any]:
        """Gives this ticket up for another of the same customer; the answer is the one that goes on."""
        version = seen_version(body.version, if_match)
        into = await system.bonds.merge(number, body.into, e.Actor(e.AGENT, user.name), version)
        return await shown_ticket(system, into, response)

    @router.delete("/tickets/{number}/merge", responses=refusals(401, 403, 404, 409))
    async def part(number: Id, response: Response, if_match: IfMatch = None, user: User = agent) -> dict[str, Any]:
        """Undoes the merger of this ticket into another: it goes on as it was, the other keeps what it got meanwhile. If-Match
        names the version that was seen; the answer is the ticket that is back."""
        version = seen_version(None, if_match)
        await system.bonds.part(number, e.Actor(e.AGENT, user.name), version)
        return await shown_ticket(system, number, response)

    return router
