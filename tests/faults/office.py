"""The demonstration's back office, with what these tests need of it: a look at a write by its key, and calls held up.

`python -m tests.faults.office --data FOLDER` serves on loopback and prints its port.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Literal

import uvicorn
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server import bind
from packs.telecom.backoffice import data, faults, routes
from packs.telecom.backoffice.__main__ import _end_with_stdin
from packs.telecom.backoffice.dates import wall_clock
from packs.telecom.backoffice.store import Refused, Store

KEY = b"idempotency-key"


class Hold(BaseModel):
    """The next write of each of these conversations waits, `before` its work is begun or `after` it is done, until it
    is let go. What comes with the same key meanwhile passes."""

    conversations: list[str]
    when: Literal["before", "after"] = "after"


class Held:
    """A gate around the application. A write goes on when it is let go, even when nobody waits for it any more, as
    the work of another system does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._wanted: dict[str, Hold] = {}
        self._waiting: dict[str, list[asyncio.Event]] = {}
        self.begun: set[str] = set()
        self.requests = 0

    def hold(self, wanted: Hold) -> None:
        """From now on."""
        self._wanted.update(dict.fromkeys(wanted.conversations, wanted))

    def release(self, conversations: list[str]) -> None:
        """What waits of these goes on."""
        for conversation in conversations:
            self._wanted.pop(conversation, None)
            for go in self._waiting.pop(conversation, []):
                go.set()

    def waiting(self) -> dict[str, int]:
        """How many writes are held, by conversation."""
        return {conversation: len(held) for conversation, held in self._waiting.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        self.requests += not scope.get("path", "").startswith("/_test")
        key = dict(scope.get("headers", ())).get(KEY, b"").decode()
        conversation = key.split(":")[1] if key.startswith("conversation:") else ""
        wanted = self._wanted.pop(conversation, None) if scope.get("method") == "POST" else None
        if wanted is None:
            return await self._app(scope, receive, send)
        parts: list[Message] = [await receive()]
        while parts[-1].get("more_body"):
            parts.append(await receive())

        async def again() -> Message:
            return parts.pop(0) if parts else await receive()

        answer: list[Message] = []

        async def kept(message: Message) -> None:
            answer.append(message)

        self.begun.add(key)
        if wanted.when == "before":
            await self._held(conversation)
        await self._app(scope, again, kept)
        self.begun.discard(key)
        if wanted.when == "after":
            await self._held(conversation)
        for message in answer:
            await send(message)

    async def _held(self, conversation: str) -> None:
        go = asyncio.Event()
        self._waiting.setdefault(conversation, []).append(go)
        await go.wait()


def office(store: Store) -> Held:
    """All operations with their switches, and `find_write`."""
    switches = faults.Faults()
    switched = faults.route_class(switches)
    app = FastAPI(title="Back office")
    held = Held(app)
    app.include_router(routes.router(store, switched, []))
    app.include_router(_looks(store, held, switched))
    app.include_router(faults.routes(store, switches))

    @app.post("/_test/hold", include_in_schema=False)
    async def hold(wanted: Hold) -> None:
        held.hold(wanted)

    @app.post("/_test/release", include_in_schema=False)
    async def release(conversations: list[str]) -> None:
        held.release(conversations)

    @app.get("/_test/waiting", include_in_schema=False)
    async def waiting() -> dict[str, int]:
        return held.waiting()

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return Response(error.body(), error.status, media_type="application/json")

    app.add_exception_handler(Refused, refused)
    return held


def _looks(store: Store, held: Held, switched: Any) -> APIRouter:
    router = APIRouter(route_class=switched)

    @router.get("/writes/{key}", operation_id="find_write")
    async def find_write(key: str) -> dict[str, Any]:
        """Whether a write was done, and its answer; without `done` while it is still at work."""
        if key in held.begun:
            return {}
        row = store.read(lambda s: s.one("SELECT status, answer FROM keys WHERE key = ?", key))
        if row is None or row["status"] != 200:
            return {"done": False}
        return {"done": True, **json.loads(row["answer"])}

    return router


def main() -> None:
    """Serves until it is killed, or whoever holds the other end of its standard input is gone."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.office", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    store = Store(parser.parse_args().data, wall_clock)
    store.write(data.seed)
    listener = bind("127.0.0.1", 0)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(office(store), log_level="warning", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    _end_with_stdin(server)
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
