"""Keys: every press once, whatever the network does to its packets."""

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.ports import KEYS
from voice.rtp.events import LONGEST_SEGMENT, Keys, press

Sent = tuple[bytes, int, bool]
SSRC = 77


def sent(key: str, begun: int, ms: int = 100) -> list[Sent]:
    return [(note.payload, begun & 0xFFFFFFFF, note.first) for note in press(key, ms, 8000)]


def heard(packets: list[Sent], keys: Keys | None = None, ssrc: int = SSRC) -> str:
    keys = keys or Keys()
    return "".join(keys.hear(payload, stamp, ssrc, marker) or "" for payload, stamp, marker in packets)


def test_a_press_is_five_updates_and_three_ends() -> None:
    notes = press("5", 100, 8000)
    fields = [struct.unpack("!BBH", note.payload) for note in notes]
    assert [event for event, _, _ in fields] == [5] * 8
    assert [duration for _, _, duration in fields] == [160, 320, 480, 640, 800, 960, 960, 960]
    assert [flags >> 7 for _, flags, _ in fields] == [0, 0, 0, 0, 0, 1, 1, 1]
    assert [note.first for note in notes] == [True] + [False] * 7
    assert [note.elapsed for note in notes] == [160 * number for number in range(1, 9)]
    with pytest.raises(ValueError, match="substring"):
        press("x", 100, 8000)


@given(st.text(KEYS, max_size=8), st.integers(0, 2**32 - 1), st.data())
def test_presses_come_through_loss_repetition_and_disorder(
    text: str, start: int, data: st.DataObject
) -> None:
    packets: list[Sent] = []
    for number, key in enumerate(text):
        one = sent(key, start + 1600 * number)
        some = data.draw(st.lists(st.sampled_from(one), min_size=1, max_size=12), label=key)
        random.Random(start).shuffle(some)
        # A late packet of a press may come after the next press began, as long as the first of each is in order.
        late = data.draw(st.lists(st.sampled_from(packets), max_size=2)) if packets else []
        packets += some[:1] + late + some[1:]
    assert heard(packets) == text


def test_the_same_key_twice_is_two() -> None:
    assert heard(sent("4", 1000) + sent("4", 3000)) == "44"
    assert heard(sent("4", 1000)[:2] + sent("4", 3000)[-1:]) == "44"  # all ends of the first one lost


def test_a_key_held_for_long_is_one() -> None:
    updates = [(struct.pack("!BBH", 1, 10, 160 * number), 500, number == 1) for number in range(1, 410)]
    more = [
        (struct.pack("!BBH", 1, 10, 160 * number), 500 + LONGEST_SEGMENT, False) for number in range(1, 9)
    ]
    end = [(struct.pack("!BBH", 1, 0x8A, 1440), 500 + LONGEST_SEGMENT, False)] * 3
    assert heard(updates + more + end) == "1"


def test_a_sender_that_counts_the_timestamp_on_is_understood() -> None:
    packets = [
        (struct.pack("!BBH", 7, 10, 160 * number), 800 + 160 * number, number == 1) for number in range(1, 9)
    ]
    assert heard(packets) == "7"


def test_another_source_begins_anew() -> None:
    keys = Keys()
    assert heard(sent("1", 5000), keys) + heard(sent("1", 5000), keys, ssrc=78) == "11"
    assert heard(sent("1", 2**31 + 9000), keys, ssrc=78) == "1"


def test_tones_that_are_no_keys_are_none() -> None:
    flash = struct.pack("!BBH", 16, 10, 160)
    assert heard([(flash, 0, True), (b"\1\n\0", 0, True), (b"", 0, True)]) == ""


@given(st.lists(st.tuples(st.binary(max_size=9), st.integers(0, 2**32 - 1), st.booleans())))
def test_any_bytes_are_keys_or_nothing(packets: list[Sent]) -> None:
    assert set(heard(packets)) <= set(KEYS)
