import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, roc_auc_score

from bot.understanding.calibrate import fit_temperature, fit_threshold, softmax
from bot.understanding.evaluate import evaluate
from bot.understanding.metrics import accuracy, auroc, macro_f1
from core.errors import Invalid
from tests.unit.understanding.small import data

FIGURES = {"accuracy", "macro_f1", "oos_recall", "oos_auroc", "train_cpu_seconds", "message_ms_p50"}


def rows(outside: bool) -> list[dict[str, str | None]]:
    return [
        {"text": example.text, "intent": None if example.intent == "out_of_scope" else example.intent}
        for example in data(outside).examples
    ]


def test_the_figures_of_interfaces() -> None:
    figures = evaluate(rows(True), rows(True))
    assert set(figures) == FIGURES
    assert figures["accuracy"] is not None and figures["accuracy"] > 0.9
    assert figures["oos_auroc"] is not None and figures["oos_auroc"] > 0.9
    assert figures["message_ms_p50"] is not None and 0 < figures["message_ms_p50"] < 5


def test_without_out_of_scope_rows_nothing_is_rejected() -> None:
    figures = evaluate(rows(False), rows(True))
    assert figures["oos_recall"] == 0
    figures = evaluate(rows(True), rows(False))
    assert figures["oos_recall"] is None and figures["oos_auroc"] is None


@pytest.mark.parametrize(
    "row", [{}, {"text": 1, "intent": "a"}, {"text": "x", "intent": ""}, {"text": "x", "intent": 3}]
)
def test_a_row_of_another_shape_is_named(row: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="row 1"):
        evaluate([row], [])


SCORES = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=20)


@given(SCORES, SCORES)
def test_auroc_is_scikit_learns(positive: list[float], negative: list[float]) -> None:
    labels = [1] * len(positive) + [0] * len(negative)
    assert auroc(positive, negative) == pytest.approx(roc_auc_score(labels, positive + negative))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=30))
def test_macro_f1_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    expected, got = [a for a, _ in pairs], [b for _, b in pairs]
    wanted = f1_score(expected, got, labels=sorted(set(expected)), average="macro", zero_division=0)
    assert macro_f1(expected, got) == pytest.approx(wanted)
    assert accuracy(expected, got) == pytest.approx(sum(a == b for a, b in pairs) / len(pairs))


def test_figures_of_nothing() -> None:
    assert accuracy([], []) == 0 and macro_f1([], []) == 0 and auroc([], [1.0]) is None


def test_the_temperature_recovers_the_scale_of_the_odds() -> None:
    random = np.random.default_rng(0)
    scores = random.normal(size=(4_000, 3))
    expected = np.array([random.choice(3, p=row) for row in softmax(scores * 3)])
    assert fit_temperature(scores, expected) == pytest.approx(3, rel=0.1)


def test_the_threshold_lies_between_what_to_keep_and_what_to_reject() -> None:
    confidence = np.array([0.1, 0.2, 0.3, 0.6, 0.8, 0.9])
    outside = np.array([True, True, False, False, False, False])
    right = np.array([False, False, False, True, True, True])
    assert 0.2 <= fit_threshold(confidence, right, outside) < 0.6
    assert fit_threshold(confidence, np.ones(6, dtype=bool), np.zeros(6, dtype=bool)) < 0.1
