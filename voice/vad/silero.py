"""Speech by the Silero model (https://github.com/snakers4/silero-vad, MIT) that the wheel of faster-whisper brings.

The model takes 512 samples at 16 kHz with the 64 before them, and its own state. onnxruntime runs it on one thread in a
fifth of a millisecond. Of faster-whisper only this file is used: importing the package would load its recogniser.
"""

from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from voice.vad.ports import Frames

CONTEXT: Final = 64
"""Samples of the frame before that the model sees again."""
STATE: Final = (1, 1, 128)
"""Shape of each half of the model's state (an LSTM)."""
WIDTH: Final = 8
"""Samples on each side from which one between is made, when 8 kHz becomes 16 kHz: a delay of 1 ms."""

_ADVICE: Final = "Install it with: pip install 'switchboard-bot[voice]'"


class VadMissing(Exception):
    """The model, or what runs it, is not installed. The message says what to do."""


class Session(Protocol):
    """What is used of `onnxruntime.InferenceSession`."""

    def run(self, outputs: None, inputs: dict[str, NDArray[np.float32]]) -> list[Any]:
        """[probabilities (frames,), h, c] for `input` (frames, CONTEXT + 512), `h` and `c`."""
        ...


def model() -> bytes:
    """The model's file, found without importing the package. Raises `VadMissing`."""
    spec = find_spec("faster_whisper")
    if spec is None or not isinstance(spec.loader, SourceFileLoader):
        raise VadMissing(f"The speech detector needs the package faster-whisper. {_ADVICE}")
    assets = spec.loader.get_resource_reader("faster_whisper").files() / "assets"
    found = sorted(
        (file for file in assets.iterdir() if file.name.startswith("silero_vad")) if assets.is_dir() else (),
        key=lambda file: file.name,
    )
    if not found:
        raise VadMissing(f"This faster-whisper brings no Silero model; 1.2 and later do. {_ADVICE}")
    return found[-1].read_bytes()


@cache
def session() -> Session:
    """The model, loaded once: it keeps no state of a call. Raises `VadMissing`."""
    try:
        import onnxruntime
    except ImportError as error:
        raise VadMissing(f"The speech detector needs the package onnxruntime. {_ADVICE}") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    loaded: Session = onnxruntime.InferenceSession(model(), options, providers=["CPUExecutionProvider"])
    return loaded


class SileroVad:
    """A detector for one caller. A file of another shape than the model's fails at the first frame."""

    def __init__(self, rate: int = 8000, runs: Session | None = None) -> None:
        """`runs` is the loaded model. Raises `VadMissing`, and ValueError for a rate that detectors do not take."""
        self._frames = Frames(rate)
        self._double = Doubler() if rate == 8000 else None
        self._session = runs or session()
        self._context = np.zeros(CONTEXT, np.float32)
        self._h = self._c = np.zeros(STATE, np.float32)

    def feed(self, pcm: bytes) -> list[float]:
        """See `Vad.feed`."""
        return [self._probability(frame) for frame in self._frames.feed(pcm)]

    def _probability(self, frame: NDArray[np.float32]) -> float:
        if self._double is not None:
            frame = self._double.feed(frame)
        seen = np.concatenate((self._context, frame))
        self._context = frame[-CONTEXT:]
        found, self._h, self._c = self._session.run(
            None, {"input": seen[np.newaxis], "h": self._h, "c": self._c}
        )
        return float(np.ravel(found)[0])


class Doubler:
    """A stream at twice the rate: each sample, and between two of them one by a windowed sinc."""

    def __init__(self) -> None:
        place = np.arange(2 * WIDTH) - WIDTH + 0.5
        self._between = (np.sinc(place) * np.hanning(2 * WIDTH + 2)[1:-1]).astype(np.float32)
        self._between /= self._between.sum()
        self._kept = np.zeros(2 * WIDTH - 1, np.float32)

    def feed(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shape (n,) → (2n,), `WIDTH` samples of the slower rate late."""
        known = np.concatenate((self._kept, samples))
        self._kept = known[len(samples) :]
        out = np.empty(2 * len(samples), np.float32)
        out[0::2] = known[WIDTH - 1 : WIDTH - 1 + len(samples)]
        out[1::2] = np.convolve(known, self._between, "valid")
        return out
