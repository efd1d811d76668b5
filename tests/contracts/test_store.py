"""The log: what every store promises of appends, reads, read models and erasure."""

import asyncio
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import events as e
from core.errors import Conflict, Invalid
from core.ports import ANY, BARRIER, CONFLICTING, Append, NewJob
from store.memory import MemoryStore
from tests.contracts.worlds import NOW, Store, World, decided, said, started
from tests.strategies import EVENTS, structs

pytestmark = pytest.mark.asyncio

C = "conversation:c"


async def test_events_come_back_in_order_with_who_and_when(store: Store) -> None:
    await store.append(started(), said("one"))
    (second,) = await store.append(said("two"))
    assert second.first == 3
    stream = await store.read(C)
    assert [(r.stream, r.seq, r.at, r.by) for r in stream] == [(C, seq, NOW, e.THE_CUSTOMER) for seq in (1, 2, 3)]
    assert [r.event for r in stream[1:]] == [e.CustomerSaid(id="m", text="one"), e.CustomerSaid(id="m", text="two")]
    assert await store.read(C, after=1, limit=1) == stream[1:2]
    assert await store.read("conversation:nobody") == []


async def test_versions_of_many_streams(store: Store) -> None:
    await store.append(started("conversation:a"), started("conversation:b"), said("x", "conversation:b"))
    assert await store.version("conversation:b") == 2
    assert await store.version("conversation:none") == 0
    wanted = ["conversation:a", "conversation:b", "conversation:none"]
    assert await store.versions(wanted) == {"conversation:a": 1, "conversation:b": 2}
    assert await store.versions([]) == {}


# Idempotence -----------------------------------------------------------------------------------------------


async def test_the_same_key_commits_once(store: Store) -> None:
    await store.append(started())
    (first,) = await store.append(said("x", key="k"))
    (again,) = await store.append(said("x", key="k"))
    assert (first.first, first.duplicate) == (2, False)
    assert (again.first, again.duplicate) == (2, True)
    assert await store.version(C) == 2


async def test_the_same_key_commits_once_when_all_come_at_once(store: Store) -> None:
    await store.append(started())
    results = await asyncio.gather(*(store.append(said(f"try {n}", key="k")) for n in range(30)))
    assert {result.first for (result,) in results} == {2}
    assert sum(not result.duplicate for (result,) in results) == 1
    assert await store.version(C) == 2


async def test_the_same_key_commits_once_within_one_operation_and_across_processes(world: World) -> None:
    one, two = await world.open("one"), await world.open("two")
    first, again = await one.append(said("x", key="k"), said("x", key="k"))
    assert (first.duplicate, again.duplicate, again.first) == (False, True, 1)
    ((other,),) = (await two.append(said("x", key="k")),)
    assert (other.duplicate, other.first) == (True, 1)
    both = await asyncio.gather(*(store.append(said("y", key="j")) for store in (one, two) * 5))
    assert sum(not result.duplicate for (result,) in both) == 1
    assert await one.version(C) == 2


async def test_a_key_belongs_to_its_stream(store: Store) -> None:
    await store.append(said("x", "conversation:a", key="k"))
    (other,) = await store.append(said("x", "conversation:b", key="k"))
    assert not other.duplicate


async def test_a_duplicate_is_no_conflict(store: Store) -> None:
    (first,) = await store.append(decided(expected=0, key="k"))
    await store.append(decided())
    (again,) = await store.append(decided(expected=0, key="k"))
    assert (again.duplicate, again.first) == (True, first.first)


# The conflict rule -----------------------------------------------------------------------------------------

_PASSING = e.CustomerSaid(id="p", text="more")
_CONFLICTING = e.SlotFilled(name="a", value=1)
_BARRIER = e.Closed(by="agent")


@pytest.mark.parametrize(
    ("event", "guard", "refused"),
    [
        (_PASSING, ANY, True), (_PASSING, CONFLICTING, False), (_PASSING, BARRIER, False),
        (_CONFLICTING, ANY, True), (_CONFLICTING, CONFLICTING, True), (_CONFLICTING, BARRIER, False),
        (_BARRIER, ANY, True), (_BARRIER, CONFLICTING, True), (_BARRIER, BARRIER, True),
    ],
)  # fmt: skip
async def test_what_a_guard_minds(store: Store, event: e.Event, guard: int, refused: bool) -> None:
    await store.append(started())
    await store.append(Append(C, (event,), e.THE_SYSTEM, NOW))
    late = said("late", expected=1, guard=guard)
    if refused:
        with pytest.raises(Conflict):
            await store.append(late)
        assert await store.version(C) == 2
    else:
        (result,) = await store.append(late)
        assert result.first == 3
    (seen,) = await store.append(said("seen it", expected=await store.version(C), guard=guard))
    assert seen.first == await store.version(C)


