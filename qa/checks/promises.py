"""A promise of a repair, a call or a refund leaves a ticket behind, or it is forgotten with the
conversation.
"""

from typing import Final

import msgspec

from core import events as e
from qa.checks.base import NOT_APPLICABLE, WORDS_ERASED, Check, Family, Params, Result, judged
from qa.transcript import Transcript
from qa.words import Phrases

_WORDS: Final = {
    "zh": [
        "会给您回电", "会给您打电话", "会与您联系", "会联系您", "安排师傅", "安排维修", "派人上门",
        "尽快给您处理", "会尽快处理", "会为您跟进", "已为您登记", "给您答复", "给您退款",
    ],
    "en": [
        "will call you", "'ll call you", "will contact you", "will get back to you", "'ll get back to you",
        "will be in touch", "will send an engineer", "will send a technician", "will arrange",
        "will follow up", "will look into it", "will refund", "have opened a ticket", "have registered your",
    ],
}  # fmt: skip


class PromisesParams(Params, frozen=True):
    """Phrases that promise something for later."""

    words: dict[str, list[str]] = msgspec.field(default_factory=lambda: _WORDS)


def prepare(who: str, params: PromisesParams) -> Check:
    """1 when every promise is backed by a ticket of this conversation, else 0. Questions and denials are
    none.
    """
    phrases = Phrases(params.words)

    def check(transcript: Transcript) -> Result:
        if transcript.erased:
            return WORDS_ERASED
        promises = [(u.seq, u.text) for u in transcript.said(who) if phrases.stated(u.text)]
        if not promises:
            return NOT_APPLICABLE
        if any(isinstance(r.event, e.TicketOpened) for r in transcript.events):
            return judged(1.0, "promise_kept", promises, len(promises))
        return judged(0.0, "promise_without_ticket", promises, len(promises))

    return check


FAMILY = Family(PromisesParams, prepare)
