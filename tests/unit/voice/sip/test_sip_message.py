"""SIP is read as others write it, written as others read it, and refused without an error where it is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.voice.sip.wire import OFFER, PATIENT, written
from voice.sip.fields import Address, Bad, Uri, Via, params, split
from voice.sip.framing import PING, Framer
from voice.sip.message import MOST_BYTES, Malformed, Request, Response, parse, response, write

HOSTS = st.sampled_from(["192.0.2.7", "pbx.example", "[2001:db8::1]", "a-b.c"])
NAMES = st.text("abcdefghijklmnop0123456789", min_size=1, max_size=12)
PORTS = st.none() | st.integers(1, 65535)
PARAMS = st.lists(st.tuples(NAMES, st.none() | NAMES), max_size=3, unique_by=lambda pair: pair[0]).map(tuple)
URIS = st.builds(
    Uri, st.just("sip"), NAMES | st.just(""), HOSTS, PORTS, PARAMS, st.just("") | NAMES.map("?a={}".format)
)
SHOWN = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]), max_size=20).map(str.strip)
ADDRESSES = st.builds(Address, URIS, SHOWN, PARAMS)
VIAS = st.builds(Via, st.sampled_from(["UDP", "TCP"]), HOSTS, PORTS, PARAMS)
HEADERS = st.lists(st.tuples(NAMES.map("X-{}".format), SHOWN), max_size=4).map(tuple)
FIELDS = {
    "cseq": st.integers(0, 2**31 - 1), "call_id": NAMES, "from_": ADDRESSES, "to": ADDRESSES,
    "vias": st.lists(VIAS, min_size=1, max_size=3).map(tuple), "routes": st.lists(ADDRESSES, max_size=2).map(tuple),
    "record_routes": st.lists(ADDRESSES, max_size=2).map(tuple), "contacts": st.lists(ADDRESSES, max_size=2).map(tuple),
    "anybody": st.booleans(), "max_forwards": st.none() | st.integers(0, 255), "other": HEADERS, "body": st.binary(max_size=64),
}  # fmt: skip
METHODS = st.sampled_from(["INVITE", "ACK", "BYE", "OPTIONS", "NOTIFY", "X-NEW"])


def read(data: bytes) -> Request:
    message = parse(data)
    assert isinstance(message, Request)
    return message


@PATIENT
@given(st.builds(Request, uri=URIS, method=METHODS, **FIELDS))
def test_a_request_that_was_written_is_read_the_same(message: Request) -> None:
    assert parse(write(message)) == message


@PATIENT
@given(st.builds(Response, status=st.integers(100, 699), reason=SHOWN, method=METHODS, **FIELDS))
def test_a_response_that_was_written_is_read_the_same(message: Response) -> None:
    found = parse(write(message))
    assert isinstance(found, Response)
    assert found == message or (not message.reason and found.reason)


@PATIENT
@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_a_reason(data: bytes) -> None:
    assert isinstance(parse(data), Request | Response | Malformed)
    for wrapped in (
        b"INVITE sip:a SIP/2.0\r\n" + data + b"\r\n\r\n",
        written("INVITE").replace(b"bot", data),
    ):
        assert isinstance(parse(wrapped), Request | Response | Malformed)


def test_compact_and_folded_headers_and_several_values_in_a_line() -> None:
    """RFC 3261 §7.3 and the first torture test of RFC 4475."""
    message = read(
        b"INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
        b"TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"
        b'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8\r\n'
        b"MaX-fOrWaRdS: 0068\r\nCall-ID: wsinv.ndaksdj@192.0.2.1\r\nContent-Length   : 3\r\ncseq: 0009\r\n  INVITE\r\n"
        b"Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw\r\ns :\r\n"
        b"NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
        b"UnknownHeaderWithUnusualValue: ;;,,;;,;\r\nContent-Type: application/sdp\r\n"
        b"Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
        b"v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n"
        b" SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
        b'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\nv=0'
    )
    assert [via.branch for via in message.vias] == ["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"]
    assert [via.transport for via in message.vias] == ["UDP", "TCP", "UDP"]
    assert (message.from_.display, message.from_.tag) == ('J Rosenberg \\"', "98asjd8")
    assert (message.to.tag, message.max_forwards, message.cseq) == ("1918181833n", 68, 9)
    assert message.contacts[0].display == 'Quoted string ""'
    assert message.contacts[0].param("q") == "0.33"
    assert message.routes[0].uri.param("lr") == ""
    assert message.header("newfangledheader") == "newfangled value continued newfangled value"
    assert message.body == b"v=0"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((b"\r\n\r\n", b"\r\n"), "no_end"),
        ((b"INVITE sip:bot@192.0.2.1 SIP", b"INVITE  sip:bot@192.0.2.1 SIP"), "start_line"),
        ((b"1 INVITE", b"1 OPTIONS"), "cseq"),
        ((b"1 INVITE", b"4294967296 INVITE"), "cseq"),
        ((b"CSeq: 1 INVITE\r\n", b""), "missing"),
        ((b"Call-ID: c1@there", b"Call-ID: "), "call_id"),
        ((b"Max-Forwards: 70", b"Max-Forwards: 300"), "number"),
        ((b"Max-Forwards: 70", b"Max-Forwards: \xd9\xa7"), "number"),
        ((b"Content-Length: 0", b"Content-Length: 9"), "short_body"),
        ((b"Content-Length: 0", b"Content-Length: -1"), "number"),
        ((b"Content-Length: 0", b"Content-Length: 0\r\nl: 0"), "twice"),
        ((b"SIP/2.0/UDP", b"SIP/1.0/UDP"), "via"),
        ((b"192.0.2.2:5060;branch", b"192.0.2.2:0;branch"), "port"),
        ((b"<sip:13800001111@192.0.2.2>;tag", b'"<sip:13800001111@192.0.2.2>;tag'), "quotes"),
        ((b"Contact: <sip:1", b"Contact: <si p:1"), "uri"),
        ((b"Max-Forwards", b"Max\x00Forwards"), "control"),
        ((b"Max-Forwards", b"Max Forwards"), "header"),
        ((b"SIP/2.0\r\nVia", b"SIP/2.0\r\n Via"), "folding"),
        ((b"sip:bot@192.0.2.1 SIP/2.0", b"sip:bot@192.0.2.1 SIP/7.0"), "version"),
        ((b"sip:bot@192.0.2.1 SIP/2.0", b"<sip:bot@192.0.2.1> SIP/2.0"), "uri"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_a_reason(change: tuple[bytes, bytes], reason: str) -> None:
    found = parse(written("INVITE").replace(*change, 1))
    assert isinstance(found, Malformed)
    assert found.reason == reason


def test_what_can_be_answered_is_known() -> None:
    """A wrong Content-Length is answered (§18.3), another version by 505, a message without Via by nobody."""
    short = parse(written("INVITE").replace(b"Content-Length: 0", b"Content-Length: 9"))
    assert isinstance(short, Malformed) and short.request is not None and short.status == 400
    version = parse(written("INVITE").replace(b" SIP/2.0\r\n", b" SIP/3.0\r\n", 1))
    assert isinstance(version, Malformed) and version.request is not None and version.status == 505
    nobody = parse(written("INVITE").replace(b"Via: ", b"X-Via: "))
    assert isinstance(nobody, Malformed) and nobody.request is None


@pytest.mark.parametrize(
    "change",
    [
        (b"Max-Forwards: 70\r\n", b"X: y\r\n" * 300),
        (b"Max-Forwards: 70\r\n", b"X: " + b"y" * 20_000 + b"\r\n"),
        (b"Max-Forwards: 70\r\n", b"Route: " + b",".join([b"<sip:a>"] * 80) + b"\r\n"),
        (b";rport", b";a=b" * 40),
        (b"Call-ID: c1", b"Call-ID: " + b"c" * 300),
    ],
)
def test_limits_hold(change: tuple[bytes, bytes]) -> None:
    assert isinstance(parse(written("INVITE").replace(*change, 1)), Malformed)
    assert isinstance(parse(written("INVITE") + b"x" * MOST_BYTES), Malformed)


def test_names_in_another_encoding_come_back_byte_for_byte() -> None:
    """Some exchanges write display names in GBK; their tags and names have to be echoed as they are."""
    data = written("INVITE").replace(b"From: <", b'From: "\xd5\xc5\xc8\xfd" <')
    assert b'"\xd5\xc5\xc8\xfd" <sip:13800001111' in write(response(read(data), 200, tag="x"))


def test_a_response_echoes_what_it_must() -> None:
    """§8.2.6.2: Via, From, To with a tag, Call-ID, CSeq; §12.1.1: Record-Route for what makes a dialog."""
    request = read(written("INVITE", headers="Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\n"))
    made = response(request, 200, tag="ours")
    assert (made.vias, made.from_, made.call_id, made.cseq) == (request.vias, request.from_, "c1@there", 1)
    assert made.to.tag == "ours"
    assert len(made.record_routes) == 2
    assert response(request, 486, tag="ours").record_routes == ()


def test_where_a_request_was_seen() -> None:
    """§18.2.1 and RFC 3581 §4."""
    asked = Via.parse("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff")
    assert asked.seen("192.0.2.1", 9988).text.endswith(
        ";branch=z9hG4bKkjshdyff;rport=9988;received=192.0.2.1"
    )
    assert Via.parse("SIP/2.0/UDP a.example;branch=x").seen("192.0.2.1", 9).param("received") == "192.0.2.1"
    assert Via.parse("SIP/2.0/UDP 192.0.2.1;branch=x").seen("192.0.2.1", 9).params == (("branch", "x"),)


@pytest.mark.parametrize(
    ("text", "user", "host", "port"),
    [
        ("sip:alice@atlanta.com", "alice", "atlanta.com", None),
        ("sip:alice:secretword@atlanta.com;transport=tcp", "alice:secretword", "atlanta.com", None),
        ("sips:1212@gateway.com:5061;user=phone?subject=x", "1212", "gateway.com", 5061),
        ("sip:+86-10-1234;phone-context=x@h;user=phone", "+86-10-1234;phone-context=x", "h", None),
        ("SIP:[2001:DB8::1]:5070", "", "[2001:db8::1]", 5070),
        ("tel:+8610123;ext=1", "+8610123", "", None),
        ("urn:service:sos", "service:sos", "", None),
    ],
)
def test_uris(text: str, user: str, host: str, port: int | None) -> None:
    uri = Uri.parse(text)
    assert (uri.user, uri.host, uri.port) == (user, host, port)
    assert Uri.parse(uri.text) == uri


@pytest.mark.parametrize(
    "text", ["", "sip:", "sip:@h", "sip:a b@h", "sip:h:99999", "sip:h:", "sip:a@h\r\nX: y", "@", "1:2"]
)
def test_what_is_no_uri(text: str) -> None:
    with pytest.raises(Bad):
        Uri.parse(text)


def test_separators_in_quotes_do_not_separate() -> None:
    assert split('"a,b" <sip:x;y,z>,c', ",") == ['"a,b" <sip:x;y,z>', "c"]
    assert params(';a="x;y";b') == (("a", '"x;y"'), ("b", None))
    with pytest.raises(Bad):
        split('"a,b', ",")


# Streams -----------------------------------------------------------------------------------------------------------


@PATIENT
@given(st.lists(st.integers(1, 90), max_size=60))
def test_a_stream_is_cut_into_messages_however_it_comes(cuts: list[int]) -> None:
    messages = [written("INVITE", body=OFFER), written("BYE", cseq=2), PING, written("OPTIONS")]
    stream = b"".join(messages)
    framer, found, at = Framer(), [], 0
    for size in [*cuts, len(stream)]:
        found += framer.feed(stream[at : at + size])
        at += size
    assert found == messages
    assert not framer.broken


@pytest.mark.parametrize(
    ("stream", "why"),
    [
        (b"x" * 20_000, "too_large"),
        (written("INVITE").replace(b"Content-Length: 0\r\n", b""), "length"),
        (written("INVITE").replace(b"Content-Length: 0", b"Content-Length: 0\r\nl: 4"), "length"),
        (written("INVITE").replace(b"Content-Length: 0", b"Content-Length: 99999"), "too_large"),
    ],
)
def test_a_stream_that_nobody_can_frame_is_given_up(stream: bytes, why: str) -> None:
    framer = Framer()
    assert framer.feed(stream) == []
    assert framer.broken == why
    assert framer.feed(written("OPTIONS")) == []
