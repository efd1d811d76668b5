"""What every passage index promises, and what the embedded one promises about its files."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from knowledge.errors import IndexInUse
from knowledge.index_edge import EdgeIndex
from knowledge.index_memory import MemoryIndex
from knowledge.model import Entry, Filter, SparseVector
from knowledge.ports import PassageIndex

EVERYBODY = Filter(None, ("customer", "agent"))
CUSTOMER = Filter("zh", ("customer",))

Open = Callable[[Path], PassageIndex]


def _memory(_: Path) -> PassageIndex:
    return MemoryIndex()


every_index = pytest.mark.parametrize("opened", [_memory, EdgeIndex], ids=["memory", "edge"])


def _id(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012d}"


def _entry(number: int, weights: dict[int, float], language: str = "zh", audience: str = "customer") -> Entry:
    pairs = sorted(weights.items())
    vector = SparseVector(tuple(index for index, _ in pairs), tuple(value for _, value in pairs))
    return Entry(_id(number), language, audience, vector)


def _query(weights: dict[int, float]) -> SparseVector:
    return _entry(0, weights).vector


async def _with(index: PassageIndex, work: Callable[[PassageIndex], Awaitable[None]]) -> None:
    try:
        await work(index)
    finally:
        await index.close()


@every_index
@pytest.mark.asyncio
async def test_scores_are_inner_products_highest_first(opened: Open, tmp_path: Path) -> None:
    async def work(index: PassageIndex) -> None:
        await index.upsert(
            [_entry(1, {7: 1.0, 8: 0.5}), _entry(2, {7: 2.0}), _entry(3, {4_294_967_295: 1.0})]
        )
        found = await index.search(_query({7: 2.0, 8: 1.0}), EVERYBODY, 10)
        assert [id for id, _ in found] == [_id(2), _id(1)]
        assert [score for _, score in found] == pytest.approx([4.0, 2.5])
        assert [id for id, _ in await index.search(_query({4_294_967_295: 1.0}), EVERYBODY, 10)] == [_id(3)]

    await _with(opened(tmp_path / "index"), work)


@every_index
@pytest.mark.asyncio
async def test_equal_scores_come_by_id_also_at_the_limit(opened: Open, tmp_path: Path) -> None:
    async def work(index: PassageIndex) -> None:
        await index.upsert([_entry(number, {7: 1.0}) for number in (5, 3, 9, 1, 7)])
        found = await index.search(_query({7: 1.0}), EVERYBODY, 3)
        assert [id for id, _ in found] == [_id(1), _id(3), _id(5)]

    await _with(opened(tmp_path / "index"), work)


@every_index
@pytest.mark.asyncio
async def test_the_filter_holds_language_and_audience(opened: Open, tmp_path: Path) -> None:
    async def work(index: PassageIndex) -> None:
        entries = [_entry(1, {7: 1.0}), _entry(2, {7: 1.0}, "en"), _entry(3, {7: 9.0}, "zh", "agent")]
        await index.upsert(entries)
        assert [id for id, _ in await index.search(_query({7: 1.0}), CUSTOMER, 10)] == [_id(1)]
        both = Filter("zh", ("customer", "agent"))
        assert [id for id, _ in await index.search(_query({7: 1.0}), both, 10)] == [_id(3), _id(1)]
        everything = Filter(None, ("customer",))
        assert {id for id, _ in await index.search(_query({7: 1.0}), everything, 10)} == {_id(1), _id(2)}
        assert await index.search(_query({7: 1.0}), Filter("zh", ()), 10) == []

    await _with(opened(tmp_path / "index"), work)


@every_index
@pytest.mark.asyncio
async def test_nothing_matches_nothing(opened: Open, tmp_path: Path) -> None:
    async def work(index: PassageIndex) -> None:
        await index.upsert([_entry(1, {7: 1.0})])
        assert await index.search(_query({}), EVERYBODY, 10) == []
        assert await index.search(_query({8: 1.0}), EVERYBODY, 10) == []
        assert await index.search(_query({7: 1.0}), EVERYBODY, 0) == []
        await index.upsert([])
        await index.delete([])
        assert await index.entries([]) == []

    await _with(opened(tmp_path / "index"), work)


@every_index
@pytest.mark.asyncio
async def test_an_upsert_replaces_and_a_delete_removes(opened: Open, tmp_path: Path) -> None:
    async def work(index: PassageIndex) -> None:
        await index.upsert([_entry(1, {7: 1.0}), _entry(2, {7: 1.0})])
        await index.upsert([_entry(1, {8: 1.0})])
        assert [id for id, _ in await index.search(_query({7: 1.0}), EVERYBODY, 10)] == [_id(2)]
        await index.delete([_id(2), _id(99)])
        assert await index.search(_query({7: 1.0}), EVERYBODY, 10) == []
        assert await index.ids() == {_id(1)}

    await _with(opened(tmp_path / "index"), work)


@every_index
@pytest.mark.asyncio
async def test_entries_come_back_as_they_went_in(opened: Open, tmp_path: Path) -> None:
    async def work(index: PassageIndex) -> None:
        entries = [_entry(1, {9: 0.5, 3: 1.25}), _entry(2, {7: 1.0}, "en", "agent")]
        await index.upsert(entries)
        assert sorted(await index.entries([_id(1), _id(2), _id(3)]), key=lambda one: one.id) == entries

    await _with(opened(tmp_path / "index"), work)


@every_index
@pytest.mark.asyncio
async def test_a_change_takes_the_fingerprint_away(opened: Open, tmp_path: Path) -> None:
    async def work(index: PassageIndex) -> None:
        assert await index.fingerprint() == ""
        for change in (index.upsert([_entry(1, {7: 1.0})]), index.delete([_id(1)]), index.clear()):
            await index.set_fingerprint("of the live set", b"counts")
            assert (await index.fingerprint(), await index.statistics()) == ("of the live set", b"counts")
            await change
            assert (await index.fingerprint(), await index.statistics()) == ("", b"")
        assert await index.ids() == set()

    await _with(opened(tmp_path / "index"), work)


@pytest.mark.asyncio
async def test_edge_is_the_same_after_it_was_closed(tmp_path: Path) -> None:
    index = EdgeIndex(tmp_path)
    await index.upsert([_entry(number, {7: float(number)}) for number in range(1, 1_201)])
    await index.set_fingerprint("mark", b"counts")
    before = await index.search(_query({7: 1.0}), EVERYBODY, 5)
    await index.close()
    index = EdgeIndex(tmp_path)
    assert (await index.fingerprint(), await index.statistics()) == ("mark", b"counts")
    assert await index.search(_query({7: 1.0}), EVERYBODY, 5) == before
    assert len(await index.ids()) == 1_200
    await index.close()


@pytest.mark.asyncio
async def test_edge_that_was_not_finished_opens_empty(tmp_path: Path) -> None:
    index = EdgeIndex(tmp_path)
    await index.upsert([_entry(1, {7: 1.0})])
    await index.close()
    index = EdgeIndex(tmp_path)
    assert await index.fingerprint() == ""
    assert await index.ids() == set()
    await index.close()


@pytest.mark.parametrize(
    "pattern", ["state", "shard/edge_config.json", "shard/**/segment.json", "shard/**/*.mappings"]
)
@pytest.mark.parametrize("damage", ["removed", "garbage"])
@pytest.mark.asyncio
async def test_edge_that_is_damaged_opens_empty_or_whole(tmp_path: Path, pattern: str, damage: str) -> None:
    index = EdgeIndex(tmp_path)
    await index.upsert([_entry(1, {7: 1.0}), _entry(2, {7: 2.0})])
    await index.set_fingerprint("mark", b"counts")
    await index.close()
    files = list(tmp_path.glob(pattern))
    assert files
    for file in files:
        if damage == "removed":
            file.unlink()
        else:
            file.write_bytes(b"\xff\x00 no such thing \xfe" * 20)
    index = EdgeIndex(tmp_path)
    whole = await index.fingerprint() == "mark"
    assert await index.ids() == ({_id(1), _id(2)} if whole else set())
    await index.upsert([_entry(3, {8: 1.0})])
    assert [id for id, _ in await index.search(_query({8: 1.0}), EVERYBODY, 5)] == [_id(3)]
    await index.close()


@pytest.mark.asyncio
async def test_edge_belongs_to_one_owner(tmp_path: Path) -> None:
    index = EdgeIndex(tmp_path)
    with pytest.raises(IndexInUse, match="another process"):
        EdgeIndex(tmp_path)
    await index.close()
    await EdgeIndex(tmp_path).close()
