"""What the supervisor's numbers are counted from. Values; `qa.insights` has the formulas."""

from collections.abc import Iterator, Sequence

import msgspec


class Wait(msgspec.Struct, frozen=True):
    """Somebody waited for a person. Instants in microseconds since the epoch; `ended_at` 0: still waits, `answered_at` 0 or
    less: no person has said anything. `first`: asked for a person, as against moved from one to another."""

    asked_at: int
    ended_at: int = 0
    answered_at: int = 0
    first: bool = True


class Tally(msgspec.Struct, frozen=True):
    """`count` things of one `kind` in slot `slot` of a window."""

    slot: int
    kind: int
    count: int


class Ended(msgspec.Struct, frozen=True):
    """`count` conversations that a person served ended with `disposition`, "" where none was named."""

    disposition: str
    count: int


class Duty(msgspec.Struct, frozen=True):
    """Somebody was on duty from `since` until `until` (0: still is)."""

    since: int
    until: int


class Facts(msgspec.Struct, frozen=True):
    """What is known of a window [since, until), cut into `slots` equal parts.

    `started`: conversations begun. `closed`: those whose last closing lies here, `kind` 1 where a person served at some
    time, else 0. `rated`: `kind` is the score. `alerts`: alerts raised. `waits`: all that touch the window. `duties`: who
    was there, available or busy. `ended`: how those closed ended, of the whole window alone.
    """

    since: int
    until: int
    slots: int = 1
    started: tuple[Tally, ...] = ()
    closed: tuple[Tally, ...] = ()
    rated: tuple[Tally, ...] = ()
    alerts: tuple[Tally, ...] = ()
    waits: tuple[Wait, ...] = ()
    duties: tuple[Duty, ...] = ()
    ended: tuple[Ended, ...] = ()

    def parts(self, number: int) -> Iterator["Facts"]:
        """The same window in `number` windows, a divisor of `slots`."""
        size, wide = (self.until - self.since) / number, self.slots // number
        edges = [self.since + round(size * place) for place in range(number)] + [self.until]
        waits = _spread(self.waits, edges)
        for place in range(number):
            own = range(place * wide, (place + 1) * wide)

            def cut(tallies: tuple[Tally, ...], own: range = own) -> tuple[Tally, ...]:
                return tuple(one for one in tallies if one.slot in own)

            yield Facts(
                edges[place], edges[place + 1], wide, cut(self.started), cut(self.closed), cut(self.rated),
                cut(self.alerts), tuple(waits[place]), self.duties,
            )  # fmt: skip


def _spread(waits: Sequence[Wait], edges: Sequence[int]) -> list[list[Wait]]:
    """Each wait in every window that it touches."""
    first, last, parts = edges[0], edges[-1], len(edges) - 1
    width = max(1, last - first)
    found: list[list[Wait]] = [[] for _ in range(parts)]
    for wait in waits:
        end = max(wait.ended_at, wait.answered_at) if wait.ended_at else last
        low = (wait.asked_at - first) * parts // width
        high = (end - first) * parts // width
        for place in range(max(0, low), min(parts - 1, high) + 1):
            found[place].append(wait)
    return found
