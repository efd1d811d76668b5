"""Flows that nobody's words start: a ticket is done, a line is back, some time has passed, and the bot asks by itself."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from channels.signature import sign
from contacts.identity import sign as vouch
from core import events as e
from core.time import SECOND
from tests.stories.conftest import Build
from tests.stories.people import Agent, Customer
from tests.stories.talk import BOTH, PHONE, Talk, ask_for_person, name_of, report_fault
from tests.stories.test_ticket_news import patch
from tests.stories.world import Shared, World, changed

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]

SECRET = "whsec_" + "c3dpdGNoYm9hcmQtdGVzdC1zZWNyZXQ="
HOOK = "line_restored"
FLOWS = """
flows:
  aftercare:
    triggers: [{ticket: fault, status: resolved}]
    steps:
      - {id: works, collect: line_works}
      - {id: which, branch: [{if: line_works, then: glad}, {else: person}]}
      - {id: glad, respond: utter_line_glad, next: done}
      - {id: person, handoff: faults, reason: not_solved}
      - {id: done, end: completed}
  restored:
    triggers: [{webhook: line_restored}]
    persistent_slots: [ticket_number]
    steps:
      - {id: look, action: ticket_status, arguments: {ticket: ticket_number}, success: works, failure: works}
      - {id: works, collect: line_works}
      - {id: done, end: completed}
  after_report:
    triggers: [{timer: {minutes: 5, after: report_fault}}]
    steps: [{id: tell, respond: utter_after_report}]
  after_status:
    triggers: [{timer: {minutes: 5, after: ticket_status}}]
    steps: [{id: tell, respond: utter_after_status}]
"""
RESPONSES = """
responses:
  utter_ask_line_works: [{text: {zh: "现在用起来正常了吗？", en: "Does it work again now?"}}]
  utter_line_glad: [{text: {zh: "恢复了就好。", en: "Good to hear."}}]
  utter_after_report: [{text: {zh: "您的报修已转给维修人员。", en: "Your report has reached the engineers."}}]
  utter_after_status: [{text: {zh: "工单有变化我会告诉您。", en: "I will tell you when the ticket changes."}}]
