"""The last words are kind."""

from typing import Final

import msgspec

from core import events as e
from qa.checks.base import NOT_APPLICABLE, WORDS_ERASED, Check, Family, Params, Result, judged
from qa.transcript import PERSON, Transcript
from qa.words import Phrases

_LAST = 2

_WORDS: Final = {
    "zh": ["感谢", "谢谢", "再见", "祝您", "还有什么可以帮您", "不客气"],
    "en": [
        "thank you",
        "thanks",
        "goodbye",
        "have a good",
        "have a nice",
        "anything else",
        "welcome",
        "take care",
    ],
}


class ClosingParams(Params, frozen=True):
    """Thanks, farewells, and the question whether there is anything else."""

    words: dict[str, list[str]] = msgspec.field(default_factory=lambda: _WORDS)


def prepare(who: str, params: ClosingParams) -> Check:
    """1 when one of the last two messages has such words, else 0.

    Not applicable where whoever is judged could not know that it was the end: the other side closed without
    them.
    """
    phrases = Phrases(params.words)

    def check(transcript: Transcript) -> Result:
        if transcript.erased:
            return WORDS_ERASED
        said = transcript.said(who)[-_LAST:]
        if not said:
            return NOT_APPLICABLE
        if any(phrases.find(u.text) for u in said):
            return judged(1.0, "closed_kindly", [(said[-1].seq, said[-1].text)])
        by = [r.event.by for r in transcript.events if isinstance(r.event, e.Closed)]
        if by and (who != PERSON or by[-1] != "agent"):
            return NOT_APPLICABLE
        return judged(0.0, "closed_curtly", [(said[-1].seq, said[-1].text)])

    return check


FAMILY = Family(ClosingParams, prepare)
