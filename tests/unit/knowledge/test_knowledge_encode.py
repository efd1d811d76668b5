"""The encoder: terms, weights, bounds."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.encode import Encoder, Statistics
from knowledge.model import Passage
from tests.unit.knowledge.knowledge_pages import LIGHTS, ROAMING, parsed


def _content(text: str) -> list[str]:
    return [term.text for term in Encoder().terms(text) if term.content]


def test_chinese_gives_characters_and_pairs_without_function_words() -> None:
    assert _content("宽带的价格") == ["宽", "带", "价", "格", "宽带", "价格"]


def test_traditional_full_width_and_capital_forms_are_one() -> None:
    assert _content("開發票") == _content("开发票")
    assert _content("ＷｉＦｉ ５Ｇ") == _content("wifi 5g")


def test_english_is_stemmed_without_function_words() -> None:
    assert _content("What does the installation of my routers cost?") == ["instal", "router", "cost"]
    assert _content("my neighbour's wi-fi") == ["neighbour", "wifi"]


def test_numbers_keep_together_and_lose_their_unit() -> None:
    assert _content("1,200 yuan") == ["1200", "yuan"]
    assert _content("500M 5G") == ["500", "m", "5g"]
    assert _content("每月29元") == _content("每月 29 元")


def test_term_ids_are_fixed_for_ever() -> None:
    assert Encoder().index("宽带") == Encoder().index("宽带")
    assert (Encoder().index("broadband"), Encoder().index("宽带")) == (1584326758, 35452383)


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    statistics = Statistics()
    statistics.add("en", [1, 2])
    statistics.add("en", [1])
    assert statistics.idf(2, "en") > statistics.idf(1, "en") > 0
    assert statistics.idf(2, "en") == pytest.approx(math.log1p(1.5 / 1.5))
    assert statistics.frequency(1, None) == (2, 2)


@given(st.lists(st.tuples(st.sampled_from(["zh", "en"]), st.sets(st.integers(0, 9), max_size=5)), max_size=8))
def test_statistics_are_exact_whatever_the_history(passages: list[tuple[str, set[int]]]) -> None:
    statistics = Statistics()
    statistics.add("zh", [1, 2])
    statistics.add("en", [3])
    for language, indices in passages:
        statistics.add(language, indices)
    for language, indices in reversed(passages):
        statistics.remove(language, indices)
    fresh = Statistics()
    fresh.add("zh", [1, 2])
    fresh.add("en", [3])
    assert statistics == fresh


def test_a_passage_is_found_by_its_title_and_heading_too() -> None:
    encoder = Encoder()
    indices = set(encoder.passage(parsed("roaming", ROAMING)[1][1]).indices)
    assert {encoder.index("abroad"), encoder.index("switch"), encoder.index("app")} <= indices


@given(st.text(max_size=200))
def test_any_text_is_a_query(text: str) -> None:
    encoder = Encoder([("price", "cost")])
    statistics = Statistics()
    statistics.add("zh", encoder.passage(parsed("lights", LIGHTS, "zh")[1][0]).indices)
    query = encoder.query(text, "zh", statistics)
    assert list(query.vector.indices) == sorted(set(query.vector.indices))
    assert all(0 < value < 10 for value in query.vector.values)


def test_a_long_query_is_read_at_both_ends_and_bounded() -> None:
    encoder, statistics = Encoder(), Statistics()
    words = [f"word{number}" for number in range(3_000)]
    statistics.add("en", [encoder.index(term.text) for word in words for term in encoder.terms(word)])
    texts = {word.text for word in encoder.query(" ".join(words), "en", statistics).content}
    assert {"word0", "word2999"} <= texts
    assert "word1500" not in texts
    assert len(texts) <= 256


def test_synonyms_find_other_wordings_for_less() -> None:
    encoder, statistics = Encoder([("nicked", "stolen")]), Statistics()
    statistics.add("en", [encoder.index("stolen"), encoder.index("phone")])
    query = encoder.query("my phone was nicked", "en", statistics)
    weights = dict(zip(query.vector.indices, query.vector.values, strict=True))
    assert 0 < weights[encoder.index("stolen")] < weights[encoder.index("phone")]
    plain = Encoder().query("my phone was nicked", "en", statistics)
    assert encoder.index("stolen") not in plain.vector.indices


def _asked(*wordings: str) -> Passage:
    return msgspec.structs.replace(parsed("roaming", ROAMING)[1][0], asked=wordings)


def test_a_word_of_the_other_wordings_counts_once_for_all_of_them() -> None:
    encoder = Encoder()
    one, two = (
        encoder.passage(_asked("holiday surfing")),
        encoder.passage(_asked("holiday surfing", "holiday")),
    )
    assert one == two
    assert {encoder.index("holiday"), encoder.index("surf")} <= set(one.indices)


def test_other_wordings_take_nothing_from_the_words_of_the_text() -> None:
    encoder = Encoder()
    plain, worded = encoder.passage(_asked()), encoder.passage(_asked("holiday surfing in Bali"))
    values = dict(zip(worded.indices, worded.values, strict=True))
    assert all(values[index] == value for index, value in zip(plain.indices, plain.values, strict=True))


def test_the_nearest_wording_counts_and_not_all_of_them_together() -> None:
    encoder, statistics = Encoder(), Statistics()
    passage = _asked("surfing on holiday", "is there a cheap pass for teenagers")
    statistics.add("en", encoder.passage(passage).indices)
    query = encoder.query("holiday surfing", "en", statistics)
    mixed = encoder.query("cheap holiday", "en", statistics)
    wordings = encoder.wordings(passage, "en", statistics)
    assert query.likeness([wordings]) == [pytest.approx(1.0)]
    assert 0 < mixed.likeness([wordings])[0] < 0.6
    assert query.likeness([()]) == [0.0]
    assert encoder.query("", "en", statistics).likeness([wordings]) == [0.0]


def test_what_stands_for_a_common_word_tells_no_more_than_it() -> None:
    encoder, statistics = Encoder([("cost", "tariff")]), Statistics()
    for _ in range(50):
        statistics.add("en", [encoder.index("cost")])
    statistics.add("en", [encoder.index("tariff")])
    vector = encoder.query("cost", "en", statistics).vector
    weights = dict(zip(vector.indices, vector.values, strict=True))
    assert weights[encoder.index("tariff")] < weights[encoder.index("cost")]
