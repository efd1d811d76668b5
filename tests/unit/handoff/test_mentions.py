"""Whom a note calls by name."""

import pytest

from handoff.mentions import MOST, mentioned

PEOPLE = {"ben": "Ben Zhou", "benjamin": "Benjamin", "lina": "李娜", "li": "李", "a.b": "A.B"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@ben please look", ("ben",)),
        ("please look, @Ben Zhou.", ("ben",)),
        ("@benjamin and @BEN", ("benjamin", "ben")),
        ("@李娜请看一下", ("lina",)),
        ("请@李 看一下", ()),
        ("请 @李 看一下", ("li",)),
        ("（@lina）", ("lina",)),
        ("@lina @lina @李娜", ("lina",)),
        ("write to a@ben or x.@ben or @@ben", ()),
        ("@benny @ben-2 @ben.z @nobody @", ()),
        ("@a.b.", ("a.b",)),
        ("<script>@ben</script>", ("ben",)),
        ("", ()),
    ],
)
def test_names_after_an_at(text: str, found: tuple[str, ...]) -> None:
    assert mentioned(text, PEOPLE) == found


def test_a_note_does_not_call_everybody() -> None:
    crowd = {f"agent{number:03}": "" for number in range(100)}
    assert len(mentioned(" ".join(f"@{name}" for name in crowd), crowd)) == MOST


def test_an_account_goes_before_what_somebody_else_is_called() -> None:
    assert mentioned("@ben", {"ali": "Ben", "ben": "Benjamin"}) == ("ben",)
