import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.understanding.entities import find_built_in, mask
from bot.understanding.features import MASKS, fold, grams
from bot.understanding.flat import Model
from bot.understanding.model import OUT_OF_SCOPE
from bot.understanding.native import Understander
from bot.understanding.nlu import Example, NluMistake, TrainingData
from bot.understanding.train import classifiers, train
from core.errors import ConfigurationError
from tests.unit.understanding.small import data

DATA = data()


@pytest.fixture(scope="module")
def model() -> Model:
    return train(DATA)


@pytest.fixture(scope="module")
def understander(model: Model) -> Understander:
    return Understander(model)


def analyse(text: str) -> list[str]:
    return grams(fold(mask(text, find_built_in(text))))


def test_the_flat_answers_are_those_of_the_scikit_learn_pipeline(
    model: Model, understander: Understander
) -> None:
    texts = [example.text for example in DATA.examples]
    vectoriser = TfidfVectorizer(analyzer=analyse, binary=True)
    matrix = vectoriser.fit_transform(texts)
    labels = [example.intent for example in DATA.examples]
    estimators = [one.fit(matrix, labels) for one in classifiers(model.report["classifier"], 0)]
    scores = sum(one.decision_function(matrix) for one in estimators)
    for example, row in zip(DATA.examples, scores, strict=True):
        scaled = np.exp((row - row.max()) * model.temperatures[example.language])
        odds = dict(zip(estimators[0].classes_, scaled / scaled.sum(), strict=True))
        odds.pop(OUT_OF_SCOPE)
        best = sorted(odds.values(), reverse=True)[:3]
        answer = understander.understand(example.text, example.language)
        assert [confidence for _, confidence in answer.ranking] == pytest.approx(best, abs=1e-4)
        assert answer.ranking[0][0] == max(odds, key=lambda name: odds[name])


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("是的", "affirm"),
        ("好", "affirm"),
        ("好的！", "affirm"),
        ("yes pls", "affirm"),
        ("YES", "affirm"),
        ("no", "deny"),
        ("No.", "deny"),
        ("不用", "deny"),
        ("no signal", "report_fault"),
        ("没有信号", "report_fault"),
        ("寬帶斷了", "report_fault"),
    ],
)
def test_short_messages(understander: Understander, text: str, intent: str) -> None:
    assert understander.understand(text).ranking[0][0] == intent


def test_an_answer_is_complete(understander: Understander) -> None:
    answer = understander.understand(
        "my fibre is down, call 138 1234 5678 about f7k3m9q2x, contract HT123456"
    )
    assert answer.ranking[0][0] == "report_fault"
    assert answer.language == "en" and answer.engine == "native"
    assert len(answer.ranking) == 3 and answer.ranking[0][1] == answer.confidence
    assert len(answer.model) == 12 and set(answer.model) <= set("0123456789abcdef")
    assert [(e.name, e.value, e.text) for e in answer.entities] == [
        ("service", "broadband", "fibre"),
        ("phone", "13812345678", "138 1234 5678"),
        ("ticket", "F-7K3M-9Q2X", "f7k3m9q2x"),
        ("contract", "HT123456", "HT123456"),
    ]
    assert understander.entities("my fibre is down")[0].value == "broadband"


def test_phrases_of_the_pack_come_before_those_of_the_files() -> None:
    known = train(DATA, phrases={"service": {"landline": "phone_line", "机顶盒": "tv"}}).phrases
    assert known["landline"] == ("service", "phone_line")
    assert known["机顶盒"] == ("service", "tv")
    assert known["光纤"] == ("service", "broadband")


def test_what_is_out_of_scope_is_rejected_only_with_examples(understander: Understander) -> None:
    assert understander.understand("what is the weather like").intent is None
    assert understander.understand("今天天气怎么样").intent is None
    assert understander.understand("今天天气怎么样").ranking[0][0] != OUT_OF_SCOPE
    assert understander.understand("zxqv jjkk wwpp").intent is None
    lenient = Understander(train(data(outside=False)))
    assert lenient.model.thresholds == {}
    for text in ("what is the weather like", "zxqv jjkk wwpp", "", "👍"):
        assert lenient.understand(text).intent in lenient.model.intents


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200), st.text(st.sampled_from("是no 我的wifi断了1388F-@\ue000İß٣ﬁ"), max_size=60)
    )
)
def test_any_message_gets_an_answer(understander: Understander, text: str) -> None:
    answer = understander.understand(text)
    assert 0 <= answer.ranking[2][1] <= answer.ranking[1][1] <= answer.confidence <= 1.0001
    known = [understander._row[feature] for feature in analyse(text) if feature in understander._row]
    rows, unknown = understander._rows(fold(mask(text, find_built_in(text))))
    assert sorted(rows) == sorted(known) and unknown == len(analyse(text)) - len(known)


