"""A ticket that changes at the desk: its customer hears of it, in the conversation that it came from."""

import pytest

from core import events as e
from tests.stories.people import Agent
from tests.stories.talk import BOTH, OTHER_PHONE, Talk, ask_for_person, name_of, report_fault
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]

NOTE = {"zh": "师傅周三上午九点上门", "en": "The engineer comes on Wednesday at nine"}


async def patch(agent: Agent, number: str, version: int, **change: object) -> tuple[int, dict[str, object]]:
    answer = await agent.http("PATCH", f"/tickets/{number}", json=change, headers={"If-Match": f'"{version}"'})
    return answer.status_code, answer.json()


async def test_the_customer_is_told_in_the_conversation(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    number = await report_fault(customer, talk)
    anna = await world.staff("anna")
    ticket = await anna.reads(f"/tickets/{number}")

    status, changed = await patch(
        anna, number, ticket["version"], status="in_progress", note=NOTE[talk.language]
    )

    assert status == 200 and changed["version"] == ticket["version"] + 1
    told = await customer.catch_up()
    assert told.of("ticket_updated") | {"seq": 0, "at": ""} == {
        "seq": 0, "at": "", "kind": "ticket_updated", "ticket": number, "status": "in_progress",
        "note": NOTE[talk.language],
    }  # fmt: skip
    words = world.system.tickets.types.status_words("fault", "in_progress", talk.language)
    assert number in told.text and words in told.text and NOTE[talk.language] in told.text
    (update,) = [r for r in await world.log(customer.conversation) if isinstance(r.event, e.TicketUpdated)]
    assert update.by == e.Actor(e.AGENT, "anna")


async def test_a_stale_version_is_refused_and_nobody_is_told(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    number = await report_fault(customer, talk)
    anna = await world.staff("anna")
    version = (await anna.reads(f"/tickets/{number}"))["version"]
    assert (await patch(anna, number, version, status="in_progress"))[0] == 200
    await customer.catch_up()

    status, refused = await patch(anna, number, version, status="closed")

    assert status == 409
    assert refused["error"] == {"code": "conflict", "message": refused["error"]["message"]}  # type: ignore[index]
    assert await customer.catch_up() == []
    assert (await anna.reads(f"/tickets/{number}"))["status"] == "in_progress"
    unnamed = await anna.http("PATCH", f"/tickets/{number}", json={"status": "closed"})
    assert (unnamed.status_code, unnamed.json()["error"]["field"]) == (422, "version")


async def test_while_a_person_serves_the_event_comes_without_the_machines_words(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    customer = await world.customer(talk.language)
    number = await report_fault(customer, talk)
    await ask_for_person(customer, talk)
    await anna.offer(customer.conversation)
    await anna.accepts(customer.conversation)
    await customer.catch_up()

    assert (await patch(anna, number, 1, status="resolved"))[0] == 200

    assert (await customer.catch_up()).kinds == ["ticket_updated"]
    assert (await anna.sees(customer.conversation, "ticket_updated"))["status"] == "resolved"


async def test_in_a_closed_conversation_it_is_there_when_the_customer_looks(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    number = await report_fault(customer, talk)
    await customer.does("close")
    anna = await world.staff("anna")

    assert (await patch(anna, number, 1, status="resolved", note=NOTE[talk.language]))[0] == 200

    told = await customer.catch_up()
    assert told.of("ticket_updated")["status"] == "resolved"
    assert await world.mode(customer.conversation) == "closed"
    back = await customer.says(talk.hello)
    assert "reopened" in back.kinds
    reply = await customer.follows("/ticket_status", number)
    assert NOTE[talk.language] in reply.text


async def test_a_corrected_phone_number_is_the_one_that_counts(world: World, talk: Talk) -> None:
    number = await report_fault(await world.customer(talk.language), talk)
    anna = await world.staff("anna")
    assert (await patch(anna, number, 1, fields={"phone": OTHER_PHONE}))[0] == 200

    stranger = await world.customer(talk.language)
    reply = await stranger.follows("/ticket_status", number, OTHER_PHONE)

    assert world.system.tickets.types.status_words("fault", "open", talk.language) in reply.text


async def test_a_ticket_opened_by_a_person_belongs_to_the_conversation(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    anna = await world.staff("anna")
    fields = {"service": "tv", "description": talk.more, "since": "2026-08-30", "phone": OTHER_PHONE}

    made = await anna.http(
        "POST", "/tickets", json={"type": "fault", "fields": fields, "conversation": customer.conversation}
    )

    assert made.status_code == 201, made.text
    assert (await customer.catch_up()).of("ticket_opened")["ticket"] == made.json()["number"]
    missing = await anna.http("POST", "/tickets", json={"type": "fault", "fields": {"service": "tv"}})
    assert missing.status_code == 422
