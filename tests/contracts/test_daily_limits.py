"""A limit of the day holds for a contact, not for a conversation: whoever serves, one of two calls at once goes through."""

import asyncio

import pytest

from contacts.erase import erase
from core import events as e
from governance.standing import Usage, Used
from tests.contracts.worlds import NOW, World
from tests.unit.governance.test_acting import LIMITED, Case, Service

pytestmark = pytest.mark.asyncio

CONTACT = "contact:k1"


class AtOnce:
    """The first look of each waits until both have looked: none has seen the other's call."""

    def __init__(self, usage: Usage, both: asyncio.Barrier) -> None:
        self._usage, self._both, self.first = usage, both, True

    async def __call__(self, contact: str, name: str) -> Used:
        used = await self._usage(contact, name)
        if self.first:
            self.first = False
            await self._both.wait()
        return used


async def two(world: World, actions: str, amount: int = 50) -> tuple[Case, Case]:
    """Two conversations of one contact, served by two processes where the store allows it."""
    one = await world.open("one")
    other = one if world.kind == "sqlite" else await world.open("two")
    service = Service()
    cases = [Case(amount, actions, service, store, f"conversation:{name}") for name, store in (("a", one), ("b", other))]
    for case in cases:
        await case.open()
    return cases[0], cases[1]


def together(*cases: Case) -> None:
    both = asyncio.Barrier(len(cases))
    for case in cases:
        case.usage = AtOnce(case.usage, both)


def refusals(events: list[e.Event]) -> list[str]:
    return [event.rule for event in events if isinstance(event, e.ActionRefused)]


@pytest.mark.parametrize("limits", ["per_day: 1", "amount_per_day: 80"])
async def test_of_two_conversations_at_once_one_passes(world: World, limits: str) -> None:
    cases = await two(world, LIMITED.replace("per_day: 1", limits))
    for case in cases:
        await case.say("/change_plan")
    together(*cases)
    answers = await asyncio.gather(*(case.say("/affirm") for case in cases))
    assert sorted(map(refusals, answers)) == [[], [f"limit:{limits.partition(':')[0]}"]]
    assert sorted(case.conflicts for case in cases) == [0, 1]
    assert cases[0].service.calls == 1
    assert [type(r.event) for r in await cases[0].store.read(CONTACT)] == [e.AllowanceTaken]


async def test_of_two_releases_at_once_one_passes(world: World) -> None:
    cases = await two(world, LIMITED, 300)
    for case in cases:
        await case.say("/change_plan")
        await case.say("/affirm")
        (proposal,) = (await case.fold()).proposals
        await case.approvals.decide(proposal.call, "anna", True)
    together(*cases)
    await asyncio.gather(*(case.work() for case in cases))
    assert sorted([refusals(await case.since(0)) for case in cases]) == [[], ["limit:per_day"]]
    assert sorted(case.conflicts for case in cases) == [0, 1] and cases[0].service.calls == 1


async def test_who_is_forgotten_leaves_no_sum_behind(world: World) -> None:
    case, _ = await two(world, LIMITED.replace("per_day: 1", "amount_per_day: 9000"), 73)
    await case.say("/change_plan")
    await case.say("/affirm")
    (taken,) = [r.event for r in await case.store.read(CONTACT)]
    assert isinstance(taken, e.AllowanceTaken) and taken.amount == 73
    await erase("k1", case.store, case.store, e.Actor(e.AGENT, "admin"), NOW)
    left = [r.event for r in await case.store.read(CONTACT)]
    assert left == [e.AllowanceTaken(call=taken.call, action="change_plan"), e.Erased(by="admin")]
