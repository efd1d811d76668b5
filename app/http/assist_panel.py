"""The panel of suggestions alone, for a frame on somebody else's page: its page, its token and its socket,
`/api/v1/assist/ws`."""

import asyncio
import html
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, WebSocket
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, StringConstraints

from app.assist import frames as suggestions
from app.assist import open_frames
from app.http.accounts import signed_in
from app.http.assist_frames import helped
from app.http.desk_frames import Dismiss, Ping, Use
from app.http.edge import ASSIST_PAGE, refusals
from app.http.frames import AUTHENTICATION, BadFrame, Door, hold
from app.http.operations import STATIC
from app.http.session import Session
from app.tokens import ASSIST_SECONDS, AssistToken
from app.wiring import System
from core import events as e
from core.conversation import PREFIX
from core.errors import NotFound, Unauthenticated
from core.time import SECOND
from store.settled import User

WARNING_SECONDS = 60
"""How long before the end of a token the page around the panel is asked for another one."""


class Hello(msgspec.Struct, tag="hello"):
    token: str


Frame = Hello | Use | Dismiss | Ping
TYPES = ("hello", "use", "dismiss", "ping")
DECODER: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)

_SETTLED = (e.SuggestionUsed, e.SuggestionDismissed)
_OVER = (e.Closed, e.HandoffReturned, e.Transferred, e.Erased)


class PanelToken(BaseModel):
    """`page` is the address for the frame; the token goes into it by `postMessage`, never in the address."""

    token: str
    expires_in: int
    page: str


Id = Annotated[str, StringConstraints(min_length=1, max_length=128)]


def routes(system: System) -> APIRouter:
    """`/desk/assist` and the token for it."""
    router = APIRouter()
    agent = signed_in(system, "agent")

    @router.post(
        "/api/v1/conversations/{id}/assist", response_model=PanelToken, status_code=201,
        responses=refusals(401, 403, 404), tags=["conversations"],
    )  # fmt: skip
    async def token(id: Id, user: User = agent) -> Any:
        """A short-lived token for the panel of one conversation: to see its suggestions, and to use them where the
        conversation is the agent's own."""
        fold = await system.log.conversation(id)
        made = system.tokens.assist(user.name, fold.id, user.epoch)
        return {"token": made, "expires_in": ASSIST_SECONDS, "page": f"{ASSIST_PAGE}?conversation={fold.id}"}

    @router.get(ASSIST_PAGE, include_in_schema=False)
    async def page() -> HTMLResponse:
        file = STATIC / "assist.html"
        if not file.exists():
            raise NotFound("The pages are not built: run `make web`, or install the package again.")
        text = await asyncio.to_thread(file.read_text, "utf-8")
        origins = html.escape(" ".join(system.settings.assist_origins), quote=True)
        return HTMLResponse(text.replace("{origins}", origins), headers={"cache-control": "no-cache"})

    return router


class Panel(Session[Frame]):
    """One socket of one panel."""

    NAMED = ("suggestion",)

    def __init__(self, system: System, socket: WebSocket) -> None:
        super().__init__(system, socket, DECODER, TYPES)
        self._token: AssistToken | None = None
        self._agent = ""
        self._end: asyncio.Task[None] | None = None

    @property
    def _greeted(self) -> bool:
        return self._token is not None

    @property
    def _known(self) -> AssistToken:
        assert self._token is not None
        return self._token

    def _leave(self) -> None:
        if self._token is not None:
            self._system.hub.unlisten(PREFIX + self._token.conversation, self._heard)
        if self._end is not None:
            self._end.cancel()

    async def _handle(self, frame: Frame) -> None:
        if isinstance(frame, Hello):
            await self._hello(frame)
        elif self._token is None:
            raise BadFrame("hello_first", "The first frame is hello, with a token of the panel.")
        elif isinstance(frame, Ping):
            await self.frames.send({"type": "pong"})
        else:
            if not await self._system.limits.allow(f"assist:{self._agent}", 600):
                raise BadFrame("rate_limited", "Too many frames at once; wait a moment.")
            if self._known.expires <= self._system.clock() / SECOND:
                raise Unauthenticated("The token is over; renew it.")
            user = await self._system.users.get(self._agent)
            if not user.active or user.epoch != self._known.epoch:
                raise Unauthenticated("This sign-in has ended; sign in again.")
            if frame.suggestion.partition(":")[0] != self._known.conversation:
                raise NotFound("There is no such suggestion in this conversation.")
            await self.frames.send(await helped(self._system.assist, frame, self._agent))

    async def _hello(self, frame: Hello) -> None:
        user, token = await self._system.users.helped(frame.token)
        if self._token is not None and (token.name, token.conversation) != (self._agent, self._known.conversation):
            raise Unauthenticated("The token is for another panel.")
        fold = await self._system.log.conversation(token.conversation, fresh=True)
        first = self._token is None
        self._token, self._agent = token, user.name
        self._watch()
        if first:
            self._system.hub.listen(fold.stream, self._heard)
        mine = fold.mode == "human" and fold.assignee == user.name
        shown = await open_frames(self._system.log, fold)
        await self.frames.send(
            {
                "type": "ready", "conversation": fold.id, "mode": fold.mode, "mine": mine, "language": fold.language,
                "suggestions": shown, "expires_in": max(0, int(token.expires - self._system.clock() / SECOND)),
            }
        )  # fmt: skip

    def _watch(self) -> None:
        """Asks for another token in time, and ends with the old one where none comes."""
        if self._end is not None:
            self._end.cancel()
        left = self._known.expires - self._system.clock() / SECOND
        self._end = asyncio.get_running_loop().create_task(self._expire(left))

    async def _expire(self, left: float) -> None:
        await asyncio.sleep(max(0.0, left - WARNING_SECONDS))
        await self.frames.send({"type": "expiring", "seconds": int(min(left, WARNING_SECONDS))})
        await asyncio.sleep(min(left, WARNING_SECONDS))
        await self.frames.close(AUTHENTICATION, "the token is over")

    def _heard(self, events: Sequence[e.Recorded]) -> None:
        for recorded in events:
            event = recorded.event
            for frame in suggestions(recorded):
                self.frames.push(frame)
            if isinstance(event, _SETTLED):
                how = "used" if isinstance(event, e.SuggestionUsed) else "dismissed"
                self.frames.push({"type": "settled", "suggestion": event.suggestion, "as": how})
            elif isinstance(event, e.CustomerSaid):
                self.frames.push({"type": "moved", "seq": recorded.seq})
            elif isinstance(event, _OVER):
                self.frames.push({"type": "over"})


def door(system: System) -> Door:
    """What serves the path of this socket."""

    async def panel(socket: WebSocket) -> None:
        one = Panel(system, socket)
        await hold(system, "assist", one.frames, one.run)

    return panel
