"""Ticket types come from the pack, and a mistake in them is named by its line."""

from pathlib import Path

import pytest

from core.errors import Invalid, PackMistake
from tickets.types import parse

TEXT = """\
types:
  fault:
    name: {zh: 故障报修, en: Fault report}
    prefix: F
    fields:
      service: {label: {zh: 业务, en: Service}, required: true}
      phone: {label: {zh: 联系电话, en: Contact phone}}
    statuses:
      open: {zh: 已登记, en: registered}
      closed: {zh: 已关闭, en: closed}
    skill: faults
"""


def test_the_demonstration_pack_is_read() -> None:
    path = Path(__file__).parents[3] / "packs" / "telecom" / "tickets.yml"
    types = parse({"tickets.yml": path.read_text(encoding="utf-8")})
    assert set(types.types) >= {"fault", "complaint"}
    for type in types.types.values():
        assert {"zh", "en"} <= set(type.name) & set(type.promise)
        for words in type.statuses.values():
            assert {"zh", "en"} <= set(words)


def test_fields_are_checked() -> None:
    fault = parse({"tickets.yml": TEXT}).get("fault")
    assert fault.checked({"service": "tv", "phone": None}) == {"service": "tv"}
    with pytest.raises(Invalid) as unknown:
        fault.checked({"colour": "red"})
    assert unknown.value.field == "colour"
    with pytest.raises(Invalid):
        fault.checked({"service": ["tv"]})
    with pytest.raises(Invalid):
        fault.checked({"service": "x" * 4001})


def test_words_of_a_status_in_either_language() -> None:
    types = parse({"tickets.yml": TEXT})
    assert types.status_words("fault", "open", "zh") == "已登记"
    assert types.status_words("fault", "open", "en") == "registered"
    assert types.status_words("gone", "lost", "en") == "lost"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("prefix: F", "prefix: f1", 4),
        ("open: {zh: 已登记, en: registered}", "new: {zh: 已登记, en: registered}", 9),
        ("skill: faults", "skil: faults", 11),
        ("name: {zh: 故障报修, en: Fault report}", "name: {}", 3),
    ],
)
def test_a_mistake_names_its_line(old: str, new: str, line: int) -> None:
    with pytest.raises(PackMistake) as mistake:
        parse({"tickets.yml": TEXT.replace(old, new)})
    assert (mistake.value.file, mistake.value.line) == ("tickets.yml", line)


def test_two_types_may_not_share_a_prefix() -> None:
    second = TEXT.split("\n", 1)[1].replace("  fault:", "  repair:")
    with pytest.raises(PackMistake, match="taken by fault"):
        parse({"tickets.yml": TEXT + second})
