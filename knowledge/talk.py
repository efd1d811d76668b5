"""What a conversation asks for: the pages that answer its last message, which often leans on those before it."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from knowledge.answer import THRESHOLD, support
from knowledge.model import Citation, Hit
from knowledge.search import Knowledge

SAID: Final = 4
"""Messages of the customer that are looked at, the newest last."""

_HITS: Final = 24
_SENTENCES: Final = 10
# Chosen on development conversations, where a sentence counts between a fourth and all of the whole.
_SENTENCE: Final = 0.5
# Rare words' worth: below it nothing was asked that any page knows. Chosen so that no development conversation loses its
# page.
_LEAST: Final = 2.5
_END: Final = re.compile(r"(?<=[.!?;。！？；\n])\s*")

# Courtesy and sighs: no page is found by them, but the rarest of them would lead.
_FILLER: Final = re.compile(
    r"\b(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|thanks?(?: you)?(?: (?:so|very) much)?|cheers|please|sorry|"
    r"omg|lol|honestly|obviously|basically|literally|actually|anyway|by the way|quick question|excuse me)\b"
    r"|您好|你好|哈喽|谢谢您?|多谢|麻烦(?:您|你)?了?|请问一?下?|不好意思|那个|对了|哎呀?|唉|气死我了|哭死|急死我了",
    re.IGNORECASE,
)


class Reading(msgspec.Struct, frozen=True):
    """A page that may answer. `text` are its own sentences for a chat bubble, `citation` quotes them; `audience` says
    who may read it. `sure`: it answers surely enough to be said."""

    text: str
    citation: Citation
    audience: str
    score: float
    sure: bool = False


async def pages(
    knowledge: Knowledge, said: Sequence[str], language: str, audiences: Sequence[str], limit: int = 3
) -> list[Reading]:
    """The pages for the customer's messages `said` (oldest first), best first, each page once, at most `limit`.

    What is asked may stand in one sentence of many: each is searched beside the whole, which tells what it is about.
    """
    told = [text for one in said[-SAID:] if (text := _FILLER.sub(" ", one)).strip()]
    if not told:
        return []
    whole = "\n".join(told)
    hits = await knowledge.search(whole, language, audiences, _HITS)
    sentences = [one for one in _END.split(whole) if one.strip()][-_SENTENCES:]
    parts = [await knowledge.search(one, language, audiences, _HITS) for one in sentences] if sentences[1:] else []
    sure = support(await knowledge.search(told[-1], language, audiences, _HITS)) if told[1:] else 0.0
    supported = max(sure, support(hits)) >= THRESHOLD.get(language, THRESHOLD["en"])
    if not supported and (not hits or hits[0].evidence < _LEAST):
        return []
    return [
        Reading(*knowledge.quote(whole, hit), hit.passage.audience, score, supported and number == 0)
        for number, (hit, score) in enumerate(_together(hits, parts)[:limit])
    ]


def _together(whole: Sequence[Hit], parts: Sequence[Sequence[Hit]]) -> list[tuple[Hit, float]]:
    """The best passage of each page, with the page's score from all searches."""
    best: dict[str, Hit] = {}
    scores: dict[str, float] = {}
    for weight, hits in ((1.0, whole), *((_SENTENCE, part) for part in parts)):
        seen: set[str] = set()
        for hit in hits:
            page = hit.passage.slug
            if page not in seen:
                seen.add(page)
                best.setdefault(page, hit)
                scores[page] = round(scores.get(page, 0.0) + weight * hit.score, 4)
    ranked = sorted(best.values(), key=lambda hit: (-scores[hit.passage.slug], hit.passage.id))
    return [(hit, scores[hit.passage.slug]) for hit in ranked]
