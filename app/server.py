"""The web application over a system, and the process that serves it."""

import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from app import pack as packs
from app import wiring
from app.http import (
    accounts,
    approvals,
    assist_panel,
    attention,
    canned,
    casework,
    chat_socket,
    contacts,
    desk_socket,
    edge,
    files,
    flows,
    hooks,
    insights,
    ledger,
    mentions,
    operations,
    passing,
    search,
    supervision,
    views,
    webchat,
    work,
)
from app.http.corked import CorkedProtocol
from app.settings import Settings, prepare
from app.wiring import System
from core.errors import ConfigurationError, SwitchboardError

WATCH_SECONDS = 2.0
FRAME_LIMIT = 160 * 1024
"""Bytes of one frame: 10,000 characters as JSON escapes, and room for the rest."""
SHUTDOWN_SECONDS = 25

_log = structlog.get_logger()


def application(system: System) -> FastAPI:
    """All routes over one system; starting and stopping the system is the caller's."""
    app = FastAPI(
        title="Switchboard",
        version="1",
        description="A self-hosted, bilingual service bot. Sockets are described in docs/sockets.md.",
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    edge.install(app)
    for module in (
        accounts, assist_panel, webchat, files, work, search, attention, casework, contacts, approvals, canned, passing, mentions,
        views, ledger, flows, insights, supervision, hooks,
        operations,
    ):  # fmt: skip
        app.include_router(module.routes(system))
    if operations.STATIC.is_dir():
        app.mount("/static", operations.Assets(directory=operations.STATIC), name="static")
    if system.settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(system.settings.allowed_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
        )
    app.add_middleware(
        edge.Gate,
        limits=system.limits,
        per_minute=system.settings.rate_limit_address,
        trusted=system.settings.trusted_proxies,
        larger=files.larger(system),
        doors={
            "/api/v1/webchat/ws": chat_socket.door(system),
            "/api/v1/desk/ws": desk_socket.door(system),
            "/api/v1/assist/ws": assist_panel.door(system),
        },
        framers=system.settings.assist_origins,
    )
    return app


@contextlib.asynccontextmanager
async def running(system: System) -> AsyncIterator[FastAPI]:
    """The application with its system at work."""
    await system.start()
    system.demonstrations.start(system.http.services)
    watch = asyncio.create_task(follow_pack(system))
    try:
        yield application(system)
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await system.stop()


async def follow_pack(system: System) -> None:
    """Takes over a new training or a changed pack while serving. A pack with a mistake is named and not taken."""
    path = packs.model_paths(system.settings.data, system.pack)[1]
    seen = _stamp(path)
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        stamp = _stamp(path)
        if stamp == seen:
            continue
        seen = stamp
        try:
            pack = await asyncio.to_thread(packs.load, system.pack.folder)
            native = await asyncio.to_thread(packs.understander, system.settings.data, pack)
            await system.serve_with(pack, native)
        except SwitchboardError as error:
            _log.error("pack_not_taken", reason=error.message)
        else:
            _log.info("pack_taken", pack=pack.bot.hash)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ConfigurationError when the port is in use or the address not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot listen on {host}:{port} ({error.strerror}). Set SWITCHBOARD_HOST or SWITCHBOARD_PORT."
        ) from None
    listener.setblocking(False)
    return listener


class Server(uvicorn.Server):
    """Says at once to open sockets that a restart comes, so that clients go elsewhere while turns are finished."""

    def __init__(self, config: uvicorn.Config, system: System) -> None:
        super().__init__(config)
        self._system = system

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        self._system.stopping = True
        for frames in list(self._system.sockets):
            await frames.close(1012, "restarting")
        await super().shutdown(sockets)


async def serve(settings: Settings) -> None:
    """Serves until a signal comes. Raises ConfigurationError when it cannot begin."""
    prepare(settings)
    listener = bind(settings.host, settings.port)
    system = await wiring.assemble(settings)
    password = await system.users.ensure_admin(settings.admin_password)
    async with running(system) as app:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            ws=CorkedProtocol,
            ws_per_message_deflate=False,
            ws_max_size=FRAME_LIMIT,
            ws_ping_interval=30,
            ws_ping_timeout=30,
            lifespan="off",
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            h11_max_incomplete_event_size=64 * 1024,
            proxy_headers=False,
        )
        gc.collect()
        gc.freeze()  # what the start made stays; collections look only at what came later,
        gc.set_threshold(10_000, 20, 20)  # and seldom: a turn makes hundreds of objects and hardly a cycle
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        print(f"Switchboard serves at http://{shown}:{port}", flush=True)
        if password:
            print(f"The desk at /desk: user admin, password {password} (shown this once; change it there).", flush=True)
        await Server(config, system).serve(sockets=[listener])


def run(settings: Settings) -> None:
    """The `serve` command's process."""
    # The loop and the writer share one interpreter lock; handed over every 0.5 ms, a commit does not wait 5 ms for it
    # (measured at 8 connections: 580 → 450 µs of CPU a turn).
    sys.setswitchinterval(0.0005)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the server has its own
    try:
        import uvloop
    except ImportError:
        asyncio.run(serve(settings))
    else:
        uvloop.run(serve(settings))
