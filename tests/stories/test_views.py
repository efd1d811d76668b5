"""Views of the list of conversations: kept by agents, shared by supervisors, and the rows that they show."""

from typing import Any

import pytest

from app import listing
from app.line import HEAD
from core import events as e
from core.conversation import PREFIX
from core.ports import Append
from core.time import SECOND
from tests.stories.people import Agent
from tests.stories.talk import BOTH, ZH, Talk, ask_for_person
from tests.stories.world import World

pytestmark = pytest.mark.asyncio

LATE = {"name": "Late", "filter": {"list": "waiting", "due": "bad"}}


async def names(agent: Agent) -> list[str]:
    return [one["name"] for one in (await agent.reads("/views"))["items"]]


async def listed(agent: Agent, query: str) -> list[str]:
    return [row["id"] for row in (await agent.reads(f"/lists?{query}"))["items"]]


async def test_an_agent_keeps_views_that_nobody_else_sees(world: World) -> None:
    anna, ben = await world.staff("anna"), await world.staff("ben")
    made = await anna.http("POST", "/views", json=LATE)
    assert made.status_code == 201, made.text
    view = made.json()
    assert (view["mine"], view["shared"], view["filter"]["due"], view["filter"]["text"]) == (True, False, "bad", "")
    assert await names(anna) == ["Late"]
    assert await names(ben) == []
    for answer in (
        await ben.http("PATCH", f"/views/{view['id']}", json={"name": "Mine"}), await ben.http("DELETE", f"/views/{view['id']}"),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")

    changed = await anna.http("PATCH", f"/views/{view['id']}", json={"name": "  Very  late "})
    assert (changed.json()["name"], changed.json()["filter"]) == ("Very late", view["filter"])
    other = await anna.http("PATCH", f"/views/{view['id']}", json={"filter": {"list": "all", "language": "zh"}})
    assert (other.json()["name"], other.json()["filter"]["language"]) == ("Very late", "zh")
    assert (await anna.http("DELETE", f"/views/{view['id']}")).status_code == 204
    assert (await anna.http("DELETE", f"/views/{view['id']}")).status_code == 404
    assert await names(anna) == []


async def test_a_supervisor_shares_a_view_with_all(world: World) -> None:
    anna, roy, sue = await world.staff("anna"), await world.staff("roy", role="supervisor"), await world.staff("sue", role="supervisor")
    refused = await anna.http("POST", "/views", json={**LATE, "shared": True})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_yours_to_share")
    view = (await roy.http("POST", "/views", json={**LATE, "shared": True})).json()
    (seen,) = (await anna.reads("/views"))["items"]
    assert (seen["name"], seen["owner"], seen["mine"], seen["shared"]) == ("Late", "roy", False, True)
    refused = await anna.http("PATCH", f"/views/{view['id']}", json={"name": "Mine"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "of_a_colleague")
    assert (await sue.http("PATCH", f"/views/{view['id']}", json={"name": "Overdue"})).status_code == 200
    assert (await roy.http("PATCH", f"/views/{view['id']}", json={"shared": False})).status_code == 200
    assert (await names(anna), await names(roy)) == ([], ["Overdue"])


async def test_what_is_no_view_is_refused_with_its_field(world: World) -> None:
    anna = await world.staff("anna")
    for body, field in (
        ({**LATE, "name": ""}, "name"), ({**LATE, "name": " \n"}, "name"), ({**LATE, "name": "x" * 61}, "name"),
        ({"name": "x", "filter": {"list": "some"}}, "filter.list"), ({"name": "x", "filter": {"language": "fr"}}, "filter.language"),
        ({"name": "x", "filter": {"text": "x" * 201}}, "filter.text"), ({"name": "x", "filter": {"text": "\0"}}, "text"), ({"name": "x"}, "filter"),
    ):  # fmt: skip
        answer = await anna.http("POST", "/views", json=body)
        assert (answer.status_code, answer.json()["error"]["field"]) == (422, field), body
    assert (await anna.http("POST", "/views", json=LATE)).status_code == 201
    again = await anna.http("POST", "/views", json=LATE)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "exists")
    for number in range(49):
        assert (await anna.http("POST", "/views", json={**LATE, "name": f"Late {number}"})).status_code == 201
    full = await anna.http("POST", "/views", json={**LATE, "name": "one more"})
    assert (full.status_code, full.json()["error"]["code"]) == (429, "too_many_views")


@pytest.mark.parametrize("talk", BOTH, ids=["zh", "en"])
async def test_a_filter_finds_what_it_names(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    served, waiting = await world.customer(talk.language), await world.customer(talk.language)
    other = await world.customer("en" if talk is ZH else "zh")
    await ask_for_person(served, talk)
    await anna.accepts(served.conversation)
    await anna.says(served.conversation, "Router RX-7 is on its way")
    await anna.state("busy")
    await ask_for_person(waiting, talk)
    language = f"language={talk.language}"
    assert await listed(anna, "list=mine") == [served.conversation]
    assert await listed(anna, "list=waiting") == [waiting.conversation]
    assert set(await listed(anna, language)) == {served.conversation, waiting.conversation}
    assert set(await listed(anna, "mode=bot")) == {other.conversation}
    assert await listed(anna, f"{language}&text=rx-7") == [served.conversation]
    assert await listed(anna, "text=no+such+words") == []
    assert await listed(anna, "channel=phone") == []
    assert len(await listed(anna, "channel=webchat")) == 3
    assert await listed(anna, "due=warn") == []
    await world.pass_time(minutes=2)
    assert await listed(anna, "due=warn") == [waiting.conversation]
    assert await listed(anna, "due=bad") == []
    await world.pass_time(minutes=2)
    assert await listed(anna, "due=bad") == [waiting.conversation]
    assert await listed(anna, "priority=true") == []
    page = await anna.reads(f"/lists?{language}&limit=1")
    rest = await anna.reads(f"/lists?{language}&limit=1&next={page['next']}")
    assert {page["items"][0]["id"], rest["items"][0]["id"]} == {served.conversation, waiting.conversation}
    assert rest["next"] is None


async def seeded(world: World, count: int, urgent: int = -1) -> list[str]:
    """So many who wait, from the first on, straight through the log; `urgent` has a priority."""
    ids = [f"w{number:04}" for number in range(count)]
    for number, id in enumerate(ids):
        at = world.clock() - (count - number) * SECOND
        events: tuple[Any, ...] = (
            e.Started(channel="webchat", contact=f"contact-{id}", language="en", name=f"Caller {number}"),
            e.CustomerSaid(id="1", text="a person please"),
            e.HandoffAsked(reason="asked", skill="service", priority=int(number == urgent)),
        )  # fmt: skip
        await world.system.log.append(Append(PREFIX + id, events, e.THE_CUSTOMER, at))
    return ids


async def test_a_long_line_comes_page_by_page(world: World) -> None:
    ids = await seeded(world, HEAD + 30)
    anna = await world.staff("anna")
    world.agents.append(anna)
    ready = await anna.connect()
    assert [row["id"] for row in ready["queue"]] == ids[:HEAD]
    assert (ready["queue_total"], ready["conversations"]) == (HEAD + 30, HEAD + 30)
    page = await anna.reads(f"/lists/line?start={HEAD}&limit=20")
    assert ([row["id"] for row in page["items"]], page["total"]) == (ids[HEAD : HEAD + 20], HEAD + 30)
    assert (await anna.reads("/lists/line?start=5000"))["items"] == []
    await world.system.line.tell()
    told = await anna.wire.until("queue")
    assert (len(told["waiting"]), told["total"], told["conversations"]) == (HEAD, HEAD + 30, HEAD + 30)


async def test_what_fits_is_found_far_down_the_list(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = await seeded(world, listing.PART + 30, urgent=220)
    anna = await world.staff("anna")
    assert await listed(anna, "list=waiting&priority=true") == [ids[220]]
    assert await listed(anna, "list=waiting&text=caller 215") == [ids[215]]
    assert await listed(anna, "list=waiting&limit=3") == ids[:3]
    monkeypatch.setattr(listing, "MOST", listing.PART)
    page = await anna.reads("/lists?list=waiting&priority=true")
    assert (page["items"], page["next"] is None) == ([], False)
    rest = await anna.reads(f"/lists?list=waiting&priority=true&next={page['next']}")
    assert ([row["id"] for row in rest["items"]], rest["next"]) == ([ids[220]], None)


async def test_nobody_reads_lists_without_signing_in(world: World) -> None:
    for path in ("/views", "/lists", "/lists/line"):
        assert (await world.http.get(f"/api/v1{path}")).status_code == 401
