"""The proof of what was done: the chain over the log, its head said outside, and the check of both."""

import hashlib
import hmac
import struct
from collections.abc import Sequence
from typing import Final

from governance.model import START, Anchor, Block, Fault, Report, Row, chained, digest, public
from governance.ports import Ledger

MOST_FAULTS: Final = 100
"""Faults that a report names; one cut block makes hundreds."""

_PAGE: Final = 1_000


def signed(number: int, last: int, hash: str, at: int, key: bytes) -> Anchor:
    """The anchor of a head."""
    return Anchor(number, last, hash, at, _signature(number, last, hash, at, key))


def genuine(anchor: Anchor, key: bytes) -> bool:
    """Whether the anchor was made with this key."""
    made = _signature(anchor.number, anchor.last, anchor.hash, anchor.at, key)
    return hmac.compare_digest(made, anchor.signature)


def _signature(number: int, last: int, hash: str, at: int, key: bytes) -> str:
    return hmac.new(b"ledger-anchor:" + key, f"{number}:{last}:{hash}:{at}".encode(), hashlib.sha256).hexdigest()


async def verify(ledger: Ledger, anchors: Sequence[Anchor], key: bytes) -> Report:
    """Reads the whole log and its chain, and the anchors beside them. Names what does not hold, and where.

    Runs beside a serving process: blocks that come meanwhile are left for the next time.
    """
    check = _Check(anchors, key)
    newest = await ledger.head()
    end = newest.number if newest else 0
    while check.number < end:
        blocks = [block for block in await ledger.blocks(check.number, 50) if block.number <= end]
        if not blocks:
            break
        for block in blocks:
            await _under(ledger, block, check)
    check.heads()
    await _tail(ledger, check)
    for stream, version, seq, count in await ledger.broken_streams():
        check.fault(
            "cut" if seq < version else "removed" if count < version else "inserted",
            f"{stream} should have the events 1 to {version}; {count} are there, the last is {seq}",
            stream=stream, seq=seq,
        )  # fmt: skip
    check.erasures()
    return check.report()


async def _under(ledger: Ledger, block: Block, check: "_Check") -> None:
    """The events from the end of the block before to the end of this one."""
    check.chain(block)
    found: dict[int, Row] = {}
    while True:
        page = [row for row in await ledger.rows(check.position, _PAGE) if row.position <= block.last]
        found.update({row.position: row for row in page})
        if len(page) < _PAGE:
            break
        check.position = page[-1].position
    check.position = max(check.position, block.last)
    check.events(block, found)


async def _tail(ledger: Ledger, check: "_Check") -> None:
    """The events that are under no block yet."""
    while page := await ledger.rows(check.position, _PAGE):
        check.unsealed += len(page)
        for row in page:
            check.private(row, 0)
        check.position = page[-1].position


class _Check:
    """What was seen so far."""

    def __init__(self, anchors: Sequence[Anchor], key: bytes) -> None:
        self.number, self.hash, self.position = 0, START, 0
        self.count, self.unsealed, self.blocks = 0, 0, 0
        self.more = False
        self._faults: list[Fault] = []
        self._emptied: dict[str, Row] = {}
        self._erased: dict[str, int] = {}
        self._anchors = {anchor.number: anchor for anchor in anchors}
        self._said = len(anchors)
        for anchor in anchors:
            if not genuine(anchor, key):
                self.fault("anchor", f"the anchor of block {anchor.number} was not signed with this service's key")
                self._anchors.pop(anchor.number, None)

    def fault(
        self, what: str, message: str, position: int = 0, block: int = 0, stream: str = "", seq: int = 0
    ) -> None:
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Fault(what, message, position, block, stream, seq))
        else:
            self.more = True

    def chain(self, block: Block) -> None:
        number = block.number
        if number != self.number + 1:
            gone = f"{self.number + 1}" if number == self.number + 2 else f"{self.number + 1} to {number - 1}"
            self.fault("block", f"block {gone} of the chain is missing", block=self.number + 1)
        elif block.previous != self.hash:
            self.fault("block", f"block {number} does not follow block {number - 1}: their hashes differ", block=number)
        if chained(block.previous, number, block.at, block.digests) != block.hash:
            self.fault("block", f"block {number} was altered: its hash does not fit what is in it", block=number)
        anchor = self._anchors.pop(number, None)
        if anchor is not None and anchor.hash != block.hash:
            self.fault("block", f"block {number} is another one than the one that was anchored", block=number)
        self.number, self.hash = number, block.hash
        self.blocks += 1

    def events(self, block: Block, found: dict[int, Row]) -> None:
        try:
            records = dict(block.records())
        except struct.error:
            return  # named by `chain` already: the block's own bytes are not whole
        places = {digested: position for position, digested in records.items()}
        for position, expected in records.items():
            row = found.pop(position, None)
            if row is None:
                self.fault("removed", f"event {position} is missing", position, block.number)
                continue
            self.count += 1
            self.private(row, block.number)
            actual = digest(public(row))
            if actual == expected:
                continue
            where = f"event {position} ({row.stream}, {row.seq})"
            if actual in places:
                message = f"{where} belongs at {places[actual]}"
                self.fault("reordered", message, position, block.number, row.stream, row.seq)
            else:
                self.fault("altered", f"{where} was altered", position, block.number, row.stream, row.seq)
        for position, row in found.items():
            message = f"event {position} ({row.stream}, {row.seq}) was put in later"
            self.fault("inserted", message, position, block.number, row.stream, row.seq)

    def private(self, row: Row, block: int) -> None:
        """Words that can be erased: whole, or gone from a stream that says so."""
        if row.kind == "erased":
            self._erased[row.stream] = row.seq
        if row.private is None:
            if row.digest:
                self._emptied[row.stream] = row
            return
        if hashlib.sha256((row.salt or b"") + row.private.encode()).hexdigest() != row.digest:
            message = f"the private part of event {row.position} ({row.stream}, {row.seq}) was altered"
            self.fault("private", message, row.position, block, row.stream, row.seq)

    def erasures(self) -> None:
        for stream, row in self._emptied.items():
            if self._erased.get(stream, 0) < row.seq:
                message = f"the private part of event {row.position} ({stream}, {row.seq}) is gone without an erasure"
                self.fault("private", message, row.position, 0, stream, row.seq)

    def heads(self) -> None:
        for number, anchor in sorted(self._anchors.items()):
            if number > self.number:
                self.fault(
                    "cut",
                    f"the chain ends at block {self.number}, event {self.position}; block {number}, up to event "
                    f"{anchor.last}, was anchored",
                    self.position, number,
                )  # fmt: skip
                break

    def report(self) -> Report:
        return Report(
            self.blocks, self.count, self.unsealed, self._said, self.hash, tuple(self._faults), self.more
        )
