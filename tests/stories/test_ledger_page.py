"""What administrators see of the ledger: every decision and act, to be found by who, what and when, with its proof."""

from typing import Any

import pytest

from contacts.erase import erase
from core import events as e
from core.time import iso
from tests.stories.conftest import Scene
from tests.stories.people import Agent
from tests.stories.world import World

pytestmark = pytest.mark.asyncio


async def rows(admin: Agent, query: str = "") -> list[dict[str, Any]]:
    """All rows of a query, page by page."""
    found: list[dict[str, Any]] = []
    next = ""
    while True:
        page = await admin.reads(f"/ledger?{query}&limit=7{next}")
        found += page["items"]
        if page["next"] is None:
            return found
        assert len(page["items"]) == 7
        next = f"&next={page['next']}"


def kinds(found: list[dict[str, Any]]) -> list[str]:
    """What happened in them."""
    return [row["event"]["kind"] for row in found]


async def test_an_approved_action_can_be_followed_from_proposal_to_result(scene: Scene) -> None:
    world, admin = scene.world, await scene.world.staff("root", "admin")
    customer, call = await scene.proposed("zh")
    await admin.http("POST", f"/approvals/{call}", json={"approve": True, "note": "checked"})
    await customer.catch_up()

    found = await rows(admin, "action=upgrade_line")
    assert kinds(found) == ["action_proposed", "action_decided", "action_called", "action_returned"]
    proposed, decided, called, returned = (row["event"] for row in found)
    assert (proposed["level"], proposed["rules"], proposed["actor"]["executor"]) == (2, ["upgrade_locked"], "machine")
    assert (decided["actor"], decided["approved"], decided["note"]) == ({"executor": "agent", "name": "root"}, True, "checked")
    assert (called["interface"], called["confirmer"], called["call"]) == ("http:office/upgradeLine", "root", call)
    assert (returned["outcome"], returned["result"], returned["actor"]["name"]) == ("ok", {"receipt": "R-1"}, "billing")
    assert {row["stream"] for row in found} == {f"conversation:{customer.conversation}"}
    assert await rows(admin, "action=upgrade") == []
    assert len(await world.log(customer.conversation)) == len(await rows(admin, f"conversation={customer.conversation}"))


async def test_the_proof_holds_for_what_is_sealed_and_waits_for_the_rest(scene: Scene) -> None:
    world, admin = scene.world, await scene.world.staff("root", "admin")
    await scene.customer("en", "50")
    while await world.system.ledger.seal(world.clock()):
        pass
    sealed = await rows(admin)
    await scene.customer("en", "60")
    found = await rows(admin)
    assert found[: len(sealed)] == sealed and len(found) > len(sealed)
    heads = {None: "0" * 64}
    for row in sealed:
        proof = row["proof"]
        assert proof["holds"] is True and len(proof["digest"]) == len(proof["hash"]) == 64
        assert proof["previous"] in heads.values()
        heads[proof["block"]] = proof["hash"]
    assert [row["position"] for row in found] == sorted(row["position"] for row in found)


async def test_the_newest_come_first_when_asked_for(scene: Scene) -> None:
    admin = await scene.world.staff("root", "admin")
    await scene.customer("en", "50")
    assert await rows(admin, "order=newest") == (await rows(admin))[::-1]
    assert (await admin.http("GET", "/ledger?order=middle")).status_code == 422


async def test_rows_are_found_by_contact_conversation_and_period(scene: Scene) -> None:
    world, admin = scene.world, await scene.world.staff("root", "admin")
    first, _ = await scene.customer("en", "50")
    await world.pass_time(minutes=5)
    between = world.clock()
    second, _ = await scene.customer("zh", "60")
    contacts = [(await world.fold(one.conversation)).contact for one in (first, second)]
    of_second = await rows(admin, f"contact={contacts[1]}")
    assert {row["stream"] for row in of_second} == {f"conversation:{second.conversation}"}
    assert await rows(admin, f"contact={contacts[1]}&conversation={first.conversation}") == []
    assert await rows(admin, "contact=nobody") == []
    calls = "action=upgrade_line"
    assert kinds(await rows(admin, f"{calls}&until={iso(between)}")) == ["action_called", "action_returned"]
    later = await rows(admin, f"{calls}&since={iso(between)}")
    assert {row["stream"] for row in later} == {f"conversation:{second.conversation}"}
    assert (await admin.http("GET", "/ledger?since=yesterday")).status_code == 422


async def test_words_can_be_erased_and_the_proof_stays(scene: Scene) -> None:
    world, admin = scene.world, await scene.world.staff("root", "admin")
    customer, _ = await scene.customer("en", "50")
    while await world.system.ledger.seal(world.clock()):
        pass
    contact = (await world.fold(customer.conversation)).contact
    before = await rows(admin, "action=upgrade_line")
    await erase(contact, world.system.store, world.system.rows, e.Actor(e.SYSTEM, "erase"), world.clock())
    after = await rows(admin, "action=upgrade_line")
    assert [row["event"].get("arguments") for row in before] == [{"line": "L1", "upgrade_sum": 50}, None]
    assert [row["event"].get("arguments") for row in after] == [{}, None]
    assert [row["proof"] for row in after] == [row["proof"] for row in before]
    assert all(row["proof"]["holds"] for row in after)


async def test_only_administrators_read_it(world: World) -> None:
    for role, status in (("agent", 403), ("supervisor", 403), ("admin", 200)):
        person = await world.staff(role, role)
        assert (await person.http("GET", "/ledger")).status_code == status
    assert (await world.http.get("/api/v1/ledger")).status_code == 401
