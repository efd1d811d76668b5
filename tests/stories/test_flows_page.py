"""What supervisors see of the flows: how many came, how far they got, and who did the work."""

from typing import Any

import pytest

from core.time import iso
from tests.stories.conftest import Scene
from tests.stories.people import Agent
from tests.stories.world import MORNING, World

pytestmark = pytest.mark.asyncio


async def flow_of(agent: Agent, query: str = "", id: str = "upgrade") -> dict[str, Any]:
    """One flow's counts."""
    items = (await agent.reads(f"/flows{query}"))["items"]
    return next(item for item in items if item["id"] == id)


def steps_of(flow: dict[str, Any], field: str) -> dict[str, Any]:
    """Step → one of its figures, where there is one."""
    return {step["id"]: step[field] for step in flow["steps"] if step[field]}


async def told(scene: Scene, agent: Agent) -> None:
    """Six customers in one day: two whose line the machine upgrades, one for whom a person clicks, one for whom a person
    does not, one who says no to the question, one who asks for a person at the amount. A seventh is still asked."""
    world = scene.world
    for amount in ("50", "60"):
        await scene.customer("en", amount)
    for approve in (True, False):
        customer, call = await scene.proposed("zh")
        await agent.http("POST", f"/approvals/{call}", json={"approve": approve})
        await customer.catch_up()
    for last in (("300", "/deny"), ("/ask_person",)):
        customer = await world.customer("en")
        await customer.follows("/upgrade", *last)
    await (await world.customer("en")).follows("/upgrade")


async def test_a_day_with_known_numbers(scene: Scene) -> None:
    lead = await scene.world.staff("lead", "supervisor")
    assert (await flow_of(lead))["entered"] == 0
    await told(scene, lead)

    flow = await flow_of(lead, "?language=en")
    assert (flow["name"], flow["entered"], flow["finished"], flow["left"]) == ("Upgrade a line", 7, 4, 2)
    assert flow["outcomes"] == {"completed": 4, "cancelled": 1, "handed_over": 1}
    assert steps_of(flow, "reached") == {
        "sum": 7, "sure": 5, "do": 4, "told": 3, "not_done": 1, "left": 1, "over": 4,
    }  # fmt: skip
    assert steps_of(flow, "left") == {"sum": 1, "left": 1}
    (do,) = [step for step in flow["steps"] if step["id"] == "do"]
    # The machine called twice by itself, once after a click; what was rejected was not called.
    assert (do["by_machine"], do["by_people"], do["machine_share"]) == (2, 1, pytest.approx(2 / 3))
    assert [step["machine_share"] for step in flow["steps"] if step["id"] != "do"] == [None] * 7
    assert "3" in flow["svg"] and "−1" in flow["svg"] and "var(--warn)" in flow["svg"]


async def test_steps_are_told_in_words_of_the_language(scene: Scene) -> None:
    lead = await scene.world.staff("lead", "supervisor")
    for language, asks, does in (("zh", "询问 每月金额", "办理 升级线路"), ("en", "Asks Monthly amount", "Does Upgrade the line")):
        flow = await flow_of(lead, f"?language={language}")
        about = {step["id"]: step["about"] for step in flow["steps"]}
        assert (about["sum"], about["do"]) == (asks, does)
        assert does in flow["svg"]


async def test_a_period_counts_what_happened_in_it(scene: Scene) -> None:
    world, lead = scene.world, await scene.world.staff("lead", "supervisor")
    customer = await world.customer("en")
    await customer.follows("/upgrade", "50")
    await world.pass_time(minutes=5)
    between = world.clock()
    await customer.presses("/affirm")

    before = await flow_of(lead, f"?since={iso(MORNING)}&until={iso(between)}")
    after = await flow_of(lead, f"?since={iso(between)}")
    assert (before["entered"], before["finished"]) == (1, 0)
    assert (after["entered"], after["finished"]) == (0, 1)
    assert steps_of(after, "by_machine") == {"do": 1}
    for query in ("?since=yesterday", "?until=x"):
        answer = await lead.http("GET", f"/flows{query}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


async def test_only_supervisors_see_them(world: World) -> None:
    for role, status in (("agent", 403), ("supervisor", 200), ("admin", 200)):
        agent = await world.staff(role, role)
        assert (await agent.http("GET", "/flows")).status_code == status
    assert (await world.http.get("/api/v1/flows")).status_code == 401
