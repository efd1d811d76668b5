"""Several messages at once: which of them carry one meaning, and which are requests of their own. Pure."""

import msgspec

from bot.draft import Draft
from bot.flows.model import COLLECT
from bot.flows.slots import Slot
from bot.pack import BotPack
from bot.reading import ASK_PERSON, CANCEL, COMMANDS, Heard
from core.conversation import Conversation

COURTESIES = frozenset({"greet", "thanks", "goodbye"})


def open_slot(pack: BotPack, conversation: Conversation) -> Slot | None:
    """The slot whose question is open."""
    frame = conversation.frame
    flow = pack.flows.get(frame.flow) if frame else None
    step = flow.steps.get(frame.step) if flow and frame else None
    return pack.slots.get(step.name) if step is not None and step.kind == COLLECT else None


def is_own(heard: Heard, pack: BotPack) -> bool:
    """Whether a message is a request by itself: a flow's trigger or a command."""
    return heard.intent is not None and (heard.intent in pack.triggers or heard.intent in COMMANDS)


def joined(messages: list[Heard], intent: str | None, language: str) -> Heard:
    """Messages that carry one meaning, as one; `intent` "" takes the most certain of theirs."""
    glue = "，" if language == "zh" else " "
    seqs = tuple(seq for message in messages for seq in message.seqs)
    text = glue.join(message.text.strip().rstrip("，,") for message in messages if message.text.strip())
    best = max(messages, key=lambda message: message.confidence if message.intent == intent else -1.0)
    entities = tuple(entity for message in messages for entity in message.entities)
    return Heard(seqs, text, intent, best.confidence if best.intent == intent else 0.0, entities)


def _together(messages: list[Heard]) -> Heard:
    """Messages without words, as one: the files of all of them."""
    files = sum(message.files for message in messages)
    return msgspec.structs.replace(messages[0], seqs=tuple(s for m in messages for s in m.seqs), files=files)


def group(messages: list[Heard], draft: Draft) -> list[Heard]:
    """Units of meaning, in order. Messages are joined only where no button was pressed."""
    spoken = [message for message in messages if not message.empty]
    if len(spoken) <= 1 or any(message.payload for message in spoken):
        return spoken or [_together(messages)]
    slot = open_slot(draft.pack, draft.conversation)
    if draft.stack and (slot is None or not slot.free):
        return spoken
    if draft.stack:
        # The words that answer an open question may come in pieces; a short command among them does not.
        if any(m.intent == CANCEL or m.intent == ASK_PERSON for m in spoken):
            return spoken
        return [joined(spoken, None, draft.language)]
    requests = dict.fromkeys(message.intent for message in spoken if is_own(message, draft.pack))
    if not requests:
        said = [message.intent for message in spoken if message.intent is not None]
        return [joined(spoken, said[-1] if said else None, draft.language)]
    if len(requests) == 1:
        return [joined(_without_courtesy(spoken), next(iter(requests)), draft.language)]
    return _by_request(spoken, draft)


def _without_courtesy(messages: list[Heard]) -> list[Heard]:
    """The messages but for "hello" and "thanks" beside a request: words that would blur its question."""
    return [m for m in messages if m.intent not in COURTESIES or m.entities] or messages


def _by_request(messages: list[Heard], draft: Draft) -> list[Heard]:
    """Each request with the words around it: those before the first one, and those after each."""
    units: list[list[Heard]] = []
    intents: list[str | None] = []
    for message in messages:
        own = message.intent if is_own(message, draft.pack) else None
        if units and (own is None or own == intents[-1] or intents[-1] is None):
            units[-1].append(message)
            intents[-1] = intents[-1] or own
        else:
            units.append([message])
            intents.append(own)
    return [joined(unit, intent, draft.language) for unit, intent in zip(units, intents, strict=True)]
