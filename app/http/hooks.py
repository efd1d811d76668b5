"""Where other systems say that something has happened, and flows start."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, Field, StringConstraints

from app.http.accounts import Body
from app.http.edge import refusals
from app.starts import Target
from app.wiring import System
from channels.signature import verify
from core.errors import Denied, Invalid
from core.time import SECOND

Name = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")]
Words = Annotated[str, StringConstraints(max_length=2000)]
Number = Annotated[int, Field(ge=-(2**53), le=2**53)] | Annotated[float, Field(allow_inf_nan=False)]
Signed = Annotated[str | None, Header(max_length=2000)]


class HookCall(Body):
    """One of `conversation`, `contact` (our id, or the user id that the page vouches for) and `ticket`. `id` makes the
    call idempotent (without it the header `webhook-id` does). `slots` are filled before the flow begins."""

    id: Name | None = None
    conversation: Name | None = None
    contact: Name | None = None
    ticket: Name | None = None
    slots: Annotated[dict[Name, bool | Number | Words], Field(max_length=50, default_factory=dict)]


class HookTaken(BaseModel):
    """The conversations in which a flow starts; none where there is no open one, or a person serves."""

    started: list[str]


def routes(system: System) -> APIRouter:
    """`/hooks`."""
    router = APIRouter(prefix="/api/v1", tags=["hooks"])

    async def caller(
        request: Request,
        webhook_id: Signed = None,
        webhook_timestamp: Signed = None,
        webhook_signature: Signed = None,
    ) -> str:
        """The `webhook-id` of a call that is signed as Standard Webhooks say."""
        secret = system.settings.hook_secret
        if not secret:
            raise Denied("This server takes no calls. Set SWITCHBOARD_HOOK_SECRET, and sign with it.", code="hooks_off")
        body = await request.body()
        now = system.clock() / SECOND
        verify(secret, webhook_id or "", webhook_timestamp or "", webhook_signature or "", body, now)
        return webhook_id or ""

    @router.post("/hooks/{name}", status_code=202, response_model=HookTaken, responses=refusals(401, 403, 404))
    async def call(name: Name, body: HookCall, signed: Annotated[str, Depends(caller)]) -> Any:
        """Starts the flows that name this webhook; on disk when this returns. The same id again starts nothing."""
        given = [value for value in (body.conversation, body.contact, body.ticket) if value]
        if len(given) != 1:
            raise Invalid("Name one of conversation, contact or ticket.")
        target = Target(body.conversation or "", body.contact or "", body.ticket or "")
        return {"started": await system.starts.called(name, body.id or signed, target, body.slots)}

    return router
