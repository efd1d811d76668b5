"""Small bridges from one feature's words to another's: the features do not know each other."""

from functools import lru_cache

from bot.understanding.native import Understander as Native
from core.events import Citation, Found, Ranked
from core.language import recognise
from core.ports import Answer, Entity, NoAnswer, Understanding
from knowledge.model import Missed
from knowledge.search import Knowledge

SHORT = 60
"""Characters of a message that is worth remembering."""
REMEMBERED = 2_000


class NativeUnderstanding:
    """Implements `core.ports.Understander` by the native model."""

    def __init__(self, native: Native) -> None:
        self._native = native
        self._remembered = lru_cache(REMEMBERED)(self._read)

    async def understand(self, text: str, language: str) -> Understanding:
        """See `core.ports.Understander`; 50 µs, on the loop. Short messages come again and again all day."""
        return self._remembered(text, language) if len(text) <= SHORT else self._read(text, language)

    def _read(self, text: str, language: str) -> Understanding:
        found = self._native.understand(text, recognise(text, language))
        return Understanding(
            intent=found.intent,
            confidence=found.confidence,
            language=found.language,
            ranking=tuple(Ranked(intent, confidence) for intent, confidence in found.ranking),
            entities=tuple(Entity(n.name, n.value, n.text, n.start, n.end) for n in found.entities),
            engine=found.engine,
            model=found.model,
        )


class KnowledgeAnswers:
    """Implements `core.ports.Answers` by search."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def answer(self, question: str, language: str) -> Answer | NoAnswer:
        """See `core.ports.Answers`."""
        hits = await self._knowledge.search(question, language)
        found = self._knowledge.answer(question, hits, language)
        if isinstance(found, Missed):
            return NoAnswer(found.best_score, found.threshold)
        scores = {hit.passage.id: hit.score for hit in hits}
        return Answer(
            text=found.text,
            citations=tuple(Citation(c.document, c.title, c.version, c.quote) for c in found.citations),
            passages=tuple(Found(c.document, c.version, c.passage, scores.get(c.passage, 0.0)) for c in found.citations),
        )
