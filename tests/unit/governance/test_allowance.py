"""What a contact had of an action today, as the fold of the contact's stream."""

from math import fsum, inf
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import reactions
from app.hub import Hub
from app.log import Log
from app.usage import PAGE, DayUsage
from core import codec
from core import events as e
from core.ports import Append
from core.time import HOUR, MINUTE, SECOND
from governance.allowance import used
from governance.standing import Used
from store.memory import MemoryStore
from store.wakes import LocalWakes

STREAM = "contact:k1"
NOON = 1_790_000_000 * SECOND
ZONE = ZoneInfo("Asia/Shanghai")

entries = st.lists(
    st.tuples(st.sampled_from(["pay", "other"]), st.floats(-1e6, 1e6), st.booleans(), st.integers(-100, 100)), max_size=20
)
"""(action, money, whether it surely failed, seconds since midnight)"""


def placed(events: list[tuple[e.Event, int]]) -> list[e.Recorded]:
    return [e.Recorded(STREAM, seq, at, e.THE_BOT, event) for seq, (event, at) in enumerate(events, 1)]


@given(entries, st.data())
def test_calls_of_today_count_once_unless_they_surely_failed(entries: list[tuple[str, float, bool, int]], data: st.DataObject) -> None:
    taken: list[tuple[e.Event, int]] = [
        (e.AllowanceTaken(call=f"c{n}", action=action, amount=amount), at) for n, (action, amount, _, at) in enumerate(entries)
    ]
    failed: list[tuple[e.Event, int]] = [
        (e.AllowanceReturned(call=f"c{n}"), at) for n, (_, _, failed, at) in enumerate(entries) if failed
    ]
    # A return comes at any time after its call, also twice, and beside kinds that nobody counts.
    later: list[tuple[e.Event, int]] = [*data.draw(st.permutations(failed)), *failed, (e.Erased(by="x"), 0)]
    events = placed([*taken, *later])
    mine = [abs(amount) for action, amount, failed, at in entries if action == "pay" and not failed and at >= 0]
    assert used(events, "pay", 0) == Used(len(mine), fsum(mine), len(events))


def test_an_erased_amount_is_above_every_limit_and_the_call_still_counts() -> None:
    row = codec.encode(e.AllowanceTaken(call="c", action="pay", amount=3.0), bytes(16))
    assert b"3" not in row.body and row.private is not None
    assert used(placed([(codec.decode(row.kind, row.version, row.body, row.private), 5)]), "pay", 0) == Used(1, 3.0, 1)
    emptied = codec.decode(row.kind, row.version, row.body, None)
    assert used(placed([(emptied, 5)]), "pay", 0) == Used(1, inf, 1)


@pytest.mark.parametrize("before", [0, 1, PAGE - 1, PAGE, 2 * PAGE + 3])
@pytest.mark.parametrize("today", [0, 1, PAGE, PAGE + 1])
async def test_the_day_is_found_however_long_the_stream(before: int, today: int) -> None:
    store = MemoryStore()
    now = NOON - NOON % (24 * HOUR) - 8 * HOUR + 10 * MINUTE  # ten past midnight in Shanghai
    log = Log(store, Hub(), LocalWakes(), lambda: now, reactions.reactions(lambda: (10, 20)))
    for n in range(before + today):
        at = now - 20 * MINUTE if n < before else now - 9 * MINUTE
        event = e.AllowanceTaken(call=f"c{n}", action="pay", amount=2.0)
        await store.append(Append(STREAM, (event,), e.THE_BOT, at))
    assert await DayUsage(log, ZONE)("k1", "pay") == Used(today, 2.0 * today, before + today)


async def test_contacts_that_are_one_person_have_one_day() -> None:
    store = MemoryStore()
    log = Log(store, Hub(), LocalWakes(), lambda: NOON, reactions.reactions(lambda: (10, 20)))
    for contact, amount in (("k1", 2.0), ("k2", 3.0), ("k3", 5.0)):
        taken = e.AllowanceTaken(call=f"c-{contact}", action="pay", amount=amount)
        await store.append(Append(f"contact:{contact}", (taken,), e.THE_BOT, NOON - MINUTE))

    async def group(contact: str) -> tuple[str, ...]:
        return ("k1", "k2") if contact != "k3" else ("k3",)

    usage = DayUsage(log, ZONE, group)
    assert await usage("k1", "pay") == await usage("k2", "pay") == Used(2, 5.0, 1)
    assert await usage("k3", "pay") == Used(1, 5.0, 1)