"""
WORKS = {"zh": "好了", "en": "yes it does"}


@pytest_asyncio.fixture
async def served(shared: Shared, build: Build, tmp_path: Path) -> World:
    """The demonstration business with four flows more."""
    files = {
        "flows/started.yml": FLOWS,
        "responses/started.yml": RESPONSES,
        "slots.yml": shared.pack.files["slots.yml"] + "  line_works: {type: yes_no}\n",
    }
    return await build(pack=changed(shared.pack, tmp_path, files), hook_secret=SECRET)


async def call(world: World, body: dict[str, Any], id: str = "call-1", name: str = HOOK, **headers: str) -> httpx.Response:
    """Another system calls, signed as it should be unless `headers` say otherwise."""
    content = json.dumps(body).encode()
    stamp = str(world.clock.now // SECOND)
    signed = {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": sign(SECRET, id, stamp, content)}
    given = {**signed, **{key.replace("_", "-"): value for key, value in headers.items()}, "content-type": "application/json"}
    return await world.http.post(f"/api/v1/hooks/{name}", content=content, headers=given)


async def begun(world: World, customer: Customer) -> list[str]:
    return [event.flow for event in await world.of(customer.conversation, e.FlowStarted)]


async def resolve(world: World, number: str, version: int = 1, **change: object) -> Agent:
    anna = await world.staff("anna")
    status, answer = await patch(anna, number, version, **(change or {"status": "resolved"}))
    assert status == 200, answer
    return anna


# A ticket ----------------------------------------------------------------------------------------------------------


async def test_a_resolved_ticket_is_told_first_and_asked_about_then(served: World, talk: Talk) -> None:
    customer = await served.customer(talk.language)
    number = await report_fault(customer, talk)

    anna = await resolve(served, number)

    told = await customer.catch_up()
    assert told.responses == ["utter_ticket_updated", "utter_ask_line_works"]
    assert told.asks == "line_works" and all(event["in_reply_to"] == [] for event in told.said)
    reply = await customer.says(WORKS[talk.language])
    assert reply.responses[0] == "utter_line_glad"
    # A note on a ticket that is resolved already is news, and nothing to ask about again.
    assert (await patch(anna, number, 2, note=talk.more))[0] == 200
    assert (await customer.catch_up()).responses == ["utter_ticket_updated"]
    assert (await begun(served, customer)).count("aftercare") == 1


async def test_a_new_ticket_starts_what_waits_for_any_state(served: World, shared: Shared, build: Build, talk: Talk, tmp_path: Path) -> None:
    files = {"flows/started.yml": served.pack.files["flows/started.yml"].replace("fault, status: resolved", "complaint")}
    (tmp_path / "any").mkdir()
    world = await build(pack=changed(served.pack, tmp_path / "any", files))
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    anna = await world.staff("anna")
    fields = {"topic": "staff", "description": talk.more, "phone": PHONE}
    body = {"type": "complaint", "fields": fields, "conversation": customer.conversation}

    made = await anna.http("POST", "/tickets", json=body)

    assert made.status_code == 201, made.text
    assert (await customer.catch_up()).asks == "line_works"
    await customer.says(WORKS[talk.language])
    assert (await patch(anna, made.json()["number"], 1, status="in_progress"))[0] == 200
    assert (await customer.catch_up()).responses == ["utter_ticket_updated", "utter_ask_line_works"]


async def test_the_open_question_comes_back_after_it(served: World, talk: Talk) -> None:
    customer = await served.customer(talk.language)
    number = await report_fault(customer, talk)
    await customer.presses("/ticket_status")
    await customer.says("F-0000-0000")
    before = (await served.fold(customer.conversation)).asks

    await resolve(served, number)

    assert (await customer.catch_up()).asks == "line_works"
    back = await customer.says(WORKS[talk.language])
    assert before is not None and back.asks == before.slot


async def test_while_a_person_serves_or_is_waited_for_nothing_starts(served: World, talk: Talk) -> None:
    customer = await served.customer(talk.language)
    number = await report_fault(customer, talk)
    await ask_for_person(customer, talk)

    await resolve(served, number)

    assert (await customer.catch_up()).responses == []
    assert "aftercare" not in await begun(served, customer)
    assert await served.of(customer.conversation, e.StartAsked) == []


async def test_who_has_left_is_asked_when_they_come_back(served: World, talk: Talk) -> None:
    customer = await served.customer(talk.language)
    number = await report_fault(customer, talk)
    await customer.does("close")
    await served.pass_time(hours=3)

    await resolve(served, number)

    assert (await customer.catch_up()).said == [] and await served.mode(customer.conversation) == "closed"
    back = await customer.says(talk.hello)
    assert back.kinds[0] == "reopened" and back.responses[-1] == "utter_ask_line_works"
    assert len(back.responses) == 2 and back.said[0]["in_reply_to"] != []


async def test_what_has_changed_again_until_then_is_no_question_any_more(served: World, talk: Talk) -> None:
    customer = await served.customer(talk.language)
    number = await report_fault(customer, talk)
    await customer.does("close")
    anna = await resolve(served, number)
    assert (await patch(anna, number, 2, status="in_progress"))[0] == 200
    await served.settled()

    back = await customer.says(talk.hello)

    assert "utter_ask_line_works" not in back.responses and "aftercare" not in await begun(served, customer)


async def test_who_does_not_come_back_in_time_is_not_asked(served: World, talk: Talk) -> None:
    customer = await served.customer(talk.language)
    number = await report_fault(customer, talk)
    await customer.does("close")
    await served.pass_time(hours=served.pack.bot.reopen_hours + 1)

    await resolve(served, number)

    assert await served.of(customer.conversation, e.StartAsked) == []


# A timer -----------------------------------------------------------------------------------------------------------


async def test_each_timer_of_a_conversation_has_its_time(served: World, talk: Talk) -> None:
    customer = await served.customer(talk.language)
    number = await report_fault(customer, talk)
    await served.pass_time(minutes=2)
    assert (await customer.follows("/ticket_status", number)).said
    await customer.catch_up()

    await served.pass_time(minutes=3)
    assert "utter_after_report" in (await customer.catch_up()).responses
    await served.pass_time(minutes=2)
    assert "utter_after_status" in (await customer.catch_up()).responses
    assert [flow for flow in await begun(served, customer) if flow.startswith("after_")] == ["after_report", "after_status"]


async def test_a_timer_leaves_the_closed_and_the_erased_alone(served: World, talk: Talk) -> None:
    left, erased = await served.customer(talk.language), await served.customer(talk.language)
    for customer in (left, erased):
        await report_fault(customer, talk)
    await left.does("close")
    await served.system.store.erase([f"conversation:{erased.conversation}"], e.THE_SYSTEM, served.clock.now)
    served.system.log.forget(f"conversation:{erased.conversation}")

    await served.pass_time(minutes=6)

    for customer in (left, erased):
        assert "after_report" not in await begun(served, customer)
    assert await served.system.jobs.dead() == []


# A webhook ---------------------------------------------------------------------------------------------------------


async def test_a_call_starts_its_flow_with_slots_and_an_action_once(served: World, talk: Talk) -> None:
    customer = await served.customer(talk.language)
    number = await report_fault(customer, talk)
    body = {"conversation": customer.conversation, "slots": {"ticket_number": number}}

    first = await call(served, body)
    again = await call(served, body)

    assert (first.status_code, first.json()) == (202, {"started": [customer.conversation]})
    assert (again.status_code, again.json()) == (202, first.json())
    assert (await customer.catch_up()).asks == "line_works"
    assert (await begun(served, customer)).count("restored") == 1
    (called,) = await served.of(customer.conversation, e.ActionCalled)
    assert called.in_reply_to == () and called.level and called.arguments["ticket"] == number
    assert len(await served.of(customer.conversation, e.ActionReturned)) == 1


async def test_two_deliveries_of_one_call_at_once_count_once(served: World, talk: Talk) -> None:
    customer = await served.customer(talk.language)
    body = {"conversation": customer.conversation, "id": "event-9"}

    answers = await asyncio.gather(*(call(served, body, id=f"delivery-{n}") for n in range(4)))

    assert {answer.text for answer in answers} == {answers[0].text} and answers[0].json()["started"]
    assert len(await served.of(customer.conversation, e.StartAsked)) == 1


async def test_a_contact_is_found_by_its_user_id_and_without_a_conversation_nothing_starts(served: World, talk: Talk) -> None:
    expires = served.clock.now // SECOND + 600
    identity = {"user_id": "user-7", "expires": expires, "signature": vouch("the page's secret", "user-7", expires)}
    await served.customer(talk.language, identity=identity)
    served.clock.move(SECOND)
    newer = await served.customer(talk.language, identity=identity)

    assert (await call(served, {"contact": "user-7"}, id="a")).json() == {"started": [newer.conversation]}
    assert (await newer.catch_up()).asks == "line_works"
    nobody = await call(served, {"contact": "somebody else"}, id="b")
    assert (nobody.status_code, nobody.json()) == (202, {"started": []})


async def test_a_ticket_leads_to_the_conversation_that_its_customer_is_in_now(served: World, talk: Talk) -> None:
    first = await served.customer(talk.language)
    number = await report_fault(first, talk, PHONE)
    await first.does("close")
    second = await served.customer(talk.language, continues=first.conversation, proof=first.token)

    answer = await call(served, {"ticket": number.lower()})

    assert answer.json() == {"started": [second.conversation]}
    assert (await second.catch_up()).asks == "line_works"


async def test_what_is_not_signed_starts_nothing(served: World, talk: Talk, build: Build) -> None:
    customer = await served.customer(talk.language)
    body = {"conversation": customer.conversation}
    old = str(served.clock.now // SECOND - 301)
    false = [
        {"webhook_signature": ""}, {"webhook_signature": "v1,AAAA"}, {"webhook_id": "another"},
        {"webhook_timestamp": old, "webhook_signature": sign(SECRET, "call-1", old, json.dumps(body).encode())},
    ]  # fmt: skip
    for headers in false:
        answer = await call(served, body, **headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "hook_unsigned"), headers
    assert await served.of(customer.conversation, e.StartAsked) == []
    # While a secret is changed, two signatures stand beside each other.
    stamp = str(served.clock.now // SECOND)
    both = "v1,AAAA " + sign(SECRET, "call-1", stamp, json.dumps(body).encode())
    assert (await call(served, body, webhook_signature=both)).status_code == 202
    closed = await build()
    refused = await call(closed, body)
    assert refused.status_code == 403 and "SWITCHBOARD_HOOK_SECRET" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("nobody_knows", {"contact": "x"}, 404), (HOOK, {"conversation": "none"}, 404), (HOOK, {"ticket": "F-1"}, 404),
        (HOOK, {}, 422), (HOOK, {"contact": "x", "ticket": "y"}, 422), (HOOK, {"contact": "x", "slots": {"no_slot": 1}}, 422),
        (HOOK, {"contact": "x", "slots": {"line_works": "perhaps so"}}, 422), (HOOK, {"contact": 7}, 422),
    ],
)  # fmt: skip
async def test_a_call_that_makes_no_sense_is_told_so(
    served: World, talk: Talk, name: str, body: dict[str, Any], status: int
) -> None:
    answer = await call(served, body, name=name)
    assert answer.status_code == status and answer.json()["error"]["message"].endswith((".", "valid string"))


# Killed in between -------------------------------------------------------------------------------------------------


async def test_a_process_that_ends_while_the_action_runs_is_taken_over(served: World, talk: Talk) -> None:
    customer = await served.customer(talk.language)
    number = await report_fault(customer, talk)

    async def dies(*given: Any, **more: Any) -> dict[str, Any]:
        raise asyncio.CancelledError

    served.system.tickets.lookup = dies  # type: ignore[method-assign]
    await call(served, {"conversation": customer.conversation, "slots": {"ticket_number": number}})

    async def called() -> bool:
        return bool(await served.of(customer.conversation, e.ActionCalled)) and not served.system.lanes.busy

    await served.until(called)
    assert await served.of(customer.conversation, e.ActionReturned) == []
    await served.restart()
    back = Customer(served, customer.conversation, customer.token)
    await back.connect()
    assert len(await served.of(customer.conversation, e.ActionCalled)) == 1
    (returned,) = await served.of(customer.conversation, e.ActionReturned)
    assert returned.outcome == "ok" and (await begun(served, back)).count("restored") == 1
    assert [event for event in back.events if event["kind"] == "bot_said"][-1]["asks"]["slot"] == "line_works"
    await back.leave()


async def test_a_process_that_ends_before_anything_began_is_taken_over(served: World, talk: Talk) -> None:
    customer = await served.customer(talk.language)
    number = await report_fault(customer, talk)

    async def dies(*given: Any) -> int:
        raise asyncio.CancelledError

    for family in ("notify", "turn"):
        served.system.lanes._handlers[family] = dies
    await resolve(served, number)

    async def still() -> bool:
        return not served.system.lanes.busy

    await served.until(still)
    assert await served.of(customer.conversation, e.StartAsked) == []
    await served.restart()
    back = Customer(served, customer.conversation, customer.token)
    await back.connect()
    assert [event.response for event in await served.of(customer.conversation, e.BotSaid)][-2:] == [
        "utter_ticket_updated", "utter_ask_line_works",
    ]  # fmt: skip
    assert (await begun(served, back)).count("aftercare") == 1
    await back.leave()
