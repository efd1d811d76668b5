"""Words that nobody who serves may use."""

from qa.checks.base import NOT_APPLICABLE, WORDS_ERASED, Check, Family, Params, Result, judged
from qa.transcript import Transcript
from qa.words import Phrases


class ForbiddenWordsParams(Params, frozen=True):
    """The phrases, by language."""

    words: dict[str, list[str]]


def prepare(who: str, params: ForbiddenWordsParams) -> Check:
    """1 when none was used, else 0."""
    phrases = Phrases(params.words)

    def check(transcript: Transcript) -> Result:
        if transcript.erased:
            return WORDS_ERASED
        said = transcript.said(who)
        if not said:
            return NOT_APPLICABLE
        used = [(u.seq, u.text) for u in said if phrases.find(u.text)]
        if used:
            return judged(0.0, "forbidden_words", used, len(used))
        return judged(1.0, "words_fitting", [])

    return check


FAMILY = Family(ForbiddenWordsParams, prepare)
