"""The protocols of media sockets: their messages read and written, and whatever else comes."""

import base64
import string
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.audio.g711 import PCMA, PCMU
from voice.gateways.asterisk import Asterisk
from voice.gateways.l16 import L16
from voice.gateways.media import recognise
from voice.gateways.twilio import Twilio
from voice.gateways.wire import (
    LONGEST,
    LONGEST_ATTRIBUTE,
    MOST_ATTRIBUTES,
    Echo,
    Flow,
    Item,
    MediaCodec,
    Pressed,
    Refused,
    Sound,
    Started,
    Stopped,
)

PCM = PCMU.decode(bytes(range(160)))
CODECS: list[type[Any]] = [Twilio, Asterisk, L16]
FORM = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
TWILIO_START: dict[str, Any] = {
    "event": "start",
    "streamSid": "MZ1",
    "start": {"streamSid": "MZ1", "callSid": "CA1", "mediaFormat": FORM},
}
PLAIN_START = "MEDIA_START connection_id:c-1 channel:WebSocket/x/0x5 channel_id:p.9 format:{} optimal_frame_size:160 ptime:20"
STARTS = {
    Twilio: TWILIO_START,
    Asterisk: PLAIN_START.format("ulaw"),
    L16: {"callSid": "f1", "sampleRate": 8000},
}


def text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def read(codec: MediaCodec, value: Any) -> list[Item]:
    return list(codec.read(value if isinstance(value, bytes) else text(value)))


def started(kind: type[Any], **known: str) -> tuple[MediaCodec, Started]:
    codec: MediaCodec = kind(known)
    (item,) = read(codec, STARTS[kind])
    assert isinstance(item, Started)
    return codec, item


# Twilio ------------------------------------------------------------------------------------------------------------


def test_a_twilio_start_names_the_call() -> None:
    parameters = {"Caller": "13800138000", "called": "10086", "n": 5}
    start = {
        **TWILIO_START,
        "start": {**TWILIO_START["start"], "accountSid": "AC1", "customParameters": parameters},
    }
    codec = Twilio({"caller": "from the address", "line": "gold"})
    assert read(codec, {"event": "connected", "protocol": "Call", "version": "1.0.0"}) == []
    (item,) = read(codec, start)
    assert isinstance(item, Started)
    assert (item.rate, item.info.id, item.info.wire) == (8000, "MZ1", "media")
    assert (item.info.caller, item.info.called) == ("13800138000", "10086")
    assert item.info.attributes["callSid"] == "CA1" and item.info.attributes["line"] == "gold"
    assert read(codec, start) == [Refused("start")]


def test_twilio_messages_mean_what_they_say() -> None:
    codec, _ = started(Twilio)
    payload = base64.b64encode(bytes(range(160))).decode()
    assert read(codec, {"event": "media", "media": {"track": "inbound", "payload": payload}}) == [Sound(PCM)]
    assert read(codec, {"event": "media", "media": {"track": "outbound", "payload": payload}}) == []
    assert read(codec, {"event": "dtmf", "dtmf": {"digit": "#"}}) == [Pressed("#")]
    assert read(codec, {"event": "mark", "mark": {"name": "m1"}}) == [Echo("m1")]
    assert read(codec, {"event": "stop", "stop": {}}) == [Stopped()]


def test_what_is_said_to_twilio() -> None:
    codec, _ = started(Twilio)
    said = msgspec.json.decode(codec.audio(PCM))
    payload = said["media"].pop("payload")
    assert said == {"event": "media", "streamSid": "MZ1", "media": {}}
    assert PCMU.decode(base64.b64decode(payload)) == PCM
    assert msgspec.json.decode(codec.mark("m1")) == {
        "event": "mark",
        "streamSid": "MZ1",
        "mark": {"name": "m1"},
    }
    assert msgspec.json.decode(codec.clear()) == {"event": "clear", "streamSid": "MZ1"}
    assert codec.hangup() is None


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"\0\1", "binary"), ("{", "json"), ("[]", "json"), ("{}", "json"), ('{"event": 5}', "json"), ("[" * 60_000, "json"),
        ({"event": "what"}, "unknown"), ({"event": "media"}, "unknown"), ({"event": "media", "media": {"payload": 5}}, "json"),
        ({"event": "media", "media": {"payload": "a"}}, "payload"), ({"event": "media", "media": {"payload": "$$$$"}}, "payload"),
        ({"event": "dtmf", "dtmf": {"digit": "12"}}, "digit"), ({"event": "dtmf", "dtmf": {"digit": ""}}, "digit"),
        ("x" * (LONGEST + 1), "too long"), (TWILIO_START, "start"),
    ],
)  # fmt: skip
def test_what_twilio_does_not_say_is_refused(message: Any, reason: str) -> None:
    codec, _ = started(Twilio)
    assert read(codec, message) == [Refused(reason)]


