"""What dates and times are read into."""

from typing import Any, Final

import msgspec

DAY: Final = "day"
PART: Final = "part"
CLOCK: Final = "clock"
POINT: Final = "point"
OPEN: Final = "open"
CLOSE: Final = "close"


class Piece(msgspec.Struct, frozen=True):
    """One piece of a moment at [start, end): a date, the name of a part of the day, (hour, minute, exact), or for
    a point its whole value. A `weak` one means nothing by itself.
    """

    kind: str
    start: int
    end: int
    value: Any
    weak: bool = False
