"""What a detector of speech is, and the frames that it looks at."""

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

FRAME_MS: Final = 32
"""Milliseconds for which there is one probability: the frame of the Silero models (512 samples at 16 kHz)."""
RATES: Final = (8000, 16_000)
"""Samples a second that detectors take: what telephones send, and what recognisers take."""


class Vad(Protocol):
    """Tells speech from what is none, in the sound of one caller."""

    def feed(self, pcm: bytes) -> list[float]:
        """16-bit little-endian mono PCM of any length → a probability of speech for each `FRAME_MS` that is complete."""
        ...


class Frames:
    """Cuts PCM of any length into frames of `FRAME_MS`."""

    def __init__(self, rate: int) -> None:
        """`rate`: samples a second, one of `RATES`; raises ValueError for another."""
        if rate not in RATES:
            raise ValueError(f"A detector of speech takes {RATES} Hz, not {rate} Hz.")
        self._bytes = 2 * rate * FRAME_MS // 1000
        self._kept = b""

    def feed(self, pcm: bytes) -> list[NDArray[np.float32]]:
        """The frames that are complete: each of -1 to 1, shape (samples,). The rest is kept for the next time."""
        pcm = self._kept + pcm
        whole = len(pcm) - len(pcm) % self._bytes
        self._kept = pcm[whole:]
        samples = np.frombuffer(pcm[:whole], "<i2").astype(np.float32) / 32768
        return list(samples.reshape(-1, self._bytes // 2))
