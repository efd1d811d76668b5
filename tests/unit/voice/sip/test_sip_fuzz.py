"""Whatever comes: no error out of the agent, no table without an end, and the call that is there goes on."""

import random
from collections.abc import Iterator

import pytest

from tests.unit.voice.sip.test_sip_agent import talking
from tests.unit.voice.sip.wire import HERE, OFFER, OUR_MEDIA, THERE, events, lines, sent, tokens, written
from voice.sip.actions import Action, Digit, Incoming, Peer, Registration, Settings, Tell
from voice.sip.agent import Agent
from voice.sip.digest import Credentials
from voice.sip.fields import Uri
from voice.sip.message import Request, parse, response, write

LONGEST_TABLES = 60_000
QUIET = {"call_id": "quiet", "from_tag": "quiet", "branch": "z9hG4bKquiet"}
"""A call that none of the inputs knows of; it must not notice them."""

PIECES = [
    b"\r\n", b"\r\n\r\n", b"\0", b"\xff\xfe", b";", b",", b'"', b"<", b">", b":", b"@", b"%00", b"=", b" " * 50, b"\t", b"\\",
    b"SIP/2.0", b"INVITE", b"99999999999999999999", b"-1", b"\xd9\xa7", b"a" * 3000, b";tag=", b"Via: ", b"v: ", b"l: 5\r\n",
    b"Contact: *\r\n", b"Require: x\r\n", b"sip:", b"[::1]", b"Authorization: Digest ,=,\r\n", b"Route: <sip:\r\n",
]  # fmt: skip


def seeds(handle: str) -> list[bytes]:
    """Valid messages of every kind that is taken, some within the call `handle`."""
    within = {"to_tag": handle}
    digest = 'Authorization: Digest username="a", realm="switchboard", nonce="1-2-3", uri="sip:a", response="x", qop=auth, nc=00000001, cnonce="c"\r\n'
    found = [
        written("INVITE", body=OFFER, branch="z9hG4bKs1", call_id="s1"),
        written("INVITE", body=OFFER, branch="z9hG4bKs2", call_id="s2", headers=digest),
        written("INVITE", branch="old", call_id="s3"),
        written("OPTIONS", headers="Accept: application/sdp\r\nSupported: timer, replaces\r\n"),
        written("CANCEL", branch="z9hG4bKs1", call_id="s1"),
        written("REGISTER", headers="Expires: 60\r\n"),
        written("ACK", branch="z9hG4bKs1", call_id="s1"),
        written("INVITE", body=OFFER + "a=sendonly\r\n", branch="z9hG4bKs4", cseq=50, **within),
        written("ACK", branch="z9hG4bKs5", cseq=50, **within),
        written(
            "INFO", cseq=60, headers="Content-Type: application/dtmf-relay\r\n", body="Signal=5\r\n", **within
        ),
        written(
            "NOTIFY",
            cseq=61,
            headers="Event: refer\r\nContent-Type: message/sipfrag\r\n",
            body="SIP/2.0 200 OK",
            **within,
        ),
        written("REFER", cseq=62, headers="Refer-To: <sip:x@y?Replaces=1>\r\n", **within),
    ]
    requests = [message for data in found if isinstance(message := parse(data), Request)]
    return found + [
        write(response(request, status, tag="x")) for request in requests for status in (100, 200, 401)
    ]


