"""Joining says that two contacts are one person; undoing it leaves everything as it was."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.erase import erase, streams_of
from contacts.joins import Joins, Suggestion
from core import events as e
from core.errors import Conflict, Invalid, NotFound
from core.ports import Append
from store.memory import MemoryStore

ANNA = e.Actor(e.AGENT, "anna")


async def talked(store: MemoryStore, contact: str, account: str = "", **started: Any) -> None:
    events: list[e.Event] = [e.Started(channel="webchat", language="zh", contact=contact, name=f"name of {contact}", **started)]
    if account:
        events.append(e.Verified(verify="account", account=account, call="c"))
    await store.append(Append(f"conversation:k-{contact}", tuple(events), e.THE_CUSTOMER, 5))


async def world(*contacts: str) -> tuple[MemoryStore, Joins]:
    store = MemoryStore()
    for contact in contacts:
        await talked(store, contact)
    return store, Joins(store, store, lambda: 9)


async def test_joined_contacts_are_one_person_seen_from_each() -> None:
    _store, joins = await world("a", "b", "c", "d")
    await joins.join("a", "b", ANNA)
    await joins.join("c", "b", ANNA)
    assert {await joins.group(one) for one in ("a", "b", "c")} == {("c", "a", "b")}
    assert await joins.group("d") == ("d",)
    assert await joins.same("a", "b") and not await joins.same("a", "d") and not await joins.same("", "a")
    assert [(link.contact, link.into, link.by) for link in await joins.links("b")] == [("a", "c", "anna"), ("b", "a", "anna")]


async def test_what_is_no_join_is_refused_with_a_reason() -> None:
    _store, joins = await world("a", "b")
    with pytest.raises(Invalid):
        await joins.join("a", "a", ANNA)
    with pytest.raises(NotFound):
        await joins.join("a", "nobody", ANNA)
    with pytest.raises(NotFound):
        await joins.join("", "a", ANNA)
    await joins.join("a", "b", ANNA)
    for one, other in (("a", "b"), ("b", "a")):
        with pytest.raises(Conflict):
            await joins.join(one, other, ANNA)
    await joins.part("b", ANNA)
    for one in ("a", "b", "nobody"):
        with pytest.raises(Conflict):
            await joins.part(one, ANNA)


async def test_many_who_join_at_once_make_one_tree_without_a_ring() -> None:
    names = [f"n{number}" for number in range(6)]
    store, joins = await world(*names)
    pairs = [(one, other) for one in names for other in names if one != other]
    results = await asyncio.gather(*(joins.join(*pair, ANNA) for pair in pairs), return_exceptions=True)
    assert all(result is None or isinstance(result, Conflict) for result in results)
    links = [row["joined"] for row in await store.find("contacts", limit=99) if row["joined"]]
    assert len(links) == sum(result is None for result in results) <= len(names) - 1
    groups = {frozenset(await joins.group(name)) for name in names}
    assert sum(map(len, groups)) == len(names)


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=6), st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")))
def test_undoing_restores_exactly(before: list[tuple[str, str]], pair: tuple[str, str]) -> None:
    async def story() -> None:
        store, joins = await world(*"abcde")
        for one, other in before:
            try:
                await joins.join(one, other, ANNA)
            except (Conflict, Invalid):
                continue
        groups = [await joins.group(name) for name in "abcde"]
        links = [await joins.links(name) for name in "abcde"]
        conversations = await store.find("conversations")
        try:
            await joins.join(*pair, ANNA)
        except (Conflict, Invalid):
            return
        newest = {row["id"]: row["joined"] for row in await store.find("contacts")}
        (child,) = [one for one, into in newest.items() if into and (one, into) not in {(x.contact, x.into) for ls in links for x in ls}]
        await joins.part(child, ANNA)
        assert [await joins.group(name) for name in "abcde"] == groups
        assert [await joins.links(name) for name in "abcde"] == links
        assert await store.find("conversations") == conversations

    asyncio.run(story())


async def test_who_may_be_one_person_is_suggested_by_what_speaks_for_it() -> None:
    store = MemoryStore()
    await talked(store, "me", account="13900001234", verified=True, attributes={"email": "Fang@Example.com "})
    await talked(store, "proved", account="13900001234")
    await talked(store, "mailed", verified=True, attributes={"email": "fang@example.com"})
    await talked(store, "claims", attributes={"email": "fang@example.com"})
    await talked(store, "odd", verified=True, attributes={"email": ["fang@example.com"]})
    for number, contact, phone in (("F-1", "me", "13811112222"), ("F-2", "phoned", "13811112222"), ("F-3", "other", "1381")):
        opened = e.TicketOpened(ticket=number, type="fault", contact=contact, phone=phone)
        await store.append(Append(f"ticket:{number}", (opened,), e.THE_BOT, 5))
    joins = Joins(store, store, lambda: 9)

    assert await joins.suggestions("me") == [
        Suggestion("proved", "account", "name of proved", "k-proved", 5),
        Suggestion("phoned", "phone"),
        Suggestion("mailed", "email", "name of mailed", "k-mailed", 5),
    ]
    await joins.join("me", "proved", ANNA)
    (link,) = await joins.links("proved")
    assert (link.basis, link.by, link.at) == ("account", "anna", 9)
    assert [one.contact for one in await joins.suggestions("proved")] == ["phoned", "mailed"]
    assert await joins.suggestions("nobody") == await joins.suggestions("") == []


async def test_erasing_one_takes_all_that_is_one_person_with_it() -> None:
    store, joins = await world("a", "b", "c")
    opened = e.TicketOpened(ticket="F-1", type="fault", contact="b", phone="13811112222")
    await store.append(Append("ticket:F-1", (opened,), e.THE_BOT, 5))
    await joins.join("a", "b", ANNA)
    assert set(await streams_of("b", store)) == {"conversation:k-a", "conversation:k-b", "ticket:F-1", "contact:a", "contact:b"}
    assert await erase("a", store, store, ANNA, 9) == 3
    names = {row["id"]: row["name"] for row in await store.find("conversations")}
    assert names == {"k-a": "", "k-b": "", "k-c": "name of c"}
    assert await joins.suggestions("a") == []


async def test_the_rows_are_the_same_when_made_anew() -> None:
    store, joins = await world("a", "b", "c")
    await joins.join("a", "b", ANNA)
    await joins.join("b", "c", ANNA)
    await joins.part("c", ANNA)
    before = {table: await store.find(table) for table in ("contacts", "conversations")}
    await store.rebuild()
    assert {table: await store.find(table) for table in before} == before
