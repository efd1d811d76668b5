"""One person who came twice: joined at the desk, known to the bot, parted again, and forgotten whole."""

import asyncio
from typing import Any

import pytest

from app import commands
from core import events as e
from core.ports import Append
from tests.stories.people import Customer
from tests.stories.talk import BOTH, OTHER_PHONE, Talk, name_of, report_fault
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]


async def twice(world: World, talk: Talk) -> tuple[Customer, Customer, str, dict[str, str]]:
    """A visitor with a ticket, the same person as another visitor, and the contacts of both."""
    first = await world.customer(talk.language)
    number = await report_fault(first, talk)
    second = await world.customer(talk.language)
    await second.says(talk.question)
    contacts = {name: (await world.fold(one.conversation)).contact for name, one in (("first", first), ("second", second))}
    return first, second, number, contacts


async def test_the_desk_and_the_bot_know_the_joined_contact_until_it_is_undone(world: World, talk: Talk) -> None:
    first, second, number, contacts = await twice(world, talk)
    anna = await world.staff("anna")
    path = f"/conversations/{second.conversation}"
    before = {what: await anna.reads(path + what) for what in ("", "/summary", "/contact")}
    log = await world.log(second.conversation)
    assert before["/summary"]["earlier"] == []

    made = await anna.http("POST", f"/contacts/{contacts['second']}/joins", json={"contact": contacts["first"]})

    assert made.status_code == 201, made.text
    assert sorted(made.json()["contacts"]) == sorted(contacts.values())
    story = await anna.reads(path + "/summary")
    assert [one["id"] for one in story["earlier"]] == [first.conversation]
    assert [one["ticket"] for one in story["other_tickets"]] == [number]
    known = (await anna.reads(path + "/contact"))["joins"]
    assert [(link["contact"], link["into"], link["by"]) for link in known] == [(contacts["first"], contacts["second"], "anna")]
    words = world.system.tickets.types.status_words("fault", "open", talk.language)
    told = await second.follows("/ticket_status", number)
    assert words in told.text
    linked = await anna.http("POST", f"/tickets/{number}/link", json={"conversation": second.conversation, "version": 1})
    assert linked.status_code == 200

    parted = await anna.http("DELETE", f"/contacts/{contacts['first']}/joins")

    assert parted.status_code == 200
    after = {what: await anna.reads(path + what) for what in ("/summary", "/contact")}
    assert after["/summary"]["earlier"] == before["/summary"]["earlier"]
    assert after["/contact"] == before["/contact"]
    assert (await world.log(second.conversation))[: len(log)] == log
    assert (await world.fold(first.conversation)).contact == contacts["first"]


async def test_a_stranger_is_told_nothing_after_the_joining_is_undone(world: World, talk: Talk) -> None:
    _, second, number, contacts = await twice(world, talk)
    anna = await world.staff("anna")
    await anna.http("POST", f"/contacts/{contacts['second']}/joins", json={"contact": contacts["first"]})
    await anna.http("DELETE", f"/contacts/{contacts['first']}/joins")
    told = await second.follows("/ticket_status", number, OTHER_PHONE)
    assert world.system.tickets.types.status_words("fault", "open", talk.language) not in told.text


async def test_an_account_that_both_proved_is_suggested(world: World, talk: Talk) -> None:
    first, second, _, contacts = await twice(world, talk)
    for one in (first, second):
        fold = await world.fold(one.conversation)
        proof = e.Verified(verify="account", account="13900001234", call="check")
        await world.system.log.append(Append(fold.stream, (proof,), e.THE_BOT, world.clock.now, expected=fold.version))
    anna = await world.staff("anna")

    known = await anna.reads(f"/conversations/{second.conversation}/contact")

    assert known["proved"] == "13900001234" and known["signed_in"] is False and known["verified"] is True
    (one,) = known["suggestions"]
    assert (one["contact"], one["basis"], one["conversation"]) == (contacts["first"], "account", first.conversation)


async def test_erasing_a_joined_contact_takes_all(world: World, talk: Talk) -> None:
    first, second, number, contacts = await twice(world, talk)
    anna = await world.staff("anna")
    await anna.http("POST", f"/contacts/{contacts['second']}/joins", json={"contact": contacts["first"]})

    await asyncio.to_thread(commands.erase, world.settings, contacts["second"])

    said = talk.fault[1]
    for path in (f"/conversations/{first.conversation}/events?limit=200", f"/conversations/{second.conversation}/summary", f"/tickets/{number}"):
        shown = str(await anna.reads(path))
        assert said not in shown and talk.question not in shown, path
    assert (await anna.reads(f"/conversations/{first.conversation}/contact"))["attributes"] == {}


async def test_bad_joins_are_refused_with_a_reason(world: World, talk: Talk) -> None:
    _, _, _, contacts = await twice(world, talk)
    anna = await world.staff("anna")
    first, second = contacts["first"], contacts["second"]

    async def tried(method: str, of: str, **body: Any) -> tuple[int, bool]:
        answer = await anna.http(method, f"/contacts/{of}/joins", **({"json": body} if body else {}))
        return answer.status_code, bool(answer.json().get("error", {}).get("message"))

    assert await tried("POST", first, contact=first) == (422, True)
    assert await tried("POST", first, contact="nobody") == (404, True)
    assert await tried("POST", "nobody", contact=first) == (404, True)
    assert await tried("POST", first, contact="") == (422, True)
    assert await tried("DELETE", first) == (409, True)
    assert (await tried("POST", first, contact=second))[0] == 201
    assert await tried("POST", second, contact=first) == (409, True)
    assert (await anna.http("GET", "/contacts/nobody/joins")).status_code == 404
    assert (await world.http.post(f"/api/v1/contacts/{first}/joins", json={"contact": second})).status_code == 401
