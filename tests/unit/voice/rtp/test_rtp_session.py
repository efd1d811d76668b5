"""The session of a call, with a far side that is a list, in virtual time."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.virtual import VirtualTime
from voice.audio.g711 import PCMA, PCMU
from voice.ports import Audio, CallInfo, Digit, Held, HungUp, LineEvent, Marked
from voice.rtp import rtcp
from voice.rtp.events import press
from voice.rtp.packet import Packet, build, parse
from voice.rtp.ports import PortRange
from voice.rtp.session import Address, RtpSession

PEER = ("192.0.2.7", 40_000)
BEHIND = ("192.0.2.7", 51_234)  # where a router sends it from
STRANGER = ("198.51.100.1", 40_000)
SOUND = bytes(range(256)) * 10


class Sockets(asyncio.DatagramTransport):
    """What was sent, and where to."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[Packet, Address]] = []
        self.closed = False

    def sendto(self, data: Any, addr: Any = None) -> None:
        packet = parse(bytes(data))
        assert isinstance(packet, Packet)
        self.sent.append((packet, addr))

    def close(self) -> None:
        self.closed = True


class Call:
    """A session, its sockets and its time."""

    def __init__(self, **options: Any) -> None:
        self.time = VirtualTime()
        options = {"peer": PEER, "hosts": [PEER[0]], "fill": False, "chance": random.Random(5), **options}
        info = CallInfo("a", "sip", "1", "2")
        self.session = RtpSession(info, clock=self.time.clock, sleep=self.time.sleep, **options)
        self.sockets = Sockets()
        self.session.connection_made(self.sockets)
        self.session.start()
        self.number = 0

    def comes(
        self,
        payload: bytes = b"\x80" * 160,
        kind: int = 0,
        source: Address = BEHIND,
        stamp: int | None = None,
        marker: bool = False,
    ) -> None:
        """A packet of the far side."""
        self.number += 1
        stamp = 160 * self.number if stamp is None else stamp
        self.session.datagram_received(build(Packet(kind, marker, self.number, stamp, 3, payload)), source)

    @property
    def sent(self) -> list[Packet]:
        return [packet for packet, _ in self.sockets.sent]

    async def events(self) -> list[LineEvent]:
        """All that wait; ends the call to know where they end."""
        self.session.end("test")
        found: list[LineEvent] = []
        while not isinstance(event := await self.session.receive(), HungUp):
            found.append(event)
        return found


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    one = Call()
    yield one
    one.session.end("test")


async def test_frames_follow_each_other_by_number_and_time(call: Call) -> None:
    call.session.play(SOUND)
    await call.time.advance(0.5)
    assert b"".join(packet.payload for packet in call.sent) == PCMU.encode(SOUND)
    assert [packet.marker for packet in call.sent] == [True] + [False] * 7
    first = call.sent[0]
    assert [(packet.sequence - first.sequence) & 0xFFFF for packet in call.sent] == list(range(8))
    assert [(packet.timestamp - first.timestamp) & 0xFFFFFFFF for packet in call.sent] == [
        160 * n for n in range(8)
    ]
    assert len({packet.ssrc for packet in call.sent}) == 1
    call.session.play(SOUND[:320])
    await call.time.advance(0.5)
    last = call.sent[-1]
    assert last.marker and (last.sequence - first.sequence) & 0xFFFF == 8
    assert (last.timestamp - first.timestamp) & 0xFFFFFFFF == 160 * 25, "silence is time, too"


async def test_two_calls_begin_at_different_numbers() -> None:
    firsts = set()
    for seed in range(4):
        call = Call(fill=True, chance=random.Random(seed))
        await call.time.advance(0.02)
        firsts.add((call.sent[0].ssrc, call.sent[0].sequence, call.sent[0].timestamp))
        call.session.end("test")
    assert len(firsts) == 4


async def test_silence_fills_what_is_not_played() -> None:
    call = Call(fill=True, codec=PCMA)
    call.session.play(SOUND[:640])
    await call.time.advance(1)
    assert len(call.sent) == 50
    assert {packet.payload for packet in call.sent[2:]} == {b"\xd5" * 160}
    assert [packet.marker for packet in call.sent].count(True) == 1
    call.session.end("test")


async def test_sound_goes_where_it_comes_from(call: Call) -> None:
    call.session.play(SOUND)
    await call.time.advance(0.04)
    call.comes()
    await call.time.advance(0.04)
    assert [address for _, address in call.sockets.sent] == [PEER, PEER, BEHIND, BEHIND]


