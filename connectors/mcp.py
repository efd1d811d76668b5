"""Actions that are tools of a Model Context Protocol server: `interface: "mcp:service/tool"`."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import httpx
import msgspec
from msgspec.structs import replace

from connectors.http import (
    DOCUMENT_SECONDS,
    FILE,
    KEY_HEADER,
    LONGEST_ANSWER,
    MOST_BYTES,
    NotSent,
    Refused,
    Unusable,
)
from connectors.mcp_session import Session, Tool, connect
from connectors.mcp_wire import Expired, HttpWire, Message, PipeWire, Wire, new_client
from core.errors import ConfigurationError, NotFound
from core.ports import ActionContext
from core.yamlfile import Node, read

KIND: Final = "mcp"
"""The key of `connectors.yml` by which a service is one of these."""

KEY_ARGUMENT: Final = "idempotency_key"
"""An argument of this name gets the call's key where the pack gives it nothing."""

PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
"""What a program is started with besides its token: no secret of this service."""

_OTHER_ERA: Final = frozenset({"http_400", "http_404", "http_405", "rpc_32600", "rpc_32601", "rpc_32022"})
"""Refusals after which the server is asked anew which revision it speaks."""


class Server(msgspec.Struct, frozen=True):
    """Reached at `url`, or started by `command` with `environment`. `token` goes into Authorization, or into the
    command's variable `token_as`."""

    name: str
    url: str = ""
    command: tuple[str, ...] = ()
    token_as: str = ""
    token: str = ""
    environment: dict[str, str] = {}
    most_bytes: int = MOST_BYTES


def parse(files: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, Server]:
    """The services of the pack's `connectors.yml` that have `mcp:`; `SWITCHBOARD_CONNECTOR_<NAME>_URL` and `…_TOKEN`
    of the environment go before it. Raises PackMistake for its form, ConfigurationError for one without an address.
    """
    return {name: _placed(server, environment) for name, server in described(files).items()}


def described(files: Mapping[str, str]) -> dict[str, Server]:
    """The servers as the pack alone describes them. Raises PackMistake."""
    if FILE not in files:
        return {}
    services = read(files[FILE], FILE).require("connectors")
    return {name: _server(name, node) for name, node in services if node.get(KIND) is not None}


