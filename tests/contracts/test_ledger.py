"""The chain over the log, on both databases: whatever is changed behind the program's back is found and placed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from core import events as e
from core.ports import Append
from governance.ledger import signed, verify
from governance.model import BLOCK, Anchor, Report
from governance.ports import Query
from store.ledger import PostgresLedger, SqliteLedger, ledger_of
from store.memory import MemoryStore
from tests.contracts.conftest import make_world
from tests.contracts.worlds import NOW, Store, World, said, started

KEY = b"k" * 32
EVENTS = 12


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The kinds that keep a ledger."""
    one = make_world(request.param, request, tmp_path)
    yield one
    await one.close()


def ledger_over(store: Store) -> SqliteLedger | PostgresLedger:
    return ledger_of(store)


async def told(store: Store, stream: str = "conversation:c", words: int = EVENTS - 1) -> None:
    """A conversation of `words` + 1 events."""
    await store.append(started(stream))
    for number in range(words):
        await store.append(said(f"secret {number}", stream))


async def change(store: Store, *statements: str) -> None:
    """What somebody with the database's password does."""
    assert not isinstance(store, MemoryStore)
    async with store.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def checked(store: Store, *anchors: Anchor) -> Report:
    return await verify(ledger_over(store), anchors, KEY)


async def sealed(store: Store) -> list[Any]:
    """Everything under the chain; the blocks made."""
    blocks = []
    while (block := await ledger_over(store).seal(NOW)) is not None:
        blocks.append(block)
    return blocks


async def anchored(store: Store) -> Anchor:
    block = await ledger_over(store).head()
    assert block is not None
    return signed(block.number, block.last, block.hash, NOW, KEY)


async def test_a_log_that_nobody_touched_verifies(world: World) -> None:
    store = await world.open()
    assert await checked(store) == Report(0, 0, 0, 0, "0" * 64, ())
    await told(store)
    assert (await checked(store)).unsealed == EVENTS
    (first,) = await sealed(store)
    await store.append(said("more"), said("words"))
    assert (first.first, first.last, first.count) == (1, EVENTS, EVENTS)
    report = await checked(store, await anchored(store))
    assert (report.faults, report.blocks, report.events, report.unsealed) == ((), 1, EVENTS, 2)
    (second,) = await sealed(store)
    assert second.previous == first.hash
    assert (await checked(store)).unsealed == 0


async def test_a_long_log_makes_many_blocks(world: World) -> None:
    store = await world.open()
    await store.append(started())
    await store.append(*(said(str(number)) for number in range(2 * BLOCK)))
    assert [block.count for block in await sealed(store)] == [BLOCK, BLOCK, 1]
    report = await checked(store, await anchored(store))
    assert (report.faults, report.blocks, report.events) == ((), 3, 2 * BLOCK + 1)


@pytest.mark.parametrize(
    ("statements", "what", "position"),
    [
        (["UPDATE events SET body = replace(body, 'id', 'ie') WHERE position = 5"], "altered", 5),
        (["UPDATE events SET at = at + 1 WHERE position = 1"], "altered", 1),
        (["UPDATE events SET actor = 'mallory' WHERE position = 12"], "altered", 12),
        (["UPDATE events SET private = replace(private, '3', '4') WHERE position = 5"], "private", 5),
        (["UPDATE events SET private = NULL, salt = NULL WHERE position = 5"], "private", 5),
        (["DELETE FROM events WHERE position = 7"], "removed", 7),
        (["DELETE FROM events WHERE position = 1"], "removed", 1),
        (
            [
                "UPDATE events SET position = -1 WHERE position = 4",
                "UPDATE events SET position = 4 WHERE position = 9",
                "UPDATE events SET position = 9 WHERE position = -1",
            ],
            "reordered",
            4,
        ),
        (
            [
                "UPDATE events SET seq = -1 WHERE position = 4",
                "UPDATE events SET seq = 4 WHERE position = 9",
                "UPDATE events SET seq = 9 WHERE position = 4",
            ],
            "altered",
            4,
        ),
        (["DELETE FROM events WHERE position > 10"], "removed", 11),
    ],
)
async def test_what_was_done_to_the_log_is_found_and_placed(
    world: World, statements: list[str], what: str, position: int
) -> None:
    store = await world.open()
    await told(store)
    await sealed(store)
    anchor = await anchored(store)
    await change(store, *statements)
    report = await checked(store, anchor)
    assert (report.faults[0].what, report.faults[0].position) == (what, position)


