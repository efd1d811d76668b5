"""Trains the native understanding. The only module that imports scikit-learn; nothing that serves imports it.

Messages become vectors of binary term frequency times inverse document frequency of length one (Salton and
Buckley 1988; scikit-learn's smooth idf), where features never seen in training count for the length as the
rarest do: a message made of the unknown has low scores for everything. Linear classifiers only, so that a sum
of rows serves.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from bot.understanding.calibrate import fit_temperature, fit_threshold, softmax
from bot.understanding.entities import BUILT_IN, find_built_in, mask
from bot.understanding.features import fold, grams
from bot.understanding.flat import Model
from bot.understanding.logistic import GramLogistic
from bot.understanding.model import OUT_OF_SCOPE
from bot.understanding.nlu import NluMistake, TrainingData
from bot.understanding.report import Folds, report

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MARGIN, BLEND = "margin", "blend"
_FEW: Final = 2_500
"""Examples up to which the blend is tried: its time grows with the cube of their number, its lead shrinks."""
_LARGE: Final = 8_000
_ENOUGH: Final = 5
"""Out-of-scope examples that a language needs for a threshold of its own."""


class Vectors:
    """The vocabulary of a set of messages, each a list of distinct features, and their idf."""

    def __init__(self, messages: Sequence[list[str]]) -> None:
        self.features = tuple(sorted({feature for message in messages for feature in message}))
        self.index = {feature: i for i, feature in enumerate(self.features)}
        seen = np.zeros(len(self.features))
        for message in messages:
            seen[[self.index[feature] for feature in message]] += 1
        self.idf: Floats = np.log((1 + len(messages)) / (1 + seen)) + 1
        self.unknown = float(np.log((1 + len(messages)) / 2) + 1) ** 2

    def matrix(self, messages: Sequence[list[str]]) -> sparse.csr_matrix:
        """One row of length at most one per message."""
        indices: list[int] = []
        values: list[Floats] = []
        ends = [0]
        for message in messages:
            row = [self.index[feature] for feature in message if feature in self.index]
            weights = self.idf[row]
            length = np.sqrt((weights**2).sum() + self.unknown * (len(message) - len(row))) or 1.0
            indices += row
            values.append(weights / length)
            ends.append(len(indices))
        data = np.concatenate(values) if values else np.zeros(0)
        matrix = sparse.csr_matrix((data, indices, ends), shape=(len(messages), len(self.features)))
        matrix.sort_indices()
        return matrix


def classifiers(kind: str, seed: int) -> list[Any]:
    """The scikit-learn estimators whose scores are added up; parameters chosen by cross-validation.

    `margin`: a one-vs-rest linear SVM plus the multi-class SVM of Crammer and Singer (2001), C = 1.
    `blend`: those two plus a third of a multinomial logistic regression, C = 30.
    """
    margin = [
        LinearSVC(C=1.0, tol=0.1, random_state=seed),
        LinearSVC(C=1.0, multi_class="crammer_singer", tol=0.05, max_iter=20_000, random_state=seed),
    ]
    return [*margin, GramLogistic(30.0, 5e-4, weight=1 / 3)] if kind == BLEND else margin


def train(
    data: TrainingData,
    seed: int = 0,
    *,
    phrases: Mapping[str, Mapping[str, str]] | None = None,
    default_language: str = "zh",
) -> Model:
    """Learns a model; the same data and seed give the same file.

    `phrases`: entity → phrase → value, what the pack knows beside its NLU files (choices of slots, synonyms).
    Raises `NluMistake` when there are fewer than two intents to tell apart.
    """
    _check(data)
    languages = [example.language for example in data.examples]
    labels = [example.intent for example in data.examples]
    intents = tuple(sorted(set(labels)))
    expected: Ints = np.array([intents.index(label) for label in labels])
    messages = [grams(fold(mask(e.text, find_built_in(e.text)))) for e in data.examples]
    with threadpool_limits(limits=1):
        kind, scores, folds = _cross_validate(messages, expected, len(intents), seed)
        vectors = Vectors(messages)
        coefficients, intercept = fit(kind, vectors.matrix(messages), expected, len(intents), seed)
    temperatures, thresholds = _calibrate(scores, expected, languages, intents)
    result = Folds(kind, folds, intents, expected, scores, tuple(languages), temperatures, thresholds)
    return Model(
        intents=intents,
        features=vectors.features,
        weights=_table(coefficients, vectors.idf),
        intercept=tuple(intercept.astype(np.float32).tolist()),
        unknown=vectors.unknown,
        temperatures=temperatures,
        thresholds=thresholds,
        default_language=default_language,
        phrases=phrases_of(data, phrases),
        patterns={name: found for name, found in data.regexes.items() if name not in BUILT_IN},
        report=report(result, [example.text for example in data.examples]),
    )


def _table(coefficients: Floats, idf: Floats) -> NDArray[np.float32]:
    """See `Model.weights`; row by row in memory, because messages sum rows."""
    return np.ascontiguousarray(np.vstack([coefficients * idf, idf**2]).T, dtype=np.float32)


def fit(
    kind: str, matrix: sparse.csr_matrix, expected: Ints, intents: int, seed: int
) -> tuple[Floats, Floats]:
    """Coefficients [intents, features] and intercepts [intents]; an intent without examples scores far
    below.
    """
    coefficients = np.zeros((intents, matrix.shape[1]))
    intercept = np.zeros(intents)
    for estimator in classifiers(kind, seed):
        estimator.fit(matrix, expected)
        if len(estimator.classes_) == 2:
            parts = np.vstack([-estimator.coef_[0], estimator.coef_[0]])
            offsets = np.array([-estimator.intercept_[0], estimator.intercept_[0]])
        else:
            parts, offsets = estimator.coef_, np.broadcast_to(estimator.intercept_, len(estimator.classes_))
        coefficients[estimator.classes_] += parts
        intercept[estimator.classes_] += offsets
        intercept[np.setdiff1d(np.arange(intents), estimator.classes_)] = -9.0
    return coefficients, intercept


def _check(data: TrainingData) -> None:
    intents = {example.intent for example in data.examples if example.intent != OUT_OF_SCOPE}
    if len(intents) >= 2:
        return
    first = data.examples[0] if data.examples else None
    raise NluMistake(
        first.file if first else "nlu",
        first.line if first else 1,
        "there is nothing to tell apart: "
        + (f"the only intent is {min(intents)}" if intents else "no intent at all"),
        "write examples for at least two intents besides out_of_scope",
    )


def _cross_validate(
    messages: list[list[str]], expected: Ints, intents: int, seed: int
) -> tuple[str, Floats, int]:
    """The kind of classifier that does better on held-out folds, its held-out scores, and the number of
    folds.
    """
    folds = 3 if len(messages) > _LARGE else 5
    kinds = [MARGIN, BLEND] if len(messages) <= _FEW else [MARGIN]
    place = _fold_of(expected, folds, seed)
    scores = {kind: np.zeros((len(messages), intents)) for kind in kinds}
    for fold_number in range(folds):
        kept, held = np.flatnonzero(place != fold_number), np.flatnonzero(place == fold_number)
        if not len(held) or len(set(expected[kept].tolist())) < 2:
            continue
        vectors = Vectors([messages[i] for i in kept])
        matrix, rest = (
            vectors.matrix([messages[i] for i in kept]),
            vectors.matrix([messages[i] for i in held]),
        )
        for kind in kinds:
            coefficients, intercept = fit(kind, matrix, expected[kept], intents, seed)
            scores[kind][held] = rest @ coefficients.T + intercept
    best = max(kinds, key=lambda kind: float((scores[kind].argmax(axis=1) == expected).mean()))
    return best, scores[best], folds


def _fold_of(expected: Ints, folds: int, seed: int) -> Ints:
    """Stratified: each intent's examples are dealt out in turn, beginning where the last intent stopped."""
    random = np.random.default_rng(seed)
    place: Ints = np.zeros(len(expected), dtype=np.int64)
    dealt = 0
    for intent in np.unique(expected):
        rows = random.permutation(np.flatnonzero(expected == intent))
        place[rows] = (np.arange(len(rows)) + dealt) % folds
        dealt += len(rows)
    return place


