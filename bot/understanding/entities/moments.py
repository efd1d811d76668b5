"""Dates and times in sentences, Chinese and English. Pure; each pattern is linear in the text.

A sentence is read into pieces (a day, a part of the day, a clock time), in whatever order they come; neighbours make
one moment.
"""

import re
from datetime import date, datetime
from typing import Any, Final

import msgspec

from bot.understanding.entities import calendar as cal
from bot.understanding.entities import moments_en, moments_zh
from bot.understanding.entities.pieces import CLOCK, CLOSE, DAY, OPEN, PART, POINT, Piece
from bot.understanding.entities.span import entity
from bot.understanding.model import Entity

_NUMERIC: Final = re.compile(
    r"(?<![0-9./:-])(?:(?P<y>[12][0-9]{3})(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})"
    r"|(?P<d2>[0-9]{1,2})(?P<sep2>[/.-])(?P<m2>[0-9]{1,2})(?P=sep2)(?P<y2>[12][0-9]{3})"
    r"|(?P<hour>[01]?[0-9]|2[0-4])[:](?P<minute>[0-5][0-9])(?![:])(?! ?[ap]\.?m))(?![0-9]|[./:-][0-9])"
)
_GAP: Final = re.compile(
    r"[的在是,， ]{0,2}|,? (?:(?:at|on|in|of|the|after|before|by|around|about|between|from|until|till) ){0,2}"
)
_RANGE: Final = re.compile(r" ?(?:到|至|-|~|to|and|until|till) ?")

_HABIT: Final = re.compile(
    r"每[天日晚周个一二三四五六星期礼拜]{0,4}$|\b(?:every|each) (?:day |night )?(?:at )?$"
)


class _Group(msgspec.Struct):
    pieces: list[Piece]

    def has(self, kind: str) -> bool:
        return any(piece.kind == kind for piece in self.pieces)

    def get(self, kind: str) -> Any:
        return next((piece.value for piece in self.pieces if piece.kind == kind), None)


def moments(plain: str, low: str, now: datetime, hours: cal.Hours | None = None) -> list[Entity]:
    """The dates and times of a text; `value` is `{"date", "time", "part"?}`, see `calendar.moment`."""
    pieces = _numeric(low) if any(mark in low for mark in ":/-.") else []
    if not low.isascii():
        pieces += moments_zh.pieces(low, now, hours)
    pieces += moments_en.pieces(low, now, hours)
    if not pieces:
        return []
    found: list[Entity] = []
    previous: _Group | None = None
    for group in _groups(pieces, low):
        _inherit(previous, group, low)
        value = _value(group, now, hours)
        previous = group
        if value is not None and not _HABIT.search(low, max(0, _start(group) - 9), _start(group)):
            found.append(entity("date_time", value, plain, _start(group), group.pieces[-1].end))
    return found


def _numeric(low: str) -> list[Piece]:
    found = []
    for match in _NUMERIC.finditer(low):
        if match["hour"]:
            exact = match["hour"].startswith("0") or int(match["hour"]) > 12
            value: Any = (int(match["hour"]), int(match["minute"]), exact)
            found.append(Piece(CLOCK, match.start(), match.end(), value))
            continue
        year, month, day = (
            (match["y"], match["m"], match["d"]) if match["y"] else (match["y2"], match["m2"], match["d2"])
        )
        value = cal.on_date(int(year), int(month), int(day))
        if value is not None:
            found.append(Piece(DAY, match.start(), match.end(), value))
    return found


def _groups(pieces: list[Piece], low: str) -> list[_Group]:
    pieces.sort(key=lambda piece: (piece.start, -piece.end))
    groups: list[_Group] = []
    end = -1
    for piece in pieces:
        if piece.start < end:
            continue
        last = groups[-1] if groups else None
        if (
            last is not None
            and piece.kind != POINT
            and not last.has(POINT)
            and (not last.has(piece.kind) or (piece.kind == DAY and last.get(DAY) == piece.value))
            and not (piece.kind in (OPEN, CLOSE) and last.has(CLOCK))
            and _GAP.fullmatch(low, end, piece.start)
        ):
            last.pieces.append(piece)
        else:
            groups.append(_Group([piece]))
        end = piece.end
    return groups


def _inherit(previous: _Group | None, group: _Group, low: str) -> None:
    """The second end of a range ("2 to 4 pm") has the day of the first, and its part of the day."""
    if previous is None or not previous.has(CLOCK) or not group.has(CLOCK) or group.has(DAY):
        return
    if not _RANGE.fullmatch(low, previous.pieces[-1].end, group.pieces[0].start):
        return
    at = group.pieces[0].start
    for kind in (DAY, PART):
        value = previous.get(kind)
        if value is not None and not group.has(kind):
            group.pieces.insert(0, Piece(kind, at, at, value))


def _start(group: _Group) -> int:
    return group.pieces[0].start


def _value(group: _Group, now: datetime, hours: cal.Hours | None) -> dict[str, Any] | None:
    point = group.get(POINT)
    if point is not None:
        value: dict[str, Any] = point
        return value
    day: date | None = group.get(DAY)
    if group.has(OPEN) or group.has(CLOSE):
        return cal.opening(now, day, hours, group.has(CLOSE)) if hours is not None else None
    part = group.get(PART) or ""
    clock = group.get(CLOCK)
    if clock is None:
        return cal.moment(day, None, part) if day is not None else None
    if day is None and not part and any(piece.weak for piece in group.pieces):
        return None
    hour, minute, exact = clock
    read = cal.read_clock(hour, minute, part, exact)
    return cal.at_clock(now, day, read) if read else None
