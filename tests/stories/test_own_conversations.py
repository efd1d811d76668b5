"""History across devices: what a customer whom the page vouches for finds again, and what nobody else may."""

import pytest

from contacts.identity import sign
from core import events as e
from core.ports import Append
from core.time import SECOND
from tests.stories.people import Customer
from tests.stories.talk import BOTH, Talk, name_of
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]


def vouched(world: World, user: str) -> dict[str, object]:
    """What the page's own server signs."""
    expires = int(world.system.clock() / SECOND) + 3600
    return {"user_id": user, "expires": expires, "signature": sign(world.settings.widget_secret, user, expires)}


async def listed(customer: Customer) -> list[str]:
    """Ids, as the list has them."""
    answer = await customer.http("GET", "/conversations")
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["items"]]


async def test_all_devices_show_the_same_conversations(world: World, talk: Talk) -> None:
    first = await world.customer(talk.language, identity=vouched(world, "u-1"))
    await first.says(talk.question)
    await world.pass_time(minutes=1)
    second = await world.customer(talk.language, identity=vouched(world, "u-1"))
    assert second.conversation != first.conversation
    assert await listed(second) == [second.conversation, first.conversation]
    (_, row) = (await second.http("GET", "/conversations")).json()["items"]
    assert row["mode"] == "bot" and row["last_by"] == "bot" and row["last_text"]

    entered = await second.http("POST", f"/conversations/{first.conversation}/token")
    assert entered.status_code == 200
    assert world.system.tokens.read_widget(entered.json()["token"]).conversation == first.conversation


async def test_who_comes_back_goes_on_where_they_were(world: World, talk: Talk) -> None:
    first = await world.customer(talk.language, identity=vouched(world, "u-1"))
    await first.says(talk.question)
    again = await world.customer(talk.language, identity=vouched(world, "u-1"), resume=True)
    assert again.conversation == first.conversation
    await first.does("close")
    new = await world.customer(talk.language, identity=vouched(world, "u-1"), resume=True)
    assert new.conversation != first.conversation
    other = await world.customer(talk.language, identity=vouched(world, "u-2"), resume=True)
    assert other.conversation not in (first.conversation, new.conversation)


async def test_nobody_sees_what_is_not_theirs(world: World, talk: Talk) -> None:
    known = await world.customer(talk.language, identity=vouched(world, "u-1"))
    other = await world.customer(talk.language, identity=vouched(world, "u-2"))
    stranger = await world.customer(talk.language)
    assert await listed(known) == [known.conversation]
    assert await listed(stranger) == [stranger.conversation]
    for asking, wanted in ((other, known), (stranger, known), (known, stranger), (known, other)):
        refused = await asking.http("POST", f"/conversations/{wanted.conversation}/token")
        missing = await asking.http("POST", "/conversations/nowhere/token")
        assert refused.status_code == missing.status_code == 404
        assert refused.json() == missing.json()
    known.token = f"{known.token[:-2]}xx"
    assert (await known.http("GET", "/conversations")).status_code == 401


async def test_joining_contacts_at_the_desk_opens_nothing(world: World, talk: Talk) -> None:
    known = await world.customer(talk.language, identity=vouched(world, "u-1"))
    stranger = await world.customer(talk.language)
    contact = (await world.fold(known.conversation)).contact
    joined = Append(f"conversation:{stranger.conversation}", (e.ContactLinked(contact=contact),), e.THE_SYSTEM, world.system.clock())
    await world.system.log.append(joined)
    assert await listed(known) == [known.conversation]
    assert await listed(stranger) == [stranger.conversation]
    assert (await stranger.http("POST", f"/conversations/{known.conversation}/token")).status_code == 404


async def test_resuming_without_an_identity_begins_anew(world: World, talk: Talk) -> None:
    first = await world.customer(talk.language)
    again = await world.customer(talk.language, resume=True)
    assert again.conversation != first.conversation
