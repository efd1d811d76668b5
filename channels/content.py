"""What a file is, by its bytes. Its name only has to agree; what the sender calls it is not asked. Pure."""

import codecs
import re
import struct
from typing import Final

import msgspec

from channels.filenames import extension, renamed
from channels.pictures import READERS, Buffer, Damaged, Piece
from core.errors import SwitchboardError

MAX_PIXELS: Final = 50_000_000
"""Of a picture, times its four bytes 200 MB in a browser that shows it."""
MAX_SIDE: Final = 20_000
MAX_ENTRIES: Final = 5_000
MAX_DIRECTORY: Final = 1_048_576
MAX_UNPACKED: Final = 512 * 1024 * 1024
"""Bytes that a document says it unpacks to. It is never unpacked here, but somebody will open it."""
_STEP: Final = 65_536

WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

EXTENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "log", "csv", "md"),
    WORD: ("docx",),
    EXCEL: ("xlsx",),
    "audio/mpeg": ("mp3",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/wav": ("wav",),
}
"""Everything that is taken, with the endings that a name may have; the first is given to a name without one."""

PICTURES: Final = frozenset(READERS)
"""What a browser shows without running anything; the rest is only ever saved."""


class Refused(SwitchboardError):
    """A file that is not taken; `code`: unsupported_type, type_mismatch, damaged, image_too_large or empty_file."""

    code = "unsupported_type"
    status = 415


class Content(msgspec.Struct, frozen=True):
    """`type` is a media type, `name` fits it, `pieces` are what is kept (empty: all)."""

    type: str
    name: str
    pieces: tuple[Piece, ...] = ()


def examine(data: Buffer, name: str) -> Content:
    """The content of a whole file with a clean name. Raises Refused with what to send instead."""
    if not len(data):
        raise Refused("This file is empty.", code="empty_file")
    kind = _kind(data)
    if kind is None:
        raise Refused("This kind of file is not taken. Send a picture, a PDF, a text, a Word or Excel document, or a short recording.")
    ending = extension(name)
    claimed = next((kind for kind, endings in EXTENSIONS.items() if ending in endings), "")
    if ending and not (claimed == kind or (claimed in PICTURES and kind in PICTURES)):
        if not claimed:
            raise Refused(f"Files that end in .{ending} are not taken. Send a picture, a PDF or a text instead.")
        raise Refused(f"The name ends in .{ending}, but the file is something else. Save it again in that form and send it then.", code="type_mismatch")
    if claimed != kind:  # pictures often bear the name of another kind of picture; it is set right
        name = renamed(name, EXTENSIONS[kind][0])
    return Content(kind, name, _picture(data, kind) if kind in PICTURES else ())


def _picture(data: Buffer, kind: str) -> tuple[Piece, ...]:
    try:
        picture = READERS[kind](data)
    except Damaged:
        raise Refused("This picture is damaged. Take it again, or send it in another form.", code="damaged") from None
    if not (0 < picture.width <= MAX_SIDE and 0 < picture.height <= MAX_SIDE and picture.width * picture.height <= MAX_PIXELS):
        message = f"A picture has at most {MAX_PIXELS // 1_000_000} million pixels and {MAX_SIDE:,} on a side. Make it smaller and send it again."
        raise Refused(message, code="image_too_large")
    return picture.pieces


def _kind(data: Buffer) -> str | None:
    head = data[:64]
    for begins, kind in _BEGINNINGS:
        if head.startswith(begins):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[:2] == b"PK":
        return _document(data)
    if _mpeg(head):
        return "audio/mpeg"
    return "text/plain" if _is_text(data) else None


_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS\0", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
)


def _mpeg(head: bytes) -> bool:
    """A frame of MPEG audio, layer III (ISO 11172-3, 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or head[1] & 0x18 == 0x08:
        return False
    return head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3


# Documents of Word and Excel: the directory of the ZIP (APPNOTE 4.3), never what is packed --------------------------


def _document(data: Buffer) -> str | None:
    names = _directory(data)
    if names is None or "[Content_Types].xml" not in names:
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("Documents with macros are not taken. Save it without macros, or as a PDF.")
    if any(name.startswith("word/") for name in names):
        return WORD
    return EXCEL if any(name.startswith("xl/") for name in names) else None


def _directory(data: Buffer) -> set[str] | None:
    """Names of the entries; None where there is no directory that a document would have."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        return None
    count, size, start = struct.unpack("<HII", data[end + 10 : end + 20])
    if count > MAX_ENTRIES or size > MAX_DIRECTORY or start + size > end:
        return None
    directory, names, at, unpacked = data[start : start + size], set(), 0, 0
    for _ in range(count):
        if directory[at : at + 4] != b"PK\x01\x02" or at + 46 > size:
            return None
        (large,) = struct.unpack_from("<I", directory, at + 24)
        long, extra, comment = struct.unpack_from("<HHH", directory, at + 28)
        names.add(directory[at + 46 : at + 46 + long].decode("utf-8", "replace"))
        unpacked += large
        at += 46 + long + extra + comment
    if unpacked > MAX_UNPACKED:
        raise Refused("This document unpacks to far more than it says. Save it as a PDF and send that.", code="damaged")
    return names


# Text -----------------------------------------------------------------------------------------------------------------

_NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def _is_text(data: Buffer) -> bool:
    """Words in UTF-8, UTF-16 with its mark, or GB 18030, without a control character that no text has."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _reads(data, "utf-16")
    return _reads(data, "utf-8") or _reads(data, "gb18030")


def _reads(data: Buffer, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), _STEP):
            step = data[start : start + _STEP]
            if _NO_TEXT.search(decoder.decode(step, start + _STEP >= len(data))):
                return False
    except UnicodeDecodeError:
        return False
    return True
