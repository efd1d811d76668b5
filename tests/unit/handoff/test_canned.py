"""The pack's canned replies, and what makes one good."""

import pytest

from core.errors import Invalid, PackMistake
from handoff.canned import TEXT_LENGTH, checked, parse
from handoff.model import CannedReply

GOOD = CannedReply("1", "zh", "问候-1", "问候", "{customer}，您好，我是{agent}")
FILE = """replies:
  - shortcut: hello
    zh: {title: 问候, text: "您好，{customer}"}
    en: {title: Greeting, text: "Hello {customer}"}
  - shortcut: bye
    en: {title: Closing, text: Goodbye}
"""


def test_a_pack_gives_each_reply_in_its_languages() -> None:
    found = parse({"canned.yml": FILE})
    assert [(one.id, one.language, one.title) for one in found] == [
        ("pack:hello:zh", "zh", "问候"), ("pack:hello:en", "en", "Greeting"), ("pack:bye:en", "en", "Closing"),
    ]  # fmt: skip
    assert found[0].text == "您好，{customer}"
    assert parse({}) == ()


@pytest.mark.parametrize(
    ("before", "after", "line", "what"),
    [
        ("{customer}", "{costumer}", 3, "{costumer}"),
        ("shortcut: bye", "shortcut: hello", 5, "`hello` is there already"),
        ("shortcut: bye", "shortcut: good bye", 6, "shortcut"),
        ("text: Goodbye", 'text: " "', 6, "A reply has"),
        ("    en: {title: Closing, text: Goodbye}", "    fr: {title: Fin, text: Adieu}", 6, "`fr` is not known"),
        ("    en: {title: Closing, text: Goodbye}\n", "", 5, "no words"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(before: str, after: str, line: int, what: str) -> None:
    with pytest.raises(PackMistake) as error:
        parse({"canned.yml": FILE.replace(before, after)})
    assert (error.value.file, error.value.line) == ("canned.yml", line)
    assert what in error.value.message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "fr"), ("shortcut", ""), ("shortcut", "two words"), ("shortcut", "a/b"), ("shortcut", "x" * 33),
        ("title", " "), ("title", "x" * 81), ("text", "\n"), ("text", "x" * (TEXT_LENGTH + 1)), ("text", "{name}"), ("text", "{}"),
    ],
)  # fmt: skip
def test_what_people_write_is_looked_at(field: str, value: str) -> None:
    assert checked(GOOD) is GOOD
    with pytest.raises(Invalid) as error:
        checked(CannedReply(**{**{name: getattr(GOOD, name) for name in GOOD.__struct_fields__}, field: value}))
    assert error.value.field == field
