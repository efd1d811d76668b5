"""Whether anybody is there for those who wait. Pure."""

from collections.abc import Iterable
from typing import Final

from handoff.ports import AVAILABLE, AWAY, AgentState

HERE: Final = "here"
"""Somebody is on duty: waiting makes sense."""
OUT: Final = "out"
"""It is open and nobody is on duty: somebody may come any minute, or not."""
CLOSED: Final = "closed"
"""It is closed and nobody takes conversations: nobody will come before it opens."""


def attendance(agents: Iterable[AgentState], hours_open: bool) -> str:
    """HERE, OUT or CLOSED. Who is busy counts in opening hours; after them only who still takes conversations does."""
    there = [state for state in agents if state.state != AWAY and state.capacity > 0]
    if hours_open:
        return HERE if there else OUT
    return HERE if any(state.state == AVAILABLE for state in there) else CLOSED
