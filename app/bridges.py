"""Small bridges from one feature's words to another's: the features do not know each other."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from bot.understanding.entities import Hours
from bot.understanding.native import Understander as Native
from core.events import Citation, Found, Ranked
from core.language import recognise
from core.ports import Answer, Entity, NoAnswer, Understanding
from core.time import SECOND
from knowledge.model import Missed
from knowledge.recent import Recent
from knowledge.search import Knowledge

SHORT = 60
"""Characters of a message that is worth remembering."""
REMEMBERED = 2_000
DATE_TIME = "date_time"


class NativeUnderstanding:
    """Implements `core.ports.Understander` by the native model."""

    def __init__(
        self, native: Native, clock: Callable[[], int], zone: tzinfo = UTC, hours: Hours | None = None
    ) -> None:
        """`clock` gives the present in microseconds since the epoch. Dates that customers say are read in `zone`,
        and "before you close" by the opening `hours`.
        """
        self._native = native
        self._clock = clock
        self._zone = zone
        self._hours = hours
        self._remembered = lru_cache(REMEMBERED)(self._read)

    async def understand(self, text: str, language: str) -> Understanding:
        """See `core.ports.Understander`; 0.1 ms, on the loop. Short messages come again and again all day."""
        if len(text) > SHORT:
            return self._read(text, language)
        found = self._remembered(text, language)
        # "Tomorrow" is another day each time.
        timely = found.entities and any(entity.name == DATE_TIME for entity in found.entities)
        return self._read(text, language) if timely else found

    def _read(self, text: str, language: str) -> Understanding:
        now = datetime.fromtimestamp(self._clock() // SECOND, self._zone)
        found = self._native.understand(text, recognise(text, language), now, self._hours)
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
            passages=tuple(
                Found(c.document, c.version, c.passage, scores.get(c.passage, 0.0)) for c in found.citations
            ),
        )


class RememberedAnswers:
    """The same for who hears the same messages again and again, as flows do beside a conversation that a person serves."""

    def __init__(self, knowledge: Knowledge, questions: int = 2_000) -> None:
        self._knowledge = knowledge
        self._answers = KnowledgeAnswers(knowledge)
        self._recent: Recent[Answer | NoAnswer] = Recent(questions)

    async def answer(self, question: str, language: str) -> Answer | NoAnswer:
        """See `core.ports.Answers`."""
        key = (question, language, await self._knowledge.state())
        known = self._recent.get(key)
        if known is None:
            known = await self._answers.answer(question, language)
            self._recent.put(key, known)
        return known
