"""Who wants to be forgotten is forgotten: no word, name or number is left, and everything else still stands."""

import asyncio
import io
from pathlib import Path

import pytest

from app import commands
from contacts.identity import sign
from core.time import SECOND
from tests.stories.talk import BOTH, ZH, Talk, ask_for_person, name_of, report_fault
from tests.stories.world import World

pytestmark = pytest.mark.asyncio

PHONE = "13712345678"
NAME = {"zh": "欧阳慕雪", "en": "Wilhelmina Quartermaine"}
STORY = {"zh": "我家住在紫薇花园九号楼", "en": "the parrot Zebedee chewed the cable"}


def left(folder: Path, words: str) -> list[str]:
    """Files that hold the words, plain or as JSON escapes."""
    forms = {words.encode(), words.encode("unicode_escape"), words.encode("utf-16-le")}
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(form in path.read_bytes() for form in forms)]


@pytest.mark.parametrize("talk", BOTH, ids=name_of)
async def test_nothing_is_left_anywhere_and_the_rest_stands(world: World, talk: Talk, tape: io.StringIO) -> None:
    name, story = NAME[talk.language], STORY[talk.language]
    expires = world.clock.now // SECOND + 3600
    identity = {"user_id": "u-77", "name": name, "expires": expires}
    signed = {**identity, "signature": sign(world.settings.widget_secret, "u-77", expires)}
    other = await world.customer(talk.language)
    kept_number = await report_fault(other, talk)
    customer = await world.customer(talk.language, identity=signed)
    number = await report_fault(customer, talk, PHONE)
    anna = await world.agent("anna")
    await ask_for_person(customer, talk)
    await customer.says(story)
    await anna.accepts(customer.conversation)
    await customer.says(f"{name} {PHONE}")
    await anna.says(customer.conversation, f"{name}, {PHONE}?")
    await anna.does("note", customer.conversation, text=story)
    await anna.http("PATCH", f"/tickets/{number}", json={"note": story}, headers={"If-Match": '"1"'})
    await anna.does("close", customer.conversation, disposition="resolved")
    await customer.does("rate", score=1, comment=f"{name}: {story}")
    assert all(left(world.folder, words) for words in (name, story, PHONE))
    seqs = [recorded.seq for recorded in await world.log(customer.conversation)]
    contact = (await world.fold(customer.conversation)).contact
    before = await world.log(other.conversation)

    await asyncio.to_thread(commands.erase, world.settings, contact)

    for words in (name, story, PHONE):
        assert left(world.folder, words) == []
        assert words not in tape.getvalue()
    log = await world.log(customer.conversation)
    assert [recorded.seq for recorded in log][: len(seqs)] == seqs
    assert log[-1].event.KIND == "erased"
    for path in (
        f"/conversations/{customer.conversation}", f"/conversations/{customer.conversation}/events?limit=200",
        f"/conversations/{customer.conversation}/summary", f"/tickets/{number}", "/conversations", "/tickets",
    ):  # fmt: skip
        shown = str(await anna.reads(path))
        assert not [words for words in (name, story, PHONE) if words in shown], path
    shown = (await customer.http("GET", "/events?limit=200")).text
    assert not [words for words in (name, story, PHONE) if words in shown]
    assert await world.log(other.conversation) == before
    assert (await anna.reads(f"/tickets/{kept_number}"))["phone"]


async def test_who_was_erased_can_still_be_served(world: World) -> None:
    customer = await world.customer("zh")
    await customer.follows(*ZH.fault[:2])
    contact = (await world.fold(customer.conversation)).contact
    anna = await world.staff("anna")
    assert ZH.fault[1] in str(await anna.reads(f"/conversations/{customer.conversation}"))

    await asyncio.to_thread(commands.erase, world.settings, contact)

    for path in ("", "/summary", "/events"):
        assert ZH.fault[1] not in str(await anna.reads(f"/conversations/{customer.conversation}{path}"))
    reply = await customer.says(ZH.question)
    assert reply.citations[0]["document"] == ZH.page
    await customer.does("close")
    assert await world.system.rows.unscored(10) == []
    assert await world.system.jobs.dead() == []
