"""How far agents have read, on both databases: it only grows, and everybody has their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from store.memory import MemoryStore
from store.readings import SqlReadings
from tests.contracts.conftest import make_world
from tests.contracts.worlds import World


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The kinds that keep readings."""
    one = make_world(request.param, request, tmp_path)
    yield one
    await one.close()


async def test_a_reading_only_grows_and_is_the_agents_own(world: World) -> None:
    store = await world.open()
    assert not isinstance(store, MemoryStore)
    readings = SqlReadings(store.engine)
    assert await readings.of("anna", ["c"]) == {}
    assert [await readings.mark("anna", "c", seq) for seq in (5, 5, 3, 9)] == [True, False, False, True]
    assert await readings.mark("ben", "c", 2)
    assert await readings.of("anna", ["c", "d"]) == {"c": 9}
    assert await readings.of("ben", ["d", *map(str, range(1200)), "c"]) == {"c": 2}
