"""The back office as the tests hold it: its process, its switches, and what it has done."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import httpx

from packs.telecom.backoffice.store import FILE
from tests.harness import ROOT

PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.01


class Outside:
    """One process over a folder of its own. It is never killed while a service is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.office", "--data", str(self._folder),
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(await self._process.stdout.readline())}"
        self._http = httpx.AsyncClient(base_url=self.url, timeout=PATIENCE_SECONDS, trust_env=False)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._http.aclose()
        assert self._process is not None
        self._process.kill()
        await self._process.communicate()

    async def _post(self, path: str, body: object) -> None:
        (await self._http.post(path, json=body)).raise_for_status()

    async def _get(self, path: str) -> Any:
        return (await self._http.get(path)).raise_for_status().json()

    async def switch(self, mode: str, **more: Any) -> None:
        """See `packs.telecom.backoffice.faults.Switch`."""
        await self._post("/_test/faults", {"mode": mode, **more})

    async def hold(self, conversations: Sequence[str], when: str) -> None:
        """See `tests.faults.office.Hold`."""
        await self._post("/_test/hold", {"conversations": list(conversations), "when": when})

    async def release(self, conversations: Sequence[str]) -> None:
        """What is held of these conversations goes on."""
        await self._post("/_test/release", list(conversations))

    async def until_held(self, conversations: Sequence[str], times: int = 1) -> None:
        """Returns when so many writes of each are held."""

        def all_there(waiting: dict[str, int]) -> bool:
            return all(waiting.get(conversation, 0) >= times for conversation in conversations)

        await self._until("/_test/waiting", all_there)

    async def _until(self, path: str, condition: Callable[[Any], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition(await self._get(path)):  # noqa: ASYNC110 (it is another process's)
                await asyncio.sleep(POLL_SECONDS)

    async def keys(self) -> dict[str, dict[str, Any]]:
        """Key → operation, status, requests and executions."""
        found: dict[str, dict[str, Any]] = await self._get("/_test/keys")
        return found

    async def effects(self) -> list[dict[str, Any]]:
        """Everything that was done, in order, with its key."""
        found: list[dict[str, Any]] = await self._get("/_test/effects")
        return found

    def answers(self) -> dict[str, str]:
        """Key → the answer that is kept for it, as JSON."""
        with closing(sqlite3.connect(f"file:{self._folder / FILE}?mode=ro", uri=True)) as database:
            return {key: bytes(answer).decode() for key, answer in database.execute("SELECT key, answer FROM keys")}
