"""A mood is said only with the words that show it, and is the same every time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.mood import ANGRY, CALM, PLEASED, UPSET, mood_of, signs_in


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("我家宽带断了，麻烦看一下", CALM),
        ("这什么垃圾服务，气死我了", ANGRY),
        ("垃圾垃圾！！！骗子", ANGRY),
        ("等了三天，太慢了，很失望", ANGRY),
        ("太慢了", UPSET),
        ("我不生气，就是问问", CALM),
        ("這服務太差了", UPSET),
        ("太好了，谢谢您", PLEASED),
        ("谢谢", PLEASED),
        ("不用谢谢", CALM),
        ("My broadband is down", CALM),
        ("This is ridiculous, I am fed up", ANGRY),
        ("I'm disappointed", UPSET),
        ("THIS IS AWFUL, FIX IT NOW", ANGRY),
        ("PLEASE CALL ME BACK TODAY", CALM),
        ("when does it open???", CALM),
        ("it's not great", UPSET),
        ("I'm not angry", CALM),
        ("Perfect, thank you so much", PLEASED),
        ("no thanks", CALM),
        ("😡", ANGRY),
        ("👍", PLEASED),
        ("the shitake soup in Scunthorpe", CALM),
        ("", CALM),
    ],
)
def test_the_mood_of_one_message(text: str, mood: str) -> None:
    assert mood_of([(1, text)]).mood == mood


def test_each_mood_names_its_evidence() -> None:
    told = mood_of([(4, "so slow"), (9, "This is RIDICULOUS and AWFUL, I am fed up!!! 😡")])
    assert [(sign.seq, sign.kind, sign.sign) for sign in told.signs] == [
        (9, "word", "ridiculous"), (9, "word", "awful"), (9, "word", "fed up"), (9, "emoji", "😡"), (9, "marks", "!!!"),
    ]  # fmt: skip
    assert all("RIDICULOUS" in sign.quote for sign in told.signs)


def test_what_was_said_long_ago_no_longer_counts() -> None:
    angry = [(1, "垃圾，气死我了")]
    later = [(seq, "我想查一下流量") for seq in range(2, 7)]
    assert mood_of(angry).mood == ANGRY
    assert mood_of(angry + later).mood == CALM


def test_thanks_at_the_end_outweigh_an_earlier_complaint() -> None:
    assert mood_of([(1, "太慢了"), (2, "太好了，非常感谢")]).mood == PLEASED


@given(st.text(max_size=300))
def test_any_text_gives_a_mood_whose_evidence_is_in_it(text: str) -> None:
    for sign in signs_in(7, text):
        assert sign.seq == 7 and sign.weight != 0
        assert sign.quote == text.strip()[:160]
    if not signs_in(7, text):
        assert mood_of([(7, text)]).mood == CALM
