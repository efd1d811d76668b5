"""One socket of somebody who works here: a greeting, then frames until the end; what cannot be taken is told."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic

import msgspec
from fastapi import WebSocket

from app.http.frames import AUTHENTICATION, FLOOD, HELLO_SECONDS, BadFrame, Closed, Frame, Frames
from app.wiring import System
from core.errors import SwitchboardError, Unauthenticated

PATIENCE = 20
"""Frames one after the other that cannot be taken; then the socket is closed."""


class Session(ABC, Generic[Frame]):
    """From the greeting to the end of the connection. A refusal names those fields of `NAMED` that the frame had."""

    NAMED: tuple[str, ...]

    def __init__(
        self, system: System, socket: WebSocket, decoder: msgspec.json.Decoder[Frame], types: Sequence[str]
    ) -> None:
        self._system = system
        self.frames = Frames(socket, decoder, types)
        self._misses = 0

    @property
    @abstractmethod
    def _greeted(self) -> bool:
        """Whether it is known who this is."""

    @abstractmethod
    async def _handle(self, frame: Frame) -> None:
        """Does what a frame asks for. Raises BadFrame, SwitchboardError; Unauthenticated ends the socket."""

    @abstractmethod
    def _leave(self) -> None:
        """After the end, whatever came of the greeting."""

    async def run(self) -> None:
        """Serves the socket. Raises Closed."""
        try:
            await self._greet()
            self._system.sockets.add(self.frames)
            while True:
                await self._step()
        finally:
            self._system.sockets.discard(self.frames)
            self._leave()

    async def _greet(self) -> None:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                while not self._greeted:
                    await self._step()
        except TimeoutError:
            await self.frames.close(AUTHENTICATION, "no hello came")
            raise Closed from None

    async def _step(self) -> None:
        frame: Frame | None = None
        try:
            frame = await self.frames.receive()
            await self._handle(frame)
            self._misses = 0
        except BadFrame as bad:
            self._misses += 1
            await self.frames.error(bad.code, bad.message, bad.id)
            if self._misses >= PATIENCE:
                await self.frames.close(FLOOD, "too many frames that cannot be taken")
                raise Closed from None
        except Unauthenticated as error:
            await self.frames.error("unauthenticated", error.message)
            await self.frames.close(AUTHENTICATION, error.message)
            raise Closed from None
        except SwitchboardError as error:
            refusal: dict[str, Any] = {"type": "error", "code": error.code, "message": error.message}
            for name in self.NAMED:
                if getattr(frame, name, ""):
                    refusal[name] = getattr(frame, name)
            await self.frames.send(refusal)
