"""16-bit little-endian samples as bytes, and as numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

INT16: np.dtype[np.int16] = np.dtype("<i2")


def to_samples(pcm: bytes) -> NDArray[np.int16]:
    """The samples, read in place; an odd byte at the end is dropped."""
    return np.frombuffer(pcm, INT16, len(pcm) // 2)


def to_pcm(samples: NDArray[np.floating[Any]]) -> bytes:
    """Rounded, and clipped where too loud."""
    whole: NDArray[np.int16] = np.clip(np.rint(samples), -32768, 32767).astype(INT16)
    return whole.tobytes()


class Framer:
    """Cuts a stream of pieces of any length into frames; what is less than one waits for the next piece."""

    def __init__(self, size: int) -> None:
        """`size`: bytes of a frame."""
        self._size = size
        self._rest = b""

    def feed(self, pcm: bytes) -> list[bytes]:
        """The frames that are complete."""
        if not self._rest and len(pcm) == self._size:
            return [pcm]
        known = self._rest + pcm
        whole = len(known) - len(known) % self._size
        self._rest = known[whole:]
        return [known[place : place + self._size] for place in range(0, whole, self._size)]
