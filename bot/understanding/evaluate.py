"""Trains on rows, tests on other rows, and gives the figures that `switchboard evaluate understanding`
prints.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bot.understanding.flat import Model
from bot.understanding.metrics import accuracy, auroc, macro_f1
from bot.understanding.model import OUT_OF_SCOPE
from bot.understanding.native import Understander
from bot.understanding.nlu import Example, TrainingData
from bot.understanding.train import train
from core.errors import Invalid
from core.language import recognise

Row = Mapping[str, Any]

_TIMED: Final = 2_000


def evaluate(train_rows: Iterable[Row], test_rows: Iterable[Row], seed: int = 0) -> dict[str, float | None]:
    """Rows are `{"text": str, "intent": str | None}`, None meaning out of scope.

    Returns `accuracy` and `macro_f1` (0..1, of the rows in scope; a rejection is an error), `oos_recall` and
    `oos_auroc` (0..1; None without out-of-scope test rows), `train_cpu_seconds` (cross-validation and
    calibration included, the import of the libraries not) and `message_ms_p50`. Raises `Invalid` for a row of
    another shape and `NluMistake` when there are fewer than two intents.
    """
    data = training_data(train_rows)
    tests = [_row(row, number) for number, row in enumerate(test_rows, 1)]
    start = time.process_time()
    model = train(data, seed)
    spent = time.process_time() - start
    return {**score(model, tests), "train_cpu_seconds": spent}


def training_data(rows: Iterable[Row], default_language: str = "en") -> TrainingData:
    """Rows as training data; the language of each is told by its characters."""
    examples = []
    for number, row in enumerate(rows, 1):
        text, intent = _row(row, number)
        language = recognise(text, default_language)
        examples.append(Example(text, intent or OUT_OF_SCOPE, language, line=number))
    return TrainingData(tuple(examples))


def score(model: Model, tests: Sequence[tuple[str, str | None]]) -> dict[str, float | None]:
    """The figures of a trained model on (text, intent or None), as in `evaluate`."""
    understander = Understander(model)
    results = [(understander.understand(text), intent) for text, intent in tests]
    inside = [(result, intent) for result, intent in results if intent is not None]
    outside = [result for result, intent in results if intent is None]
    expected, got = [intent for _, intent in inside], [result.intent for result, _ in inside]
    times = []
    for text, _ in tests[:_TIMED]:
        start = time.perf_counter_ns()
        understander.understand(text)
        times.append(time.perf_counter_ns() - start)
    times.sort()
    return {
        "accuracy": accuracy(expected, got),
        "macro_f1": macro_f1(expected, got),
        "oos_recall": accuracy([None] * len(outside), [r.intent for r in outside]) if outside else None,
        "oos_auroc": auroc([-r.confidence for r in outside], [-r.confidence for r, _ in inside]),
        "message_ms_p50": times[len(times) // 2] / 1e6 if times else None,
    }


def _row(row: Row, number: int) -> tuple[str, str | None]:
    text, intent = row.get("text"), row.get("intent")
    if not isinstance(text, str) or not (intent is None or (isinstance(intent, str) and intent)):
        raise Invalid(
            f'row {number} is not {{"text": …, "intent": … | null}}: mend that line', field=str(number)
        )
    return text, None if intent == OUT_OF_SCOPE else intent
