"""A WAV file that is still coming: its sound as mono PCM, piece by piece (RIFF/WAVE).

Services that make speech while they send it do not know its length, and write none, or the largest there is.
"""

import struct
from typing import Final

from voice.audio.wav import Unreadable, read_wav

MOST_HEAD: Final = 64 * 1024
"""Bytes that may come before the sound."""
UNKNOWN: Final = frozenset({0, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFFFFF - 36, 0xFFFFFFFF - 36})
"""Lengths that say that it is not known."""


class WavStream:
    """Reads what comes. `rate` is 0 until it is known."""

    def __init__(self) -> None:
        self.rate = 0
        self._kept = b""
        self._form = b""
        self._block = 0
        self._left = -1

    def feed(self, data: bytes) -> bytes:
        """The sound that is complete. Raises Unreadable for what is no WAV file."""
        self._kept += data
        if not self._block and not self._begin():
            return b""
        whole = len(self._kept) - len(self._kept) % self._block
        piece, self._kept = self._kept[:whole], self._kept[whole:]
        if self._left >= 0:
            piece = piece[: self._left]
            self._left -= len(piece)
        return read_wav(self._form + struct.pack("<I", len(piece)) + piece).mono() if piece else b""

    def _begin(self) -> bool:
        """Whether all that comes before the sound is here; it is put aside then."""
        known, place = self._kept, 12
        if len(known) >= 12 and (known[:4] != b"RIFF" or known[8:12] != b"WAVE"):
            raise Unreadable("This is not a WAV file.")
        while len(known) >= place + 8:
            name, size = struct.unpack_from("<4sI", known, place)
            if name == b"data":
                self._head_is(known[: place + 4], size)
                self._kept = known[place + 8 :]
                return True
            place += 8 + size + (size & 1)
        if max(place, len(known)) > MOST_HEAD:
            raise Unreadable("The WAV file has no sound in it.")
        return False

    def _head_is(self, head: bytes, size: int) -> None:
        self.rate = read_wav(head + struct.pack("<I", 0)).rate
        self._form = head
        place = head.index(b"fmt ")
        self._block = max(1, struct.unpack_from("<H", head, place + 8 + 12)[0])
        self._left = -1 if size in UNKNOWN else size - size % self._block
