"""Joined contacts, and tickets that were put elsewhere, in the rows of every store; made anew they are the same."""

import pytest

from contacts.erase import erase
from contacts.joins import Joins
from core import events as e
from core.ports import Append
from tests.contracts.worlds import NOW, Store

pytestmark = pytest.mark.asyncio

ANNA = e.Actor(e.AGENT, "anna")


async def talked(store: Store, contact: str, account: str) -> None:
    started = e.Started(channel="webchat", language="zh", contact=contact, verified=True, attributes={"email": "F@example.com"})
    proof = e.Verified(verify="account", account=account, call="c")
    await store.append(Append(f"conversation:k-{contact}", (started, proof), e.THE_CUSTOMER, NOW))


async def test_joins_suggestions_and_their_undoing(store: Store) -> None:
    for contact, account in (("a", "13900001234"), ("b", "13900001234"), ("c", "")):
        await talked(store, contact, account)
    joins = Joins(store, store, lambda: NOW)
    assert [(one.contact, one.basis) for one in await joins.suggestions("a")] == [("b", "account"), ("c", "email")]
    await joins.join("a", "b", ANNA)
    await joins.join("b", "c", ANNA)
    assert await joins.group("c") == ("a", "b", "c")
    before = await store.find("contacts")
    await store.rebuild()
    assert await store.find("contacts") == before
    await joins.part("b", ANNA)
    assert (await joins.group("b"), await joins.group("c")) == (("b",), ("a", "c"))
    await erase("a", store, store, ANNA, NOW)
    rows = {row["id"]: (row["account"], row["email"]) for row in await store.find("conversations")}
    assert rows == {"k-a": ("", ""), "k-b": ("13900001234", "f@example.com"), "k-c": ("", "")}


async def test_linked_and_merged_tickets(store: Store) -> None:
    for number in ("F-1", "F-2"):
        opened = e.TicketOpened(ticket=number, type="fault", contact="", conversation="k1")
        await store.append(Append(f"ticket:{number}", (opened,), e.THE_BOT, NOW))
    linked = e.TicketLinked(ticket="F-1", conversation="k2", contact="a", type="fault", status="open")
    merged = e.TicketMerged(ticket="F-2", into="F-1")
    await store.append(Append("ticket:F-1", (linked, merged), ANNA, NOW + 1), Append("ticket:F-2", (merged,), ANNA, NOW + 1))
    rows = await store.find("tickets")
    shown = [(row["id"], row["conversation"], row["contact"], row["merged"], row["version"]) for row in rows]
    assert shown == [("F-1", "k2", "a", "", 3), ("F-2", "k1", "", "F-1", 2)]
    await store.rebuild()
    assert await store.find("tickets") == rows


async def test_an_undone_merger(store: Store) -> None:
    for number in ("F-1", "F-2"):
        opened = e.TicketOpened(ticket=number, type="fault", contact="", conversation="k1", fields={"since": number})
        await store.append(Append(f"ticket:{number}", (opened,), e.THE_BOT, NOW))
    apart = [{**row, "version": 0, "updated_at": 0} for row in await store.find("tickets")]
    for event in (e.TicketMerged(ticket="F-2", into="F-1"), e.TicketParted(ticket="F-2", into="F-1")):
        await store.append(*(Append(f"ticket:{number}", (event,), ANNA, NOW + 1) for number in ("F-1", "F-2")))
    rows = await store.find("tickets")
    assert [{**row, "version": 0, "updated_at": 0} for row in rows] == apart
    assert [row["version"] for row in rows] == [3, 3]
    await store.rebuild()
    assert await store.find("tickets") == rows
