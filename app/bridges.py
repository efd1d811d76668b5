"""Small bridges from one feature's words to another's: the features do not know each other."""

from bot.understanding.native import Understander as Native
from core.language import recognise
from core.events import Citation, Found, Ranked
from core.ports import Answer, Entity, NoAnswer, Understanding
from knowledge.model import Missed
from knowledge.search import Knowledge


class NativeUnderstanding:
    """Implements `core.ports.Understander` by the native model."""

    def __init__(self, native: Native) -> None:
        self._native = native

    async def understand(self, text: str, language: str) -> Understanding:
        """See `core.ports.Understander`; 50 µs, on the loop."""
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
