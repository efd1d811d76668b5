"""A customer who asks the bot for a person is put in the line at once."""

import re
from typing import Final

from core import events as e
from core.conversation import BOT
from core.time import SECOND
from qa.checks.base import NOT_APPLICABLE, Check, Family, Params, Result, judged
from qa.transcript import Transcript
from qa.words import fold

# Independent of what the machine understood: a request that it did not understand is what this looks for.
_REQUEST: Final = re.compile(
    r"(?<!不)(?<!不用)(?<!不要)(?<!不想)(?<!不需要)(?<!别)"
    r"(?:转人工|转接人工|接人工|找人工|要人工|人工客服|人工服务|人工坐席|真人客服)"
    r"|(?<!不)(?:找|跟|和|转)真人|^\W*人工\W*$"
    r"|(?<!not )(?<!n't )(?<!n't want to )(?<!not want to )\b(?:talk|speak|chat) (?:to|with) "
    r"(?:a |an |the |your )?(?:real |live |human )?"
    r"(?:person|human|agent|representative|operator|someone|somebody|staff)\b"
    r"|^\W*(?:human|agent|real person|live agent|human agent|representative|operator)(?: please)?\W*$"
)


class PersonRequestParams(Params, frozen=True):
    """`max_seconds` until the hand-over; `intent` and `payload` are the pack's names for the request."""

    max_seconds: float = 10
    intent: str = "ask_person"
    payload: str = "/ask_person"


def prepare(who: str, params: PersonRequestParams) -> Check:
    """Each request counts 1 when handed over in time, 0.5 when late, 0 when never. Erased words: by intent
    alone.
    """

    def check(transcript: Transcript) -> Result:
        by_intent = {
            r.event.message
            for r in transcript.events
            if isinstance(r.event, e.Understood) and r.event.intent == params.intent
        }
        scores: list[float] = []
        missed: list[tuple[int, str]] = []
        requests: list[tuple[int, str]] = []
        for r in transcript.customer(BOT):
            said = r.event
            if not isinstance(said, e.CustomerSaid):
                continue
            asked = r.seq in by_intent or (said.payload or "").startswith(params.payload)
            if not asked and not _REQUEST.search(fold(said.text)):
                continue
            requests.append((r.seq, said.text))
            handed = [h for h in transcript.until_closed(r.seq) if isinstance(h.event, e.HandoffAsked)]
            in_time = bool(handed) and handed[0].at - r.at <= params.max_seconds * SECOND
            scores.append(1.0 if in_time else 0.5 if handed else 0.0)
            if not in_time:
                missed.append((r.seq, said.text))
        if not scores:
            return NOT_APPLICABLE
        if missed:
            return judged(sum(scores) / len(scores), "person_refused", missed, len(missed), len(scores))
        return judged(1.0, "person_given", requests, len(scores))

    return check


FAMILY = Family(PersonRequestParams, prepare)
