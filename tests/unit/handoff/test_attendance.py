"""Whether waiting makes sense."""

import pytest

from handoff.attendance import CLOSED, HERE, OUT, attendance
from handoff.ports import AgentState


def one(state: str, capacity: int = 1, load: int = 0) -> AgentState:
    return AgentState("anna", "Anna", state, capacity, load)


@pytest.mark.parametrize(
    ("agents", "hours_open", "there"),
    [
        ([], True, OUT),
        ([], False, CLOSED),
        ([one("available")], True, HERE),
        ([one("available", load=1)], True, HERE),
        ([one("busy")], True, HERE),
        ([one("away")], True, OUT),
        ([one("available", capacity=0)], True, OUT),
        ([one("available", load=1)], False, HERE),
        ([one("busy")], False, CLOSED),
        ([one("away"), one("busy")], False, CLOSED),
    ],
)
def test_who_counts_as_there(agents: list[AgentState], hours_open: bool, there: str) -> None:
    assert attendance(agents, hours_open) == there
