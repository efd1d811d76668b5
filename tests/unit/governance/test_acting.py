"""A turn that acts, from the customer's words to the other system and back, over a log in memory."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app import reactions
from app.approvals import Approvals
from app.hub import Hub
from app.log import Log
from app.turns import Turns
from app.usage import DayUsage
from bot.dialogue import Dialogue
from bot.pack import parse as parse_bot
from connectors.python import PythonConnector
from core import events as e
from core.conversation import Conversation
from core.errors import Conflict, Invalid, NotFound
from core.ports import ActionContext, Append, Job, JobKey
from core.time import SECOND
from governance.actions import parse as parse_actions
from governance.gateway import Gateway
from governance.rules import parse as parse_rules
from governance.standing import WORDS, Usage
from store.memory import MemoryStore
from store.wakes import LocalWakes
from tests.unit.bot.world import FILES, Desk, Keywords, Pages

STREAM = "conversation:c"
FLOWS = """
flows:
  change_plan:
    nlu_trigger: [{intent: change_plan}]
    steps:
      - {id: ok, confirm: utter_confirm, yes: do, no: stop}
      - {id: do, action: change_plan, arguments: {line: "'L1'", sum: "SUM"}, success: told, failure: sorry}
      - {id: told, respond: utter_glad, next: stop}
      - {id: sorry, respond: utter_sorry, next: stop}
      - {id: stop, end: completed}
  straight:
    nlu_trigger: [{intent: straight}]
    steps:
      - {id: do, action: change_plan, arguments: {line: "'L1'", sum: "SUM"}, success: told, failure: sorry}
      - {id: told, respond: utter_glad, next: stop}
      - {id: sorry, respond: utter_sorry, next: stop}
      - {id: stop, end: completed}
"""
ACTIONS = """
actions:
  change_plan:
    interface: "python:change"
    effect: money
    verified: false
    level: [{if: "amount < 100", level: 3}, {if: "amount < 500", level: 2}, {else: 1}]
    undo: change_back
    rules: [locked]
    parameters: {line: text, sum: amount}
    result: {receipt: text}
  change_back:
    interface: "python:back"
    effect: write
    parameters: {receipt: {type: text, required: true}}
  was_changed: {interface: "python:was", effect: read, parameters: {key: text}, result: {done: bool, receipt: text}}
"""
RULES = """
rules:
  - {id: locked, when: "line == 'L9'", refuse: {zh: 线路已锁定。, en: The line is locked.}}
said:
  - {id: glad, patterns: {zh: [高兴], en: [happy to hear]}}
