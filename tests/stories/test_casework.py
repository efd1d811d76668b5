"""A ticket goes on in another conversation; two tickets that are about one thing become one, and two again."""

import asyncio
from typing import Any

import pytest

from tests.stories.people import Agent, Customer
from tests.stories.talk import BOTH, OTHER_PHONE, Talk, name_of, report_fault
from tests.stories.test_context import signed_in
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]


async def post(agent: Agent, path: str, version: int, **body: Any) -> tuple[int, Any]:
    answer = await agent.http("POST", path, json=body, headers={"If-Match": f'"{version}"'})
    return answer.status_code, answer.json()


async def undo(agent: Agent, number: str, version: int) -> tuple[int, Any]:
    answer = await agent.http("DELETE", f"/tickets/{number}/merge", headers={"If-Match": f'"{version}"'})
    return answer.status_code, answer.json()


async def returned(world: World, talk: Talk) -> tuple[Customer, Customer, str]:
    """A customer with a ticket from a conversation that is over, who is back in another one."""
    before = await signed_in(world, talk, "u-1")
    number = await report_fault(before, talk)
    await before.does("close")
    now = await signed_in(world, talk, "u-1")
    await now.says(talk.question)
    return before, now, number


async def test_a_linked_ticket_tells_its_news_where_the_customer_is_now(world: World, talk: Talk) -> None:
    before, now, number = await returned(world, talk)
    anna = await world.staff("anna")
    version = (await anna.reads(f"/tickets/{number}"))["version"]

    status, ticket = await post(anna, f"/tickets/{number}/link", version, conversation=now.conversation)

    assert status == 200 and ticket["conversation"] == now.conversation
    assert ticket["history"][-1]["kind"] == "ticket_linked" and ticket["history"][-1]["actor"]["name"] == "anna"
    story = await anna.reads(f"/conversations/{now.conversation}/summary")
    assert [(one["ticket"], one["type"], one["status"]) for one in story["tickets"]] == [(number, "fault", "open")]
    again, _ = await post(anna, f"/tickets/{number}/link", ticket["version"], conversation=now.conversation)
    assert again == 200
    assert (await anna.reads(f"/tickets/{number}"))["version"] == ticket["version"]
    changed = await anna.http("PATCH", f"/tickets/{number}", json={"status": "in_progress", "version": ticket["version"]})
    assert changed.status_code == 200
    assert (await now.catch_up()).of("ticket_updated")["ticket"] == number
    assert "ticket_updated" not in (await before.catch_up()).kinds


async def test_a_ticket_of_somebody_else_stays_theirs(world: World, talk: Talk) -> None:
    number = await report_fault(await world.customer(talk.language), talk)
    other = await world.customer(talk.language)
    own = await report_fault(other, talk, OTHER_PHONE)
    anna = await world.staff("anna")

    for path, body in (("link", {"conversation": other.conversation}), ("merge", {"into": own})):
        status, refused = await post(anna, f"/tickets/{number}/{path}", 1, **body)
        assert (status, refused["error"]["code"]) == (409, "conflict")
    assert len((await anna.reads(f"/tickets/{number}"))["history"]) == 1


async def test_of_two_tickets_one_goes_on_and_answers_for_both(world: World, talk: Talk) -> None:
    before, now, first = await returned(world, talk)
    second = await report_fault(now, talk)
    anna = await world.staff("anna")

    status, ticket = await post(anna, f"/tickets/{second}/merge", 1, into=first.lower())

    assert status == 200 and ticket["number"] == first
    assert [entry["kind"] for entry in ticket["history"]] == ["ticket_opened", "ticket_merged"]
    given_up = await anna.reads(f"/tickets/{second}")
    assert given_up["merged"] == first and given_up["history"][-1]["into"] == first
    for conversation in (before, now):
        assert "ticket_merged" in [recorded.event.KIND for recorded in await world.log(conversation.conversation)]
    story = await anna.reads(f"/conversations/{now.conversation}/summary")
    assert [(one["ticket"], one["into"]) for one in story["tickets"]] == [(second, first)]
    changed = await anna.http("PATCH", f"/tickets/{second}", json={"status": "resolved", "version": given_up["version"]})
    assert changed.status_code == 409 and first in changed.json()["error"]["message"]
    assert (await post(anna, f"/tickets/{second}/merge", given_up["version"], into=first))[0] == 409
    assert (await post(anna, f"/tickets/{first}/merge", ticket["version"], into=second))[0] == 409
    moved = await anna.http("PATCH", f"/tickets/{first}", json={"status": "in_progress", "version": ticket["version"]})
    assert moved.status_code == 200
    told = await now.follows("/ticket_status", second)
    assert world.system.tickets.types.status_words("fault", "in_progress", talk.language) in told.text


