"""How messages of the Model Context Protocol travel: as POST requests, or through the pipes of a program of our own.

The transports are those of https://modelcontextprotocol.io/specification (stdio, streamable HTTP). A message is a
JSON-RPC 2.0 object.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, Protocol

import httpx
import msgspec

from connectors.http import CONNECT_SECONDS, CONNECTIONS, DOCUMENT_BYTES, NotSent, Refused, Unusable

SESSION: Final = "mcp-session-id"
CALL: Final = "tools/call"
LEAVE_SECONDS: Final = 2.0
"""How long a program may take to end after its input was closed, and again after it was asked to."""

_UNCLEAR: Final = frozenset({408, 425})
"""Refusals of the 400s after which the other side may still have begun."""

Message = dict[str, Any]


class Expired(NotSent):
    """The server does not know the session any more, so it did nothing."""

    code = "session_expired"


class Wire(Protocol):
    """One way to one server. `changed`: it said that its tools are others now."""

    changed: bool

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""

    async def request(self, id: int, method: str, params: Message, headers: Mapping[str, str]) -> Message:
        """The response to a request, with `result` or `error`. `headers` are for HTTP.

        Raises NotSent, Refused (both: nothing happened), Unusable or an error of httpx (not known what happened).
        """

    async def notify(self, method: str, headers: Mapping[str, str]) -> None:
        """A message without an answer. Raises as `request`."""

    async def close(self) -> None:
        """Leaves the server."""

    def cut(self) -> None:
        """Leaves it without a word and without waiting."""


def new_client() -> httpx.AsyncClient:
    """One pool of connections; the caller bounds the time of an answer. Redirects are not followed."""
    timeout = httpx.Timeout(None, connect=CONNECT_SECONDS)
    return httpx.AsyncClient(limits=httpx.Limits(max_connections=CONNECTIONS), timeout=timeout, trust_env=False)


class HttpWire:
    """Streamable HTTP. The pool `client` is the caller's, who closes it; `most` bytes bound a tool's answer."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str, most: int) -> None:
        self._client, self._url, self._token, self._most = client, url, token, most
        self._session = ""
        self.changed = False

    @property
    def alive(self) -> bool:
        """See `Wire`. Each request makes its own connection where it needs one."""
        return True

    async def request(self, id: int, method: str, params: Message, headers: Mapping[str, str]) -> Message:
        """See `Wire`."""
        async with self._sent({"id": id, "method": method, "params": params}, headers) as answer:
            message = await self._answer(answer, id, _bound(method, self._most))
            if method == "initialize":
                self._session = answer.headers.get(SESSION, "")
            return message

    async def notify(self, method: str, headers: Mapping[str, str]) -> None:
        """See `Wire`."""
        async with self._sent({"method": method}, headers) as answer:
            self._look(answer.status_code)

    async def close(self) -> None:
        """See `Wire`. A server that cannot be told forgets the session by itself."""
        if not self._session:
            return
        request = self._client.build_request("DELETE", self._url, headers=self._headers({}))
        with contextlib.suppress(httpx.HTTPError, TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._client.send(request)

    def cut(self) -> None:
        """See `Wire`. There is nothing open."""

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        headers = {"accept": "application/json, text/event-stream", "content-type": "application/json", **more}
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        if self._session:
            headers[SESSION] = self._session
        return headers

    @contextlib.asynccontextmanager
    async def _sent(self, message: Message, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        content = msgspec.json.encode({"jsonrpc": "2.0", **message})
        request = self._client.build_request("POST", self._url, headers=self._headers(headers), content=content)
        try:
            answer = await self._client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(type(error).__name__) from None
        try:
            yield answer
        finally:
            with contextlib.suppress(httpx.HTTPError):
                await answer.aclose()

    async def _answer(self, answer: httpx.Response, id: int, most: int) -> Message:
        media = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if answer.status_code == 200 and media == "text/event-stream":
            return await self._event(answer, id, most)
        body = bytearray()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > most:
                raise _too_large(most)
        message = read(bytes(body))
        if message is not None and "error" in message and message.get("id") in (id, None) and not self._lost(answer):
            return message
        self._look(answer.status_code)
        if message is None or not answers(message, id):
            raise Unusable("the answer is no JSON-RPC response to the request")
        return message

    def _lost(self, answer: httpx.Response) -> bool:
        return answer.status_code == 404 and bool(self._session)

    def _look(self, status: int) -> None:
        if status == 404 and self._session:
            raise Expired("The server has forgotten the session.")
        if 400 <= status < 500 and status not in _UNCLEAR:
            raise Refused(f"The other side answered {status}.", code=f"http_{status}")
        if not 200 <= status < 300:
            raise Unusable(f"http_{status}")

    async def _event(self, answer: httpx.Response, id: int, most: int) -> Message:
        """The response among the server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)
        of one request; progress and other news pass by.
        """
        rest, data = b"", b""
        async for part in answer.aiter_bytes():
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                line = line.removesuffix(b"\r")
                if line.startswith(b"data:"):
                    data += line[5:].removeprefix(b" ") + b"\n"
                elif not line:
                    message, data = read(data), b""
                    if message is not None and answers(message, id):
                        return message
                    self.changed |= _is_change(message)
            if len(rest) + len(data) > most:
                raise _too_large(most)
        raise Unusable("the stream ended without the answer")


class PipeWire:
    """A program that reads a message a line and writes a message a line; it lives as long as the wire."""

    def __init__(self, process: asyncio.subprocess.Process, most: int) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._process, self._in, self._out = process, process.stdin, process.stdout
        self._most = most
        self._waiting: dict[int, tuple[asyncio.Future[Message], int]] = {}
        self._reader = asyncio.create_task(self._read())
        self.changed = False

    @classmethod
    async def start(cls, command: Sequence[str], environment: Mapping[str, str], most: int) -> "PipeWire":
        """Starts the program; `most` bytes bound a tool's answer. Raises NotSent where it cannot be started."""
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=dict(environment),
                limit=max(most, DOCUMENT_BYTES), start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise NotSent(f"{command[0]} does not start ({type(error).__name__}).") from None
        return cls(process, most)

    @property
    def alive(self) -> bool:
        """See `Wire`."""
        return not self._reader.done()

    async def request(self, id: int, method: str, params: Message, headers: Mapping[str, str]) -> Message:
        """See `Wire`."""
        if not self.alive:
            raise NotSent("The program has ended.")
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[id] = future, _bound(method, self._most)
        try:
            await self._write({"id": id, "method": method, "params": params})
            return await future
        except asyncio.CancelledError:
            if method == CALL:
                with contextlib.suppress(Unusable):  # nobody waits for it any more; whether it hears of that is no matter
                    self._put({"method": "notifications/cancelled", "params": {"requestId": id}})
            raise
        finally:
            self._waiting.pop(id, None)

    async def notify(self, method: str, headers: Mapping[str, str]) -> None:
        """See `Wire`."""
        await self._write({"method": method})

    async def close(self) -> None:
        """See `Wire`. Its input ends; a program that stays is told to go, then made to."""
        self._in.close()
        for urge in (self._process.terminate, self._process.kill):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_SECONDS):
                    await self._process.wait()
                break
            with contextlib.suppress(ProcessLookupError):
                urge()
        await self._process.wait()
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    def cut(self) -> None:
        """See `Wire`."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def _put(self, message: Message) -> None:
        if self._in.is_closing():
            raise Unusable("the program has closed its input")
        self._in.write(msgspec.json.encode({"jsonrpc": "2.0", **message}) + b"\n")

    async def _write(self, message: Message) -> None:
        self._put(message)
        try:
            await self._in.drain()
        except ConnectionError:
            raise Unusable("the program has closed its input") from None

    async def _read(self) -> None:
        reason = "the program ended before it answered"
        try:
            while line := await self._out.readline():
                message = read(line)
                if message is not None:
                    self._take(message, len(line))
        except ValueError:  # the line is longer than the limit, and what follows cannot be told apart
            reason = "the answer is too large"
        finally:
            for future, _ in self._waiting.values():
                if not future.done():
                    future.set_exception(Unusable(reason))
            self.cut()

    def _take(self, message: Message, size: int) -> None:
        id = message.get("id")
        if "method" not in message:
            future, most = self._waiting.get(id, (None, 0)) if isinstance(id, int) else (None, 0)
            if future is None or future.done() or not answers(message, id):
                return
            if size > most:
                future.set_exception(_too_large(most))
            else:
                future.set_result(message)
            return
        self.changed |= _is_change(message)
        if id is None:
            return
        known = {"result": {}} if message["method"] == "ping" else {"error": {"code": -32601, "message": "not offered"}}
        with contextlib.suppress(Unusable):  # it asked and went
            self._put({"id": id, **known})


def _bound(method: str, most: int) -> int:
    """Bytes of an answer: a list of tools may be longer than what a tool has to say."""
    return most if method == CALL else max(most, DOCUMENT_BYTES)


def _too_large(most: int) -> Unusable:
    return Unusable(f"the answer is larger than {most // 1024} KiB")


def read(text: bytes) -> Message | None:
    """A JSON object; None for anything else."""
    try:
        message: Message = msgspec.json.decode(text, type=dict[str, Any])
        return message
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def answers(message: Message, id: Any) -> bool:
    """Whether this is the response to request `id`."""
    return message.get("id") == id and ("result" in message or "error" in message) and "method" not in message


def _is_change(message: Message | None) -> bool:
    return message is not None and message.get("method") == "notifications/tools/list_changed"
