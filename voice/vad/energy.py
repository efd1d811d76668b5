"""Speech by its loudness over the noise of the line. Needs nothing; takes music and loud streets for speech."""

import math
from typing import Final

import numpy as np

from voice.vad.ports import FRAME_MS, Frames

QUIETEST_DB: Final = -50.0
"""Nothing softer is speech, in decibels of full scale (RMS): speech on a telephone has -35 to -15."""
OVER_DB: Final = 9.0
"""So far above the noise, in decibels, it is as likely speech as not."""
STEEP_DB: Final = 1.5
"""Decibels in which the odds grow by e: from 0.1 to 0.9 within 7."""
FLOOR_DB: Final = -60.0
"""The noise of a quiet line, in decibels of full scale; from it the floor starts."""
LOWEST_DB: Final = -75.0
"""The floor is no lower: digital silence says nothing about the noise."""
RISE_DB: Final = 3.0 * FRAME_MS / 1000
"""How fast the floor follows upwards, in decibels a frame: 3 a second, so that a sentence does not become noise.

Between words it falls back.
"""
FALL: Final = 0.3
"""The part of the way down that it goes in a frame: a tenth of a second for most of it."""


class EnergyVad:
    """A detector for one caller. The noise floor follows the softest frames, and speech stands out of it."""

    def __init__(self, rate: int = 8000) -> None:
        """Raises ValueError for a rate that detectors do not take."""
        self._frames = Frames(rate)
        self.floor_db = FLOOR_DB

    def feed(self, pcm: bytes) -> list[float]:
        """See `Vad.feed`."""
        return [self._probability(float(np.var(frame))) for frame in self._frames.feed(pcm)]

    def _probability(self, power: float) -> float:
        """`power` without its constant part, of full scale 1."""
        level = 10 * math.log10(power) if power > 0 else LOWEST_DB
        over = min(level - self.floor_db - OVER_DB, level - QUIETEST_DB)
        step = RISE_DB if level > self.floor_db else FALL * (level - self.floor_db)
        self.floor_db = max(min(self.floor_db + step, max(level, self.floor_db)), LOWEST_DB)
        return 1 / (1 + math.exp(-max(min(over / STEEP_DB, 50.0), -50.0)))
