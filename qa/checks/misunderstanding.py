"""The bot does not say "not understood" again and again."""

from core import events as e
from qa.checks.base import NOT_APPLICABLE, Check, Family, Params, Result, judged
from qa.transcript import Transcript, Turn


class MisunderstandingParams(Params, frozen=True):
    """After `max_in_a_row` failures in a row a person has to take over."""

    max_in_a_row: int = 2


def prepare(who: str, params: MisunderstandingParams) -> Check:
    """By the longest run of turns that failed: 1 below the limit, 0.5 at it when a person came, else 0."""

    def check(transcript: Transcript) -> Result:
        turns = transcript.turns()
        if not turns:
            return NOT_APPLICABLE
        longest = _longest(turns)
        words = {r.seq: r.event.text for r in transcript.events if isinstance(r.event, e.BotSaid)}
        places = [(turn.seq, words.get(turn.seq, "")) for turn in longest]
        if len(longest) < params.max_in_a_row:
            return judged(1.0, "understood", places, len(longest))
        rescued = any(
            isinstance(r.event, e.HandoffAsked) for r in transcript.until_closed(longest[-1].seq - 1)
        )
        if rescued and len(longest) == params.max_in_a_row:
            return judged(0.5, "misunderstood_then_person", places, len(longest))
        return judged(0.0, "misunderstood", places, len(longest))

    return check


def _longest(turns: list[Turn]) -> list[Turn]:
    longest: list[Turn] = []
    run: list[Turn] = []
    for turn in turns:
        run = [*run, turn] if turn.failure else []
        if len(run) > len(longest):
            longest = run
    return longest


FAMILY = Family(MisunderstandingParams, prepare)
