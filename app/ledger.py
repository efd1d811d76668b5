"""The sealer: chains what was committed, and says the chain's head where the database cannot reach."""

import asyncio
import contextlib
from pathlib import Path

import msgspec
import structlog

from core.errors import SwitchboardError
from core.time import MINUTE, Clock
from governance.ledger import signed
from governance.model import BLOCK, Anchor, Block
from governance.ports import Ledger

SEAL_SECONDS = 1.0
"""How often; what is younger than this is the tail that `verify` names as not sealed yet."""

ANCHOR_EVERY = 10 * MINUTE
"""How often the head gets a line of its own in the list and in the log, and is sent; the newest is always kept."""

HEAD, HEADS = "head.json", "ledger.jsonl"
SEND_SECONDS = 10.0

_log = structlog.get_logger()


def anchors_of(folder: Path) -> list[Anchor]:
    """The anchors that were kept in `folder`. A line that is none counts as one with a wrong signature."""
    lines: list[bytes] = []
    for name in (HEADS, HEAD):
        with contextlib.suppress(FileNotFoundError):
            lines += (folder / name).read_bytes().splitlines()
    found: list[Anchor] = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=Anchor))
        except msgspec.MsgspecError:
            found.append(Anchor(0, 0, "", 0))
    return found


class Sealer:
    """One of these runs in every serving process; the store lets one at a time seal."""

    def __init__(self, ledger: Ledger, clock: Clock, folder: Path, key: bytes, url: str = "") -> None:
        self.ledger = ledger
        self._clock = clock
        self._folder = folder
        self._key = key
        self._url = url
        self._listed = 0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(SEAL_SECONDS)
            await self._safely(last=False)

    async def finish(self) -> None:
        """Seals what is left, at the end of the process."""
        await self._safely(last=True)

    async def _safely(self, last: bool) -> None:
        try:
            await self.pass_over(last)
        except (SwitchboardError, OSError) as error:
            _log.warning("ledger_not_sealed", error=str(error))  # the next pass, or the next process, goes on here

    async def pass_over(self, last: bool = False) -> Block | None:
        """Seals all that is there; returns the newest block made. `last`: the process ends, the head is listed."""
        newest = None
        while (block := await self.ledger.seal(self._clock())) is not None:
            newest = block
            if block.count < BLOCK and not last:
                break
            await asyncio.sleep(0)
        if newest is not None:
            await self._say(newest, last)
        return newest

    async def _say(self, block: Block, last: bool) -> None:
        now = self._clock()
        anchor = signed(block.number, block.last, block.hash, now, self._key)
        line = msgspec.json.encode(anchor) + b"\n"
        listed = last or now - self._listed >= ANCHOR_EVERY
        await asyncio.to_thread(self._keep, line, listed)
        if not listed:
            return
        self._listed = now
        _log.info("ledger_head", block=block.number, last=block.last, hash=block.hash)
        if self._url:
            await self._send(line)

    def _keep(self, line: bytes, listed: bool) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f"{HEAD}.new"
        temporary.write_bytes(line)
        temporary.replace(self._folder / HEAD)
        if listed:
            with (self._folder / HEADS).open("ab") as file:
                file.write(line)

    async def _send(self, line: bytes) -> None:
        import httpx  # what the settings do not ask for is not loaded

        try:
            async with httpx.AsyncClient(timeout=SEND_SECONDS) as client:
                answer = await client.post(self._url, content=line, headers={"content-type": "application/json"})
            if answer.status_code >= 300:
                _log.warning("ledger_head_not_sent", status=answer.status_code)
        except httpx.HTTPError as error:
            _log.warning("ledger_head_not_sent", error=type(error).__name__)
