"""What an action did for a ticket stands in the ticket's history, once, and for the people at the desk alone."""

from typing import Any

import pytest

from app import reactions
from bot.dialogue import Dialogue
from bot.pack import parse as parse_bot
from core import events as e
from core.errors import Invalid
from core.ports import Append
from tests.unit.bot.world import FILES, Keywords, Pages
from tests.unit.governance.test_acting import ACTIONS, ONCE_MORE, Case, Killed, one
from tests.unit.tickets.test_desk import TYPES
from tickets.desk import TicketDesk

FLOW = """
flows:
  mend:
    nlu_trigger: [{intent: mend}]
    persistent_slots: [ticket]
    steps:
      - {id: ok, confirm: utter_confirm, yes: open, no: stop}
      - {id: open, ticket: fault, fields: {service: "'tv'", phone: "'13800138000'"}}
      - {id: do, action: change_plan, arguments: {line: "'L1'", sum: "SUM"}, ticket: ticket, success: told, failure: sorry}
      - {id: told, respond: utter_glad, next: stop}
      - {id: sorry, respond: utter_sorry, next: stop}
      - {id: stop, end: completed}
  again:
    nlu_trigger: [{intent: again}]
    persistent_slots: [number]
    steps:
      - {id: ok, confirm: utter_confirm, yes: do, no: stop}
      - {id: do, action: change_plan, arguments: {line: "'L1'", sum: "SUM"}, ticket: number, success: told, failure: stop}
      - {id: told, respond: utter_glad, next: stop}
      - {id: stop, end: completed}
"""


def desk(case: Case) -> TicketDesk:
    return TicketDesk(TYPES, case.log, case.store, case.log.clock, lambda n: 7 % n)


def prepared(case: Case) -> Case:
    bot = parse_bot({**FILES, "flows/mend.yml": FLOW.replace("SUM", str(case.texts[0]))})
    case.turns.dialogue = Dialogue(bot, Keywords(), Pages(), desk(case), case.gateway)
    return case


async def begun(amount: int = 50, actions: str = ACTIONS, flow: str = "mend") -> Case:
    case = prepared(await Case(amount, actions).open())
    await case.say(f"/{flow}")
    return case


async def history(case: Case) -> list[e.TicketActed]:
    (number,) = (await case.fold()).tickets
    events = [recorded.event for recorded in await case.store.read(f"ticket:{number}")]
    assert isinstance(events[0], e.TicketOpened)
    return [event for event in events if isinstance(event, e.TicketActed)]


async def test_the_outcome_is_written_with_the_answer() -> None:
    case = await begun()
    called = one(await case.say("/affirm"), e.ActionCalled)
    (entry,) = await history(case)
    assert entry == e.TicketActed(
        ticket=called.ticket, call=called.call, action="change_plan", outcome="ok", level=3, result={"receipt": "R1"}
    )
    row = await desk(case).read(called.ticket)
    assert (row["version"], row["status"]) == (2, "open")
    # The next change by a person knows this version, and the customer is told of nothing: no job follows the entry.
    assert await desk(case).update(called.ticket, by=e.Actor(e.AGENT, "anna"), version=2, note="done") == 3
    told = [key for key in case.keys if key.reaction == reactions.NOTIFY]
    assert [key.seq for key in told] == [3]


async def test_a_failure_is_written_too() -> None:
    case = await begun()
    case.service.error = Invalid("No.")
    await case.say("/affirm")
    assert [entry.outcome for entry in await history(case)] == ["failed"]


async def test_a_release_and_what_is_taken_back_are_written() -> None:
    case = await begun(300)
    await case.say("/affirm")
    (proposal,) = await case.approvals.waiting()
    assert await history(case) == []
    await case.approvals.decide(proposal["call"], "anna", True)
    await case.work()
    await case.approvals.undo(proposal["call"], "ben")
    await case.work()
    done, undone = await history(case)
    assert (done.action, done.level, done.confirmer, done.undoes) == ("change_plan", 2, "anna", "")
    assert (undone.action, undone.confirmer, undone.undoes) == ("change_back", "ben", proposal["call"])


@pytest.mark.parametrize(("actions", "outcome"), [(ACTIONS, "unknown"), (ONCE_MORE, "ok")])
async def test_after_a_kill_it_is_written_once(actions: str, outcome: str) -> None:
    case = await begun(50, actions)
    case.service.error = Killed()
    with pytest.raises(Killed):
        await case.say("/affirm")
    assert await history(case) == []
    case.service.error = None
    call = (await case.fold()).call
    assert call is not None
    for _ in range(2):  # the second is a process that believed that it still had the job
        after = prepared(case.again())
        await after.turns._acting.perform(await after.fold(), call, again=True)
    assert [entry.outcome for entry in await history(case)] == [outcome]


async def other_ticket(case: Case, **owner: Any) -> str:
    fields = {"service": "tv", "phone": "13800138000"}
    return await desk(case).create("fault", fields, by=e.Actor(e.AGENT, "anna"), **owner)


@pytest.mark.parametrize(
    ("owner", "written"), [({"contact": "k1"}, True), ({"contact": "k2"}, False), ({"conversation": "c"}, True), ({}, False)]
)
async def test_only_a_ticket_of_this_customer_is_written_to(owner: dict[str, str], written: bool) -> None:
    case = prepared(await Case().open())
    number = await other_ticket(case, **owner)
    filled = e.SlotFilled(name="number", value=number.lower().replace("-", ""))
    await case.log.append(Append(case.stream, (filled,), e.THE_BOT, case.log.clock()))
    await case.say("/again")
    assert one(await case.say("/affirm"), e.ActionReturned).outcome == "ok"
    kinds = [type(recorded.event) for recorded in await case.store.read(f"ticket:{number}")]
    assert kinds == [e.TicketOpened] + [e.TicketActed] * written


@pytest.mark.parametrize("value", [None, "F-0000-0001", "nonsense"])
async def test_without_a_ticket_the_action_is_done_and_nothing_is_written(value: str | None) -> None:
    case = prepared(await Case().open())
    if value is not None:
        filled = e.SlotFilled(name="number", value=value)
        await case.log.append(Append(case.stream, (filled,), e.THE_BOT, case.log.clock()))
    await case.say("/again")
    assert one(await case.say("/affirm"), e.ActionReturned).outcome == "ok"
    assert [stream for stream in case.store.disk.streams if stream.startswith("ticket:")] == []
