"""When people are there, as a pack says it: the hours of each weekday, and of holidays. Pure; times are local."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

import msgspec

from core.yamlfile import Node

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY: Final = "holiday"
"""The key of the hours on the days of `holidays`; without it those days are closed."""

_DAY: Final = 24 * 60
_LOOK_AHEAD: Final = 400
"""Days in which an opening is looked for: longer than a year of holidays."""

Span = tuple[int, int]
"""From and to in minutes of the day, 0 to 1440; the end is no longer open."""


class Hours(msgspec.Struct, frozen=True):
    """`week` has the spans of each weekday, Monday first; None: always open. On `holidays` those of `holiday` hold.

    Spans are in order and do not meet each other.
    """

    week: tuple[tuple[Span, ...], ...] | None = None
    holidays: frozenset[date] = frozenset()
    holiday: tuple[Span, ...] = ()

    def on(self, day: date) -> tuple[Span, ...]:
        """The spans of a day."""
        if day in self.holidays:
            return self.holiday
        return self.week[day.weekday()] if self.week is not None else ((0, _DAY),)

    def open(self, now: datetime) -> bool:
        """Whether somebody is there at this local moment."""
        minute = now.hour * 60 + now.minute
        return any(start <= minute < end for start, end in self.on(now.date()))

    def opens(self, now: datetime) -> datetime | None:
        """The first moment from `now` on at which it opens, in the zone of `now`; None while it is open, or where it
        never opens again."""
        if self.open(now):
            return None
        minute = now.hour * 60 + now.minute
        for offset in range(_LOOK_AHEAD):
            day = now.date() + timedelta(days=offset)
            for start, _ in self.on(day):
                if offset or start > minute:
                    return datetime.combine(day, time(start // 60, start % 60), now.tzinfo)
        return None

    def spoken(self) -> dict[int, tuple[tuple[str, str], ...]] | None:
        """Weekday (0 is Monday) → spans as `HH:MM`, for dates such as "before you close"; None: always open."""
        if self.week is None:
            return None
        return {
            day: tuple((_clock(start), _clock(min(end, _DAY - 1))) for start, end in spans)
            for day, spans in enumerate(self.week)
            if spans
        }


def parse(root: Node) -> Hours:
    """Reads `hours` and `holidays` of pack.yml. Raises PackMistake with the place of the mistake."""
    found, days = root.get("hours"), root.get("holidays")
    if found is not None:
        found.only(*DAYS, HOLIDAY)
    holidays = frozenset(_date(item) for item in days.list()) if days else frozenset()
    if found is None:
        return Hours(None, holidays)
    spans = {day: _spans(node) for day, node in found if not node.empty}
    week = tuple(spans.get(day, ()) for day in DAYS)
    return Hours(week, holidays, spans.get(HOLIDAY, ()))


def _spans(node: Node) -> tuple[Span, ...]:
    spans: list[Span] = []
    for item in node.list():
        first, dash, last = item.text().partition("-")
        start, end = _minutes(first), _minutes(last)
        if not dash or start is None or end is None or start >= end:
            raise item.mistake(
                f"`{item.text()[:40]}` is no span of a day",
                'write "08:00-22:00"; what goes past midnight ends at 24:00 and begins at 00:00 the day after',
            )
        if spans and start <= spans[-1][1]:
            raise item.mistake(f"`{item.text()}` meets the span before it", "write spans in order, with a gap between")
        spans.append((start, end))
    return tuple(spans)


def _minutes(text: str) -> int | None:
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and len(minute) == 2):
        return None
    total = int(hour) * 60 + int(minute)
    return total if int(minute) < 60 and total <= _DAY else None


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _date(node: Node) -> date:
    try:
        return date.fromisoformat(node.text())
    except ValueError:
        raise node.mistake(f"`{node.text()[:40]}` is no date", 'write "2026-10-01"') from None


def moments(hours: Hours, now: datetime) -> dict[str, Any]:
    """What flows and responses can say of the hours at a local moment: `hours_open`, and `next_opening` (null while
    open) with `date`, `time`, and its words in each language."""
    opening = hours.opens(now)
    return {"hours_open": hours.open(now), "next_opening": _opening(opening, now) if opening else None}


NAMES: Final = frozenset({"hours_open", "next_opening"})
"""Names in expressions and wordings that no slot fills."""

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _opening(at: datetime, now: datetime) -> dict[str, str]:
    clock, away = at.strftime("%H:%M"), (at.date() - now.date()).days
    if away < 2:
        zh, en = (("今天", "today"), ("明天", "tomorrow"))[away]
        words = {"zh": f"{zh} {clock}", "en": f"{en} at {clock}"}
    else:
        weekday = at.weekday()
        words = {
            "zh": f"{at.month}月{at.day}日（周{'一二三四五六日'[weekday]}）{clock}",
            "en": f"{_WEEKDAYS[weekday]} {at.day} {_MONTHS[at.month - 1]} at {clock}",
        }
    return {"date": at.date().isoformat(), "time": clock, **words}
