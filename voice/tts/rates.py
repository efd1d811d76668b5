"""Speech from any voice's rate to the line's, such as 22,050 Hz to 8,000: a polyphase low-pass, as in `voice.audio`.

Unlike a stream between lines, speech has a beginning and an end: what comes out starts with the first sample, and
`finish` brings what was still inside the filter, so that the length in time stays.
"""

from functools import cache
from math import gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice.audio.pcm import to_pcm, to_samples

SOURCES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Samples a second that voices are known to make."""
TARGETS = (8000, 16000, 24000, 48000)
"""Samples a second of lines."""
TAPS = 32
"""Coefficients of a phase, counted at the lower of both rates."""
BETA = 8.0
"""Shape of the Kaiser window: aliases stay 80 dB below."""
PASSED = 0.92
"""What passes, as a part of the lower rate's half."""


@cache
def _phases(up: int, down: int) -> NDArray[np.float32]:
    """Coefficients, shape (up, taps), in the order of time: row p is for outputs p/up behind an input sample."""
    half = -(-TAPS * max(up, down) // (2 * up))
    place = np.arange(2 * half * up) - half * up
    cutoff = PASSED / max(up, down)
    window = np.kaiser(2 * half * up + 1, BETA)[:-1]
    rows = (cutoff * np.sinc(cutoff * place) * window).reshape(2 * half, up).T * up
    return np.ascontiguousarray(rows[:, ::-1], np.float32)


class Converter:
    """One piece of speech from a rate to another."""

    def __init__(self, source: int, target: int) -> None:
        """Raises ValueError for rates that are not in `SOURCES` and `TARGETS`."""
        if source not in SOURCES or target not in TARGETS:
            raise ValueError(f"Cannot bring speech from {source} Hz to {target} Hz.")
        common = gcd(source, target)
        self._up, self._down = target // common, source // common
        self._same = source == target
        self._rows = _phases(self._up, self._down)
        taps = self._rows.shape[1]
        self._half = taps // 2
        self._kept = np.zeros(taps - 1, np.float32)
        # Counted in steps of 1/up from the first sample that is not in `kept`; it starts where the filter's middle
        # lies on the first sample, so that nothing comes late.
        self._at = self._half * self._up
        self._came, self._went = 0, 0
        self._odd = b""

    def feed(self, pcm: bytes) -> bytes:
        """PCM at the source rate, of any length → what is complete at the target rate."""
        pcm = self._odd + pcm
        whole = len(pcm) & ~1
        self._odd, pcm = pcm[whole:], pcm[:whole]
        self._came += whole // 2
        out = pcm if self._same else self._filter(to_samples(pcm))
        self._went += len(out) // 2
        return out

    def finish(self) -> bytes:
        """The rest. The speech is as long as it was, to the sample."""
        if self._same:
            return b""
        rest = self._came * self._up // self._down - self._went
        return self._filter(np.zeros(self._half + self._down, np.int16))[: 2 * max(0, rest)]

    def _filter(self, fresh: NDArray[np.int16]) -> bytes:
        if not len(fresh):
            return b""
        known = np.concatenate([self._kept, fresh.astype(np.float32)])
        steps = np.arange(self._at, len(fresh) * self._up, self._down)
        self._at += len(steps) * self._down - len(fresh) * self._up
        self._kept = known[len(fresh) :]
        windows = sliding_window_view(known, self._rows.shape[1])[steps // self._up]
        return to_pcm(np.einsum("ij,ij->i", windows, self._rows[steps % self._up]))


def convert(pcm: bytes, source: int, target: int) -> bytes:
    """A whole piece of speech at another rate."""
    converter = Converter(source, target)
    return converter.feed(pcm) + converter.finish()
