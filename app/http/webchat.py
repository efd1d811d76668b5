"""The HTTP twin of the chat socket."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from app import metrics
from app.files import MOST_AT_ONCE
from app.http.accounts import Body
from app.http.edge import bearer, refusals
from app.inbox import ID_LIMIT, PAYLOAD_LIMIT, TEXT_LIMIT, Inbound
from app.tokens import WidgetToken
from app.wiring import System
from channels.webchat import visible
from channels.widget import shown
from contacts.identity import Identity
from core.errors import TooMany, Unauthenticated
from core.time import SECOND, iso

Short = Annotated[str, StringConstraints(max_length=256)]
SCAN = 1_000


class IdentityIn(Body):
    """Who the customer is, vouched for by the page's own system (signature: see the reference)."""

    user_id: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    name: Short | None = None
    expires: int | Short
    signature: Short


class NewConversation(Body):
    """All optional. `continues` needs the token of that conversation in the Authorization header; `resume`, with an identity:
    the open conversation that it spoke in last is given, if there is one."""

    locale: Annotated[str, StringConstraints(max_length=35)] | None = None
    identity: IdentityIn | None = None
    attributes: Annotated[dict[str, Any], Field(max_length=50)] | None = None
    continues: Short | None = None
    resume: bool = False
    form: Annotated[dict[Short, Short], Field(max_length=20)] | None = None
    consent: bool = False


class OwnConversation(BaseModel):
    """One of the customer's; `last_by`: customer, bot or agent."""

    id: str
    mode: str
    started_at: str
    last_at: str
    last_text: str | None
    last_by: str | None
    ticket: str | None


class OwnConversations(BaseModel):
    """The newest first, at most 50."""

    items: list[OwnConversation]


class OfflineMessage(Body):
    """Fields of the ticket by name."""

    fields: Annotated[dict[Short, Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]], Field(max_length=20)]


class LeftMessage(BaseModel):
    """The ticket's number."""

    ticket: str


class WidgetConfig(BaseModel):
    """What the pack asks before a chat, and whether nobody is there; what is off is null."""

    prechat: dict[str, Any] | None
    consent: dict[str, Any] | None
    offline: dict[str, Any] | None
    away: bool


class ConversationToken(BaseModel):
    """`expires_at`: ISO 8601."""

    conversation: str
    token: str
    expires_at: str


class NewMessage(Body):
    """`id` is the client's own and makes the message idempotent; `files` are ids of uploads."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=ID_LIMIT)]
    text: Annotated[str, StringConstraints(max_length=TEXT_LIMIT)] = ""
    payload: Annotated[str, StringConstraints(max_length=PAYLOAD_LIMIT)] | None = None
    files: Annotated[list[Short], Field(max_length=MOST_AT_ONCE, default_factory=list)]


class Accepted(BaseModel):
    """`altered`: the same id came before with other words, which stand."""

    seq: int
    altered: bool = False


class EventList(BaseModel):
    """`next`: what to ask for as `after` to go on; null when there is nothing more."""

    items: list[dict[str, Any]]
    next: str | None


def _opened(opened: Any) -> dict[str, Any]:
    return {
        "conversation": opened.conversation,
        "token": opened.token,
        "expires_at": iso(opened.expires_at * SECOND),
    }


def routes(system: System) -> APIRouter:
    """`/webchat` but for its socket."""
    router = APIRouter(prefix="/api/v1/webchat", tags=["webchat"])

    def widget(request: Request) -> WidgetToken:
        return system.tokens.read_widget(bearer(request))

    @router.post("/conversations", status_code=201, response_model=ConversationToken, responses=refusals(401))
    async def begin(request: Request, body: NewConversation) -> Any:
        """A new conversation; the bot has greeted when this returns."""
        identity = None
        if body.identity is not None:
            given = body.identity
            identity = Identity(given.user_id, given.expires, given.signature, given.name or "")
        proof = None
        if body.continues:
            try:
                proof = bearer(request)
            except Unauthenticated:
                proof = None  # without proof the new conversation stands alone
        return _opened(
            await system.webchat.open(
                body.locale, identity, body.attributes, body.continues, proof, body.resume, body.form, body.consent
            )
        )

    @router.get("/config", response_model=WidgetConfig, responses=refusals())
    async def config() -> Any:
        """What the pack's widget asks for, in all languages."""
        settings, tickets = system.pack.widget, system.pack.tickets.types
        kind = tickets.get(settings.offline.ticket) if settings.offline else None
        labels = {name: dict(field.label) for name, field in kind.fields.items()} if kind else {}
        return {**shown(settings, labels), "away": await system.offline.away()}

    @router.post("/offline", status_code=201, response_model=LeftMessage, responses=refusals(401, 404, 409))
    async def offline(request: Request, body: OfflineMessage) -> Any:
        """A message of somebody who waits while nobody is there; it becomes a ticket."""
        return {"ticket": await system.offline.leave(widget(request).conversation, body.fields)}

    @router.get("/conversations", response_model=OwnConversations, responses=refusals(401, 404))
    async def own(request: Request) -> Any:
        """The conversations of the customer whom the page vouches for, from all devices; for others only this one."""
        return {"items": await system.webchat.visits.listed(widget(request).conversation)}

    @router.post("/conversations/{id}/token", response_model=ConversationToken, responses=refusals(401, 404))
    async def enter(request: Request, id: Short) -> Any:
        """A token for another of the conversations listed."""
        return _opened(await system.webchat.enter(widget(request).conversation, id))

    @router.post("/token", response_model=ConversationToken, responses=refusals(401, 404))
    async def renew(request: Request) -> Any:
        """A new token for an old one, until 30 days after the last message."""
        return _opened(await system.webchat.renew(bearer(request)))

    @router.get("/events", response_model=EventList, responses=refusals(401, 404))
    async def events(
        request: Request,
        after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 100,
    ) -> Any:
        """What the customer may see, in order."""
        fold = await system.log.conversation(widget(request).conversation)
        items: list[dict[str, Any]] = []
        while True:
            page = await system.store.read(fold.stream, after=after, limit=SCAN)
            for recorded in page:
                after = recorded.seq
                event = visible(recorded)
                if event is not None:
                    items.append(event)
                if len(items) == limit:
                    return {"items": items, "next": str(after)}
            if len(page) < SCAN:
                return {"items": items, "next": None}

    @router.post("/messages", status_code=202, response_model=Accepted, responses=refusals(401, 404, 409))
    async def message(request: Request, response: Response, body: NewMessage) -> Any:
        """A message; when this returns it is on disk. The same id gives the same seq."""
        conversation = widget(request).conversation
        if not await system.limits.allow(conversation, system.settings.rate_limit_conversation):
            raise TooMany("Too many messages at once; wait a moment and send it again.")
        files = await system.files.sent(conversation, "", body.files)
        received = await system.inbox.receive(Inbound(conversation, body.id, body.text, body.payload, files))
        metrics.MESSAGES.labels("webchat").inc()
        return msgspec.structs.asdict(received)

    return router
