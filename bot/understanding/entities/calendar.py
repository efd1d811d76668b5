"""Dates and clock times as customers mean them, from the moment at which they write. Pure.

A weekday or a day of the month alone is the coming one, today included. A clock time without a part of the day is
meant between 7 in the morning and 6 in the evening; without a day it is today if still to come, else tomorrow.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

Hours = Mapping[int, Sequence[tuple[str, str]]]
"""Opening hours: weekday (0 is Monday) → spans of (from, to) as `HH:MM`; a day that is absent is closed."""

MORNING, NOON, AFTERNOON, EVENING, NIGHT = "morning", "noon", "afternoon", "evening", "night"
_NEXT_OPEN_WITHIN: Final = 14


def moment(day: date, clock: time | None = None, part: str = "") -> dict[str, Any]:
    """The value of a `date_time`: `date`, `time` (HH:MM or None), and `part` where only that was said."""
    value: dict[str, Any] = {"date": day.isoformat(), "time": clock.strftime("%H:%M") if clock else None}
    if part and clock is None:
        value["part"] = part
    return value


def on_date(year: int, month: int, day: int) -> date | None:
    """That date, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def coming_date(today: date, month: int, day: int) -> date | None:
    """The coming such day, today included; a 29 February waits for its year."""
    for year in range(today.year, min(today.year + 9, date.max.year)):
        found = on_date(year, month, day)
        if found and found >= today:
            return found
    return None


def coming_day(today: date, day: int) -> date | None:
    """The coming such day of a month, today included."""
    year, month = today.year, today.month
    for _ in range(4):
        found = on_date(year, month, day)
        if found and found >= today:
            return found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return None


def day_of_month(today: date, months: int, day: int) -> date | None:
    """Day `day` of the month that is `months` after this one."""
    count = today.year * 12 + today.month - 1 + months
    return on_date(count // 12, count % 12 + 1, day)


def weekday(today: date, day: int, weeks: int | None) -> date | None:
    """Weekday `day` (0 is Monday) of the calendar week `weeks` after this one; None: the coming one, today
    included.
    """
    if weeks is None:
        return shifted(today, (day - today.weekday()) % 7)
    return shifted(today, day - today.weekday() + 7 * weeks)


def shifted(today: date, days: float) -> date | None:
    """`days` later (or earlier), or None beyond the calendar."""
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None


def months_later(today: date, months: int) -> date | None:
    """The same day `months` later, or the month's last where it has no such day."""
    for day in range(today.day, 27, -1):
        found = day_of_month(today, months, day)
        if found:
            return found
    return day_of_month(today, months, min(today.day, 28))


def read_clock(hour: int, minute: int, part: str, exact: bool) -> tuple[int, int] | None:
    """Hour (24: midnight at the end of the day) and minute; `exact`: written as 24 hours ("08:00", "15:00")."""
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    if part in (AFTERNOON, EVENING) and hour <= 12:
        late = 24 if hour == 12 and part == EVENING else 12
        hour = late if hour == 12 else hour + 12
    elif part == NOON:
        hour += 12 if hour <= 3 else 0
    elif part == NIGHT:
        hour = 0 if hour == 12 else hour + 12 if 8 <= hour < 12 else hour
    elif not part and not exact and 1 <= hour <= 6:
        hour += 12
    return hour, minute


def at_clock(now: datetime, day: date | None, clock: tuple[int, int]) -> dict[str, Any] | None:
    """The value of `clock` on `day`; without one, the next time the clock shows it."""
    hour, minute = clock
    chosen = day or now.date()
    at = time(hour % 24, minute)
    if day is None and hour < 24 and (hour, minute) <= (now.hour, now.minute):
        hour += 24
    on = shifted(chosen, hour // 24)
    return moment(on, at) if on else None


def opening(now: datetime, day: date | None, hours: Hours, closing: bool) -> dict[str, Any] | None:
    """When it opens (or closes) on `day`; without one, the next time."""
    first = day or now.date()
    for offset in range(_NEXT_OPEN_WITHIN if day is None else 1):
        on = shifted(first, offset)
        spans = hours.get(on.weekday(), ()) if on else ()
        if on and spans:
            at = time.fromisoformat(spans[-1][1] if closing else spans[0][0])
            if day is not None or (on, at) > (now.date(), now.time()):
                return moment(on, at)
    return None


def working_day(today: date, hours: Hours | None) -> date | None:
    """The next day on which the service is open, or without opening hours the next from Monday to Friday."""
    for offset in range(1, _NEXT_OPEN_WITHIN):
        on = shifted(today, offset)
        if on and (bool(hours.get(on.weekday())) if hours is not None else on.weekday() < 5):
            return on
    return None
