"""The load: a process of its own that talks to a running server over bare WebSockets (RFC 6455) and times turns.

A turn is timed from the sending of a message (in the open loop: from the instant it was to be sent) to the arrival
of the `bot_said` that names it. Client frames are masked with a key of zeros, which costs the client nothing and the
server the same as any other key.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import deque
from collections.abc import Iterator
from typing import cast
from urllib.parse import urlsplit

import httpx
import msgspec

from benchmarks.mix import messages

SETTLE_SECONDS = 20.0
"""How long the client waits for the last answers."""


class EventOf(msgspec.Struct):
    seq: int
    kind: str
    in_reply_to: tuple[int, ...] = ()


class FrameOf(msgspec.Struct):
    type: str
    id: str = ""
    seq: int = 0
    code: str = ""
    event: EventOf | None = None


_decode = msgspec.json.Decoder(FrameOf).decode
_encode = msgspec.json.Encoder().encode


class Figures(msgspec.Struct):
    """Of one phase: latencies in seconds, by turn; `seconds` is the measured wall time."""

    latencies: list[float]
    seconds: float
    errors: int = 0
    unanswered: int = 0


class Chat(asyncio.Protocol):
    """One socket of one customer."""

    def __init__(self, run: "Run", token: str, texts: Iterator[str]) -> None:
        self._run = run
        self._token = token
        self._texts = texts
        self._buffer = b""
        self._upgraded = False
        self._sent: dict[str, float] = {}
        self._open: dict[int, float] = {}
        self._early: set[int] = set()
        self._number = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    # The wire --------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(
            b"GET /api/v1/webchat/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0] + b" ":
                self.ready.set_exception(ConnectionError(head.decode("latin-1")[:200]))
                return
            self._upgraded, self._buffer = True, rest
            self._write({"type": "hello", "token": self._token, "after": 0, "version": 1})
        self._frames()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the server closed the socket"))
        if self._sent or self._open:
            self._run.errors += 1

    def _frames(self) -> None:
        data, at = self._buffer, 0
        while len(data) - at >= 2:
            size, start = data[at + 1] & 0x7F, at + 2
            if size == 126:
                size, start = int.from_bytes(data[at + 2 : at + 4]), at + 4
            elif size == 127:
                size, start = int.from_bytes(data[at + 2 : at + 10]), at + 10
            if len(data) < start + size:
                break
            payload, code = data[start : start + size], data[at] & 0x0F
            at = start + size
            if code == 1:
                self._heard(_decode(payload))
            elif code == 9:
                self._frame(0x8A, payload)
        self._buffer = data[at:]

    def _write(self, frame: dict[str, object]) -> None:
        self._frame(0x81, _encode(frame))

    def _frame(self, first: int, payload: bytes) -> None:
        assert self.transport is not None
        size = len(payload)
        head = bytes((first, 0x80 | size)) if size < 126 else bytes((first, 0x80 | 126)) + size.to_bytes(2)
        self.transport.write(head + b"\0\0\0\0" + payload)

    # The talk --------------------------------------------------------------------------------------------------

    def say(self, due: float) -> None:
        """Sends the next message, timed from `due` (`time.perf_counter`)."""
        self._number += 1
        id = str(self._number)
        self._sent[id] = due
        self._write({"type": "message", "id": id, "text": next(self._texts)})

    def ping(self) -> None:
        """The cheapest frame that is answered."""
        self._sent["ping"] = time.perf_counter()
        self._write({"type": "ping"})

    def _heard(self, frame: FrameOf) -> None:
        if frame.type == "event" and frame.event is not None:
            if frame.event.kind == "bot_said":
                for seq in frame.event.in_reply_to:
                    self._answered(seq)
        elif frame.type == "ack":
            due = self._sent.pop(frame.id)
            self._open[frame.seq] = due
            if frame.seq in self._early:
                self._early.discard(frame.seq)
                self._answered(frame.seq)
        elif frame.type == "pong":
            self._run.done(self, self._sent.pop("ping"))
        elif frame.type == "ready":
            self.ready.set_result(None)
        elif frame.type == "error":
            self._run.errors += 1
            self._sent.pop(frame.id, None)
            print(frame.code, file=sys.stderr)

    def _answered(self, seq: int) -> None:
        due = self._open.pop(seq, None)
        if due is not None:
            self._run.done(self, due)
        elif self._sent:
            self._early.add(seq)  # the answer may overtake the acknowledgement


class Run:
    """One phase over some connections."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.errors = 0
        self.waiting = 0
        self._again = False
        self._pings = False
        self._quiet = asyncio.Event()

    def done(self, chat: Chat, due: float) -> None:
        """A turn came back."""
        self.latencies.append(time.perf_counter() - due)
        if self._again:
            self._next(chat)
            return
        self.waiting -= 1
        if self.waiting <= 0:
            self._quiet.set()

    def _next(self, chat: Chat) -> None:
        if self._pings:
            chat.ping()
        else:
            chat.say(time.perf_counter())

    async def closed(self, chats: list[Chat], seconds: float, pings: bool = False) -> Figures:
        """Each connection sends its next message when the last one is answered."""
        self._again, self._pings, self.waiting = True, pings, len(chats)
        begin = time.perf_counter()
        for chat in chats:
            self._next(chat)
        await asyncio.sleep(seconds)
        self._again = False
        measured, spent = len(self.latencies), time.perf_counter() - begin
        await self._settle()
        return Figures(self.latencies[:measured], spent, self.errors, max(0, self.waiting))

    async def opened(self, chats: list[Chat], seconds: float, rate: float, seed: int) -> Figures:
        """Messages at random instants (a Poisson process), `rate` a second, over the connections in turn."""
        chance = random.Random(seed)
        begin = due = time.perf_counter() + 0.1
        order = deque(chats)
        while due < begin + seconds:
            await asyncio.sleep(due - time.perf_counter())
            while due <= time.perf_counter() and due < begin + seconds:
                self.waiting += 1
                order[0].say(due)
                order.rotate(-1)
                due += chance.expovariate(rate)
        spent = time.perf_counter() - begin
        await self._settle()
        return Figures(self.latencies, spent, self.errors, max(0, self.waiting))

    async def _settle(self) -> None:
        if self.waiting > 0:
            try:
                async with asyncio.timeout(SETTLE_SECONDS):
                    await self._quiet.wait()
                    while self.waiting > 0:
                        self._quiet.clear()
                        await self._quiet.wait()
            except TimeoutError:
                print(f"{self.waiting} turns were not answered", file=sys.stderr)


