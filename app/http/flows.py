"""Flows as supervisors see them: drawn, with what happened in them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from app.flows_page import Happened, Told, row
from app.http.accounts import signed_in
from app.http.edge import refusals
from app.wiring import System
from core.errors import Invalid
from core.time import from_iso
from store.settled import User

Instant = Annotated[str | None, Query(max_length=40, description="ISO 8601.")]


class FlowStep(BaseModel):
    """`left`: conversations that left the flow here unfinished; `machine_share`: calls by the machine of all, or null.

    Calls that a person released are `by_people`."""

    id: str
    kind: str
    about: str
    reached: int
    left: int
    by_machine: int
    by_people: int
    machine_share: float | None


class FlowRow(BaseModel):
    """`outcomes` by name; what was entered and has no outcome is still under way. `svg` and `mermaid` draw it; the SVG
    takes its colours from the custom properties of the page that it is put into."""

    id: str
    name: str
    entered: int
    finished: int
    left: int
    outcomes: dict[str, int]
    steps: list[FlowStep]
    mermaid: str
    svg: str


class Flows(BaseModel):
    items: list[FlowRow]


def instant(text: str | None, field: str) -> int | None:
    """Microseconds since the epoch. Raises Invalid."""
    if text is None:
        return None
    try:
        return from_iso(text)
    except ValueError:
        raise Invalid("This is no instant; write it as 2026-09-01T00:00:00Z.", field=field) from None


def routes(system: System) -> APIRouter:
    """`/api/v1/flows`."""
    router = APIRouter(prefix="/api/v1", tags=["flows"])
    supervisor = signed_in(system, "supervisor")
    happened = Happened(system.store)

    @router.get("/flows", response_model=Flows, responses=refusals(401, 403))
    async def flows(
        since: Instant = None, until: Instant = None, language: str = "", user: User = supervisor
    ) -> dict[str, Any]:
        """Every flow of the pack: how many conversations entered it, finished it, left it and where."""
        pack = system.pack.bot
        counts = await happened.count(instant(since, "since") or 0, instant(until, "until"))
        spoken = language if language in pack.languages else pack.default_language
        told = Told(system.pack, spoken)
        return {"items": [row(flow, counts.get(flow.id), spoken, told) for flow in pack.flows.values()]}

    return router
