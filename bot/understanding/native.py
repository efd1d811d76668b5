"""Serves a trained model: one n-gram pass over the message and a sum of weight rows. Needs NumPy alone."""

import re
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.understanding.entities import Hours, Phrases, complete, find_built_in, mask
from bot.understanding.features import LONGEST_MESSAGE, fold, grams, pieces, word_grams
from bot.understanding.flat import Model, digest_of
from bot.understanding.model import OUT_OF_SCOPE, Entity, Reason, Understanding
from core.language import half_width, recognise

ENGINE: Final = "native"
_RANKED: Final = 3
_HASH_PREFIX: Final = 12


class Understander:
    """Understands messages with one model. Safe to share between tasks and threads."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.version = digest_of(model)[:_HASH_PREFIX]
        self._row = {feature: row for row, feature in enumerate(model.features)}
        self._weights = model.weights
        self._inside: dict[str, tuple[int, ...]] = {}
        self._intercept = np.array(model.intercept, dtype=np.float32)
        self._phrases = Phrases(model.phrases)
        self._patterns = [
            (name, re.compile(pattern, re.IGNORECASE))
            for name, patterns in sorted(model.patterns.items())
            for pattern in patterns
        ]
        self._names = [name for name in model.intents if name != OUT_OF_SCOPE]
        self._columns = np.array([i for i, name in enumerate(model.intents) if name != OUT_OF_SCOPE])
        self._rejects_by_class = OUT_OF_SCOPE in model.intents

    @classmethod
    def load(cls, path: Path) -> "Understander":
        """From a file written by `Model.save`. Raises `ConfigurationError` when it is absent or damaged."""
        return cls(Model.load(path))

    def understand(
        self, text: str, language: str | None = None, now: datetime | None = None, hours: Hours | None = None
    ) -> Understanding:
        """What `text` means. Without `language` it is told by the characters, and else the pack's default.

        `now` is the moment at which the customer writes, in the customer's zone; without it no dates are read,
        nor anything else beyond the built-in entities and the pack's phrases. `hours` are the opening hours.
        """
        language = language or recognise(text, self.model.default_language)
        entities = find_built_in(text)
        folded = fold(mask(text, entities))
        probabilities = self._probabilities(self._scores(*self._rows(folded)), language)
        order = probabilities.argsort(kind="stable")[::-1][:_RANKED].tolist()
        ranking = tuple([(self._names[i], float(probabilities[i])) for i in order])
        intent, confidence = ranking[0]
        return Understanding(
            intent=None if confidence < self._threshold(language) else intent,
            confidence=confidence,
            ranking=ranking,
            entities=tuple(self._with_phrases(text, entities, now, hours)),
            language=language,
            engine=ENGINE,
            model=self.version,
        )

    def entities(self, text: str) -> tuple[Entity, ...]:
        """All entities of `text`, by position."""
        return tuple(self._with_phrases(text, find_built_in(text)))

    def explain(self, text: str, language: str | None = None, features: int = 8) -> tuple[Reason, ...]:
        """The three nearest intents with the features that decided.

        A feature's share is what it adds to the intent's score beyond its mean over all intents, in parts of
        the sum of all such amounts; negative where it speaks against the intent.
        """
        language = language or recognise(text, self.model.default_language)
        folded = fold(mask(text, find_built_in(text)))
        probabilities = self._probabilities(self._scores(*self._rows(folded)), language)
        known = [feature for feature in grams(folded) if feature in self._row]
        rows = self._weights[[self._row[feature] for feature in known], :-1].astype(np.float64)
        rows -= rows.mean(axis=1, keepdims=True)
        reasons = []
        for i in probabilities.argsort(kind="stable")[::-1][:_RANKED].tolist():
            column = rows[:, self._columns[i]]
            total = float(np.abs(column).sum()) or 1.0
            strongest = np.argsort(-np.abs(column), kind="stable")[:features]
            shares = tuple((known[j], float(column[j]) / total) for j in strongest.tolist())
            reasons.append(Reason(self._names[i], float(probabilities[i]), shares))
        return tuple(reasons)

    def _threshold(self, language: str) -> float:
        thresholds = self.model.thresholds
        return thresholds.get(language, thresholds.get("", 0.0))

    def _rows(self, folded: str) -> tuple[list[int], int]:
        """The rows of the features of a folded message, and how many features have none: `grams`, looked
        up.
        """
        row = self._row
        plain, words = pieces(folded)
        distinct = dict.fromkeys(plain)
        rows = [row[feature] for feature in distinct if feature in row]
        unknown = len(distinct) - len(rows)
        if not words:
            return rows, unknown
        inside: list[int] = []
        strange: set[str] = set()
        for word in words:
            remembered = self._inside.get(word)
            if remembered is not None:
                inside += remembered
                continue
            found = word_grams(word)
            known = [row[feature] for feature in found if feature in row]
            inside += known
            # Only words of the training data are kept: what customers write leaves nothing behind.
            if word in row:
                self._inside[word] = tuple(known)
            else:
                strange.update([feature for feature in found if feature not in row])
        rows += dict.fromkeys(inside)
        return rows, unknown + len(strange)

    def _scores(self, rows: list[int], unknown: int) -> NDArray[np.float32]:
        if not rows:
            return self._intercept
        total = self._weights.take(rows, axis=0).sum(axis=0)
        length = (float(total[-1]) + self.model.unknown * unknown) ** 0.5
        scores: NDArray[np.float32] = total[:-1] / np.float32(length) + self._intercept
        return scores

    def _probabilities(self, scores: NDArray[np.float32], language: str) -> NDArray[np.float32]:
        """Of the intents in scope; they sum to one less the probability of being out of scope."""
        temperatures = self.model.temperatures
        scaled = scores * temperatures.get(language, temperatures[""])
        odds: NDArray[np.float32] = np.exp(scaled - scaled.max())
        odds /= odds.sum()
        return odds[self._columns] if self._rejects_by_class else odds

    def _with_phrases(
        self, text: str, built_in: list[Entity], now: datetime | None = None, hours: Hours | None = None
    ) -> list[Entity]:
        text = text[:LONGEST_MESSAGE]
        if now is not None:
            found = complete(text, built_in, now=now, phrases=self._phrases, hours=hours)
        else:
            found = list(built_in)
        if self._patterns:
            plain = half_width(text)
            for name, pattern in self._patterns:
                for match in pattern.finditer(plain):
                    start, end = match.span()
                    if start < end and all(end <= other.start or other.end <= start for other in found):
                        found.append(Entity(name, match[0], text[start:end], start, end))
        if now is not None:
            return sorted(found, key=lambda entity: entity.start) if self._patterns else found
        phrases = self._phrases.find(text, found)
        if not phrases and not self._patterns:
            return found
        return sorted(found + phrases, key=lambda entity: entity.start)
