"""Service people find a conversation by what was said in it, in both languages; nobody else does, and nothing erased."""

import asyncio

import pytest

from app import commands
from tests.stories.talk import BOTH, Talk, name_of
from tests.stories.world import World

pytestmark = pytest.mark.asyncio

SAID = {"zh": ("我家的紫薇花园九号楼没有信号", "紫薇花园", "花园"), "en": ("No signal at the Marigold Terrace", "marigold terr", "go")}


@pytest.mark.parametrize("talk", BOTH, ids=name_of)
async def test_a_conversation_is_found_by_what_was_said(world: World, talk: Talk) -> None:
    sentence, question, short = SAID[talk.language]
    customer = await world.customer(talk.language)
    await customer.says(sentence)
    anna = await world.staff("anna")
    for asked in (question, short):
        page = await anna.reads(f"/search?q={asked}")
        (item,) = [one for one in page["items"] if one["found"]["by"] == "customer"]
        assert (item["id"], item["mode"]) == (customer.conversation, "bot")
        pieces = item["found"]["snippet"]
        assert "".join(piece["text"] for piece in pieces) == sentence
        assert any(piece["hit"] for piece in pieces)
    assert (await anna.reads("/search?q=zzzz"))["items"] == []


async def test_pages_follow_one_another(world: World) -> None:
    opened = []
    for number in range(5):
        customer = await world.customer("en")
        await customer.says(f"the quokka number {number}")
        opened.append(customer.conversation)
    anna = await world.staff("anna")
    seen: list[str] = []
    next = ""
    for _ in range(3):
        page = await anna.reads(f"/search?q=quokka&limit=2{next}")
        seen += [item["id"] for item in page["items"]]
        next = f"&next={page['next']}"
    assert seen == opened[::-1]
    assert page["next"] is None


async def test_erased_words_are_not_found_and_a_rebuild_brings_none_back(world: World) -> None:
    customer = await world.customer("en")
    await customer.says("the parrot Zebedee chewed the cable")
    anna = await world.staff("anna")
    assert len((await anna.reads("/search?q=zebedee"))["items"]) == 1
    contact = (await world.fold(customer.conversation)).contact
    await asyncio.to_thread(commands.erase, world.settings, contact)
    assert (await anna.reads("/search?q=zebedee"))["items"] == []
    await world.close()
    await asyncio.to_thread(commands.rebuild, world.settings)
    await world.restart()
    anna = type(anna)(world, "anna", world.system.tokens.pair("anna", "agent", 0)[0])
    assert (await anna.reads("/search?q=zebedee"))["items"] == []


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%09", "?q=%00", f"?q={'x' * 201}", "?q=a&limit=0", "?q=a&next=zzz"])
async def test_a_question_that_is_none_is_refused(world: World, query: str) -> None:
    anna = await world.staff("anna")
    assert (await anna.http("GET", f"/search{query}")).status_code == 422
    assert (await world.http.get(f"/api/v1/search{query}")).status_code in (401, 422)


async def test_only_service_people_may_look(world: World) -> None:
    customer = await world.customer("en")
    await customer.says("hello there")
    assert (await world.http.get("/api/v1/search?q=hello")).status_code == 401
    proof = {"Authorization": f"Bearer {customer.token}"}
    assert (await world.http.get("/api/v1/search?q=hello", headers=proof)).status_code == 401
