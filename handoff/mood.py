"""How a customer sounds, from their own words, signs and marks, each named as evidence. Pure and the same every time.

Nothing is guessed from the matter: a broken line is no bad mood. Without a sign the customer counts as calm.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from core.language import normalise, to_simplified

PLEASED, CALM, UPSET, ANGRY = "pleased", "calm", "upset", "angry"

RECENT: Final = 5
"""Newest messages of the customer that count: somebody who was angry an hour ago may be content now."""
UPSET_AT, ANGRY_AT, PLEASED_AT = -2, -5, 2
_NEWEST_COUNTS: Final = 2
"""The newest message counts twice."""
_LONGEST_QUOTE: Final = 160


class Sign(msgspec.Struct, frozen=True):
    """What in the message at `seq` shows it: `kind` is word, emoji, marks or capitals; `sign` as found, `weight` negative for
    a bad mood, `quote` the message."""

    seq: int
    kind: str
    sign: str
    weight: int
    quote: str


class Mood(msgspec.Struct, frozen=True):
    """`mood`: pleased, calm, upset or angry, over the customer's last messages; `signs` are why, in their order."""

    mood: str = CALM
    signs: tuple[Sign, ...] = ()


_WORDS: Final[dict[int, dict[str, str]]] = {
    -3: {
        "zh": "气死,太气人,垃圾,骗子,骗人,坑人,坑爹,无耻,滚,他妈,妈的,去死,欺负人,投诉你们,忍无可忍,受够,恶心,混蛋,王八",
        "en": (
            "furious,outrageous,disgusting,disgrace,disgraceful,scam,rip off,ripoff,rip-off,thieves,liars,bullshit,damn,wtf,"
            "fed up,sick of,worst,fuck,fucking,shit,crap,useless,unacceptable,livid,hate"
        ),
    },
    -2: {
        "zh": "生气,不满,太差,太慢,差劲,失望,烦死,烦人,太烦,离谱,过分,没用,坑,怎么搞的,搞什么,敷衍,不负责任,受不了,着急,急死,太久,无语",
        "en": (
            "angry,annoyed,annoying,terrible,awful,horrible,ridiculous,frustrated,frustrating,disappointed,disappointing,"
            "unhappy,upset,pathetic,a joke,waste of time,not good enough,fobbed off,tired of"
        ),
    },
    -1: {
        "zh": "又断,又坏,还没好,还没解决,还是不行,等了很久,多少次,第几次,郁闷,糟糕,麻烦死",
        "en": "still not,yet again,how many times,third time,too long,too slow,for ages,worried,disappointed again",
    },
    1: {
        "zh": "谢谢,感谢,多谢,不错,好的很,辛苦了",
        "en": "thanks,thank you,appreciate,appreciated,nice,good job",
    },
    2: {
        "zh": "太好了,非常满意,很满意,太棒,真棒,很棒,给力,好评,太感谢,非常感谢,完美,解决了我的",
        "en": "great,excellent,perfect,wonderful,awesome,fantastic,brilliant,amazing,very happy,love it,so helpful,lifesaver",
    },
}
_EMOJI: Final[dict[int, str]] = {
    -3: "😡🤬👿💢",
    -2: "😠😤👎🙄😭😩😫",
    -1: "😞😟😢😒😕🙁☹",
    1: "🙂😊🙏👌",
    2: "👍😀😄😁😍🥰❤🎉💯",
}
_NEGATED: Final = re.compile(
    r"(?:不|没|没有|别|不太|不是|不用|并不|not|n't|never|no|hardly|isn't|wasn't|any)[\s]?(?:so|very|really|too|that|很|太|怎么)?\s?\Z"
)
_MARKS: Final = re.compile(r"[!?！？]{3,}")
_SHOUTED: Final = re.compile(r"\b[A-Z]{3,}\b")
_LATIN: Final = re.compile(r"[A-Za-z]")
_WEIGHTS: Final = {
    phrase: weight for weight, languages in _WORDS.items() for words in languages.values() for phrase in words.split(",")
}


def _bounded(phrase: str) -> str:
    if not phrase.isascii():
        return re.escape(phrase)
    return rf"(?<![a-z0-9]){re.escape(phrase)}(?![a-z0-9])"


_PHRASES: Final = re.compile("|".join(map(_bounded, sorted(_WEIGHTS, key=lambda phrase: (-len(phrase), phrase)))))


def mood_of(said: Sequence[tuple[int, str]]) -> Mood:
    """The mood of a customer's messages, (seq, text) in their order."""
    recent = said[-RECENT:]
    signs = [sign for seq, text in recent for sign in signs_in(seq, text)]
    newest = recent[-1][0] if recent else 0
    score = sum(sign.weight * (_NEWEST_COUNTS if sign.seq == newest else 1) for sign in signs)
    return Mood(_named(score), tuple(signs))


def _named(score: int) -> str:
    if score <= ANGRY_AT:
        return ANGRY
    if score <= UPSET_AT:
        return UPSET
    return PLEASED if score >= PLEASED_AT else CALM


def signs_in(seq: int, text: str) -> list[Sign]:
    """The signs of one message. Marks and capitals make a bad word worse; alone they are only haste."""
    quote = text.strip()[:_LONGEST_QUOTE]
    found = [Sign(seq, kind, sign, weight, quote) for kind, sign, weight in (*_words(text), *_emoji(text))]
    if any(sign.weight < 0 for sign in found):
        found += [Sign(seq, kind, sign, -1, quote) for kind, sign in _loud(text)]
    return found


def _words(text: str) -> Iterable[tuple[str, str, int]]:
    folded = to_simplified(normalise(text)).replace("’", "'")
    for match in _PHRASES.finditer(folded):
        weight = _WEIGHTS[match[0]]
        if _NEGATED.search(folded[max(0, match.start() - 14) : match.start()]):
            if weight < 2:  # "not angry" and "no thanks" say nothing; "not great" is a complaint
                continue
            weight = -1
        yield "word", match[0], weight


def _emoji(text: str) -> Iterable[tuple[str, str, int]]:
    for weight, signs in _EMOJI.items():
        for sign in signs:
            if sign in text:
                yield "emoji", sign, weight


def _loud(text: str) -> Iterable[tuple[str, str]]:
    if marks := _MARKS.search(text):
        yield "marks", marks[0][:6]
    letters = _LATIN.findall(text)
    if len(letters) >= 8 and len(_SHOUTED.findall(text)) >= 2 and sum(map(str.isupper, letters)) / len(letters) > 0.7:
        yield "capitals", ""
