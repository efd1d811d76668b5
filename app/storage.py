"""The stores for commands: opened beside a running server, saved and brought back."""

import contextlib
import secrets
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

from app.backends import Backends
from app.files import FOLDER
from app.settings import Settings
from app.wiring import now
from core.errors import ConfigurationError
from store.folder import DRAFTS

DATABASE, DUMP, KEY = "switchboard.db", "switchboard.sql", "secret_key"


@contextlib.asynccontextmanager
async def opened(settings: Settings, alone: bool = False) -> AsyncIterator[Backends]:
    """Connections for one command. `alone`: not beside a server on SQLite. Raises ConfigurationError."""
    backends = await Backends.open(settings, secrets.token_hex(8), now, alone=alone)
    try:
        yield backends
    finally:
        await backends.stop()


def backup(settings: Settings, work: Path, file: Path) -> None:
    """Writes database, signing key and files as one compressed archive, consistent while the service goes on: files
    never change, and those that came after the copy of the database are unknown to it.

    SQLite by its online backup (https://sqlite.org/backup.html), PostgreSQL by `pg_dump`.
    """
    path = settings.sqlite_path
    if path is not None:
        if not path.exists():
            raise ConfigurationError(f"There is no database at {path}; nothing to save.")
        source, target = sqlite3.connect(path), sqlite3.connect(work / DATABASE)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
        name = DATABASE
    else:
        name = DUMP
        _tool("pg_dump", "--no-owner", "--file", str(work / name), _plain(settings.database_url))
    settings.secret()
    if (settings.data / KEY).exists():
        shutil.copy(settings.data / KEY, work / KEY)
    temporary = work / "archive"
    with tarfile.open(temporary, "w:gz") as archive:
        for member in (name, KEY):
            if (work / member).exists():
                archive.add(work / member, member)
        _add_files(archive, settings.data / FOLDER)
    temporary.chmod(0o600)
    temporary.replace(file)


def _add_files(archive: tarfile.TarFile, folder: Path) -> None:
    """Those that are whole; one that is swept or erased meanwhile is left out."""
    for path in sorted(folder.glob("*/*")):
        if path.parent.name != DRAFTS:
            with contextlib.suppress(FileNotFoundError):
                archive.add(path, f"{FOLDER}/{path.parent.name}/{path.name}")


def restore(settings: Settings, file: Path) -> None:
    """Puts a backup where the settings say. Raises ConfigurationError when something is there already."""
    path = settings.sqlite_path
    try:
        archive = tarfile.open(file)  # noqa: SIM115 (closed below, after the checks)
    except (OSError, tarfile.TarError) as error:
        raise ConfigurationError(f"{file} is not a backup ({error}).") from None
    with archive:
        members = {name for name in archive.getnames() if not name.startswith(f"{FOLDER}/")}
        if not members <= {DATABASE, DUMP, KEY}:
            raise ConfigurationError(f"{file} is not a backup of this service.")
        wanted = DATABASE if path is not None else DUMP
        if wanted not in members:
            raise ConfigurationError(f"{file} holds the other kind of database; set SWITCHBOARD_DATABASE_URL to fit.")
        if path is not None and path.exists():
            raise ConfigurationError(f"There is a database at {path} already. Restore into an empty data folder.")
        archive.extractall(settings.data, filter="data")
    if path is not None:
        if path != settings.data / DATABASE:
            shutil.move(settings.data / DATABASE, path)
        return
    dump = settings.data / DUMP
    try:
        _tool("psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(dump), _plain(settings.database_url))
    finally:
        dump.unlink()


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")


def _tool(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ConfigurationError(f"{command[0]} is not installed (Debian: postgresql-client).") from None
    if done.returncode != 0:
        raise ConfigurationError(f"{command[0]}: {done.stderr.strip().splitlines()[-1]}")