@pytest.mark.parametrize("change", [{"encoding": "audio/opus"}, {"sampleRate": 16000}, {"channels": 2}])
def test_twilio_in_another_format_is_refused(change: dict[str, Any]) -> None:
    start = {"event": "start", "start": {"streamSid": "MZ1", "mediaFormat": {**FORM, **change}}}
    assert read(Twilio(), start) == [Refused("format")]
    assert read(Twilio(), {"event": "start", "start": {"streamSid": " \n"}}) == [Refused("start")]


# Asterisk ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rate", "wire"),
    [
        ("ulaw", 8000, PCMU.encode(PCM)),
        ("alaw", 8000, PCMA.encode(PCM)),
        ("slin", 8000, PCM),
        ("slin16", 16000, PCM),
        ("slin48", 48000, PCM),
    ],
)
def test_asterisk_formats(name: str, rate: int, wire: bytes) -> None:
    codec = Asterisk({"caller": "13800138000"})
    (item,) = read(codec, PLAIN_START.format(name))
    assert isinstance(item, Started)
    assert (item.rate, item.info.id, item.info.caller) == (rate, "c-1", "13800138000")
    assert item.info.attributes["channel"] == "WebSocket/x/0x5"
    assert codec.audio(PCM) == wire
    decode = {"ulaw": PCMU.decode, "alaw": PCMA.decode}.get(name, bytes)
    assert read(codec, wire) == [Sound(decode(wire))]


PLAIN: list[tuple[Any, Item]] = [
    ("DTMF_END digit:5 channel_id:p.9", Pressed("5")), ("MEDIA_XOFF", Flow(False)), ("MEDIA_XON", Flow(True)),
    ("MEDIA_MARK_PROCESSED m7", Echo("m7")), ("QUEUE_DRAINED", Flow(True)), ("ERROR channel_id:p.9 error_text:no", Refused("error")),
    ("STATUS channel_id:p.9 queue_length:950 queue_full:true bulk_media:false", Flow(False)), ("WHAT", Refused("unknown")), ("", Refused("unknown")),
    ("DTMF_END digit:55", Refused("digit")), ("DTMF_END", Refused("unknown")), (PLAIN_START.format("ulaw"), Refused("start")),
]  # fmt: skip
JSON: list[tuple[Any, Item]] = [
    ({"event": "DTMF_END", "channel_id": "p.9", "digit": "*"}, Pressed("*")), ({"event": "MEDIA_XOFF"}, Flow(False)),
    ({"event": "MEDIA_MARK_PROCESSED", "correlation_id": "m7"}, Echo("m7")), ({"event": "STATUS", "queue_full": True}, Flow(False)),
    ({"event": "STATUS", "queue_full": False}, Flow(True)), ({"event": "DTMF_END", "digit": 5}, Refused("unknown")),
    ({"event": ["x"]}, Refused("unknown")), ({}, Refused("unknown")), ("{", Refused("json")), ("{" * 60_000, Refused("json")),
]  # fmt: skip


@pytest.mark.parametrize(("message", "item"), PLAIN + JSON)
def test_asterisk_events(message: Any, item: Item) -> None:
    codec, _ = started(Asterisk)
    assert read(codec, message) == [item]


def test_commands_have_the_form_of_the_events() -> None:
    plain, _ = started(Asterisk)
    assert [plain.mark("m1"), plain.clear(), plain.hangup()] == ["MARK_MEDIA m1", "FLUSH_MEDIA", "HANGUP"]
    other = Asterisk()
    start = {
        "event": "MEDIA_START",
        "connection_id": "c1",
        "format": "ulaw",
        "optimal_frame_size": 160,
        "channel_variables": {"A": "b"},
    }
    (item,) = read(other, start)
    assert isinstance(item, Started) and item.info.attributes["A"] == "b"
    assert [msgspec.json.decode(one) for one in (other.mark("m1"), other.clear(), other.hangup())] == [
        {"command": "MARK_MEDIA", "correlation_id": "m1"}, {"command": "FLUSH_MEDIA"}, {"command": "HANGUP"},
    ]  # fmt: skip


def test_asterisk_sound_before_its_start_and_in_other_formats_is_refused() -> None:
    assert read(Asterisk(), bytes(160)) == [Refused("early")]
    assert read(Asterisk(), PLAIN_START.format("opus")) == [Refused("format")]
    assert read(Asterisk(), "MEDIA_START format:ulaw") == [Refused("start")]
    codec = Asterisk()
    read(codec, PLAIN_START.format("slin"))
    assert read(codec, b"\0") == [Refused("odd")] and read(codec, bytes(LONGEST + 1)) == [Refused("too long")]


# L16 ---------------------------------------------------------------------------------------------------------------


