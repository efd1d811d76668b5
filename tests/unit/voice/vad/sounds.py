"""Sounds that are no speech, and ones as loud and as uneven as it. Samples are int16 PCM."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]


def noise(rate: int, seconds: float, db: float, seed: int = 1) -> Samples:
    """White noise, in decibels of full scale (RMS)."""
    return np.random.default_rng(seed).normal(0, 10 ** (db / 20), round(rate * seconds))


def syllables(rate: int, seconds: float, db: float) -> Samples:
    """A buzz of 120 Hz that comes and goes four times a second, as syllables do; `db` at its loudest."""
    time = np.arange(round(rate * seconds)) / rate
    buzz = np.sign(np.sin(2 * np.pi * 120 * time)) * 10 ** (db / 20)
    return np.asarray(buzz * np.clip(np.sin(2 * np.pi * 4 * time) + 0.5, 0, 1))


def pcm(samples: Samples) -> bytes:
    """Full scale 1 → 16-bit little-endian."""
    return np.clip(samples * 32768, -32768, 32767).astype("<i2").tobytes()
