"""What the customer told in confidence is not read out in full."""

from typing import Any

from core import events as e
from core import pii
from core.language import normalise
from qa.checks.base import NOT_APPLICABLE, WORDS_ERASED, Check, Family, Params, Result, judged
from qa.transcript import Transcript


class PersonalDataParams(Params, frozen=True):
    """`kinds` of `core.pii`; those of `allowed_in_confirmation` may stand in a question answered by yes or
    no.
    """

    kinds: tuple[str, ...] = (pii.PHONE, pii.ID_CARD, pii.BANK_CARD, pii.EMAIL, pii.PASSWORD)
    allowed_in_confirmation: tuple[str, ...] = ()


def prepare(who: str, params: PersonalDataParams) -> Check:
    """1 when nothing that the customer gave was repeated in full, 0 when something was.

    Numbers of the business itself do not count. Not applicable while the customer has given nothing of these
    kinds. Quotes are masked: a scorecard must not be the next place where the number stands.
    """
    kinds, allowed = frozenset(params.kinds), frozenset(params.allowed_in_confirmation)

    def check(transcript: Transcript) -> Result:
        if transcript.erased:
            return WORDS_ERASED
        given = {key for r in transcript.events for key in _given(r.event)}
        if not any(kind in kinds for kind, _ in given):
            return NOT_APPLICABLE
        repeated = [
            (u.seq, pii.mask(u.text))
            for u in transcript.said(who)
            for item in pii.find(u.text)
            if item.kind in kinds and _key(item) in given and not (u.asks_yes_no and item.kind in allowed)
        ]
        if repeated:
            return judged(0.0, "personal_data_repeated", repeated, len(repeated))
        return judged(1.0, "personal_data_kept", [])

    return check


def _given(event: e.Event) -> list[tuple[str, str]]:
    texts: list[Any] = []
    if isinstance(event, e.CustomerSaid):
        texts = [event.text]
    elif isinstance(event, e.SlotFilled):
        texts = [event.value]
    elif isinstance(event, e.TicketOpened):
        texts = [event.phone, *event.fields.values()]
    return [_key(item) for text in texts if isinstance(text, str) for item in pii.find(text)]


def _key(item: pii.Pii) -> tuple[str, str]:
    if item.kind == pii.PHONE:
        return item.kind, pii.phone_key(item.text)
    if item.kind in (pii.ID_CARD, pii.BANK_CARD):
        return item.kind, pii.digits(item.text)
    return item.kind, item.text if item.kind == pii.PASSWORD else normalise(item.text)


FAMILY = Family(PersonalDataParams, prepare)
