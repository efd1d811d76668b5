"""Whatever customers write: no exception, every message named by exactly one turn, and a fold that agrees."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from core.conversation import BOT, decode, encode, fold
from core.conversation import empty as nothing
from core.events import (
    ActionReturned,
    BotSaid,
    CustomerSaid,
    HandoffAsked,
    HandoffCancelled,
    HandoffReturned,
    HandoffTaken,
    Understood,
)
from tests.unit.bot.world import KEYWORDS, Talk

WORDS = [word for words in KEYWORDS.values() for word in words] + [
    "宽带", "手机", "13800138000", "F-0000-0001", "1", "是的", "不对", "网页打不开", "it is slow", "漫游？", "😀", " ", "电视和手机",
]  # fmt: skip
PAYLOADS = ["/report_fault", "/ask_bill", "/ticket_status", "/affirm", "/deny", "/cancel", "/ask_person", "/restart",
            "/SetSlots(service=tv)", "/SetSlots(solved=false)", "/SetSlots(nonsense=1)", "/nothing"]  # fmt: skip

_message = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(PAYLOADS),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=4).map(" ".join),
    st.text(max_size=40),
)
_move = st.tuples(
    st.lists(_message, min_size=1, max_size=4), st.sampled_from(["ok", "ok", "failed", "unknown"])
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_move, max_size=8), st.sampled_from(["zh", "en", "", "fr"]))
def test_any_conversation(moves: list[tuple[list[str], str]], language: str) -> None:
    talk = Talk(language=language)
    for messages, outcome in moves:
        talk.outcome = outcome
        for message in messages:
            talk.hear(*(("", message) if message.startswith("/") else (message,)))
        before = talk.conversation
        events = talk.turn()
        answers = [e for e in events if isinstance(e, BotSaid | HandoffAsked)]
        if before.mode == BOT:
            assert {e.in_reply_to for e in answers} == {tuple(said.seq for said in before.unanswered)}
            parts = [e for e in answers if isinstance(e, BotSaid)]
            assert all(part.more for part in parts[:-1]) and all(part.text for part in parts)
            assert [e.message for e in events if isinstance(e, Understood)] == [
                s.seq for s in before.unanswered
            ]
        assert not talk.conversation.unanswered and not talk.conversation.turn
        assert not talk.turn(), "a turn that is done has nothing more to say"
        assert all(frame.step and "\0" not in frame.step for frame in talk.conversation.stack[-1:])
        if talk.conversation.mode != BOT and len(messages) % 2:
            talk.add(HandoffTaken(agent="li"))
            talk.add(HandoffReturned(agent="li"))
    assert fold(nothing("c1"), talk.log) == talk.conversation == decode(encode(talk.conversation))


@settings(max_examples=60, deadline=None)
@given(st.lists(_message, min_size=1, max_size=10), st.integers(0, 10))
def test_words_that_come_during_a_turn_are_answered_once(messages: list[str], after: int) -> None:
    talk = Talk()
    pending = list(messages)
    talk.hear(pending.pop(0))
    for _ in range(60):
        turn = asyncio.run(talk.dialogue.advance(talk.conversation))
        if pending and len(pending) >= after % 4:
            talk.hear(pending.pop(0))
        for event in turn.events:
            talk.add(event)
        if turn.act:
            called = talk.conversation.call
            assert called is not None
            talk.add(
                ActionReturned(call=called.call, name=called.name, outcome="ok", result={"found": False})
            )
        elif not turn.events:
            if not pending:
                break
            talk.hear(pending.pop(0))
    named: dict[int, set[tuple[int, ...]]] = {}
    for recorded in talk.log:
        event = recorded.event
        if isinstance(event, BotSaid | HandoffAsked | HandoffCancelled):
            for seq in event.in_reply_to:
                named.setdefault(seq, set()).add(event.in_reply_to)
    assert all(len(turns) == 1 for turns in named.values())
    seqs = [r.seq for r in talk.log if isinstance(r.event, CustomerSaid)]
    waiting_from = next((r.seq for r in talk.log if isinstance(r.event, HandoffAsked)), 10**9)
    assert all(seq in named for seq in seqs if seq < waiting_from)
