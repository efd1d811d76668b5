"""A turn while it is being decided: its events so far, and the state as it will be after them."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from bot.flows.engine import END_OF_FLOW
from bot.flows.model import BACK, CALL, FAILURE, FOR_ACCOUNT, VERIFY, Flow
from bot.flows.slots import from_entities
from bot.flows.verification import verification
from bot.pack import BotPack
from bot.words import Words
from core.conversation import Conversation, Frame
from core.events import (
    ActionCalled,
    BotSaid,
    Event,
    FlowEnded,
    FlowMoved,
    FlowStarted,
    HandoffAsked,
    SlotCleared,
    SlotFilled,
    Verified,
)
from core.ports import Entity

MAX_STACK = 5
"""Flows that may wait under each other."""


class Turn(msgspec.Struct, frozen=True):
    """What to commit. `act`: the last event is ActionCalled, or (without events) the conversation's open call has
    not returned: the caller performs it, commits ActionReturned and advances again. `ways`: the steps it came to, as
    (flow, step, way out of it); of an action's ways the log alone tells."""

    events: tuple[Event, ...]
    act: bool = False
    ways: tuple[tuple[str, str, str], ...] = ()


class Draft(Words):
    """Collects the events of one turn; lives no longer than the turn."""

    def __init__(
        self,
        pack: BotPack,
        conversation: Conversation,
        in_reply_to: tuple[int, ...],
        moments: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(pack, conversation, in_reply_to, moments)
        self.verified = conversation.verified
        self.question = ""
        self.pressed = False
        self.budget = 0
        self.over = False
        self.aside = False
        self._ways: list[tuple[str, str, str]] = []
        self._recorded = {frame.flow: frame for frame in conversation.stack}
        self._failed = False

    @property
    def asked(self) -> bool:
        """Whether the flow on top stands where it stood when the turn before ended."""
        frame = self.stack[-1]
        return bool(frame.step) and self._recorded.get(frame.flow) == frame

    # State --------------------------------------------------------------------------------------------------

    def emit(self, event: Event) -> None:
        """One event more."""
        self._prompt = 0
        self.events.append(event)

    def fill(self, name: str, value: Any, source: int = 0) -> None:
        """Fills a slot, unless it has this value already."""
        if self.slots.get(name) == value and name in self.slots:
            return
        self.slots = {**self.slots, name: value}
        self.emit(SlotFilled(name=name, value=value, source=source))

    def clear(self, name: str) -> None:
        """Empties a slot."""
        self.slots = {key: value for key, value in self.slots.items() if key != name}
        self.emit(SlotCleared(name=name))

    def took(self, flow: str, step: str, way: str = "") -> None:
        """The turn came to a step, or took this way out of it."""
        self._ways.append((flow, step, way))

    def start(self, flow: Flow, fresh: bool = True) -> None:
        """Puts a flow on the stack. What an earlier run of it left behind is cleared first where it is `fresh`."""
        if fresh:
            self._forget(flow)
        self.stack.append(Frame(flow.id))
        self._recorded[flow.id] = self.stack[-1]
        self.emit(FlowStarted(flow=flow.id, pack=self.pack.hash))

    def go(self, step: str) -> None:
        """The flow on top goes on at `step`."""
        frame = self.stack[-1]
        self.stack[-1] = Frame(frame.flow, step, 0, frame.result)

    def stand(self, step: str, attempts: int = 0) -> None:
        """The flow on top waits at `step`."""
        frame = Frame(self.stack[-1].flow, step, attempts, self.stack[-1].result)
        self.stack[-1] = frame
        if self._recorded.get(frame.flow) != frame:
            self._recorded[frame.flow] = frame
            self.emit(FlowMoved(flow=frame.flow, step=step, attempts=attempts))

    def end(self, outcome: str) -> None:
        """The flow on top ends; its slots are cleared but those that it keeps."""
        frame = self.stack.pop()
        self._recorded.pop(frame.flow, None)
        flow = self.pack.flows.get(frame.flow)
        if flow is not None and outcome != "handed_over":
            self._forget(flow)
        self.emit(FlowEnded(flow=frame.flow, outcome=outcome))
        if self.stack and not self._returned(frame.flow, outcome):
            self.aside = True

    def _returned(self, ended: str, outcome: str) -> bool:
        """Whether the flow now on top had called the one that ended; then it goes on, or is cancelled with it."""
        frame = self.stack[-1]
        flow = self.pack.flows.get(frame.flow)
        step = flow.steps.get(frame.step) if flow else None
        if step is None or step.kind not in (CALL, VERIFY):
            return False
        if ended != (step.name if step.kind == CALL else verification(step.name)):
            return False
        if outcome in ("cancelled", "restarted"):
            self.end(outcome)
        elif outcome == "completed":
            self.took(frame.flow, step.id, BACK if step.kind == CALL else FOR_ACCOUNT)
            self.go(step.after or END_OF_FLOW)
        elif step.kind == CALL:
            if not self.over:
                self.took(frame.flow, step.id, FAILURE)
            self.go(step.targets.get("failure") or step.after or END_OF_FLOW)
        return True

    def drop(self, flow: str) -> None:
        """Takes a flow out from under the others: it is going to run again above them."""
        self.stack = [frame for frame in self.stack if frame.flow != flow]
        self._recorded.pop(flow, None)
        self.emit(FlowEnded(flow=flow, outcome="cancelled"))

    def _forget(self, flow: Flow) -> None:
        kept = flow.persistent
        for frame in self.stack:
            other = self.pack.flows.get(frame.flow)
            if other is not None:
                kept = kept | set(other.fills)
        for name in flow.fills:
            if name in self.slots and name not in kept:
                self.clear(name)

    def verify(self, name: str, account: str) -> None:
        """Keeps who the customer is: as a fact, and in the slot `verified_as`."""
        if not self.verified:
            call = self.conversation.call
            self.emit(Verified(verify=name, account=account, call=call.call if call else ""))
            self.verified = True
        if account and self.slots.get("verified_as") is None:
            self.fill("verified_as", account)

    def prefill(self, flow: Flow, entities: tuple[Entity, ...], source: int) -> bool:
        """Fills what the message says beside the answer: slots of the flow that are still empty; whether any was."""
        before = self.slots
        for name in flow.collects if entities else ():
            slot = self.pack.slots.get(name)
            if slot is not None and slot.entity and self.slots.get(name) is None:
                value = from_entities(slot, entities)
                if value is not None:
                    self.fill(name, value.value, source)
        return self.slots is not before

    def fail(self, response: str, starters: bool = False) -> None:
        """Says that nothing was understood; the second such turn in a row leads to a person."""
        limit = self.pack.failures_before_person
        if not self._failed and self.conversation.failures + 1 >= limit:
            self.hand_over("not_understood", say="utter_not_understood_person")
            return
        self.say(response, failure=not self._failed, starters=starters)
        self._failed = True

    # Endings ------------------------------------------------------------------------------------------------

    def skill(self) -> str:
        """Who should take over: the skill of the running flow's ticket type, else the default."""
        for frame in reversed(self.stack):
            flow = self.pack.flows.get(frame.flow)
            kind = self.pack.ticket_types.get(flow.ticket_type) if flow else None
            if kind is not None and kind.skill:
                return kind.skill
        return self.pack.default_skill

    def hand_over(
        self,
        reason: str,
        skill: str = "",
        say: str = "utter_handoff",
        outcome: str = "handed_over",
        priority: int = 0,
        within_minutes: int = 0,
    ) -> None:
        """Gives the conversation to a person; the turn is over."""
        skill = skill or self.skill()
        self.over = True
        self.drop_prompt()
        if say:
            self.say(say)
        while self.stack:
            self.end(outcome)
        self.emit(
            HandoffAsked(
                reason=reason, skill=skill, in_reply_to=self.in_reply_to, priority=priority,
                within_minutes=within_minutes,
            )
        )  # fmt: skip

    def call(self, name: str, interface: str, step: str, arguments: dict[str, Any], ticket: str = "") -> None:
        """Asks for an action; the turn rests until it has returned."""
        conversation = self.conversation
        flow = self.stack[-1].flow
        key = f"{conversation.stream}:{conversation.version + len(self.events) + 1}:{name}"
        self.emit(
            ActionCalled(
                call=key, name=name, interface=interface, flow=flow, step=step, in_reply_to=self.in_reply_to,
                ticket=ticket, arguments=arguments,
            )
        )  # fmt: skip
        self.over = True

    def leave(self, seqs: tuple[int, ...]) -> None:
        """Notes messages that the turn comes to only after the call that it rests for."""
        last = self.events[-1] if self.events else None
        if seqs and isinstance(last, ActionCalled):
            self.events[-1] = replace(last, left=seqs)

    def turn(self) -> Turn:
        """The whole of it: every part but the last says that more follows."""
        events = self.events
        act = bool(events) and isinstance(events[-1], ActionCalled)
        last = not act
        for place in range(len(events) - 1, -1, -1):
            event = events[place]
            if isinstance(event, BotSaid):
                if not last:
                    events[place] = replace(event, more=True)
                last = False
        return Turn(tuple(events), act, tuple(self._ways))
