"""What only several processes on PostgreSQL promise: lanes that stay together, and a database that goes and returns."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from core import events as e
from core.errors import ConfigurationError, Invalid, Unavailable
from core.ports import Append, JobKey, NewJob
from store.postgres import PostgresStore, postgres_engine, upgrade_postgres
from tests.contracts.worlds import GONE, NOW, Postgres, decided, said, started
from tests.proxy import Proxy
from tests.servers import Postgres as Server

pytestmark = pytest.mark.asyncio

C = "conversation:c"
TURN = (NewJob("turn"),)


@pytest_asyncio.fixture
async def world(postgres_url: str) -> AsyncIterator[Postgres]:
    one = Postgres(postgres_url)
    yield one
    await one.close()


async def test_a_job_goes_to_the_living_process_that_works_on_its_lane(world: Postgres) -> None:
    one, two = await world.open("one"), await world.open("two")
    await one.append(said("first", jobs=TURN))
    (second,) = await two.append(said("second", jobs=(NewJob("score"), *TURN)))
    assert not second.mine
    assert await two.claim(NOW, 10) != [], "the job of the free lane is the appender's"
    (given,) = await one.claim(NOW, 10)
    assert given.key == JobKey(C, "turn", 2, 1)
    assert await one.claim(NOW, 10) == []
    await one.append(decided(), done=(JobKey(C, "turn", 1), given.key))
    (third,) = await two.append(said("third", jobs=TURN))
    assert third.mine


async def test_a_lane_of_a_dead_process_holds_nobody_up(world: Postgres) -> None:
    one, two = await world.open("one"), await world.open("two")
    await one.append(said("first", jobs=TURN))
    await two.beat(NOW + GONE)
    (second,) = await two.append(said("second", jobs=TURN))
    assert second.mine
    (first,) = await two.claim(NOW + GONE, 10)
    assert first.key.seq == 1


async def test_a_lane_is_not_split_between_two_processes(world: Postgres) -> None:
    one, two, three = [await world.open(name) for name in ("one", "two", "three")]
    await one.append(said("1", jobs=TURN), said("2", jobs=TURN))
    await one.leave()
    (first,) = await two.claim(NOW, 1)
    assert await three.claim(NOW, 10) == []
    await two.finish(first.key)
    (second,) = await three.claim(NOW, 10)
    assert (first.key.seq, second.key.seq) == (1, 2)


async def _until_it_answers(store: PostgresStore) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await store.append(said("again", key="again"))
            except Unavailable:
                await asyncio.sleep(0.01)
            else:
                return


@pytest.fixture
def server(postgres: Server, postgres_url: str) -> str:
    """The name of the fresh database."""
    return postgres_url.partition("@/")[2].partition("?")[0]


async def test_without_a_database_callers_are_told_and_it_comes_back_by_itself(postgres: Server, server: str) -> None:
    async with Proxy(postgres.socket) as proxy:
        store = PostgresStore(f"postgresql://switchboard@127.0.0.1:{proxy.port}/{server}?sslmode=disable", "one")
        await store.beat(NOW)
        await store.append(started(), said("before", jobs=TURN))
        proxy.cut()
        results = await asyncio.gather(*(store.append(said("lost")) for _ in range(5)), return_exceptions=True)
        assert [type(result) for result in results] == [Unavailable] * 5
        for asked in (store.read(C), store.beat(NOW), store.claim(NOW, 1), store.get("conversations", "c"), store.rebuild()):
            with pytest.raises(Unavailable):
                await asked
        proxy.restore()
        await _until_it_answers(store)
        assert [r.seq for r in await store.read(C)] == [1, 2, 3]
        assert await store.pending() == 1
        await store.stop()


async def test_a_database_that_falls_silent_is_given_up(
    postgres: Server, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.pgwriter.ANSWER_WITHIN", 0.3)
    async with Proxy(postgres.socket) as proxy:
        store = PostgresStore(f"postgresql://switchboard@127.0.0.1:{proxy.port}/{server}?sslmode=disable", "one")
        await store.append(started())
        proxy.blackhole()
        with pytest.raises(Unavailable):
            async with asyncio.timeout(5):
                await store.append(said("x", key="again"))
        proxy.restore()
        await _until_it_answers(store)
        events = await store.read(C)
        assert len(events) == 2
        await store.stop()


async def test_processes_that_start_together_migrate_once(postgres: Server) -> None:
    url = postgres.create("migrated_together")
    await asyncio.gather(*(upgrade_postgres(url) for _ in range(3)))
    store = PostgresStore(url, "one")
    await store.append(started())
    await store.stop()


async def test_the_database_of_a_newer_program_is_refused(postgres: Server, postgres_url: str) -> None:
    engine = postgres_engine(postgres_url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await engine.dispose()
    with pytest.raises(ConfigurationError, match="9999"):
        await upgrade_postgres(postgres_url)


async def test_what_a_column_cannot_hold_is_refused_to_its_caller_alone(world: Postgres) -> None:
    store = await world.open()
    await store.append(started())
    unfit = Append(C, (e.CustomerSaid(id="m"),), e.Actor("x" * 17), NOW)
    results = await asyncio.gather(
        store.append(said("before")), store.append(unfit), store.append(said("after")), return_exceptions=True
    )
    assert [type(result) for result in results] == [tuple, Invalid, tuple]
    with pytest.raises(Invalid):
        await store.append(Append(C, (e.CustomerSaid(id="m"),), e.THE_CUSTOMER, 2**64))
    assert await store.version(C) == 3
