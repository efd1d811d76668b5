"""Help while talking: what an agent is offered after each message of the customer, and what comes of a click."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from contacts.erase import erase
from core import events as e
from core.expressions import compile_expression
from tests.stories.conftest import Build, Scene
from tests.stories.people import Agent, Customer, Frame
from tests.stories.talk import BOTH, EN, PHONE, ZH, Talk, ask_for_person, name_of
from tests.stories.world import Shared, World, changed

pytestmark = pytest.mark.asyncio
both = pytest.mark.parametrize("talk", BOTH, ids=name_of)


async def served(world: World, talk: Talk, name: str = "anna") -> tuple[Customer, Agent]:
    """A customer and the agent who serves them."""
    anna = await world.agent(name)
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    await anna.offer(customer.conversation)
    assert (await anna.accepts(customer.conversation))["type"] == "taken"
    await customer.catch_up()
    await world.settled()
    return customer, anna


async def after(world: World, anna: Agent, customer: Customer, text: str) -> list[Frame]:
    """What is suggested after the customer's words."""
    seq = await customer.sends(text)
    await world.settled()
    await anna.wire.send({"type": "ping"})
    found: list[Frame] = []
    while (frame := await anna.wire.until("suggestion", "pong"))["type"] != "pong":
        if frame["after"] == seq:
            found.append(frame)
    return found


async def answered(anna: Agent, kind: str, suggestion: str, **fields: Any) -> Frame:
    """The answer to `use` and `dismiss`."""
    await anna.wire.send({"type": kind, "suggestion": suggestion, **fields})
    return await anna.wire.until("settled", "error", suggestion=suggestion)


