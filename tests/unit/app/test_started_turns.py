"""A flow that nobody's words start, from the asking to the answer: the same gate, the same care as a customer's turn."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import reactions
from bot.dialogue import Dialogue
from bot.pack import parse
from core import events as e
from core.conversation import WAITING
from core.errors import Invalid
from core.ports import ActionContext, Append, Job
from tests.unit.bot.world import FILES, Desk, Keywords, Pages
from tests.unit.governance.test_acting import (
    ACTIONS,
    CHECKED,
    FLOWS,
    ONCE_MORE,
    STREAM,
    Case,
    Killed,
    Service,
    one,
    said,
)

FREE = "level: [{if: \"amount < 100\", level: 3}, {if: \"amount < 500\", level: 2}, {else: 1}]"


def free(actions: str = ACTIONS) -> str:
    """The same actions, which the machine may do without a question before."""
    return actions.replace(FREE, "level: 5")


class Busy(Service):
    """A customer writes while the other system is at work."""

    case: Case

    async def change(self, arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
        await hear(self.case, "hello")
        return await super().change(arguments, context)


async def hear(case: Case, text: str) -> None:
    """The customer says something; nothing is answered yet. The same text counts once."""
    payload = text if text.startswith("/") else None
    words = e.CustomerSaid(id=text, text="" if payload else text, payload=payload)
    await case.log.append(Append(STREAM, (words,), e.THE_CUSTOMER, case.log.clock(), key=f"m:{text}"))


async def ask(case: Case, flow: str = "straight", **more: Any) -> int:
    """Something asks for a flow; returns the seq of the asking."""
    event = e.StartAsked(flow=flow, by="webhook", name="test", **more)
    (done,) = await case.log.append(Append(STREAM, (event,), e.THE_SYSTEM, case.log.clock()))
    return done.first


async def started(case: Case, flow: str = "straight", **more: Any) -> list[e.Event]:
    seq = await ask(case, flow, **more)
    await case.work()
    return await case.since(seq)


async def test_it_acts_speaks_and_comes_back_to_the_open_question() -> None:
    case = await Case(50, free()).open()
    await case.say("/report_fault")
    events = await started(case)
    called = one(events, e.ActionCalled)
    assert (called.level, called.rules, called.in_reply_to) == (5, ("locked",), ())
    assert said(events) == ["utter_glad", "utter_resume_question", "utter_ask_service"]
    parts = [event for event in events if isinstance(event, e.BotSaid)]
    assert [part.more for part in parts] == [True, True, False] and {part.in_reply_to for part in parts} == {()}
    fold = await case.fold()
    assert [frame.flow for frame in fold.stack] == ["report_fault"] and fold.asks and fold.asks.slot == "service"
    assert not fold.starts and case.keys == []


async def test_what_needs_a_click_waits_for_it_and_goes_on_then() -> None:
    case = await Case(50).open()
    events = await started(case)
    proposed = one(events, e.ActionProposed)
    assert proposed.in_reply_to == () and case.service.calls == 0
    seq = (await case.fold()).version
    await case.approvals.decide(proposed.call, "anna", True)
    await case.work()
    assert said(await case.since(seq))[0] == "utter_glad" and case.service.calls == 1


async def test_what_a_person_did_not_allow_is_told_once() -> None:
    case = await Case(300).open()
    proposed = one(await started(case), e.ActionProposed)
    seq = (await case.fold()).version
    await case.approvals.decide(proposed.call, "anna", False)
    await case.work()
    assert said(await case.since(seq))[:2] == ["utter_action_rejected", "utter_sorry"]


@pytest.mark.parametrize(
    ("actions", "outcome", "calls", "handed"),
    [(ACTIONS, "unknown", 1, True), (CHECKED, "ok", 1, False), (ONCE_MORE, "ok", 2, False)],
)
async def test_killed_between_the_call_and_its_note_it_goes_on(actions: str, outcome: str, calls: int, handed: bool) -> None:
    case = await Case(50, free(actions)).open()
    seq = await ask(case)
    case.service.error = Killed()
    with pytest.raises(Killed):
        await case.work()
    case.service.error = None
    after = case.again()
    after.keys += case.keys
    await after.work(fence=1)
    events = await after.since(seq)
    assert len([event for event in events if isinstance(event, e.FlowStarted)]) == 1
    assert one(events, e.ActionReturned).outcome == outcome
    assert (len(case.service.done), case.service.calls) == (1, calls)
    assert any(isinstance(event, e.HandoffAsked) for event in events) == handed
    assert ("utter_glad" in said(events)) != handed
    assert [key for key in after.keys if key.reaction == reactions.TURN] == []


@pytest.mark.parametrize(
    ("more", "expected", "handed"),
    [
        ("sorry: utter_insult", ["utter_insult", "utter_sorry"], False),
        ("sorry: utter_insult\n    fallback: handoff", ["utter_insult"], True),
        ("idempotent: false", ["utter_sorry"], False),
    ],
)
async def test_a_failure_is_told_as_in_any_turn(more: str, expected: list[str], handed: bool) -> None:
    case = await Case(50, free().replace("verified: false", f"verified: false\n    {more}")).open()
    case.service.error = Invalid("No.")
    events = await started(case)
    assert said(events)[: len(expected)] == expected
    assert any(isinstance(event, e.HandoffAsked) for event in events) == handed


async def test_words_that_come_while_it_acts_are_answered_in_a_turn_of_their_own() -> None:
    service = Busy()
    service.case = case = await Case(50, free(), service).open()
    events = await started(case)
    (message,) = [r.seq for r in await case.store.read(STREAM) if isinstance(r.event, e.CustomerSaid)]
    answers: list[e.Event] = [x for x in events if isinstance(x, e.BotSaid) and message in x.in_reply_to]
    assert said(answers) == ["utter_greet_back"] and "utter_glad" in said(events)
    assert not (await case.fold()).unanswered and case.keys == []


async def test_words_that_came_before_it_was_killed_are_not_ended_with_its_job() -> None:
    service = Busy()
    service.case = case = await Case(50, free(ONCE_MORE), service).open()
    seq = await ask(case)
    service.error = Killed()
    with pytest.raises(Killed):
        await case.work()
    service.error = None
    service.case = after = case.again()
    after.keys += case.keys
    assert len(after.keys) == 2  # one turn is given both jobs
    await after.work()
    assert said(await after.since(seq)) == ["utter_glad", "utter_anything_else", "utter_greet_back"]
    assert not (await after.fold()).unanswered and after.keys == []


async def test_who_writes_just_then_is_answered_before_anything_is_asked() -> None:
    case = await Case(50, free()).open()
    decide = case.turns.dialogue.start

    async def late(*given: Any) -> Any:
        turn = await decide(*given)
        await hear(case, "hello")
        return turn

    case.turns.dialogue.start = late  # type: ignore[method-assign, assignment]
    seq = await ask(case)
    await case.work()
    assert case.conflicts == 1
    assert said(await case.since(seq))[:2] == ["utter_greet_back", "utter_glad"]
    assert case.conflicts == 1 and case.keys == []


async def test_what_is_done_without_a_word_is_not_heard_of() -> None:
    quiet = FLOWS + "  quiet: {steps: [{id: note, set: {problem: \"'seen'\"}}], persistent_slots: [problem]}\n"
    case = await Case(50).open()
    bot = parse({**FILES, "flows/more.yml": quiet.replace("SUM", "50")})
    case.turns.dialogue = Dialogue(bot, Keywords(), Pages(), Desk(), case.gateway)
    await case.say("/report_fault")
    before = await case.fold()
    events = await started(case, "quiet")
    assert said(events) == [] and isinstance(events[-1], e.FlowEnded)
    after = await case.fold()
    assert (after.stack, after.asks) == (before.stack, before.asks) and after.slots["problem"] == "seen"


async def test_one_after_the_other_and_none_twice() -> None:
    case = await Case(50).open()
    first, second = await ask(case, "report_fault"), await ask(case, "ticket_status")
    await ask(case, "report_fault")
    await case.work()
    fold = await case.fold()
    assert fold.asks and fold.asks.slot == "service" and [start.seq for start in fold.starts] == [second]
    assert "utter_ask_number" in said(await case.say("/cancel"))
    fold = await case.fold()
    assert fold.asks and fold.asks.slot == "number" and not fold.starts
    begun = [event.flow for event in await case.since(first) if isinstance(event, e.FlowStarted)]
    assert begun == ["report_fault", "ticket_status"]


@pytest.mark.parametrize(("flow", "reason"), [("change_plan", "running"), ("gone", "unknown")])
async def test_what_cannot_start_is_noted_and_not_said(flow: str, reason: str) -> None:
    case = await Case(50).open()
    await case.say("/change_plan")
    seq = await ask(case, flow)
    await case.work()
    assert await case.since(seq) == [e.StartLeft(flow=flow, start=seq, reason=reason)]
    assert not (await case.fold()).starts


async def test_a_person_who_serves_is_not_disturbed() -> None:
    case = await Case(50).open()
    await case.say("/ask_person")
    assert (await case.fold()).mode == WAITING
    assert await started(case) == [] and not (await case.fold()).starts


async def test_out_of_attempts_it_is_dropped_without_a_word() -> None:
    case = await Case(50).open()

    async def broken(*given: Any) -> Any:
        raise RuntimeError("out of order")

    case.turns.dialogue.start = broken  # type: ignore[method-assign, assignment]
    seq = await ask(case)
    with pytest.raises(RuntimeError):
        await case.work()
    assert await case.turns.give_up(Job(case.keys[0], seq), "out of order")
    events = await case.since(seq)
    assert [type(event) for event in events] == [e.TurnFailed, e.StartLeft] and said(events) == []
    case.keys.clear()
    assert said(await case.say("hello")) == ["utter_greet_back"]


MOVES = st.lists(
    st.sampled_from(["ask straight", "ask report_fault", "ask ticket_status", "hello", "/report_fault", "/cancel", "/deny", "tv",
                     "/ask_person", "/change_plan", "/affirm"]),
    max_size=10,
    unique_by=lambda move: move if not move.startswith("ask") else object(),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(MOVES, st.booleans())
def test_whatever_comes_in_between_every_start_has_one_end_and_every_message_one_answer(moves: list[str], acts: bool) -> None:
    asyncio.run(_any_order(moves, free() if acts else ACTIONS))


async def _any_order(moves: list[str], actions: str) -> None:
    case = await Case(50, actions).open()
    for number, move in enumerate(moves):
        if move.startswith("ask "):
            await ask(case, move.removeprefix("ask "))
        else:
            await hear(case, move)
        if number % 3:
            await case.work()
    await case.work()
    fold = await case.fold()
    assert {key.reaction for key in case.keys} <= {reactions.QUEUE}
    assert fold.startable is None and not fold.turn
    events = await case.since(0)
    left = [event.start for event in events if isinstance(event, e.StartLeft)]
    assert len(left) == len(set(left))
    named: dict[int, set[tuple[int, ...]]] = {}
    for event in events:
        if isinstance(event, e.BotSaid | e.HandoffAsked):
            for seq in event.in_reply_to:
                named.setdefault(seq, set()).add(event.in_reply_to)
    assert all(len(turns) == 1 for turns in named.values())
    handed = next((place for place, event in enumerate(events, 1) if isinstance(event, e.HandoffAsked)), 10**9)
    messages = [place for place, event in enumerate(events, 1) if isinstance(event, e.CustomerSaid)]
    assert all(seq in named for seq in messages if seq < handed)
