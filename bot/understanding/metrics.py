"""Figures of merit for classifiers, from plain sequences."""

from collections import Counter
from collections.abc import Sequence

import numpy as np


def accuracy(expected: Sequence[str | None], got: Sequence[str | None]) -> float:
    """Share of equal pairs, 0..1; 0 for none."""
    return sum(map(lambda a, b: a == b, expected, got)) / len(expected) if expected else 0.0


def scores_by_label(expected: Sequence[str | None], got: Sequence[str | None]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 (0..1) and the number of rows for each label that is expected somewhere."""
    right: Counter[str | None] = Counter()
    wanted, given = Counter(expected), Counter(got)
    for one, other in zip(expected, got, strict=True):
        if one == other:
            right[one] += 1
    table = {}
    for label in sorted(name for name in wanted if name is not None):
        hits = right[label]
        table[label] = {
            "precision": hits / given[label] if given[label] else 0.0,
            "recall": hits / wanted[label],
            "f1": 2 * hits / (wanted[label] + given[label]),
            "examples": wanted[label],
        }
    return table


def macro_f1(expected: Sequence[str | None], got: Sequence[str | None]) -> float:
    """The mean F1 of the labels that are expected somewhere, 0..1."""
    table = scores_by_label(expected, got)
    return sum(row["f1"] for row in table.values()) / len(table) if table else 0.0


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Probability that a positive scores above a negative, ties counting half (Mann-Whitney U); None without
    both.
    """
    if not positive or not negative:
        return None
    values = np.concatenate([np.asarray(positive, dtype=np.float64), np.asarray(negative, dtype=np.float64)])
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n, m = len(positive), len(negative)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))
