"""A conversation with a server of the Model Context Protocol, in the revision that it speaks.

From 2026-07-28 on every request stands for itself and names revision and client in `_meta`; before, `initialize` opens
a session. Which it is is asked once, by `server/discover`.
"""

import asyncio
import base64
import itertools
import re
from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import version
from typing import Any, Final

import httpx
import msgspec

from connectors.http import NotSent, Refused, Unusable
from connectors.mcp_wire import CALL, Message, Wire

STATELESS: Final = "2026-07-28"
HANDSHAKE: Final = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Revisions with a session, the newest first."""

PROBE_SECONDS: Final = 5.0
"""For the first question; an older program may keep silent at what it does not know."""

MOST_PAGES: Final = 50
TOOLS_SECONDS: Final = 300.0
"""How long a list of tools is believed; a tool that is not in it is looked for again at once."""

_ENVELOPE: Final = "io.modelcontextprotocol/"
_NOT_BEGUN: Final = frozenset({-32700, -32600, -32601, -32602, -32020, -32021, -32022})
"""Errors of JSON-RPC and of the protocol about the request itself: the tool was not called."""

_PLAIN: Final = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")

MakeWire = Callable[[], Awaitable[Wire]]


class Tool(msgspec.Struct, frozen=True):
    """What can be called. `closed`: it takes no other arguments than `properties`. `headers`: argument → the header
    that repeats it."""

    name: str
    properties: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    closed: bool = False
    headers: dict[str, str] = {}


class Session:
    """Made by `connect`. `revision` is the one that both speak."""

    def __init__(self, wire: Wire, revision: str) -> None:
        self.wire = wire
        self.revision = revision
        self._ids = itertools.count(1)
        self._tools: dict[str, Tool] = {}
        self._listed_at: float | None = None

    async def ask(
        self, method: str, params: Message, meta: Message | None = None, headers: Mapping[str, str] | None = None
    ) -> Message:
        """The result of a request. Raises as `Wire.request`, and Refused where an error says that nothing was begun."""
        around, known = self._around(method)
        everything = {**(meta or {}), **around}
        params = {**params, "_meta": everything} if everything else params
        message = await self.wire.request(next(self._ids), method, params, {**known, **(headers or {})})
        if "error" in message:
            raise _error(message["error"])
        result = message["result"]
        if not isinstance(result, dict):
            raise Unusable("the result is no object")
        return result

    def _around(self, method: str) -> tuple[Message, dict[str, str]]:
        """What every request carries: in `_meta`, and as headers."""
        if method == "initialize":
            return {}, {}
        headers = {"mcp-protocol-version": self.revision}
        if self.revision != STATELESS:
            return {}, headers
        meta = {
            f"{_ENVELOPE}protocolVersion": self.revision,
            f"{_ENVELOPE}clientInfo": _client(),
            f"{_ENVELOPE}clientCapabilities": {},
        }
        return meta, {**headers, "mcp-method": method}

    async def handshake(self) -> None:
        """Opens a session of an older revision. Raises as `ask`, and Unusable for a revision that nobody here speaks."""
        offer = {"protocolVersion": HANDSHAKE[0], "capabilities": {}, "clientInfo": _client()}
        result = await self.ask("initialize", offer)
        self.revision = str(result.get("protocolVersion"))
        if self.revision not in HANDSHAKE:
            raise Unusable("it speaks no revision of the protocol that is known here")
        await self.wire.notify("notifications/initialized", self._around("notifications/initialized")[1])

    async def tool(self, name: str) -> Tool | None:
        """A tool by its name; None where the server has none. Raises as `ask`."""
        now = asyncio.get_running_loop().time()
        old = self._listed_at is None or now - self._listed_at > TOOLS_SECONDS or self.wire.changed
        if old or name not in self._tools:
            self.wire.changed = False
            self._tools = await self._list()
            self._listed_at = now
        return self._tools.get(name)

    async def _list(self) -> dict[str, Tool]:
        found: dict[str, Tool] = {}
        params: Message = {}
        for _ in range(MOST_PAGES):
            result = await self.ask("tools/list", params)
            listed = result.get("tools")
            for item in listed if isinstance(listed, list) else ():
                if isinstance(item, dict) and isinstance(item.get("name"), str):
                    found[item["name"]] = _tool(item["name"], item.get("inputSchema"))
            cursor = result.get("nextCursor")
            if not isinstance(cursor, str):
                return found
            params = {"cursor": cursor}
        raise Unusable("the list of tools has no end")

    async def call(self, tool: Tool, arguments: Message, meta: Message, headers: Mapping[str, str]) -> Message:
        """The result of a call. Raises as `ask`."""
        if self.revision == STATELESS:
            repeated = {header: _text(arguments[name]) for name, header in tool.headers.items() if name in arguments}
            headers = {**headers, "mcp-name": _header(tool.name), **{h: _header(text) for h, text in repeated.items()}}
        return await self.ask(CALL, {"name": tool.name, "arguments": arguments}, meta, headers)


async def connect(make: MakeWire) -> Session:
    """A session with tools listed. Raises NotSent: nothing was asked for that could have done anything."""
    wire = await make()
    try:
        session = Session(wire, STATELESS)
        if not await _is_stateless(session):
            if not wire.alive:  # a program that ends at what it does not know
                await wire.close()
                wire = await make()
            session = Session(wire, HANDSHAKE[0])
            await session.handshake()
        await session.tool("")
    except (Refused, Unusable, httpx.HTTPError) as error:
        await wire.close()
        if isinstance(error, NotSent):
            raise
        raise NotSent(f"The server cannot be used: {error}.", code="no_session") from None
    except BaseException:
        wire.cut()  # cancelled: the caller's time is over
        raise
    return session


async def _is_stateless(session: Session) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            result = await session.ask("server/discover", {})
    except NotSent:
        raise
    except (Refused, Unusable, TimeoutError):
        return False
    supported = result.get("supportedVersions")
    return isinstance(supported, list) and STATELESS in supported


def _client() -> Message:
    return {"name": "switchboard", "version": version("switchboard-bot")}


def _error(error: Any) -> Exception:
    code = error.get("code") if isinstance(error, dict) else None
    if code in _NOT_BEGUN:
        return Refused(f"The other side answered with error {code}.", code=f"rpc_{-code}")
    return Unusable(f"error {code}")


def _tool(name: str, schema: Any) -> Tool:
    """Reads the JSON schema of the arguments as far as it is needed to know whether a call can be meant."""
    if not isinstance(schema, dict):
        return Tool(name)
    properties = schema.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    required = schema.get("required")
    headers = {
        argument: f"mcp-param-{part['x-mcp-header']}"
        for argument, part in properties.items()
        if isinstance(part, dict) and _TOKEN.fullmatch(str(part.get("x-mcp-header", "")))
    }
    return Tool(
        name,
        frozenset(properties),
        frozenset(item for item in required if isinstance(item, str)) if isinstance(required, list) else frozenset(),
        schema.get("additionalProperties") is False,
        headers,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _header(text: str) -> str:
    """A header's value; what is not plain ASCII goes as `=?base64?…?=`."""
    if _PLAIN.fullmatch(text) and not text.startswith("=?"):
        return text
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="
