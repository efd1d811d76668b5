"""Somebody else's site that carries the widget by one line, under a Content-Security-Policy that allows only what it must."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass
class HostPage:
    """Its address, and what it sends: `service` is the widget's origin, `attributes` and `before` go into the page.
    Without `line` it is the page as it was before it had a chat."""

    url: str = ""
    service: str = ""
    attributes: str = ""
    before: str = ""
    language: str = "en"
    line: bool = True

    def policy(self, nonce: str) -> str:
        """Scripts by their nonce alone; no inline styles; connections to the service and nowhere else."""
        socket = self.service.replace("http", "ws", 1)
        return (
            f"default-src 'none'; script-src 'nonce-{nonce}'; connect-src {self.service} {socket}; "
            f"img-src {self.service} blob:; base-uri 'none'; form-action 'none'"
        )

    def body(self, nonce: str) -> str:
        """The page."""
        src = f"{self.service}/static/widget.js"
        line = f'<script async nonce="{nonce}" src="{src}" {self.attributes}></script>' if self.line else ""
        early = f'<script nonce="{nonce}">{self.before}</script>' if self.before else ""
        return (
            f'<!doctype html><html lang="{self.language}"><head><meta charset="utf-8"><title>Shop</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">'
            f'<link rel="icon" href="{self.service}/static/icon.svg">{early}{line}'
            '</head><body><main><h1>Shop</h1><button id="own">Buy</button></main></body></html>'
        )

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one page."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            nonce = secrets.token_urlsafe(16)
            body = self.body(nonce).encode()
            head = (
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\n"
                f"Content-Security-Policy: {self.policy(nonce)}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def hosted() -> AsyncIterator[HostPage]:
    """A host page on a free port."""
    page = HostPage()
    server = await asyncio.start_server(page.answer, "127.0.0.1", 0)
    page.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield page
    finally:
        server.close()
        await server.wait_closed()
