"""The worlds as fixtures."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contracts.worlds import Memory, Postgres, Sqlite, Store, World


def make_world(kind: str, request: pytest.FixtureRequest, folder: Path) -> World:
    """A fresh world of a kind; a server is started only when its kind is asked for."""
    if kind == "memory":
        return Memory()
    return Sqlite(folder) if kind == "sqlite" else Postgres(request.getfixturevalue("postgres_url"))


@pytest_asyncio.fixture(params=["memory", "sqlite", "postgres"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Each kind of world in turn."""
    one = make_world(request.param, request, tmp_path)
    yield one
    await one.close()


@pytest_asyncio.fixture
async def store(world: World) -> Store:
    """The store of one process."""
    return await world.open()
