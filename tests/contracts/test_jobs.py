"""Durable reactions and timers: what every store promises of leases, lanes and retries."""

import asyncio

import pytest

from core import events as e
from core.errors import LeaseLost
from core.ports import Append, Dead, Job, JobKey, NewJob
from tests.contracts.worlds import GONE, NOW, Store, World, decided, said

pytestmark = pytest.mark.asyncio

C = "conversation:c"
TURN = (NewJob("turn"),)


async def test_a_fresh_job_is_leased_to_the_process_that_appended(world: World) -> None:
    one, two = await world.open("one"), await world.open("two")
    (result,) = await one.append(said(jobs=TURN))
    assert result.mine
    assert await one.pending() == 1
    assert await two.claim(NOW, 10) == []
    assert await one.claim(NOW, 10) == []
    await one.append(decided(), done=(JobKey(C, "turn", 1),))
    assert await one.pending() == 0
    assert await two.claim(NOW + GONE, 10) == []


async def test_a_duplicate_makes_no_second_job_and_still_ends_the_one_it_names(store: Store) -> None:
    await store.append(said(key="k", jobs=TURN))
    await store.append(said(key="k", jobs=TURN))
    assert await store.pending() == 1
    await store.append(said(key="k"), done=(JobKey(C, "turn", 1),))
    assert await store.pending() == 0


async def test_jobs_of_a_dead_process_are_claimed_and_the_fence_refuses_it(world: World) -> None:
    one, two = await world.open("one"), await world.open("two")
    await one.append(said(jobs=TURN))
    await two.beat(NOW + GONE)
    (job,) = await two.claim(NOW + GONE, 10)
    assert job == Job(JobKey(C, "turn", 1, 2), 1, 0)
    old = JobKey(C, "turn", 1)
    with pytest.raises(LeaseLost):
        await one.append(decided(), done=(old,))
    with pytest.raises(LeaseLost):
        await one.finish(old)
    with pytest.raises(LeaseLost):
        await one.postpone(old, NOW, "x")
    with pytest.raises(LeaseLost):
        await one.bury(old, "x", NOW)
    assert await one.version(C) == 1
    assert await two.claim(NOW + GONE, 10) == []
    await two.append(decided(), done=(job.key,))
    assert (await two.version(C), await two.pending()) == (2, 0)


async def test_a_lost_lease_spoils_only_its_own_operation(store: Store) -> None:
    await store.append(said(jobs=TURN))
    operations = [
        store.append(said("a"), done=(JobKey(C, "turn", 1),)),
        store.append(said("b"), done=(JobKey(C, "turn", 1),)),
        store.append(said("c")),
    ]
    first, second, third = await asyncio.gather(*operations, return_exceptions=True)
    assert isinstance(first, tuple)
    assert isinstance(second, LeaseLost)
    assert isinstance(third, tuple)
    assert await store.version(C) == 3


async def test_a_lane_is_claimed_in_order_and_a_postponed_job_holds_back_the_later(world: World) -> None:
    one, two = await world.open("one"), await world.open("two")
    await one.append(said("1", jobs=TURN), said("2", jobs=TURN), said("3", jobs=(NewJob("score"), *TURN)))
    await one.leave()
    jobs = await two.claim(NOW, 10)
    assert [(job.key.reaction, job.key.seq) for job in jobs] == [("score", 3), ("turn", 1), ("turn", 2), ("turn", 3)]
    for job in jobs[:0:-1]:
        await two.postpone(job.key, NOW + (5 if job.key.seq == 1 else 0), "later")
    assert await two.claim(NOW, 10) == []
    again = await two.claim(NOW + 5, 10)
    assert [(job.key.seq, job.attempts, job.key.fence) for job in again] == [(1, 1, 3), (2, 1, 3), (3, 1, 3)]


async def test_a_claim_takes_no_more_than_it_asks_for(world: World) -> None:
    one, two = await world.open("one"), await world.open("two")
    for number in range(5):
        await one.append(said(stream=f"conversation:{number}", jobs=TURN))
    await one.leave()
    taken = [await two.claim(NOW, 2) for _ in range(4)]
    assert [len(part) for part in taken] == [2, 2, 1, 0]


async def test_claims_that_meet_share_nothing(world: World) -> None:
    one, two, three = await world.open("one"), await world.open("two"), await world.open("three")
    for number in range(40):
        await one.append(said(stream=f"conversation:{number % 8}", jobs=TURN))
    await one.leave()
    parts = await asyncio.gather(*(store.claim(NOW, 7) for store in (two, three) * 6))
    keys = [job.key for part in parts for job in part]
    assert len({(key.stream, key.seq) for key in keys}) == len(keys) == 40


async def test_a_timer_waits_until_it_is_due_and_a_later_one_takes_its_place(world: World) -> None:
    one, two = await world.open("one"), await world.open("two")
    await one.append(said(jobs=(NewJob("silence", due=NOW + 10),)))
    assert await one.pending() == 0
    await one.append(said(jobs=(NewJob("silence", due=NOW + 20),)))
    assert await one.claim(NOW + 10, 10) == []
    (job,) = await two.claim(NOW + 20, 10)
    assert (job.key.reaction, job.set_at, job.attempts) == ("silence", 2, 0)
    assert await one.claim(NOW + 20, 10) == []


async def test_a_timer_set_anew_while_it_runs_voids_the_run(store: Store) -> None:
    await store.append(said(jobs=(NewJob("silence", due=NOW),)))
    (running,) = await store.claim(NOW, 10)
    await store.append(said(jobs=(NewJob("silence", due=NOW + 50),)))
    with pytest.raises(LeaseLost):
        await store.append(decided(), done=(running.key,))
    (later,) = await store.claim(NOW + 50, 10)
    assert later.set_at == 2
    await store.append(decided(jobs=(NewJob("silence", due=NOW + 90),)), done=(later.key,))
    (last,) = await store.claim(NOW + 90, 10)
    assert last.set_at == 3


async def test_timers_of_one_lane_in_one_batch_leave_the_last(store: Store) -> None:
    await asyncio.gather(*(store.append(said(jobs=(NewJob("silence", due=NOW + n),))) for n in range(5)))
    (job,) = await store.claim(NOW + 4, 10)
    assert job.set_at == 5


async def test_a_job_out_of_retries_is_kept_in_the_list_of_the_dead(store: Store) -> None:
    await store.append(said(jobs=TURN))
    await store.bury(JobKey(C, "turn", 1), "no \0 answer", NOW + 7)
    (dead,) = await store.dead()
    assert (dead.stream, dead.reaction, dead.seq, dead.at) == (C, "turn", 1, NOW + 7)
    assert dead.error.startswith("no ")
    assert isinstance(dead, Dead)
    assert await store.pending() == 0


async def test_a_process_that_leaves_gives_its_jobs_back(world: World) -> None:
    one, two = await world.open("one"), await world.open("two")
    await one.append(said(jobs=TURN))
    assert await two.claim(NOW, 10) == []
    await one.leave()
    (job,) = await two.claim(NOW, 10)
    assert job.key == JobKey(C, "turn", 1, 2)


async def test_a_job_names_the_event_of_its_offset(store: Store) -> None:
    events = (e.CustomerSaid(id="1"), e.CustomerSaid(id="2"))
    append = Append(C, events, e.THE_CUSTOMER, NOW, jobs=(NewJob("turn", 1), NewJob("score", 0)))
    await store.append(said(), append)
    await store.leave()
    jobs = await store.claim(NOW, 10)
    assert [(job.key.reaction, job.key.seq) for job in jobs] == [("score", 2), ("turn", 3)]
