"""When people are there: every minute of a year, and every mistake that a pack can make about it."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PackMistake
from core.hours import Hours, moments, parse
from core.yamlfile import read

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = """
hours:
  mon: ["08:00-12:00", "13:00-22:00"]
  tue: ["00:00-24:00"]
  sat: ["09:00-18:00"]
  holiday: ["10:00-12:00"]
holidays: ["2026-11-30", "2026-12-05"]
"""


def hours(text: str = WEEK) -> Hours:
    return parse(read(text, "pack.yml"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T07:59:59", False),
        ("2026-11-23T08:00", True),
        ("2026-11-23T12:00", False),
        ("2026-11-23T21:59:59", True),
        ("2026-11-23T22:00", False),
        ("2026-11-24T00:00", True),
        ("2026-11-24T23:59:59", True),
        ("2026-11-25T12:00", False),
        ("2026-11-30T09:00", False),
        ("2026-11-30T11:00", True),
    ],
)
def test_open_from_the_first_minute_to_before_the_last(moment: str, is_open: bool) -> None:
    assert hours().open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23T07:00", "2026-11-23T08:00"),
        ("2026-11-23T12:30", "2026-11-23T13:00"),
        ("2026-11-23T23:00", "2026-11-24T00:00"),
        ("2026-11-25T00:00", "2026-11-28T09:00"),
        ("2026-11-28T18:00", "2026-11-30T10:00"),
        ("2026-12-02T01:00", "2026-12-05T10:00"),
    ],
)
def test_the_next_opening_passes_over_closed_days_and_knows_holidays(moment: str, opens: str) -> None:
    assert hours().opens(at(moment)) == at(opens)


def test_a_pack_without_hours_is_always_open_but_on_its_holidays() -> None:
    assert hours("id: x").open(at("2026-11-25T03:00")) and hours("id: x").spoken() is None
    closed = hours('holidays: ["2026-11-25"]')
    assert not closed.open(at("2026-11-25T03:00"))
    assert closed.opens(at("2026-11-25T03:00")) == at("2026-11-26T00:00")


def test_what_never_opens_has_no_opening() -> None:
    assert hours("hours: {}").opens(at("2026-11-25T03:00")) is None


def test_the_words_say_today_tomorrow_or_the_day() -> None:
    def words(moment: str) -> tuple[str, str]:
        opening = moments(hours(), at(moment))["next_opening"]
        return opening["zh"], opening["en"]

    assert words("2026-11-23T07:00") == ("今天 08:00", "today at 08:00")
    assert words("2026-11-23T23:00") == ("明天 00:00", "tomorrow at 00:00")
    assert words("2026-11-25T09:00") == ("11月28日（周六）09:00", "Saturday 28 November at 09:00")
    assert moments(hours(), at("2026-11-23T09:00")) == {"hours_open": True, "next_opening": None}


def test_dates_that_customers_say_get_the_same_hours() -> None:
    assert hours().spoken() == {
        0: (("08:00", "12:00"), ("13:00", "22:00")), 1: (("00:00", "23:59"),), 5: (("09:00", "18:00"),)
    }  # fmt: skip


spans = st.lists(st.integers(0, 1440), max_size=8, unique=True).map(
    lambda cuts: tuple((a, b) for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
)


@given(st.tuples(*[spans] * 7), spans, st.integers(0, 20_000))
def test_it_opens_at_the_first_open_minute(
    week: tuple[tuple[tuple[int, int], ...], ...], holiday: tuple[tuple[int, int], ...], minute: int
) -> None:
    made = Hours(week, frozenset({date(2026, 11, 26)}), holiday)
    now = datetime.combine(date(2026, 11, 23), time(), ZONE) + timedelta(minutes=minute)
    opens = made.opens(now)
    if opens is None:
        assert made.open(now) or not any((*week, holiday)) or not any(week)
        return
    assert now < opens and made.open(opens) and not made.open(opens - timedelta(minutes=1))
    assert not any(made.open(now + timedelta(minutes=m)) for m in range(0, int((opens - now).total_seconds()) // 60, 7))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('hours:\n  mon: ["8-22"]', 2),
        ('hours:\n  mon: ["22:00-08:00"]', 2),
        ('hours:\n  mon: ["08:00-25:00"]', 2),
        ('hours:\n  mon: ["08:60-10:00"]', 2),
        ('hours:\n  mon: ["08:00-12:00", "11:00-13:00"]', 2),
        ('hours:\n  monday: ["08:00-12:00"]', 2),
        ("hours:\n  mon: always", 2),
        ('holidays:\n  - "2026-02-30"', 2),
        ("holidays: 3", 1),
    ],
)
def test_a_mistake_names_its_line(text: str, line: int) -> None:
    with pytest.raises(PackMistake) as mistake:
        hours(text)
    assert mistake.value.line == line