async def test_a_tail_that_was_cut_with_its_blocks_is_seen_by_the_anchor(world: World) -> None:
    store = await world.open()
    await told(store)
    await sealed(store)
    await told(store, "conversation:d")
    await sealed(store)
    anchor = await anchored(store)
    await change(
        store, "DELETE FROM events WHERE stream = 'conversation:d'", "DELETE FROM ledger WHERE number = 2",
        "DELETE FROM streams WHERE stream = 'conversation:d'",
    )  # fmt: skip
    assert (await checked(store)).faults == ()  # nothing inside can tell
    (fault,) = (await checked(store, anchor)).faults
    assert (fault.what, fault.position, fault.block) == ("cut", EVENTS, 2)
    assert f"event {2 * EVENTS}" in fault.message


async def test_a_chain_that_was_written_anew_is_seen_by_the_anchor(world: World) -> None:
    store = await world.open()
    await told(store)
    await sealed(store)
    anchor = await anchored(store)
    await change(store, "DELETE FROM ledger", "UPDATE events SET actor = 'mallory' WHERE position = 3")
    await sealed(store)
    assert (await checked(store)).faults == ()
    assert [fault.what for fault in (await checked(store, anchor)).faults] == ["block"]


async def test_events_cut_before_they_were_sealed_are_seen_by_their_stream(world: World) -> None:
    store = await world.open()
    await told(store)
    await change(store, "DELETE FROM events WHERE position > 10")
    (fault,) = (await checked(store)).faults
    assert (fault.what, fault.stream, fault.seq) == ("cut", "conversation:c", 10)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET at = at + 1 WHERE number = 2",
        "UPDATE ledger SET previous = hash WHERE number = 2",
        "DELETE FROM ledger WHERE number = 2",
    ],
)
async def test_a_block_that_was_touched_is_named(world: World, statement: str) -> None:
    store = await world.open()
    for number in range(3):
        await told(store, f"conversation:{number}", 2)
        await sealed(store)
    await change(store, statement)
    fault = (await checked(store)).faults[0]
    assert (fault.what, fault.block) == ("block", 2)


async def test_an_anchor_of_somebody_else_proves_nothing(world: World) -> None:
    store = await world.open()
    await told(store)
    await sealed(store)
    head = await anchored(store)
    forged = signed(head.number, head.last, head.hash, NOW, b"another")
    assert [fault.what for fault in (await checked(store, forged)).faults] == ["anchor"]


async def test_after_an_erasure_the_ledger_still_verifies(world: World) -> None:
    store = await world.open()
    await told(store)
    await told(store, "conversation:d")
    await sealed(store)
    anchor = await anchored(store)
    await store.erase(["conversation:c"], e.THE_SYSTEM, NOW)
    assert (await checked(store, anchor)).faults == ()
    await sealed(store)
    report = await checked(store, anchor)
    assert (report.faults, report.events) == ((), 2 * EVENTS + 1)


async def test_entries_are_found_by_what_they_are_about(world: World) -> None:
    store = await world.open()
    await told(store, words=2)
    await told(store, "conversation:d", 2)
    called = e.ActionCalled(call="k", name="pay", interface="http:b/pay", flow="f", step="s")
    await store.append(Append("conversation:d", (called,), e.THE_BOT, NOW + 5))
    (block,) = await sealed(store)
    ledger = ledger_over(store)
    assert [p for p, _, _ in await ledger.entries(Query(streams=("conversation:d",)))] == [4, 5, 6, 7]
    assert [p for p, _, _ in await ledger.entries(Query(after=2, limit=2))] == [3, 4]
    assert [p for p, _, _ in await ledger.entries(Query(since=NOW + 1))] == [7]
    assert [p for p, _, _ in await ledger.entries(Query(until=NOW + 1, after=4))] == [5, 6]
    ((position, recorded, digested),) = await ledger.entries(Query(action="pay"))
    assert (position, recorded.event) == (7, called)
    assert await ledger.entries(Query(action="p%")) == []
    assert (await ledger.covering([2, 7])) == {2: block, 7: block}
    assert dict(block.records())[7].hex() == digested
