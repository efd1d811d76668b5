"""The rules about what is said: an answer with forbidden or dangerous advice is stopped, with its rule. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import msgspec

from core.language import to_simplified
from governance.rules import Saying

LONGEST: Final = 20_000
"""Characters that are looked at; no answer is longer."""

REMEMBERED: Final = 2_000
"""Texts that a `Screen` knows to have passed."""

_SENTENCE: Final = re.compile(r"[^。！？；!?;\n]*?(?:[。！？；!?;\n]|\.(?=\s|$)|$)")


class Violation(msgspec.Struct, frozen=True):
    """`quote` is the sentence, normalised; `instead` what may be said in its place (language → words)."""

    rule: str
    quote: str
    instead: dict[str, str] = {}


def normalised(text: str) -> str:
    """Full-width forms folded (NFKC), lower case, traditional characters simplified, runs of spaces as one, and no
    invisible characters: what reads the same is found the same."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    seen = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    return re.sub(r"[ \t\u3000]+", " ", to_simplified(seen))


def check(text: str, sayings: Sequence[Saying]) -> Violation | None:
    """The first rule that the words break. Patterns of every language are tried: an answer may mix them."""
    if not sayings or not text:
        return None
    for match in _SENTENCE.finditer(normalised(text)):
        sentence = match[0].strip()
        if not sentence:
            continue
        for saying in sayings:
            if any(pattern.search(sentence) for pattern in saying.patterns) and not any(
                pattern.search(sentence) for pattern in saying.unless
            ):
                return Violation(saying.id, sentence, saying.instead)
    return None


class Screen:
    """The rules with a memory of words that broke none of them: most of what a bot says it has said before. Digests are
    kept, never the words."""

    def __init__(self, sayings: Sequence[Saying]) -> None:
        self.sayings = sayings
        self._passed: set[bytes] = set()

    def check(self, text: str) -> Violation | None:
        """The first rule that the words break."""
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest in self._passed:
            return None
        violation = check(text, self.sayings)
        if violation is None:
            if len(self._passed) >= REMEMBERED:
                self._passed.clear()
            self._passed.add(digest)
        return violation
