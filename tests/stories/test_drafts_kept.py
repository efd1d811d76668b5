"""What an agent has begun to write: in every browser of theirs, and gone when the customer is forgotten."""

import asyncio

import pytest

from app import commands
from tests.stories.talk import ZH
from tests.stories.test_handoff import served
from tests.stories.world import World

pytestmark = pytest.mark.asyncio


async def test_a_draft_is_there_in_another_browser_and_follows_it(world: World) -> None:
    customer, anna = await served(world, ZH)
    id = customer.conversation
    assert await anna.does("draft", id, kind="reply", text="您好，我") is None
    assert (await anna.wire.until("draft"))["text"] == "您好，我"
    other = await world.second_tab(anna)
    ready = next(frame for frame in other.wire.frames if frame["type"] == "ready")
    (kept,) = ready["drafts"]
    assert (kept["conversation"], kept["kind"], kept["text"]) == (id, "reply", "您好，我")

    assert await other.does("draft", id, kind="reply", text="您好，我看到了") is None
    newer = await anna.wire.until("draft")
    assert (newer["text"], newer["version"] > kept["version"]) == ("您好，我看到了", True)
    assert await anna.does("draft", id, kind="note", text="老客户") is None
    third = await world.second_tab(anna)
    drafts = next(frame for frame in third.wire.frames if frame["type"] == "ready")["drafts"]
    assert {(one["kind"], one["text"]) for one in drafts} == {("reply", "您好，我看到了"), ("note", "老客户")}

    assert await anna.does("draft", id, kind="reply", text="") is None
    assert [one["kind"] for one in await world.system.drafts.of("anna")] == ["note"]


async def test_drafts_stay_with_their_writer(world: World) -> None:
    customer, anna = await served(world, ZH)
    ben = await world.agent("ben")
    await anna.does("draft", customer.conversation, kind="note", text="<script>alert(1)</script>")
    await ben.does("watch", customer.conversation)
    assert [frame for frame in ben.wire.frames if frame["type"] == "draft"] == []
    assert await world.system.drafts.of("ben") == []
    await customer.says("在吗")
    assert "script" not in str(customer.wire.frames)


async def test_bad_drafts_are_refused_and_change_nothing(world: World) -> None:
    customer, anna = await served(world, ZH)
    id = customer.conversation
    await anna.does("draft", id, kind="reply", text="kept")
    for conversation, fields, code in (
        (id, {"kind": "reply", "text": "x" * 10_001}, "invalid"), ("nobody", {"kind": "reply", "text": "x"}, "not_found"),
        (id, {"kind": "poem", "text": "x"}, "bad_frame"), (id, {"kind": "reply", "text": 5}, "bad_frame"),
    ):  # fmt: skip
        error = await anna.does("draft", conversation, **fields)
        assert error is not None
        assert error["code"] == code
    assert [one["text"] for one in await world.system.drafts.of("anna")] == ["kept"]


async def test_erasing_a_customer_takes_the_drafts_about_them(world: World) -> None:
    customer, anna = await served(world, ZH)
    other = await world.customer("zh")
    words = "欧阳女士的门牌号"
    await anna.does("draft", customer.conversation, kind="note", text=words)
    await anna.does("draft", other.conversation, kind="note", text="另一位")
    contact = (await world.fold(customer.conversation)).contact

    await asyncio.to_thread(commands.erase, world.settings, contact)

    assert [one["text"] for one in await world.system.drafts.of("anna")] == ["另一位"]
    files = [path for path in world.folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if words.encode() in path.read_bytes()] == []
