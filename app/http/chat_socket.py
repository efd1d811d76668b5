"""The customer's socket, `/api/v1/webchat/ws`: the hot path of the whole service."""

import asyncio
import time
from collections.abc import Sequence
from typing import Literal

import msgspec
import structlog
from fastapi import WebSocket

from app import metrics
from app.http.frames import AUTHENTICATION, FLOOD, HELLO_SECONDS, BadFrame, Closed, Door, Frames, hold
from app.inbox import Inbound
from app.wiring import System
from channels.webchat import visible_bytes
from core.conversation import WAITING
from core.errors import NotFound, SwitchboardError, Unauthenticated
from core.events import Closed as ConversationClosed
from core.events import HandoffAsked, HandoffCancelled, HandoffTaken, Recorded, TakenOver, Transferred
from core.time import SECOND

PAGE = 500
PATIENCE = 20
"""Bad or refused frames in a row after which a socket counts as hostile."""
EXPIRING_SECONDS = 120

LINE_MOVES = (HandoffAsked, HandoffCancelled, HandoffTaken, TakenOver, Transferred, ConversationClosed)
"""Events after which those who wait stand elsewhere."""

_log = structlog.get_logger()


class Hello(msgspec.Struct, tag="hello"):
    token: str
    after: int = 0
    version: int = 1


class Message(msgspec.Struct, tag="message"):
    id: str
    text: str = ""
    payload: str | None = None
    files: tuple[str, ...] = ()


class Typing(msgspec.Struct, tag="typing"):
    pass


class Read(msgspec.Struct, tag="read"):
    seq: int


class Rate(msgspec.Struct, tag="rate"):
    score: Literal[1, 2, 3, 4, 5]
    comment: str = ""


class LeaveQueue(msgspec.Struct, tag="leave_queue"):
    pass


class Close(msgspec.Struct, tag="close"):
    pass


class Ping(msgspec.Struct, tag="ping"):
    pass


Frame = Hello | Message | Typing | Read | Rate | LeaveQueue | Close | Ping
TYPES = ("hello", "message", "typing", "read", "rate", "leave_queue", "close", "ping")
DECODER: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)