async def test_an_undone_merger_gives_the_ticket_back_as_it_was(world: World, talk: Talk) -> None:
    before, now, first = await returned(world, talk)
    second = await report_fault(now, talk)
    anna, ben = await world.staff("anna"), await world.staff("ben")
    changed = await anna.http("PATCH", f"/tickets/{second}", json={"status": "in_progress", "fields": {"since": "2026-08-01"}, "version": 1})
    was = changed.json()
    _, goes_on = await post(anna, f"/tickets/{second}/merge", was["version"], into=first)
    merged = await anna.reads(f"/tickets/{second}")
    news = {"status": "resolved", "note": talk.question, "version": goes_on["version"]}
    assert (await anna.http("PATCH", f"/tickets/{first}", json=news)).status_code == 200
    await now.does("close")

    assert (await undo(ben, second, was["version"]))[0] == 409
    status, back = await undo(ben, second, merged["version"])

    assert status == 200 and back["merged"] is None
    assert {name: back[name] for name in ("status", "fields", "conversation")} == {name: was[name] for name in ("status", "fields", "conversation")}
    kept = await anna.reads(f"/tickets/{first}")
    assert (kept["status"], kept["history"][-2]["note"]) == ("resolved", talk.question)
    for ticket in (back, kept):
        last = ticket["history"][-1]
        assert (last["kind"], last["ticket"], last["into"], last["actor"]["name"]) == ("ticket_parted", second, first, "ben")
    for conversation in (before, now):
        assert "ticket_parted" in [recorded.event.KIND for recorded in await world.log(conversation.conversation)]
    story = await anna.reads(f"/conversations/{now.conversation}/summary")
    assert [(one["ticket"], one["status"], one["into"]) for one in story["tickets"]] == [(second, "in_progress", "")]
    told = await (await signed_in(world, talk, "u-1")).follows("/ticket_status", second)
    assert world.system.tickets.types.status_words("fault", "in_progress", talk.language) in told.text
    again, refused = await undo(anna, second, back["version"])
    assert again == 409 and second in refused["error"]["message"]
    assert (await anna.http("PATCH", f"/tickets/{second}", json={"status": "resolved", "version": back["version"]})).status_code == 200


async def test_a_merger_is_undone_where_the_other_was_merged_onward(world: World, talk: Talk) -> None:
    _, now, first = await returned(world, talk)
    second = await report_fault(now, talk)
    anna = await world.staff("anna")
    third = (await anna.http("POST", "/tickets", json={
        "type": "fault", "conversation": now.conversation, "fields": (await anna.reads(f"/tickets/{first}"))["fields"],
    })).json()["number"]  # fmt: skip
    _, ticket = await post(anna, f"/tickets/{first}/merge", 1, into=second)
    await post(anna, f"/tickets/{second}/merge", ticket["version"], into=third)

    status, back = await undo(anna, first, (await anna.reads(f"/tickets/{first}"))["version"])

    assert status == 200 and back["merged"] is None
    assert (await anna.reads(f"/tickets/{second}"))["merged"] == third
    assert "ticket_parted" not in [entry["kind"] for entry in (await anna.reads(f"/tickets/{third}"))["history"]]
    assert (await post(anna, f"/tickets/{third}/merge", 2, into=first))[0] == 200
    status, middle = await undo(anna, second, (await anna.reads(f"/tickets/{second}"))["version"])
    assert status == 200 and middle["merged"] is None


async def test_two_people_who_undo_at_once_undo_once(world: World, talk: Talk) -> None:
    _, now, first = await returned(world, talk)
    second = await report_fault(now, talk)
    anna = await world.staff("anna")
    await post(anna, f"/tickets/{second}/merge", 1, into=first)
    assert sorted(status for status, _ in await asyncio.gather(undo(anna, second, 2), undo(anna, second, 2))) == [200, 409]
    assert [entry["kind"] for entry in (await anna.reads(f"/tickets/{first}"))["history"]].count("ticket_parted") == 1


async def test_bad_bonds_are_refused_with_a_reason(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    number = await report_fault(customer, talk)
    anna = await world.staff("anna")
    cases: list[tuple[str, int, dict[str, Any], int]] = [
        (f"/tickets/{number}/merge", 1, {"into": number}, 422),
        (f"/tickets/{number}/merge", 1, {"into": "F-0000-0000"}, 404),
        (f"/tickets/{number}/merge", 7, {"into": number}, 409),
        (f"/tickets/{number}/link", 7, {"conversation": customer.conversation}, 409),
        (f"/tickets/{number}/link", 1, {"conversation": "nobody"}, 404),
        ("/tickets/nonsense/link", 1, {"conversation": customer.conversation}, 404),
        (f"/tickets/{number}/link", 1, {}, 422),
    ]
    for path, version, body, wanted in cases:
        status, refused = await post(anna, path, version, **body)
        assert status == wanted and refused["error"]["message"], (path, body, refused)
    assert [(await undo(anna, one, 1))[0] for one in (number, "F-0000-0000", "nonsense")] == [409, 404, 404]
    unseen = await anna.http("DELETE", f"/tickets/{number}/merge")
    assert (unseen.status_code, unseen.json()["error"]["field"]) == (422, "version")
    assert (await world.http.delete(f"/api/v1/tickets/{number}/merge")).status_code == 401
    unnamed = await anna.http("POST", f"/tickets/{number}/merge", json={"into": "F-0000-0000"})
    assert (unnamed.status_code, unnamed.json()["error"]["field"]) == (422, "version")
    assert (await world.http.post(f"/api/v1/tickets/{number}/link", json={"conversation": "x"})).status_code == 401


async def test_two_people_who_merge_the_two_ways_round_make_no_ring(world: World, talk: Talk) -> None:
    _, now, first = await returned(world, talk)
    second = await report_fault(now, talk)
    anna = await world.staff("anna")
    ways = [post(anna, f"/tickets/{one}/merge", 1, into=other) for one, other in ((first, second), (second, first))]
    assert sorted(status for status, _ in await asyncio.gather(*ways)) == [200, 409]
    merged = [(await anna.reads(f"/tickets/{number}"))["merged"] for number in (first, second)]
    assert merged.count(None) == 1
