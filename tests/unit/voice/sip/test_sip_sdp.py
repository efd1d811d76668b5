"""Offers and answers: what both can, hold in its three forms, and descriptions that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.voice.sip.wire import OFFER, OUR_MEDIA, PATIENT, THEIR_MEDIA, UNKNOWN_CODEC
from voice.sip import sdp
from voice.sip.sdp import Agreed, Description, Media, Unusable


def described(text: str) -> Description:
    found = sdp.parse(text.encode())
    assert isinstance(found, Description), found
    return found


def answered(text: str, media: Media = OUR_MEDIA) -> tuple[str, Agreed]:
    made = sdp.answer(described(text), media, 7)
    assert made is not None
    return made[0].decode(), made[1]


def test_an_answer_takes_the_callers_first_codec_of_ours() -> None:
    """RFC 3264 §6.1; the payload type of telephone-event is the caller's."""
    body, agreed = answered(OFFER.replace("0 8 101", "18 8 0 96").replace("rtpmap:101", "rtpmap:96"))
    assert agreed == Agreed("PCMA", 8, 96, 20, "192.0.2.2", 6000)
    assert (
        "m=audio 4000 RTP/AVP 8 96\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\n"
        in body
    )
    assert body.endswith("a=ptime:20\r\na=sendrecv\r\n")


def test_a_codec_may_have_a_number_of_its_own_and_letters_of_any_size() -> None:
    _, agreed = answered(
        OFFER.replace("0 8 101", "97").replace("a=ptime", "a=rtpmap:97 pcmu/8000/1\r\na=ptime")
    )
    assert (agreed.codec, agreed.payload, agreed.events) == ("PCMU", 97, None)


@pytest.mark.parametrize(
    "text",
    [
        UNKNOWN_CODEC,
        OFFER.replace("RTP/AVP", "RTP/SAVP"),
        OFFER.replace("m=audio 6000", "m=audio 0"),
        OFFER.replace("m=audio", "m=video"),
        OFFER.replace("0 8 101", "0").replace("a=ptime", "a=rtpmap:0 PCMU/16000\r\na=ptime"),
    ],
)
def test_nothing_in_common(text: str) -> None:
    assert sdp.answer(described(text), OUR_MEDIA, 7) is None
    assert sdp.agree(described(text)) is None


def test_other_streams_are_refused_in_their_places() -> None:
    """RFC 3264 §6: as many m= lines as were offered, in their order."""
    text = (
        OFFER.replace("m=audio", "m=video 7000 RTP/AVP 99\r\nm=audio")
        + "m=audio 6002 RTP/AVP 0\r\nm=image 9 udptl t38\r\n"
    )
    body, agreed = answered(text)
    assert [line for line in body.split("\r\n") if line.startswith("m=")] == [
        "m=video 0 RTP/AVP 99", "m=audio 4000 RTP/AVP 0 101", "m=audio 0 RTP/AVP 0", "m=image 0 udptl t38",
    ]  # fmt: skip
    assert agreed.port == 6000


@pytest.mark.parametrize(
    ("change", "direction", "sends", "receives"),
    [
        ("a=sendonly", "recvonly", False, True),
        ("a=inactive", "inactive", False, False),
        ("a=recvonly", "sendonly", True, False),
        ("a=sendrecv", "sendrecv", True, True),
    ],
)
def test_directions_are_mirrored(change: str, direction: str, sends: bool, receives: bool) -> None:
    """RFC 3264 §6.1, for the stream and for the session."""
    for text in (OFFER + change + "\r\n", OFFER.replace("m=", f"{change}\r\nm=")):
        body, agreed = answered(text)
        assert f"a={direction}\r\n" in body
        assert (agreed.sends, agreed.receives) == (sends, receives)


def test_hold_without_an_address() -> None:
    """As RFC 2543 had it; RFC 3264 §8.4 still wants it understood."""
    assert not answered(OFFER.replace("c=IN IP4 192.0.2.2", "c=IN IP4 0.0.0.0"))[1].sends


def test_the_streams_own_address_goes_before_the_sessions() -> None:
    text = OFFER.replace("a=ptime:20", "c=IN IP4 192.0.2.99\r\na=ptime:30")
    assert (answered(text)[1].address, answered(text)[1].ptime) == ("192.0.2.99", 30)
    assert answered(OFFER.replace("IP4 192.0.2.2\r\nt=", "IP6 2001:db8::2\r\nt="))[1].address == "2001:db8::2"


@pytest.mark.parametrize("codecs", [("PCMU", "PCMA"), ("PCMA",)])
def test_our_offer_is_answered_by_ourselves(codecs: tuple[str, ...]) -> None:
    media = Media("2001:db8::1", 4000, codecs)
    made = sdp.answer(described(sdp.offer(media, 3).decode()), THEIR_MEDIA, 4)
    assert made is not None
    assert made[1].codec == codecs[0]
    agreed = sdp.agree(described(made[0].decode()), codecs)
    assert agreed == Agreed(codecs[0], sdp.CODECS[codecs[0]], 101, 20, "192.0.2.2", 6000)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "sdp_version"),
        (b"v=1\r\n", "sdp_version"),
        (b"v=0\r\nhello\r\n", "sdp_line"),
        (b"v=0\r\n", "sdp_streams"),
        (OFFER.encode() * 80, "sdp_size"),
        (OFFER.encode() + b"a=x\r\n" * 300, "sdp_size"),
        (OFFER.encode() + b"m=audio 1 RTP/AVP 0\r\n" * 9, "sdp_streams"),
        (OFFER.replace("6000", "66000").encode(), "sdp_media"),
        (OFFER.replace("0 8 101", " ".join("0" * 70)).encode(), "sdp_formats"),
        (OFFER.replace("c=IN IP4 192.0.2.2\r\n", "").encode(), "sdp_connection"),
        (OFFER.replace("c=IN IP4 192.0.2.2", "c=IN IP4 media.example").encode(), "sdp_address"),
        (OFFER.replace("c=IN IP4 192.0.2.2", "c=IN IP4 224.0.0.1").encode(), "sdp_address"),
    ],
)
def test_what_is_no_description(body: bytes, reason: str) -> None:
    assert sdp.parse(body) == Unusable(reason)


@PATIENT
@given(st.binary(max_size=200), st.integers(0, len(OFFER)))
def test_any_body_is_a_description_or_a_reason(data: bytes, at: int) -> None:
    for body in (data, OFFER.encode()[:at] + data + OFFER.encode()[at:]):
        found = sdp.parse(body)
        if isinstance(found, Description):
            sdp.answer(found, OUR_MEDIA, 1)
