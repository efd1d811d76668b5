"""How much of a suggestion was changed, and what its id says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import events as e
from handoff.assist import LONGEST_COMPARED, LONGEST_DIFFERENCE, difference, identity, ordered, place

ANY_TEXT = st.text(max_size=200)


@pytest.mark.parametrize(
    ("suggested", "sent", "share", "places"),
    [
        ("It takes 3 days.", "It takes 3 days.", 0.0, ()),
        ("It takes 3 days.", " It takes  3 days. ", 0.0, ()),
        ("It takes 3 days.", "It takes 5 days.", 0.2, (("3", "5"),)),
        ("退款三天到账", "退款五天到账", 1 / 6, (("三", "五"),)),
        ("It takes 3 days.", "没有", 1.0, (("It takes 3 days.", "没有"),)),
        ("", "", 0.0, ()),
        ("Sorry.", "", 1.0, (("Sorry.", ""),)),
    ],
)
def test_the_share_that_was_changed(
    suggested: str, sent: str, share: float, places: tuple[tuple[str, str], ...]
) -> None:
    found, changed = difference(suggested, sent)
    assert found == pytest.approx(share, abs=1e-3)
    assert tuple((one.before, one.after) for one in changed) == places


@given(ANY_TEXT, ANY_TEXT)
def test_a_share_is_a_share_and_the_same_words_are_no_change(one: str, other: str) -> None:
    share, places = difference(one, other)
    assert 0.0 <= share <= 1.0
    assert (share == 0.0) == (places == ())
    assert difference(one, one) == (0.0, ())


def test_a_book_instead_of_a_message_is_compared_in_bounds() -> None:
    share, places = difference("a b " * 10 * LONGEST_COMPARED, "b c " * 10 * LONGEST_COMPARED)
    assert 0.0 < share < 1.0 and len(places) <= LONGEST_DIFFERENCE


@given(st.uuids(), st.integers(1, 10**9), st.integers(1, 99))
def test_an_id_leads_back_to_its_place(conversation: object, seq: int, number: int) -> None:
    assert place(identity(str(conversation), seq, number)) == (str(conversation), seq, number)


@pytest.mark.parametrize("id", ["", "x", "x:1", "x:1:", ":1:1", "x:-1:1", "x:1:1:1", "x:一:1", "x:1:" + "9" * 99, "x:1:²"])
def test_what_is_no_id_leads_nowhere(id: str) -> None:
    assert place(id) is None


def test_answers_come_before_steps_and_nothing_twice() -> None:
    page, step = e.Suggestion("knowledge", "Read this.", "en"), e.Suggestion("action", "Do this.", "en", action="do")
    assert ordered([page, page], [step]) == (page, step)
