"""A day with known numbers, as the supervisor's interface tells it; and how it answers to odd questions."""

from typing import Any

import pytest

from core.events import THE_SYSTEM
from core.time import DAY, iso
from tests.stories.people import Agent
from tests.stories.talk import BOTH, Talk, ask_for_person, name_of
from tests.stories.world import World

pytestmark = pytest.mark.asyncio
BOTH_TALK = pytest.mark.parametrize("talk", BOTH, ids=name_of)


async def told(boss: Agent, query: str = "") -> dict[str, Any]:
    """The whole answer."""
    answer: dict[str, Any] = await boss.reads(f"/insights{query}")
    return answer


def values(answer: dict[str, Any], field: str = "value") -> dict[str, Any]:
    """Number → one of its fields."""
    return {number["id"]: number[field] for number in answer["numbers"]}


async def a_day(world: World, talk: Talk, anna: Agent) -> None:
    """Three customers whom the bot alone serves (one of them rates 5), one whom Anna answers after 40 seconds (and who
    rates 2), one who waits since two minutes."""
    for rating in (5, None, None):
        customer = await world.customer(talk.language)
        await customer.says(talk.question)
        if rating:
            await customer.does("rate", score=rating)
        await customer.does("close")
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    await world.pass_time(seconds=25)
    await anna.accepts(customer.conversation)
    await world.pass_time(seconds=15)
    await anna.says(customer.conversation, talk.agent_hello)
    await customer.does("rate", score=2)
    await anna.does("close", customer.conversation, disposition="resolved")
    await anna.state("busy")
    await ask_for_person(await world.customer(talk.language), talk)
    await world.pass_time(minutes=2)


DAY_TOLD = {
    "waiting": 1, "longest_wait": 120, "containment": 0.75, "handled_by_bot": 3, "handled_by_people": 1,
    "first_response": 40, "first_response_p95": 40, "csat": 3.5, "csat_good": 0.5, "alerts": 1, "arrivals": 5, "staffed": 1,
}  # fmt: skip


@BOTH_TALK
async def test_a_day_with_known_numbers(world: World, talk: Talk) -> None:
    boss, anna = await world.staff("boss", "supervisor"), await world.agent("anna")
    await a_day(world, talk, anna)

    answer = await told(boss)
    assert values(answer) == DAY_TOLD
    assert all(len(number["line"]) == 24 for number in answer["numbers"])
    assert values(answer, "line")["arrivals"][-1] == 5
    assert sum(answer["plot"]["arrivals"]) == 5 and answer["plot"]["waiting"][-1] == 1
    assert len({len(part) for part in answer["plot"].values()}) == 1
    (person,) = answer["people"]
    assert (person["agent"], person["name"], person["state"], person["load"]) == ("anna", "Anna", "busy", 0)
    assert person["since"] == iso(world.clock.now - 120_000_000)
    formulas = values(answer, "formula")
    assert set(formulas) == set(DAY_TOLD) and all(set(words) == {"zh", "en"} for words in formulas.values())


@BOTH_TALK
async def test_the_same_time_a_day_and_a_week_before(world: World, talk: Talk) -> None:
    boss, anna = await world.staff("boss", "supervisor"), await world.agent("anna")
    await a_day(world, talk, anna)
    noted = world.clock.now
    for days, field in ((1, "day_before"), (7, "week_before")):
        later = await told(boss, f"?until={iso(noted + days * DAY)}")
        then = values(later, field)
        # Who still waits waited then as well; nobody is asked about the future.
        assert then == DAY_TOLD
        assert values(later)["handled_by_bot"] == 0 and values(later)["containment"] is None


@BOTH_TALK
async def test_channel_and_language_part_the_numbers(world: World, talk: Talk) -> None:
    boss, anna = await world.staff("boss", "supervisor"), await world.agent("anna")
    await a_day(world, talk, anna)
    other = "en" if talk.language == "zh" else "zh"
    assert values(await told(boss, f"?language={talk.language}&channel=webchat")) == DAY_TOLD
    for query in (f"?language={other}", "?channel=phone"):
        nothing = values(await told(boss, query))
        assert nothing["arrivals"] == nothing["waiting"] == nothing["alerts"] == nothing["handled_by_bot"] == 0
        assert nothing["csat"] is None


async def test_numbers_survive_a_rebuild_and_erasure_of_words(world: World) -> None:
    boss, anna = await world.staff("boss", "admin"), await world.agent("anna")
    await a_day(world, BOTH[1], anna)
    before = values(await told(boss))
    await world.system.store.rebuild()
    assert values(await told(boss)) == before
    for row in await world.system.rows.find("conversations"):
        await world.system.store.erase([f"conversation:{row['id']}"], THE_SYSTEM, world.clock.now)
    assert values(await told(boss)) == before
    for alert in (await boss.reads("/qa/alerts"))["items"]:
        assert alert["quote"] == ""




async def test_odd_periods_are_refused_with_a_sentence(world: World) -> None:
    boss = await world.staff("boss", "supervisor")
    now = world.clock.now
    odd = (
        "?since=yesterday", "?until=2026-09-01", f"?since={iso(now)}&until={iso(now)}", "?language=fr",
        f"?since={iso(now)}&until={iso(now - DAY)}", f"?since={iso(now - 93 * DAY)}", "?until=0001-01-01T00:00:00Z",
    )  # fmt: skip
    for query in odd:
        answer = await boss.http("GET", f"/insights{query}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid"), query


async def test_only_supervisors_see_them(world: World) -> None:
    for role, status in (("agent", 403), ("supervisor", 200), ("admin", 200)):
        person = await world.staff(role, role)
        for path in ("/insights", "/qa/alerts", "/switches"):
            assert (await person.http("GET", path)).status_code == status, path
    assert (await world.http.get("/api/v1/insights")).status_code == 401
