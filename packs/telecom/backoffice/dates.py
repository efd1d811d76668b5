"""The operator's calendar: hours of people, windows of visits, working days, and when a new plan starts.

All times are China Standard Time (UTC+8, no daylight saving).
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, timezone

from packs.telecom.backoffice.catalogue import Text

ZONE = timezone(timedelta(hours=8), "CST")
Clock = Callable[[], datetime]

HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2026-10-01", "2026-10-02", "2026-10-03", "2027-01-01", "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08",
        "2027-05-01", "2027-10-01", "2027-10-02", "2027-10-03",
    )
)  # fmt: skip

WINDOWS = (time(8, 30), time(10, 30), time(13, 30), time(15, 30), time(18, 0))
"""Starts of the two-hour windows of visits, every day between 08:30 and 20:00."""
WINDOW = timedelta(hours=2)
DAYS_AHEAD = 28
"""Visits are booked from the next day until this many days ahead."""

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def moment(text: str) -> datetime:
    """An ISO 8601 time to the second; without an offset it is of this calendar. Raises ValueError."""
    given = datetime.fromisoformat(text)
    return (given if given.tzinfo else given.replace(tzinfo=ZONE)).astimezone(ZONE).replace(microsecond=0)


def wall_clock() -> datetime:
    """Now, to the second."""
    return datetime.now(ZONE).replace(microsecond=0)


def first_of_next_month(day: date) -> date:
    """The 1st after the month of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def months_before(day: date, count: int) -> date:
    """The 1st of the month `count` months before that of `day`."""
    index = day.year * 12 + day.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def plan_starts(now: datetime) -> date:
    """A plan ordered by 18:00 on the last day of a month starts on the 1st of the next, otherwise a month later."""
    first = first_of_next_month(now.date())
    if now.date() + timedelta(days=1) == first and now.time() >= time(18):
        return first_of_next_month(first)
    return first


def last_billed_month(now: datetime) -> date:
    """The 1st of the newest month with a bill: bills come on the 3rd and cover the month before."""
    return months_before(now.date(), 1 if now.day >= 3 else 2)


def is_working_day(day: date) -> bool:
    """Monday to Friday without public holidays."""
    return day.weekday() < 5 and day not in HOLIDAYS


def due_date(month: date) -> date:
    """A bill is due on the 20th after its month; on a weekend or holiday the next working day counts."""
    day = first_of_next_month(month).replace(day=20)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def promised_until(ordered: date, working_days: int) -> date:
    """The last day within so many working days after the order."""
    day = ordered
    while working_days:
        day += timedelta(days=1)
        working_days -= is_working_day(day)
    return day


def people_answer(day: date) -> tuple[datetime, datetime]:
    """From when to when people answer: 08:00 to 22:00 on working days, 09:00 to 18:00 otherwise."""
    start, end = (8, 22) if is_working_day(day) else (9, 18)
    return datetime.combine(day, time(start), ZONE), datetime.combine(day, time(end), ZONE)


def next_callback(now: datetime) -> tuple[datetime, datetime]:
    """The two hours in which a call is returned: from now on while people answer, else from the next opening."""
    day = now.date()
    while True:
        opens, closes = people_answer(day)
        start = max(now, opens)
        if start + WINDOW <= closes:
            return start, start + WINDOW
        day += timedelta(days=1)


def visit_windows(first: date, days: int) -> Iterator[datetime]:
    """Starts of all windows of so many days."""
    for offset in range(days):
        for start in WINDOWS:
            yield datetime.combine(first + timedelta(days=offset), start, ZONE)


def day_title(day: date) -> Text:
    """A day as people say it."""
    return Text(f"{day.month} 月 {day.day} 日", f"{day.day} {MONTHS_EN[day.month - 1]}")


def window_title(start: datetime, end: datetime) -> Text:
    """A window as people say it."""
    day = day_title(start.date())
    return Text(
        f"{day.zh}（周{WEEKDAYS_ZH[start.weekday()]}）{start:%H:%M} 到 {end:%H:%M}",
        f"{WEEKDAYS_EN[start.weekday()]} {day.en}, {start:%H:%M} to {end:%H:%M}",
    )


def window_words(start: datetime, today: date) -> list[str]:
    """What people call the day and the half of the day in which a window begins."""
    day, weekday = start.date(), start.weekday()
    shown = day_title(day)
    zh = [f"周{WEEKDAYS_ZH[weekday]}", f"星期{WEEKDAYS_ZH[weekday]}", f"{day.month}月{day.day}日", f"{day.month}月{day.day}号", f"{day.day}号"]
    en = [WEEKDAYS_EN[weekday], shown.en, f"{MONTHS_EN[day.month - 1]} {day.day}"]
    if (day - today).days == 1:
        zh, en = ["明天", *zh], ["tomorrow", *en]
    elif (day - today).days == 2:
        zh = ["后天", *zh]
    half_zh, half_en = _halves(start.time())
    clocks = [f"{name}{start.hour % 12 or 12}点{'半' if start.minute else ''}" for name in (half_zh, "")]
    return [
        *(f"{each}{part}" for each in zh for part in (half_zh, *clocks, "")),
        *(f"{each} {half_en}" for each in en), *(f"{each} at {start:%H:%M}" for each in en), *en,
        *clocks, f"{start:%H:%M}",
    ]  # fmt: skip


def _halves(at: time) -> tuple[str, str]:
    if at < time(12):
        return "上午", "morning"
    return ("下午", "afternoon") if at < time(18) else ("晚上", "evening")
