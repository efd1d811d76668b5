"""Who a customer is, and which contacts are one person."""

from typing import Any

from fastapi import APIRouter

from app.http.accounts import Body, signed_in
from app.http.edge import refusals
from app.http.work import Id
from app.wiring import System
from core import events as e
from store.settled import User


class OtherContact(Body):
    """The contact that is one person with the one in the path."""

    contact: Id


def routes(system: System) -> APIRouter:
    """`/conversations/{id}/contact` and `/contacts/{contact}/joins`."""
    router = APIRouter(prefix="/api/v1", tags=["contacts"])
    agent = signed_in(system, "agent")

    @router.get("/conversations/{id}/contact", responses=refusals(401, 403, 404))
    async def contact(id: Id, user: User = agent) -> dict[str, Any]:
        """The customer of a conversation: name, what was proved, what the page said, joined contacts and suggestions."""
        return await system.context.customer(await system.log.conversation(id, fresh=True))

    @router.get("/contacts/{contact}/joins", responses=refusals(401, 403, 404))
    async def joins(contact: Id, user: User = agent) -> dict[str, Any]:
        """Which contacts are one person with this one, who said so, and who else may be."""
        await system.joins.known(contact)
        return await system.context.joined(contact)

    @router.post("/contacts/{contact}/joins", status_code=201, responses=refusals(401, 403, 404, 409))
    async def join(contact: Id, body: OtherContact, user: User = agent) -> dict[str, Any]:
        """The two are one person from now on: at the desk, for the bot, for tickets, for limits of a day and for erasure."""
        await system.joins.join(contact, body.contact, e.Actor(e.AGENT, user.name))
        return await system.context.joined(contact)

    @router.delete("/contacts/{contact}/joins", responses=refusals(401, 403, 409))
    async def part(contact: Id, user: User = agent) -> dict[str, Any]:
        """Undoes the join of this contact to another one; both are as they were."""
        await system.joins.part(contact, e.Actor(e.AGENT, user.name))
        return await system.context.joined(contact)

    return router