class ChatSession:
    """One socket of one customer. `last` is the seq up to which this client has been told."""

    def __init__(self, system: System, socket: WebSocket) -> None:
        self._system = system
        self.frames = Frames(socket, DECODER, TYPES)
        self._conversation = ""
        self._stream = ""
        self._last = 0
        self._live = False
        self._behind = False
        self._misses = 0
        self._expiry: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """From the greeting to the end of the connection."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                await self._introduce()
        except TimeoutError:
            await self.frames.close(AUTHENTICATION, "no hello came")
            return
        self._system.sockets.add(self.frames)
        try:
            while True:
                await self._step()
        finally:
            self._leave()

    async def _step(self) -> None:
        try:
            frame = await self.frames.receive()
            await self._handle(frame)
            self._misses = 0
        except BadFrame as bad:
            await self._miss(bad.code, bad.message, bad.id)
        except Unauthenticated as error:
            await self.frames.error(error.code, error.message)
            await self.frames.close(AUTHENTICATION, error.message)
            raise Closed from None

    async def _miss(self, code: str, message: str, id: str | None = None) -> None:
        self._misses += 1
        await self.frames.error(code, message, id)
        if self._misses >= PATIENCE:
            await self.frames.close(FLOOD, "too many frames that cannot be taken")
            raise Closed

    async def _introduce(self) -> None:
        while not self._conversation:
            try:
                frame = await self.frames.receive()
            except BadFrame as bad:
                await self._miss(bad.code, bad.message, bad.id)
                continue
            if not isinstance(frame, Hello):
                await self._miss("hello_first", "The first frame is hello, with the conversation's token.")
                continue
            try:
                await self._hello(frame)
            except (Unauthenticated, NotFound) as error:
                await self.frames.error("unauthenticated", error.message)
                await self.frames.close(AUTHENTICATION, error.message)
                raise Closed from None

    # Frames ----------------------------------------------------------------------------------------------------

    async def _handle(self, frame: Frame) -> None:
        if isinstance(frame, Message):
            await self._message(frame)
        elif isinstance(frame, Ping):
            await self.frames.send({"type": "pong"})
        elif isinstance(frame, Typing):
            self._system.hub.signal("desk", {"type": "typing", "by": "customer", "conversation": self._conversation})
        elif isinstance(frame, Hello):
            await self._hello(frame)
        else:
            await self._other(frame)

    async def _other(self, frame: Read | Rate | LeaveQueue | Close) -> None:
        try:
            if isinstance(frame, Read):
                await self._system.webchat.seen(self._conversation, frame.seq)
            elif isinstance(frame, Rate):
                await self._system.webchat.rate(self._conversation, frame.score, frame.comment)
            elif isinstance(frame, LeaveQueue):
                await self._system.people.leave_queue(self._conversation)
            else:
                await self._system.webchat.close(self._conversation)
        except Unauthenticated:
            raise
        except SwitchboardError as error:
            await self.frames.error(error.code, error.message)

    async def _message(self, frame: Message) -> None:
        arrived = time.perf_counter()
        system = self._system
        if not await system.limits.allow(self._conversation, system.settings.rate_limit_conversation):
            raise BadFrame("rate_limited", "Too many messages at once; wait a moment and send it again.", frame.id)
        try:
            files = await system.files.sent(self._conversation, "", frame.files) if frame.files else ()
            inbound = Inbound(self._conversation, frame.id, frame.text, frame.payload, files)
            received = await system.inbox.receive(inbound)
        except SwitchboardError as error:
            await self.frames.error(error.code, error.message, frame.id)
            return
        metrics.MESSAGES.labels("webchat").inc()
        metrics.ACKNOWLEDGED.observe(time.perf_counter() - arrived)
        if received.altered:
            await self.frames.error(
                "id_used", "This id came before with other words; the first message stands.", frame.id
            )
        await self.frames.send({"type": "ack", "id": frame.id, "seq": received.seq})

    async def _hello(self, frame: Hello) -> None:
        """Authenticates, or renews in place; then everything after `after`, then what happens."""
        token = self._system.tokens.read_widget(frame.token)
        if self._conversation and token.conversation != self._conversation:
            raise Unauthenticated("The token is for another conversation.", code="token_invalid")
        fold = await self._system.log.conversation(token.conversation)
        renewal = bool(self._conversation)
        self._conversation, self._stream = token.conversation, fold.stream
        self._watch_expiry(token.expires)
        await self.frames.send(
            {
                "type": "ready",
                "conversation": fold.id,
                "seq": fold.version,
                "mode": fold.mode,
                "file_limit": self._system.files.limit,
            }
        )
        if not renewal:
            self._last = max(0, frame.after)
            self._system.hub.listen(self._stream, self._heard)
            self._system.hub.listen_signals(self._stream, self.frames.push)
        await self._replay()
        if fold.mode == WAITING:
            self._system.line.soon()

    # Events ----------------------------------------------------------------------------------------------------

    async def _replay(self) -> None:
        """Reads from the log until nothing is missing, then goes over to what the hub tells."""
        self._live = False
        while True:
            self._behind = False
            events = await self._system.store.read(self._stream, after=self._last, limit=PAGE)
            self._push(events)
            if len(events) < PAGE and not self._behind:
                self._live = True
                return

    def _heard(self, events: Sequence[Recorded]) -> None:
        if any(isinstance(recorded.event, LINE_MOVES) for recorded in events):
            self._system.line.soon()
        if not self._live:
            self._behind = True
            return
        if events[0].seq > self._last + 1:
            self._live = False
            task = asyncio.get_running_loop().create_task(self._replay())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        self._push(events)

    def _push(self, events: Sequence[Recorded]) -> None:
        for recorded in events:
            if recorded.seq <= self._last:
                continue
            self._last = recorded.seq
            event = visible_bytes(recorded)
            if event is not None:
                self.frames.push_event(event)

    # The end ---------------------------------------------------------------------------------------------------

    def _watch_expiry(self, expires: int) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        remaining = expires - self._system.clock() / SECOND
        loop = asyncio.get_running_loop()
        self._expiry = loop.call_later(max(0.0, remaining - EXPIRING_SECONDS), self._expiring, expires)

    def _expiring(self, expires: int) -> None:
        remaining = expires - self._system.clock() / SECOND
        loop = asyncio.get_running_loop()
        if remaining > 1:
            self.frames.push({"type": "expiring", "seconds": int(remaining)})
            self._expiry = loop.call_later(remaining, self._expiring, expires)
            return
        task = loop.create_task(self.frames.close(AUTHENTICATION, "the token is over"))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _leave(self) -> None:
        self._system.sockets.discard(self.frames)
        self._system.hub.unlisten(self._stream, self._heard)
        self._system.hub.unlisten_signals(self._stream, self.frames.push)
        if self._expiry is not None:
            self._expiry.cancel()
        for task in self._tasks:
            task.cancel()


def door(system: System) -> Door:
    """What serves the path of this socket."""

    async def chat(socket: WebSocket) -> None:
        session = ChatSession(system, socket)
        await hold(system, "chat", session.frames, session.run)

    return chat
