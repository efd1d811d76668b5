"""The decision ledger, to be read: every event with the proof of its place in the chain."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from app.http.accounts import signed_in
from app.http.edge import refusals
from app.http.work import Cursor, Id, Limit, Page, cursor, read_cursor
from app.wiring import System
from channels.webchat import for_agent
from contacts.erase import streams_of
from core.conversation import PREFIX
from core.time import SECOND
from governance import ports
from governance.model import Block
from store.settled import User

STREAMS = 500
"""Streams of one contact that a query looks at."""


def _micro(at: datetime | None) -> int:
    return round(at.timestamp() * SECOND) if at else 0


def _proof(position: int, digest: str, block: Block | None) -> dict[str, Any]:
    """`block` null: committed, and sealed within the next seconds."""
    if block is None:
        return {"digest": digest, "block": None, "previous": None, "hash": None, "holds": None}
    kept = dict(block.records()).get(position)
    return {
        "digest": digest,
        "block": block.number,
        "previous": block.previous,
        "hash": block.hash,
        "holds": kept is not None and kept.hex() == digest,
    }


def routes(system: System) -> APIRouter:
    """`/ledger`."""
    router = APIRouter(prefix="/api/v1")
    admin = signed_in(system, "admin")

    @router.get("/ledger", response_model=Page, responses=refusals(401, 403), tags=["ledger"])
    async def ledger(
        conversation: Id | None = None,
        contact: Id | None = None,
        action: Id | None = None,
        since: Annotated[AwareDatetime | None, Query(description="The first instant.")] = None,
        until: Annotated[AwareDatetime | None, Query(description="The first instant after.")] = None,
        order: Literal["oldest", "newest"] = "oldest",
        limit: Limit = 50,
        next: Cursor = None,
        user: User = admin,
    ) -> Any:
        """Decisions and acts in the order in which they were committed, or backwards, each with its proof."""
        streams: tuple[str, ...] | None = None
        if contact is not None:
            streams = tuple(await streams_of(contact, system.rows))[:STREAMS]
        if conversation is not None:
            own = PREFIX + conversation
            streams = (own,) if streams is None or own in streams else ()
        place = read_cursor(next)
        query = ports.Query(
            streams, action or "", _micro(since), _micro(until), after=max(place[0], 0) if place else 0, limit=limit + 1,
            newest=order == "newest",
        )  # fmt: skip
        found = await system.ledger.entries(query)
        page = found[:limit]
        blocks = await system.ledger.covering([position for position, _, _ in page])
        items = [
            {
                "position": position,
                "stream": recorded.stream,
                "event": for_agent(recorded),
                "proof": _proof(position, digest, blocks.get(position)),
            }
            for position, recorded, digest in page
        ]
        return {"items": items, "next": cursor(page[-1][0], "") if len(found) > limit else None}

    return router
