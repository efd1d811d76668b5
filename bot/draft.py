"""A turn while it is being decided: its events so far, and the state as it will be after them."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from bot.flows.model import Flow
from bot.flows.slots import accept, from_entities
from bot.pack import BotPack
from bot.responses import Rendered, asks_confirmation, asks_slot, choice, render
from core.conversation import Conversation, Frame
from core.events import (
    ActionCalled,
    Asks,
    BotSaid,
    Choice,
    Citation,
    Event,
    FlowEnded,
    FlowMoved,
    FlowStarted,
    HandoffAsked,
    SlotCleared,
    SlotFilled,
)
from core.ports import Entity

MAX_STACK = 5
"""Flows that may wait under each other."""


class Turn(msgspec.Struct, frozen=True):
    """What to commit. `act`: the last event is ActionCalled, or (without events) the conversation's open call has
    not returned: the caller performs it, commits ActionReturned and advances again."""

    events: tuple[Event, ...]
    act: bool = False


class Draft:
    """Collects the events of one turn; lives no longer than the turn."""

    def __init__(self, pack: BotPack, conversation: Conversation, in_reply_to: tuple[int, ...]) -> None:
        self.pack = pack
        self.conversation = conversation
        self.in_reply_to = in_reply_to
        self.language = spoken(pack, conversation)
        self.events: list[Event] = []
        self.stack = list(conversation.stack)
        self.slots = conversation.slots
        self.result: Mapping[str, Any] = conversation.call.result if conversation.call else {}
        self.question = ""
        self.pressed = False
        self.budget = 0
        self.over = False
        self.aside = False
        self.spoke = False
        self._recorded = {frame.flow: frame for frame in conversation.stack}
        self._prompt = 0
        self._failed = False

    # Words --------------------------------------------------------------------------------------------------

    def has(self, response: str) -> bool:
        """Whether the pack has this response."""
        return response in self.pack.responses

    def rendered(self, response: str, values: Mapping[str, Any] | None = None) -> Rendered:
        """The response in the turn's language. Raises KeyError for one that the pack lacks (see `validate`)."""
        conversation = self.conversation
        return render(
            self.pack.responses[response],
            self.language,
            self.slots if values is None else values,
            self.pack.slots,
            conversation.version + len(self.events),
            conversation.last_words,
        )

    def say(
        self, response: str, values: Mapping[str, Any] | None = None, *, flow: str = "", step: str = "",
        failure: bool = False, starters: bool = False,
    ) -> None:  # fmt: skip
        """Says a response; `starters` adds the pack's where the response has no buttons of its own."""
        words = self.rendered(response, values)
        replies = words.quick_replies
        if starters and not replies:
            replies = self.starters()
        self._said(words.text, replies, response=response, flow=flow, step=step, failure=failure)

    def quote(self, text: str, citations: tuple[Citation, ...], flow: str, step: str) -> None:
        """Says what knowledge answered."""
        self._said(text, (), citations=citations, flow=flow, step=step)

    def again(self) -> None:
        """Says the last words again, with what they asked."""
        before = self.conversation
        frame = self.stack[-1] if self.stack else None
        flow, step = (frame.flow, frame.step) if frame else ("", "")
        text = "\n".join(before.last_words)
        self._said(text, (), response=before.last_response, asks=before.asks, flow=flow, step=step)

    def starters(self) -> tuple[Choice, ...]:
        """The pack's starters in the turn's language."""
        return tuple([choice(button, self.language) for button in self.pack.starters])

    def ask(self, flow: str, step: str, slot: str, response: str, resumed: bool = False) -> None:
        """Asks for a slot, or with "" for a confirmation; `resumed`: after something else was dealt with.

        These words give way when the turn goes on.
        """
        self.drop_prompt()
        before = len(self.events)
        if resumed and self.has("utter_resume_question"):
            self.say("utter_resume_question", flow=flow, step=step)
        words = self.rendered(response)
        wanted = self.pack.slots.get(slot)
        if wanted is not None:
            asks = asks_slot(wanted, self.language)
        else:
            asks = Asks(slot, "text") if slot else asks_confirmation(self.language, words.quick_replies)
        self._said(words.text, words.quick_replies, response=response, asks=asks, flow=flow, step=step)
        self._prompt = len(self.events) - before

    def prompt(self, response: str) -> None:
        """Says something that gives way when the turn goes on."""
        self.drop_prompt()
        before = len(self.events)
        self.say(response)
        self._prompt = len(self.events) - before

    def drop_prompt(self) -> None:
        """Takes the question at the end of the turn back: something after it is dealt with first."""
        if self._prompt:
            del self.events[-self._prompt :]
            self._prompt = 0

    def fail(self, response: str, starters: bool = False) -> None:
        """Says that nothing was understood; the second such turn in a row leads to a person."""
        limit = self.pack.failures_before_person
        if not self._failed and self.conversation.failures + 1 >= limit:
            self.hand_over("not_understood", say="utter_not_understood_person")
            return
        self.say(response, failure=not self._failed, starters=starters)
        self._failed = True

    def _said(
        self, text: str, quick_replies: tuple[Choice, ...], *, citations: tuple[Citation, ...] = (),
        asks: Asks | None = None, response: str = "", flow: str = "", step: str = "", failure: bool = False,
    ) -> None:  # fmt: skip
        self._prompt = 0
        self.spoke = True
        self.events.append(
            BotSaid(
                text=text,
                language=self.language,
                in_reply_to=self.in_reply_to,
                quick_replies=quick_replies,
                citations=citations,
                asks=asks,
                response=response,
                flow=flow,
                step=step,
                failure=failure,
            )
        )

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

    def start(self, flow: Flow) -> None:
        """Puts a flow on the stack. What an earlier run of it left behind is cleared first."""
        self._forget(flow)
        self.stack.append(Frame(flow.id))
        self._recorded[flow.id] = self.stack[-1]
        self.emit(FlowStarted(flow=flow.id, pack=self.pack.hash))

    def go(self, step: str) -> None:
        """The flow on top goes on at `step`."""
        self.stack[-1] = Frame(self.stack[-1].flow, step)

    def stand(self, step: str, attempts: int = 0) -> None:
        """The flow on top waits at `step`."""
        frame = Frame(self.stack[-1].flow, step, attempts)
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
        if self.stack:
            self.aside = True

    def _forget(self, flow: Flow) -> None:
        kept = flow.persistent
        for frame in self.stack:
            other = self.pack.flows.get(frame.flow)
            if other is not None:
                kept = kept | set(other.collects)
        for name in flow.collects:
            if name in self.slots and name not in kept:
                self.clear(name)

    def prefill(self, flow: Flow, entities: tuple[Entity, ...], source: int) -> None:
        """Fills what the message says beside the answer: slots of the flow that are still empty."""
        if not entities:
            return
        for name in flow.collects:
            slot = self.pack.slots.get(name)
            if slot is not None and slot.entity and self.slots.get(name) is None:
                value = from_entities(slot, entities)
                if value is not None:
                    self.fill(name, value.value, source)

    def correct(self, flow: Flow, entities: tuple[Entity, ...], source: int) -> bool:
        """Takes other values for slots that the flow has filled; whether there were any."""
        before = self.slots
        for name in flow.collects if entities else ():
            slot = self.pack.slots.get(name)
            if slot is not None and slot.entity and self.slots.get(name) is not None:
                found = [accept(slot, entity.value) for entity in entities if entity.name == slot.entity]
                if found and found[-1] is not None:
                    self.fill(name, found[-1], source)
        return self.slots is not before

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
        self, reason: str, skill: str = "", say: str = "utter_handoff", outcome: str = "handed_over"
    ) -> None:
        """Gives the conversation to a person; the turn is over."""
        skill = skill or self.skill()
        self.drop_prompt()
        if say:
            self.say(say)
        while self.stack:
            self.end(outcome)
        self.emit(HandoffAsked(reason=reason, skill=skill, in_reply_to=self.in_reply_to))
        self.over = True

    def call(self, name: str, interface: str, step: str, arguments: dict[str, Any]) -> None:
        """Asks for an action; the turn rests until it has returned."""
        conversation = self.conversation
        flow = self.stack[-1].flow
        key = f"{conversation.stream}:{conversation.version + len(self.events) + 1}:{name}"
        self.emit(
            ActionCalled(
                call=key, name=name, interface=interface, flow=flow, step=step, in_reply_to=self.in_reply_to,
                arguments=arguments,
            )
        )  # fmt: skip
        self.over = True

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
        return Turn(tuple(events), act)


def spoken(pack: BotPack, conversation: Conversation) -> str:
    """The conversation's language, where the pack has it."""
    language = conversation.language
    return language if language in pack.languages else pack.default_language
