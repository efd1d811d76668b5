"""What cross-validation says about a training: figures per intent and language, and what is confused with
what.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.understanding.calibrate import softmax
from bot.understanding.metrics import accuracy, auroc, macro_f1, scores_by_label
from bot.understanding.model import OUT_OF_SCOPE

_PAIRS: Final = 20
_SAMPLES: Final = 3


@dataclass(frozen=True)
class Folds:
    """Held-out results: `scores` [examples, intents] from models that had not seen the example."""

    classifier: str
    folds: int
    intents: tuple[str, ...]
    expected: NDArray[np.int64]
    scores: NDArray[np.float64]
    languages: tuple[str, ...]
    temperatures: dict[str, float]
    thresholds: dict[str, float]


def report(folds: Folds, texts: list[str]) -> dict[str, Any]:
    """JSON-ready: `classifier`, `folds`, `examples`, the figures of all examples together, `languages` (the
    same by language, with `threshold`), `intents` (precision, recall, f1, examples) and `confusions`
    (`expected`, `got`, `count`, up to three `texts`; `got` null for a wrong rejection), the commonest first.

    Accuracy and macro F1 are of the examples in scope, a rejection being an error. The threshold was chosen
    on the same held-out scores, which flatters these figures a little.
    """
    expected, got, confidence = _decisions(folds)
    everything = range(len(expected))
    languages = {}
    for language in sorted(set(folds.languages)):
        rows = [i for i in everything if folds.languages[i] == language]
        languages[language] = _figures(rows, expected, got, confidence) | {
            "threshold": folds.thresholds.get(language),
        }
    inside = [i for i in everything if expected[i] is not None]
    return {
        "classifier": folds.classifier,
        "folds": folds.folds,
        **_figures(list(everything), expected, got, confidence),
        "languages": languages,
        "intents": scores_by_label([expected[i] for i in inside], [got[i] for i in inside]),
        "confusions": _confusions(expected, got, texts),
    }


def _decisions(folds: Folds) -> tuple[list[str | None], list[str | None], list[float]]:
    names: list[str | None] = [None if name == OUT_OF_SCOPE else name for name in folds.intents]
    columns = np.array([i for i, name in enumerate(names) if name is not None])
    factor = np.array([folds.temperatures[language] for language in folds.languages])
    odds = softmax(folds.scores * factor[:, None])[:, columns]
    confidence = odds.max(axis=1).tolist()
    best = columns[odds.argmax(axis=1)]
    limits = [folds.thresholds.get(language, 0.0) for language in folds.languages]
    got = [
        None if sure < limit else names[i]
        for i, sure, limit in zip(best.tolist(), confidence, limits, strict=True)
    ]
    return [names[i] for i in folds.expected.tolist()], got, confidence


def _figures(
    rows: list[int], expected: list[str | None], got: list[str | None], confidence: list[float]
) -> dict[str, Any]:
    inside = [i for i in rows if expected[i] is not None]
    outside = [i for i in rows if expected[i] is None]
    wanted, given = [expected[i] for i in inside], [got[i] for i in inside]
    return {
        "examples": len(rows),
        "accuracy": accuracy(wanted, given),
        "macro_f1": macro_f1(wanted, given),
        "oos_recall": accuracy([None] * len(outside), [got[i] for i in outside]) if outside else None,
        "oos_auroc": auroc([-confidence[i] for i in outside], [-confidence[i] for i in inside]),
    }


def _confusions(expected: list[str | None], got: list[str | None], texts: list[str]) -> list[dict[str, Any]]:
    pairs: Counter[tuple[str, str]] = Counter()
    samples: dict[tuple[str, str], list[str]] = {}
    for wanted, given, text in zip(expected, got, texts, strict=True):
        if wanted != given:
            pair = (wanted or OUT_OF_SCOPE, given or "")
            pairs[pair] += 1
            samples.setdefault(pair, []).append(text)
    commonest = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:_PAIRS]
    return [
        {"expected": pair[0], "got": pair[1] or None, "count": count, "texts": samples[pair][:_SAMPLES]}
        for pair, count in commonest
    ]
