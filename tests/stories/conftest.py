"""The world of the stories, and the tape of everything that was logged in them."""

import asyncio
import io
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog

from app import logs
from app import pack as packs
from core import events as e
from tests import billing
from tests.stories.people import Customer, Reply
from tests.stories.world import Shared, World, changed


@pytest.fixture(scope="session")
def tape() -> Iterator[io.StringIO]:
    """What the service logged, as JSON lines."""
    written = io.StringIO()
    root = logging.getLogger()
    before, handlers, level = sys.stderr, root.handlers[:], root.level
    sys.stderr = written
    try:
        logs.configure("info")
    finally:
        sys.stderr = before
    yield written
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, tape: io.StringIO) -> Shared:
    """The demonstration pack, trained once."""
    folder = tmp_path_factory.mktemp("pack")
    pack = packs.load(packs.folder_of("telecom"))
    packs.train(folder, pack)
    made = Shared(folder, pack, packs.understander(folder, pack))
    with ThreadPoolExecutor(1) as thread:  # the test's thread may have an event loop already
        thread.submit(lambda: asyncio.run(made.prepare())).result()
    return made


Build = Callable[..., Awaitable[World]]


@pytest_asyncio.fixture
async def build(shared: Shared, tmp_path: Path) -> AsyncIterator[Build]:
    """Makes a world with another pack or other settings."""
    made: list[World] = []

    async def make(**changes: Any) -> World:
        folder = tmp_path / f"world-{len(made)}"
        folder.mkdir()
        world = World(shared, folder, **changes)
        made.append(world)
        return await world.open()

    yield make
    for world in made:
        await world.close()


@pytest_asyncio.fixture
async def world(shared: Shared, tmp_path: Path) -> AsyncIterator[World]:
    """A service of its own for each story."""
    made = World(shared, tmp_path)
    await made.open()
    yield made
    await made.close()


@dataclass
class Scene:
    """A service whose pack may act on the office."""

    world: World
    office: billing.Office

    async def customer(self, language: str = "en", amount: str = "300") -> tuple[Customer, Reply]:
        """Somebody who asked for an upgrade and said yes; and what they heard then."""
        customer = await self.world.customer(language)
        return customer, await customer.follows("/upgrade", amount, "/affirm")

    async def proposed(self, language: str = "en") -> tuple[Customer, str]:
        """A proposal that waits; returns its customer and its call."""
        customer, _ = await self.customer(language)
        (event,) = await self.world.of(customer.conversation, e.ActionProposed)
        return customer, event.call


@pytest_asyncio.fixture
async def scene(build: Build, shared: Shared, tmp_path: Path) -> AsyncIterator[Scene]:
    """A service that may act on a billing office."""
    async with billing.opened() as office:
        pack = changed(shared.pack, tmp_path, billing.files(shared.pack.folder, office.url))
        yield Scene(await build(pack=pack), office)
