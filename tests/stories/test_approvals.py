"""What the machine prepares waits for a person's click, over HTTP and over the desk's socket."""

from dataclasses import dataclass
from typing import Any

import pytest

from contacts.erase import erase
from core import events as e
from tests.stories.conftest import Scene
from tests.stories.people import Agent

pytestmark = pytest.mark.asyncio


@dataclass(frozen=True)
class Words:
    """What the customer hears."""

    language: str
    waits: str
    done: str
    not_done: str
    title: str
    line: str
    amount: str


ZH = Words("zh", "同事", "已经升级，回执号 R-1", "没有升级", "升级线路", "线路", "每月金额")
EN = Words(
    "en", "colleague", "The line is upgraded. Your receipt is R-1", "It was not upgraded", "Upgrade the line", "Line", "Monthly amount",
)  # fmt: skip
BOTH = pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])


async def decision(agent: Agent, kind: str, **fields: Any) -> dict[str, Any]:
    """Sends a click over the socket; returns its answer."""
    await agent.wire.send({"type": kind, **fields})
    return await agent.wire.until("decided", "error", call=fields["call"])


# Over HTTP -------------------------------------------------------------------------------------------------------


@BOTH
async def test_a_proposal_is_listed_with_what_it_would_do_and_done_after_the_click(scene: Scene, words: Words) -> None:
    world, anna = scene.world, await scene.world.staff("anna")
    assert await anna.reads("/approvals") == {"items": []}
    customer, reply = await scene.customer(words.language)
    assert reply.responses == ["utter_action_proposed"] and words.waits in reply.text and scene.office.calls == 0

    (item,) = (await anna.reads("/approvals"))["items"]
    assert (item["conversation"], item["name"], item["level"], item["rules"]) == (
        customer.conversation, "upgrade_line", 2, ["upgrade_locked"],
    )  # fmt: skip
    assert item["title"][words.language] == words.title
    assert (item["effect"], item["amount"], item["interface"]) == ("money", 300, "http:office/upgradeLine")
    assert item["arguments"] == {"line": "L1", "upgrade_sum": 300}
    labels = {name: item["labels"][name][words.language] for name in item["arguments"]}
    assert labels == {"line": words.line, "upgrade_sum": words.amount}  # of the action, and of the slot of that name
    assert item["proposed_at"] == "2026-09-01T02:00:00.000Z"

    answer = await anna.http("POST", f"/approvals/{item['call']}", json={"approve": True, "note": "seen the contract"})
    assert (answer.status_code, answer.json()) == (202, {"call": item["call"]})
    reply = await customer.catch_up()
    assert words.done in reply.text
    assert list(scene.office.done) == [item["call"]]
    assert await anna.reads("/approvals") == {"items": []}
    (called,) = await world.of(customer.conversation, e.ActionCalled)
    (decided,) = await world.of(customer.conversation, e.ActionDecided)
    assert (called.confirmer, called.level, decided.note) == ("anna", 2, "seen the contract")


@BOTH
async def test_a_rejected_one_is_not_done_and_the_customer_hears_it(scene: Scene, words: Words) -> None:
    anna = await scene.world.staff("anna")
    customer, call = await scene.proposed(words.language)
    assert (await anna.http("POST", f"/approvals/{call}", json={"approve": False})).status_code == 202
    reply = await customer.catch_up()
    assert reply.responses[0] == "utter_action_rejected" and words.not_done in reply.text
    assert scene.office.calls == 0


async def test_two_colleagues_cannot_decide_the_same(scene: Scene) -> None:
    anna, ben = await scene.world.staff("anna"), await scene.world.staff("ben")
    _, call = await scene.proposed()
    again = [await anna.http("POST", f"/approvals/{call}", json={"approve": True}) for _ in range(2)]
    assert [answer.status_code for answer in again] == [202, 202]
    for approve in (True, False):
        late = await ben.http("POST", f"/approvals/{call}", json={"approve": approve})
        assert (late.status_code, late.json()["error"]["code"]) == (409, "decided")
    turned = await anna.http("POST", f"/approvals/{call}", json={"approve": False})
    assert turned.status_code == 409
    await scene.world.settled()
    assert scene.office.calls == 1


async def test_who_may_not_and_what_is_not_there(scene: Scene) -> None:
    anna = await scene.world.staff("anna")
    customer, call = await scene.proposed()
    for headers in ({}, {"Authorization": f"Bearer {customer.token}"}):  # nobody; the customer
        answer = await scene.world.http.post(f"/api/v1/approvals/{call}", json={"approve": True}, headers=headers)
        assert answer.status_code == 401
        assert (await scene.world.http.get("/api/v1/approvals", headers=headers)).status_code == 401
    for path in ("/approvals/conversation:nobody:1:upgrade_line", f"/approvals/{call}x"):
        assert (await anna.http("POST", path, json={"approve": True})).status_code == 404
    for path in (f"/actions/{call}/undo", "/actions/nothing/undo"):
        assert (await anna.http("POST", path, json={})).status_code == 404
    assert (await anna.http("POST", f"/approvals/{call}", json={"approve": "yes"})).status_code == 422
    assert scene.office.calls == 0