async def test_of_many_who_decide_by_the_same_state_one_wins(world: World) -> None:
    stores = [await world.open("one"), await world.open("two")]
    await stores[0].append(started())
    attempts = [stores[n % 2].append(decided(expected=1)) for n in range(20)]
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 19
    assert await stores[0].version(C) == 2


async def test_an_operation_happens_as_a_whole_or_not_at_all(store: Store) -> None:
    await store.append(started("conversation:a"), started("conversation:b"), decided("conversation:b"))
    with pytest.raises(Conflict):
        await store.append(
            said("x", "conversation:a", key="k", jobs=(NewJob("turn"),)), decided("conversation:b", expected=1)
        )
    assert await store.versions(["conversation:a", "conversation:b"]) == {"conversation:a": 1, "conversation:b": 2}
    assert await store.pending() == 0
    row = await store.get("conversations", "a")
    assert row is not None
    assert row["last_text"] == ""
    (retry,) = await store.append(said("x", "conversation:a", key="k"))
    assert not retry.duplicate


async def test_one_that_fails_takes_nobody_with_it(store: Store) -> None:
    await store.append(started(), decided())
    operations = [
        store.append(said("first")),
        store.append(decided(expected=1)),
        store.append(said("\ud800 is half a character")),
        store.append(said("last")),
    ]
    first, conflict, unwritable, last = await asyncio.gather(*operations, return_exceptions=True)
    assert isinstance(conflict, Conflict)
    assert isinstance(unwritable, ValueError | Invalid)
    assert isinstance(first, tuple)
    assert isinstance(last, tuple)
    assert [(r.seq, getattr(r.event, "text", None)) for r in await store.read(C, after=2)] == [(3, "first"), (4, "last")]


# Many at once ----------------------------------------------------------------------------------------------


async def test_fifty_at_once_leave_no_gap_and_are_answered_in_order(world: World) -> None:
    store, other = await world.open("one"), await world.open("two")
    await store.append(started())
    answered: list[int] = []

    async def append(number: int) -> None:
        (result,) = await store.append(said(str(number)))
        answered.append(result.first)

    theirs = [other.append(said("from elsewhere")) for _ in range(20)]
    results = await asyncio.gather(*map(append, range(50)), *theirs)
    taken = answered + [result[0].first for result in results if result is not None]
    assert sorted(taken) == list(range(2, 72))
    assert answered == sorted(answered)
    stream = await store.read(C)
    assert [r.seq for r in stream] == list(range(1, 72))
    mine = [r.event.text for r in stream[1:] if isinstance(r.event, e.CustomerSaid) and r.event.text.isdigit()]
    assert mine == [str(number) for number in range(50)]


async def test_many_streams_at_once_keep_their_own_counts(world: World) -> None:
    stores = [await world.open("one"), await world.open("two")]

    async def talk(store: Store, number: int) -> list[int]:
        stream = f"conversation:{number}"
        return [(await store.append(said(str(turn), stream)))[0].first for turn in range(8)]

    lines = await asyncio.gather(*(talk(stores[n % 2], n) for n in range(20)))
    assert lines == [list(range(1, 9))] * 20


async def test_crossing_operations_on_the_same_streams_all_end(world: World) -> None:
    stores = [await world.open("one"), await world.open("two")]
    a, b = "conversation:a", "conversation:b"
    async with asyncio.timeout(30):
        await asyncio.gather(
            *(stores[n % 2].append(*(said("x", stream) for stream in ((a, b) if n % 4 < 2 else (b, a)))) for n in range(40))
        )
    assert await stores[0].versions([a, b]) == {a: 40, b: 40}


async def test_a_reader_of_everything_misses_nothing_while_others_write(world: World) -> None:
    stores = [await world.open("one"), await world.open("two")]
    writing = [
        asyncio.create_task(stores[n % 2].append(said(str(n), f"conversation:{n % 7}"))) for n in range(120)
    ]
    seen: list[tuple[str, int]] = []
    position = 0
    async with asyncio.timeout(30):
        while len(seen) < 120:
            for place, r in await stores[0].read_all(position, 10):
                position = place
                seen.append((r.stream, r.seq))
            await asyncio.sleep(0)
    await asyncio.gather(*writing)
    assert len(set(seen)) == 120
    assert await stores[0].read_all(position, 10) == []
    for stream in {stream for stream, _ in seen}:
        seqs = [seq for name, seq in seen if name == stream]
        assert seqs == sorted(seqs)


