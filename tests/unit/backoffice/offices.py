"""A back office in the test's own process, and one in a process of its own."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from packs.telecom.backoffice import data
from packs.telecom.backoffice.dates import ZONE
from packs.telecom.backoffice.service import application
from packs.telecom.backoffice.store import Store

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2026, 11, 20, 12, tzinfo=ZONE)
"""A Friday; the bill of October is due today."""


class Office:
    """A client of a service whose clock the test sets."""

    def __init__(self, folder: Path, token: str = "", test_switches: bool = True) -> None:
        self.now = NOON
        self.store = Store(folder, lambda: self.now)
        self.store.write(data.seed)
        self.app = application(self.store, token, test_switches)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://backoffice")

    async def get(self, path: str, **query: object) -> Any:
        """The JSON of a read that has to succeed."""
        response = await self.http.get(path, params={key: str(value) for key, value in query.items()})
        assert response.status_code == 200, response.text
        return response.json()

    async def post(self, path: str, key: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """A write."""
        return await self.http.post(path, json=body, headers={"Idempotency-Key": key})

    async def code(self, path: str, key: str, body: dict[str, Any] | None = None) -> str:
        """The code of a write that is refused."""
        response = await self.post(path, key, body)
        assert response.status_code in (404, 409, 422, 429), response.text
        return str(response.json()["error"]["code"])


class Process:
    """The service as it is started by hand, with its data in one folder over several lives."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self._folder = folder
        self._environment = {**os.environ, **environment}
        self._running: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> None:
        """Returns once it listens."""
        command = [
            sys.executable,
            "-m",
            "packs.telecom.backoffice",
            "--port",
            "0",
            "--data",
            str(self._folder),
        ]
        command += ["--seed", "--now", NOON.isoformat(), "--test-switches"]
        self._running = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._running.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._running.stdout.readline())}"

    def kill(self) -> None:
        """Ends it with -9."""
        if self._running is not None:
            self._running.send_signal(signal.SIGKILL)
            self._running.communicate()
            self._running = None
