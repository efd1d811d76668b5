"""Actions that wait for a person, and those that a person takes back."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints

from app.http.accounts import Body, signed_in
from app.http.edge import refusals
from app.wiring import System
from store.settled import User

Call = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Note = Annotated[str, StringConstraints(max_length=2000)]


class Proposals(BaseModel):
    """What waits, the oldest first."""

    items: list[dict[str, Any]]


class Decision(Body):
    """`approve` false: it is not carried out; the customer is told either way. `note` goes into the ledger."""

    approve: bool
    note: Note = ""


class Taken(Body):
    """Why it is taken back."""

    note: Note = ""


class Decided(BaseModel):
    call: str


def routes(system: System) -> APIRouter:
    """`/approvals` and `/actions`."""
    router = APIRouter(prefix="/api/v1")
    agent = signed_in(system, "agent")

    @router.get("/approvals", response_model=Proposals, responses=refusals(401, 403), tags=["approvals"])
    async def waiting(user: User = agent) -> Any:
        """Actions that the machine prepared, each with what it would do."""
        return {"items": await system.approvals.waiting()}

    @router.post(
        "/approvals/{call}", status_code=202, response_model=Decided, responses=refusals(401, 403, 404, 409),
        tags=["approvals"],
    )  # fmt: skip
    async def decide(call: Call, body: Decision, user: User = agent) -> Any:
        """The click. The call is made at once; its result is in the conversation."""
        await system.approvals.decide(call, user.name, body.approve, body.note)
        return {"call": call}

    @router.post(
        "/actions/{call}/undo", status_code=202, response_model=Decided, responses=refusals(401, 403, 404, 409),
        tags=["approvals"],
    )  # fmt: skip
    async def undo(call: Call, body: Taken, user: User = agent) -> Any:
        """Takes back what the machine did, where the action can be undone."""
        await system.approvals.undo(call, user.name, body.note)
        return {"call": call}

    return router