def _calibrate(
    scores: Floats, expected: Ints, languages: list[str], intents: tuple[str, ...]
) -> tuple[dict[str, float], dict[str, float]]:
    """Temperatures and thresholds by language; `""` holds those of all languages together."""
    rows = {"": np.arange(len(expected))}
    for language in sorted(set(languages)):
        rows[language] = np.flatnonzero(np.array(languages) == language)
    temperatures = {name: fit_temperature(scores[chosen], expected[chosen]) for name, chosen in rows.items()}
    thresholds: dict[str, float] = {}
    if OUT_OF_SCOPE not in intents:
        return temperatures, thresholds
    column = intents.index(OUT_OF_SCOPE)
    for name, chosen in rows.items():
        outside = expected[chosen] == column
        if outside.sum() >= _ENOUGH or name == "":
            odds = np.delete(softmax(scores[chosen] * temperatures[name]), column, axis=1)
            truth = np.where(expected[chosen] > column, expected[chosen] - 1, expected[chosen])
            thresholds[name] = fit_threshold(odds.max(axis=1), odds.argmax(axis=1) == truth, outside)
    return temperatures, {name: thresholds.get(name, thresholds[""]) for name in rows}


def phrases_of(
    data: TrainingData, known: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, tuple[str, str]]:
    """Phrase → (entity, value) from the pack, the lookup tables, the annotations and the synonyms."""
    table: dict[str, tuple[str, str]] = {}
    entity_of: dict[str, str] = {}

    def put(entity: str, phrase: str, value: str) -> None:
        if entity not in BUILT_IN:
            table.setdefault(phrase, (entity, value))
            entity_of.setdefault(value, entity)

    known = known or {}
    for entity in sorted(known):
        for phrase, value in known[entity].items():
            put(entity, phrase, value)
    for entity, phrases in data.lookups.items():
        for phrase in phrases:
            put(entity, phrase, _canonical(phrase, data.synonyms))
    for annotation, phrase in _annotated(data):
        put(annotation.entity, phrase, _canonical(annotation.value, data.synonyms))
    for phrase, value in data.synonyms.items():
        if value in entity_of:
            put(entity_of[value], phrase, value)
    return table


def _annotated(data: TrainingData) -> Iterable[tuple[Any, str]]:
    for example in data.examples:
        for annotation in example.annotations:
            yield annotation, example.text[annotation.start : annotation.end]


def _canonical(value: str, synonyms: Mapping[str, str]) -> str:
    return synonyms.get(value.strip().lower(), value)
