"""A page's word for its customer is checked; a customer who wants to be forgotten is."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.erase import erase, streams_of
from contacts.identity import Identity, anonymous_id, contact_id, sign, verify
from core.errors import Unauthenticated
from core.events import THE_CUSTOMER, THE_SYSTEM, CustomerSaid, Erased, Started, TicketOpened
from core.ports import Append
from core.time import SECOND
from store.memory import MemoryStore

NOW = 1_790_000_000
SECRET = "s3cret"


def identity(expires: int | str = NOW + 60, user: str = "u-1", secret: str = SECRET) -> Identity:
    return Identity(user, expires, sign(secret, user, expires))


def test_the_signature_is_the_promised_one() -> None:
    expected = hmac.new(b"s3cret", b"u-1.1790000060", hashlib.sha256).hexdigest()
    assert sign(SECRET, "u-1", NOW + 60) == expected


@pytest.mark.parametrize(
    "expires", [NOW + 60, str(NOW + 60), "2026-09-21T23:00:00+00:00", "2026-09-21T23:00:00Z"]
)
def test_a_signed_identity_passes(expires: int | str) -> None:
    verify(identity(expires), SECRET, NOW * SECOND)


@pytest.mark.parametrize(
    "wrong",
    [
        identity(NOW - 1),
        identity(NOW),
        identity(NOW + 32 * 24 * 3600),
        identity("tomorrow"),
        identity("2026-09-22T00:00:00"),
        identity(user=""),
        identity(secret="other"),
        Identity("u-1", NOW + 60, ""),
        Identity("u-2", NOW + 60, sign(SECRET, "u-1", NOW + 60)),
        Identity("u-1", NOW + 61, sign(SECRET, "u-1", NOW + 60)),
        Identity("u-1", NOW + 60, "签名"),
    ],
)
def test_any_other_is_refused(wrong: Identity) -> None:
    with pytest.raises(Unauthenticated):
        verify(wrong, SECRET, NOW * SECOND)


def test_without_a_secret_nobody_is_believed() -> None:
    with pytest.raises(Unauthenticated, match="WIDGET_SECRET"):
        verify(identity(secret=""), "", NOW * SECOND)


@given(st.text(), st.text())
def test_a_contact_is_the_same_person_and_no_other(one: str, other: str) -> None:
    key = b"k" * 32
    assert contact_id(key, one) == contact_id(key, one)
    assert (contact_id(key, one) == contact_id(key, other)) == (one == other)


def test_a_contact_does_not_show_the_user() -> None:
    assert "alice" not in contact_id(b"k" * 32, "alice")
    assert contact_id(b"k" * 32, "alice") != contact_id(b"j" * 32, "alice")
    assert anonymous_id(bytes(15)) != anonymous_id(bytes(14) + b"1")


async def conversation(store: MemoryStore, id: str, contact: str) -> None:
    events = (
        Started(channel="webchat", language="zh", contact=contact, name="王芳"),
        CustomerSaid(id="1", text="hi"),
    )
    await store.append(Append(f"conversation:{id}", events, THE_CUSTOMER, 1))


async def test_everything_about_a_contact_is_emptied_and_nothing_else() -> None:
    store = MemoryStore()
    for number in range(450):
        await conversation(store, f"mine{number:03d}", "c1")
    await conversation(store, "other", "c2")
    mine = TicketOpened(ticket="F-1", type="fault", contact="c1", phone="13812345678", fields={"a": "b"})
    linked = TicketOpened(ticket="F-2", type="fault", contact="", conversation="mine449", phone="13812345678")
    foreign = TicketOpened(ticket="F-3", type="fault", contact="c2", phone="13900000000")
    for event in (mine, linked, foreign):
        await store.append(Append(f"ticket:{event.ticket}", (event,), THE_SYSTEM, 1))

    streams = await streams_of("c1", store)
    assert len(streams) == len(set(streams)) == 450 + 2 + 1
    assert await erase("c1", store, store, THE_SYSTEM, 9) == 450 * 2 + 2

    for stream in streams[:-1]:
        events = [recorded.event for recorded in await store.read(stream)]
        assert isinstance(events[-1], Erased)
        assert not any(getattr(event, name) for event in events for name in event.PRIVATE)
    assert [r.event for r in await store.read("ticket:F-3")] == [foreign]
    assert await store.version("contact:c1") == 0


async def test_an_unknown_contact_leaves_no_trace() -> None:
    store = MemoryStore()
    assert await erase("nobody", store, store, THE_SYSTEM, 9) == 0
    assert await streams_of("", store) == []
    assert store.disk.streams == {}