async def test_only_the_negotiated_far_side_may_claim_it_and_only_once(call: Call) -> None:
    call.comes(source=STRANGER)
    call.session.datagram_received(b"\x80", BEHIND)
    assert call.session.remote == PEER
    call.comes()
    call.comes(source=PEER)
    call.comes(source=STRANGER)
    assert call.session.remote == BEHIND
    stats = call.session.stats
    assert (stats.strangers, stats.received, stats.refused) == (3, 1, {"short": 1})
    call.session.retarget(STRANGER, [STRANGER[0]])
    call.comes(source=STRANGER)
    assert call.session.remote == STRANGER


async def test_without_a_known_address_the_first_is_it() -> None:
    call = Call(peer=None, hosts=[])
    call.session.play(SOUND)
    await call.time.advance(0.2)
    assert call.sent == []
    call.comes(source=STRANGER)
    await call.time.advance(0.2)
    assert len(call.sent) == 8
    assert call.session.clear() == 0
    call.session.end("test")


async def test_sound_is_heard_in_either_law_and_evenly(call: Call) -> None:
    for number in range(10):
        call.comes(bytes([number] * 160), kind=8 if number % 2 else 0)
        await call.time.advance(0.02)
    await call.time.advance(0.04)
    heard = [event.pcm for event in await call.events() if isinstance(event, Audio)]
    expected = [(PCMA if number % 2 else PCMU).decode(bytes([number] * 160)) for number in range(10)]
    assert [pcm for pcm in heard if any(pcm)][:10] == expected
    assert {len(pcm) for pcm in heard} == {320}


async def test_what_was_not_negotiated_is_refused(call: Call) -> None:
    call.comes(kind=3)
    call.comes(kind=96)
    assert call.session.stats.refused == {"payload type": 2}
    assert call.session.remote == PEER


async def test_comfort_noise_is_silence_and_no_loss(call: Call) -> None:
    call.comes()
    call.comes(b"\x40", kind=13)
    call.comes()
    await call.time.advance(0.2)
    assert call.session.stats.lost == 0 and call.session.stats.refused == {}


async def test_a_key_is_told_once_and_at_once(call: Call) -> None:
    call.comes()
    for note in press("#", 100, 8000):
        call.comes(note.payload, kind=101, stamp=160, marker=note.first)
    assert [event for event in await call.events() if isinstance(event, Digit)] == [Digit("#")]
    assert call.session.stats.lost == 0


async def test_keys_are_sent_in_place_of_sound(call: Call) -> None:
    call.session.play(SOUND)
    await call.time.advance(0.06)
    assert call.session.press("1") and call.session.press("2", 40)
    await call.time.advance(0.5)
    kinds = [packet.payload_type for packet in call.sent]
    assert kinds == [0] * 3 + [101] * (8 + 5) + [0] * 5
    notes = call.sent[3:16]
    assert [note.marker for note in notes] == [True] + [False] * 7 + [True] + [False] * 4
    assert len({note.timestamp for note in notes}) == 2
    assert notes[0].timestamp == (call.sent[2].timestamp + 160) & 0xFFFFFFFF
    assert b"".join(packet.payload for packet in call.sent if packet.payload_type == 0) == PCMU.encode(SOUND)
    with pytest.raises(ValueError, match="substring"):
        call.session.press("E")
    assert sum(call.session.press("3") for _ in range(100)) == 64
    call.session.events = None
    assert not call.session.press("1")


async def test_on_hold_nothing_is_sent_or_heard_and_what_waits_goes_on_after(call: Call) -> None:
    call.session.play(SOUND)
    call.session.mark("end")
    await call.time.advance(0.06)
    call.session.hold(True)
    call.session.hold(True)
    for note in press("5", 100, 8000):
        call.comes(note.payload, kind=101, stamp=160, marker=note.first)
    for _ in range(20):
        call.comes()
        await call.time.advance(0.02)
    assert len(call.sent) == 3
    call.session.hold(False)
    await call.time.advance(0.2)
    assert len(call.sent) == 8 and call.sent[3].marker
    events = await call.events()
    assert [event for event in events if not isinstance(event, Audio)] == [
        Held(True),
        Held(False),
        Marked("end"),
    ]
    assert events[:2] == [Held(True), Held(False)], "no sound came from the hold"


async def test_the_law_changes_between_frames(call: Call) -> None:
    call.session.play(SOUND)
    await call.time.advance(0.06)
    call.session.use(PCMA)
    await call.time.advance(0.5)
    assert [packet.payload_type for packet in call.sent] == [0] * 3 + [8] * 5
    call.session.use(PCMU, 97)
    call.session.play(SOUND[:320])
    call.comes(kind=97)
    await call.time.advance(0.1)
    assert call.sent[-1].payload_type == 97 and call.session.stats.refused == {}
    assert call.sent[-2].payload == PCMA.encode(SOUND[-320:])


