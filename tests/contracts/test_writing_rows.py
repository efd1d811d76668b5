"""What agents keep for their writing, in both databases."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from handoff.model import CannedReply, Draft, Mention
from store.writing import SqlCanned, SqlDrafts, SqlMentions
from tests.contracts.conftest import make_world

pytestmark = pytest.mark.asyncio

HELLO = CannedReply("1", "zh", "hello", "问候", "您好\0", "root", 5)


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Any]:
    world = make_world(request.param, request, tmp_path)
    store = await world.open()
    yield store.engine  # type: ignore[union-attr]
    await world.close()


async def test_a_shortcut_is_taken_once_in_a_language(engine: Any) -> None:
    rows = SqlCanned(engine)
    assert await rows.add(HELLO)
    assert not await rows.add(replace(HELLO, id="2"))
    assert await rows.add(replace(HELLO, id="3", language="en"))
    assert await rows.add(replace(HELLO, id="4", shortcut="bye"))
    assert not await rows.change(replace(HELLO, id="4"))
    assert await rows.change(replace(HELLO, title="您好"))
    assert [(one.language, one.shortcut, one.title) for one in await rows.all()] == [
        ("en", "hello", "问候"), ("zh", "bye", "问候"), ("zh", "hello", "您好"),
    ]  # fmt: skip
    found = await rows.get("1")
    assert found is not None
    assert found.text == "您好\ufffd"
    assert await rows.remove("1")
    assert not await rows.remove("1")
    assert await rows.get("1") is None


async def test_the_last_draft_stands_and_its_version_grows(engine: Any) -> None:
    rows = SqlDrafts(engine)
    first = await rows.keep(Draft("anna", "c1", "reply", "您好", 100))
    assert first.version == 100
    assert (await rows.keep(Draft("anna", "c1", "reply", "您好，我", 90))).version == 101
    assert (await rows.keep(Draft("anna", "c1", "reply", "\0", 500))).text == "\ufffd"
    await rows.keep(Draft("anna", "c1", "note", "inside", 600))
    await rows.keep(Draft("ben", "c1", "reply", "other", 700))
    assert [(one.kind, one.version) for one in await rows.of("anna")] == [("note", 600), ("reply", 500)]
    assert (await rows.keep(Draft("anna", "c1", "note", "", 50))).version == 601
    assert [one.kind for one in await rows.of("anna")] == ["reply"]
    await rows.keep(Draft("anna", "c2", "reply", "stays", 700))
    assert await rows.forget(["c1", "nobody"]) == 2
    assert [one.text for one in await rows.of("anna")] == ["stays"]
    assert await rows.of("ben") == []
    assert await rows.forget([]) == 0


async def test_mentions_are_there_once_until_they_are_seen(engine: Any) -> None:
    rows = SqlMentions(engine)
    first, second = Mention("ben", "c1", 7, "anna", 100), Mention("ben", "c2", 3, "anna", 200)
    await rows.add([first, second, Mention("carl", "c1", 7, "anna", 100)])
    await rows.add([first])
    await rows.add([])
    assert await rows.unseen("ben", 10) == [second, first]
    assert await rows.unseen("ben", 1) == [second]
    assert await rows.seen("ben", "c1", 300) == 1
    assert await rows.seen("ben", "c1", 400) == 0
    await rows.add([first])
    assert await rows.unseen("ben", 10) == [second]
    assert len(await rows.unseen("carl", 10)) == 1