@pytest.mark.timeout(10)
def test_a_message_of_ten_thousand_characters(understander: Understander) -> None:
    for piece in ("断", "a", "internet is down ", "@a ", "1 3", "١", "\u202e", "Ａ"):
        assert understander.understand(piece * 10_000).ranking


def test_numbers_are_masked_in_features() -> None:
    assert MASKS["ticket"] in analyse("ticket F-7K3M-9Q2X")
    assert analyse("my number is 13812345678") == analyse("my number is 13987654321")
    assert MASKS["number"] in analyse("it costs 45 a month") and "5g" in analyse("5G speed")


def test_save_load_and_the_same_hash_every_time(model: Model, tmp_path: Path) -> None:
    first, second = model.save(tmp_path / "a" / "model.bin"), train(DATA).save(tmp_path / "b.bin")
    assert first == second
    assert train(DATA, seed=7).save(tmp_path / "c.bin") != first
    loaded = Model.load(tmp_path / "b.bin")
    assert loaded.hash == first
    assert np.array_equal(loaded.weights, model.weights)
    for name in (
        "intents",
        "features",
        "intercept",
        "temperatures",
        "thresholds",
        "phrases",
        "patterns",
        "report",
    ):
        assert getattr(loaded, name) == getattr(model, name)
    one, other = Understander(model), Understander.load(tmp_path / "b.bin")
    assert one.version == other.version == first[:12]
    assert all(one.understand(e.text) == other.understand(e.text) for e in DATA.examples)
    assert not list(tmp_path.glob("**/*.part"))


def test_a_file_that_is_no_model_is_refused_with_a_word_that_helps(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    model.save(path)
    whole = path.read_bytes()
    middle = len(whole) // 2
    for damaged in (
        b"",
        b"hello",
        whole[:-1],
        whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
    ):
        path.write_bytes(damaged)
        with pytest.raises(ConfigurationError, match="switchboard train"):
            Understander.load(path)
    with pytest.raises(ConfigurationError, match="switchboard train"):
        Understander.load(tmp_path / "absent.bin")


def test_explain_names_the_features_that_decided(understander: Understander) -> None:
    reasons = understander.explain("我家宽带断了")
    assert [reason.intent for reason in reasons] == [
        i for i, _ in understander.understand("我家宽带断了").ranking
    ]
    assert any("宽带" in feature and share > 0 for feature, share in reasons[0].features)
    assert all(-1 <= share <= 1 for reason in reasons for _, share in reason.features)
    assert understander.explain("")[0].features == ()


def test_too_little_to_learn_from_is_a_mistake_with_a_mend() -> None:
    one = TrainingData(
        (Example("hi", "greet", "en", file="f.yml", line=3), Example("rain", OUT_OF_SCOPE, "en"))
    )
    for unusable in (one, TrainingData(())):
        with pytest.raises(NluMistake, match="two intents"):
            train(unusable)


def test_two_intents_with_one_example_each_can_be_trained() -> None:
    pair = TrainingData((Example("hello", "greet", "en"), Example("bye", "goodbye", "en")))
    understander = Understander(train(pair))
    assert understander.understand("hello").intent == "greet"
    assert understander.understand("bye").intent == "goodbye"


def test_training_keeps_to_one_thread() -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    train(DATA)
    assert time.process_time() - cpu <= 1.2 * (time.perf_counter() - wall) + 0.05


def test_serving_does_not_load_the_trainer() -> None:
    loaded = "'sklearn' in sys.modules, 'scipy' in sys.modules"
    code = f"import sys, bot.understanding.native as native; print(native.ENGINE, {loaded})"
    root = Path(__file__).parents[3]
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["native", "False", "False"]


def test_the_report_names_figures_and_confusions(model: Model) -> None:
    report = model.report
    assert report["examples"] == len(DATA.examples) and report["folds"] == 5
    assert set(report["languages"]) == {"en", "zh"}
    assert set(report["intents"]) == {"affirm", "deny", "report_fault", "ticket_status"}
    assert 0 <= report["accuracy"] <= 1 and 0 <= report["oos_auroc"] <= 1
    assert all(pair["count"] >= len(pair["texts"]) > 0 for pair in report["confusions"])


def test_a_language_without_examples_has_the_threshold_of_all(understander: Understander) -> None:
    assert understander.understand("zxqv jjkk wwpp", "fr").intent is None
    assert understander.understand("zxqv jjkk wwpp", "fr").language == "fr"
