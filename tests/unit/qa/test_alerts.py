"""Alerts from events alone, each once; and the pack's file of them with its mistakes."""

import pytest

from core import events as e
from core.errors import PackMistake
from core.time import MINUTE
from qa.alerts import AlertRules, due, parse
from qa.words import Phrases

CHECKS = ("forbidden_words", "greeting")
RULES = AlertRules(anger=Phrases({"en": ["scam", "fed up"], "zh": ["骗子"]}), checks=frozenset({"forbidden_words"}))


def story(*events: e.Event, minutes: tuple[int, ...] = ()) -> list[e.Recorded]:
    """Events in a conversation, each at its minute (the same for all where none are given)."""
    at = minutes or (0,) * len(events)
    return [
        e.Recorded("conversation:c", seq, at[seq - 1] * MINUTE, e.THE_SYSTEM, event) for seq, event in enumerate(events, 1)
    ]


def said(text: str) -> e.CustomerSaid:
    """A customer's words."""
    return e.CustomerSaid(id=text, text=text)


def found(events: list[e.Recorded], now: int = 0) -> list[tuple[str, int, str]]:
    """What is due: (rule, seq, quote)."""
    return [(alert.rule, alert.seq, alert.quote) for alert in due(events, RULES, now * MINUTE)]


def test_the_third_angry_message_counts_and_a_closing_starts_anew() -> None:
    angry = [said("What a SCAM"), said("I'm fed up"), said("好"), said("騙子")]
    assert found(story(*angry[:3])) == []
    assert found(story(*angry)) == [("anger", 4, "騙子")]
    assert found(story(*angry, said("scam"))) == [("anger", 4, "騙子")]
    assert found(story(*angry[:2], e.Closed(by="customer"), e.Reopened(), said("scam"))) == []


def test_what_was_raised_is_not_raised_again() -> None:
    events = [said("scam")] * 3
    assert found(story(*events, e.Alerted(rule="anger", seq=3))) == []


def test_ratings_at_or_below_the_limit() -> None:
    events = story(e.Rated(score=3), e.Rated(score=2, comment="slow"), e.Rated(score=1))
    assert found(events) == [("rating", 2, "slow"), ("rating", 3, "")]
    assert due(events, AlertRules(rating_at_most=0), 0) == []


ASKED = e.HandoffAsked(reason="asked", skill="general")


@pytest.mark.parametrize(
    ("events", "minutes", "now", "expected"),
    [
        ((ASKED,), (0,), 4, []),
        ((ASKED,), (0,), 5, [1]),
        ((ASKED, e.HandoffTaken(agent="a")), (0, 5), 60, []),
        ((ASKED, e.HandoffTaken(agent="a")), (0, 6), 60, [1]),
        ((ASKED, e.HandoffCancelled()), (0, 3), 60, []),
        ((ASKED, e.TakenOver(agent="a"), e.Transferred(by="a", skill="b")), (0, 1, 2), 8, [3]),
        ((ASKED, e.HandoffTaken(agent="a"), e.Transferred(by="a")), (0, 1, 2), 60, []),
        ((e.HandoffAsked(reason="danger", skill="a", within_minutes=1),), (0,), 1, [1]),
        ((ASKED, ASKED), (0, 6), 7, [1]),
    ],
)
def test_waits_beyond_their_limit(events: tuple[e.Event, ...], minutes: tuple[int, ...], now: int, expected: list[int]) -> None:
    assert [seq for rule, seq, _ in found(story(*events, minutes=minutes), now) if rule == "wait"] == expected


def test_stopped_answers_and_failed_checks_with_their_words() -> None:
    stopped = e.AnswerStopped(rule="amounts", language="en", text="You get 500 back")
    findings = (
        e.Finding(check="forbidden_words", who="bot", weight=1, score=0, evidence=(1,)),
        e.Finding(check="greeting", who="bot", weight=1, score=0),
    )
    scored = e.Scored(closed=2, scorecard="1", bot=0, person=None, findings=findings, quotes={"1": "rude"})
    expected = [("answer_stopped", 1, "You get 500 back"), ("check:forbidden_words", 1, "rude")]
    assert found(story(stopped, e.Closed(by="customer"), scored)) == expected


def test_a_pack_says_what_alerts() -> None:
    text = "wait_minutes: 3\nrating_at_most: 1\nanger: {times: 2, words: {en: [scam]}}\nchecks: [greeting]\n"
    rules = parse({"alerts.yml": text}, CHECKS)
    assert (rules.wait_minutes, rules.rating_at_most, rules.anger_times, rules.checks) == (3, 1, 2, frozenset({"greeting"}))
    assert rules.angry("a scam") and not rules.angry("a scampi")
    assert parse({}, CHECKS).wait_minutes == 5 and not parse({}, CHECKS).angry("scam")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("wait_minutes: 2000", 1, "out of range"),
        ("wait_minutes: 1.5", 1, "out of range"),
        ("rating_at_most: 6", 1, "out of range"),
        ("rating_at_most: 2\nanger: {times: 0, words: {en: [a]}}", 2, "out of range"),
        ("rating_at_most: 2\nanger: {times: 1}", 2, "words"),
        ("checks:\n  - greeting\n  - grammar", 3, "no line `grammar`"),
        ("mood: 1", 1, "mood"),
        ("anger: 3", 1, ""),
        ("checks: greeting", 1, ""),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, line: int, words: str) -> None:
    with pytest.raises(PackMistake) as caught:
        parse({"alerts.yml": text}, CHECKS)
    assert (caught.value.file, caught.value.line) == ("alerts.yml", line)
    assert words in str(caught.value)
