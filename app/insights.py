"""The supervisor's numbers at work: facts from the store, formulas from `qa.insights`, people from presence."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from app.people import People
from core.errors import Invalid, SwitchboardError
from core.time import DAY, Clock, iso
from qa.insights import BY_ID, DISPOSITIONS, NOT_NAMED, NUMBERS, Number, dispositions, lines
from qa.model import Facts
from qa.ports import FactRows, Window

SLOTS, POINTS = 96, 24
"""Parts of a period in the plot, and in the line of each number."""
LONGEST = 92 * DAY
WEEK = 7 * DAY
LOOK_SECONDS = 5.0
"""How often who is on duty is noted."""
PLOT = ("arrivals", "waiting", "staffed")

_log = structlog.get_logger()


def window(now: int, since: int | None, until: int | None, channel: str = "", language: str = "") -> Window:
    """The period asked for: up to now where nothing is said, a day long. Raises Invalid."""
    end = now if until is None else until
    begin = end - DAY if since is None else since
    if begin < 0 or end - begin < SLOTS:
        raise Invalid("The period ends before it begins.", field="until")
    if end - begin > LONGEST:
        raise Invalid("A period has at most 92 days.", field="since")
    return Window(begin, end, SLOTS, channel, language)


class Insights:
    """Reads; and notes who is on duty, so that the past can be asked about it."""

    def __init__(
        self, facts: FactRows, people: People, clock: Clock, names: Callable[[], Mapping[str, Mapping[str, str]]]
    ) -> None:
        """`names`: the pack's dispositions in words, by language."""
        self._facts = facts
        self._names = names
        self._people = people
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except SwitchboardError as error:
                _log.warning("duty_not_noted", error=error.message)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> dict[str, int]:
        """Notes who is there now; agent → since when in their state."""
        states = await self._people.presence.all()
        return await self._facts.on_duty({one.agent: one.state for one in states}, self._clock())

    async def numbers(self, asked: Window) -> dict[str, Any]:
        """Every number in the period, in its parts, and the same time a day and a week before."""
        now, before, earlier = [await self._facts.facts(_moved(asked, by)) for by in (0, DAY, WEEK)]
        return {
            "since": iso(asked.since),
            "until": iso(asked.until),
            "channel": asked.channel or None,
            "language": asked.language or None,
            "dispositions": {"formula": DISPOSITIONS, "items": self._ended(now)},
            **await asyncio.to_thread(_counted, now, before, earlier),  # long periods: others have their turn meanwhile
        }

    def _ended(self, facts: Facts) -> list[dict[str, Any]]:
        """Where the pack does not know a disposition any more its id stands for it."""
        names = {**self._names(), "": NOT_NAMED}
        return [
            {
                "id": one.disposition,
                "name": names.get(one.disposition) or dict.fromkeys(NOT_NAMED, one.disposition),
                "count": one.count,
                "share": share,
            }
            for one, share in dispositions(facts)
        ]

    async def people(self) -> list[dict[str, Any]]:
        """Who is here now, in which state and since when, with how many conversations."""
        since = await self.look()
        return [
            {
                "agent": one.agent,
                "name": one.name or one.agent,
                "state": one.state,
                "load": one.load,
                "capacity": one.capacity,
                "wrapping": one.wrapping,
                "since": iso(since[one.agent]) if one.agent in since else None,
            }
            for one in await self._people.agents()
        ]


def _moved(asked: Window, by: int) -> Window:
    return Window(asked.since - by, asked.until - by, asked.slots, asked.channel, asked.language)


def _counted(now: Facts, day: Facts, week: Facts) -> dict[str, Any]:
    drawn = lines(NUMBERS, now, POINTS)
    numbers = [{**_number(number, now, day, week), "line": drawn[number.id]} for number in NUMBERS]
    parts = [iso(part.until) for part in now.parts(SLOTS)]
    return {"numbers": numbers, "plot": {"at": parts, **lines([BY_ID[id] for id in PLOT], now, SLOTS)}}


def _number(number: Number, now: Facts, day: Facts, week: Facts) -> dict[str, Any]:
    return {
        "id": number.id,
        "title": number.title,
        "formula": number.formula,
        "unit": number.unit,
        "better": number.better or None,
        "value": number.of(now),
        "day_before": number.of(day),
        "week_before": number.of(week),
    }
