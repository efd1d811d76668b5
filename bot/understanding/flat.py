"""The flat file of a trained model: written atomically, verified and memory-mapped when read.

Layout: 8 bytes of magic, the length of the header (8 bytes, little-endian), the header (JSON), the features
(UTF-8, separated by line feeds), padding to 64 bytes, the table of weights (float32, little-endian, row by
row), and the SHA-256 of everything before it (32 bytes). The same model is always the same bytes.
"""

import hashlib
import json
import mmap
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigurationError

_MAGIC: Final = b"SWBNLU01"
_ALIGN: Final = 64
_DIGEST: Final = 32


@dataclass(frozen=True)
class Model:
    """What was learnt.

    `weights[i]` belongs to `features[i]` and has `len(intents) + 1` columns: the weight for each intent times
    the feature's inverse document frequency, and the square of that frequency for the length of the message
    vector. `unknown` is that square for a feature never seen. `temperatures` (scores are multiplied by them
    before the softmax) and `thresholds` (0..1, absent where nothing is rejected) are by language. `phrases`:
    phrase → (entity, value). `patterns`: entity → regular expressions. `report` is the cross-validation, see
    `train.report`.
    """

    intents: tuple[str, ...]
    features: tuple[str, ...]
    weights: NDArray[np.float32]
    intercept: tuple[float, ...]
    unknown: float
    temperatures: dict[str, float]
    thresholds: dict[str, float]
    default_language: str
    phrases: dict[str, tuple[str, str]] = field(default_factory=dict)
    patterns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    hash: str = ""
    """Hexadecimal SHA-256 of the file; empty for a model that was not read from one."""

    def save(self, path: Path) -> str:
        """Writes the file at `path` atomically and returns its hash (hexadecimal)."""
        body, digest = _pack(self)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.write(digest)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return digest.hex()

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Reads a file that `save` wrote. Raises `ConfigurationError` when it is absent, foreign or
        damaged.
        """
        try:
            with path.open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"the model {path} cannot be read ({error}): run `switchboard train`"
            ) from None
        if len(data) < len(_MAGIC) + 8 + _DIGEST or data[: len(_MAGIC)] != _MAGIC:
            raise ConfigurationError(f"{path} is no model of this version: run `switchboard train`")
        digest = hashlib.sha256(memoryview(data)[:-_DIGEST]).digest()
        if digest != data[-_DIGEST:]:
            raise ConfigurationError(f"the model {path} is damaged: run `switchboard train`")
        return _unpack(data, digest.hex())


def digest_of(model: Model) -> str:
    """The hash that the model's file has or would have."""
    return model.hash or _pack(model)[1].hex()


def _pack(model: Model) -> tuple[bytes, bytes]:
    features = "\n".join(model.features).encode()
    header = json.dumps(
        {
            "intents": model.intents,
            "rows": len(model.features),
            "features_bytes": len(features),
            "intercept": [float(value) for value in model.intercept],
            "unknown": model.unknown,
            "temperatures": model.temperatures,
            "thresholds": model.thresholds,
            "default_language": model.default_language,
            "phrases": model.phrases,
            "patterns": model.patterns,
            "report": model.report,
        },
        ensure_ascii=False,
        sort_keys=True,
    ).encode()
    start = len(_MAGIC) + 8 + len(header) + len(features)
    weights = np.ascontiguousarray(model.weights, dtype="<f4").tobytes()
    body = b"".join(
        [_MAGIC, len(header).to_bytes(8, "little"), header, features, b"\0" * (-start % _ALIGN), weights]
    )
    return body, hashlib.sha256(body).digest()


def _unpack(data: mmap.mmap, digest: str) -> Model:
    start = len(_MAGIC) + 8
    end = start + int.from_bytes(data[len(_MAGIC) : start], "little")
    header = json.loads(data[start:end])
    start, end = end, end + header["features_bytes"]
    features = tuple(data[start:end].decode().split("\n")) if header["rows"] else ()
    intents = tuple(header["intents"])
    columns = len(intents) + 1
    weights = np.frombuffer(data, dtype="<f4", count=header["rows"] * columns, offset=end + -end % _ALIGN)
    return Model(
        intents=intents,
        features=features,
        weights=weights.reshape(header["rows"], columns),
        intercept=tuple(header["intercept"]),
        unknown=header["unknown"],
        temperatures=header["temperatures"],
        thresholds=header["thresholds"],
        default_language=header["default_language"],
        phrases={phrase: (meaning[0], meaning[1]) for phrase, meaning in header["phrases"].items()},
        patterns={name: tuple(patterns) for name, patterns in header["patterns"].items()},
        report=header["report"],
        hash=digest,
    )