def test_an_l16_start_names_the_call() -> None:
    codec = L16({"desk": "1"})
    start = {
        "callSid": "f 1",
        "from": "13800138000",
        "to": "10086",
        "sampleRate": "16000",
        "mixType": "mono",
        "sbc": {"a": 1},
        "ok": True,
    }
    (item,) = read(codec, start)
    assert isinstance(item, Started)
    assert (item.rate, item.info.id, item.info.caller, item.info.called) == (
        16000,
        "f1",
        "13800138000",
        "10086",
    )
    assert item.info.attributes == {
        "callSid": "f 1",
        "from": "13800138000",
        "to": "10086",
        "sampleRate": "16000",
        "mixType": "mono",
        "desk": "1",
    }
    assert codec.audio(PCM) == PCM and read(codec, PCM) == [Sound(PCM)]


def test_a_call_without_an_id_gets_one() -> None:
    names = set()
    for _ in range(2):
        (item,) = read(L16(), {})
        assert isinstance(item, Started) and item.rate == 8000
        names.add(item.info.id)
    assert len(names) == 2


@pytest.mark.parametrize(
    ("message", "item"),
    [
        ({"event": "dtmf", "dtmf": "2", "duration": "1600"}, Pressed("2")), ({"event": "dtmf", "digit": 3}, Pressed("3")),
        ({"event": "dtmf", "dtmf": "22"}, Refused("digit")), ({"type": "mark", "data": {"name": "m1", "event": "playout"}}, Echo("m1")),
        ({"type": "mark", "data": {"name": "m1", "event": "cleared"}}, Echo("m1", True)), ({"type": "disconnect"}, Stopped()),
        ({"type": "mark", "data": 5}, Refused("unknown")), ({"x": 1}, Refused("unknown")), ("[1]", Refused("json")), (b"\0", Refused("odd")),
        ("x" * (LONGEST + 1), Refused("too long")),
    ],
)  # fmt: skip
def test_l16_messages(message: Any, item: Item) -> None:
    codec, _ = started(L16)
    assert read(codec, message) == [item]
    assert read(codec, {"type": "playDone"}) == []


def test_l16_that_is_not_ours_is_refused() -> None:
    assert read(L16(), bytes(320)) == [Refused("early")]
    assert read(L16(), {"sampleRate": 64000}) == read(L16(), {"sampleRate": [1]}) == [Refused("rate")]
    assert read(L16(), {"mixType": "stereo"}) == [Refused("mix")]


# All ---------------------------------------------------------------------------------------------------------------


def test_a_connection_is_recognised_by_its_first_message() -> None:
    assert isinstance(recognise(text({"event": "connected"}), {}), Twilio)
    assert isinstance(recognise(text(TWILIO_START), {}), Twilio)
    assert isinstance(recognise(PLAIN_START.format("ulaw"), {}), Asterisk)
    assert isinstance(recognise(text({"event": "MEDIA_START"}), {}), Asterisk)
    assert isinstance(recognise(text({"callSid": "1"}), {}), L16)
    for other in (b"\0", "", "GET /", "[]", "{" * 60_000, text({"a": "x" * LONGEST})):
        assert recognise(other, {}) is None


@pytest.mark.parametrize("kind", CODECS)
def test_what_others_name_themselves_is_bounded(kind: type[Any]) -> None:
    known = {f"n{number}" * 200: "v" * 2000 for number in range(100)}
    _, item = started(kind, **known)
    assert len(item.info.attributes) <= MOST_ATTRIBUTES
    assert all(len(name) <= LONGEST_ATTRIBUTE >= len(value) for name, value in item.info.attributes.items())
    assert set(item.info.id) <= set(string.printable)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
FIELD = st.sampled_from(
    "event type start media dtmf mark data name digit format streamSid payload track correlation_id sampleRate".split()
)
WORDS = st.sampled_from(
    ["connected", "start", "media", "dtmf", "mark", "stop", "MEDIA_START", "DTMF_END", "STATUS", "MEDIA_XOFF"]
)
JSONS = st.dictionaries(
    FIELD, WORDS | VALUES | st.dictionaries(FIELD, WORDS | VALUES, max_size=4), max_size=6
).map(text)
MESSAGES = (
    st.binary(max_size=99)
    | st.text(max_size=99)
    | JSONS
    | st.builds(" ".join, st.lists(WORDS | st.text(max_size=9), max_size=4))
)


@pytest.mark.parametrize("kind", CODECS)
@given(messages=st.lists(MESSAGES, max_size=9), begun=st.booleans())
def test_any_messages_are_read_or_refused(kind: type[Any], messages: list[str | bytes], begun: bool) -> None:
    codec = started(kind)[0] if begun else kind()
    for message in messages:
        for item in codec.read(message):
            assert isinstance(item, Item)
            if isinstance(item, Sound):
                assert len(item.pcm) % 2 == 0
            if isinstance(item, Pressed):
                assert item.key in "0123456789*#ABCD"
        recognise(message, {})
