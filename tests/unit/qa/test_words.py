"""Phrases are found where they are meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.words import Phrases, is_question

PHRASES = Phrases({"zh": ["会给您打电话", "您好"], "en": ["hi", "will call you", "we'll call you"]})


@pytest.mark.parametrize("text", ["Hi there", "HI!", "您好，請問", "ｈｉ", "We’ll call you tomorrow"])
def test_case_width_and_script_do_not_matter(text: str) -> None:
    assert PHRASES.find(text)


@pytest.mark.parametrize("text", ["this", "white", "", "。"])
def test_latin_phrases_are_whole_words(text: str) -> None:
    assert PHRASES.find(text) == ""


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("师傅会给您打电话。", True),
        ("We will call you. Is that all right?", True),
        ("需要师傅来吗？会给您打电话。", True),
        ("师傅不会给您打电话。", False),
        ("会给您打电话吗", False),
        ("Shall I say that we will call you?", False),
    ],
)
def test_questions_and_denials_state_nothing(text: str, stated: bool) -> None:
    assert bool(PHRASES.stated(text)) is stated


@pytest.mark.parametrize("text", ["多少钱", "可以吗", "How long", "is it fixed", "修好了？", "什么时候来"])
def test_questions(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize("text", ["好的谢谢", "my address is here", "thanks", ""])
def test_statements(text: str) -> None:
    assert not is_question(text)


@given(st.text(max_size=100), st.lists(st.text(max_size=5), max_size=5))
def test_any_phrases_and_texts_are_taken(text: str, phrases: list[str]) -> None:
    found = Phrases({"zh": phrases})
    assert bool(found.stated(text)) <= bool(found.find(text))