async def test_who_sends_nothing_is_gone_but_not_on_hold() -> None:
    call = Call(patience=5)
    call.comes()
    call.session.hold(True)
    await call.time.advance(30)
    assert not call.sockets.closed and call.session.stats.silent_for == pytest.approx(30)
    call.session.hold(False)
    await call.time.advance(6)
    assert call.sockets.closed
    assert HungUp("timeout") in [await call.session.receive() for _ in range(400)]


async def test_a_late_program_leaves_a_gap_in_time_and_not_in_the_numbers(call: Call) -> None:
    call.session.play(SOUND)
    await call.time.advance(0.06)
    call.time.now += 1.0
    await call.time.advance(0.3)
    stamps = [(packet.timestamp - call.sent[0].timestamp) & 0xFFFFFFFF for packet in call.sent]
    assert len(call.sent) == 8 and stamps[:3] == [0, 160, 320] and stamps[3] > 7000
    assert [(packet.sequence - call.sent[0].sequence) & 0xFFFF for packet in call.sent] == list(range(8))
    assert call.sent[3].marker
    assert call.session.stats.late_ticks > 0


async def test_reports_and_errors_are_counted_and_end_nothing(call: Call) -> None:
    call.session._control_came(b"\x80\xcb\0\x01" + bytes(4))  # a goodbye
    call.session._control_came(b"\x80\xcb\0\x09")
    call.session.error_received(OSError("refused"))
    call.comes()
    call.session.datagram_received(b"\x80\xc8" + bytes(26), BEHIND)
    assert call.session.stats.refused == {"rtcp truncated": 1, "unreachable": 1, "rtcp": 1}
    assert not call.sockets.closed


async def test_both_sockets_work_and_reports_go_out() -> None:
    """Over loopback: reports every few seconds, a goodbye at the end, and rubbish on the second port is counted."""
    time = VirtualTime()
    ports, far = (
        PortRange(20_000, 29_998, "127.0.0.1").take(rtcp=True),
        PortRange(20_000, 29_998, "127.0.0.1").take(rtcp=True),
    )
    assert ports.rtcp is not None and far.rtcp is not None
    session = RtpSession(
        CallInfo("a", "sip", "", ""),
        peer=("127.0.0.1", far.port),
        clock=time.clock,
        sleep=time.sleep,
        wall=time.clock,
        chance=random.Random(2),
    )
    await session.open(ports)
    far.rtcp.sendto(b"rubbish", ports.rtcp.getsockname())
    await time.advance(30)
    assert session.stats.refused == {"rtcp version": 1}
    await session.hangup()
    reports: list[tuple[int, ...]] = []
    while not reports or reports[-1][-1] != 203:
        kinds = rtcp.kinds(await asyncio.get_running_loop().sock_recv(far.rtcp, 2000))
        assert isinstance(kinds, tuple)
        reports.append(kinds)
    assert set(reports[:-1]) == {(200, 202)} and 5 <= len(reports) <= 13
    far.close()


async def test_after_the_end_nothing_is_heard(call: Call) -> None:
    await call.session.hangup()
    call.comes()
    assert call.sockets.closed and call.session.stats.received == 0
    assert await call.session.receive() == HungUp("us")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    datagrams=st.lists(
        st.tuples(
            st.binary(max_size=80) | st.binary(max_size=60).map(lambda data: b"\x80\x00" + data),
            st.booleans(),
        )
    )
)
def test_any_datagrams_are_sound_or_counted(datagrams: list[tuple[bytes, bool]]) -> None:
    async def scenario() -> None:
        call = Call()
        for data, known in datagrams:
            call.session.datagram_received(data, BEHIND if known else STRANGER)
            await call.time.advance(0.02)
        stats = call.session.stats
        counted = stats.strangers + stats.received + stats.duplicates + sum(stats.refused.values())
        assert counted + call.session._jitter.numbers.strays == len(datagrams)
        call.session.end("test")

    asyncio.run(scenario())


@pytest.mark.parametrize("peer", [("example.org", 4000), ("192.0.2.7", 0), ("192.0.2.7", 65536)])
async def test_a_peer_that_is_no_address_is_refused(call: Call, peer: Address) -> None:
    with pytest.raises(ValueError, match=r"does not appear|no port"):
        call.session.retarget(peer)
    assert call.session.remote == PEER


async def test_ipv6_addresses_have_more_parts(call: Call) -> None:
    one = cast(Address, ("192.0.2.7", 7, 0, 0))
    call.comes(source=one)
    assert call.session.remote == ("192.0.2.7", 7)
