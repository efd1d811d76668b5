"""From a message to the features that the classifier weighs. Used alike to train and to serve.

Latin script: words, pairs of neighbouring words, and the 2- to 5-grams of characters inside each word with
its edges (scikit-learn's `char_wb`). Han script: characters, and 2- and 3-grams with the edges of their run.
Short messages also count as a whole, so that "no" and "no signal" have something of their own each.
"""

import re
from typing import Final

from core.language import HAN, normalise, to_simplified

MASKS: Final = {
    "phone": "\ue000",
    "ticket": "\ue001",
    "email": "\ue002",
    "amount": "\ue003",
    "number": "\ue004",
}
"""Kind of a masked entity → the private-use character that stands for it in features."""

LONGEST_MESSAGE: Final = 2_000
LONGEST_WORD: Final = 40

_TOKEN: Final = re.compile(f"[{HAN}]+|[\ue000-\ue00f]|[^\\W_{HAN}]+(?:'[^\\W\\d_{HAN}]+)?")
_NUMBER: Final = re.compile(r"(?<![a-z0-9])\d+(?:[.,:/]\d+)*(?![a-z0-9])")
_FIRST_HAN: Final = "\u3400"
_MASK: Final = range(0xE000, 0xE010)


def fold(text: str) -> str:
    """`text` (entities masked already) in the spelling that features are made of; bare numbers are masked."""
    folded = to_simplified(normalise(text[:LONGEST_MESSAGE].replace("’", "'")))
    return _NUMBER.sub(MASKS["number"], folded)


def grams(folded: str) -> list[str]:
    """The features of a folded message, each once: its `pieces` and the `word_grams` of its words."""
    plain, words = pieces(folded)
    for word in words:
        plain.extend(word_grams(word))
    return list(dict.fromkeys(plain))


def word_grams(word: str) -> list[str]:
    """The 2- to 5-grams of characters of a word between spaces, each behind `#`."""
    edged = f" {word} "
    length = len(edged)
    return ["#" + edged[i : i + size] for size in (2, 3, 4, 5) for i in range(length - size + 1)]


def pieces(folded: str) -> tuple[list[str], list[str]]:
    """The features that are not inside words, with repetitions, and the words in Latin script.

    Words and Han n-grams stand for themselves, pairs hold a space, whole short messages begin with `=`; `^`
    and `$` are the edges.
    """
    tokens = _TOKEN.findall(folded)
    out: list[str] = []
    words: list[str] = []
    previous = "^"
    for token in tokens:
        if token[0] < _FIRST_HAN:
            word = token[:LONGEST_WORD]
            words.append(word)
            out += (word, f"{previous} {word}")
            previous = word
            continue
        out.append(f"{previous} {token[0]}")
        previous = token[-1]
        out += token
        if ord(previous) not in _MASK:
            run = f"^{token}$"
            length = len(run)
            out += [run[i : i + 2] for i in range(length - 1)]
            out += [run[i : i + 3] for i in range(length - 2)]
    if tokens:
        out.append(f"{previous} $")
        if len(tokens) <= 3 and len(folded) <= 16:
            out.append("=" + " ".join(tokens))
    return out, words
