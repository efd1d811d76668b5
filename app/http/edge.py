"""The edge of HTTP: who asks, from where, how much; and errors as the one shape that clients know."""

import ipaddress
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import metrics
from app.http.frames import Door
from core.errors import SwitchboardError, TooMany, Unauthenticated
from core.ports import Limits

BODY_LIMIT = 256 * 1024
"""Bytes of a request's body."""

_log = structlog.get_logger()


class ErrorBody(BaseModel):
    """`code` for programs, `message` for people, `field` where one is to blame."""

    code: str
    message: str
    field: str | None = None


class Error(BaseModel):
    """The shape of every refusal."""

    error: ErrorBody


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The 4xx and 503 of a route, for the OpenAPI document."""
    return {status: {"model": Error} for status in (*statuses, 400, 413, 422, 429, 503)}


def answer(status: int, code: str, message: str, field: str | None = None) -> JSONResponse:
    """A refusal."""
    metrics.REFUSED.labels(code).inc()
    error = {"code": code, "message": message}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "10"} if status in (429, 503, 507) else None
    return JSONResponse({"error": {**error, "field": field} if field else error}, status, headers)


def bearer(request: Request) -> str:
    """The token of the Authorization header (RFC 6750, section 2.1). Raises Unauthenticated."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send the token in the header: Authorization: Bearer …")
    return token.strip()


def install(app: FastAPI) -> None:
    """Errors of all sorts in the one shape; never a traceback."""

    @app.exception_handler(SwitchboardError)
    async def ours(request: Request, error: SwitchboardError) -> JSONResponse:
        return answer(error.status, error.code, error.message, error.field)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
        return answer(422, "invalid", f"{where or 'The body'}: {first['msg']}", where or None)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        codes = {404: "not_found", 405: "method_not_allowed", 400: "invalid"}
        return answer(error.status_code, codes.get(error.status_code, "refused"), str(error.detail))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        _log.error("request_failed", path=request.url.path, exc_info=error)
        return answer(500, "internal", "Something went wrong here; it has been logged. Try again.")


def client_address(peer: str, forwarded: str, trusted: Sequence[str]) -> str:
    """The caller's address: the last one of X-Forwarded-For that no trusted proxy added, if a trusted one asks."""
    networks = [ipaddress.ip_network(entry, strict=False) for entry in trusted]

    def is_trusted(address: str) -> bool:
        try:
            return any(ipaddress.ip_address(address) in network for network in networks)
        except ValueError:
            return False

    address = peer
    for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not is_trusted(address):
            break
        address = hop
    return address


class Gate:
    """ASGI middleware: rate per address, size of bodies (`larger`: paths with a limit of their own), headers for browsers.
    Of all our pages only the panel of suggestions may stand in a frame, on pages of the origins `framers`.

    Sockets (`doors`: path → who serves it) do not go on through FastAPI: what it keeps for each open connection is
    a third of its memory (43 → 31 KiB).
    """

    def __init__(
        self, app: ASGIApp, limits: Limits, per_minute: int, trusted: Sequence[str], doors: Mapping[str, Door],
        larger: Callable[[str], int | None] = lambda path: None, framers: Sequence[str] = (),
    ) -> None:
        self._app = app
        self._doors = doors
        self._limits = limits
        self._per_minute = per_minute
        self._trusted = tuple(trusted)
        self._framers = " ".join(framers).encode() or b"'none'"
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name: value for name, value in scope["headers"] if name in (b"x-forwarded-for", b"content-length")}
        peer = scope["client"][0] if scope.get("client") else "local"
        forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
        address = client_address(peer, forwarded, self._trusted) if self._trusted else peer
        path = scope["path"]
        if path not in ("/healthz", "/readyz", "/metrics") and not await self._limits.allow(
            f"address:{address}", self._per_minute
        ):
            await self._refuse(scope, receive, send, TooMany("Too many requests from this address; wait a moment."))
            return
        if scope["type"] == "websocket":
            door = self._doors.get(path)
            if door is None:
                await self._app(scope, receive, send)
            else:
                await door(WebSocket(scope, receive, send))
            return
        length = headers.get(b"content-length", b"0")
        most = self._larger(path) or BODY_LIMIT
        if not length.isdigit() or int(length) > most:
            await self._refuse(scope, receive, send, TooLarge(f"A body has at most {most // 1024:,} KiB here."))
            return
        await self._app(scope, _bounded(receive, most), _guarded(send, path, self._framers))

    @staticmethod
    async def _refuse(scope: Scope, receive: Receive, send: Send, error: SwitchboardError) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4429, "reason": error.message[:120]})
            return
        await answer(error.status, error.code, error.message)(scope, receive, send)


class TooLarge(SwitchboardError):
    """A body over the limit."""

    code = "too_large"
    status = 413


def _bounded(receive: Receive, most: int) -> Callable[[], Awaitable[Message]]:
    """Counts a body that came without its length."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooLarge(f"A body has at most {most // 1024:,} KiB here.")
        return message

    return counted


_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]
_PAGE_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; "
    b"font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
)
ASSIST_PAGE = "/desk/assist"


def _guarded(send: Send, path: str, framers: bytes) -> Send:
    policy = _PAGE_POLICY + (framers if path == ASSIST_PAGE else b"'none'")
    page = not path.startswith("/api/") and not path.startswith("/static/")

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            message["headers"] = [*message["headers"], *_HEADERS]
            if page:
                message["headers"].append((b"content-security-policy", policy))
        await send(message)

    return with_headers
