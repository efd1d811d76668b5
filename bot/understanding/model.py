"""The values that understanding hands out."""

from typing import Any

import msgspec

OUT_OF_SCOPE = "out_of_scope"
"""Reserved intent: its examples teach what to reject, and it is never an answer (`Understanding.intent` is
None).
"""


class Entity(msgspec.Struct, frozen=True):
    """A thing named in a message.

    `value` is the canonical form (`"broadband"`, `"13812345678"`, `"F-7K3M-9Q2X"`), `text` the words as
    written: `message[start:end]`, offsets in code points.
    """

    name: str
    value: Any
    text: str
    start: int
    end: int


class Understanding(msgspec.Struct, frozen=True):
    """What one message means.

    `intent` is None when the message is out of scope; `ranking` still names the three nearest intents.
    `confidence` in 0..1 is the calibrated probability of the nearest intent; a message is rejected when it is
    below the threshold learnt for its language. `ranking` holds at most three (intent, confidence), best
    first. `model` is the prefix of the SHA-256 of the model file that decided.
    """

    intent: str | None
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: tuple[Entity, ...]
    language: str
    engine: str
    model: str


class Reason(msgspec.Struct, frozen=True):
    """Why an intent was near: `features` are (feature, share of the score), the strongest first."""

    intent: str
    confidence: float
    features: tuple[tuple[str, float], ...]
