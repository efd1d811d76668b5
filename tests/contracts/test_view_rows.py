"""Saved views, in both databases; and counting, in all three stores."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from core import events as e
from core.ports import Append
from handoff.model import Filter, SavedView
from store.views import SqlViews
from tests.contracts.conftest import make_world

pytestmark = pytest.mark.asyncio

LATE = SavedView("1", "anna", "Late", False, Filter(list="waiting", due="bad", text="宽带\0"), 5)


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def rows(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlViews]:
    world = make_world(request.param, request, tmp_path)
    store = await world.open()
    yield SqlViews(store.engine)  # type: ignore[union-attr]
    await world.close()


async def test_a_name_is_taken_once_by_each_owner(rows: SqlViews) -> None:
    assert await rows.add(LATE, 10) is True
    assert await rows.add(replace(LATE, id="2"), 10) is False
    assert await rows.add(replace(LATE, id="3", owner="ben"), 10) is True
    assert await rows.add(replace(LATE, id="4", name="Mine"), 10) is True
    assert await rows.change(replace(LATE, id="4")) is False
    assert await rows.change(replace(LATE, filter=Filter(skill="billing"))) is True
    found = await rows.get("1")
    assert found is not None
    assert found.filter == Filter(skill="billing")
    assert await rows.remove("1") is True
    assert await rows.remove("1") is False
    assert await rows.get("1") is None


async def test_the_own_and_the_shared_ones_are_there_up_to_a_number(rows: SqlViews) -> None:
    assert await rows.add(LATE, 1) is True
    assert await rows.add(replace(LATE, id="2", name="More"), 1) is None
    assert await rows.add(replace(LATE, id="3", owner="roy", name="All", shared=True), 1) is True
    assert await rows.add(replace(LATE, id="4", owner="ben"), 1) is True
    assert [(one.name, one.owner, one.shared) for one in await rows.for_("anna")] == [("All", "roy", True), ("Late", "anna", False)]
    assert (await rows.for_("anna"))[1].filter == LATE.filter


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgres"])
async def test_rows_are_counted_up_to_a_number(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    world = make_world(kind, request, tmp_path)
    store: Any = await world.open()
    assert await store.count("conversations", 2) == 0
    for number in range(3):
        started = e.Started(channel="webchat", contact="k", language="en")
        await store.append(Append(f"conversation:{number}", (started,), e.THE_CUSTOMER, 5, expected=0))
    assert [await store.count("conversations", most) for most in (2, 3, 9)] == [2, 3, 3]
    await world.close()
