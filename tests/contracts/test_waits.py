"""Waits, alerts and switches: rows that events make and later events settle, the same after a rebuild."""

import pytest

from core import events as e
from core.ports import Append
from core.views_insights import NEVER
from tests.contracts.worlds import NOW, SECOND, Store, started

pytestmark = pytest.mark.asyncio
ASKED = e.HandoffAsked(reason="asked", skill="general")
TAKEN = e.HandoffTaken(agent="anna")
SAID = e.AgentSaid(id="1", agent="anna", text="Good morning")


async def happen(store: Store, *events: e.Event, stream: str = "conversation:c", together: bool = False) -> None:
    """Events one second after the other, each in an append of its own, or all in one commit."""
    appends = [
        Append(stream, (event,), e.THE_SYSTEM, NOW + place * SECOND) for place, event in enumerate(events, 1)
    ]
    for group in [appends] if together else [[one] for one in appends]:
        await store.append(*group)


async def waits(store: Store) -> list[tuple[int, ...]]:
    """(asked, ended, answered) in seconds of the story, in order."""
    rows = await store.find("waits", {}, order="asked_at")
    return [tuple(_second(row[name]) for name in ("asked_at", "ended_at", "answered_at")) for row in rows]


def _second(at: int) -> int:
    return (at - NOW) // SECOND if at > 0 else at


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "in one commit"])
async def test_a_wait_ends_when_taken_and_is_answered_by_the_first_words(store: Store, together: bool) -> None:
    moved = e.Transferred(by="anna", skill="faults")
    await store.append(started())
    await happen(store, ASKED, TAKEN, SAID, SAID, moved, TAKEN, SAID, together=together)
    expected = [(1, 2, 3), (5, 6, 7)]
    assert await waits(store) == expected
    await store.rebuild()
    assert await waits(store) == expected


@pytest.mark.parametrize("end", [e.HandoffCancelled(), e.HandoffReturned(agent="anna"), e.Closed(by="customer")])
async def test_who_leaves_is_never_answered(store: Store, end: e.Event) -> None:
    await store.append(started())
    await happen(store, ASKED, end, ASKED, e.TakenOver(agent="lead"), SAID)
    assert await waits(store) == [(1, 2, NEVER), (3, 4, 5)]
    assert (await store.get("conversations", "c") or {})["person_at"] == NOW + 4 * SECOND


async def test_an_open_wait_is_still_open(store: Store) -> None:
    await store.append(started(), started("conversation:d"))
    await happen(store, ASKED)
    await happen(store, TAKEN, stream="conversation:d")
    assert await waits(store) == [(1, 0, 0)]


async def test_alerts_and_switches_have_rows(store: Store) -> None:
    await store.append(started())
    await happen(store, e.Alerted(rule="rating", seq=1, quote="so slow"))
    await happen(store, e.FlowStopped(flow="bill", by="lead"), stream="flow:bill")
    await happen(store, e.FlowStopped(flow="fault", by="lead"), e.FlowResumed(flow="fault", by="boss"), stream="flow:fault")
    (alert,) = await store.find("alerts", {})
    assert {name: alert[name] for name in ("id", "conversation", "rule", "about", "at")} == {
        "id": "c:2", "conversation": "c", "rule": "rating", "about": 1, "at": NOW + SECOND,
    }  # fmt: skip
    rows = {row["id"]: (row["stopped"], row["who"]) for row in await store.find("switches", {})}
    assert rows == {"bill": (1, "lead"), "fault": (0, "boss")}
    await store.rebuild()
    assert {row["id"]: (row["stopped"], row["who"]) for row in await store.find("switches", {})} == rows


async def test_the_conversation_knows_that_the_bot_is_stopped_until_it_closes(store: Store) -> None:
    await store.append(started())
    for events, stopped in (((e.BotStopped(by="lead"),), 1), ((e.BotResumed(by="lead"),), 0)):
        await happen(store, *events)
        assert (await store.get("conversations", "c") or {})["stopped"] == stopped
    await happen(store, e.BotStopped(by="lead"), e.Closed(by="silence"))
    assert (await store.get("conversations", "c") or {})["stopped"] == 0


ANNA = e.Actor(e.AGENT, "anna")


async def wraps(store: Store) -> list[dict[str, object]]:
    """The rows of what is wrapped up, without their ids."""
    rows = await store.find("wraps", {}, order="began_at")
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


async def test_a_closing_is_wrapped_up_until_it_is_said_how_it_ended(store: Store) -> None:
    await store.append(started())
    until = NOW + 90 * SECOND
    closing = e.Closed(by="agent", wrap_until=until)
    await store.append(Append("conversation:c", (closing,), ANNA, NOW + SECOND))
    row = {"conversation": "c", "agent": "anna", "closed": 2, "began_at": NOW + SECOND, "until": until}
    assert await wraps(store) == [{**row, "ended_at": 0, "disposition": ""}]
    assert [one["closed"] for one in await store.find("wraps", {"ended_at": 0, "agent": "anna"})] == [2]

    time_up = e.WrappedUp(agent="anna", closed=2, seconds=90)
    said = e.WrappedUp(agent="anna", closed=2, disposition="resolved", seconds=90)
    await store.append(Append("conversation:c", (time_up,), e.THE_SYSTEM, until))
    assert await wraps(store) == [{**row, "ended_at": until, "disposition": ""}]
    await store.append(Append("conversation:c", (said,), ANNA, until + SECOND))
    expected = [{**row, "ended_at": until + SECOND, "disposition": "resolved"}]
    assert await wraps(store) == expected
    assert (await store.get("conversations", "c") or {})["disposition"] == "resolved"
    await store.rebuild()
    assert await wraps(store) == expected


async def test_a_closing_that_says_how_it_ended_leaves_no_row(store: Store) -> None:
    await store.append(started())
    await store.append(Append("conversation:c", (e.Closed(by="agent", disposition="other"),), ANNA, NOW + SECOND))
    assert await wraps(store) == []
