"""Pictures by their structure: how large they are, and which bytes of them are the picture and not a note about it.

Photos carry the place where they were taken (Exif, XMP), and some a second file behind their end. What is kept is named by
an allow-list of parts, so that what nobody thought of is left out.
"""

import re
import struct
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

MAX_PARTS: Final = 20_000
"""Segments or chunks of one picture; real ones have some dozens, long animations some thousands."""


class Buffer(Protocol):
    """Bytes that are looked at where they lie: `bytes` or a mapped file."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: slice, /) -> bytes: ...
    def find(self, sub: bytes, start: int = ..., end: int = ...) -> int: ...
    def rfind(self, sub: bytes, start: int = ..., end: int = ...) -> int: ...


class Damaged(ValueError):
    """The file does not hold together as what it begins as."""


Piece = tuple[int, int] | bytes
"""A part that is kept: from where to where in the file, or other bytes in its place."""


class Picture(msgspec.Struct, frozen=True):
    """`width` and `height` in pixels; `pieces` in their order, empty when everything is kept."""

    width: int
    height: int
    pieces: tuple[Piece, ...] = ()


class _Kept:
    """Collects pieces; neighbours become one."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._parts = 0

    def counted(self) -> None:
        """One more part was looked at."""
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise Damaged("too many parts")

    def keep(self, start: int, end: int) -> None:
        last = self.pieces[-1] if self.pieces else b""
        if isinstance(last, tuple) and last[1] == start:
            self.pieces[-1] = (last[0], end)
        else:
            self.pieces.append((start, end))

    def of(self, size: int) -> tuple[Piece, ...]:
        """What is kept of a file of `size` bytes; empty for all of it."""
        return () if self.pieces == [(0, size)] else tuple(self.pieces)


def _number(data: Buffer, at: int, form: str) -> int:
    size = struct.calcsize(form)
    found = data[at : at + size]
    if len(found) != size:
        raise Damaged("it ends in the middle")
    value: int = struct.unpack(form, found)[0]
    return value


# JPEG (ITU T.81, annex B) -----------------------------------------------------------------------------------------

_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_APPLICATION: Final = frozenset({*range(0xE0, 0xF0), 0xFE})
_SCANNED: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")


def jpeg(data: Buffer) -> Picture:
    """Raises Damaged. Of the application segments JFIF, the colour profile and Adobe's transform are kept; a photo that
    lies on its side stays so by an Exif segment with nothing else in it."""
    kept, width, height, at = _Kept(), 0, 0, 2
    kept.keep(0, 2)
    while True:
        kept.counted()
        if _number(data, at, ">B") != 0xFF:
            raise Damaged("no marker where one must be")
        marker = _number(data, at + 1, ">B")
        if marker == 0xFF:  # a filling byte
            at += 1
        elif marker == 0xD9:
            kept.keep(at, at + 2)
            break
        else:
            end = at + 2 + _number(data, at + 2, ">H")
            if end < at + 4 or end > len(data):
                raise Damaged("a segment that does not fit")
            if marker in _FRAMES:
                height, width = max(height, _number(data, at + 5, ">H")), max(width, _number(data, at + 7, ">H"))
            if marker == 0xDA:
                if not width or not height:
                    raise Damaged("no size before the picture")
                scanned = _SCANNED.search(data, end)  # type: ignore[call-overload]
                kept.keep(at, scanned.start() if scanned else len(data))
                if scanned is None:  # cut off, as by a camera whose battery went; it is shown as far as it goes
                    break
                at = scanned.start()
                continue
            _segment(data, marker, at, end, kept)
            at = end
    return Picture(width, height, kept.of(len(data)))


def _segment(data: Buffer, marker: int, at: int, end: int, kept: _Kept) -> None:
    begins = data[at + 4 : min(end, at + 18)]
    if marker not in _APPLICATION:
        kept.keep(at, end)
    elif marker == 0xE1 and begins.startswith(b"Exif\0\0"):
        turned = _orientation(data[at + 10 : end])
        if turned > 1:
            kept.pieces.append(_turned(turned))
    elif (
        (marker == 0xE0 and begins.startswith(b"JFIF\0"))
        or (marker == 0xE2 and begins.startswith(b"ICC_PROFILE\0"))
        or (marker == 0xEE and begins.startswith(b"Adobe"))
    ):
        kept.keep(at, end)


