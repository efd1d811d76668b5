"""Events to rows and back."""

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import codec
from core import events as e
from tests.strategies import EVENTS

SALT = bytes(range(16))


@given(EVENTS)
def test_every_event_comes_back_as_it_was(event: e.Event) -> None:
    row = codec.encode(event, SALT)
    assert codec.decode(row.kind, row.version, row.body, row.private) == event
    assert row.guard == type(event).GUARD


@given(EVENTS)
def test_the_body_holds_no_private_field_and_the_digest_covers_them(event: e.Event) -> None:
    row = codec.encode(event, SALT)
    assert not type(event).PRIVATE & msgspec.json.decode(row.body).keys()
    if type(event).PRIVATE:
        assert row.private is not None
        assert msgspec.json.decode(row.private).keys() == type(event).PRIVATE
        assert row.digest == hashlib.sha256(SALT + row.private).hexdigest()
    else:
        assert (row.private, row.salt, row.digest) == (None, None, "")


@given(EVENTS)
def test_an_erased_event_still_reads(event: e.Event) -> None:
    row = codec.encode(event, SALT)
    read = codec.decode(row.kind, row.version, row.body, None)
    assert type(read) is type(event)
    public = [name for name in event.__struct_fields__ if name not in type(event).PRIVATE]
    assert [getattr(read, name) for name in public] == [getattr(event, name) for name in public]
    assert not any(getattr(read, name) for name in type(event).PRIVATE)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_the_salt_hides_equal_values(one: bytes, other: bytes) -> None:
    event = e.CustomerSaid(id="1", text="13800138000")
    digests = {codec.encode(event, one).digest, codec.encode(event, other).digest}
    assert len(digests) == (1 if one == other else 2)


def test_an_unknown_kind_is_kept_whole_and_never_written() -> None:
    event = codec.decode("from_the_future", 7, b'{"a": 1}', b'{"b": [2]}')
    assert event == e.Unknown(kind="from_the_future", body={"a": 1, "b": [2]})
    with pytest.raises(ValueError, match="never written"):
        codec.encode(event, SALT)


def test_an_older_version_climbs_through_every_upcaster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(e.Rated, "VERSION", 3)
    monkeypatch.setitem(codec.UPCASTERS, ("rated", 1), lambda fields: {"stars": fields["points"]})
    monkeypatch.setitem(codec.UPCASTERS, ("rated", 2), lambda fields: {"score": fields["stars"]})
    assert codec.decode("rated", 1, b'{"points": 4}', None) == e.Rated(score=4)
    assert codec.decode("rated", 2, b'{"stars": 4}', None) == e.Rated(score=4)
