"""To whom a conversation can be passed on."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from app.http.accounts import signed_in
from app.http.edge import refusals
from app.wiring import System
from store.settled import User


class Colleague(BaseModel):
    """`free`: available, with a place left. No `skills` or `languages` mean all."""

    agent: str
    name: str
    state: str
    load: int
    capacity: int
    skills: list[str]
    languages: list[str]
    free: bool


class Skill(BaseModel):
    """`name` by language; `free`: how many colleagues who have it are free."""

    skill: str
    name: dict[str, str]
    free: int


class Targets(BaseModel):
    people: list[Colleague]
    skills: list[Skill]


def routes(system: System) -> APIRouter:
    """`/transfer-targets`."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/transfer-targets", response_model=Targets, responses=refusals(401, 403), tags=["conversations"])
    async def targets(user: User = signed_in(system, "agent")) -> Any:
        """Colleagues on duty, the free ones first, and the skills."""
        return await system.passing.targets(user.name)

    return router
