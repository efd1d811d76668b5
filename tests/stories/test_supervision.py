"""A supervisor reads along, takes over, stops the bot in one conversation and in one flow; and hears alerts."""

import asyncio

import pytest

from core import events as e
from core.conversation import BOT, CLOSED, HUMAN, WAITING
from core.ports import Append
from tests.stories.people import Agent
from tests.stories.talk import BOTH, ZH, Talk, ask_for_person, name_of
from tests.stories.world import World

pytestmark = pytest.mark.asyncio
BOTH_TALK = pytest.mark.parametrize("talk", BOTH, ids=name_of)
ANGRY = {
    "zh": ("你们这是骗人吧", "真是太过分了", "气死我了", "垃圾公司"),
    "en": ("this is ridiculous", "I am fed up with you", "What a scam!", "useless lot"),
}
FLOW = "report_fault"


async def acts(boss: Agent, conversation: str, act: str) -> dict[str, object]:
    """An act in a conversation that succeeds."""
    answer = await boss.http("POST", f"/conversations/{conversation}/{act}")
    assert answer.status_code == 200, answer.text
    result: dict[str, object] = answer.json()
    return result


async def switches(boss: Agent, language: str = "en") -> dict[str, bool]:
    """Flow → whether it is stopped."""
    items = (await boss.reads(f"/switches?language={language}"))["items"]
    return {item["flow"]: item["stopped"] for item in items}


@BOTH_TALK
async def test_listening_in_is_logged_and_not_seen(world: World, talk: Talk) -> None:
    boss = await world.agent("boss", role="supervisor")
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    answer = await boss.http("POST", f"/conversations/{customer.conversation}/listen")
    assert answer.status_code == 204
    assert await boss.does("watch", customer.conversation) is None
    reply = await customer.says(talk.hello)
    assert (await boss.sees(customer.conversation, "customer_said"))["text"] == talk.hello
    assert set(reply.kinds) == {"customer_said", "bot_said"}
    (listened,) = await world.of(customer.conversation, e.ListenedIn)
    assert listened.by == "boss"


@BOTH_TALK
async def test_taking_over_from_a_colleague_tells_both(world: World, talk: Talk) -> None:
    boss = await world.agent("boss", role="supervisor")
    await boss.state("away")
    anna = await world.agent("anna")
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    await anna.offer(customer.conversation)
    await anna.accepts(customer.conversation)
    await customer.catch_up()

    served = await acts(boss, customer.conversation, "take-over")
    assert (served["mode"], served["assignee"]) == (HUMAN, "boss")
    seen = await anna.sees(customer.conversation, "taken_over")
    assert (seen["agent"], seen["before"]) == ("boss", "anna")
    reply = await customer.catch_up()
    assert reply.of("handoff_taken")["agent"] == "Boss"
    refused = await anna.does("message", customer.conversation, id="late", text=talk.agent_hello)
    assert refused is not None and refused["code"] == "not_yours"
    await boss.says(customer.conversation, talk.agent_hello)
    assert (await customer.catch_up()).text == talk.agent_hello
    # A second click changes nothing.
    await acts(boss, customer.conversation, "take-over")
    assert len(await world.of(customer.conversation, e.TakenOver)) == 1


@BOTH_TALK
async def test_taking_over_from_the_bot_in_the_middle_of_a_flow(world: World, talk: Talk) -> None:
    boss = await world.agent("boss", role="supervisor")
    customer = await world.customer(talk.language)
    await customer.says(talk.fault[0])
    assert (await world.fold(customer.conversation)).stack
    await acts(boss, customer.conversation, "take-over")
    reply = await customer.says(talk.fault[1])
    assert reply.kinds == ["handoff_taken", "customer_said"]
    fold = await world.fold(customer.conversation)
    assert (fold.mode, fold.assignee, fold.stack, fold.unanswered) == (HUMAN, "boss", (), ())


