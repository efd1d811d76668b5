"""Frames of the sockets: what clients may send, checked once, and how a session sends."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec
from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from app import metrics

if TYPE_CHECKING:
    from app.wiring import System

AUTHENTICATION, ORIGIN, FLOOD, SIZE, RESTART = 4401, 4403, 4429, 1009, 1012
HELLO_SECONDS = 15.0
BUFFER_LIMIT = 5_000
"""Frames that may wait for a slow reader before its socket is closed; it replays from its last seq."""

Frame = TypeVar("Frame")
Door = Callable[[WebSocket], Awaitable[None]]
"""Serves one socket from its opening to its end."""

encode = msgspec.json.Encoder().encode


class Closed(Exception):
    """The socket ends here."""


class BadFrame(Exception):
    """What the client sent does not fit; the message says how it should."""

    def __init__(self, code: str, message: str, id: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.id = code, message, id


class Frames(Generic[Frame]):
    """Reads and writes one socket. Sends from several tasks keep their order."""

    def __init__(self, socket: WebSocket, decoder: msgspec.json.Decoder[Frame], types: Sequence[str]) -> None:
        self.socket = socket
        self._decoder = decoder
        self._types = types
        self._buffer: list[str] = []
        self._pump: asyncio.Task[None] | None = None

    async def receive(self) -> Frame:
        """The next frame. Raises BadFrame, or Closed when the other side has gone."""
        message = await self.socket.receive()
        if message["type"] == "websocket.disconnect":
            raise Closed
        data = message.get("text")
        if data is None:
            raise BadFrame("bad_frame", "Frames are text with JSON.")
        try:
            return self._decoder.decode(data)
        except msgspec.ValidationError as error:
            raise self._explained(data, str(error)) from None
        except msgspec.DecodeError:
            raise BadFrame("bad_json", "The frame is not JSON.") from None
        except (UnicodeEncodeError, RecursionError):
            raise BadFrame("bad_json", "The frame is not JSON in UTF-8.") from None

    def _explained(self, data: str, error: str) -> BadFrame:
        try:
            loose = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError):  # what the first error hid, such as 1e400
            return BadFrame("bad_json", "The frame is not JSON.")
        frame = loose if isinstance(loose, dict) else {}
        kind, id = frame.get("type"), frame.get("id")
        known = id if isinstance(id, str) and len(id) <= 128 else None
        if kind not in self._types:
            return BadFrame("unknown_type", f"The type of a frame is one of {', '.join(self._types)}.", known)
        return BadFrame("bad_frame", f"The {kind} frame does not fit: {error}.", known)

    async def send(self, frame: dict[str, Any]) -> None:
        """Sends now, behind what is already waiting."""
        self.push_text(encode(frame).decode())
        await self.flush()

    def push(self, frame: dict[str, Any]) -> None:
        """Sends soon, without waiting."""
        self.push_text(encode(frame).decode())

    def push_event(self, event: bytes) -> None:
        """Sends an encoded event soon."""
        self.push_text('{"type":"event","event":' + event.decode() + "}")

    def push_text(self, text: str) -> None:
        """Sends an encoded frame soon."""
        self._buffer.append(text)
        if self._pump is None:
            self._pump = asyncio.get_running_loop().create_task(self._run())

    async def flush(self) -> None:
        """Returns when everything pushed has been handed to the connection."""
        if self._pump is not None:
            await asyncio.shield(self._pump)

    async def _run(self) -> None:
        try:
            while self._buffer:
                if len(self._buffer) > BUFFER_LIMIT:
                    await self.close(FLOOD, "the reader is too slow")
                    return
                batch, self._buffer = self._buffer, []
                for text in batch:
                    await self.socket.send({"type": "websocket.send", "text": text})
        except (WebSocketDisconnect, RuntimeError, OSError):
            self._buffer.clear()  # gone; the reader's side of the session notices
        finally:
            self._pump = None

    async def error(self, code: str, message: str, id: str | None = None) -> None:
        """One clear word; the socket stays."""
        metrics.REFUSED.labels(code).inc()
        frame = {"type": "error", "code": code, "message": message}
        await self.send({**frame, "id": id} if id is not None else frame)

    async def close(self, code: int, reason: str) -> None:
        """Ends the socket with a code of INTERFACES."""
        if self.socket.application_state is WebSocketState.CONNECTED:
            try:
                await self.socket.close(code, reason[:120])
            except (WebSocketDisconnect, RuntimeError, OSError):
                return


def origin_allowed(socket: WebSocket, public_url: str, allowed: Sequence[str]) -> bool:
    """Own origin, or one of the setting; a client without an Origin header is not a browser (RFC 6454, section 7)."""
    origin = socket.headers.get("origin")
    if origin is None:
        return True
    host = socket.headers.get("host", "")
    own = {f"http://{host}", f"https://{host}"}
    if public_url:
        own.add(public_url.rstrip("/"))
    return origin.rstrip("/") in own or origin.rstrip("/") in allowed


async def hold(system: "System", kind: str, frames: Frames[Any], run: Callable[[], Awaitable[None]]) -> None:
    """One socket from its opening to its end; who may not come in hears why."""
    socket = frames.socket
    await socket.accept()
    if not origin_allowed(socket, system.settings.public_url, system.settings.allowed_origins):
        await frames.error("origin", "This page may not connect: add its origin to SWITCHBOARD_ALLOWED_ORIGINS.")
        await frames.close(ORIGIN, "origin not in SWITCHBOARD_ALLOWED_ORIGINS")
        return
    if system.stopping:
        await frames.close(RESTART, "restarting")
        return
    metrics.SOCKETS.labels(kind).inc()
    try:
        with contextlib.suppress(Closed):
            await run()
    finally:
        metrics.SOCKETS.labels(kind).dec()
