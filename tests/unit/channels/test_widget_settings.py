"""What a pack may say about its chat, and how its mistakes are named."""

import pytest

from channels.widget import WidgetSettings, check, parse, shown
from core.errors import Invalid, PackMistake

GOOD = """id: x
widget:
  prechat:
    fields:
      - {name: who, type: name, label: {zh: 称呼, en: Name}, required: true}
      - {name: order, label: {zh: 订单号, en: Order}}
  consent:
    text: {zh: 我同意, en: I agree}
    link: {zh: "https://a.example/zh", en: "https://a.example/en"}
  offline: {ticket: complaint, fields: [topic, phone], text: {zh: 请留言, en: Leave a message}}
"""
TICKETS = {"complaint": {"topic": True, "phone": True, "wanted": False}}
LANGUAGES = ("zh", "en")


def settings(text: str = GOOD) -> WidgetSettings:
    """As the pack's file says."""
    return parse({"pack.yml": text})


def test_everything_is_off_by_default() -> None:
    assert settings("id: x\n") == WidgetSettings()
    assert parse({}) == WidgetSettings()
    assert shown(WidgetSettings(), {}) == {"prechat": None, "consent": None, "offline": None}


def test_what_is_written_is_read_and_shown() -> None:
    read = settings()
    assert check(read, TICKETS, LANGUAGES) == []
    values = shown(read, {"topic": {"en": "Topic"}})
    assert [field["name"] for field in values["prechat"]["fields"]] == ["who", "order"]
    assert values["consent"]["text"]["zh"] == "我同意" and len(values["consent"]["version"]) == 16
    assert values["offline"]["fields"][0] == {"name": "topic", "label": {"en": "Topic"}}


def test_consent_has_another_version_when_its_words_change() -> None:
    before, after = settings().consent, settings(GOOD.replace("I agree", "I agree to all")).consent
    assert before is not None and after is not None and before.version != after.version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("widget:\n", "widget:\n  colour: red\n"),
        ("type: name", "type: photo"),
        ("name: who", 'name: "<b>"'),
        ("name: order", "name: who"),
        ("https://a.example/en", "javascript:alert(1)"),
        ("required: true", "required: maybe"),
        ("label: {zh: 称呼, en: Name}, ", ""),
        ("ticket: complaint, ", ""),
        ("    text: {zh: 我同意, en: I agree}\n", ""),
        ("fields: [topic, phone]", "fields: topic"),
    ],
)
def test_a_slip_of_the_pen_is_named_with_its_place(old: str, new: str) -> None:
    assert old in GOOD
    with pytest.raises(PackMistake) as caught:
        settings(GOOD.replace(old, new))
    assert "pack.yml" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("ticket: complaint", "ticket: wish", "wish"),
        ("[topic, phone]", "[topic, phone, colour]", "colour"),
        ("[topic, phone]", "[phone]", "topic"),
        ("{zh: 请留言, en: Leave a message}", "{en: Leave a message}", "en alone"),
        ("{zh: 订单号, en: Order}", "{zh: 订单号}", "zh alone"),
    ],
)
def test_what_does_not_fit_the_rest_of_the_pack_is_named(old: str, new: str, named: str) -> None:
    (mistake,) = check(settings(GOOD.replace(old, new)), TICKETS, LANGUAGES)
    assert named in str(mistake)


@pytest.mark.parametrize(
    "form", [{}, {"who": "  "}, {"who": "\0"}, {"who": "Lin", "else": "x"}, {"who": "L" * 257}, {"order": "1"}]
)
def test_answers_that_do_not_fit_are_refused(form: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        settings().answers(form)


def test_answers_are_kept_clean_and_a_known_name_is_not_asked_for() -> None:
    read = settings()
    assert read.answers({"who": " Lin ", "order": ""}) == {"who": "Lin"}
    assert read.named(read.answers({"who": "Lin"})) == "Lin"
    assert read.answers({}, known="Lin") == {}