def replies(one: Agent, now: float) -> list[bytes]:
    """Answers to requests of the agent: two calls, a registration."""
    actions = one.dial(Uri.parse("sip:x@192.0.2.2"), OUR_MEDIA, now)[2]
    actions += one.dial(Uri.parse("sip:y@192.0.2.2"), OUR_MEDIA, now, credentials=Credentials("a", "b"))[2]
    actions += one.register(Registration(Uri.parse("sip:192.0.2.2"), "a", Credentials("a", "b")), now)
    challenge = (
        ("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"'),
        ("Content-Type", "application/sdp"),
    )
    return [
        write(
            response(
                request, status, tag="x", other=challenge, contacts=request.contacts, body=OFFER.encode()
            )
        )
        for request in sent(actions)
        if isinstance(request, Request)
        for status in (100, 180, 200, 401, 423, 486)
    ]


def crossed(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """A message with one header of another one, still well formed: what is wrong lies deeper."""
    head, _, body = data.partition(b"\r\n\r\n")
    rows, from_rows = head.split(b"\r\n"), other.partition(b"\r\n\r\n")[0].split(b"\r\n")
    new = chance.choice(from_rows[1:])
    name = new.partition(b":")[0] + b":"
    rows = [new if row.startswith(name) else row for row in rows if not row.startswith(b"Content-Length")]
    if chance.random() < 0.3:
        body = _broken(body, chance)
    return b"\r\n".join([*rows, b"Content-Length: %d" % len(body)]) + b"\r\n\r\n" + body


def _broken(data: bytes, chance: random.Random) -> bytes:
    """With one fault."""
    at, end = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
    kind = chance.choice("insert cut scribble double drop swap end".split())
    rows = data.split(b"\r\n")
    row = chance.randrange(len(rows))
    if kind == "insert":
        return data[:at] + chance.choice(PIECES) + data[at:]
    if kind == "cut":
        return data[:at] + data[min(end, at + 12) :]
    if kind == "scribble":
        return data[:at] + chance.randbytes(chance.randint(1, 8)) + data[at + 1 :]
    if kind == "double":
        return b"\r\n".join([*rows[:row], rows[row], *rows[row:]])
    if kind == "drop":
        return b"\r\n".join([*rows[:row], *rows[row + 1 :]])
    if kind == "swap":
        return data.replace(
            chance.choice([b":", b";", b"=", b"<", b"sip", b"1", b"\r"]), chance.choice(PIECES), 1
        )
    return data[:end]


def inputs(valid: list[bytes], count: int, chance: random.Random) -> Iterator[bytes]:
    """Of ten one is bytes of no meaning, five are broken once or more, four are of parts that do not belong together."""
    for number in range(count):
        data = chance.choice(valid)
        if number % 2:
            data = data.replace(b"z9hG4bKs", b"z9hG4bK%d" % number).replace(
                b"Call-ID: s", b"Call-ID: %d" % number
            )
        kind = number % 10
        if kind == 0:
            data = chance.randbytes(chance.randint(0, 400))
        elif kind < 6:
            for _ in range(1 if kind < 4 else chance.randint(2, 4)):
                data = _broken(data, chance)
        else:
            data = crossed(data, chance.choice(valid), chance)
        yield data[:70_000]


def play(count: int, seed: int) -> None:
    chance = random.Random(seed)
    users = {"users": {"a": "b"}} if seed % 2 else {}
    one = Agent(Settings(HERE.host, HERE.port, calls_per_second=1000.0, burst=1000, **users), tokens("t"))  # type: ignore[arg-type]
    now = 100.0
    handle = talking(one) if not users else "x"
    quiet = talking(one, now, **QUIET) if not users else ""
    valid = seeds(handle) + replies(one, now)
    streams: list[Peer] = []
    most = 0
    for number, data in enumerate(inputs(valid, count, chance)):
        now += 0.002
        source = Peer("udp", f"198.51.{number % 50}.{number % 7}", 5060) if number % 2 else THERE
        _acted(one, one.datagram(data, source, now), chance, now)
        if number % 5 == 0:
            if not streams or chance.random() < 0.2:
                streams.append(Peer("tcp", "192.0.2.2", 10_000 + number))
                one.opened(streams[-1], now)
            _acted(one, one.stream(data, chance.choice(streams[-20:]), now), chance, now)
        if len(streams) > 40:
            one.closed(streams.pop(0), now)
        if one.due is not None and one.due <= now:
            _acted(one, one.tick(now), chance, now)
        most = max(most, one.held)
    assert most < LONGEST_TABLES
    assert len(one.refused) < 80, one.refused
    while one.due is not None and one.due < now + 400:
        one.tick(one.due)
    if quiet:
        key = {"headers": "Content-Type: application/dtmf\r\n", "body": "1"}
        info = written("INFO", cseq=2, to_tag=quiet, **{**QUIET, **key, "branch": "z9hG4bKlast"})
        found = one.datagram(info, THERE, now + 400)
        assert (lines(found), events(found)) == (["200 INFO"], [Digit("1")])
    for peer in streams:
        one.closed(peer, now)
    assert one.held < 4200


def _acted(one: Agent, found: list[Action], chance: random.Random, now: float) -> None:
    """An application that takes some calls, leaves some and refuses some."""
    for action in found:
        if isinstance(action, Tell) and isinstance(action.event, Incoming):
            choice = chance.randrange(4)
            if choice == 0:
                one.answer(action.call, OUR_MEDIA, now)
            elif choice == 1:
                one.reject(action.call, 486, now)
            elif choice == 2:
                one.ring(action.call, now)


@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_thousand_malformed_inputs(seed: int) -> None:
    play(10_000, seed)
