"""Looking for phrases of either language in what was said. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from core.language import normalise, to_simplified

WordLists = Mapping[str, Iterable[str]]
"""Phrases by language. All languages are looked for in every text: people mix them."""

_SENTENCE_END: Final = re.compile(r"(?<=[。!?;])|(?<=\.)\s")
_ASKS: Final = re.compile(r"\?|[吗呢][\s。.!]*\Z")
_NEGATED: Final = re.compile(r"(?:不|没|没有|无法|不能|别|不用|不要|不需要|not|n't|never)\s?\Z")
_QUESTION_WORDS: Final = re.compile(
    r"[?？]|[吗呢]\s*[。.!！]*\Z|怎么|什么|多少|哪|几[点时天个]|为何|能不能|可不可以|是不是|有没有"
    r"|^\W*(?:how|what|when|where|why|who|which|can|could|do|does|did|is|are|will|would|should)\b"
)


class Phrases:
    """A set of phrases, found in any case, width and script variant; Latin ones as whole words only."""

    def __init__(self, words: WordLists) -> None:
        phrases = {fold(phrase) for phrases in words.values() for phrase in phrases}
        ordered = sorted(filter(None, phrases), key=lambda phrase: (-len(phrase), phrase))
        # Few places begin like any phrase; the others are passed over at a glance.
        openings = "".join(re.escape(first) for first in sorted({phrase[0] for phrase in ordered}))
        alternatives = "|".join(map(_bounded, ordered))
        self._pattern = re.compile(f"(?=[{openings}])(?:{alternatives})") if ordered else None

    def find(self, text: str) -> str:
        """The first phrase that occurs, in its folded form; empty when none does."""
        match = self._pattern.search(fold(text)) if self._pattern else None
        return match[0] if match else ""

    def stated(self, text: str) -> str:
        """The first phrase that is stated: not negated just before, and not in a question."""
        if self._pattern is None:
            return ""
        for sentence in _SENTENCE_END.split(fold(text)):
            if _ASKS.search(sentence):
                continue
            for match in self._pattern.finditer(sentence):
                if not _NEGATED.search(sentence[max(0, match.start() - 12) : match.start()]):
                    return match[0]
        return ""


def fold(text: str) -> str:
    """Normalised, simplified, with straight apostrophes."""
    return to_simplified(normalise(text)).replace("’", "'").replace("‘", "'")


def is_question(text: str) -> bool:
    """Whether a message asks something, by its mark, its particles or its first word."""
    return bool(_QUESTION_WORDS.search(fold(text)))


def _bounded(phrase: str) -> str:
    before = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", phrase) else ""
    after = r"(?![a-z0-9])" if re.search(r"[a-z0-9]\Z", phrase) else ""
    return before + re.escape(phrase) + after
