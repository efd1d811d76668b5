"""Scores the demonstration pack's understanding on sentences that it was not written or tuned on.

Policy. The data is frozen (see `data/README.md`); the figures are those of its `test` split, which decides
nothing about features, weights or thresholds. Sentences that the pack happens to have word for word ("hello",
"是的") are left out, because to remember is not to understand. A bar is what was measured when it was set
less a margin of about one and a half standard errors, so that a rewording of the pack passes and a loss that
customers would notice does not. A bar goes up when a better figure has stood for a while; it goes down only
together with a written reason in the change that lowers it. Below a bar the mend is more or better examples
in the pack (never these sentences) or better features.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.understanding.entities import find_built_in, mask
from bot.understanding.evaluate import score
from bot.understanding.features import fold, grams
from bot.understanding.flat import Model
from bot.understanding.model import OUT_OF_SCOPE
from bot.understanding.native import Understander
from bot.understanding.nlu import TrainingData, load
from bot.understanding.train import classifiers, train

ROOT = Path(__file__).parents[2]

# Measured when set: zh 0.935 of 77, en 0.873 of 71.
ACCURACY = {"zh": 0.89, "en": 0.81}
# Measured: zh 1.000, en 0.989.
OUTSIDE_AUROC = {"zh": 0.97, "en": 0.96}
# Measured: zh 0.966 of 29, en 0.852 of 27.
OUTSIDE_RECALL = {"zh": 0.9, "en": 0.75}
# Measured: 0.846 of 5,800. It was 0.905 of 3,300 before the pack knew five requests more, whose examples are longer and
# lie closer to each other and to the older ones on purpose; on the frozen sentences these examples gained (en .763 to
# .872, zh .832 to at least .89), and it is those that customers resemble. Hence the lower bar, of .88 before.
CROSS_VALIDATED_ACCURACY = 0.83


@pytest.fixture(scope="module")
def data() -> TrainingData:
    files = sorted((ROOT / "packs" / "telecom" / "nlu").glob("*.yml"))
    return load({file.name: file.read_text(encoding="utf-8") for file in files})


@pytest.fixture(scope="module")
def trained(data: TrainingData) -> Model:
    return train(data)


def rows(language: str, split: str) -> list[tuple[str, str | None]]:
    path = Path(__file__).parent / "data" / f"understanding_{language}.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(line["text"], line["intent"]) for line in lines if line["split"] == split]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sentences_that_nobody_tuned_on(
    data: TrainingData,
    trained: Model,
    language: str,
    record_property: Callable[[str, object], None],
) -> None:
    learnt = {fold(example.text) for example in data.examples}
    figures = score(trained, [row for row in rows(language, "test") if fold(row[0]) not in learnt])
    for name, value in figures.items():
        record_property(f"{language}_{name}", value)
    assert figures["accuracy"] is not None and figures["accuracy"] >= ACCURACY[language], figures
    assert figures["oos_auroc"] is not None and figures["oos_auroc"] >= OUTSIDE_AUROC[language], figures
    assert figures["oos_recall"] is not None and figures["oos_recall"] >= OUTSIDE_RECALL[language], figures


def test_cross_validation(trained: Model) -> None:
    model = trained
    assert model.report["accuracy"] >= CROSS_VALIDATED_ACCURACY
    assert set(model.thresholds) == {"", "zh", "en"}


def test_every_training_sentence_is_answered_as_by_scikit_learn(
    data: TrainingData, trained: Model
) -> None:
    model = trained
    understander = Understander(model)
    vectoriser = TfidfVectorizer(analyzer=_analyse, binary=True)
    matrix = vectoriser.fit_transform([example.text for example in data.examples])
    labels = [example.intent for example in data.examples]
    estimators = [one.fit(matrix, labels) for one in classifiers(model.report["classifier"], 0)]
    inside = np.flatnonzero(estimators[0].classes_ != OUT_OF_SCOPE)
    names = estimators[0].classes_[inside]
    for example, row in zip(
        data.examples, sum(one.decision_function(matrix) for one in estimators), strict=True
    ):
        odds = np.exp((row - row.max()) * model.temperatures[example.language])
        odds = (odds / odds.sum())[inside]
        answer = understander.understand(example.text, example.language)
        assert answer.ranking[0][0] == names[odds.argmax()]
        assert answer.confidence == pytest.approx(odds.max(), abs=1e-3)
        rejected = odds.max() < model.thresholds[example.language]
        assert (answer.intent is None) == rejected


def test_what_is_loaded_from_the_file_answers_as_what_was_trained(trained: Model, tmp_path: Path) -> None:
    trained.save(tmp_path / "model.bin")
    loaded, made = Understander.load(tmp_path / "model.bin"), Understander(trained)
    for text, _ in rows("zh", "dev") + rows("en", "dev"):
        assert loaded.understand(text, "zh") == made.understand(text, "zh")


def _analyse(text: str) -> list[str]:
    return grams(fold(mask(text, find_built_in(text))))
