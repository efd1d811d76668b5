"""Actions of other systems over HTTP: `interface: "http:backoffice/lineStatus"`, described by an OpenAPI document."""

import asyncio
import contextlib
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import quote

import httpx
import msgspec
from msgspec.structs import replace

from connectors.openapi import HEADER, PATH, QUERY, Operation, operations
from core.errors import ConfigurationError, NotFound, SwitchboardError
from core.ports import ActionContext
from core.yamlfile import Node, read

FILE = "connectors.yml"
KEY_HEADER: Final = "Idempotency-Key"
OURS: Final = frozenset({"idempotency-key", "authorization", "accept", "accept-language", "content-type"})
"""Headers that no argument sets."""

MOST_BYTES: Final = 256 * 1024
"""Of an answer, where the pack says nothing else."""
LONGEST_ANSWER: Final = 16 * 1024 * 1024
DOCUMENT_BYTES: Final = 4 * 1024 * 1024
CONNECT_SECONDS: Final = 5.0
DOCUMENT_SECONDS: Final = 15.0
CONNECTIONS: Final = 20

_UNCLEAR: Final = frozenset({408, 425})
"""Refusals of the 400s after which the other side may still have begun."""


_MODULE: Final = re.compile(r"packs(\.[A-Za-z_]\w*)+")


class Service(msgspec.Struct, frozen=True):
    """`document` is a path in the pack, or, with a `/` in front, one below `url`. `token` goes into Authorization.

    Without a `url`, `demonstration` is the module that stands in for the service; where it listens is said later
    (`HttpConnector.at`).
    """

    name: str
    url: str
    document: str
    token: str = ""
    most_bytes: int = MOST_BYTES
    demonstration: str = ""


class Unusable(Exception):
    """No answer that can be read came; what happened over there is not known."""


class Refused(SwitchboardError):
    """The other side said no, and did nothing."""

    code = "refused"
    status = 409


def parse(files: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, Service]:
    """The services of the pack's `connectors.yml`; `SWITCHBOARD_CONNECTOR_<NAME>_URL` and `…_TOKEN` of the
    environment go before it. Raises PackMistake for its form, ConfigurationError for a service without an address.
    """
    return {name: placed(service, environment) for name, service in described(files).items()}


def described(files: Mapping[str, str]) -> dict[str, Service]:
    """The services as the pack alone describes them. Raises PackMistake."""
    if FILE not in files:
        return {}
    root = read(files[FILE], FILE)
    root.only("connectors")
    services = root.require("connectors")
    return {name: _service(name, node, files) for name, node in services if node.get("mcp") is None}


