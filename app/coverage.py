"""Which steps of a pack's flows were come to, and which ways out of them were taken."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.dialogue import Turn
from bot.flows.model import ESCALATE, FAILURE, SUCCESS, Flow
from core import events as e


def place(flow: str, step: str, way: str = "") -> str:
    """`flow.step`, or `flow.step→way`."""
    return f"{flow}.{step}→{way}" if way else f"{flow}.{step}"


class Coverage:
    """Counts the flows that the pack wrote; those made of its settings are the engine's own."""

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        written = [flow for flow in flows.values() if not flow.made]
        self._steps = [place(flow.id, step.id) for flow in written for step in flow.steps.values()]
        self._branches = list(
            dict.fromkeys(
                place(flow.id, step, way)
                for flow in written
                for step, ways in (
                    *((step.id, step.decisions()) for step in flow.steps.values()),
                    (ESCALATE, tuple(escalation.way for escalation in flow.escalations)),
                )
                for way in ways
            )
        )
        self._reached: set[str] = set()
        self._calls: dict[str, tuple[str, str]] = {}

    def turn(self, turn: Turn) -> None:
        """Notes a turn's ways."""
        for flow, step, way in turn.ways:
            self._reached |= {place(flow, step), place(flow, step, way)}

    def events(self, events: Iterable[e.Recorded]) -> None:
        """Notes what became of actions: not every answer leads back into the flow."""
        for recorded in events:
            event = recorded.event
            if isinstance(event, e.ActionCalled | e.ActionProposed) and not event.undoes:
                self._calls[event.call] = (event.flow, event.step)
            elif isinstance(event, e.ActionReturned) and event.call in self._calls:
                way = SUCCESS if event.outcome == "ok" else FAILURE
                self._reached.add(place(*self._calls[event.call], way))
            elif isinstance(event, e.ActionDecided) and not event.approved and event.call in self._calls:
                self._reached.add(place(*self._calls[event.call], FAILURE))
            elif isinstance(event, e.ActionRefused):
                self._reached.add(place(event.flow, event.step, FAILURE))

    def figures(self) -> dict[str, Any]:
        """Counts of steps and branches, and the names of those that are missing, in the pack's order."""
        steps = [name for name in self._steps if name not in self._reached]
        branches = [name for name in self._branches if name not in self._reached]
        return {
            "steps": len(self._steps),
            "steps_reached": len(self._steps) - len(steps),
            "not_reached": steps,
            "branches": len(self._branches),
            "branches_reached": len(self._branches) - len(branches),
            "branches_not_reached": branches,
        }


def percent(reached: int, all: int) -> float:
    """0 to 100; of nothing, everything was reached."""
    return 100.0 * reached / all if all else 100.0
