"""The fold: total, pure, and the same from a snapshot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import conversation as fold
from core import events as e
from tests.strategies import conversations, recorded


@given(conversations())
def test_any_stream_of_known_kinds_folds_to_its_last_version(stream: list[e.Recorded]) -> None:
    state = fold.fold(fold.empty("c"), stream)
    assert state.version == len(stream)
    assert state.last_at == stream[-1].at
    assert state.mode in (fold.BOT, fold.WAITING, fold.HUMAN, fold.CLOSED)


@given(conversations(), st.data())
def test_a_snapshot_and_the_tail_give_the_same_as_the_whole(stream: list[e.Recorded], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(stream)))
    whole = fold.fold(fold.empty("conversation:c"), stream)
    snapshot = fold.encode(fold.fold(fold.empty("c"), stream[:cut]))
    assert fold.fold(fold.decode(snapshot), stream[cut:]) == whole


@given(conversations())
def test_nothing_private_is_left_in_the_state_after_erasure(stream: list[e.Recorded]) -> None:
    state = fold.fold(fold.empty("c"), stream)
    erased = fold.apply(state, e.Recorded("conversation:c", state.version + 1, 1, e.THE_SYSTEM, e.Erased(by="admin")))
    assert erased.slots == {}
    assert erased.last_words == ()
    assert erased.name == ""
    assert all(said.text == "" and said.payload is None for said in erased.unanswered)
    assert (erased.call, erased.asks) == (None, None)


@pytest.mark.parametrize("seq", [0, 1, 3])
def test_a_gap_is_refused(seq: int) -> None:
    started = e.Started(channel="webchat", language="en", contact="x")
    state = fold.fold(fold.empty("c"), recorded("conversation:c", [started], [1]))
    with pytest.raises(ValueError, match="does not follow"):
        fold.apply(state, e.Recorded("conversation:c", seq, 1, e.THE_SYSTEM, e.Rated(score=5)))


def _played(*events: e.Event) -> fold.Conversation:
    started = e.Started(channel="webchat", language="en", contact="x", name="Li")
    return fold.fold(fold.empty("c"), recorded("conversation:c", [started, *events], list(range(len(events) + 1))))


def test_messages_stay_unanswered_until_a_turn_names_them() -> None:
    said = (e.CustomerSaid(id="1", text="a"), e.CustomerSaid(id="2", text="b"), e.CustomerSaid(id="3", text="c"))
    state = _played(*said, e.BotSaid(text="both", language="en", in_reply_to=(2, 3)))
    assert [message.text for message in state.unanswered] == ["c"]


def test_what_is_said_to_a_person_waits_for_no_turn() -> None:
    state = _played(e.HandoffTaken(agent="anna", name="Anna"), e.CustomerSaid(id="1", text="a"))
    assert state.unanswered == ()
    assert (state.mode, state.assignee) == (fold.HUMAN, "anna")


def test_the_parts_of_one_turn_count_one_failure() -> None:
    part = e.BotSaid(text="?", language="en", in_reply_to=(2,), more=True)
    last = e.BotSaid(text="Pardon", language="en", in_reply_to=(2,), failure=True)
    state = _played(e.CustomerSaid(id="1", text="x"), part, last)
    assert state.failures == 1
    assert state.last_words == ("?", "Pardon")
    again = e.BotSaid(text="Pardon", language="en", in_reply_to=(5,), failure=True)
    assert _played(e.CustomerSaid(id="1", text="x"), part, last, again).failures == 2
    assert _played(last, e.BotSaid(text="Fine", language="en", in_reply_to=(3,))).failures == 0


def test_who_refused_is_not_asked_again_in_the_same_wait() -> None:
    asked = e.HandoffAsked(reason="asked", skill="general")
    offered = e.HandoffOffered(agent="anna", expires_at=9)
    state = _played(asked, offered, e.HandoffDeclined(agent="anna"))
    assert state.refused == ("anna",)
    assert state.offer is None
    assert _played(asked, offered, e.HandoffDeclined(agent="anna"), asked).refused == ()


def test_closing_clears_the_dialogue_and_reopening_gives_it_to_the_bot() -> None:
    state = _played(e.SlotFilled(name="phone", value="1"), e.FlowStarted(flow="f", pack="p"), e.Closed(by="agent"))
    assert (state.mode, state.slots, state.stack, state.closed_seq) == (fold.CLOSED, {}, (), 4)
    again = fold.apply(state, e.Recorded("conversation:c", 5, 9, e.THE_SYSTEM, e.Reopened()))
    assert (again.mode, again.closed_at) == (fold.BOT, 0)


def test_flows_stack_and_the_inner_one_ends_first() -> None:
    outer, inner = e.FlowStarted(flow="a", pack="p"), e.FlowStarted(flow="b", pack="p")
    state = _played(outer, inner, e.FlowMoved(flow="a", step="x", attempts=2), e.FlowEnded(flow="b", outcome="completed"))
    assert state.stack == (fold.Frame("a", "x", 2),)
