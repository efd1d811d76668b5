"""The score of one conversation."""

from collections.abc import Sequence

from core import events as e
from core.conversation import BOT
from qa.scorecard import Scorecard
from qa.transcript import PERSON, read


def score(events: Sequence[e.Recorded], scorecard: Scorecard) -> e.Scored:
    """Judges a conversation up to its last closing (all of it where none is recorded). Pure.

    Totals are 100 · Σ weight · score / Σ weight over the checks that had something to look at, apart for the
    bot and the people, to one decimal; None when there was none. Quotes are by seq, as text.
    """
    closed = max((r.seq for r in events if isinstance(r.event, e.Closed)), default=0)
    until = closed or max((r.seq for r in events), default=0)
    # Erasure may come after the closing, and takes the words from before it.
    transcript = read(r for r in events if r.seq <= until or isinstance(r.event, e.Erased))
    findings: list[e.Finding] = []
    quotes: dict[str, str] = {}
    for entry in scorecard.entries:
        result = entry.check(transcript)
        score = None if result.score is None else round(result.score, 4)
        findings.append(
            e.Finding(
                check=entry.id,
                who=entry.who,
                weight=entry.weight,
                score=score,
                evidence=result.evidence,
                reason=result.reason,
            )
        )
        quotes.update({str(seq): words for seq, words in result.quotes.items()})
    return e.Scored(
        closed=until,
        scorecard=scorecard.version,
        bot=total(findings, BOT),
        person=total(findings, PERSON),
        findings=tuple(findings),
        quotes=quotes,
    )


def total(findings: Sequence[e.Finding], who: str) -> float | None:
    """The weighted mean of the findings about `who`, 0 to 100; None when none of them applies."""
    counted = [(f.weight, f.score) for f in findings if f.who == who and f.score is not None]
    weight = sum(w for w, _ in counted)
    return round(100 * sum(w * s for w, s in counted) / weight, 1) if weight else None
