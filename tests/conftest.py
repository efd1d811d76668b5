"""What tests share: private servers, started when the first test asks for one."""

import asyncio
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from store.postgres import upgrade_postgres
from tests.servers import Postgres, Redis

TEMPLATE = "switchboard_template"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server with a migrated template database."""
    server = Postgres()
    try:
        url = server.create(TEMPLATE)
        with ThreadPoolExecutor(1) as thread:  # the test's thread may have an event loop already
            thread.submit(lambda: asyncio.run(upgrade_postgres(url))).result()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """A fresh database with the schema."""
    return postgres.create(f"test_{next(_numbers)}", TEMPLATE)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """A Redis server."""
    server = Redis()
    yield server
    server.remove()


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """A Redis with nothing in it."""
    with redis.Redis(unix_socket_path=redis_server.socket) as client:
        client.flushall()
    return redis_server.url
