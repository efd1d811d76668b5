"""What a check is."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from qa.transcript import Transcript

LONGEST_QUOTE = 200


class Params(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the parameters of a check; the pack's spelling errors are found when it is read."""


class Result(msgspec.Struct, frozen=True):
    """`score` from 0 to 1, None where there was nothing to look at; `evidence` are places (seq) in order.

    `reason` is a code of `qa.reasons` with its figures, and has no words of anybody; `quotes` (by seq) has
    them.
    """

    score: float | None
    reason: str
    evidence: tuple[int, ...] = ()
    quotes: dict[int, str] = {}


Check = Callable[[Transcript], Result]
"""A check with its parameters, ready for any conversation. Pure."""


class Family(msgspec.Struct, frozen=True):
    """A kind of check: its parameters, and how it is made from `who` (bot or person) and them."""

    params: type[Params]
    prepare: Callable[[str, Any], Check]


NOT_APPLICABLE = Result(None, "not_applicable")
WORDS_ERASED = Result(None, "words_erased")


def judged(score: float | None, reason: str, places: Sequence[tuple[int, str]], *figures: object) -> Result:
    """A result with its evidence: places and what was said there."""
    code = ":".join((reason, *(f"{f:g}" if isinstance(f, float) else str(f) for f in figures)))
    quotes = {seq: words[:LONGEST_QUOTE] for seq, words in places if words}
    return Result(score, code, tuple(dict.fromkeys(seq for seq, _ in places)), quotes)
