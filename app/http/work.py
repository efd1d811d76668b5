"""What service people work with: conversations, tickets, scores."""

import base64
import binascii
import secrets
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from app.files import MOST_AT_ONCE
from app.http.accounts import Body, signed_in
from app.http.edge import refusals
from app.shapes import conversation_row, scorecard_row, ticket_row
from app.wiring import System
from channels.webchat import for_agent
from core import events as e
from core.errors import Conflict, Invalid, NotFound
from store.settled import User

Id = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=400)]


class Page(BaseModel):
    """`next` goes into the query of the next page; null at the end."""

    items: list[dict[str, Any]]
    next: str | None


class AgentMessage(Body):
    """`id` is the client's own and makes the message idempotent; `files` are ids of uploads. Words or files are needed."""

    text: Annotated[str, StringConstraints(max_length=10_000)] = ""
    id: Id | None = None
    files: Annotated[list[Id], Field(max_length=MOST_AT_ONCE, default_factory=list)]


class Seq(BaseModel):
    seq: int


class NewTicket(Body):
    """`fields` as the ticket type of the pack describes them."""

    type: Id
    fields: Annotated[dict[str, Any], Field(max_length=50, default_factory=dict)]
    conversation: Id | None = None


class ChangedTicket(Body):
    """`version` (or the header If-Match) is the one that was seen; `note` is told to the customer."""

    status: Id | None = None
    fields: Annotated[dict[str, Any], Field(max_length=50)] | None = None
    note: Annotated[str, StringConstraints(max_length=2000)] = ""
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


def cursor(value: Any, key: str) -> str:
    """The place after a row, opaque to clients."""
    return base64.urlsafe_b64encode(msgspec.json.encode([value, key])).decode()


def read_cursor(text: str | None) -> tuple[int, str] | None:
    """The inverse. Raises Invalid for anything that `cursor` did not make."""
    if text is None:
        return None
    try:
        value, key = msgspec.json.decode(base64.urlsafe_b64decode(text.encode()), type=tuple[int, str])
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        raise Invalid("This is not a `next` of an earlier answer.", field="next") from None
    if abs(value) > 2**62:
        raise Invalid("This is not a `next` of an earlier answer.", field="next")
    return value, key


def seen_version(version: int | None, if_match: str | None) -> int | None:
    """The version that a change was decided on; None where If-Match is `*`. Raises Invalid, and Conflict for two."""
    if if_match is not None and if_match.strip() != "*":
        digits = if_match.strip().removeprefix("W/").strip('"')
        if not (digits.isascii() and digits.isdigit()):
            raise Invalid('If-Match holds the version, as in If-Match: "3".', field="If-Match")
        if version is not None and version != int(digits):
            raise Conflict("`version` and If-Match name different versions.")
        version = int(digits)
    if version is None and if_match is None:
        raise Invalid("Name the version that you have seen, in `version` or If-Match.", field="version")
    return version


async def shown_ticket(system: System, number: str, response: Response) -> dict[str, Any]:
    """A ticket with its history; its version goes out as the ETag."""
    row = await system.tickets.read(number)
    history = await system.store.read(f"ticket:{row['id']}")
    response.headers["ETag"] = f'"{row["version"]}"'
    return {**ticket_row(row), "history": [for_agent(recorded) for recorded in history]}


def _page(rows: list[dict[str, Any]], limit: int, order: str, shape: Any) -> dict[str, Any]:
    more = len(rows) > limit
    rows = rows[:limit]
    return {
        "items": [shape(row) for row in rows],
        "next": cursor(rows[-1][order], rows[-1]["id"]) if more else None,
    }


def routes(system: System) -> APIRouter:
    """`/conversations`, `/tickets`, `/qa`."""
    router = APIRouter(prefix="/api/v1")
    _conversations(router, system)
    _tickets(router, system)
    _scores(router, system)
    return router


