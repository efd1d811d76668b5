"""Alerts that need no model: a rule that was broken, a bad rating, a wait that is too long, somebody who is angry. Pure."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from core import events as e
from core.time import MINUTE
from core.yamlfile import Node, read
from qa.words import Phrases

FILE = "alerts.yml"
WAIT, RATING, ANGER, STOPPED, CHECK = "wait", "rating", "anger", "answer_stopped", "check"
QUOTE = 200
"""Characters of the words that are quoted."""

TITLES: Mapping[str, Mapping[str, str]] = {
    WAIT: {"zh": "等待过久", "en": "Waited too long"},
    RATING: {"zh": "评分偏低", "en": "Low rating"},
    ANGER: {"zh": "客户情绪激动", "en": "Customer is angry"},
    STOPPED: {"zh": "回答被规则拦下", "en": "An answer was stopped by a rule"},
}
"""What each alert is called; those of checks have the check's title."""


class AlertRules(msgspec.Struct, frozen=True):
    """`wait_minutes`: the limit where a hand-over names none of its own; 0: no alert. `rating_at_most`: from 1 to 5, 0: no
    alert. `anger_times`: messages with such words that make an alert. `checks`: lines of the scorecard that alert at 0."""

    wait_minutes: int = 5
    rating_at_most: int = 2
    anger_times: int = 3
    anger: Phrases = Phrases({})
    checks: frozenset[str] = frozenset()

    def angry(self, text: str) -> bool:
        """Whether a message has words of anger."""
        return bool(self.anger.find(text))


def parse(files: Mapping[str, str], checks: Sequence[str]) -> AlertRules:
    """Reads `alerts.yml` among the pack's files; `checks` are the ids of its scorecard. Raises PackMistake."""
    text = files.get(FILE)
    if text is None:
        return AlertRules()
    root = read(text, FILE)
    root.only("wait_minutes", "rating_at_most", "anger", "checks")
    usual = AlertRules()
    anger = root.get("anger")
    if anger is not None:
        anger.only("times", "words")
    words = {language: [one.text() for one in node.list()] for language, node in anger.require("words")} if anger else {}
    named = node_list(root.get("checks"))
    for node in named:
        if node.text() not in checks:
            raise node.mistake(f"the scorecard has no line `{node.text()}`", f"use one of: {', '.join(checks)}")
    return AlertRules(
        wait_minutes=_within(root.get("wait_minutes"), 0, 1440, usual.wait_minutes),
        rating_at_most=_within(root.get("rating_at_most"), 0, 5, usual.rating_at_most),
        anger_times=_within(anger.get("times") if anger else None, 1, 100, usual.anger_times),
        anger=Phrases(words),
        checks=frozenset(node.text() for node in named),
    )


def node_list(node: Node | None) -> Sequence[Node]:
    """The entries of a list that may be missing."""
    return node.list() if node is not None else ()


def _within(node: Node | None, low: int, high: int, usual: int) -> int:
    if node is None:
        return usual
    value = node.number()
    if value != int(value) or not low <= value <= high:
        raise node.mistake("this number is out of range", f"write a whole number from {low} to {high}")
    return int(value)


def limit_of(event: e.HandoffAsked | e.Transferred, rules: AlertRules) -> int:
    """Microseconds that this wait may take; 0: as long as it takes."""
    return (getattr(event, "within_minutes", 0) or rules.wait_minutes) * MINUTE


def due(events: Sequence[e.Recorded], rules: AlertRules, now: int) -> list[e.Alerted]:
    """All alerts of a conversation that are not in its log yet, in the order of what they are about."""
    raised = {(r.event.rule, r.event.seq) for r in events if isinstance(r.event, e.Alerted)}
    found = [*_angry(events, rules), *_rated(events, rules), *_broken(events, rules), *_waited(events, rules, now)]
    return [alert for alert in sorted(found, key=lambda one: one.seq) if (alert.rule, alert.seq) not in raised]


def _alert(rule: str, seq: int, quote: str = "") -> e.Alerted:
    return e.Alerted(rule=rule, seq=seq, quote=quote[:QUOTE])


def _angry(events: Sequence[e.Recorded], rules: AlertRules) -> Iterator[e.Alerted]:
    """One alert, at the message that makes it so many; counted anew after a closing."""
    count = 0
    for r in events:
        if isinstance(r.event, e.Closed):
            count = 0
        elif isinstance(r.event, e.CustomerSaid) and rules.angry(r.event.text):
            count += 1
            if count == rules.anger_times:
                yield _alert(ANGER, r.seq, r.event.text)


def _rated(events: Sequence[e.Recorded], rules: AlertRules) -> Iterator[e.Alerted]:
    for r in events:
        if isinstance(r.event, e.Rated) and r.event.score <= rules.rating_at_most:
            yield _alert(RATING, r.seq, r.event.comment)


def _broken(events: Sequence[e.Recorded], rules: AlertRules) -> Iterator[e.Alerted]:
    for r in events:
        if isinstance(r.event, e.AnswerStopped):
            yield _alert(STOPPED, r.seq, r.event.text)
        elif isinstance(r.event, e.Scored):
            yield from _failed(r.event, rules)


def _failed(scored: e.Scored, rules: AlertRules) -> Iterator[e.Alerted]:
    """Checks that failed outright, at their first evidence."""
    for finding in scored.findings:
        if finding.check in rules.checks and finding.score == 0:
            seq = finding.evidence[0] if finding.evidence else scored.closed
            yield _alert(f"{CHECK}:{finding.check}", seq, scored.quotes.get(str(seq), ""))


def _waited(events: Sequence[e.Recorded], rules: AlertRules, now: int) -> Iterator[e.Alerted]:
    """A wait longer than its limit, once for each wait, at the place where it began."""
    open_wait: tuple[int, int] | None = None  # seq, the instant when it is too long
    for r in events:
        event = r.event
        if open_wait is not None and isinstance(event, _ENDS):
            if r.at > open_wait[1]:
                yield _alert(WAIT, open_wait[0])
            open_wait = None
        if isinstance(event, e.HandoffAsked) or (isinstance(event, e.Transferred) and (event.agent or event.skill)):
            limit = limit_of(event, rules)
            open_wait = (r.seq, r.at + limit) if limit else None
    if open_wait is not None and now >= open_wait[1]:
        yield _alert(WAIT, open_wait[0])


_ENDS = (
    e.HandoffTaken, e.TakenOver, e.HandoffCancelled, e.HandoffReturned, e.Closed, e.HandoffAsked, e.Transferred,
)  # fmt: skip
