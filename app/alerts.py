"""Alerts at work: a durable reaction that looks at the whole conversation and raises what is due."""

from collections.abc import Callable, Sequence
from typing import Any

from app.log import Log
from core import events as e
from core.conversation import PREFIX
from core.errors import NotFound
from core.ports import Append, Job, NewJob
from core.time import iso
from qa.alerts import CHECK, TITLES, AlertRules, due, limit_of
from qa.scorecard import Scorecard

ALERT = "alert"
WAITED = "alert:wait"
"""The timer of a wait."""

ALERTING = frozenset({e.CustomerSaid, e.Rated, e.AnswerStopped, e.Scored, e.HandoffAsked, e.Transferred})
"""Kinds of events that may raise an alert."""


def jobs(event: e.Event, at: int, rules: AlertRules) -> Sequence[NewJob]:
    """What an event of a conversation may raise is looked for; most events raise nothing and cost nothing."""
    if type(event) not in ALERTING:
        return ()
    if isinstance(event, e.CustomerSaid):
        return (NewJob(ALERT),) if rules.angry(event.text) else ()
    if isinstance(event, e.Rated):
        return (NewJob(ALERT),) if event.score <= rules.rating_at_most else ()
    if isinstance(event, e.AnswerStopped):
        return (NewJob(ALERT),)
    if isinstance(event, e.Scored):
        failed = any(finding.check in rules.checks and finding.score == 0 for finding in event.findings)
        return (NewJob(ALERT),) if failed else ()
    if isinstance(event, e.HandoffAsked | e.Transferred):
        limit = limit_of(event, rules)
        return (NewJob(WAITED, due=at + limit),) if limit else ()
    return ()


class Alerts:
    """A handler of `app.lanes`, and what the page shows of an alert."""

    def __init__(self, log: Log, rules: Callable[[], AlertRules], scorecard: Callable[[], Scorecard]) -> None:
        self._log = log
        self._rules = rules
        self._scorecard = scorecard

    async def raised(self, jobs: Sequence[Job]) -> int:
        """Appends what is due and not there yet; the key of each keeps it from being raised twice."""
        job = jobs[0]
        events = await self._log.store.read(job.key.stream)
        now = self._log.clock()
        found = due(events, self._rules(), now)
        appends = [
            Append(job.key.stream, (alert,), e.THE_SYSTEM, now, key=f"alert:{alert.rule}:{alert.seq}") for alert in found
        ]
        await self._log.append(*appends, done=(job.key,))
        return 1

    async def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of the list with its words, which only the log keeps."""
        (raised,) = await self._log.store.read(PREFIX + row["conversation"], after=row["seq"] - 1, limit=1)
        if not isinstance(raised.event, e.Alerted):
            raise NotFound("The log has no such alert.")
        return {
            "id": row["id"],
            "conversation": row["conversation"],
            "rule": row["rule"],
            "title": self._title(row["rule"]),
            "at": iso(row["at"]),
            "about": row["about"],
            "quote": raised.event.quote,
        }

    def _title(self, rule: str) -> dict[str, str]:
        if rule.startswith(f"{CHECK}:"):
            check = rule.partition(":")[2]
            return {language: self._scorecard().title(check, language) for language in ("zh", "en")}
        return dict(TITLES.get(rule, {"zh": rule, "en": rule}))
