"""What a customer hears in the line, and with a person."""

import asyncio

import pytest

from core.events import BotSaid, HandoffTaken
from tests.unit.bot.world import Talk, kinds, said


def waiting() -> Talk:
    talk = Talk()
    talk.say("人工")
    return talk


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("还要等多久", ["utter_person_soon"]),
        ("is anyone there", ["utter_person_soon"]),
        ("我的地址是新民路", []),
        ("账单什么时候出", ["每月三号出账。"]),
        ("发票怎么开", []),
        ("   ", []),
        ("宽带断了", []),
    ],
)
def test_a_waiting_customer_hears_only_what_helps(words: str, expected: list[str]) -> None:
    talk = waiting()
    assert talk.say(words) == expected
    assert talk.conversation.mode == "waiting" and not talk.conversation.unanswered


def test_a_waiting_customer_may_leave_the_line() -> None:
    talk = waiting()
    seqs = (talk.hear("你好"), talk.hear("算了"))
    events = talk.turn()
    assert kinds(events) == ["understood", "understood", "handoff_cancelled", "bot_said"]
    assert _last(talk).in_reply_to == seqs and talk.conversation.mode == "bot"
    assert talk.conversation.unanswered == ()


def test_words_from_before_the_hand_over_are_acknowledged() -> None:
    talk = Talk()
    talk.hear("人工")

    turn = asyncio.run(talk.dialogue.advance(talk.conversation))
    between = talk.hear("快点")
    for event in turn.events:
        talk.add(event)
    assert talk.conversation.unanswered
    assert said(talk.turn()) == ["utter_waiting"]
    assert _last(talk).in_reply_to == (between,)


def test_with_a_person_the_machine_is_silent() -> None:
    talk = waiting()
    talk.add(HandoffTaken(agent="li", name="李"))
    talk.hear("你好")
    assert talk.turn() == []


def _last(talk: Talk) -> BotSaid:
    return next(r.event for r in reversed(talk.log) if isinstance(r.event, BotSaid))
