"""Nothing that the customer said is left lying."""

from core import events as e
from core.conversation import BOT, HUMAN, WAITING
from qa.checks.base import NOT_APPLICABLE, WORDS_ERASED, Check, Family, Params, Result, judged
from qa.transcript import PERSON, Transcript
from qa.words import is_question


class QuestionsParams(Params, frozen=True):
    """None: what counts as answered is the same for every business."""


def prepare(who: str, params: QuestionsParams) -> Check:
    """The share of messages that were answered, passed on or handed over.

    Bot: every message in its mode. A reply that says "not understood" counts when the next message was
    understood or a person took over; one that found nothing in the knowledge pages, when a later search did
    or a person took over. Person: every question while the customer was theirs, answered before the closing.
    """
    return _person if who == PERSON else _bot


def _bot(transcript: Transcript) -> Result:
    messages = transcript.customer(BOT)
    if not messages:
        return NOT_APPLICABLE
    open_ones = [r for r, ok in zip(messages, _answered(transcript, messages), strict=True) if not ok]
    return _result(messages, open_ones)


def _person(transcript: Transcript) -> Result:
    if transcript.erased:
        return WORDS_ERASED
    questions: list[e.Recorded] = []
    open_ones: list[e.Recorded] = []
    theirs = {r.seq for r in transcript.customer(HUMAN)}
    for r in transcript.customer(WAITING, HUMAN):
        if not (isinstance(r.event, e.CustomerSaid) and is_question(r.event.text)):
            continue
        later = transcript.until_closed(r.seq)
        if any(isinstance(x.event, e.AgentSaid) for x in later):
            questions.append(r)
        elif r.seq in theirs or any(isinstance(x.event, e.HandoffTaken | e.TakenOver) for x in later):
            questions.append(r)
            open_ones.append(r)
    return _result(questions, open_ones) if questions else NOT_APPLICABLE


def _result(messages: list[e.Recorded], open_ones: list[e.Recorded]) -> Result:
    score = 1 - len(open_ones) / len(messages)
    if not open_ones:
        return judged(1.0, "all_answered", [], len(messages))
    places = [(r.seq, r.event.text if isinstance(r.event, e.CustomerSaid) else "") for r in open_ones]
    return judged(score, "unanswered", places, len(open_ones), len(messages))


def _answered(transcript: Transcript, messages: list[e.Recorded]) -> list[bool]:
    turns = transcript.turns()
    understood = {seq for turn in turns if not turn.failure for seq in turn.in_reply_to}
    failed = {seq for turn in turns if turn.failure for seq in turn.in_reply_to}
    missed: set[int] = set()
    found: list[int] = []
    dealt: set[int] = set()
    for r in transcript.events:
        if isinstance(r.event, e.KnowledgeMissed):
            missed.update(r.event.in_reply_to)
        elif isinstance(r.event, e.KnowledgeUsed):
            found.append(r.seq)
        elif isinstance(r.event, e.TicketOpened | e.HandoffAsked | e.HandoffCancelled):
            dealt.update(r.event.in_reply_to)
    results: list[bool] = []
    for place, r in enumerate(messages):
        later = transcript.until_closed(r.seq)
        following = messages[place + 1].seq if place + 1 < len(messages) else 0
        if r.seq in dealt or any(isinstance(x.event, e.HandoffAsked | e.HandoffTaken | e.TakenOver) for x in later):
            results.append(True)
        elif r.seq in missed:
            last = later[-1].seq if later else r.seq
            results.append(any(r.seq < seq <= last for seq in found))
        elif r.seq in failed:
            results.append(following in understood and following not in missed)
        elif turns:
            results.append(r.seq in understood)
        else:
            # A transcript from elsewhere does not say which message an answer belongs to.
            results.append(any(isinstance(x.event, e.BotSaid | e.AgentSaid) for x in later))
    return results


FAMILY = Family(QuestionsParams, prepare)
