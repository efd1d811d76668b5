"""An agent's draft, looked at before it is sent: the same rules that judge it afterwards warn now. Nothing is blocked."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from core import events as e
from core import pii
from core.conversation import Conversation
from core.language import normalise
from governance.rules import Saying
from governance.said import check
from qa.scorecard import Scorecard
from qa.transcript import PERSON, read

LONGEST: Final = 10_000
"""Characters of a draft; a message has no more."""

PROMISE, DATA, WORDS, ADVICE = "promise_without_ticket", "personal_data", "forbidden_words", "forbidden_advice"

_ALWAYS: Final = frozenset({pii.ID_CARD, pii.BANK_CARD, pii.PASSWORD})
"""Kinds that no message to a customer should have, whoever said them first."""

TEXTS: Final[dict[str, dict[str, str]]] = {
    PROMISE: {
        "zh": "这里作了承诺，但本次会话还没有工单。建议先登记工单再发送。",
        "en": "This promises something, and the conversation has no ticket yet. Open one before you send it.",
    },
    DATA: {
        "zh": "这里有完整的个人信息。建议改成部分隐藏，或不发送。",
        "en": "This spells out personal data. Hide part of it, or leave it out.",
    },
    WORDS: {
        "zh": "这里有评分规则不允许的用语。建议换一种说法。",
        "en": "The scorecard marks these words down. Say it in another way.",
    },
    ADVICE: {
        "zh": "规则不允许给出这样的建议。建议换一种说法，或转给合适的同事。",
        "en": "A rule forbids this advice. Put it differently, or pass it to the right colleague.",
    },
}


class Warned(msgspec.Struct, frozen=True):
    """`code` is a key of `TEXTS`; `quote` the words that are meant, personal data in them masked."""

    code: str
    quote: str


def warnings(
    draft: str,
    fold: Conversation,
    events: Sequence[e.Recorded],
    scorecard: Scorecard,
    sayings: Sequence[Saying],
) -> list[Warned]:
    """What to think of before sending `draft`; `events` are the conversation's. Pure."""
    draft = draft[:LONGEST]
    found = [*_judged(draft, fold, scorecard), *_private(draft, fold, events)]
    violation = check(draft, sayings)
    if violation is not None:
        found.append(Warned(ADVICE, pii.mask(violation.quote)))
    return list(dict.fromkeys(found))


def _judged(draft: str, fold: Conversation, scorecard: Scorecard) -> Iterable[Warned]:
    """Runs the scorecard's lines about people on the draft alone."""
    said = e.Recorded(fold.stream, 1, 0, e.Actor(e.AGENT), e.AgentSaid(id="draft", agent="", text=draft))
    transcript = read([said])
    for entry in scorecard.entries:
        if entry.who != PERSON:
            continue
        result = entry.check(transcript)
        code = result.reason.partition(":")[0]
        if result.score == 0.0 and (code == WORDS or (code == PROMISE and not fold.tickets)):
            yield Warned(code, pii.mask(result.quotes.get(said.seq, "")))


def _private(draft: str, fold: Conversation, events: Sequence[e.Recorded]) -> Iterable[Warned]:
    items = pii.find(draft)
    if not items:
        return
    given = {_key(item) for text in _told(fold, events) for item in pii.find(text)}
    for item in items:
        if item.kind in _ALWAYS or _key(item) in given:
            yield Warned(DATA, pii.mask(item.text) if item.kind != pii.PASSWORD else "******")


def _told(fold: Conversation, events: Sequence[e.Recorded]) -> Iterable[str]:
    """What the customer said, or what is known of them."""
    values: list[Any] = [*fold.slots.values()]
    for recorded in events:
        event = recorded.event
        if isinstance(event, e.CustomerSaid):
            values.append(event.text)
        elif isinstance(event, e.TicketOpened):
            values += [event.phone, *event.fields.values()]
    return [value for value in values if isinstance(value, str)]


def _key(item: pii.Pii) -> tuple[str, str]:
    if item.kind == pii.PHONE:
        return item.kind, pii.phone_key(item.text)
    return item.kind, pii.digits(item.text) if item.kind in (pii.ID_CARD, pii.BANK_CARD) else normalise(item.text)
