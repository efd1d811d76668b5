"""A supervisor's acts, and the alerts that call for them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from app.http.accounts import signed_in
from app.http.edge import refusals
from app.http.work import Cursor, Id, Limit, Page, cursor, read_cursor
from app.wiring import System
from core.conversation import Conversation
from store.settled import User


class Served(BaseModel):
    """Who serves the conversation after the act; `stopped`: the bot does not."""

    conversation: str
    mode: str
    assignee: str | None
    stopped: bool


class Switch(BaseModel):
    """`by` and `at`: who changed it last, null where nobody has."""

    flow: str
    name: str
    stopped: bool
    by: str | None
    at: str | None


class SwitchList(BaseModel):
    items: list[Switch]


class Changed(BaseModel):
    """`changed` false: it was so already."""

    flow: str
    stopped: bool
    changed: bool


def _served(fold: Conversation) -> dict[str, Any]:
    return {
        "conversation": fold.id,
        "mode": fold.mode,
        "assignee": fold.assignee or None,
        "stopped": fold.stopped,
    }


def routes(system: System) -> APIRouter:
    """`/conversations/{id}/listen` and the like, `/flows/{flow}/stop`, `/switches`, `/qa/alerts`."""
    router = APIRouter(prefix="/api/v1")
    _in_conversations(router, system)
    _in_flows(router, system)
    _alerts(router, system)
    return router


def _in_conversations(router: APIRouter, system: System) -> None:
    supervisor, acts = signed_in(system, "supervisor"), system.supervision

    @router.post("/conversations/{id}/listen", status_code=204, responses=refusals(401, 403, 404), tags=["supervision"])
    async def listen(id: Id, user: User = supervisor) -> None:
        """Notes in the log that the supervisor reads along. The customer is not told."""
        await acts.listen(id, user.name)

    @router.post("/conversations/{id}/take-over", response_model=Served, responses=refusals(401, 403, 404, 409), tags=["supervision"])
    async def take_over(id: Id, user: User = supervisor) -> dict[str, Any]:
        """The supervisor serves from here on, in the place of the bot or of a colleague; both are told."""
        return _served(await acts.take_over(id, user.name, user.display))

    @router.post("/conversations/{id}/stop-bot", response_model=Served, responses=refusals(401, 403, 404, 409), tags=["supervision"])
    async def stop(id: Id, user: User = supervisor) -> dict[str, Any]:
        """The bot says nothing more here; a customer who talked to it gets a person."""
        return _served(await acts.stop(id, user.name))

    @router.post("/conversations/{id}/resume-bot", response_model=Served, responses=refusals(401, 403, 404, 409), tags=["supervision"])
    async def resume(id: Id, user: User = supervisor) -> dict[str, Any]:
        """The bot may serve here again."""
        return _served(await acts.resume(id, user.name))


def _in_flows(router: APIRouter, system: System) -> None:
    supervisor, switches = signed_in(system, "supervisor"), system.switches

    @router.get("/switches", response_model=SwitchList, responses=refusals(401, 403), tags=["supervision"])
    async def list(language: Literal["zh", "en"] | None = None, user: User = supervisor) -> dict[str, Any]:
        """Every flow, and whether it serves."""
        return {"items": await switches.list(language or system.pack.bot.default_language)}

    @router.post("/flows/{flow}/stop", response_model=Changed, responses=refusals(401, 403, 404), tags=["supervision"])
    async def stop(flow: Id, user: User = supervisor) -> dict[str, Any]:
        """No turn goes on in this flow, in any process within a second; its customers get a person."""
        return {"flow": flow, "stopped": True, "changed": await switches.turn(flow, True, user.name)}

    @router.post("/flows/{flow}/resume", response_model=Changed, responses=refusals(401, 403, 404), tags=["supervision"])
    async def resume(flow: Id, user: User = supervisor) -> dict[str, Any]:
        """The flow serves again."""
        return {"flow": flow, "stopped": False, "changed": await switches.turn(flow, False, user.name)}


def _alerts(router: APIRouter, system: System) -> None:
    supervisor = signed_in(system, "supervisor")

    @router.get("/qa/alerts", response_model=Page, responses=refusals(401, 403), tags=["qa"])
    async def alerts(
        rule: Annotated[str | None, Query(max_length=64)] = None,
        conversation: Annotated[str | None, Query(max_length=64)] = None,
        limit: Limit = 50,
        next: Cursor = None,
        user: User = supervisor,
    ) -> dict[str, Any]:
        """Alerts, the newest first, each with the place in the conversation (`about`) and the words there (`quote`, empty
        after an erasure)."""
        given = {"rule": rule, "conversation": conversation}
        where = {name: value for name, value in given.items() if value}
        rows = await system.rows.find("alerts", where, "-at", limit + 1, read_cursor(next))
        page = rows[:limit]
        more = cursor(page[-1]["at"], page[-1]["id"]) if len(rows) > limit else None
        return {"items": [await system.alerts.shown(row) for row in page], "next": more}
