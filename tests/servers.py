"""Private PostgreSQL and Redis servers for tests and measurements: each on a unix socket in a folder of its own.

Nothing listens on a network port, so runs beside each other never meet. A program that is not installed is a failed
test with a sentence, never a skipped one.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import redis

USER = "switchboard"


class NotInstalled(AssertionError):
    """A program that the tests need is missing; the message names the package."""


def postgres_binaries() -> Path:
    """The folder with `initdb` and `pg_ctl`: by PATH, by `pg_config`, or where Debian keeps them."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    config = shutil.which("pg_config")
    if config:
        folder = Path(subprocess.run([config, "--bindir"], check=True, capture_output=True, text=True).stdout.strip())
        if (folder / "pg_ctl").exists():
            return folder
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "pg_ctl").exists():
            return folder
    raise NotInstalled("PostgreSQL is not installed. Install its server (Debian: apt install postgresql).")


def redis_binary() -> str:
    """The path of `redis-server`."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise NotInstalled("Redis is not installed. Install its server (Debian: apt install redis-server).")
    return found


def _unprivileged() -> int | None:
    """The uid that PostgreSQL runs as when the tests run as root, which it refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise NotInstalled("PostgreSQL refuses to run as root, and there is no user 'postgres' or 'nobody' to run it as.")


class Postgres:
    """A server with its own data folder. `durable` keeps fsync on, for measurements; tests go without."""

    def __init__(self, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sb-pg-"))
        self._binaries = postgres_binaries()
        self._uid = _unprivileged()
        if self._uid is not None:
            os.chown(self.folder, self._uid, -1)
        self._settings = "-c listen_addresses='' -c max_connections=80"
        if not durable:
            self._settings += " -c fsync=off -c full_page_writes=off"
        self._run(
            "initdb", "-D", str(self.folder / "data"), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        with (self.folder / "output").open("a+b") as output:
            done = subprocess.run(
                [str(self._binaries / program), *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, user=self._uid, cwd=self.folder,
                check=False,
            )  # fmt: skip
        if done.returncode != 0:
            raise AssertionError(f"{program} failed:\n{(self.folder / 'output').read_text()[-2000:]}")

    def start(self) -> None:
        """Starts the server and returns when it answers."""
        options = f"-k {self.folder} {self._settings}"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", log, "-o", options, "start")

    def create(self, database: str, template: str = "template1") -> str:
        """A new database, a copy of `template`; returns its URL."""
        self._run("createdb", "-h", str(self.folder), "-U", USER, "-T", template, database)
        return self.url(database)

    def halt(self) -> None:
        """Stops the server at once, as a crash would; the data stay."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")

    def remove(self) -> None:
        """Stops the server and deletes its folder."""
        self.halt()
        shutil.rmtree(self.folder)

    @property
    def socket(self) -> str:
        """The path of the unix socket."""
        return str(self.folder / ".s.PGSQL.5432")

    def url(self, database: str = "postgres") -> str:
        """A `DATABASE_URL`."""
        return f"postgresql+asyncpg://{USER}@/{database}?host={self.folder}"


class Redis:
    """A server that keeps nothing on disk."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sb-redis-"))
        self._program = redis_binary()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Starts the server and returns when it answers."""
        self._process = subprocess.Popen(
            [self._program, "--port", "0", "--unixsocket", self.socket, "--save", "", "--appendonly", "no"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd=self.folder,
        )  # fmt: skip
        end = time.monotonic() + 20
        with redis.Redis(unix_socket_path=self.socket) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.exceptions.ConnectionError:
                    if time.monotonic() > end or self._process.poll() is not None:
                        raise AssertionError("redis-server did not come up within 20 s") from None
                    time.sleep(0.01)

    def halt(self) -> None:
        """Kills the server."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Stops the server and deletes its folder."""
        self.halt()
        shutil.rmtree(self.folder)

    @property
    def socket(self) -> str:
        """The path of the unix socket."""
        return str(self.folder / "socket")

    @property
    def url(self) -> str:
        """A `REDIS_URL`."""
        return f"unix://{self.socket}"