def _service(name: str, node: Node, files: Mapping[str, str]) -> Service:
    node.only("url", "document", "max_kb", "description", "demonstration")
    written, document, most = node.get("url"), node.require("document"), node.get("max_kb")
    if not document.text().startswith("/") and document.text() not in files:
        raise document.mistake(f"there is no file {document.text()}", "put the OpenAPI document into the pack")
    kilobytes = most.whole(1, LONGEST_ANSWER // 1024) if most else MOST_BYTES // 1024
    url = written.text().rstrip("/") if written else ""
    return Service(name, url, document.text(), most_bytes=kilobytes * 1024, demonstration=_demonstration(node))


def _demonstration(node: Node) -> str:
    """The module that `serve` may start: one of the packages' own, never any that a pack happens to name."""
    named = node.get("demonstration")
    if named is None:
        return ""
    module = named.text()
    if not _MODULE.fullmatch(module):
        raise named.mistake(f"`{module}` is no module below packs", "write one such as packs.telecom.backoffice")
    try:
        found = find_spec(f"{module}.__main__")
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise named.mistake(f"`{module}` cannot be run", "name a package below packs with a __main__.py, or remove it")
    return module


def placed(service: Service, environment: Mapping[str, str]) -> Service:
    """The service at its address, or with none where its demonstration serves. Raises ConfigurationError."""
    prefix = f"SWITCHBOARD_CONNECTOR_{service.name.upper().replace('-', '_')}"
    url = (environment.get(f"{prefix}_URL") or service.url).rstrip("/")
    token = environment.get(f"{prefix}_TOKEN", "")
    if not url and service.demonstration:
        return replace(service, token=token)
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(
            f"{prefix}_URL: set the address of {service.name}, such as https://backoffice.example."
        )
    return replace(service, url=url, token=token, demonstration="")


class HttpConnector:
    """The gateway's executor for the scheme `http`. One pool of connections for each service."""

    scheme = "http"

    def __init__(self, services: Mapping[str, Service], files: Mapping[str, str]) -> None:
        self.services: dict[str, Service] = {}
        self._addresses: dict[str, str] = {}
        self._operations: dict[str, dict[str, Operation]] = {}
        self._clients: dict[str, httpx.AsyncClient] = {}
        self.replace(services, files)

    def replace(self, services: Mapping[str, Service], files: Mapping[str, str]) -> None:
        """Takes over another pack's services. Raises ConfigurationError for a document that cannot be read."""
        found = {
            name: operations(files[service.document], service.document)
            for name, service in services.items()
            if not service.document.startswith("/")
        }
        self.services, self._operations = dict(services), found

    def at(self, name: str, url: str) -> None:
        """Says where a service without an address of its own listens now; "" where it does not."""
        self._addresses[name] = url

    def _url(self, service: Service) -> str:
        """Where to call. Raises NotSent while the service has not said where it listens."""
        url = service.url or self._addresses.get(service.name, "")
        if not url:
            raise NotSent(f"{service.name} is not up at present.")
        return url

    async def start(self) -> list[str]:
        """Fetches the documents that the services serve themselves. Returns the services that did not answer: theirs
        are fetched at the first call, as are those of services that have yet to say where they listen."""
        silent = []
        for name, service in self.services.items():
            if not service.url:
                continue
            try:
                async with asyncio.timeout(DOCUMENT_SECONDS):
                    await self._document(service)
            except (Unusable, ConfigurationError, TimeoutError, httpx.HTTPError):
                silent.append(name)
        return silent

    async def close(self) -> None:
        """Closes all connections."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    async def __call__(
        self, target: str, arguments: dict[str, Any], context: ActionContext
    ) -> Mapping[str, Any]:
        """Calls `service/operationId`; the caller bounds the time.

        Raises NotFound, Refused (both: nothing happened), Unusable or an error of httpx (what happened is not known).
        """
        name, _, id = target.partition("/")
        service = self.services.get(name)
        if service is None:
            raise NotFound(f"There is no service {name}. Describe it in {FILE}.")
        url = self._url(service)
        try:
            operation = (await self._document(service)).get(id)
        except (Unusable, ConfigurationError, httpx.HTTPError) as error:
            # Without its description nothing was sent that could have done anything.
            raise NotSent(f"{name} does not say how it is called: {error}.", code="no_document") from None
        if operation is None:
            raise NotFound(f"{name} has no operation {id}. Correct actions.yml.")
        try:
            status, content, text = await self._send(service, _request(operation, arguments, context, service, url))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(type(error).__name__) from None
        return _read(status, content, text)

    async def _document(self, service: Service) -> dict[str, Operation]:
        known = self._operations.get(service.name)
        if known is None:
            request = httpx.Request("GET", self._url(service) + service.document, headers=_headers(service))
            status, _, text = await self._send(service, request, DOCUMENT_BYTES)
            if status != 200:
                raise Unusable(f"{service.document} answers {status}")
            known = self._operations[service.name] = operations(text.decode("utf-8", "replace"), service.document)
        return known

    async def _send(
        self, service: Service, request: httpx.Request, most: int = 0
    ) -> tuple[int, str, bytes]:
        """(status, media type, body). Raises Unusable for a body over the limit."""
        client = self._clients.get(service.name)
        if client is None:
            limits = httpx.Limits(max_connections=CONNECTIONS)
            timeout = httpx.Timeout(None, connect=CONNECT_SECONDS)
            client = self._clients[service.name] = httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False)
        most = most or service.most_bytes
        answer = await client.send(request, stream=True)
        try:
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > most:
                    raise Unusable(f"the answer is larger than {most // 1024} KiB")
        finally:
            with contextlib.suppress(httpx.HTTPError):
                await answer.aclose()
        media = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        return answer.status_code, media, bytes(body)


class NotSent(Refused):
    """No connection came about: nothing was sent."""

    code = "not_reached"
    status = 503


def _headers(service: Service) -> dict[str, str]:
    headers = {"accept": "application/json"}
    if service.token:
        headers["authorization"] = f"Bearer {service.token}"
    return headers


def _request(
    operation: Operation, arguments: Mapping[str, Any], context: ActionContext, service: Service, url: str
) -> httpx.Request:
    path = operation.path
    query: dict[str, str] = {}
    headers = {**_headers(service), KEY_HEADER: context.key, "accept-language": context.language or "en"}
    body: dict[str, Any] = {}
    for name in operation.required - arguments.keys():
        if name.lower() in OURS:
            continue
        raise Refused(f"{operation.id} needs {name}.", code=f"argument:{name}")
    for name, value in arguments.items():
        place = operation.places.get(name)
        if place == PATH:
            if _text(value) in ("", ".", ".."):
                raise Refused(f"{operation.id} cannot take this {name}.", code=f"argument:{name}")
            path = path.replace("{" + name + "}", quote(_text(value), safe=""))
        elif place == QUERY:
            query[name] = _text(value)
        elif place == HEADER:
            if name.lower() not in OURS:
                headers[name] = quote(_text(value), safe=" !#$&'()*+,/:;=?@[]~")
        else:
            body[name] = value
    if body and not operation.body:
        raise Refused(f"{operation.id} takes no {next(iter(body))}.", code=f"argument:{next(iter(body))}")
    content = None
    if operation.body:
        content = msgspec.json.encode(body)
        headers["content-type"] = "application/json"
    return httpx.Request(operation.method, url + path, params=query or None, headers=headers, content=content)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _read(status: int, media: str, body: bytes) -> Mapping[str, Any]:
    """The result's fields. An answer without content is an empty result."""
    if 400 <= status < 500 and status not in _UNCLEAR:
        raise Refused(f"The other side answered {status}.", code=f"http_{status}")
    if not 200 <= status < 300:
        raise Unusable(f"http_{status}")
    if status == 204 or not body:
        return {}
    if media != "application/json" and not media.endswith("+json"):
        raise Unusable("the answer is not JSON")
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Unusable("the answer is not a JSON object") from None
