"""Health, metrics and the pages."""

import shutil
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import Scope

from app.http.edge import refusals
from app.wiring import System
from core.errors import NotFound

STATIC = Path(__file__).parent.parent / "static"


class Assets(StaticFiles):
    """Built files: those with a hash in their name are kept by browsers, the others asked for each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See Starlette."""
        response = await super().get_response(path, scope)
        hashed = path.startswith("assets/")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        response.headers["access-control-allow-origin"] = "*"
        return response


def routes(system: System) -> APIRouter:
    """`/healthz`, `/readyz`, `/metrics`, `/` and `/desk`."""
    router = APIRouter()

    @router.get("/healthz", tags=["operations"])
    async def healthz() -> dict[str, Any]:
        """The process answers."""
        return {"status": "ok"}

    @router.get("/readyz", tags=["operations"], responses={503: refusals()[503]})
    async def readyz() -> JSONResponse:
        """Ready to take and keep messages; else what is missing."""
        problems = await not_ready(system)
        status = 503 if problems else 200
        return JSONResponse({"status": "not ready" if problems else "ready", "problems": problems}, status)

    @router.get("/metrics", tags=["operations"])
    async def metrics() -> Response:
        """Prometheus' text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @router.get("/", include_in_schema=False)
    async def home() -> Response:
        return page("index.html")

    @router.get("/desk", include_in_schema=False)
    async def desk() -> Response:
        return page("desk.html")

    return router


def page(name: str) -> Response:
    """A built page. Raises NotFound with what to do when the web parts were not built."""
    if not (STATIC / name).exists():
        raise NotFound("The pages are not built: run `make web`, or install the package again.")
    return FileResponse(STATIC / name, headers={"cache-control": "no-cache"})


async def not_ready(system: System) -> list[str]:
    """What keeps the service from keeping its promises; empty when nothing does."""
    problems = []
    if system.stopping:
        problems.append("shutting down")
    free = shutil.disk_usage(system.settings.data).free // 2**20
    if free < system.settings.min_free_mb:
        problems.append(f"disk: {free} MiB free in {system.settings.data}, {system.settings.min_free_mb} needed")
    try:
        await system.jobs.beat(system.clock())
    except Exception as error:
        problems.append(f"database: {error}")
    return problems