@BOTH_TALK
async def test_an_offer_is_withdrawn_when_the_supervisor_takes_over(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    boss = await world.staff("boss", "supervisor")
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    await anna.offer(customer.conversation)
    await acts(boss, customer.conversation, "take-over")
    await anna.wire.until("withdrawn", conversation=customer.conversation)
    assert (await anna.accepts(customer.conversation))["code"] == "taken"


@BOTH_TALK
async def test_stopping_the_bot_in_one_conversation_and_letting_it_go_on(world: World, talk: Talk) -> None:
    boss = await world.staff("boss", "supervisor")
    customer, other = await world.customer(talk.language), await world.customer(talk.language)
    await customer.says(talk.fault[0])

    served = await acts(boss, customer.conversation, "stop-bot")
    assert (served["mode"], served["stopped"]) == (WAITING, True)
    reply = await customer.catch_up()
    assert reply.responses[0] == "utter_person_takes_over"
    assert (await world.fold(customer.conversation)).reason == "stopped"
    # The way back to the bot is closed for the customer, and others talk to it as before.
    await customer.does("leave_queue")
    assert (await customer.error())["code"] == "bot_stopped"
    await customer.says(talk.never_mind)
    assert await world.mode(customer.conversation) == WAITING
    assert (await other.says(talk.question)).citations
    (row,) = await world.system.rows.find("conversations", {"stopped": 1})
    assert row["id"] == customer.conversation

    served = await acts(boss, customer.conversation, "resume-bot")
    assert (served["mode"], served["stopped"]) == (BOT, False)
    await customer.catch_up()
    assert (await customer.says(talk.question)).citations
    await acts(boss, customer.conversation, "resume-bot")
    assert len(await world.of(customer.conversation, e.BotResumed)) == 1


@BOTH_TALK
async def test_who_serves_cannot_give_back_to_a_stopped_bot(world: World, talk: Talk) -> None:
    boss, anna = await world.staff("boss", "supervisor"), await world.agent("anna")
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    await anna.offer(customer.conversation)
    await anna.accepts(customer.conversation)
    assert (await acts(boss, customer.conversation, "stop-bot"))["mode"] == HUMAN
    refused = await anna.does("transfer", customer.conversation, to={"bot": True})
    assert refused is not None and refused["code"] == "bot_stopped"
    assert (await acts(boss, customer.conversation, "resume-bot"))["mode"] == HUMAN
    assert await anna.does("transfer", customer.conversation, to={"bot": True}) is None
    assert await world.mode(customer.conversation) == BOT


@BOTH_TALK
async def test_a_stopped_flow_gives_its_customers_a_person(world: World, talk: Talk) -> None:
    boss = await world.staff("boss", "supervisor")
    within, new, other = [await world.customer(talk.language) for _ in range(3)]
    await within.says(talk.fault[0])

    answer = await boss.http("POST", f"/flows/{FLOW}/stop")
    assert answer.json() == {"flow": FLOW, "stopped": True, "changed": True}
    assert (await switches(boss))[FLOW] is True
    for customer, words in ((within, talk.fault[1]), (new, talk.fault[0])):
        reply = await customer.says(words)
        assert reply.responses[0] == "utter_person_takes_over", reply.text
        fold = await world.fold(customer.conversation)
        assert (fold.mode, fold.reason, fold.skill, fold.unanswered) == (WAITING, "flow_stopped", "faults", ())
        assert await world.of(customer.conversation, e.TicketOpened) == []
    assert (await other.says(talk.question)).citations

    again = await boss.http("POST", f"/flows/{FLOW}/stop")
    assert again.json()["changed"] is False
    await boss.http("POST", f"/flows/{FLOW}/resume")
    assert (await switches(boss))[FLOW] is False
    assert (await (await world.customer(talk.language)).says(talk.fault[0])).asks
    root = await world.staff("root", "admin")
    entries = (await root.reads("/ledger?limit=200"))["items"]
    acts_on_flow = [entry["event"] for entry in entries if entry["stream"] == f"flow:{FLOW}"]
    assert [(one["kind"], one["by"], one["actor"]["name"]) for one in acts_on_flow] == [
        ("flow_stopped", "boss", "boss"), ("flow_resumed", "boss", "boss"),
    ]  # fmt: skip


async def test_a_flow_stopped_elsewhere_is_stopped_here_within_a_second(world: World) -> None:
    customer = await world.customer("en")
    assert await world.system.switches.stopped() == frozenset()
    stop = e.FlowStopped(flow=FLOW, by="boss")
    append = Append(f"flow:{FLOW}", (stop,), e.Actor(e.AGENT, "boss"), world.clock.now)
    await world.system.store.append(append)  # past this process's log
    async with asyncio.timeout(1):
        while FLOW not in await world.system.switches.stopped():  # noqa: ASYNC110 (looked at anew each time)
            await asyncio.sleep(0)
    await customer.says(BOTH[1].fault[0])
    assert await world.mode(customer.conversation) == WAITING


async def test_two_supervisors_at_one_switch_make_one_event(world: World) -> None:
    switch = world.system.switches.turn
    changed = await asyncio.gather(*(switch(FLOW, True, f"boss{number}") for number in range(5)))
    assert sorted(changed) == [False] * 4 + [True]
    assert await world.system.store.version(f"flow:{FLOW}") == 1


@BOTH_TALK
async def test_the_third_angry_message_alerts_once(world: World, talk: Talk) -> None:
    boss = await world.staff("boss", "supervisor")
    customer = await world.customer(talk.language)
    for words in ANGRY[talk.language]:
        await customer.says(words)
    await world.settled()
    (alert,) = (await boss.reads("/qa/alerts"))["items"]
    assert (alert["rule"], alert["conversation"], alert["quote"]) == (
        "anger", customer.conversation, ANGRY[talk.language][2],
    )  # fmt: skip
    assert set(alert["title"]) == {"zh", "en"}
    said = {r.seq: r.event for r in await world.log(customer.conversation)}
    assert said[alert["about"]].text == ANGRY[talk.language][2]  # type: ignore[attr-defined]


@BOTH_TALK
async def test_a_low_rating_and_a_long_wait_alert(world: World, talk: Talk) -> None:
    boss = await world.staff("boss", "supervisor")
    customer = await world.customer(talk.language)
    await customer.does("rate", score=3)
    await customer.does("rate", score=2, comment=talk.nonsense[0])
    await ask_for_person(customer, talk)
    await world.pass_time(minutes=4, seconds=59)
    assert [alert["rule"] for alert in (await boss.reads("/qa/alerts"))["items"]] == ["rating"]
    await world.pass_time(seconds=2)
    items = (await boss.reads("/qa/alerts"))["items"]
    assert [(alert["rule"], alert["quote"]) for alert in items] == [("wait", ""), ("rating", talk.nonsense[0])]
    page = await boss.reads("/qa/alerts?limit=1")
    rest = await boss.reads(f"/qa/alerts?limit=1&next={page['next']}")
    assert [alert["rule"] for alert in page["items"] + rest["items"]] == ["wait", "rating"]
    assert rest["next"] is None
    assert len((await boss.reads("/qa/alerts?rule=wait"))["items"]) == 1


@BOTH_TALK
async def test_a_failed_check_alerts_with_the_words(world: World, talk: Talk) -> None:
    boss, anna = await world.staff("boss", "supervisor"), await world.agent("anna")
    promise = {"zh": "我会安排师傅明天上门。", "en": "I will send an engineer tomorrow."}[talk.language]
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    await anna.accepts(customer.conversation)
    await anna.says(customer.conversation, promise)
    await anna.does("close", customer.conversation, disposition="resolved")
    await world.settled()
    (alert,) = (await boss.reads("/qa/alerts"))["items"]
    assert alert["rule"] == "check:promise_without_ticket"
    assert alert["quote"] and alert["quote"] in promise


async def test_acts_that_cannot_be(world: World) -> None:
    boss, anna = await world.staff("boss", "supervisor"), await world.staff("anna")
    customer = await world.customer("zh")
    await customer.says(ZH.hello)
    paths = [f"/conversations/{customer.conversation}/{act}" for act in ("listen", "take-over", "stop-bot", "resume-bot")]
    for path in (*paths, f"/flows/{FLOW}/stop", f"/flows/{FLOW}/resume"):
        assert (await anna.http("POST", path)).status_code == 403, path
        assert (await world.http.post(f"/api/v1{path}")).status_code == 401, path
    for path in ("/conversations/nobody/listen", "/conversations/nobody/take-over", "/flows/nothing/stop"):
        assert (await boss.http("POST", path)).status_code == 404, path
    await customer.does("close")
    for path in paths[1:]:
        answer = await boss.http("POST", path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "closed"), path
    assert await world.mode(customer.conversation) == CLOSED
    assert (await boss.http("GET", "/qa/alerts?next=x")).status_code == 422
