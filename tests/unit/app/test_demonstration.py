"""An outside system that runs beside the service: it comes up, comes back, and is gone when the service is gone."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
import pytest_asyncio

from app.demonstration import Demonstrations
from connectors.http import FILE, HttpConnector, NotSent, parse
from core.ports import ActionContext
from tests.harness import ROOT, Server, command

PATIENCE = 30.0
CONTEXT = ActionContext(key="conversation:k:4:look", conversation="k", contact="c", language="zh")
WRITTEN = "connectors: {backoffice: {demonstration: packs.telecom.backoffice, document: /openapi.json}}"
LOOK = ("backoffice/outage_by_district", {"district": "renmin"})


class Beside:
    """A connector and what runs beside it."""

    def __init__(self, folder: Path) -> None:
        files = {FILE: WRITTEN}
        self.http = HttpConnector(parse(files, {}), files)
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.demonstrations = Demonstrations(folder, self._at)

    def _at(self, name: str, url: str) -> None:
        self.http.at(name, url)
        self.heard.put_nowait(url)

    async def url(self) -> str:
        """The next that is said about where it listens."""
        async with asyncio.timeout(PATIENCE):
            return await self.heard.get()


@pytest_asyncio.fixture
async def beside(tmp_path: Path) -> AsyncIterator[Beside]:
    made = Beside(tmp_path)
    yield made
    await made.demonstrations.stop()
    await made.http.close()


def children() -> list[psutil.Process]:
    """Back offices that this process started."""
    return [child for child in psutil.Process().children() if "packs.telecom.backoffice" in " ".join(child.cmdline())]


async def test_a_call_before_it_is_there_was_not_sent_and_works_after(beside: Beside, tmp_path: Path) -> None:
    beside.demonstrations.start(beside.http.services)
    assert await beside.http.start() == []
    with pytest.raises(NotSent):
        await beside.http(*LOOK, CONTEXT)

    assert await beside.url()

    assert "outages" in await beside.http(*LOOK, CONTEXT)
    assert (tmp_path / "demonstration" / "backoffice" / "backoffice.db").exists()


async def test_one_that_was_killed_comes_back(beside: Beside) -> None:
    beside.demonstrations.start(beside.http.services)
    await beside.url()
    await beside.http(*LOOK, CONTEXT)
    children()[0].kill()

    assert await beside.url() == ""
    with pytest.raises(NotSent):
        await beside.http(*LOOK, CONTEXT)
    assert await beside.url()
    assert "outages" in await beside.http(*LOOK, CONTEXT)


async def test_another_pack_goes_on_with_it_and_one_without_it_ends_it(beside: Beside) -> None:
    beside.demonstrations.start(beside.http.services)
    url = await beside.url()
    (before,) = children()

    beside.http.replace(parse({FILE: WRITTEN}, {}), {FILE: WRITTEN})
    beside.demonstrations.follow(beside.http.services)
    assert "outages" in await beside.http(*LOOK, CONTEXT)
    assert children() == [before] and url

    token = {"SWITCHBOARD_CONNECTOR_BACKOFFICE_TOKEN": "another"}
    beside.demonstrations.follow(parse({FILE: WRITTEN}, token))
    assert await beside.url() == ""
    later = await beside.url()
    assert not before.is_running()
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{later}/outages?district=renmin")).status_code == 401

    beside.demonstrations.follow({})
    assert await beside.url() == ""


async def test_stopping_ends_it(beside: Beside) -> None:
    beside.demonstrations.start(beside.http.services)
    await beside.url()
    (child,) = children()
    await beside.demonstrations.stop()
    assert not child.is_running()
    beside.demonstrations.follow(beside.http.services)
    assert children() == []


async def test_a_back_office_ends_when_its_standard_input_does(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "packs.telecom.backoffice", "--data", str(tmp_path), "--until-stdin-closes",
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None and process.stdin is not None
    assert int(await process.stdout.readline())
    process.stdin.close()
    async with asyncio.timeout(PATIENCE):
        await process.communicate()
    assert process.returncode == 0


# The whole service -------------------------------------------------------------------------------------------------


def pack_with_it(folder: Path) -> Path:
    """The built-in pack with the demonstration behind one service."""
    shutil.copytree(ROOT / "packs" / "telecom", folder, ignore=shutil.ignore_patterns("backoffice", "__pycache__"))
    (folder / FILE).write_text(WRITTEN, "utf-8")
    return folder


async def gone(child: psutil.Process) -> None:
    """Returns when the process has ended."""
    _, alive = await asyncio.to_thread(psutil.wait_procs, [child], PATIENCE)
    assert alive == []


async def started(server: Server) -> str:
    """Where the demonstration listens, as the service's log says."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for line in server.said().splitlines():
                if '"demonstration_serves"' in line:
                    url: str = json.loads(line)["url"]
                    return url
            await asyncio.sleep(0.05)


async def test_it_is_gone_however_the_service_ends(tmp_path: Path) -> None:
    pack = pack_with_it(tmp_path / "pack")
    server = Server(tmp_path / "data", pack=str(pack), log_level="info")
    for end in (signal.SIGKILL, signal.SIGTERM):
        server.log.unlink(missing_ok=True)
        await server.start()
        url = await started(server)
        (child,) = psutil.Process(server.pid).children()
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{url}/outages?district=renmin")).status_code == 200
        os.kill(server.pid, end)
        await gone(child)
        await server.kill()
        with pytest.raises(httpx.ConnectError):
            async with httpx.AsyncClient(trust_env=False) as client:
                await client.get(url)


def test_doctor_names_it(tmp_path: Path) -> None:
    pack = str(pack_with_it(tmp_path / "pack"))
    findings = json.loads(command(tmp_path / "data", "doctor", "--json", pack=pack).stdout)
    (mine,) = [finding for finding in findings if finding["what"] == "Outside system backoffice"]
    assert mine["state"] == "ok"
    assert "packs.telecom.backoffice" in mine["found"]
    assert "SWITCHBOARD_CONNECTOR_BACKOFFICE_URL" in mine["found"]
