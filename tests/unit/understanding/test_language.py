import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.language import half_width, normalise, recognise, to_simplified, words
from core.simplified import SIMPLIFIED, TRADITIONAL


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我的 broadband 断了", "zh"),
        ("宽带断了", "zh"),
        ("請幫我轉人工", "zh"),
        ("wifi连不上", "zh"),
        ("请帮我 cancel my broadband", "zh"),
        ("My plan is 畅享套餐, how much is it a month", "en"),
        ("no", "en"),
        ("Why is my bill so high?", "en"),
        ("ｈｅｌｌｏ", "en"),
    ],
)
def test_the_language_is_told_by_its_characters(text: str, language: str) -> None:
    assert recognise(text, "zh") == language
    assert recognise(text, "en") == language


@pytest.mark.parametrize(
    "text", ["", "  ", "12345", "👍👍", "?!…", "ok", "OK", "wifi", "5G", "F-7K3M-9Q2X", "مرحبا"]
)
@pytest.mark.parametrize("default", ["zh", "en"])
def test_what_tells_nothing_keeps_the_language_of_the_conversation(text: str, default: str) -> None:
    assert recognise(text, default) == default


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert "\n" not in once and "  " not in once


def test_full_width_forms_and_spaces_are_folded() -> None:
    assert normalise("  Ｆ－７Ｋ３Ｍ\u3000 Hello \n") == "f-7k3m hello"


@given(st.text())
def test_the_folds_for_offsets_keep_the_length(text: str) -> None:
    assert len(to_simplified(half_width(text))) == len(text)


def test_traditional_characters_are_written_in_simplified_ones() -> None:
    assert to_simplified("我的寬頻斷線了，請轉接客服人員") == "我的宽频断线了，请转接客服人员"
    assert len(TRADITIONAL) == len(SIMPLIFIED) > 2_500
    assert len(set(TRADITIONAL)) == len(TRADITIONAL)


def test_words_are_runs_of_letters_and_single_han_characters() -> None:
    assert words("我家 wifi 慢, can't work") == ["我", "家", "wifi", "慢", "can't", "work"]
