"""Folding and marking: what is marked is what was found, in the text as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.finding import MOST_TERMS, WIDTH, fold, snippet, terms


@pytest.mark.parametrize(
    ("text", "question", "marked"),
    [
        ("My Broadband is down", "broad", ["Broad"]),
        ("家裡寬帶斷網了", "宽带", ["寬帶"]),
        ("Straße und Strasse", "strasse", ["Straße", "Strasse"]),
        ("ﬁne fine", "fin", ["ﬁn", "fin"]),
        ("aXbX", "a b", ["a", "b"]),
        ("aaaa", "aa", ["aaaa"]),
        ("<b>bold</b>", "<b>", ["<b>"]),
        ("nothing", "other", []),
    ],
)
def test_hits_are_marked_as_they_were_written(text: str, question: str, marked: list[str]) -> None:
    pieces = snippet(text, terms(question))
    assert [piece for piece, hit in pieces if hit] == marked
    assert "".join(piece for piece, _ in pieces) == text


def test_a_long_text_is_cut_around_its_first_hit() -> None:
    pieces = snippet("x" * 500 + " router " + "y" * 500, ("router",))
    assert pieces[0] == pieces[-1] == ("…", False)
    assert ("router", True) in pieces
    assert sum(len(piece) for piece, _ in pieces) == WIDTH + 2


def test_terms_are_few_and_each_once() -> None:
    assert terms("Router ROUTER ｒｏｕｔｅｒ 寬帶\0x") == ("router", "宽带", "x")
    assert len(terms(" ".join(map(str, range(100))))) == MOST_TERMS
    assert terms(" \t　\0") == ()


@given(st.text(max_size=200), st.text(max_size=20))
def test_whatever_is_said_and_asked_the_snippet_is_a_part_of_it(text: str, question: str) -> None:
    asked = terms(question)
    pieces = snippet(text, asked)
    whole = "".join(piece for piece, _ in pieces)
    assert whole.removeprefix("…").removesuffix("…") in text or whole in text
    if asked and asked[0] in fold(text):
        assert any(hit for _, hit in pieces)
