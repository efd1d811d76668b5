"""Voices for tests: one that beeps, and a service of speech on a real socket."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from voice.audio.tones import tone
from voice.tts.errors import SynthesisFailed

MS_A_SIGN = 20


class Beeps:
    """A voice that says each sign as a beep of 20 ms, and does as it is told.

    `fail_after`: it fails when so many signs are said; `gate`, where set, is waited for before each text.
    """

    def __init__(
        self, rate: int = 8000, languages: tuple[str, ...] = ("zh", "en"), fail_after: int | None = None
    ) -> None:
        self.rate = rate
        self.languages = languages
        self.fail_after = fail_after
        self.gate: asyncio.Event | None = None
        self.asked: list[str] = []
        self.stopped: list[str] = []

    async def speak(self, text: str, language: str) -> AsyncGenerator[bytes, None]:
        self.asked.append(text)
        if language not in self.languages:
            raise SynthesisFailed("No such language.", code="speech_refused")
        said = 0
        try:
            if self.gate is not None:
                await self.gate.wait()
            for sign in text:
                if said == self.fail_after:
                    raise SynthesisFailed("Out of breath.")
                said += 1
                if sign.isalnum():
                    yield tone((440,), MS_A_SIGN, self.rate)
            if said == self.fail_after:
                raise SynthesisFailed("Out of breath.")
        except (GeneratorExit, asyncio.CancelledError):
            self.stopped.append(text)
            raise


Answer = Callable[[dict[str, Any], asyncio.StreamWriter], Awaitable[None]]


class SpeechServer:
    """Answers `POST /v1/audio/speech` as `answer` says; keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.orders: list[dict[str, Any]] = []
        self.heads: list[str] = []
        self.hung_up = asyncio.Event()
        self.url = ""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            size = next(
                int(line.split(":")[1])
                for line in head.splitlines()
                if line.lower().startswith("content-length")
            )
            order = json.loads(await reader.readexactly(size))
            self.heads.append(head)
            self.orders.append(order)
            await self.answer(order, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._tasks.discard(task)
            self.hung_up.set()
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def send(writer: asyncio.StreamWriter, status: int, kind: str, *parts: bytes) -> None:
    """An answer in chunks; the last part ends it."""
    writer.write(
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode()
    )
    for part in parts:
        writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def beeping(order: dict[str, Any], writer: asyncio.StreamWriter) -> None:
    """A beep for each sign, as headless PCM at 24 kHz, in pieces of odd lengths."""
    pcm = tone((440,), MS_A_SIGN * len(order["input"]), 24000)
    await send(writer, 200, "audio/pcm", *(pcm[place : place + 1001] for place in range(0, len(pcm), 1001)))
