"""From scores to probabilities, and from probabilities to a decision to reject."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_OUTSIDE_WORTH: Final = 0.2
"""What rejecting all out-of-scope messages is worth, in parts of answering all others rightly. Customers
mostly ask what the service is for: the value says one message out of scope for every five in scope.
"""


def softmax(scores: Floats) -> Floats:
    """Row by row."""
    odds: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    return odds


def fit_temperature(scores: Floats, expected: NDArray[np.int64]) -> float:
    """The factor on held-out scores whose softmax has the least negative log likelihood (Guo et al. 2017).

    `scores` [examples, classes], `expected` column per example. Golden-section search over 0.1 .. 50; the
    likelihood is unimodal in the factor.
    """
    ratio = (5**0.5 - 1) / 2
    low, high = np.log(0.1), np.log(50.0)

    def loss(logarithm: float) -> float:
        scaled = scores * np.exp(logarithm)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        own = scaled[np.arange(len(expected)), expected]
        return float((np.log(np.exp(scaled).sum(axis=1)) - own).mean())

    left, right = high - ratio * (high - low), low + ratio * (high - low)
    loss_left, loss_right = loss(left), loss(right)
    for _ in range(40):
        if loss_left <= loss_right:
            high, right, loss_right = right, left, loss_left
            left = high - ratio * (high - low)
            loss_left = loss(left)
        else:
            low, left, loss_left = left, right, loss_right
            right = low + ratio * (high - low)
            loss_right = loss(right)
    return float(np.exp((low + high) / 2))


def fit_threshold(confidence: Floats, right: NDArray[np.bool_], outside: NDArray[np.bool_]) -> float:
    """The confidence below which to reject, 0..1, from held-out predictions.

    It maximises the share of in-scope examples accepted and right plus `_OUTSIDE_WORTH` times the share of
    out-of-scope examples rejected. `right` and `outside` are per example.
    """
    inside = ~outside
    order = np.argsort(confidence, kind="stable")
    good = (right & inside)[order]
    rejected = outside[order]
    # After rejecting the k least confident: what is lost of the good ones, what is won of the others.
    lost = np.concatenate([[0], np.cumsum(good)]) / max(int(inside.sum()), 1)
    won = np.concatenate([[0], np.cumsum(rejected)]) / max(int(outside.sum()), 1)
    count = int(np.argmax(_OUTSIDE_WORTH * won - lost))
    ordered = np.concatenate([[0.0], confidence[order], [1.0]])
    return float((ordered[count] + ordered[count + 1]) / 2)
