"""What a conversation asks for: the pages that answer its last message, which often leans on those before it."""

import re
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from knowledge.answer import THRESHOLD, support
from knowledge.model import Citation, Hit
from knowledge.recent import Recent
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


class Searching(Protocol):
    """`Knowledge`, or `Remembered`."""

    async def search(
        self, query: str, language: str | None, audiences: Sequence[str] = ..., limit: int = ...
    ) -> list[Hit]:
        """See `Knowledge.search`."""

    def quote(self, question: str, hit: Hit) -> tuple[str, Citation]:
        """See `Knowledge.quote`."""


class Remembered:
    """Knowledge for conversations that go on: each sentence is looked for again with those that follow it. Of a search the
    best passage of each page is kept, which is all that is made of it here."""

    def __init__(self, knowledge: Knowledge, searches: int = 2_000) -> None:
        self._knowledge = knowledge
        self._recent: Recent[list[Hit]] = Recent(searches)

    async def search(
        self, query: str, language: str | None, audiences: Sequence[str] = ("customer",), limit: int = 5
    ) -> list[Hit]:
        """See `Knowledge.search`; the best passage of each page alone."""
        key = (query, language, tuple(audiences), limit, await self._knowledge.state())
        known = self._recent.get(key)
        if known is None:
            best: dict[str, Hit] = {}
            for hit in await self._knowledge.search(query, language, audiences, limit):
                best.setdefault(hit.passage.slug, hit)
            known = list(best.values())
            self._recent.put(key, known)
        return known

    def quote(self, question: str, hit: Hit) -> tuple[str, Citation]:
        """See `Knowledge.quote`."""
        return self._knowledge.quote(question, hit)


async def pages(
    knowledge: Searching, said: Sequence[str], language: str, audiences: Sequence[str], limit: int = 3
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
