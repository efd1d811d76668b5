"""Which event asks for which flow, before anything is started."""

import asyncio

import pytest

from app import reactions
from app.lanes import Lanes
from app.starts import START, timer
from bot.pack import parse
from core import events as e
from core.ports import Job, JobKey, NewJob
from core.time import MINUTE
from store.memory import MemoryStore
from tests.unit.bot.world import FILES

FLOWS = """
flows:
  a: {triggers: [{timer: {minutes: 5, after: bill}}, {timer: {minutes: 60, after: bill}}], steps: [{id: s, respond: utter_glad}]}
  b: {triggers: [{timer: {minutes: 5, after: bill}}, {ticket: fault}], steps: [{id: s, respond: utter_glad}]}
"""
LONG = "a_flow_with_a_name_that_is_longer_than_a_column_takes"


def react(event: e.Event, stream: str = "conversation:c", flows: str = FLOWS) -> list[NewJob]:
    pack = parse({**FILES, "flows/started.yml": flows})
    return list(reactions.reactions(lambda: (10, 20), lambda: pack)(stream, event, 1_000))


def test_a_flow_that_was_completed_sets_a_timer_for_each_trigger() -> None:
    jobs = react(e.FlowEnded(flow="bill", outcome="completed"))
    assert [job.due for job in jobs] == [1_000 + minutes * MINUTE for minutes in (5, 60, 5)]
    assert len({job.reaction for job in jobs}) == 3
    assert react(e.FlowEnded(flow="bill", outcome="cancelled")) == []
    assert react(e.FlowEnded(flow="report_fault", outcome="completed")) == []


def test_a_new_ticket_is_looked_at_where_a_flow_starts_by_it() -> None:
    opened = e.TicketOpened(ticket="F-1", type="fault", contact="k")
    assert react(opened, "ticket:F-1") == [NewJob(reactions.NOTIFY)]
    assert react(opened) == []
    assert react(opened, "ticket:F-1", FLOWS.replace(", {ticket: fault}", "")) == []
    resolved_only = FLOWS.replace("{ticket: fault}", "{ticket: fault, status: resolved}")
    assert react(opened, "ticket:F-1", resolved_only) == []


@pytest.mark.parametrize("minutes", [1, 525_600])
def test_the_name_of_a_timer_fits_its_column_and_is_its_own(minutes: int) -> None:
    names = {timer(flow, minutes, ended) for flow in (LONG, LONG + "_too", "x") for ended in (LONG, "y")}
    assert len(names) == 6 and all(len(name) <= 32 and name.startswith(f"{START}:") for name in names)


async def test_lanes_that_differ_behind_the_colon_have_one_handler() -> None:
    worked: list[str] = []
    done = asyncio.Event()

    async def handler(jobs: "tuple[Job, ...]") -> int:
        worked.append(jobs[0].key.reaction)
        if len(worked) == 2:
            done.set()
        return 1

    async def never(job: Job, error: str) -> bool:
        raise AssertionError(error)

    lanes = Lanes(MemoryStore(), {START: handler}, never, lambda: 0)  # type: ignore[dict-item]
    for name in ("start:a:1", "start:b:2"):
        lanes.push(JobKey("conversation:c", name, 0))
    await asyncio.wait_for(done.wait(), 5)
    assert sorted(worked) == ["start:a:1", "start:b:2"]
    await lanes.stop()