async def tokens(url: str, count: int) -> list[str]:
    """New conversations, half of them in each language."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:

        async def one(number: int) -> str:
            body = {"locale": ("zh", "en")[number % 2]}
            answer = await client.post("/api/v1/webchat/conversations", json=body)
            return str(answer.raise_for_status().json()["token"])

        found: list[str] = []
        for start in range(0, count, 50):
            found += await asyncio.gather(*map(one, range(start, min(count, start + 50))))
        return found


async def connect(url: str, run: Run, keys: list[str], seed: int) -> list[Chat]:
    """Sockets that have said hello."""
    address = urlsplit(url)
    host, port = address.hostname or "127.0.0.1", address.port or 80
    loop = asyncio.get_running_loop()
    chats = []
    for number, token in enumerate(keys):
        texts = messages(seed * 10_000 + number)

        def made(token: str = token, texts: Iterator[str] = texts) -> Chat:
            return Chat(run, token, texts)

        _, chat = await loop.create_connection(made, host, port)
        chats.append(chat)
    async with asyncio.timeout(SETTLE_SECONDS):
        await asyncio.gather(*(chat.ready for chat in chats))
    return chats


async def phase(arguments: argparse.Namespace) -> Figures:
    """One phase as the command line says."""
    run = Run()
    keys = await tokens(arguments.url, arguments.connections)
    if arguments.wait:
        print("opened", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
    chats = await connect(arguments.url, run, keys, arguments.seed)
    print("connected", flush=True)
    try:
        if arguments.wait:
            await asyncio.to_thread(sys.stdin.readline)
            return Figures([], 0.0)
        if arguments.rate:
            return await run.opened(chats, arguments.seconds, arguments.rate, arguments.seed)
        return await run.closed(chats, arguments.seconds, arguments.pings)
    finally:
        for chat in chats:
            if chat.transport is not None:
                chat.transport.close()


def main() -> None:
    """Prints `connected`, then one JSON object: `Figures`. With `--wait`: also `opened` before, and reads a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=0.0, help="open loop; 0: closed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pings", action="store_true", help="pings in the place of messages")
    parser.add_argument("--wait", action="store_true", help="only hold the sockets")
    import uvloop

    figures = uvloop.run(phase(parser.parse_args()))
    print(msgspec.json.encode(figures).decode(), flush=True)


if __name__ == "__main__":
    main()
