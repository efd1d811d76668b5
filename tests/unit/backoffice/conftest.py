"""A back office for each test that asks for one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.unit.backoffice.offices import Office, Process


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A seeded service at noon of a Friday."""
    made = Office(tmp_path)
    async with made.http:
        yield made
    made.store.close()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """A service that listens."""
    made = Process(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.kill()
