"""Words that show that one listens, and what an utterance is: words for us, such a sign, noise, or our own echo."""

import unicodedata
from collections.abc import Iterable
from typing import Final, Literal

from core.language import half_width, to_simplified
from voice.turns.facts import Asked

BACK_CHANNELS: Final = {
    "zh": "嗯 唔 呃 额 哦 噢 喔 啊 诶 哎 好 好的 好吧 好啊 对 对对 对的 对啊 是 是的 是啊 行 行吧 可以 没错 明白 明白了 "
    "知道 知道了 了解 懂了 这样 这样啊 原来如此".split(),
    "en": "uh huh|mm|mmm|mhm|mm hmm|hm|hmm|um|uh|ah|oh|aha|yeah|yep|yup|yes|ok|okay|right|alright|all right|sure|"
    "i see|got it|gotcha|of course|fine|good|great".split("|"),
}
"""What people say to a speaker without wanting the turn. As the answer to a yes-or-no question they are one."""

ECHO_EDITS: Final = 0.2
"""Part of an echo's characters that a recogniser may get wrong; with more a caller's correction would be lost."""
ECHO_LETTERS: Final = 2
"""Fewer characters than this are never called an echo: "no" and "不" are in many sentences of ours."""
FLOOR: Final = 0.25
"""Below this confidence there are no words. Recognisers give half of it for a whisper in a street."""
FLOOR_WHILE_WE_SPEAK: Final = 0.45
"""The same while our voice is on the line: a wrong stop costs the caller our sentence."""
NO_SPEECH: Final = 0.6
"""Above this probability of no speech there is none: the value that Whisper itself uses."""

Verdict = Literal["words", "back_channel", "noise", "echo"]


def plain(text: str) -> str:
    """Lower-case simplified text in which everything but letters and digits is a single space."""
    folded = to_simplified(half_width(text)).casefold()
    kept = (c if unicodedata.category(c)[0] in "LNM" else "" if c in "'’" else " " for c in folded)
    return " ".join("".join(kept).split())


def letters(text: str) -> str:
    """`plain` without its spaces: what can be compared across word boundaries and scripts."""
    return plain(text).replace(" ", "")


_CHINESE: Final = frozenset(BACK_CHANNELS["zh"])
_ENGLISH: Final = frozenset(tuple(plain(words).split()) for words in BACK_CHANNELS["en"])
_LONGEST_CHINESE: Final = max(map(len, _CHINESE))
_LONGEST_ENGLISH: Final = max(map(len, _ENGLISH))


def is_back_channel(text: str) -> bool:
    """Whether the text is nothing but such signs, in either language: "嗯嗯好的", "ok, I see"."""
    words = [part for word in plain(text).split() for part in _units(word)]
    whole = len(words)
    reached = [True] + [False] * whole  # reached[i]: the first i units are signs
    for start in range(whole):
        if not reached[start]:
            continue
        for end in range(start + 1, min(start + max(_LONGEST_CHINESE, _LONGEST_ENGLISH), whole) + 1):
            piece = words[start:end]
            if "".join(piece) in _CHINESE or tuple(piece) in _ENGLISH:
                reached[end] = True
    return whole > 0 and reached[whole]


def _units(word: str) -> Iterable[str]:
    """A Latin word whole, Chinese characters one by one."""
    return [word] if word.isascii() else list(word)


def is_echo(text: str, said: str) -> bool:
    """Whether `text` is nearly a part of `said`, what our voice said around that time. Digits must be the same."""
    heard, ours = letters(text), letters(said)
    edits = int(len(heard) * ECHO_EDITS)
    if not ECHO_LETTERS <= len(heard) <= len(ours) + edits:
        return False
    digits = "".join(filter(str.isdigit, heard))
    if digits not in "".join(filter(str.isdigit, ours)):
        return False
    return _edits_to_a_part(heard, ours) <= edits


def _edits_to_a_part(text: str, whole: str) -> int:
    """The fewest edits that make `text` some part of `whole` (Sellers 1980)."""
    row = [0] * (len(whole) + 1)
    for i, wanted in enumerate(text, 1):
        before, row[0] = row[0], i
        for j, there in enumerate(whole, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (wanted != there))
    return min(row)


def judge(
    text: str, confidence: float, no_speech: float, question: Asked, *, over: bool, in_full: bool, said: str
) -> Verdict:
    """What an utterance is.

    `over`: our voice was on the line meanwhile. `in_full`: what it asks had been said to the end. `said`: what it said
    around that time, "" when nothing.
    """
    heard = letters(text)
    if not heard or no_speech > NO_SPEECH or confidence < (FLOOR_WHILE_WE_SPEAK if over else FLOOR):
        return "noise"
    if heard in map(letters, question.choices) and not is_back_channel(text):
        return "words"
    if said and is_echo(text, said):
        return "echo"
    if over and is_back_channel(text) and not (in_full and _answered_by_a_sign(question)):
        return "back_channel"
    return "words"


def _answered_by_a_sign(question: Asked) -> bool:
    return question.kind == "yes_no" or any(map(is_back_channel, question.choices))