async def test_nothing_is_left_to_decide_after_an_erasure(scene: Scene) -> None:
    world, anna = scene.world, await scene.world.agent("anna")
    customer, call = await scene.proposed()
    contact = (await world.fold(customer.conversation)).contact
    assert await erase(contact, world.system.store, world.system.rows, e.Actor(e.SYSTEM, "erase"), world.clock())
    assert await anna.reads("/approvals") == {"items": []}
    late = await anna.http("POST", f"/approvals/{call}", json={"approve": True})
    assert (late.status_code, late.json()["error"]["code"]) == (404, "erased")
    assert (await decision(anna, "approve", call=call))["code"] == "erased"
    await world.settled()
    assert scene.office.calls == 0


@BOTH
async def test_what_was_done_is_taken_back_once(scene: Scene, words: Words) -> None:
    world, anna = scene.world, await scene.world.staff("anna")
    customer, _ = await scene.customer(words.language, "50")  # under 100 the customer's yes is enough
    (called,) = await world.of(customer.conversation, e.ActionCalled)
    assert called.level == 3
    path = f"/actions/{called.call}/undo"
    assert (await anna.http("POST", path, json={"note": "wrong line"})).status_code == 202
    await world.settled()
    assert scene.office.back == ["R-1"]
    assert (await anna.http("POST", path, json={})).status_code == 404
    undone = (await world.of(customer.conversation, e.ActionCalled))[-1]
    assert (undone.name, undone.undoes, undone.confirmer) == ("upgrade_back", called.call, "anna")


async def test_a_refusal_of_the_other_system_reaches_the_customer(scene: Scene) -> None:
    scene.office.refuses = 300.0
    anna = await scene.world.staff("anna")
    customer, call = await scene.proposed()
    await anna.http("POST", f"/approvals/{call}", json={"approve": True})
    assert EN.not_done in (await customer.catch_up()).text
    (returned,) = await scene.world.of(customer.conversation, e.ActionReturned)
    assert returned.outcome == "failed" and scene.office.calls == 1


# Over the socket -------------------------------------------------------------------------------------------------


async def test_every_desk_hears_what_waits_and_who_decided(scene: Scene) -> None:
    anna, ben = await scene.world.agent("anna"), await scene.world.agent("ben")
    customer, call = await scene.proposed()
    heard = await anna.wire.until("approval", call=call, kind="action_proposed")
    assert await ben.wire.until("approval", call=call, kind="action_proposed") == heard
    assert heard["proposal"] == (await anna.reads("/approvals"))["items"][0]

    assert (await decision(ben, "approve", call=call, note="fine"))["type"] == "decided"
    for desk in (anna, ben):
        told = await desk.wire.until("approval", call=call, kind="action_decided")
        assert (told["approved"], told["agent"], told["name"]) == (True, "ben", "Ben")
        assert told["conversation"] == customer.conversation
    late = await decision(anna, "reject", call=call)
    assert (late["type"], late["code"]) == ("error", "decided")
    assert EN.done in (await customer.catch_up()).text
    assert scene.office.calls == 1

    assert (await decision(anna, "undo", call=call, note="the wrong line"))["type"] == "decided"
    await scene.world.settled()
    assert scene.office.back == ["R-1"]
    assert (await decision(ben, "undo", call=call))["code"] == "not_found"


async def test_a_desk_that_opens_later_finds_what_waits_and_the_words_for_it(scene: Scene) -> None:
    _, call = await scene.proposed("zh")
    await scene.world.user("ben", display="Ben Zhou")
    anna = await scene.world.staff("anna", display="Anna Li")
    ready = await anna.connect()
    scene.world.agents.append(anna)
    assert [item["call"] for item in ready["approvals"]] == [call]
    words = {action["name"]: action for action in ready["actions"]}
    assert words["upgrade_line"]["title"] == {"zh": "升级线路", "en": "Upgrade the line"}
    assert words["upgrade_line"]["labels"]["receipt"] == {"zh": "回执号", "en": "Receipt"}
    assert (words["upgrade_line"]["reversible"], words["upgrade_back"]["title"]) == (True, {})
    assert ready["people"] == {"anna": "Anna Li", "ben": "Ben Zhou"}
    assert (await decision(anna, "reject", call=call))["type"] == "decided"
    again = await scene.world.second_tab(anna)
    assert again.wire.frames[0]["approvals"] == []


async def test_a_click_on_what_is_not_there_is_an_error_that_names_it(scene: Scene) -> None:
    anna = await scene.world.agent("anna")
    for kind in ("approve", "reject", "undo"):
        answer = await decision(anna, kind, call="conversation:nobody:1:upgrade_line")
        assert (answer["type"], answer["code"]) == ("error", "not_found"), answer
    await anna.wire.send({"type": "approve"})
    assert (await anna.wire.until("error"))["code"] == "bad_frame"
