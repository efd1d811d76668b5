"""The numbers of the supervisor's page, and who works now."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from app.http.accounts import signed_in
from app.http.edge import refusals
from app.http.flows import Instant, instant
from app.insights import window
from app.wiring import System
from store.settled import User


class NumberRow(BaseModel):
    """`formula` says in words how `value` is counted. `unit`: count, seconds, share (0 to 1) or score (1 to 5). `better`:
    up, down, or null where neither is. `line` has 24 equal parts of the period. Null: nothing to count from."""

    id: str
    title: dict[str, str]
    formula: dict[str, str]
    unit: str
    better: str | None
    value: float | None
    day_before: float | None
    week_before: float | None
    line: list[float | None]


class Plot(BaseModel):
    """96 equal parts of the period; `at` is the end of each."""

    at: list[str]
    arrivals: list[float]
    waiting: list[float]
    staffed: list[float]


class PersonRow(BaseModel):
    """Somebody signed in at a desk now; `since` when in this state. `load`: conversations served or, `wrapping` of them,
    wrapped up."""

    agent: str
    name: str
    state: str
    load: int
    capacity: int
    wrapping: int
    since: str | None


class DispositionRow(BaseModel):
    """`share` from 0 to 1; an empty `id`: none was named."""

    id: str
    name: dict[str, str]
    count: int
    share: float


class Dispositions(BaseModel):
    """The most frequent first; `formula` says in words how they are counted."""

    formula: dict[str, str]
    items: list[DispositionRow]


class InsightsOut(BaseModel):
    since: str
    until: str
    channel: str | None
    language: str | None
    numbers: list[NumberRow]
    plot: Plot
    dispositions: Dispositions
    people: list[PersonRow]


def routes(system: System) -> APIRouter:
    """`/api/v1/insights`."""
    router = APIRouter(prefix="/api/v1", tags=["insights"])
    supervisor = signed_in(system, "supervisor")

    @router.get("/insights", response_model=InsightsOut, responses=refusals(401, 403))
    async def insights(
        since: Instant = None,
        until: Instant = None,
        channel: Annotated[str, Query(max_length=40)] = "",
        language: Literal["zh", "en"] | None = None,
        user: User = supervisor,
    ) -> dict[str, Any]:
        """Every number with its formula, over a period (without one: the last 24 hours)."""
        people = await system.insights.people()
        asked = window(system.clock(), instant(since, "since"), instant(until, "until"), channel.replace("\0", ""), language or "")
        return {**await system.insights.numbers(asked), "people": people}

    return router