@both
async def test_the_page_that_answers_is_there_with_its_quote_and_the_customer_sees_none_of_it(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    found = await after(world, anna, customer, talk.question)
    first = found[0]
    assert first["kind"] == "reply" and first["language"] == talk.language and first["text"]
    (source,) = first["citations"]
    assert (source["document"], bool(source["title"]), bool(source["version"])) == (talk.page, True, True)
    passages = {p.text: p for p in await world.system.backends.documents.all_passages("", 2000)}
    assert any(source["quote"] in text for text in passages)
    assert len({item["citations"][0]["document"] for item in found if item["citations"]}) == len(found) <= 3
    assert (await customer.catch_up()).kinds == ["customer_said"]
    suggested = (await world.of(customer.conversation, e.Suggested))[-1]
    assert suggested.kinds == tuple(item["kind"] for item in found)


@both
@pytest.mark.parametrize("which", ["thanks", "person", "hello"])
async def test_talk_that_asks_for_nothing_gets_no_page(world: World, talk: Talk, which: str) -> None:
    customer, anna = await served(world, talk)
    assert await after(world, anna, customer, getattr(talk, which)) == []


@both
async def test_while_the_machine_serves_nobody_is_helped(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    await world.settled()
    assert await world.of(customer.conversation, e.Suggested) == []


@both
async def test_taking_over_brings_what_was_asked_before(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    await anna.offer(customer.conversation)
    await customer.sends(talk.question)
    await world.settled()
    await anna.accepts(customer.conversation)
    frame = await anna.wire.until("suggestion", conversation=customer.conversation)
    assert frame["citations"][0]["document"] == talk.page


@both
async def test_used_edited_and_dismissed_are_written_down(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    first, second, *_ = await after(world, anna, customer, talk.question)
    sent = first["text"] + (" 祝您愉快" if talk is ZH else " Have a nice day")
    assert (await answered(anna, "use", first["id"], edited=sent))["as"] == "used"
    assert (await answered(anna, "dismiss", second["id"], reason="wrong"))["as"] == "dismissed"
    (used,) = await world.of(customer.conversation, e.SuggestionUsed)
    assert (used.suggestion, used.type, used.agent) == (first["id"], "reply", "anna")
    assert 0.0 < used.edited < 0.5 and used.difference[0].before == ""
    (dismissed,) = await world.of(customer.conversation, e.SuggestionDismissed)
    assert (dismissed.suggestion, dismissed.agent, dismissed.reason) == (second["id"], "anna", "wrong")
    told = [event["kind"] for event in (await anna.reads(f"/conversations/{customer.conversation}/events?limit=200"))["items"]]
    assert told[-2:] == ["suggestion_used", "suggestion_dismissed"]
    # Again: the same changes nothing, another answer is refused.
    assert (await answered(anna, "use", first["id"]))["type"] == "settled"
    assert (await answered(anna, "dismiss", first["id"]))["code"] == "settled"
    assert (await answered(anna, "use", second["id"]))["code"] == "settled"
    assert len(await world.of(customer.conversation, e.SuggestionUsed)) == 1
    figures = (await world.http.get("/metrics")).text
    for line in ('kind="reply",outcome="made"', 'kind="reply",outcome="edited"', 'outcome="dismissed"'):
        assert line in figures


async def test_what_is_not_there_or_not_yours(world: World) -> None:
    customer, anna = await served(world, EN)
    first, *_ = await after(world, anna, customer, EN.question)
    conversation, seq, _ = first["id"].split(":")
    for id in ("x", f"{conversation}:{seq}:0", f"{conversation}:{seq}:99", f"{conversation}:1:1", f"{conversation}:999999:1", "nobody:1:1"):
        assert (await answered(anna, "use", id))["code"] == "not_found", id
    ben = await world.agent("ben")
    assert (await answered(ben, "use", first["id"]))["code"] == "not_yours"
    assert (await answered(ben, "dismiss", first["id"]))["code"] == "not_yours"
    await anna.wire.send({"type": "use", "suggestion": 7})
    assert (await anna.wire.until("error"))["code"] == "bad_frame"
    await anna.does("close", customer.conversation, disposition="resolved")
    assert (await answered(anna, "use", first["id"]))["code"] == "not_yours"
    assert await world.of(customer.conversation, e.SuggestionUsed) == []


@both
async def test_the_next_step_of_a_flow_is_asked_for_and_one_click_opens_its_ticket_once(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    *story, phone = talk.fault
    for words in story:
        found = await after(world, anna, customer, words)
        asks = [item for item in found if item.get("flow") == "report_fault"]
        assert [item["kind"] for item in asks] == ["reply"] and asks[0]["text"], words
    found = await after(world, anna, customer, phone)
    question, action = [item for item in found if item.get("flow") == "report_fault"]
    assert question["kind"] == "reply" and PHONE in question["text"]
    assert (action["kind"], action["action"]) == ("action", "ticket:fault")
    assert action["arguments"]["phone"] == PHONE
    for _ in range(2):
        assert (await answered(anna, "use", action["id"]))["type"] == "settled"
    (opened,) = await world.of(customer.conversation, e.TicketOpened)
    assert (opened.type, opened.phone, opened.flow) == ("fault", PHONE, "report_fault")
    assert (await anna.reads(f"/tickets/{opened.ticket}"))["conversation"] == customer.conversation
    assert (await customer.catch_up()).of("ticket_opened")["ticket"] == opened.ticket
    again = await after(world, anna, customer, talk.yes)
    assert [item for item in again if item["kind"] == "action"] == []


async def test_erasure_leaves_no_word_of_it(world: World) -> None:
    customer, anna = await served(world, EN)
    for words in EN.fault:
        await after(world, anna, customer, words)
    found = await after(world, anna, customer, EN.question)
    await answered(anna, "use", found[0]["id"], edited=f"Zebedee {PHONE}")
    contact = (await world.fold(customer.conversation)).contact
    await erase(contact, world.system.store, world.system.rows, e.Actor(e.SYSTEM, "erase"), world.clock())
    assert all(one.suggestions == () for one in await world.of(customer.conversation, e.Suggested))
    assert all(one.difference == () for one in await world.of(customer.conversation, e.SuggestionUsed))
    assert (await answered(anna, "dismiss", found[1]["id"]))["code"] == "not_found"


async def test_papers_for_agents_are_shown_to_read_and_marked(build: Build, shared: Shared, tmp_path: Path) -> None:
    paper = """---
title: Goodwill credits
version: "2026-01"
language: en
audience: agent
updated: 2026-01-01
---

## How much goodwill credit may I grant?

An agent may grant a goodwill credit of up to 40 yuan for a zeppelin delay without asking anybody.
"""
    world = await build(pack=changed(shared.pack, tmp_path, {"knowledge/en/goodwill.md": paper}))
    customer, anna = await served(world, EN)
    found = await after(world, anna, customer, "do I get a goodwill credit for the zeppelin delay?")
    (item,) = [one for one in found if one["citations"] and one["citations"][0]["document"] == "goodwill"]
    assert (item["kind"], item["internal"]) == ("knowledge", True) and "40 yuan" in item["text"]
    other = await world.customer("en")
    reply = await other.says("do I get a goodwill credit for the zeppelin delay?")
    assert "40 yuan" not in reply.text


async def test_a_passage_that_a_rule_forbids_is_not_suggested(build: Build, shared: Shared, tmp_path: Path) -> None:
    page = """---
title: Zeppelin box
version: "2026-01"
language: en
audience: customer
updated: 2026-01-01
---

## The zeppelin box does not blink

Unscrew the casing of the modem and look for the zeppelin box.
"""
    world = await build(pack=changed(shared.pack, tmp_path, {"knowledge/en/zeppelin.md": page}))
    customer, anna = await served(world, EN)
    found = await after(world, anna, customer, "my zeppelin box does not blink, what now?")
    assert all(one["citations"][0]["document"] != "zeppelin" for one in found if one["citations"])
    assert 'outcome="stopped"' in (await world.http.get("/metrics")).text


@both
async def test_a_draft_is_looked_at_and_never_stopped(world: World, talk: Talk) -> None:
    customer, anna = await served(world, talk)
    promise = "我们明天给您回电话。" if talk is ZH else "We will call you back tomorrow."
    await anna.wire.send({"type": "draft_check", "id": "d1", "conversation": customer.conversation, "text": promise})
    answer = await anna.wire.until("draft_checked", id="d1")
    (warning,) = answer["warnings"]
    assert (warning["kind"], warning["code"], bool(warning["text"])) == ("warning", "promise_without_ticket", True)
    await anna.says(customer.conversation, promise)
    assert (await customer.catch_up()).of("agent_said")["text"] == promise
    for frame, code in (
        ({"conversation": "nobody", "text": "x"}, "not_found"),
        ({"conversation": customer.conversation, "text": "x" * 10_001}, "too_long"),
        ({"conversation": customer.conversation}, "bad_frame"),
    ):
        await anna.wire.send({"type": "draft_check", **frame})
        assert (await anna.wire.until("error"))["code"] == code


# Through the gate ------------------------------------------------------------------------------------------------


async def offered(scene: Scene, amount: str) -> tuple[Customer, Agent, Frame]:
    """An agent who is offered the upgrade that the customer asks for."""
    customer, anna = await served(scene.world, EN)
    for words in ("/upgrade", f"{amount} yuan"):
        found = await after(scene.world, anna, customer, words)
    (action,) = [item for item in found if item["kind"] == "action"]
    assert (action["action"], action["arguments"]) == ("upgrade_line", {"line": "L1", "upgrade_sum": float(amount)})
    assert action["text"] == "Upgrade the line" and scene.office.calls == 0
    return customer, anna, action


@pytest.mark.parametrize("amount", ["50", "300"])
async def test_one_click_runs_the_action_as_the_agent_and_only_once(scene: Scene, amount: str) -> None:
    customer, anna, action = await offered(scene, amount)
    for _ in range(2):
        assert (await answered(anna, "use", action["id"]))["type"] == "settled"
    await scene.world.settled()
    (called,) = await scene.world.of(customer.conversation, e.ActionCalled)
    assert (called.confirmer, called.level, called.undo) == ("anna", 3 if amount == "50" else 2, "upgrade_back")
    assert list(scene.office.done) == [called.call] and scene.office.calls == 1
    assert (await scene.world.fold(customer.conversation)).mode == "human"
    assert await scene.world.system.approvals.waiting() == []
    await scene.world.system.approvals.undo(called.call, "anna")
    await scene.world.settled()
    assert scene.office.back == ["R-1"]
    again = await after(scene.world, anna, customer, "50 yuan")
    assert [item for item in again if item["kind"] == "action"] == []


async def test_what_the_gate_forbids_is_neither_suggested_nor_run(scene: Scene) -> None:
    customer, anna, action = await offered(scene, "300")
    actions, rules = scene.world.system.actions, scene.world.system.actions.rules
    (locked,) = [rule for rule in rules.done if rule.id == "upgrade_locked"]
    always = replace(locked, when=compile_expression("line == 'L1'"))
    actions.replace({one.name: one for one in actions.all()}, replace(rules, done=(always,)))
    answer = await answered(anna, "use", action["id"])
    assert answer["code"] == "action_refused" and "locked" in answer["message"]
    await scene.world.settled()
    assert scene.office.calls == 0
    (refused,) = await scene.world.of(customer.conversation, e.ActionRefused)
    assert refused.rule == "upgrade_locked"
    fold = await scene.world.fold(customer.conversation)
    assert (fold.proposals, fold.acts, fold.call) == ((), (), None)
    # What another customer was offered before, nobody is offered now.
    await anna.state("away")
    other, ben = await served(scene.world, EN, "ben")
    for words in ("/upgrade", "300 yuan"):
        found = await after(scene.world, ben, other, words)
    assert [item["kind"] for item in found if item.get("flow")] == ["reply"]


async def test_a_click_on_an_action_of_somebody_elses_conversation_does_nothing(scene: Scene) -> None:
    _, _, action = await offered(scene, "50")
    ben = await scene.world.agent("ben")
    assert (await answered(ben, "use", action["id"]))["code"] == "not_yours"
    await scene.world.settled()
    assert scene.office.calls == 0
