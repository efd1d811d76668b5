"""Numbers that are said in pieces: when they are all there."""

import pytest

from voice.turns.facts import Asked
from voice.turns.numbers import complete, digits


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一三八 零零幺三", "1380013"),
        ("one three eight, double oh one", "138001"),
        ("triple five", "555"),
        ("１３８", "138"),
        ("double trouble one", "1"),
        ("我不知道", ""),
    ],
)
def test_digits(text: str, number: str) -> None:
    assert digits(text) == number


@pytest.mark.parametrize(
    ("kind", "expected", "text", "whole"),
    [
        ("phone", 0, "一三八零零一三八零零", False),
        ("phone", 0, "一三八零零一三八零零零", True),
        ("phone", 0, "+86 138 0013 800", False),
        ("phone", 0, "+86 138 0013 8000", True),
        ("phone", 0, "010 6552", False),
        ("phone", 0, "010 6552 9988", True),
        ("phone", 0, "five five five, oh one", False),
        ("phone", 0, "four one five, five five five, two six seven one", True),
        ("phone", 0, "我没有手机", True),
        ("number", 4, "one two three", False),
        ("number", 4, "one two three four", True),
        ("id_card", 4, "一二三 X", True),
        ("number", 0, "three point", False),
        ("number", 0, "三点", False),
        ("number", 0, "35", True),
        ("amount", 0, "一百二十点", False),
        ("amount", 0, "一百二十点五元。", True),
        ("amount", 0, "one hundred and", False),
        ("amount", 0, "one hundred and twenty", True),
        ("id_card", 0, "110101 19900307", False),
        ("id_card", 0, "110101 19900307 123x", True),
        ("ticket", 0, "F 7 K 2 M", False),
        ("ticket", 0, "F-7K2M-93QX", True),
        ("ticket", 0, "f seven k two m nine three q x", True),
        ("ticket", 0, "I do not have it", True),
    ],
)
def test_complete(kind: str, expected: int, text: str, whole: bool) -> None:
    assert complete(Asked(0, kind, expected), text) is whole
