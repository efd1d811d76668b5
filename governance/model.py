"""The ledger's values: digests of events, and the blocks that chain them. Pure."""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

BLOCK: Final = 512
"""Events of one block at most."""

START: Final = "0" * 64
"""What the first block has in place of a previous hash."""

_RECORD: Final = struct.Struct(">q32s")
_canonical: Final = msgspec.json.Encoder().encode


class Row(msgspec.Struct, frozen=True):
    """An event as it is stored. `body` is kept byte by byte; `digest` is hex SHA-256 of `salt` and `private`."""

    position: int
    stream: str
    seq: int
    at: int
    executor: str
    actor: str
    kind: str
    version: int
    body: str
    digest: str
    private: str | None = None
    salt: bytes | None = None


class Block(msgspec.Struct, frozen=True):
    """Events `first` to `last` (positions), chained: `hash` covers `previous`, the number, the instant (microseconds
    since the epoch) and `digests`, which has 40 bytes for each event (position, digest)."""

    number: int
    first: int
    last: int
    count: int
    at: int
    digests: bytes
    previous: str
    hash: str

    def records(self) -> Iterator[tuple[int, bytes]]:
        """(position, digest) of each event. Raises struct.error when the bytes are no whole number of records."""
        return _RECORD.iter_unpack(self.digests)


def digest(values: Sequence[Any]) -> bytes:
    """SHA-256 of the part of an event that is never erased: stream, seq, at, executor, actor, kind, version, body and
    the digest of its private part, in this order, as one JSON array without spaces (UTF-8)."""
    return hashlib.sha256(_canonical(values)).digest()


def public(row: Row) -> tuple[Any, ...]:
    """What `digest` takes of a row."""
    return (
        row.stream, row.seq, row.at, row.executor, row.actor, row.kind, row.version, row.body, row.digest,
    )  # fmt: skip


def record(position: int, digested: bytes) -> bytes:
    """An event's place in `Block.digests`."""
    return _RECORD.pack(position, digested)


def chained(previous: str, number: int, at: int, digests: bytes) -> str:
    """Hex SHA-256 over the previous hash, number, instant and digests."""
    head = f"{previous}:{number}:{at}:".encode()
    return hashlib.sha256(head + digests).hexdigest()


def seal(rows: Sequence[Sequence[Any]], number: int, previous: str, at: int) -> Block:
    """The next block over `rows`: (position, and then what `digest` takes), in order of position, at least one."""
    digests = b"".join([_RECORD.pack(row[0], digest(row[1:])) for row in rows])
    return Block(
        number, rows[0][0], rows[-1][0], len(rows), at, digests, previous, chained(previous, number, at, digests)
    )


class Anchor(msgspec.Struct, frozen=True):
    """The ledger's head as it was said outside at `at`; `signature` is HMAC-SHA256 by the service's key."""

    number: int
    last: int
    hash: str
    at: int
    signature: str = ""


class Fault(msgspec.Struct, frozen=True):
    """What does not hold. `what`: altered, removed, inserted, reordered, cut, block, anchor or private.

    `position` counts events over all streams, `block` is a block's number; 0: it is about no single one.
    """

    what: str
    message: str
    position: int = 0
    block: int = 0
    stream: str = ""
    seq: int = 0


class Report(msgspec.Struct, frozen=True):
    """`unsealed` are events newer than the last block: committed, not yet under the chain."""

    blocks: int
    events: int
    unsealed: int
    anchors: int
    head: str
    faults: tuple[Fault, ...]
    more: bool = False
