"""How many conversations went through each flow, where they left it, and who did the work. Pure."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from core import events as e
from core.conversation import PREFIX
from core.events import AGENT, MACHINE, Recorded

_Speaking = e.BotSaid | e.TicketOpened | e.ActionCalled | e.ActionProposed | e.ActionRefused
_SPEAKING: Final = (e.BotSaid, e.TicketOpened, e.ActionCalled, e.ActionProposed, e.ActionRefused)


class StepCount(msgspec.Struct):
    """`reached`: how often the step was seen in the log; `left`: conversations that left the flow from here without
    finishing it; `by_machine` and `by_people`: calls of its action, those that a person released are the people's."""

    reached: int = 0
    left: int = 0
    by_machine: int = 0
    by_people: int = 0

    @property
    def machine_share(self) -> float | None:
        """Calls by the machine of all calls, 0 to 1; None where nothing was called."""
        calls = self.by_machine + self.by_people
        return self.by_machine / calls if calls else None


class FlowCount(msgspec.Struct):
    """`outcomes`: how often it ended so; what was entered and has no outcome is still under way.

    `moves`: (from, to) → how often, over the steps seen in the log; "" is the start, and as a second the completion.
    """

    entered: int = 0
    outcomes: Counter[str] = msgspec.field(default_factory=Counter)
    moves: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    steps: dict[str, StepCount] = msgspec.field(default_factory=dict)

    @property
    def finished(self) -> int:
        """How often it was completed."""
        return self.outcomes["completed"]

    @property
    def left(self) -> int:
        """How often it ended in another way."""
        return sum(self.outcomes.values()) - self.finished

    def step(self, id: str) -> StepCount:
        """The count of a step, made when it is new."""
        return self.steps.setdefault(id, StepCount())


class Counting:
    """Counts events as they come, in the order of the log; the events of many conversations may be mixed.

    `since` and `until` bound what is counted, in microseconds since the epoch; the events before are needed as well, to
    know where conversations stand.
    """

    def __init__(self, since: int = 0, until: int | None = None) -> None:
        self.flows: dict[str, FlowCount] = {}
        self._since = since
        self._until = until
        self._standing: dict[tuple[str, str], str] = {}
        self._handlers: dict[type[e.Event], Any] = {
            e.FlowStarted: self._started,
            e.FlowMoved: self._moved,
            e.FlowEnded: self._ended,
            **dict.fromkeys(_SPEAKING, self._spoke),
        }

    def add(self, recorded: Recorded) -> None:
        """One event more."""
        handler = self._handlers.get(type(recorded.event))
        if handler is not None and recorded.stream.startswith(PREFIX):
            counted = recorded.at >= self._since and (self._until is None or recorded.at < self._until)
            handler(recorded, recorded.event, self.flows if counted else {})

    @staticmethod
    def _of(flows: dict[str, FlowCount], flow: str) -> FlowCount:
        return flows.setdefault(flow, FlowCount())

    def _started(self, recorded: Recorded, event: e.FlowStarted, flows: dict[str, FlowCount]) -> None:
        self._standing[recorded.stream, event.flow] = ""
        self._of(flows, event.flow).entered += 1

    def _moved(self, recorded: Recorded, event: e.FlowMoved, flows: dict[str, FlowCount]) -> None:
        self._stand(recorded.stream, event.flow, event.step, flows)

    def _spoke(
        self,
        recorded: Recorded,
        event: _Speaking,
        flows: dict[str, FlowCount],
    ) -> None:
        undoes = isinstance(event, e.ActionCalled | e.ActionProposed) and event.undoes
        if not event.flow or not event.step or undoes:
            return  # what is taken back was done before: the conversation does not pass there again
        self._stand(recorded.stream, event.flow, event.step, flows)
        if isinstance(event, e.ActionCalled):
            step = self._of(flows, event.flow).step(event.step)
            people = bool(event.confirmer) or recorded.by.executor == AGENT
            step.by_people += people
            step.by_machine += not people and recorded.by.executor == MACHINE

    def _stand(self, stream: str, flow: str, step: str, flows: dict[str, FlowCount]) -> None:
        before = self._standing.get((stream, flow))
        self._standing[stream, flow] = step
        if before != step:
            count = self._of(flows, flow)
            count.step(step).reached += 1
            count.moves[before or "", step] += 1

    def _ended(self, recorded: Recorded, event: e.FlowEnded, flows: dict[str, FlowCount]) -> None:
        at = self._standing.pop((recorded.stream, event.flow), "")
        count = self._of(flows, event.flow)
        count.outcomes[event.outcome] += 1
        if event.outcome == "completed":
            count.moves[at, ""] += 1
        elif at:
            count.step(at).left += 1


def count(events: Iterable[Recorded], since: int = 0, until: int | None = None) -> dict[str, FlowCount]:
    """Flow → its counts, over the events from `since` on and before `until` (microseconds since the epoch)."""
    counting = Counting(since, until)
    for recorded in events:
        counting.add(recorded)
    return counting.flows
