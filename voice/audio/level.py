"""How loud sound is, and making it evenly loud.

Levels are dBFS: the root mean square against full scale (32768), so a full square wave is 0 and a full sine −3.
"""

import numpy as np
from numpy.typing import NDArray

from voice.audio.pcm import to_pcm, to_samples

FLOOR_DBFS = -100.0
"""What silence measures."""
SPEECH_DBFS = -50.0
"""Quieter than this is no speech: its loudness says nothing, and it is not made louder."""
MOST_GAIN_DB = 18.0
"""More than this lifts the noise of the line into the foreground."""


def _samples(pcm: bytes) -> NDArray[np.float32]:
    return to_samples(pcm).astype(np.float32)


def _dbfs(samples: NDArray[np.float32]) -> float:
    if not len(samples):
        return FLOOR_DBFS
    power = float(np.dot(samples, samples)) / len(samples)
    return max(FLOOR_DBFS, 10 * float(np.log10(power / 32768**2))) if power else FLOOR_DBFS


def level(pcm: bytes) -> float:
    """Loudness in dBFS, between `FLOOR_DBFS` and 0."""
    return _dbfs(_samples(pcm))


def _gain(samples: NDArray[np.float32], target: float, peak: float) -> float:
    """The factor that brings sound to a level without any sample beyond `peak` (both dBFS)."""
    now = _dbfs(samples)
    wanted = 10 ** (min(target - now, MOST_GAIN_DB) / 20) if now > SPEECH_DBFS else 1.0
    highest = float(np.abs(samples).max(initial=1.0))
    return float(min(wanted, 32768 * 10 ** (peak / 20) / highest))


def even(pcm: bytes, target: float = -20.0, peak: float = -1.0) -> bytes:
    """A whole utterance at a level in dBFS. Peaks win over the level; what is no speech stays as it is."""
    samples = _samples(pcm)
    return to_pcm(samples * _gain(samples, target, peak))


class Leveller:
    """The same for a stream of frames: the gain follows slowly upwards, at once downwards, and never clicks."""

    def __init__(self, target: float = -20.0, peak: float = -1.0, rise: float = 0.05) -> None:
        """`rise`: which part of the way up to a louder gain is gone with each frame, in (0, 1]."""
        self._target, self._peak, self._rise = target, peak, rise
        self._gain = 1.0

    def feed(self, pcm: bytes) -> bytes:
        """One frame → the frame, evened. Pauses between words keep the gain that the words had."""
        samples = _samples(pcm)
        if not len(samples):
            return b""
        before = self._gain
        ceiling = 32768 * 10 ** (self._peak / 20) / float(np.abs(samples).max(initial=1.0))
        if _dbfs(samples) > SPEECH_DBFS:
            wanted = _gain(samples, self._target, self._peak)
            step = self._rise if wanted > before else 1.0
            self._gain = before + (wanted - before) * step
        # The ramp joins the last frame's gain to this one's; the peak limit holds for every sample of it.
        ramp = np.minimum(np.linspace(before, self._gain, len(samples)), ceiling)
        self._gain = min(self._gain, ceiling)
        return to_pcm(samples * ramp)
