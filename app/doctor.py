"""What is installed, reachable and missing, and what to do about each."""

import os
import platform
import shutil
import sqlite3
from typing import Any

import httpx

from app import pack as packs
from app.backends import Backends
from app.http.operations import STATIC
from app.settings import Settings
from app.wiring import now
from connectors.http import Service
from connectors.http import parse as services
from core.errors import ConfigurationError, SwitchboardError

WAL_RESET_MENDED = (3, 51, 3)
"""The SQLite version that mends the WAL-reset bug (https://sqlite.org/wal.html)."""

REACH_SECONDS = 5.0

Finding = dict[str, Any]


def finding(state: str, what: str, found: str, advice: str = "") -> Finding:
    """`state`: ok, note (works, but know it) or bad (does not work)."""
    return {"state": state, "what": what, "found": found, "advice": advice}


async def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order in which one would mend them."""
    return [
        finding("ok", "Python", platform.python_version()),
        _pages(),
        _disk(settings),
        _sqlite(settings),
        await _database(settings),
        await _redis(settings),
        _pack(settings),
        *await _outside(settings),
        _origins(settings),
    ]


def _pages() -> Finding:
    if (STATIC / "index.html").exists():
        return finding("ok", "Pages", "built")
    return finding("bad", "Pages", "not built", "run `make web`, or install the package again")


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data).free // 2**20
    if free < settings.min_free_mb:
        return finding("bad", "Disk", f"{free} MiB free in {settings.data}", "make room: nothing is acknowledged without a write")
    return finding("ok", "Disk", f"{free} MiB free in {settings.data}")


def _sqlite(settings: Settings) -> Finding:
    version = sqlite3.sqlite_version
    if settings.sqlite_path is None:
        return finding("ok", "SQLite", f"{version}, not used")
    if sqlite3.sqlite_version_info < WAL_RESET_MENDED:
        return finding(
            "note", "SQLite", f"{version}, before 3.51.3 (WAL-reset bug)",
            "safe as used here: one process, one checkpointer; open the file with nothing else while it serves",
        )  # fmt: skip
    return finding("ok", "SQLite", version)


async def _database(settings: Settings) -> Finding:
    name = str(settings.sqlite_path or "PostgreSQL")
    try:
        backends = await Backends.open(settings, "doctor", now, alone=False)
        try:
            pending = await backends.store.pending()
            dead = len(await backends.store.dead())
        finally:
            await backends.stop()
    except SwitchboardError as error:
        return finding("bad", "Database", name, error.message)
    if dead:
        return finding("note", "Database", f"{name}: {dead} dead jobs", "look at the table dead_jobs and the log")
    return finding("ok", "Database", f"{name}: {pending} jobs open")


async def _redis(settings: Settings) -> Finding:
    if not settings.redis_url:
        return finding("ok", "Redis", "not used")
    from store.redis import client

    connection = client(settings.redis_url)
    try:
        await connection.ping()
    except Exception as error:
        return finding("bad", "Redis", f"{settings.redis_url}: {error}", "start it, or unset SWITCHBOARD_REDIS_URL")
    finally:
        await connection.aclose()
    return finding("ok", "Redis", settings.redis_url)


def _pack(settings: Settings) -> Finding:
    try:
        pack = packs.load(packs.folder_of(settings.pack))
    except SwitchboardError as error:
        return finding("bad", "Pack", settings.pack, str(error))
    note = packs.trained(settings.data, pack)
    if note is None or note.nlu_hash != pack.nlu_hash:
        return finding("note", "Pack", f"{pack.bot.id} {pack.bot.hash}, not trained", "run `switchboard train`")
    return finding("ok", "Pack", f"{pack.bot.id} {pack.bot.hash}, accuracy {note.report['accuracy']:.3f}")


async def _outside(settings: Settings) -> list[Finding]:
    """The other systems that the pack's actions call."""
    try:
        found = services(packs.load(packs.folder_of(settings.pack)).files, os.environ)
    except ConfigurationError as error:
        return [finding("bad", "Outside system", "without an address", error.message)]
    except SwitchboardError:
        return []  # the pack's own finding says it
    return [await _service(service) for service in found.values()]


async def _service(service: Service) -> Finding:
    what = f"Outside system {service.name}"
    if service.demonstration:
        name = f"SWITCHBOARD_CONNECTOR_{service.name.upper().replace('-', '_')}_URL"
        return finding("ok", what, f"demonstration {service.demonstration}, started by serve ({name} names a real one)")
    try:
        async with httpx.AsyncClient(timeout=REACH_SECONDS, trust_env=False) as client:
            await client.get(service.url)
    except httpx.HTTPError as error:
        advice = "start it, or correct its address; until then its actions fail"
        return finding("note", what, f"{service.url}: {type(error).__name__}", advice)
    return finding("ok", what, service.url)


def _origins(settings: Settings) -> Finding:
    if settings.allowed_origins:
        return finding("ok", "Origins", ", ".join(settings.allowed_origins))
    return finding("ok", "Origins", "own pages only (SWITCHBOARD_ALLOWED_ORIGINS admits others)")
