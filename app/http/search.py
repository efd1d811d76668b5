"""Full-text search over conversations."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.http.accounts import signed_in
from app.http.edge import refusals
from app.http.work import Cursor, Limit, Page, cursor, read_cursor
from app.wiring import System
from core.errors import Invalid
from core.finding import terms
from store.settled import User


def routes(system: System) -> APIRouter:
    """`/search`."""
    router = APIRouter(prefix="/api/v1")
    agent = signed_in(system, "agent")

    @router.get("/search", response_model=Page, responses=refusals(401, 403), tags=["conversations"])
    async def search(
        q: Annotated[str, Query(min_length=1, max_length=200, description="Words; all have to stand in one message.")],
        limit: Limit = 20,
        next: Cursor = None,
        user: User = agent,
    ) -> Any:
        """Conversations in which the words were said, noted or named, the newest hit first, with a marked snippet."""
        if not terms(q):
            raise Invalid("Name a word to look for.", field="q")
        place = read_cursor(next)
        items, before = await system.finder.search(q, limit, place[0] if place else None)
        return {"items": items, "next": cursor(before, "") if before is not None else None}

    return router
