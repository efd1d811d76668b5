"""Signs of listening, echoes and noise, in both languages."""

import pytest

from voice.turns.facts import Asked
from voice.turns.words import is_back_channel, is_echo, judge


@pytest.mark.parametrize(
    "text",
    [
        "嗯",
        "嗯嗯。",
        "哦，好的好的",
        "對",
        "嗯 知道了",
        "OK",
        "uh-huh",
        "Yeah, yeah.",
        "mm hmm, I see",
        "好的 ok",
        "all right",
    ],
)
def test_signs_of_listening(text: str) -> None:
    assert is_back_channel(text)


@pytest.mark.parametrize(
    "text", ["", "不", "不对", "好的我要改", "yes but", "no", "嗯不是", "right now", "等一下", "see", "?"]
)
def test_what_wants_the_turn(text: str) -> None:
    assert not is_back_channel(text)


@pytest.mark.parametrize(
    ("text", "said", "echo"),
    [
        ("账单一共是", "您的账单一共是八十九元", True),
        ("账单一共事八十九元", "您的账单一共是八十九元。", True),
        ("fifty nine a month", "Your plan is fifty-nine a month,", True),
        ("fifty mine a month", "Your plan is fifty-nine a month,", True),
        ("我要投诉", "您的账单一共是八十九元", False),
        ("13900139000", "您的号码是13800138000", False),
        ("13800138000", "您的号码是 138 0013 8000", True),
        ("不", "不客气", False),
        ("", "您好", False),
        ("anything", "", False),
    ],
)
def test_echo(text: str, said: str, echo: bool) -> None:
    assert is_echo(text, said) is echo


def test_confidence_counts_for_more_while_we_speak() -> None:
    asked = Asked(0)
    assert judge("账单", 0.3, 0.0, asked, over=False, in_full=True, said="") == "words"
    assert judge("账单", 0.3, 0.0, asked, over=True, in_full=True, said="") == "noise"
    assert judge("账单", 0.9, 0.9, asked, over=False, in_full=True, said="") == "noise"
    assert judge("。", 0.9, 0.0, asked, over=False, in_full=True, said="") == "noise"


def test_a_sign_answers_what_it_can_answer() -> None:
    def verdict(kind: str, in_full: bool, *choices: str) -> str:
        return judge("好的", 0.9, 0.0, Asked(0, kind, choices=choices), over=True, in_full=in_full, said="")

    assert verdict("yes_no", True) == "words"
    assert verdict("yes_no", False) == "back_channel"
    assert verdict("text", True) == "back_channel"
    assert verdict("choice", True, "宽带", "手机") == "back_channel"
    assert verdict("choice", True, "好的", "不用") == "words"