def _server(name: str, node: Node) -> Server:
    node.only(KIND, "max_kb", "description")
    how, most = node.require(KIND), node.get("max_kb")
    how.only("url", "command", "token_as")
    written, command, token_as = how.get("url"), how.get("command"), how.get("token_as")
    if written is not None and command is not None:
        raise how.mistake("a server has an address or a command, not both", "keep `url` or `command`")
    if token_as is not None and command is None:
        raise token_as.mistake("`token_as` belongs to a command", "leave it out: an address gets a bearer token")
    words = tuple(item.text() for item in command.list()) if command else ()
    if command is not None and not words:
        raise command.mistake("the command is empty", "write the program and its arguments, such as [server, --stdio]")
    kilobytes = most.whole(1, LONGEST_ANSWER // 1024) if most else MOST_BYTES // 1024
    url = written.text() if written else ""
    return Server(name, url, words, token_as.text() if token_as else "", most_bytes=kilobytes * 1024)


def _placed(server: Server, environment: Mapping[str, str]) -> Server:
    prefix = f"SWITCHBOARD_CONNECTOR_{server.name.upper().replace('-', '_')}"
    token = environment.get(f"{prefix}_TOKEN", "")
    if server.command:
        given = {key: environment[key] for key in PASSED_ON if key in environment}
        if server.token_as:
            given[server.token_as] = token
        return replace(server, environment=given)
    url = environment.get(f"{prefix}_URL") or server.url
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(f"{prefix}_URL: set the address of {server.name}, such as https://tools.example/mcp.")
    return replace(server, url=url, token=token)


class _Line:
    """What is kept for one server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.lock = asyncio.Lock()
        self.session: Session | None = None
        self._client: httpx.AsyncClient | None = None

    async def ready(self) -> Session:
        """The session that is open, or a new one. Raises NotSent."""
        async with self.lock:
            session = self.session
            if session is None or not session.wire.alive:
                if session is not None:
                    self.session = None
                    await session.wire.close()
                session = self.session = await connect(self._wire)
            return session

    async def _wire(self) -> Wire:
        server = self.server
        if server.command:
            return await PipeWire.start(server.command, server.environment, server.most_bytes)
        if self._client is None:
            self._client = new_client()
        return HttpWire(self._client, server.url, server.token, server.most_bytes)

    def drop(self, session: Session) -> None:
        """The next call opens a new session. Only for HTTP, whose wire holds nothing open."""
        if self.session is session and not self.server.command:
            self.session = None

    async def close(self) -> None:
        async with self.lock:
            if self.session is not None:
                await self.session.wire.close()
                self.session = None
            if self._client is not None:
                await self._client.aclose()
                self._client = None


class McpConnector:
    """The gateway's executor for the scheme `mcp`. One session for each server, opened anew when it has gone."""

    scheme = "mcp"

    def __init__(self, servers: Mapping[str, Server]) -> None:
        self._lines = {name: _Line(server) for name, server in servers.items()}

    async def replace(self, servers: Mapping[str, Server]) -> None:
        """Takes over another pack's servers; the sessions of those that stay as they are go on."""
        old = self._lines
        self._lines = {
            name: old[name] if name in old and old[name].server == server else _Line(server)
            for name, server in servers.items()
        }
        for name, line in old.items():
            if self._lines.get(name) is not line:
                await line.close()

    async def start(self) -> list[str]:
        """Opens the sessions. Returns the servers that did not answer: they are asked again at the first call."""
        silent = []
        for name, line in self._lines.items():
            try:
                async with asyncio.timeout(DOCUMENT_SECONDS):
                    await line.ready()
            except (NotSent, TimeoutError):
                silent.append(name)
        return silent

    async def close(self) -> None:
        """Ends all sessions, and the programs that were started for them."""
        for line in self._lines.values():
            await line.close()

    async def __call__(self, target: str, arguments: dict[str, Any], context: ActionContext) -> Mapping[str, Any]:
        """Calls `service/tool`; the caller bounds the time.

        Raises NotFound, Refused (both: nothing happened), Unusable or an error of httpx (what happened is not known).
        """
        name, _, tool = target.partition("/")
        line = self._lines.get(name)
        if line is None:
            raise NotFound(f"There is no service {name}. Describe it in {FILE}.")
        try:
            return await self._call(line, tool, arguments, context)
        except Expired:  # it was started anew and knows nobody: the same call under a new session is the first
            return await self._call(line, tool, arguments, context)

    async def _call(self, line: _Line, name: str, arguments: dict[str, Any], context: ActionContext) -> Mapping[str, Any]:
        session = await line.ready()
        try:
            try:
                tool = await session.tool(name)
            except (Unusable, httpx.HTTPError) as error:
                # Without its description nothing was sent that could have done anything.
                line.drop(session)
                raise NotSent(f"{line.server.name} does not list its tools: {error}.", code="no_tools") from None
            if tool is None:
                raise NotFound(f"{line.server.name} has no tool {name}. Correct actions.yml.")
            given = _given(tool, arguments, context)
            meta = {"switchboard/idempotency-key": context.key, "switchboard/language": context.language or "en"}
            headers = {KEY_HEADER: context.key, "accept-language": context.language or "en"}
            return _result(await session.call(tool, given, meta, headers))
        except Refused as refusal:
            if isinstance(refusal, Expired) or refusal.code in _OTHER_ERA:
                line.drop(session)
            raise


def _given(tool: Tool, arguments: Mapping[str, Any], context: ActionContext) -> Message:
    given = dict(arguments)
    if KEY_ARGUMENT in tool.properties:
        given.setdefault(KEY_ARGUMENT, context.key)
    for name in sorted(tool.required - given.keys()):
        raise Refused(f"{tool.name} needs {name}.", code=f"argument:{name}")
    for name in sorted(given.keys() - tool.properties) if tool.closed else ():
        raise Refused(f"{tool.name} takes no {name}.", code=f"argument:{name}")
    return given


def _result(result: Message) -> Mapping[str, Any]:
    """The result's fields: the structured content, else the JSON object of the only text."""
    if result.get("isError") is True:
        raise Refused("The tool says that it could not do it.", code="tool_error")
    if result.get("resultType", "complete") != "complete":
        raise Unusable("the tool asks for more before it goes on")
    structured = result.get("structuredContent")
    if isinstance(structured, dict):
        return structured
    content = result.get("content")
    if structured is not None or not isinstance(content, list):
        raise Unusable("the result is no object")
    if not content:
        return {}
    only = content[0] if len(content) == 1 else None
    if not isinstance(only, dict) or only.get("type") != "text" or not isinstance(only.get("text"), str):
        raise Unusable("the result is not one text")
    try:
        return msgspec.json.decode(only["text"], type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Unusable("the text is not a JSON object") from None
