"""Accounts and documents: the same on both engines."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncEngine

from knowledge.memory import MemoryDocuments
from knowledge.model import Document, Passage
from knowledge.ports import Documents
from store.migrate import upgrade_sqlite
from store.postgres import postgres_engine
from store.settled import SqlDocuments, User, UserRows
from store.sqlite import SqliteStore, engine_for
from tests.contracts.worlds import said

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    if request.param == "sqlite":
        upgrade_sqlite(tmp_path / "switchboard.db")
        one = engine_for(tmp_path / "switchboard.db")
    else:
        one = postgres_engine(request.getfixturevalue("postgres_url"))
    yield one
    await one.dispose()


async def test_accounts(engine: AsyncEngine) -> None:
    rows = UserRows(engine)
    li = User("li", "李雷", "agent", "hash", ("faults",), ("zh", "en"), True, 0, 1_790_000_000_000_000)
    assert await rows.get("li") is None
    assert await rows.add(li)
    assert not await rows.add(replace(li, role="admin"))
    assert await rows.get("li") == li
    assert await rows.add(User("anna", "Anna", "admin", "hash"))
    assert [user.name for user in await rows.list()] == ["anna", "li"]
    changed = replace(li, active=False, epoch=3, skills=())
    assert await rows.change(changed)
    assert await rows.get("li") == changed
    assert not await rows.change(User("nobody", "", "agent", ""))
    assert await rows.get("no\0body") is None


async def test_of_many_who_take_a_name_one_has_it(engine: AsyncEngine) -> None:
    rows = UserRows(engine)
    taken = await asyncio.gather(*(rows.add(User("li", str(n), "agent", "h")) for n in range(8)))
    assert sum(taken) == 1


@pytest_asyncio.fixture(params=["memory", "sqlite", "postgres"])
async def documents(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Documents]:
    if request.param == "memory":
        yield MemoryDocuments()
        return
    if request.param == "sqlite":
        upgrade_sqlite(tmp_path / "switchboard.db")
        engine = engine_for(tmp_path / "switchboard.db")
    else:
        engine = postgres_engine(request.getfixturevalue("postgres_url"))
    yield SqlDocuments(engine, lambda: 1)
    await engine.dispose()


def page(slug: str, version: str, language: str = "en", sections: int = 2) -> tuple[Document, list[Passage]]:
    name = f"{slug}-{language}-{version}"
    document = Document(
        id=name, slug=slug, title=f"About {slug} 资费", language=language, version=version, audience="customer",
        hash=version, updated="2026-09-01", source="pack",
    )  # fmt: skip
    passages = [
        Passage(
            id=f"{name}-{n}", document=name, slug=slug, title=document.title, version=version, language=language,
            path=("Top", f"Section {n}"), text=f"Words of {name} \U0001f600", ordinal=n, audience="customer",
        )
        for n in range(sections)
    ]  # fmt: skip
    return document, passages


async def test_a_new_version_takes_the_place_of_the_old_one(documents: Documents) -> None:
    assert await documents.fingerprint() == ""
    old, old_passages = page("tariffs", "1")
    new, new_passages = page("tariffs", "2", sections=3)
    other, other_passages = page("tariffs", "1", language="zh")
    await documents.put(old, old_passages)
    await documents.put(other, other_passages)
    first = await documents.fingerprint()
    assert await documents.live() == [old, other]
    await documents.put(new, new_passages)
    assert await documents.live() == [new, other]
    assert await documents.fingerprint() not in ("", first)
    wanted = [passage.id for passage in (*old_passages, *new_passages, *other_passages)]
    found = await documents.passages([*wanted, "unknown"])
    assert sorted(found, key=lambda p: p.id) == sorted([*new_passages, *other_passages], key=lambda p: p.id)
    await documents.put(old, old_passages)
    assert await documents.live() == [old, other]
    assert await documents.fingerprint() == first
    assert sorted(p.id for p in await documents.all_passages("", 99)) == sorted(
        p.id for p in (*old_passages, *other_passages)
    )


async def test_publishing_the_same_again_changes_nothing(documents: Documents) -> None:
    document, passages = page("tariffs", "1")
    await documents.put(document, passages)
    before = await documents.fingerprint()
    await documents.put(document, passages)
    assert await documents.fingerprint() == before
    assert await documents.live() == [document]


async def test_passages_come_in_pages(documents: Documents) -> None:
    for slug in ("a", "b", "c"):
        await documents.put(*page(slug, "1", sections=150 if slug == "b" else 2))
    found: list[str] = []
    while part := await documents.all_passages(found[-1] if found else "", 40):
        found += [passage.id for passage in part]
    assert found == sorted(found)
    assert len(found) == 154


async def test_what_is_removed_is_no_longer_found(documents: Documents) -> None:
    document, passages = page("tariffs", "1")
    await documents.put(document, passages)
    assert not await documents.remove("tariffs", "zh")
    assert await documents.remove("tariffs", "en")
    assert not await documents.remove("tariffs", "en")
    assert await documents.live() == []
    assert await documents.passages([passages[0].id]) == []
    assert await documents.all_passages("", 9) == []
    assert await documents.fingerprint() == ""


async def test_of_many_who_publish_a_page_one_is_live(documents: Documents) -> None:
    await asyncio.gather(*(documents.put(*page("tariffs", str(n))) for n in range(6)))
    assert len(await documents.live()) == 1


async def test_publishing_beside_the_writer_of_the_log(tmp_path: Path) -> None:
    upgrade_sqlite(tmp_path / "switchboard.db")
    store = SqliteStore(tmp_path / "switchboard.db", "one")
    await store.start()
    documents, users = SqlDocuments(store.engine, lambda: 1), UserRows(store.engine)
    appends = [store.append(said(str(n))) for n in range(100)]
    puts = [documents.put(*page(f"slug-{n}", "1")) for n in range(10)]
    adds = [users.add(User(f"user-{n}", "", "agent", "")) for n in range(10)]
    await asyncio.gather(*appends, *puts, *adds)
    assert await store.version("conversation:c") == 100
    assert (len(await documents.live()), len(await users.list())) == (10, 10)
    await store.stop()
