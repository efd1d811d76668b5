"""What is played for lost packets: the last pitch period again and again, fading away within 60 ms.

After ITU-T G.711 Appendix I, without its 3.75 ms of added delay: nothing is smoothed before a loss, only after it.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from voice.audio.pcm import to_pcm, to_samples

LOWEST_PITCH, HIGHEST_PITCH = 66, 200
"""Hertz of a voice's fundamental, as Appendix I looks for it."""
FULL_MS, FADED_MS = 10, 60
"""Full loudness for so long; then straight down to nothing at the end of so long."""
JOIN_MS = 4
"""Over so long the sound that comes back is mixed with what was invented."""
UNIT_MS = 10
"""Sound comes and goes in pieces so long: what all usual packets are multiples of."""
COMPARED_MS = 20
"""How much of the past is compared with the past before it."""
REMEMBERED = 5
"""Pieces that are kept to repeat from."""


class Concealer:
    """Of one stream, in pieces of 10 ms of PCM at `rate`; each call gives one such piece."""

    def __init__(self, rate: int = 8000) -> None:
        self._rate = rate
        self._unit = rate * UNIT_MS // 1000
        self._past: deque[bytes] = deque(maxlen=REMEMBERED)
        self._period: NDArray[np.float32] | None = None
        self._played = 0  # samples of this loss so far
        self.invented = 0
        """Pieces in which something is heard that never arrived."""

    def good(self, pcm: bytes) -> bytes:
        """A piece that arrived, joined to what was invented before it."""
        if self._period is not None:
            pcm = self._join(pcm)
            self._period = None
        self._past.append(pcm)
        return pcm

    def lost(self) -> bytes:
        """A piece in place of one that did not arrive."""
        if self._period is None:
            self._period = self._find_period()
            self._played = 0
        out = to_pcm(self._repeat(self._unit))
        self.invented += self._played < self._rate * FADED_MS // 1000
        self._played += self._unit
        return out

    def forget(self) -> None:
        """The stream is another one from here on."""
        self._past.clear()
        self._period = None

    def _repeat(self, count: int) -> NDArray[np.float32]:
        """The next samples of the repetition, faded."""
        assert self._period is not None
        place = np.arange(self._played, self._played + count)
        full, faded = self._rate * FULL_MS // 1000, self._rate * FADED_MS // 1000
        gain = np.clip((faded - place) / (faded - full), 0, 1).astype(np.float32)
        return self._period[place % len(self._period)] * gain

    def _find_period(self) -> NDArray[np.float32]:
        """The last period of the voice: where the recent past is most like the past shortly before."""
        past = to_samples(b"".join(self._past)).astype(np.float32)
        shortest, longest = self._rate // HIGHEST_PITCH, self._rate // LOWEST_PITCH
        compared = self._rate * COMPARED_MS // 1000
        if len(past) < compared + longest:
            return np.zeros(1, np.float32)
        recent = past[-compared:]
        before = past[-compared - longest : -shortest]
        likeness = np.correlate(before, recent, "valid")
        power = np.convolve(before**2, np.ones(compared, np.float32), "valid") + 1.0
        lag = longest - int(np.argmax(likeness / np.sqrt(power)))
        return past[-lag:]

    def _join(self, pcm: bytes) -> bytes:
        fresh = to_samples(pcm).astype(np.float32)
        count = min(self._rate * JOIN_MS // 1000, len(fresh))
        weight = np.arange(count, dtype=np.float32) / count
        fresh[:count] = fresh[:count] * weight + self._repeat(count) * (1 - weight)
        return to_pcm(fresh)
