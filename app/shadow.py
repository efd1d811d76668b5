"""What the machine would do next while a person serves: its flows run beside the conversation, on paper only.

Nothing is called, opened or said. Answers of calls that were really made count where the flow asks for the same.
"""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from app.acting import foreseen
from bot.dialogue import Dialogue
from bot.flows.model import CONFIRM
from core import events as e
from core.conversation import BOT, Conversation, Said

MESSAGES = 6
"""Newest messages of the customer that the flows hear."""
CALLS = 12
"""Answered calls that one message may lead through."""

_YES = "/affirm"

Returned = Mapping[tuple[str, bytes], e.ActionReturned]
"""(action, arguments as JSON) → the answer of the call that was made with them."""


class Step(msgspec.Struct, frozen=True):
    """The next step of a flow. `ask` are its words to the customer ("" where it asks nothing); `call` or `ticket` is
    what it would do, after the customer's yes where `ask` is such a question."""

    flow: str = ""
    step: str = ""
    ask: str = ""
    call: e.ActionCalled | None = None
    ticket: e.TicketOpened | None = None


class Heard(msgspec.Struct, frozen=True):
    """What came of the messages: the next step, and how the last one was read (None: not at all)."""

    step: Step | None = None
    last: e.Understood | None = None


def returned(events: Sequence[e.Recorded]) -> Returned:
    """The answers of the calls among these events that went well, the newest of each."""
    called: dict[str, tuple[str, bytes]] = {}
    found: dict[tuple[str, bytes], e.ActionReturned] = {}
    for recorded in events:
        event = recorded.event
        if isinstance(event, e.ActionCalled):
            called[event.call] = _key(event.name, event.arguments)
        elif isinstance(event, e.ActionReturned) and event.outcome == "ok" and event.call in called:
            found[called[event.call]] = event
    return found


async def ahead(
    dialogue: Dialogue, fold: Conversation, said: Sequence[Said], answers: Returned, at: int
) -> Heard:
    """Lets the flows hear the customer's messages `said` in order; `at` in microseconds since the epoch."""
    shadow = replace(
        fold, mode=BOT, unanswered=(), turn=(), call=None, stack=(), asks=None, proposals=(), acts=(), starts=(),
        failures=0, offer=None,
    )  # fmt: skip
    step: Step | None = None
    last: e.Understood | None = None
    for message in said[-MESSAGES:]:
        before = replace(shadow, unanswered=(message,))
        events, after = await _turn(dialogue, before, answers, at)
        last = next((event for event in reversed(events) if isinstance(event, e.Understood)), None)
        if _lost(events):
            continue
        found = _step(events)
        if found is None:
            shadow = _still(after)
            step = None if _ended(events) else step
            continue
        if found.ask and _confirms(dialogue, after):
            found = await _after_yes(dialogue, after, answers, at, found)
        step = found
        shadow = _still(after)
    return Heard(step, last)


async def _turn(
    dialogue: Dialogue, fold: Conversation, answers: Returned, at: int
) -> tuple[list[e.Event], Conversation]:
    """One turn, and those after calls whose answers are known."""
    events: list[e.Event] = []
    for _ in range(CALLS):
        turn = await dialogue.advance(fold)
        events += turn.events
        fold = foreseen(fold, turn.events, at)
        if not turn.act or fold.call is None:
            break
        known = answers.get(_key(fold.call.name, fold.call.arguments))
        if known is None:
            break
        fold = foreseen(fold, (replace(known, call=fold.call.call),), at)
        events = [event for event in events if not isinstance(event, e.ActionCalled)]
    return events, fold


async def _after_yes(
    dialogue: Dialogue, fold: Conversation, answers: Returned, at: int, asked: Step
) -> Step:
    """The question, with what its yes would do."""
    yes = replace(fold, unanswered=(Said(fold.version + 1, "", _YES),))
    events, _ = await _turn(dialogue, yes, answers, at)
    then = _step(events)
    if then is None or _lost(events):
        return asked
    return replace(asked, call=then.call, ticket=then.ticket)


def _step(events: Sequence[e.Event]) -> Step | None:
    call = next((event for event in events if isinstance(event, e.ActionCalled)), None)
    ticket = next((event for event in events if isinstance(event, e.TicketOpened)), None)
    if call is not None or ticket is not None:
        place = ticket or call
        assert place is not None
        return Step(place.flow, place.step, "", None if ticket else call, ticket)
    words = [event for event in events if isinstance(event, e.BotSaid) and event.flow and not event.citations]
    asked = words[-1] if words else None
    if asked is None or asked.asks is None:
        return None
    return Step(asked.flow, asked.step, "\n".join(one.text for one in words))


def _confirms(dialogue: Dialogue, fold: Conversation) -> bool:
    frame = fold.frame
    flow = dialogue.pack.flows.get(frame.flow) if frame else None
    step = flow.steps.get(frame.step) if flow and frame else None
    return step is not None and step.kind == CONFIRM


def _still(fold: Conversation) -> Conversation:
    """Without what it would rest for: the call is the agent's to make, and the words theirs to say."""
    if fold.call is None:
        return replace(fold, unanswered=(), turn=())
    return replace(fold, unanswered=(), turn=(), call=None, stack=(), asks=None)


def _lost(events: Sequence[e.Event]) -> bool:
    return any(isinstance(event, e.HandoffAsked) or (isinstance(event, e.BotSaid) and event.failure) for event in events)


def _ended(events: Sequence[e.Event]) -> bool:
    return any(isinstance(event, e.FlowEnded) for event in events)


def _key(name: str, arguments: Mapping[str, object]) -> tuple[str, bytes]:
    return name, msgspec.json.encode(dict(arguments), order="sorted")
