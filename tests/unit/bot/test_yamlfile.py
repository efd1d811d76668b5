"""YAML with places: every mistake has a file, a line and a mend."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PackMistake
from core.yamlfile import Node, read


def test_values_know_their_lines() -> None:
    root = read("a:\n  b: [1, two]\n\n  c: true\nday: 2026-10-01\nno: yes\n", "x.yml")
    assert root.value == {"a": {"b": [1, "two"], "c": True}, "day": "2026-10-01", "no": True}
    inner = root.require("a")
    assert [item.line for item in inner.require("b").list()] == [2, 2]
    assert inner.require("c").line == 4
    assert root.get("absent") is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", 3),
        ("a: [1,\n", 2),
        ("a: 1\n\x07", 2),
        ("a: !!python/object/apply:os.system [ls]\n", 1),
        ("a: &x [1]\nb: *x\n", 1),
        ("? [a]\n: b\n", 1),
        ("x: &a [*a]\n", 1),
        ("a: " + "[" * 60 + "]" * 60, 1),
        ("\n\na: 2026-99-99\n", 3),
    ],
)
def test_mistakes_name_their_line(text: str, line: int) -> None:
    with pytest.raises(PackMistake) as caught:
        read(text, "flows/a.yml")
    assert (caught.value.file, caught.value.line) == ("flows/a.yml", line)
    assert caught.value.mend


@pytest.mark.parametrize(
    "piece", ["[", "{a: ", "- ", "? ", '["]",'], ids=["list", "mapping", "block", "key", "quoted bracket"]
)
def test_nothing_is_nested_so_deeply_that_the_process_ends(piece: str) -> None:
    with pytest.raises(PackMistake):
        read(piece * 100_000, "x.yml")


def test_shapes_are_checked() -> None:
    root = read("a: [1]\nb: text\nc: 3\n", "x.yml")
    wrong: list[Callable[[], object]] = [
        lambda: root.require("absent"), lambda: root.require("a").text(), lambda: root.require("b").list(),
        lambda: root.require("b").mapping(), lambda: root.require("c").flag(), lambda: root.require("b").number(),
        lambda: root.require("c").whole(4), lambda: root.only("a", "b"),
    ]  # fmt: skip
    for attempt in wrong:
        with pytest.raises(PackMistake):
            attempt()


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(read(text, "x.yml"), Node)
    except PackMistake as mistake:
        assert mistake.line >= 1  # noqa: PT017 (refusing is one of two right answers)
