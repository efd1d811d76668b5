"""Rows about files in both databases, and their bytes in a folder that several processes share."""

import errno
import os
import resource
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from channels.ports import StoredFile
from store.files import SqlFiles
from store.folder import DRAFTS, Folder
from tests.contracts.conftest import make_world

NOW = 1_790_000_000_000_000


def stored(file: str, conversation: str = "c", at: int = NOW, **other: str) -> StoredFile:
    return StoredFile(file, conversation, other.get("by", ""), other.get("name", "光猫.png"), "image/png", 5, at)


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def rows(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlFiles]:
    world = make_world(request.param, request, tmp_path)
    store = await world.open()
    yield SqlFiles(store.engine)  # type: ignore[union-attr]
    await world.close()


@pytest.mark.asyncio
async def test_rows_are_found_in_the_order_asked_for(rows: SqlFiles) -> None:
    for file in ("a", "b"):
        await rows.add(stored(file, name="x\0y.png"))
    assert [row.file for row in await rows.get(["b", "none\0", "a"])] == ["b", "a"]
    assert (await rows.get(["a"]))[0].name == "x\ufffdy.png"
    assert await rows.count("c") == 2
    assert await rows.count("other") == 0
    assert await rows.get([]) == []


@pytest.mark.asyncio
async def test_only_old_rows_that_are_not_kept_are_loose(rows: SqlFiles) -> None:
    for number in range(3):
        await rows.add(stored(f"old{number}", at=NOW + number))
    await rows.add(stored("new", at=NOW + 10))
    await rows.keep(["old1"])
    assert [row.file for row in await rows.loose(NOW + 10, 5)] == ["old0", "old2"]
    assert [row.file for row in await rows.loose(NOW + 10, 1)] == ["old0"]
    assert (await rows.get(["old1"]))[0].kept


@pytest.mark.asyncio
async def test_rows_of_many_conversations_are_found_and_go(rows: SqlFiles) -> None:
    names = [f"c{number}" for number in range(600)]
    await rows.add(stored("first", names[0]))
    await rows.add(stored("last", names[-1]))
    await rows.add(stored("other", "d"))
    assert {row.file for row in await rows.of(names)} == {"first", "last"}
    await rows.remove(["first", "last", *names])
    assert await rows.of([*names, "d"]) == await rows.get(["other"])


@pytest.mark.asyncio
async def test_the_same_id_twice_is_refused(rows: SqlFiles) -> None:
    await rows.add(stored("a"))
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        await rows.add(stored("a"))


# The folder ----------------------------------------------------------------------------------------------------------


def everything(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_is_there_when_it_is_whole_and_not_before(tmp_path: Path) -> None:
    one, other = Folder(tmp_path / "files"), Folder(tmp_path / "files")
    draft = one.begin(NOW)
    draft.write(b"whole ")
    assert other.path("abcd") is None
    draft.write(b"file")
    assert bytes(draft.view()[0:10]) == b"whole file"
    assert draft.settle("abcd", (), NOW) == 10
    draft.drop()
    path = other.path("abcd")
    assert path is not None and path.read_bytes() == b"whole file"
    other.remove("abcd")
    other.remove("abcd")
    assert one.path("abcd") is None
    assert everything(tmp_path) == []


def test_pieces_take_the_place_of_what_came(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    draft = folder.begin(NOW)
    draft.write(b"head secret tail")
    draft.view()
    assert draft.settle("ab", ((0, 5), b"new ", (12, 16)), NOW) == 13
    path = folder.path("ab")
    assert path is not None and path.read_bytes() == b"head new tail"
    assert everything(tmp_path) == ["ab"]


def test_a_draft_that_is_dropped_leaves_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    draft = folder.begin(NOW)
    draft.write(b"half")
    draft.view()
    draft.drop()
    draft.drop()
    assert everything(tmp_path) == []
    empty = folder.begin(NOW)
    assert len(empty.view()) == 0
    empty.drop()


def test_what_is_old_is_found_and_drafts_of_a_process_that_died_go(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    left = folder.begin(NOW - 100)
    left.write(b"half")
    going = folder.begin(NOW)
    for file, at in (("aa1", NOW - 100), ("bb2", NOW)):
        draft = folder.begin(at)
        draft.write(b"x")
        draft.settle(file, (), at)
    assert folder.older(NOW - 50) == ["aa1"]
    assert len(list((tmp_path / DRAFTS).iterdir())) == 1
    left.drop()
    going.drop()
    assert Folder(tmp_path / "not there").older(NOW) == []


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may grow over 64 KiB: what a full disk does, by the system's own limit (setrlimit(2), RLIMIT_FSIZE)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_no_room_is_an_error_and_leaves_nothing(tmp_path: Path, small_files: None) -> None:
    folder = Folder(tmp_path)
    draft = folder.begin(NOW)
    with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        draft.write(bytes(100_000))
    draft.drop()
    assert everything(tmp_path) == []
