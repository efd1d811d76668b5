"""Cases are opened, told to their owner only, and changed by one person at a time."""

import random
from typing import Any

import pytest

from core.conversation import empty, fold
from core.errors import Conflict, Invalid, NotFound
from core.events import AGENT, THE_CUSTOMER, THE_SYSTEM, Actor, Closed, Started, TicketOpened, TicketUpdated
from core.ports import ActionContext, Append
from core.time import SECOND
from store.memory import MemoryStore
from tickets.desk import UNTOLD, TicketDesk, copy_for
from tickets.types import parse

TYPES = parse(
    {
        "tickets.yml": """\
types:
  fault:
    name: {zh: 故障报修, en: Fault report}
    prefix: F
    fields:
      service: {label: {zh: 业务, en: Service}, required: true}
      phone: {label: {zh: 联系电话, en: Contact phone}, required: true}
      since: {label: {zh: 开始时间, en: Since}}
    statuses:
      open: {zh: 已登记, en: registered}
      in_progress: {zh: 处理中, en: being repaired}
    skill: faults
"""
    }
)
ANNA = Actor(AGENT, "anna")
FIELDS = {"service": "broadband", "phone": "13812345678"}


def desk(store: MemoryStore, seed: int = 1) -> TicketDesk:
    return TicketDesk(TYPES, store, store, lambda: 1_790_000_000 * SECOND, random.Random(seed).randrange)


async def opened(store: MemoryStore, **more: Any) -> str:
    return await desk(store).create("fault", FIELDS, by=ANNA, contact="c1", language="en", **more)


def test_opening_checks_what_the_type_asks_for() -> None:
    place: dict[str, Any] = {
        "contact": "c1", "conversation": "k1", "language": "zh", "flow": "report_fault", "step": "open",
        "in_reply_to": (3,),
    }  # fmt: skip
    event = desk(MemoryStore()).open("fault", {**FIELDS, "since": None}, **place)
    assert event.fields == FIELDS
    assert (event.phone, event.skill, event.conversation) == ("13812345678", "faults", "k1")
    with pytest.raises(Invalid) as missing:
        desk(MemoryStore()).open("fault", {"service": "tv"}, **place)
    assert missing.value.field == "phone"
    with pytest.raises(Invalid, match="fault"):
        desk(MemoryStore()).open("nonsense", {}, **place)


async def test_the_owner_and_whoever_knows_the_phone_are_told() -> None:
    store = MemoryStore()
    number = await opened(store)
    told = await desk(store).lookup(number.lower(), "c1", "", "zh")
    assert told == {
        "found": True, "verified": True, "status": "已登记", "type": "故障报修", "opened": "2026-09-21",
        "note": "",
    }  # fmt: skip
    by_phone = await desk(store).lookup(number, "somebody", "+86 138 1234 5678", "en")
    assert by_phone["status"] == "registered"


async def test_others_learn_nothing_not_even_that_it_exists() -> None:
    store = MemoryStore()
    number = await opened(store)
    strangers = [
        await desk(store).lookup(number, "c2", "13900000000"),
        await desk(store).lookup(number, "", ""),
        await desk(store).lookup("F-0000-0000", "c1", "13812345678"),
        await desk(store).lookup("no number", "c1", ""),
    ]
    assert strangers == [UNTOLD] * 4


async def test_a_ticket_without_phone_matches_no_empty_phone() -> None:
    store = MemoryStore()
    event = TicketOpened(ticket="F-1234-5678", type="fault", contact="")
    await store.append(Append("ticket:F-1234-5678", (event,), THE_SYSTEM, 1))
    assert await desk(store).lookup("F-1234-5678", "", "") == UNTOLD


async def test_changes_are_validated_and_told() -> None:
    store = MemoryStore()
    number = await opened(store)
    version = await desk(store).update(
        number,
        by=ANNA,
        version=1,
        status="in_progress",
        fields={"since": "Monday"},
        note="Engineer on the way",
    )
    assert version == 2
    row = await desk(store).read(number)
    assert (row["status"], row["version"]) == ("in_progress", 2)
    assert row["fields"] == {**FIELDS, "since": "Monday"}
    told = await desk(store).lookup(number, "c1", "", "en")
    assert (told["status"], told["note"]) == ("being repaired", "Engineer on the way")
    with pytest.raises(Invalid, match="no status"):
        await desk(store).update(number, by=ANNA, status="lost")
    with pytest.raises(Invalid) as required:
        await desk(store).update(number, by=ANNA, fields={"phone": None})
    assert required.value.field == "phone"
    with pytest.raises(Invalid, match="Nothing"):
        await desk(store).update(number, by=ANNA, status="in_progress")
    with pytest.raises(NotFound):
        await desk(store).update("F-0000-0000", by=ANNA, status="open")


async def test_the_slower_of_two_people_is_told() -> None:
    store = MemoryStore()
    number = await opened(store)
    await desk(store).update(number, by=ANNA, version=1, status="in_progress")
    with pytest.raises(Conflict):
        await desk(store).update(number, by=ANNA, version=1, note="late")


async def test_a_corrected_phone_takes_the_place_of_the_old() -> None:
    store = MemoryStore()
    number = await opened(store)
    await desk(store).update(number, by=ANNA, fields={"phone": "13900000000"})
    assert (await desk(store).lookup(number, "", "13900000000"))["verified"]
    assert await desk(store).lookup(number, "", "13812345678") == UNTOLD


async def test_an_erased_ticket_can_still_be_moved_on() -> None:
    store = MemoryStore()
    number = await opened(store)
    await store.erase([f"ticket:{number}"], THE_SYSTEM, 5)
    assert await desk(store).lookup(number, "", "13812345678") == UNTOLD
    assert await desk(store).update(number, by=ANNA, version=1, status="in_progress") == 3


async def test_a_taken_number_is_drawn_again() -> None:
    store = MemoryStore()
    first, second = await opened(store), await opened(store)
    assert first != second


async def test_the_status_action_asks_on_behalf_of_the_contact() -> None:
    store = MemoryStore()
    number = await opened(store)
    context = ActionContext(key="k", conversation="k1", contact="c1", language="zh")
    assert (await desk(store).status({"ticket": number}, context))["status"] == "已登记"


async def test_the_customer_gets_a_copy_unless_the_conversation_is_over() -> None:
    store = MemoryStore()
    started = Started(channel="webchat", language="en", contact="c1")
    await store.append(Append("conversation:k1", (started,), THE_CUSTOMER, 1))
    number = await opened(store, conversation="k1")
    await desk(store).update(number, by=ANNA, status="in_progress")
    update = (await store.read(f"ticket:{number}"))[-1]

    conversation = fold(empty("k1"), await store.read("conversation:k1"))
    assert conversation.tickets == (number,)
    copy = copy_for(conversation, update)
    assert copy is not None
    await store.append(copy)
    await store.append(copy)
    copies = [r for r in await store.read("conversation:k1") if isinstance(r.event, TicketUpdated)]
    assert len(copies) == 1

    await store.append(Append("conversation:k1", (Closed(by="customer"),), THE_CUSTOMER, 2))
    assert copy_for(fold(empty("k1"), await store.read("conversation:k1")), update) is None
    assert copy_for(empty("k2"), update) is None
