"""How long the customer waits for a person's words."""

import statistics

from core import events as e
from core.conversation import HUMAN
from core.time import SECOND
from qa.checks.base import NOT_APPLICABLE, Check, Family, Params, Result, judged
from qa.transcript import Transcript


class ResponseTimeParams(Params, frozen=True):
    """Seconds for each reply, and where wanted for their median."""

    max_seconds: float = 60
    median_seconds: float | None = None


def prepare(who: str, params: ResponseTimeParams) -> Check:
    """The share of replies within `max_seconds`; at most 0.5 when the median is above its limit.

    A wait begins when a person takes over or with the first message since their last words, and ends with
    their next words. One who took over and never spoke counts as late when the customer waited longer than
    the limit.
    """

    def check(transcript: Transcript) -> Result:
        waits = _waits(transcript, params.max_seconds)
        if not waits:
            return NOT_APPLICABLE
        seconds = [wait for _, wait, _ in waits]
        late = [(seq, words) for seq, wait, words in waits if wait > params.max_seconds]
        median, longest = statistics.median(seconds), max(seconds)
        score = 1 - len(late) / len(waits)
        if params.median_seconds is not None and median > params.median_seconds:
            score = min(score, 0.5)
        reason = "replied_late" if score < 1 else "replied_in_time"
        return judged(score, reason, late, len(waits), round(median), round(longest))

    return check


def _waits(transcript: Transcript, limit: float) -> list[tuple[int, float, str]]:
    waits: list[tuple[int, float, str]] = []
    start: e.Recorded | None = None
    spoke = False
    for r, mode in zip(transcript.events, transcript.modes, strict=True):
        event = r.event
        if isinstance(event, e.HandoffTaken | e.TakenOver):
            start, spoke = r, False
        elif isinstance(event, e.CustomerSaid) and mode == HUMAN:
            start = start or r
        elif isinstance(event, e.AgentSaid):
            if start is not None:
                waits.append((r.seq, (r.at - start.at) / SECOND, event.text))
            start, spoke = None, True
        elif isinstance(event, e.Closed | e.HandoffReturned | e.Transferred):
            # Trailing thanks need no reply; silence from the beginning is another thing.
            if start is not None and not spoke and (r.at - start.at) / SECOND > limit:
                waits.append((start.seq, (r.at - start.at) / SECOND, ""))
            start, spoke = None, False
    return waits


FAMILY = Family(ResponseTimeParams, prepare)
