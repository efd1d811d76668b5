"""What the dialogue gets: entities by the clock, and slots that they fill."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.bridges import NativeUnderstanding
from bot.flows.slots import Slot, accept, from_entities, read, shown
from bot.understanding.native import Understander
from bot.understanding.train import train
from core.ports import Entity
from core.time import DAY, SECOND
from tests.unit.understanding.small import data

MOMENT = {"date": "2026-11-27", "time": "15:00"}


def slot(type: str, entity: str = "") -> Slot:
    return Slot(name="s", type=type, file="slots.yml", line=1, entity=entity)


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = int(at.timestamp()) * SECOND

    def __call__(self) -> int:
        return self.at


async def test_tomorrow_moves_with_the_clock_and_is_of_the_zone() -> None:
    clock = Clock(datetime(2026, 11, 18, 17, 0, tzinfo=UTC))
    served = NativeUnderstanding(Understander(train(data())), clock, ZoneInfo("Asia/Shanghai"))
    for expected in ("2026-11-20", "2026-11-21"):
        (found,) = (await served.understand("明天", "zh")).entities
        assert found.name == "date_time" and found.value == {"date": expected, "time": None}
        clock.at += DAY


def test_without_a_moment_no_dates_are_read() -> None:
    assert Understander(train(data())).understand("明天").entities == ()


@pytest.mark.parametrize(
    ("kind", "name", "value", "expected"),
    [
        ("date_time", "date_time", MOMENT, MOMENT),
        ("address", "address", {"district": "朝阳区", "detail": "建国路1号"}, "words"),
        ("name", "name", "王芳", "words"),
        ("id_card", "id_card", "110105196612121410", "110105196612121410"),
        ("number", "duration", 90, 90),
    ],
)
def test_entities_fill_slots(kind: str, name: str, value: Any, expected: Any) -> None:
    found = from_entities(slot(kind, name), [Entity(name, value, "words", 0, 5)])
    assert found is not None and found.value == expected


def test_a_district_alone_is_no_address() -> None:
    assert from_entities(slot("address", "address"), [Entity("address", {"district": "朝阳区"}, "words", 0, 5)]) is None


def test_an_answer_with_a_date_is_the_date_and_any_other_its_words() -> None:
    entities = [Entity("date_time", MOMENT, "周五三点", 0, 4)]
    found = read(slot("date_time", "date_time"), "周五三点吧", entities)
    assert found is not None and found.value == MOMENT and found.exact
    found = read(slot("date_time", "date_time"), "都可以")
    assert found is not None and found.value == "都可以"
    assert accept(slot("text"), MOMENT) is None


def test_a_moment_is_shown_in_words() -> None:
    assert shown(slot("date_time"), MOMENT, "zh") == "11月27日（周五）15:00"
    assert shown(slot("date_time"), MOMENT, "en") == "Friday 27 November, 15:00"
    morning = {"date": "2026-11-27", "time": None, "part": "morning"}
    assert shown(slot("date_time"), morning, "zh") == "11月27日（周五）上午"
    assert shown(slot("date_time"), morning, "en") == "Friday 27 November in the morning"
