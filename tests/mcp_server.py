"""A small server of the Model Context Protocol, run as a program of its own: `python -m tests.mcp_server MODE ERA FOLDER [PORT]`.

MODE is stdio or http, ERA is stateless (2026-07-28), handshake (2025-11-25), refusing (no revision that is known) or
ending (a program that ends at a question it does not know). What was paid is kept in FOLDER, so that a server started
anew counts on. Over HTTP it prints its port.
"""

import asyncio
import json
import os
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]
STATELESS, HANDSHAKE = "2026-07-28", "2025-11-25"
NUMBER = {"type": "number"}
TEXT = {"type": "string"}
TOOLS = [
    {
        "name": "pay",
        "inputSchema": {
            "type": "object", "required": ["line", "sum", "idempotency_key"], "additionalProperties": False,
            "properties": {"line": {**TEXT, "x-mcp-header": "Line"}, "sum": NUMBER, "idempotency_key": TEXT},
        },
    },
    {"name": "plain", "inputSchema": {"type": "object", "properties": {"line": TEXT}}},
    {"name": "odd", "inputSchema": {"type": "object", "properties": {"how": TEXT}, "required": ["how"]}},
    {"name": "环境", "inputSchema": {"type": "object"}},
]  # fmt: skip


def text(words: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": words}]}


ODD: dict[str, Any] = {
    "refused": {**text("no"), "isError": True},
    "list": text("[1]"),
    "broken": text('{"a": '),
    "two": {"content": [*text("{}")["content"], *text("{}")["content"]]},
    "picture": {"content": [{"type": "image", "data": "", "mimeType": "image/png"}]},
    "number": {"structuredContent": 7, "content": []},
    "nothing": {},
    "empty": {"content": []},
    "more": {"resultType": "input_required", "content": []},
    "large": text(json.dumps({"a": "x" * 100_000})),
    "bare": [1],
}


class Failure(Exception):
    """A JSON-RPC error."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Server:
    """What it answers, whatever the messages come by."""

    def __init__(self, era: str, folder: Path) -> None:
        self.era = era
        self.paid = folder / "paid"
        self.pages = 2
        self.asked: list[str] = []
        (folder / "starts").open("a").write("x")

    async def answer(self, message: dict[str, Any], sent: dict[str, str] | None = None) -> dict[str, Any]:
        """The response to a request. `sent`: the headers, over HTTP."""
        try:
            return {"jsonrpc": "2.0", "id": message["id"], "result": await self.result(message, sent)}
        except Failure as failure:
            return {"jsonrpc": "2.0", "id": message["id"], "error": {"code": failure.code, "message": "no"}}

    async def result(self, message: dict[str, Any], sent: dict[str, str] | None) -> Any:
        method, params = message["method"], message.get("params", {})
        meta = params.get("_meta", {})
        if self.era == "stateless":
            self._enveloped(method, params, meta, sent)
            if method == "server/discover":
                return {"supportedVersions": [STATELESS], "capabilities": {"tools": {}}, "resultType": "complete"}
        elif method == "initialize":
            return {"protocolVersion": "1999-01-01" if self.era == "refusing" else HANDSHAKE, "capabilities": {}}
        if method == "tools/list":
            first, second = TOOLS[:2], TOOLS[2:]
            return {"tools": second} if params.get("cursor") == "more" else {"tools": first, "nextCursor": "more"}
        if method != "tools/call":
            if self.era == "ending":
                os._exit(3)
            raise Failure(-32601)
        return await self.call(params["name"], params["arguments"], meta, sent or {})

    def _enveloped(self, method: str, params: dict[str, Any], meta: dict[str, Any], sent: dict[str, str] | None) -> None:
        if method == "initialize" or meta.get("io.modelcontextprotocol/protocolVersion") != STATELESS:
            raise Failure(-32022)
        if "io.modelcontextprotocol/clientCapabilities" not in meta:
            raise Failure(-32602)
        if sent is None:
            return
        wanted = {"mcp-protocol-version": STATELESS, "mcp-method": method}
        if method == "tools/call":
            wanted["mcp-name"] = "=?base64?546v5aKD?=" if params["name"] == "环境" else params["name"]
            if params["name"] == "pay":
                wanted["mcp-param-line"] = params["arguments"]["line"]
        if any(sent.get(name) != value for name, value in wanted.items()):
            raise Failure(-32020)

    async def call(self, name: str, arguments: dict[str, Any], meta: dict[str, Any], sent: dict[str, str]) -> Any:
        if name == "pay":
            known = self.paid.read_text().splitlines() if self.paid.exists() else []
            key = arguments["idempotency_key"]
            if key not in known:
                self.paid.open("a").write(key + "\n")
                known.append(key)
            return {"structuredContent": {"receipt": f"R{known.index(key) + 1}"}, "content": [], "resultType": "complete"}
        if name == "plain":
            about = {"key": meta["switchboard/idempotency-key"], "language": meta["switchboard/language"]}
            return text(json.dumps({"line": arguments.get("line"), **about, "token": sent.get("authorization", "")}))
        if name == "环境":
            return {"structuredContent": {"environment": dict(os.environ)}}
        how = arguments["how"]
        if how == "slow":
            await asyncio.sleep(60)
        if how == "die":
            os._exit(3)
        if how.startswith("-"):
            raise Failure(int(how))
        return ODD[how]


async def by_pipes(server: Server) -> None:
    """One message a line; requests are worked beside each other."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print("a banner that is no message", flush=True)
    running: set[asyncio.Task[None]] = set()

    async def work(message: dict[str, Any]) -> None:
        print(json.dumps({"jsonrpc": "2.0", "id": "s1", "method": "ping"}), flush=True)
        print(json.dumps(await server.answer(message)), flush=True)

    while line := await reader.readline():
        message = json.loads(line)
        if "id" in message and "method" in message:
            task = asyncio.create_task(work(message))
            running.add(task)
            task.add_done_callback(running.discard)


class OverHttp:
    """The same over HTTP: a session for those who open one; events where the tool is to answer by them."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.sessions: set[str] = set()

    async def __call__(self, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        body = b""
        while (part := await receive()).get("more_body"):
            body += part["body"]
        body += part.get("body", b"")
        if scope["method"] == "DELETE":
            self.sessions.discard(headers.get("mcp-session-id", ""))
            return await reply(send, 200)
        message = json.loads(body)
        opening, known = message["method"] == "initialize", headers.get("mcp-session-id") in self.sessions
        if self.server.era == "handshake" and not opening and not known:
            return await reply(send, 404 if "mcp-session-id" in headers else 400)
        if "id" not in message:
            return await reply(send, 202)
        how = message.get("params", {}).get("arguments", {}).get("how", "")
        if how.startswith("http_"):
            return await reply(send, int(how[5:]), location="/elsewhere")
        if how in ("events", "cut"):
            return await self.events(send, message, how)
        answer = await self.server.answer(message, headers)
        more = {}
        if opening:
            more["mcp-session-id"] = secrets.token_hex(8)
            self.sessions.add(more["mcp-session-id"])
        status = 400 if answer.get("error", {}).get("code") in (-32022, -32602) else 200
        return await reply(send, status, json.dumps(answer).encode(), **more)

    async def events(self, send: Send, message: dict[str, Any], how: str) -> None:
        answer = {"jsonrpc": "2.0", "id": message["id"], "result": {"structuredContent": {"by": "events"}}}
        progress = {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1}}
        parts = [b": hello\r\n\r\n", f"id: 7\r\nevent: message\r\ndata: {json.dumps(progress)}\r\n\r\n".encode()]
        if how == "events":
            first, second = json.dumps(answer).split(",", 1)
            parts += [b"event: message\ndata: " + first.encode(), b",\ndata:" + second.encode() + b"\n", b"\n"]
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def reply(send: Send, status: int, body: bytes = b"", **headers: str) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": [*pairs, (b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


async def main() -> None:
    mode, era, folder, *port = sys.argv[1:]
    server = Server(era, Path(folder))
    if mode == "stdio":
        return await by_pipes(server)
    import uvicorn  # not by pipes: a program that is started for each test starts quickly

    listener = socket.create_server(("127.0.0.1", int(port[0]) if port else 0))
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(OverHttp(server), log_config=None, access_log=False, lifespan="off", ws="none")
    await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main())
