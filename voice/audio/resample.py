"""Sound at another rate: a polyphase low-pass (Kaiser-windowed sinc) that remembers across frames.

Sample by sample this is `upsample by L, filter, keep every M-th`; the zeros between are never touched. Each phase has
`TAPS` coefficients, so an output sample costs as many multiplications. Between 8, 16, 24 and 48 kHz every 20 ms frame
that goes in brings exactly 20 ms out.
"""

from functools import cache
from math import gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice.audio.pcm import to_pcm, to_samples

RATES = (8000, 16000, 24000, 48000)
"""Samples a second between which sound is converted."""
TAPS = 32
"""Coefficients of a phase, counted at the lower of both rates."""
BETA = 8.0
"""Shape of the Kaiser window: aliases stay 80 dB below."""
PASSED = 0.92
"""What passes, as a part of the lower rate's half: 3.7 kHz of 8 kHz."""


@cache
def _phases(up: int, down: int) -> NDArray[np.float32]:
    """Coefficients, shape (up, taps): row p filters for the outputs that fall p/up behind an input sample.

    Each row is reversed, so that it lies along the input as time does.
    """
    # A multiple of 2·down, so that the delay is whole samples of both rates.
    taps = 2 * down * -(-TAPS * max(up, down) // (2 * up * down))
    length = up * taps
    place = np.arange(length) - length / 2
    cutoff = PASSED / max(up, down)
    sinc = cutoff * np.sinc(cutoff * place) * np.kaiser(length + 1, BETA)[:-1]
    rows = sinc.reshape(taps, up).T * up
    return np.ascontiguousarray(rows[:, ::-1], np.float32)


class Resampler:
    """A stream from one rate to another. `delay` is by how many seconds sound comes out later than it went in."""

    def __init__(self, source: int, target: int) -> None:
        """Raises ValueError for a rate that is not in `RATES`."""
        if source not in RATES or target not in RATES:
            raise ValueError(f"Cannot resample {source} Hz to {target} Hz; the rates are {RATES}.")
        common = gcd(source, target)
        self._up, self._down = target // common, source // common
        self._same = source == target
        self._rows = _phases(self._up, self._down)
        self._taps = self._rows.shape[1]
        self._kept = np.zeros(self._taps - 1, np.float32)
        self._at = 0  # the next output, counted in steps of 1/up from the first sample that is not in `kept`
        self.delay = 0.0 if self._same else self._taps / 2 / source

    def feed(self, pcm: bytes) -> bytes:
        """PCM at the source rate → what of the target rate is complete. An odd byte at the end is dropped."""
        if self._same:
            return pcm[: len(pcm) & ~1]
        fresh = to_samples(pcm)
        if not len(fresh):
            return b""
        known = np.concatenate([self._kept, fresh.astype(np.float32)])
        steps = np.arange(self._at, len(fresh) * self._up, self._down)
        self._at += len(steps) * self._down - len(fresh) * self._up
        self._kept = known[len(fresh) :]
        windows = sliding_window_view(known, self._taps)[steps // self._up]
        out = np.einsum("ij,ij->i", windows, self._rows[steps % self._up])
        return to_pcm(out)


def resample(pcm: bytes, source: int, target: int) -> bytes:
    """A whole recording at another rate: the same length in time, and nothing moved in it."""
    if source == target:
        return pcm[: len(pcm) & ~1]
    stream = Resampler(source, target)
    late = round(stream.delay * target)
    wanted = len(pcm) // 2 * target // source
    rest = bytes(2 * round(2 * stream.delay * source))
    out = stream.feed(pcm) + stream.feed(rest)
    return out[2 * late : 2 * (late + wanted)]