# Snapshots and read models ---------------------------------------------------------------------------------


async def test_the_newest_snapshot_is_kept(store: Store) -> None:
    assert await store.snapshot(C) is None
    await store.save_snapshot(C, 5, b"five \x00\xff")
    await store.save_snapshot(C, 3, b"three")
    assert await store.snapshot(C) == (5, b"five \x00\xff")
    await store.save_snapshot(C, 8, b"eight")
    assert await store.snapshot(C) == (8, b"eight")


async def _rows(store: Store) -> list[dict[str, Any]]:
    return [row for table in ("conversations", "tickets") for row in await store.find(table, limit=500)]


_STREAMS = st.sampled_from(["conversation:a", "conversation:b", "ticket:F-1", "contact:1"])
_TELLING = st.one_of(
    EVENTS, structs(e.HandoffAsked), structs(e.Transferred), structs(e.Scored), structs(e.Closed), structs(e.TicketUpdated)
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(_STREAMS, _TELLING), min_size=1, max_size=15), st.integers(0, 15))
async def test_read_models_are_the_same_in_every_store_and_after_a_rebuild(
    store: Store, log: list[tuple[str, e.Event]], cut: int
) -> None:
    run, reference = uuid.uuid4(), MemoryStore()
    appends = [Append(f"{stream}{run.hex}", (event,), e.THE_SYSTEM, NOW + n) for n, (stream, event) in enumerate(log)]
    for append in appends:
        await reference.append(append)
    await store.append(*appends[:cut])
    await asyncio.gather(*(store.append(append) for append in appends[cut:]))

    def mine(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if row["id"].endswith(run.hex)]

    before = mine(await _rows(store))
    assert before == await _rows(reference)
    assert await store.rebuild() >= len(log)
    assert mine(await _rows(store)) == before
    await store.erase(sorted({append.stream for append in appends}), e.THE_SYSTEM, NOW)
    erased = mine(await _rows(store))
    await store.rebuild()
    assert mine(await _rows(store)) == erased


