"""The waiting line as its customers see it: which place, and about how long. Pure."""

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
    """`position` counts from 1; `wait_seconds` is None while nobody who could serve is on duty."""

    position: int
    wait_seconds: int | None


def position(conversation: str, line: Iterable[Waiting]) -> int:
    """The place of a conversation among those that wait for the same skill, from 1; 0 when it does not
    wait.
    """
    ordered = order(line)
    mine = next((item for item in ordered if item.conversation == conversation), None)
    if mine is None:
        return 0
    same = [item.conversation for item in ordered if item.skill == mine.skill]
    return same.index(conversation) + 1


def expected_wait(place: int, agents: Sequence[AgentState], averages: Averages) -> int | None:
    """Seconds until the customer at `place` (from 1) is answered by one of `agents`; None when there are
    none.

    With c places of which f are free: answer when place ≤ f, else (place - f) · handling / c + answer. Places
    in use come free at the rate c / handling when c servers are all occupied (the departure rate of an M/M/c
    queue), so the k-th in line waits k of those intervals.
    """
    places = sum(state.capacity for state in agents)
    if places == 0:
        return None
    free = sum(max(0, state.capacity - state.load) for state in agents if state.state == AVAILABLE)
    behind = max(0, place - free)
    return round(behind * averages.handling / places + averages.answer)


def place_of(
    conversation: str, line: Sequence[Waiting], agents: Sequence[AgentState], averages: Averages
) -> Place | None:
    """Position and expected wait; None when the conversation does not wait."""
    place = position(conversation, line)
    if place == 0:
        return None
    mine = next(item for item in line if item.conversation == conversation)
    return Place(place, expected_wait(place, suited(mine, agents), averages))


def _moved(mean: float, observation: float | None) -> float:
    return mean if observation is None else mean + _WEIGHT * (max(0.0, observation) - mean)
