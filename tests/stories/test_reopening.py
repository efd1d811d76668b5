"""After the end: back within 72 hours, later in a new conversation, and the rating."""

import pytest

from core import events as e
from core.errors import NotFound
from tests.stories.talk import BOTH, Talk, name_of, report_fault
from tests.stories.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]


async def test_a_message_within_72_hours_reopens(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    assert (await customer.does("close")).of("closed")["by"] == "customer"
    await world.pass_time(hours=71, minutes=59)
    customer.token = world.system.tokens.widget(customer.conversation)

    back = await customer.says(talk.question)

    assert back.kinds[:2] == ["reopened", "customer_said"]
    assert back.citations[0]["document"] == talk.page
    assert await world.mode(customer.conversation) == "bot"


async def test_a_message_later_does_not(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    await customer.does("close")
    await world.pass_time(hours=72, minutes=1)
    await customer.catch_up()

    await customer.wire.send({"type": "message", "id": "late", "text": talk.hello})

    error = await customer.error()
    assert (error["code"], error["id"]) == ("conversation_closed", "late")
    customer.token = (await customer.http("POST", "/token")).json()["token"]
    over_http = await customer.http("POST", "/messages", json={"id": "late-2", "text": talk.hello})
    assert (over_http.status_code, over_http.json()["error"]["code"]) == (409, "conversation_closed")
    assert await customer.catch_up() == []
    # A repetition of what was said before is still acknowledged, and reopens nothing.
    first = next(event for event in customer.events if event["kind"] == "customer_said")
    assert await customer.sends(first["text"], id=first["id"]) == first["seq"]
    assert await world.mode(customer.conversation) == "closed"


async def test_a_new_one_continues_it_for_the_same_contact(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    number = await report_fault(customer, talk)

    again = await world.customer(talk.language, continues=customer.conversation, proof=customer.token)

    (started,) = await world.of(again.conversation, e.Started)
    assert started.continues == customer.conversation
    assert started.contact == (await world.fold(customer.conversation)).contact
    reply = await again.follows("/ticket_status", number)
    assert world.system.tickets.types.status_words("fault", "open", talk.language) in reply.text


@pytest.mark.parametrize("proof", ["none", "foreign", "forged"])
async def test_without_proof_nobody_joins_somebody_elses_contact(world: World, talk: Talk, proof: str) -> None:
    customer = await world.customer(talk.language)
    number = await report_fault(customer, talk)
    stranger = await world.customer(talk.language)
    given = {"none": None, "foreign": stranger.token, "forged": customer.token[:-2] + "xx"}[proof]

    again = await world.customer(talk.language, continues=customer.conversation, proof=given)

    (started,) = await world.of(again.conversation, e.Started)
    assert started.continues is None
    assert started.contact != (await world.fold(customer.conversation)).contact
    assert (await again.follows("/ticket_status", number)).asks == "contact_phone"


async def test_continuing_what_never_was_begins_anew(world: World, talk: Talk) -> None:
    lost = world.system.tokens.widget("nowhere")
    with pytest.raises(NotFound):
        await world.fold("nowhere")
    customer = await world.customer(talk.language, continues="nowhere", proof=lost)
    (started,) = await world.of(customer.conversation, e.Started)
    assert started.continues is None


async def test_a_rating_after_the_end_and_the_last_one_counts(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    await customer.does("close")
    await world.pass_time(hours=23, minutes=59)

    assert (await customer.does("rate", score=2)).kinds == ["rated"]
    assert (await customer.does("rate", score=5, comment=talk.thanks)).kinds == ["rated"]

    boss = await world.staff("boss", role="supervisor")
    row = await boss.reads(f"/conversations/{customer.conversation}")
    assert row["rating"] == 5 and row["mode"] == "closed"
    assert (await world.of(customer.conversation, e.Rated))[-1].comment == talk.thanks


async def test_a_rating_that_comes_too_late_or_is_none(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    for score in (0, 6, 3.5, "5", None):
        await customer.wire.send({"type": "rate", "score": score})
        assert (await customer.error())["code"] == "bad_frame"
    await customer.says(talk.question)
    await customer.does("close")
    await world.pass_time(hours=24, minutes=1)

    await customer.wire.send({"type": "rate", "score": 4})

    assert (await customer.error())["code"] == "too_late"
    assert await world.of(customer.conversation, e.Rated) == []
