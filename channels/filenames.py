"""Names of files as other people may see and save them. Pure."""

import re
import unicodedata
from typing import Final

LIMIT: Final = 200
"""Bytes of UTF-8; file systems allow 255."""

_PLACES: Final = re.compile(r"[/\\]")
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
_SPACES: Final = re.compile(r"\s+")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that cannot be seen: controls, marks that turn the direction of writing, halves of pairs."""
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_ENDING: Final = re.compile(r"[a-z0-9]{1,10}")


def clean(name: str) -> str:
    """The last part of a path, without what cannot be seen and what a file system would not have; never empty."""
    last = _PLACES.split(unicodedata.normalize("NFC", name))[-1]
    spaced = _SPACES.sub(" ", last)
    seen = "".join(character for character in spaced if unicodedata.category(character) not in _HIDDEN)
    plain = _FORBIDDEN.sub("_", seen).strip(". ")
    if _DEVICES.match(plain):
        plain = "_" + plain
    return _short(plain) or "file"


def extension(name: str) -> str:
    """What stands behind the last dot, in small letters; empty where that is no ending of a file."""
    stem, dot, ending = name.rpartition(".")
    ending = ending.lower()
    return ending if dot and stem and _ENDING.fullmatch(ending) else ""


def renamed(name: str, ending: str) -> str:
    """The name with another ending."""
    old = extension(name)
    return _short(f"{name[: -len(old) - 1] if old else name}.{ending}")


def _short(name: str) -> str:
    if len(name.encode()) <= LIMIT:
        return name
    ending = extension(name)
    tail = f".{ending}" if ending else ""
    stem = name[: -len(tail)] if tail else name
    return stem.encode()[: LIMIT - len(tail)].decode("utf-8", "ignore").rstrip(". ") + tail
