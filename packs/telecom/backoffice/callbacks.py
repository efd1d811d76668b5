"""Calls that are returned: when somebody could call, and noting that somebody does."""

from datetime import date, datetime, time, timedelta
from typing import Literal

from packs.telecom.backoffice.catalogue import Text
from packs.telecom.backoffice.customers import digits
from packs.telecom.backoffice.dates import (
    DAYS_AHEAD,
    WINDOW,
    ZONE,
    day_title,
    next_callback,
    people_answer,
    window_title,
)
from packs.telecom.backoffice.shapes import Callback, CallbackWindow, words
from packs.telecom.backoffice.store import Refused, Session

Part = Literal["morning", "noon", "afternoon", "evening", "night"]

_BEGIN: dict[str, time] = {
    "morning": time(8), "noon": time(12), "afternoon": time(13), "evening": time(18), "night": time(0),
}  # fmt: skip
_END: dict[str, time] = {
    "morning": time(12), "noon": time(14), "afternoon": time(18), "evening": time(22), "night": time(6),
}  # fmt: skip


def window(session: Session, day: date | None, at: time | None, part: Part | None) -> CallbackWindow:
    """The two hours in which somebody could call: as soon as possible, at a time, or in a part of a day."""
    if day is None and at is None and part is None:
        starts, ends = next_callback(session.now)
        return CallbackWindow(possible=True, at=None, title=words(window_title(starts, ends)), reason=None)
    wanted = day or session.now.date()
    if wanted < session.now.date():
        return _refused(Text("这个时间已经过了", "that time has passed"))
    if wanted > session.now.date() + timedelta(days=DAYS_AHEAD):
        return _refused(Text(f"只能约 {DAYS_AHEAD} 天以内的回电", f"a call is booked up to {DAYS_AHEAD} days ahead"))
    opens, closes = people_answer(wanted)
    if at is not None:
        starts, last = _on(wanted, at), closes
        passed = starts < session.now
    else:
        starts = max(opens, _on(wanted, _BEGIN[part])) if part else opens
        last = min(closes, _on(wanted, _END[part])) if part else closes
        passed = last <= session.now
        starts = max(starts, session.now)
    if passed:
        return _refused(Text("这个时间已经过了", "that time has passed"))
    if not opens <= starts < closes or starts >= last:
        shown = day_title(wanted)
        return _refused(
            Text(
                f"{shown.zh}我们在 {opens:%H:%M} 到 {closes:%H:%M} 之间回电",
                f"on {shown.en} people call between {opens:%H:%M} and {closes:%H:%M}",
            )
        )
    ends = min(starts + WINDOW, closes)
    return CallbackWindow(possible=True, at=starts, title=words(window_title(starts, ends)), reason=None)


def _on(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZONE)


def _refused(reason: Text) -> CallbackWindow:
    return CallbackWindow(possible=False, at=None, title=None, reason=words(reason))


def call_back(session: Session, phone: str, topic: str, at: datetime | None) -> Callback:
    """Notes that somebody calls. Raises Refused (409) for a time when nobody is there."""
    if at is None:
        starts, ends = next_callback(session.now)
    else:
        if not session.now - WINDOW < at <= session.now + timedelta(days=DAYS_AHEAD + 1):
            raise Refused(409, "outside_hours", f"A call is booked up to {DAYS_AHEAD} days ahead.")
        starts = at.astimezone(ZONE)
        opens, closes = people_answer(starts.date())
        if not opens <= starts < closes:
            raise Refused(
                409, "outside_hours", f"On that day people call between {opens:%H:%M} and {closes:%H:%M}."
            )
        ends = min(starts + WINDOW, closes)
    number = session.count("SELECT count(*) FROM callbacks") + 100_001
    callback_id = f"K{number}"
    row = {"callback_id": callback_id, "phone": digits(phone), "topic": topic, "starts": starts.isoformat()}
    session.insert("callbacks", row)
    title = window_title(starts, ends)
    return Callback(callback_id=callback_id, starts=starts, ends=ends, title=words(title))