"""


class Killed(BaseException):
    """The process is gone."""


class Service:
    """The other system: does each key once and counts; `dies`: our process is killed right after it acted."""

    def __init__(self) -> None:
        self.done: dict[str, dict[str, Any]] = {}
        self.calls = 0
        self.undone: list[dict[str, Any]] = []
        self.error: BaseException | None = None

    async def change(self, arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
        self.calls += 1
        if isinstance(self.error, Invalid):
            raise self.error
        self.done.setdefault(context.key, arguments)
        if self.error is not None:
            raise self.error
        return {"receipt": f"R{len(self.done)}"}

    async def back(self, arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
        self.undone.append(arguments)
        return {}

    async def was(self, arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
        return {"done": arguments["key"] in self.done, "receipt": "R1"}


class Case:
    """One conversation; `again` is another process over the same disk."""

    def __init__(
        self, amount: int = 50, actions: str = ACTIONS, service: Service | None = None, store: Any = None, stream: str = STREAM
    ) -> None:
        self.texts = (amount, actions)
        self.service = service or Service()
        self.stream = stream
        self.store = store or MemoryStore()
        self.keys: list[JobKey] = []
        self.conflicts = 0
        self.log = Log(self.store, Hub(), LocalWakes(), lambda: 1_790_000_000 * SECOND, reactions.reactions(lambda: (10, 20)))
        self.log.push = self.keys.append
        bot = parse_bot({**FILES, "flows/more.yml": FLOWS.replace("SUM", str(amount))})
        found = parse_actions({"actions.yml": actions})
        functions = {"change": self.service.change, "back": self.service.back, "was": self.service.was}
        self.usage: Usage = DayUsage(self.log, ZoneInfo("UTC"))
        rules = parse_rules({"rules.yml": RULES}, found)
        self.gateway = Gateway(found, {"python": PythonConnector(functions)}, rules, lambda contact, name: self.usage(contact, name))
        self.turns = Turns(self.log, Dialogue(bot, Keywords(), Pages(), Desk(), self.gateway), self.gateway)
        self.approvals = Approvals(self.log, self.store, self.gateway)

    def again(self) -> "Case":
        return Case(*self.texts, self.service, MemoryStore(disk=self.store.disk))

    async def open(self) -> "Case":
        started = e.Started(channel="webchat", language="en", contact="k1")
        await self.log.append(Append(self.stream, (started,), e.THE_CUSTOMER, self.log.clock()))
        return self

    async def say(self, words: str) -> list[e.Event]:
        seq = await self.store.version(self.stream)
        payload = words if words.startswith("/") else None
        event = e.CustomerSaid(id=f"m{seq}", text="" if payload else words, payload=payload)
        await self.log.append(Append(self.stream, (event,), e.THE_CUSTOMER, self.log.clock()))
        await self.work()
        return await self.since(seq + 1)

    async def work(self, fence: int = 1) -> None:
        """As a lane does it: a Conflict means to decide again."""
        while turns := sorted({key for key in self.keys if key.reaction == reactions.TURN}, key=lambda key: key.seq):
            try:
                ended = await self.turns.run([Job(JobKey(k.stream, k.reaction, k.seq, fence), k.seq) for k in turns])
            except Conflict:
                self.conflicts += 1
                continue
            for key in turns[:ended]:
                self.keys.remove(key)

    async def since(self, seq: int) -> list[e.Event]:
        return [recorded.event for recorded in await self.store.read(self.stream, after=seq)]

    async def fold(self) -> Conversation:
        return await self.log.conversation(self.stream, fresh=True)


def said(events: list[e.Event]) -> list[str]:
    return [event.response or event.text for event in events if isinstance(event, e.BotSaid)]


def one(events: list[e.Event], kind: type[Any]) -> Any:
    (event,) = [event for event in events if isinstance(event, kind)]
    return event


async def test_level_3_acts_after_the_customers_yes() -> None:
    case = await Case(50).open()
    await case.say("/change_plan")
    events = await case.say("/affirm")
    called = one(events, e.ActionCalled)
    assert (called.level, called.rules, called.undo, called.confirmer) == (3, ("locked",), "change_back", "")
    assert one(events, e.ActionReturned).result == {"receipt": "R1"}
    assert case.service.calls == 1 and await case.approvals.waiting() == []


async def test_level_3_without_a_question_before_it_waits_for_a_person() -> None:
    case = await Case(50).open()
    events = await case.say("/straight")
    assert one(events, e.ActionProposed).level == 3
    assert said(events)[-1] == "utter_action_proposed" and case.service.calls == 0


async def test_level_2_waits_at_the_desk_and_goes_on_after_the_click() -> None:
    case = await Case(300).open()
    await case.say("/change_plan")
    events = await case.say("/affirm")
    assert [event.text for event in events if isinstance(event, e.BotSaid)] == [WORDS["proposed"]["en"]]
    (proposal,) = await case.approvals.waiting()
    assert proposal["arguments"] == {"line": "L1", "sum": 300} and proposal["effect"] == "money"
    assert said(await case.say("hello")) == ["utter_greet_back"]  # meanwhile the customer talks on
    assert case.service.calls == 0
    seq = (await case.fold()).version
    await case.approvals.decide(proposal["call"], "anna", True, "checked by phone")
    await case.work()
    events = await case.since(seq)
    called = one(events, e.ActionCalled)
    assert (called.confirmer, called.level, called.call) == ("anna", 2, proposal["call"])
    assert list(case.service.done) == [proposal["call"]]
    assert said(events)[0] == "utter_glad" and await case.approvals.waiting() == []
    fold = await case.fold()
    assert not fold.stack and not fold.acts and not fold.proposals
    await case.approvals.decide(proposal["call"], "anna", True)
    await case.work()
    with pytest.raises(Conflict):
        await case.approvals.decide(proposal["call"], "ben", False)
    assert case.service.calls == 1


async def test_a_rejected_proposal_takes_the_failure_branch() -> None:
    case = await Case(300).open()
    await case.say("/change_plan")
    proposed = one(await case.say("/affirm"), e.ActionProposed)
    seq = (await case.fold()).version
    await case.approvals.decide(proposed.call, "anna", False)
    await case.work()
    assert said(await case.since(seq))[:2] == ["utter_action_rejected", "utter_sorry"]
    assert case.service.calls == 0
    with pytest.raises(NotFound):
        await case.approvals.decide("conversation:c:9:x", "anna", True)


async def test_level_1_goes_to_a_person() -> None:
    case = await Case(900).open()
    await case.say("/change_plan")
    events = await case.say("/affirm")
    refused = one(events, e.ActionRefused)
    assert (refused.rule, refused.level) == ("level:1", 1)
    assert one(events, e.HandoffAsked).reason == "action" and case.service.calls == 0


async def test_a_refusal_names_its_rule_and_is_told() -> None:
    case = await Case(50, ACTIONS).open()
    case.turns.dialogue = Dialogue(
        parse_bot({**FILES, "flows/more.yml": FLOWS.replace("SUM", "50").replace("L1", "L9")}),
        Keywords(), Pages(), Desk(), case.gateway,
    )  # fmt: skip
    await case.say("/change_plan")
    events = await case.say("/affirm")
    assert one(events, e.ActionRefused).rule == "locked"
    assert next(event.text for event in events if isinstance(event, e.BotSaid)) == "The line is locked."
    assert said(events)[1] == "utter_sorry" and case.service.calls == 0


async def test_a_person_takes_back_what_was_done() -> None:
    case = await Case(50).open()
    await case.say("/change_plan")
    called = one(await case.say("/affirm"), e.ActionCalled)
    await case.approvals.undo(called.call, "anna")
    await case.work()
    assert case.service.undone == [{"receipt": "R1"}]
    with pytest.raises(NotFound):
        await case.approvals.undo(called.call, "anna")
    events = await case.since(0)
    assert [event.undoes for event in events if isinstance(event, e.ActionCalled)] == ["", called.call]


async def test_forbidden_words_give_way_to_safe_ones() -> None:
    case = await Case(50).open()
    await case.say("/change_plan")
    case.gateway.replace(parse_actions({"actions.yml": ACTIONS}), parse_rules({"rules.yml": RULES.replace("happy to hear", ".")}, parse_actions({"actions.yml": ACTIONS})))
    events = await case.say("hello")
    stopped = [event for event in events if isinstance(event, e.AnswerStopped)]
    assert stopped[0].rule == "glad" and stopped[0].text
    spoken = [event for event in events if isinstance(event, e.BotSaid)]
    assert {event.text for event in spoken} == {WORDS["stopped"]["en"]}
    assert spoken[0].quick_replies[0].payload == "/ask_person"


CHECKED = ACTIONS.replace("undo: change_back", "check: was_changed")
ONCE_MORE = ACTIONS.replace("undo: change_back", "idempotent: true")


@pytest.mark.parametrize(
    ("actions", "outcome", "calls", "words"),
    [(ACTIONS, "unknown", 1, "utter_action_unknown"), (CHECKED, "ok", 1, ""), (ONCE_MORE, "ok", 2, "")],
)
async def test_killed_between_the_call_and_its_note_nothing_is_done_twice(
    actions: str, outcome: str, calls: int, words: str
) -> None:
    case = await Case(50, actions).open()
    await case.say("/change_plan")
    case.service.error = Killed()
    with pytest.raises(Killed):
        await case.say("/affirm")
    case.service.error = None
    after = case.again()
    after.keys += case.keys
    await after.work(fence=1)
    events = await after.since(0)
    assert one(events, e.ActionReturned).outcome == outcome
    assert (len(case.service.done), case.service.calls) == (1, calls)
    if words:
        assert words in said(events) and one(events, e.HandoffAsked).reason == "action"
    else:
        assert said(events)[-1]
    assert not (await after.fold()).unanswered


async def test_a_limit_counts_what_was_done_today() -> None:
    limited = ACTIONS.replace("rules: [locked]", "rules: [locked]\n    limits: {per_day: 1}")
    case = await Case(50, limited).open()
    for expected in ("", "limit:per_day"):
        await case.say("/change_plan")
        events = await case.say("/affirm")
        refused = [event.rule for event in events if isinstance(event, e.ActionRefused)]
        assert refused == ([expected] if expected else [])
    assert case.service.calls == 1


LIMITED = ACTIONS.replace("rules: [locked]", "rules: [locked]\n    limits: {per_day: 1}")


async def test_a_call_that_surely_failed_leaves_the_limit_as_it_was() -> None:
    case = await Case(50, LIMITED).open()
    case.service.error = Invalid("No.")
    for _ in range(2):
        await case.say("/change_plan")
        assert one(await case.say("/affirm"), e.ActionReturned).outcome == "failed"
    kinds = [type(recorded.event) for recorded in await case.store.read("contact:k1")]
    assert kinds == [e.AllowanceTaken, e.AllowanceReturned] * 2


@pytest.mark.parametrize("actions", [LIMITED, LIMITED.replace("verified: false", "verified: false\n    idempotent: true")])
async def test_a_call_that_may_have_done_something_counts(actions: str) -> None:
    case = await Case(50, actions).open()
    await case.say("/change_plan")
    case.service.error = RuntimeError("no answer")
    assert one(await case.say("/affirm"), e.ActionReturned).outcome in ("failed", "unknown")
    assert (await case.usage("k1", "change_plan")).calls == 1


async def test_after_a_kill_a_repetition_that_is_refused_does_not_give_the_limit_back() -> None:
    case = await Case(50, LIMITED.replace("verified: false", "verified: false\n    idempotent: true")).open()
    await case.say("/change_plan")
    case.service.error = Killed()
    with pytest.raises(Killed):
        await case.say("/affirm")
    case.service.error = Invalid("You had that already.")
    after = case.again()
    after.keys += case.keys
    await after.work()
    assert one(await after.since(0), e.ActionReturned).outcome == "unknown"
    assert (await after.usage("k1", "change_plan")).calls == 1


async def test_of_two_proposals_the_second_release_meets_the_limit() -> None:
    case = await Case(300, LIMITED).open()
    for _ in range(2):
        await case.say("/change_plan")
        await case.say("/affirm")
    first, second = [proposal["call"] for proposal in await case.approvals.waiting()]
    await case.approvals.decide(first, "anna", True)
    await case.work()
    seq = (await case.fold()).version
    await case.approvals.decide(second, "anna", True)
    await case.work()
    events = await case.since(seq)
    refused = one(events, e.ActionRefused)
    assert (refused.call, refused.rule, refused.level) == (second, "limit:per_day", 2)
    spoken = [event for event in events if isinstance(event, e.BotSaid)]
    assert [event.response for event in spoken][1] == "utter_sorry"
    assert spoken[0].text == WORDS["limit:per_day"]["en"] and [event.more for event in spoken][-1] is False
    fold = await case.fold()
    assert case.service.calls == 1 and not fold.proposals and not fold.stack


async def test_what_was_done_can_be_taken_back_whatever_the_limit() -> None:
    limited = LIMITED.replace("effect: write", "effect: write\n    limits: {per_day: 1}")
    case = await Case(50, limited.replace("per_day: 1}", "per_day: 2}", 1)).open()
    for _ in range(2):
        await case.say("/change_plan")
        called = one(await case.say("/affirm"), e.ActionCalled)
        await case.approvals.undo(called.call, "anna")
        await case.work()
    assert len(case.service.undone) == 2
    assert (await case.usage("k1", "change_back")).calls == 2


@pytest.mark.parametrize(
    ("more", "expected", "handed"),
    [
        ("sorry: utter_insult", ["utter_insult", "utter_sorry"], False),
        ("sorry: utter_insult\n    fallback: handoff", ["utter_insult"], True),
        ("idempotent: false", ["utter_sorry"], False),
    ],
)
async def test_a_failure_has_its_own_words_and_its_own_way_out(more: str, expected: list[str], handed: bool) -> None:
    case = await Case(50, ACTIONS.replace("verified: false", f"verified: false\n    {more}")).open()
    await case.say("/change_plan")
    case.service.error = Invalid("No.")
    events = await case.say("/affirm")
    assert said(events)[: len(expected)] == expected
    assert any(isinstance(event, e.HandoffAsked) for event in events) == handed
