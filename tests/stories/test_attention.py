"""What an agent has not read follows them to every device; how long customers wait is told from the log."""

import pytest

from tests.stories.talk import EN, ask_for_person
from tests.stories.world import World

pytestmark = pytest.mark.asyncio


async def test_unread_words_stay_unread_until_they_are_seen_on_any_device(world: World) -> None:
    customer = await world.customer("en")
    anna = await world.agent("anna")
    await ask_for_person(customer, EN)
    await anna.accepts(customer.conversation)
    await customer.says("are you there")
    assert (await anna.reads("/attention"))["unread"] == [customer.conversation]
    ben = await world.staff("ben")
    assert (await ben.reads("/attention"))["unread"] == []

    seq = (await world.log(customer.conversation))[-1].seq
    place = f"/conversations/{customer.conversation}/read"
    assert (await anna.http("PUT", place, json={"seq": seq})).status_code == 204
    assert (await anna.http("PUT", place, json={"seq": 1})).status_code == 204
    assert (await anna.reads("/attention"))["unread"] == []
    await customer.says("hello")
    assert (await anna.reads("/attention"))["unread"] == [customer.conversation]
    await anna.says(customer.conversation, "yes")
    assert (await anna.reads("/attention"))["unread"] == []


async def test_who_waits_for_an_answer_is_told_with_its_time(world: World) -> None:
    customer = await world.customer("en")
    anna = await world.agent("anna")
    await ask_for_person(customer, EN)
    page = await anna.reads("/attention")
    assert page["limits"] == {"first": 180, "next": 180}
    assert page["owed"][customer.conversation]["kind"] == "first"
    await anna.accepts(customer.conversation)
    await world.pass_time(minutes=2)
    assert (await anna.reads("/attention"))["owed"][customer.conversation]["level"] == "warn"
    await anna.says(customer.conversation, "here I am")
    assert (await anna.reads("/attention"))["owed"] == {}
    await customer.says("thanks")
    assert (await anna.reads("/attention"))["owed"][customer.conversation]["kind"] == "next"


@pytest.mark.parametrize(
    ("body", "status"), [({"seq": 0}, 422), ({"seq": -1}, 422), ({"seq": "x"}, 422), ({}, 422), ({"seq": 9999}, 422), ({"seq": 2**40}, 422)]
)
async def test_a_place_that_is_none_is_refused(world: World, body: dict[str, object], status: int) -> None:
    customer = await world.customer("en")
    anna = await world.staff("anna")
    assert (await anna.http("PUT", f"/conversations/{customer.conversation}/read", json=body)).status_code == status
    assert (await anna.http("PUT", "/conversations/nowhere/read", json={"seq": 1})).status_code == 404
    assert (await world.http.get("/api/v1/attention")).status_code == 401
