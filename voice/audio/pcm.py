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
