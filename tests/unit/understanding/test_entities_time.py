"""Dates, times and lengths of time, from a Wednesday morning."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.entities import find
from bot.understanding.entities.numerals import english_number, han_number, spelled_digits

NOW = datetime(2026, 11, 18, 10, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
HOURS = {day: [("08:00", "22:00")] for day in range(5)} | {5: [("09:00", "18:00")]}


def values(text: str, name: str, **more: Any) -> list[Any]:
    return [entity.value for entity in find(text, now=NOW, **more) if entity.name == name]


def moment(day: str, clock: str | None = None, part: str = "") -> dict[str, Any]:
    return {"date": day, "time": clock} | ({"part": part} if part else {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明天下午三点来", moment("2026-11-19", "15:00")),
        ("下下周三上午十点", moment("2026-12-02", "10:00")),
        ("後天下午２：３０", moment("2026-11-20", "14:30")),
        ("十二月二十号晚上七点", moment("2026-12-20", "19:00")),
        ("昨晚九点断的网", moment("2026-11-17", "21:00")),
        ("晚上十二点", moment("2026-11-19", "00:00")),
        ("两周后搬家", moment("2026-12-02")),
        ("两个半小时后", moment("2026-11-18", "12:50")),
        ("上个月15号", moment("2026-10-15")),
        ("31号之前", moment("2026-12-31")),
        ("今晚", moment("2026-11-18", None, "evening")),
        ("next Tuesday after 3", moment("2026-11-24", "15:00")),
        ("on Tuesday of next week", moment("2026-11-24")),
        ("the day after tomorrow at eight", moment("2026-11-20", "08:00")),
        ("quarter to five", moment("2026-11-18", "16:45")),
        ("at 9", moment("2026-11-19", "09:00")),
        ("5 December at 9:30", moment("2026-12-05", "09:30")),
        ("Mon 23 Nov", moment("2026-11-23")),
        ("29 February", moment("2028-02-29")),
        ("in an hour and a half", moment("2026-11-18", "11:50")),
        ("two months ago", moment("2026-09-18")),
        ("2026-12-01 14:00", moment("2026-12-01", "14:00")),
        ("我 next Tuesday 在家", moment("2026-11-24")),
    ],
)
def test_dates_and_times(text: str, expected: dict[str, Any]) -> None:
    assert values(text, "date_time") == [expected]


@pytest.mark.parametrize(
    "text",
    ["快一点", "晚一点再打", "有两点要求", "每周三开会", "每天晚上八点就卡", "这个月", "早上打给我", "5号楼", "2月30日",
     "every Monday it drops", "in the evening", "last week", "later", "the 2nd floor", "31/02/2026", "I sat down"],
)  # fmt: skip
def test_no_moments(text: str) -> None:
    assert values(text, "date_time") == []


def test_a_range_shares_its_day() -> None:
    assert values("周五下午两点到四点", "date_time") == [
        moment("2026-11-20", "14:00"),
        moment("2026-11-20", "16:00"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明天关门前", moment("2026-11-19", "22:00")),
        ("周六开门的时候", moment("2026-11-21", "09:00")),
        ("tomorrow when you open", moment("2026-11-19", "08:00")),
        ("before closing time", moment("2026-11-18", "22:00")),
        ("the next working day", moment("2026-11-19")),
    ],
)
def test_opening_hours(text: str, expected: dict[str, Any]) -> None:
    assert values(text, "date_time", hours=HOURS) == [expected]


def test_a_day_without_hours_opens_never() -> None:
    assert values("周日开门的时候", "date_time", hours=HOURS) == []
    assert values("周六关门前", "date_time") == [moment("2026-11-21")]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("断了三天", 4320), ("两个半小时", 150), ("一刻钟", 15), ("30秒", 0.5), ("一个半月", 64800), ("一年半", 788400),
        ("7日内", 10080), ("三小时20分钟", 200), ("half an hour", 30), ("three quarters of an hour", 45),
        ("an hour and 20 minutes", 80), ("two-year contract", 1051200), ("12 months", 525600), ("3.5 hours", 210),
    ],
)  # fmt: skip
def test_durations(text: str, minutes: float) -> None:
    assert values(text, "duration") == [minutes]


@pytest.mark.parametrize(
    "text",
    [
        "两三天",
        "每3天",
        "一个月29块",
        "24小时客服",
        "第三天",
        "2026年",
        "a month",
        "29 yuan a month",
        "24 hours a day",
        "70 years old",
    ],
)
def test_no_durations(text: str) -> None:
    assert values(text, "duration") == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("两百", 200), ("五百六", 560), ("五百零六", 506), ("两千零八十", 2080), ("一万五", 15000), ("1.5万", 15000), ("十五", 15),
     ("一二九", 129), ("壹佰", 100), ("廿三", 23)],
)  # fmt: skip
def test_numbers_in_chinese(text: str, number: float) -> None:
    assert han_number(text) == number


def test_numbers_that_are_none_or_english() -> None:
    assert [han_number(text) for text in ("", "两三", "元", "1.2.3", "万")][:4] == [None] * 4
    assert english_number("three thousand six hundred") == 3600
    assert english_number("a hundred and five") == 105
    assert spelled_digits("打一三九二二一零五五六六") == "打13922105566"


@given(st.integers(0, 3000), st.integers(0, 23))
def test_tomorrow_is_always_the_next_day(days: int, hour: int) -> None:
    now = datetime(2026, 1, 1, hour, 30, tzinfo=UTC) + timedelta(days=days)
    for text in ("明天", "tomorrow"):
        (found,) = find(text, now=now)
        assert date.fromisoformat(found.value["date"]) == now.date() + timedelta(days=1)


@given(st.sampled_from("一二三四五六日"), st.integers(0, 400))
def test_weekdays_are_coming_and_next_week_is_next(name: str, days: int) -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=days)
    (coming,), (following,) = find("周" + name, now=now), find("下周" + name, now=now)
    on, after = (date.fromisoformat(item.value["date"]) for item in (coming, following))
    assert 0 <= (on - now.date()).days < 7 and on.weekday() == after.weekday() == "一二三四五六日".index(name)
    assert (after - timedelta(days=after.weekday()) - now.date() + timedelta(days=now.weekday())).days == 7