def _conversations(router: APIRouter, system: System) -> None:
    agent = signed_in(system, "agent")

    @router.get("/conversations", response_model=Page, responses=refusals(401, 403), tags=["conversations"])
    async def conversations(
        mode: Literal["bot", "waiting", "human", "closed"] | None = None,
        assignee: Annotated[str | None, Query(max_length=64)] = None,
        contact: Annotated[str | None, Query(max_length=64)] = None,
        limit: Limit = 50,
        next: Cursor = None,
        user: User = agent,
    ) -> Any:
        """Conversations, the newest words first. `assignee=me` are one's own."""
        where: dict[str, Any] = {}
        if mode:
            where["mode"] = mode
        if assignee:
            where["assignee"] = user.name if assignee == "me" else assignee
        if contact:
            where["contact"] = contact
        rows = await system.rows.find("conversations", where, "-last_at", limit + 1, read_cursor(next))
        return _page(rows, limit, "last_at", conversation_row)

    @router.get("/conversations/{id}", responses=refusals(401, 403, 404), tags=["conversations"])
    async def conversation(id: Id, user: User = agent) -> dict[str, Any]:
        """One conversation as it is now."""
        row = await system.rows.get("conversations", id)
        if row is None:
            raise NotFound("There is no such conversation.")
        fold = await system.log.conversation(id, fresh=True)  # an erasure may have come from elsewhere
        return {
            **conversation_row(row),
            "seq": fold.version,
            "slots": fold.slots,
            "tickets": list(fold.tickets),
            "assignee_name": fold.assignee_name or None,
        }

    @router.get("/conversations/{id}/events", response_model=Page, responses=refusals(401, 403, 404), tags=["conversations"])
    async def events(
        id: Id,
        after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
        limit: Limit = 100,
        user: User = agent,
    ) -> Any:
        """Every event, in order; `next` is the `after` of the next page."""
        fold = await system.log.conversation(id)
        page = await system.store.read(fold.stream, after=after, limit=limit)
        more = page[-1].seq if page and page[-1].seq < fold.version else None
        return {"items": [for_agent(recorded) for recorded in page], "next": str(more) if more else None}

    @router.get("/conversations/{id}/summary", responses=refusals(401, 403, 404), tags=["conversations"])
    async def summary(
        id: Id, language: Literal["zh", "en"] | None = None, user: User = agent
    ) -> dict[str, Any]:
        """The story so far: reason, asked and answered, tried, slots, tickets, sources, mood, and what else is known of the customer."""
        return await system.summary(id, language)

    @router.post(
        "/conversations/{id}/messages", status_code=202, response_model=Seq, responses=refusals(401, 403, 404),
        tags=["conversations"],
    )  # fmt: skip
    async def say(id: Id, body: AgentMessage, user: User = agent) -> Any:
        """Words of the agent who serves the conversation."""
        message = body.id or secrets.token_hex(8)
        files = await system.files.sent(id, user.name, body.files)
        return {"seq": await system.people.say(id, user.name, user.display, message, body.text, files)}


def _tickets(router: APIRouter, system: System) -> None:
    agent = signed_in(system, "agent")

    @router.get("/tickets", response_model=Page, responses=refusals(401, 403), tags=["tickets"])
    async def tickets(
        status: Annotated[str | None, Query(max_length=64)] = None,
        type: Annotated[str | None, Query(max_length=64)] = None,
        conversation: Annotated[str | None, Query(max_length=64)] = None,
        contact: Annotated[str | None, Query(max_length=64)] = None,
        limit: Limit = 50,
        next: Cursor = None,
        user: User = agent,
    ) -> Any:
        """Tickets, the last changed first."""
        given = {"status": status, "type": type, "conversation": conversation, "contact": contact}
        where = {name: value for name, value in given.items() if value}
        rows = await system.rows.find("tickets", where, "-updated_at", limit + 1, read_cursor(next))
        return _page(rows, limit, "updated_at", ticket_row)

    @router.post("/tickets", status_code=201, responses=refusals(401, 403, 404, 409), tags=["tickets"])
    async def create(body: NewTicket, response: Response, user: User = agent) -> dict[str, Any]:
        """A ticket opened by a person, for a conversation if one is named."""
        contact, language = "", ""
        if body.conversation:
            fold = await system.log.conversation(body.conversation)
            contact, language = fold.contact, fold.language
        number = await system.tickets.create(
            body.type,
            body.fields,
            by=e.Actor(e.AGENT, user.name),
            contact=contact,
            conversation=body.conversation or "",
            language=language,
        )
        response.headers["Location"] = f"/api/v1/tickets/{number}"
        return await shown_ticket(system, number, response)

    @router.get("/tickets/{number}", responses=refusals(401, 403, 404), tags=["tickets"])
    async def ticket(number: Id, response: Response, user: User = agent) -> dict[str, Any]:
        """A ticket with its history."""
        return await shown_ticket(system, number, response)

    @router.patch("/tickets/{number}", responses=refusals(401, 403, 404, 409), tags=["tickets"])
    async def change(
        number: Id,
        body: ChangedTicket,
        response: Response,
        if_match: Annotated[str | None, Header(max_length=40)] = None,
        user: User = agent,
    ) -> dict[str, Any]:
        """Changes a ticket; its customer is told."""
        version = seen_version(body.version, if_match)
        await system.tickets.update(
            number,
            by=e.Actor(e.AGENT, user.name),
            version=version,
            status=body.status,
            fields=body.fields,
            note=body.note.replace("\0", ""),
        )
        return await shown_ticket(system, number, response)


def _scores(router: APIRouter, system: System) -> None:
    supervisor = signed_in(system, "supervisor")

    @router.get("/qa/scores", response_model=Page, responses=refusals(401, 403), tags=["qa"])
    async def scores(limit: Limit = 50, next: Cursor = None, user: User = supervisor) -> Any:
        """Closed conversations with their totals, the last closed first."""
        rows = await system.rows.find(
            "conversations", {"mode": "closed"}, "-closed_at", limit + 1, read_cursor(next)
        )
        return _page(rows, limit, "closed_at", conversation_row)

    @router.get("/qa/scores/{conversation}", responses=refusals(401, 403, 404), tags=["qa"])
    async def scorecard(conversation: Id, user: User = supervisor) -> dict[str, Any]:
        """All scorecards of a conversation, one for each closing, each check with its evidence."""
        fold = await system.log.conversation(conversation)
        cards = [r for r in await system.store.read(fold.stream) if isinstance(r.event, e.Scored)]
        return {"conversation": conversation, "scorecards": [scorecard_row(for_agent(card), system.pack.scorecard) for card in cards]}
