"""The waiting line as its customers see it: which place, and about how long. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from handoff.ports import AVAILABLE, AgentState
from handoff.routing import Waiting, order, suited

_WEIGHT: Final = 0.1
"""Of the newest observation in the moving averages: the last ten or so conversations decide."""


class Averages(msgspec.Struct, frozen=True):
    """Exponentially weighted moving averages in seconds: serving one conversation, and accepting an offer."""

    handling: float = 300.0
    answer: float = 15.0

    def observed(self, *, handling: float | None = None, answer: float | None = None) -> "Averages":
        """The averages after one more observation, mean + 0.1 · (observation - mean); below 0 counts as 0."""
        return Averages(_moved(self.handling, handling), _moved(self.answer, answer))


class Place(msgspec.Struct, frozen=True):
    """`position` counts from 1 among those that wait for the same skill; `wait_seconds` is None while nobody who could
    serve takes conversations."""

    position: int
    wait_seconds: int | None


def expected_wait(place: int, agents: Sequence[AgentState], averages: Averages) -> int | None:
    """Seconds until the customer at `place` (from 1) of a line is answered by one of `agents`; None when none of them
    is available.

    With c places of those who are available, of which f are free: answer when place ≤ f, else
    (place - f) · handling / c + answer. Places in use come free at the rate c / handling when c servers are all
    occupied (the departure rate of an M/M/c queue), so the k-th in line waits k of those intervals.
    """
    taking = [state for state in agents if state.state == AVAILABLE]
    places = sum(state.capacity for state in taking)
    if places == 0:
        return None
    free = sum(max(0, state.capacity - state.load) for state in taking)
    behind = max(0, place - free)
    return round(behind * averages.handling / places + averages.answer)


def places_of(
    line: Iterable[Waiting], agents: Sequence[AgentState], averages: Averages, now: int = 0
) -> dict[str, Place]:
    """Position and expected wait of everybody in the line. The wait counts all who come before and could be served by
    the same people, whatever they wait for."""
    servers: dict[tuple[str, str], list[AgentState]] = {}
    positions: Counter[str] = Counter()
    ahead: Counter[tuple[str, str]] = Counter()
    names: dict[tuple[str, str], set[str]] = {}
    places: dict[str, Place] = {}
    for item in order(line, now):
        kind = (item.skill, item.language)
        if kind not in servers:
            servers[kind] = suited(item, agents)
            names[kind] = {state.agent for state in servers[kind]}
        ahead[kind] += 1
        positions[item.skill] += 1
        before = sum(count for other, count in ahead.items() if other == kind or names[kind] & names[other])
        places[item.conversation] = Place(
            positions[item.skill], expected_wait(before, servers[kind], averages)
        )
    return places


def place_of(
    conversation: str, line: Iterable[Waiting], agents: Sequence[AgentState], averages: Averages, now: int = 0
) -> Place | None:
    """Position and expected wait; None when the conversation does not wait."""
    return places_of(line, agents, averages, now).get(conversation)


def _moved(mean: float, observation: float | None) -> float:
    return mean if observation is None else mean + _WEIGHT * (max(0.0, observation) - mean)