async def test_rows_are_found_by_columns_in_pages(store: Store) -> None:
    for number in range(7):
        stream = f"conversation:{number}"
        await store.append(started(stream), Append(stream, (_PASSING,), e.THE_CUSTOMER, NOW + number // 2))
    await store.append(Append("conversation:3", (e.HandoffAsked(reason="asked", skill="faults"),), e.THE_BOT, NOW))
    assert [row["id"] for row in await store.find("conversations", {"mode": "waiting"})] == ["3"]
    both = await store.find("conversations", {"mode": ("waiting", "bot"), "channel": "webchat"})
    assert [row["id"] for row in both] == list("0123456")
    for order, expected in (("last_at", "0123456"), ("-last_at", "6543210"), ("", "0123456")):
        pages: list[str] = []
        after: tuple[Any, str] | None = None
        while page := await store.find("conversations", order=order, limit=2, after=after):
            pages += [row["id"] for row in page]
            name = order.lstrip("-") or "id"
            after = (page[-1][name], page[-1]["id"])
        assert "".join(pages) == expected
    assert await store.get("conversations", "nobody") is None


async def test_closed_conversations_without_a_scorecard_are_found(store: Store) -> None:
    for name, at in (("a", 2), ("b", 1), ("c", 3)):
        await store.append(started(f"conversation:{name}"))
        await store.append(Append(f"conversation:{name}", (_BARRIER,), e.THE_SYSTEM, NOW + at))
    scored = e.Scored(closed=2, scorecard="v1", bot=90.5, person=None, findings=())
    await store.append(Append("conversation:c", (scored,), e.THE_SYSTEM, NOW))
    assert await store.unscored(10) == ["b", "a"]
    assert await store.unscored(1) == ["b"]
    row = await store.get("conversations", "c")
    assert row is not None
    assert (row["score_bot"], row["score_person"]) == (90.5, None)


async def test_words_of_every_script_and_nul_come_back(store: Store) -> None:
    words = "NUL \0 emoji 👩‍👩‍👧 𠮷 \u202ertl\u202c \\u0000 %s ' \""
    asked = Append(C, (e.BotSaid(text=words, language="zh"),), e.Actor("machine", words), NOW, key=words)
    (first,) = await store.append(asked)
    (again,) = await store.append(asked)
    assert (first.duplicate, again.duplicate) == (False, True)
    event = (await store.read(C))[0].event
    assert isinstance(event, e.BotSaid)
    assert event.text == words
    row = await store.get("conversations", "c")
    assert row is not None
    assert row["last_text"].replace("\ufffd", "\0") == words


# Erasure ---------------------------------------------------------------------------------------------------

SECRET = "Geheimwort"


def _private_log() -> list[Append]:
    file = e.File("f", f"{SECRET}.png", "image/png", 1)
    opened = e.TicketOpened(
        ticket="F-1", type="fault", contact="contact:1", phone=SECRET, fields={"description": SECRET, SECRET: "x"}
    )
    events: tuple[e.Event, ...] = (
        e.Started(channel="webchat", language="en", contact="contact:1", name=SECRET, attributes={"a": SECRET}),
        e.CustomerSaid(id="m", text=SECRET * 200, payload=SECRET, files=(file,)),
        e.Understood(message=2, intent="x", confidence=1, language="en", engine="n", model="m", entities=({"v": SECRET},)),
        e.SlotFilled(name="a", value=SECRET),
        e.ActionCalled(call="c", name="n", interface="i", flow="f", step="s", arguments={"a": SECRET}),
        e.ActionReturned(call="c", name="n", outcome="ok", result={"a": SECRET}),
        e.KnowledgeMissed(question=SECRET, language="en", best=0, threshold=1, in_reply_to=(2,)),
        e.BotSaid(text=SECRET, language="en", quick_replies=(e.Choice(SECRET, SECRET),), cards=({"a": SECRET},)),
        e.AgentSaid(id="a", agent="anna", text=SECRET),
        e.AgentNoted(id="b", agent="anna", text=SECRET),
        e.Alerted(rule="r", quote=SECRET),
        e.Rated(score=1, comment=SECRET),
        e.Scored(closed=1, scorecard="s", bot=1, person=1, findings=(), quotes={"1": SECRET}),
        opened,
    )
    one_by_one = [Append(C, (event,), e.THE_SYSTEM, NOW, key=f"{SECRET}{n}") for n, event in enumerate(events)]
    update = e.TicketUpdated(ticket="F-1", status="open", note=SECRET, fields={"description": SECRET})
    acted = e.TicketActed(ticket="F-1", call="c", action="a", outcome="ok", result={"receipt": SECRET})
    of_ticket = [Append("ticket:F-1", (event,), e.THE_BOT, NOW) for event in (opened, update, acted)]
    return [*one_by_one, *of_ticket]


async def test_erasure_leaves_no_private_byte(world: World) -> None:
    store = await world.open()
    for append in _private_log():
        await store.append(append)
    await store.append(said(f"of somebody else: {SECRET[:4]}", "conversation:other"))
    await store.save_snapshot(C, 14, SECRET.encode())
    await store.append(said(SECRET, jobs=(NewJob("turn"), NewJob("score"))))
    turn, score = sorted(await _claimed_by_another(world), key=lambda job: job.key.reaction, reverse=True)
    other = await world.open("two")
    await other.postpone(turn.key, NOW, f"failed on {SECRET}")
    await other.bury(score.key, f"failed on {SECRET}", NOW)
    assert SECRET.encode() in await world.everything()

    assert await store.erase([C, "ticket:F-1"], e.Actor(e.AGENT, "admin"), NOW) == 18

    assert SECRET.encode() not in await world.everything()
    stream = await store.read(C)
    assert [r.event for r in stream[-1:]] == [e.Erased(by="admin")]
    assert isinstance(stream[1].event, e.CustomerSaid)
    assert await store.snapshot(C) is None
    row = await store.get("tickets", "F-1")
    assert row is not None
    assert (row["phone"], row["fields"], row["status"]) == ("", {}, "open")
    rest = (await store.read("conversation:other"))[0].event
    assert isinstance(rest, e.CustomerSaid)
    assert rest.text.endswith(SECRET[:4])
    assert await store.erase([C], e.THE_SYSTEM, NOW) == 0


async def _claimed_by_another(world: World) -> list[Any]:
    other = await world.open("two")
    return await other.claim(NOW + 11_000_000, 10)