def _orientation(tiff: bytes) -> int:
    """How the camera was held, 1 to 8 (Exif 2.32, tag 0x0112); 0 where it does not say."""
    order = {b"MM": ">", b"II": "<"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, first)
        for entry in range(first + 2, first + 2 + 12 * min(count, 512), 12):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, entry)
            if tag == 0x0112 and kind == 3:
                return int(value) if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _turned(orientation: int) -> bytes:
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", 2 + 6 + len(tiff)) + b"Exif\0\0" + tiff


# PNG (RFC 2083 and the third edition) -------------------------------------------------------------------------------

_CHUNKS: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs acTL fcTL fdAT".split()
)


def png(data: Buffer) -> Picture:
    """Raises Damaged. Text, dates, Exif and what follows the end are left out."""
    kept, at, drawn = _Kept(), 8, False
    kept.keep(0, 8)
    if data[12:16] != b"IHDR":
        raise Damaged("no header")
    width, height = _number(data, 16, ">I"), _number(data, 20, ">I")
    while True:
        kept.counted()
        kind, end = data[at + 4 : at + 8], at + 12 + _number(data, at, ">I")
        if end > len(data):
            raise Damaged("a chunk that does not fit")
        if kind in _CHUNKS:
            kept.keep(at, end)
        drawn = drawn or kind == b"IDAT"
        at = end
        if kind == b"IEND":
            break
    if not drawn:
        raise Damaged("nothing drawn")
    return Picture(width, height, kept.of(len(data)))


# GIF (89a) ----------------------------------------------------------------------------------------------------------


def gif(data: Buffer) -> Picture:
    """Raises Damaged. No camera writes GIF: it is kept as it came."""
    return Picture(_number(data, 6, "<H"), _number(data, 8, "<H"))


# WebP (RFC 9649) ----------------------------------------------------------------------------------------------------

_WEBP: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"})
_EXIF_AND_XMP: Final = 0x08 | 0x04


def webp(data: Buffer) -> Picture:
    """Raises Damaged. Exif and XMP are left out, and the header says so."""
    kept, width, height, at = _Kept(), 0, 0, 12
    whole = 8 + _number(data, 4, "<I")
    if whole > len(data) + 1:
        raise Damaged("it ends in the middle")
    flags = -1
    while at + 8 <= min(whole, len(data)):
        kept.counted()
        kind, size = data[at : at + 4], _number(data, at + 4, "<I")
        end = at + 8 + size + size % 2
        if end > len(data) + 1:
            raise Damaged("a chunk that does not fit")
        if kind in _WEBP:
            kept.keep(at, min(end, len(data)))
        if kind == b"VP8X":
            flags = at + 8
        wide, high = _canvas(data, kind, at + 8)
        width, height, at = max(width, wide), max(height, high), end
    if not width or not height:
        raise Damaged("nothing drawn")
    if kept.of(len(data)) == ((12, len(data)),):
        return Picture(width, height)
    return Picture(width, height, _webp_again(data, kept.pieces, flags))


def _canvas(data: Buffer, kind: bytes, at: int) -> tuple[int, int]:
    if kind == b"VP8X":
        wide, high = data[at + 4 : at + 7], data[at + 7 : at + 10]
        return 1 + int.from_bytes(wide, "little"), 1 + int.from_bytes(high, "little")
    if kind == b"VP8L":
        bits = _number(data, at + 1, "<I")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return _number(data, at + 6, "<H") & 0x3FFF, _number(data, at + 8, "<H") & 0x3FFF
    return 0, 0


def _webp_again(data: Buffer, pieces: list[Piece], flags: int) -> tuple[Piece, ...]:
    size = 4 + sum(piece[1] - piece[0] for piece in pieces if isinstance(piece, tuple))
    again: list[Piece] = [b"RIFF" + struct.pack("<I", size) + b"WEBP"]
    for piece in pieces:
        if isinstance(piece, tuple) and piece[0] <= flags < piece[1]:
            plain = bytes([_number(data, flags, ">B") & ~_EXIF_AND_XMP])
            again += [(piece[0], flags), plain, (flags + 1, piece[1])]
        else:
            again.append(piece)
    return tuple(again)


READERS: Final[dict[str, Callable[[Buffer], Picture]]] = {
    "image/jpeg": jpeg,
    "image/png": png,
    "image/gif": gif,
    "image/webp": webp,
}
