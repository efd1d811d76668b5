"""Outside systems for a try-out: where a pack's service has no address, a module of `packs` stands in for it.

The module runs as a process of its own, on loopback and on a port that it chooses. It is told by
`--until-stdin-closes` to end with us: its standard input closes whatever way this process ends.
"""

import asyncio
import contextlib
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files as resources
from pathlib import Path
from typing import Final

import structlog

from connectors.http import Service

START_SECONDS: Final = 30.0
"""How long a module may take to say where it listens."""
STOP_SECONDS: Final = 3.0
PAUSES: Final = (0.2, 1.0, 5.0, 30.0)
"""Seconds before it is started again; the last counts from then on."""
STEADY_SECONDS: Final = 60.0
"""Who lived this long is started again without a grudge."""
CHUNK: Final = 16 * 1024

_log = structlog.get_logger()


class DidNotStart(Exception):
    """The process ended, or said nothing, before it had a port."""


class Demonstrations:
    """`at` hears (service, URL) when one listens and (service, "") when it no longer does. `folder` keeps their data,
    `more` are arguments beside the usual ones."""

    def __init__(self, folder: Path, at: Callable[[str, str], None], more: Sequence[str] = ()) -> None:
        self._folder = folder
        self._at = at
        self._more = more
        self._running: dict[str, tuple[Service, asyncio.Task[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # those that end as well
        self._there: dict[str, asyncio.Event] = {}
        self._started = False

    def start(self, services: Mapping[str, Service]) -> None:
        """Starts those that a module stands in for, without waiting for them."""
        self._started = True
        self.follow(services)

    def follow(self, services: Mapping[str, Service]) -> None:
        """Goes on with those that stay the same, ends those that are gone and starts new ones; before `start` and after
        `stop` nothing runs."""
        wanted = {name: service for name, service in services.items() if service.demonstration and self._started}
        for name, (service, task) in self._running.items():
            if wanted.get(name) != service:
                _cancel(task)
        for name, service in wanted.items():
            known, before = self._running.get(name, (None, None))
            if known != service or (before is not None and before.cancelling()):
                self._there[name] = asyncio.Event()
                task = asyncio.create_task(self._keep(service, before))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
                self._running[name] = (service, task)

    async def ready(self) -> None:
        """Returns when all that were started listen."""
        for event in list(self._there.values()):
            await event.wait()

    async def stop(self) -> None:
        """Ends them all."""
        self._started = False
        tasks = list(self._tasks)
        for task in tasks:
            _cancel(task)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, service: Service, before: asyncio.Task[None] | None) -> None:
        """Starts the module, once the one that it follows has ended, and starts it again whenever it ends."""
        if before is not None:
            await asyncio.wait((before,))
        fell = 0
        while True:
            begun = time.monotonic()
            try:
                code = await self._live(service)
            except (OSError, DidNotStart) as error:
                _log.error("demonstration_not_started", service=service.name, reason=str(error))
            else:
                _log.warning("demonstration_ended", service=service.name, code=code)
            fell = 1 if time.monotonic() - begun > STEADY_SECONDS else fell + 1
            await asyncio.sleep(PAUSES[min(fell, len(PAUSES)) - 1])

    async def _live(self, service: Service) -> int:
        """One life of the process, from its start to its exit code."""
        process = await self._begin(service)
        assert process.stdout is not None and process.stderr is not None
        listening = [asyncio.create_task(_tell(service.name, process.stderr))]
        try:
            try:
                url = await _address(process.stdout)
            finally:
                listening.append(asyncio.create_task(_tell(service.name, process.stdout)))
            self._at(service.name, url)
            self._there[service.name].set()
            _log.info("demonstration_serves", service=service.name, module=service.demonstration, url=url)
            return await process.wait()
        finally:
            self._at(service.name, "")
            await _end(process)
            await asyncio.gather(*listening)

    async def _begin(self, service: Service) -> Process:
        folder = (self._folder / "demonstration" / service.name).resolve()
        arguments = ["--port", "0", "--data", str(folder), "--seed", "--until-stdin-closes", *self._more]
        # Our own settings hold secrets that are none of its business; it asks for the token that we send.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHBOARD_")}
        kept[f"{service.name.upper().replace('-', '_')}_TOKEN"] = service.token
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", service.demonstration, *arguments,
            stdin=PIPE, stdout=PIPE, stderr=PIPE, env=kept,
            cwd=Path(str(resources("packs"))).parent,  # the code of this installation, wherever we were started
            start_new_session=True,  # Ctrl-C is for us alone: turns are finished before it ends
        )  # fmt: skip


def _cancel(task: asyncio.Task[None]) -> None:
    """Once: a second time would break off the ending of its process."""
    if not task.cancelling():
        task.cancel()


async def _address(stdout: asyncio.StreamReader) -> str:
    """The URL for the port on its first line. Raises DidNotStart."""
    line = b""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_SECONDS):
            line = await stdout.readline()
    if not line.strip().isdigit():
        raise DidNotStart(f"no port came, but {line.decode(errors='replace').strip()[:200]!r}")
    return f"http://127.0.0.1:{int(line)}"


async def _tell(name: str, stream: asyncio.StreamReader) -> None:
    """What it writes becomes lines of our log."""
    while chunk := await stream.read(CHUNK):
        for line in chunk.decode(errors="replace").splitlines():
            if line.strip():
                _log.warning("demonstration_said", service=name, line=line)


async def _end(process: Process) -> None:
    """Asks it to end by closing its standard input, and kills it when it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
