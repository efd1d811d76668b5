"""The sound of one call over RTP (RFC 3550; G.711 by RFC 3551; keys by RFC 4733; symmetric by RFC 4961).

One tick of 20 ms sends a frame and takes a frame out of the jitter buffer. We answer to the address that sound really
comes from, not to the one that was written in the SDP, since a router may stand between; but only the negotiated far
side may claim it, only once, and whoever comes later from elsewhere is a stranger: counted, not heard.
"""

import asyncio
import ipaddress
import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import cast

import msgspec

from voice.audio.g711 import PCMA, PCMU, RATE, Codec
from voice.lines import Clock, PacedLine, Sleep
from voice.ports import FRAME_MS, Audio, CallInfo, Digit, Held
from voice.rtp import rtcp
from voice.rtp.events import Keys, Note, press
from voice.rtp.jitter import JitterBuffer
from voice.rtp.packet import Packet, build, parse
from voice.rtp.ports import Ports

Address = tuple[str, int]
UNIT = RATE * FRAME_MS // 1000
"""Timestamp units of a frame."""
BOTH = {one.payload_type: one for one in (PCMU, PCMA)}
COMFORT_NOISE = 13
"""Payload type of RFC 3389: the far side is silent; we play silence for it."""
EVENTS = 101
"""Payload type that nearly everybody negotiates for telephone events."""
KEY_MS = 100
REPORT_TICKS = 250
"""Frames between two reports of ours, give or take a half by chance (RFC 3550 section 6.2): five seconds."""
MOST_KEYS = 64
"""Packets' worth of keys waiting to be sent: presses of this many letters."""


class RtpStats(msgspec.Struct, frozen=True):
    """What happened so far. `refused`: reason → datagrams; `late_ticks`: frames that we sent late."""

    sent: int
    received: int
    lost: int
    late: int
    duplicates: int
    concealed: int
    strangers: int
    jitter: float
    refused: dict[str, int]
    late_ticks: int
    silent_for: float


class RtpSession(PacedLine, asyncio.DatagramProtocol):
    """One call's RTP, as a line; signalling (SIP) opens it, holds it and ends it.

    `transfer` is unsupported here and `hangup` only stops the sound: the one who owns the dialogue does both.
    """

    def __init__(
        self,
        info: CallInfo,
        codec: Codec = PCMU,
        *,
        peer: Address | None = None,
        hosts: Collection[str] = (),
        payload: int | None = None,
        events: int | None = EVENTS,
        payloads: Mapping[int, Codec] | None = None,
        fill: bool = True,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        wall: Clock = time.time,
        chance: random.Random | None = None,
        patience: float | None = None,
    ) -> None:
        """`peer`: where the SDP says that sound goes. `hosts`: the addresses that the negotiated far side may send
        from (that of its SDP, that of its signalling); none: the first that sends valid RTP is it. `payload`: the number
        of the codec, its static one by default. `payloads`: what else may come, both laws by default. `events`: the
        payload type of keys, None: not negotiated. `fill`: send
        silence while nothing is played, which keeps routers open; else nothing is sent. Raises
        ValueError for a peer that is no IP address with a port: a name would have to be looked up every time."""
        super().__init__(info, RATE, clock=clock, sleep=sleep, patience=patience)
        self._wall, self._chance = wall, chance or random.SystemRandom()
        self._payloads = dict(BOTH if payloads is None else payloads)
        self.use(codec, payload)
        self.events = events
        """The payload type of keys, both ways; None: not negotiated."""
        self._fill = fill
        self._peer, self._hosts = _checked(peer), frozenset(hosts)
        self._latched: Address | None = None
        self._ssrc = self._chance.getrandbits(32)
        self._sequence = self._chance.getrandbits(16)
        self._stamp = self._chance.getrandbits(32)
        self._pausing = True  # the next packet begins a talkspurt
        self._held = False
        self._jitter = JitterBuffer(RATE)
        self._keys = Keys()
        self._notes: list[list[Note]] = []
        self._press_stamp = 0
        self._refused: Counter[str] = Counter()
        self._strangers = self._sent = self._octets = 0
        self._report_in = REPORT_TICKS
        self._heard_at = clock()
        self._transport: asyncio.DatagramTransport | None = None
        self._control: asyncio.DatagramTransport | None = None

    async def open(self, ports: Ports) -> None:
        """Takes the sockets over and begins to send and to hear."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, sock=ports.rtp)
        if ports.rtcp is not None:
            control, _ = await loop.create_datagram_endpoint(
                lambda: _Control(self._control_came), sock=ports.rtcp
            )
            self._control = control
        self.start()

    # What signalling does with it

    def use(self, codec: Codec, payload: int | None = None) -> None:
        """Sends with this law from the next frame on, under this number; what might come before still may."""
        self._codec = codec
        self._payload = codec.payload_type if payload is None else payload
        self._payloads[self._payload] = codec

    def retarget(self, peer: Address, hosts: Collection[str] = ()) -> None:
        """The far side negotiated another address: it may be claimed once more. Raises ValueError as above."""
        self._peer, self._hosts, self._latched = _checked(peer), frozenset(hosts), None

    def hold(self, on: bool) -> None:
        """The far side put us on hold: nothing is sent or heard, what is queued waits."""
        if on != self._held:
            self._held, self._pausing = on, True
            self._in.put(Held(on))

    def press(self, key: str, ms: int = KEY_MS) -> bool:
        """Sends a key, after those that still wait; sound waits meanwhile. False: not negotiated, or too many wait.
        Raises ValueError for what is no key."""
        if self.events is None or len(self._notes) >= MOST_KEYS:
            return False
        self._notes.append(press(key, ms, RATE))
        return True

    @property
    def remote(self) -> Address | None:
        """Where sound goes: the address it comes from, else the negotiated one."""
        return self._latched or self._peer

    @property
    def stats(self) -> RtpStats:
        """What happened so far."""
        jitter, numbers = self._jitter, self._jitter.numbers
        return RtpStats(
            sent=self._sent,
            received=numbers.received,
            lost=numbers.lost,
            late=jitter.late,
            duplicates=numbers.duplicates,
            concealed=jitter.concealed,
            strangers=self._strangers,
            jitter=jitter.jitter,
            refused=dict(self._refused),
            late_ticks=self._pacer.late,
            silent_for=self._clock() - self._heard_at,
        )

    # What comes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.DatagramProtocol`."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def error_received(self, exc: Exception) -> None:
        """The far side has no such port (ICMP). Signalling knows whether it is still there."""
        self._refused["unreachable"] += 1

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """See `asyncio.DatagramProtocol`."""
        if self._in.ended:
            return
        source = (addr[0], addr[1])  # IPv6 has more
        if source != self._latched and not self._may_claim(source):
            self._strangers += 1
            return
        packet = parse(data)
        if isinstance(packet, str):
            self._refused[packet] += 1
        elif packet.payload_type in self._payloads or packet.payload_type in (
            self.events,
            COMFORT_NOISE,
        ):
            self._latched = source
            self._take(packet)
        else:
            self._refused["payload type"] += 1

    def _may_claim(self, source: Address) -> bool:
        return self._latched is None and (not self._hosts or source[0] in self._hosts)

    def _take(self, packet: Packet) -> None:
        """A packet of the far side."""
        now = self._clock()
        self._heard_at, self._quiet = now, 0
        codec = self._payloads.get(packet.payload_type)
        if codec is not None:
            self._jitter.put(packet, codec.decode(packet.payload), now)
        elif self._jitter.note(packet) and packet.payload_type == self.events:
            key = self._keys.hear(packet.payload, packet.timestamp, packet.ssrc, packet.marker)
            if key is not None and not self._held:
                self._in.put(Digit(key))

    def _control_came(self, data: bytes) -> None:
        kinds = rtcp.kinds(data)
        if isinstance(kinds, str):
            self._refused[f"rtcp {kinds}"] += 1

    def _listen(self) -> None:
        """See `PacedLine`."""
        pcm = self._jitter.get(self._clock())
        if pcm is not None and not self._held:
            self._in.put(Audio(pcm))

    # What goes

    def _ready(self) -> bool:
        """See `PacedLine`. While a key sounds, sound waits."""
        return not self._held and self.remote is not None and not self._notes

    def _tick(self, gone: int) -> None:
        """See `PacedLine`. Time goes on whether or not anything is sent."""
        self._stamp = (self._stamp + UNIT * (1 + gone)) & 0xFFFFFFFF
        if gone:
            self._pausing = True
        if self._held:
            self._quiet = 0  # on hold nothing has to come
        super()._tick(gone)
        if self._notes and not self._held and not self._in.ended:
            self._send_note()
        self._report_in -= 1
        if self._report_in <= 0:
            self._report()
            self._report_in = self._chance.randint(REPORT_TICKS // 2, REPORT_TICKS * 3 // 2)

    def _send(self, frames: list[bytes], gone: int) -> None:
        """See `PacedLine`."""
        if frames:
            self._emit(self._payload, self._codec.encode(frames[0]), self._stamp, self._pausing)
            self._pausing = False
        elif self._fill:
            self._emit(self._payload, self._codec.silence * UNIT, self._stamp, self._pausing)
            self._pausing = False
        else:
            self._pausing = True

    def _send_note(self) -> None:
        notes = self._notes[0]
        note = notes.pop(0)
        if note.first:
            self._press_stamp = self._stamp
        if self.events is not None:
            self._emit(self.events, note.payload, self._press_stamp, note.first)
        self._pausing = True
        if not notes:
            self._notes.pop(0)

    def _emit(self, kind: int, payload: bytes, stamp: int, marker: bool) -> None:
        if self._transport is None or self.remote is None:
            return
        data = build(Packet(kind, marker, self._sequence, stamp, self._ssrc, payload))
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._sent += 1
        self._octets += len(payload)
        self._transport.sendto(data, self.remote)

    def _report(self, last: bool = False) -> None:
        """Says over RTCP what was sent, to the port above the far side's."""
        if self._control is not None and self.remote is not None and self._sent and self.remote[1] < 65535:
            data = rtcp.report(self._ssrc, self._wall(), self._stamp, self._sent, self._octets, last=last)
            self._control.sendto(data, (self.remote[0], self.remote[1] + 1))

    def _release(self, reason: str) -> None:
        """See `PacedLine`."""
        self._report(last=True)
        for transport in (self._transport, self._control):
            if transport is not None:
                transport.close()


def _checked(peer: Address | None) -> Address | None:
    if peer is not None:
        ipaddress.ip_address(peer[0])
        if not 0 < peer[1] < 65536:
            raise ValueError(f"{peer[1]} is no port.")
    return peer


class _Control(asyncio.DatagramProtocol):
    """The RTCP socket of a session."""

    def __init__(self, came: Callable[[bytes], None]) -> None:
        self._came = came

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """See `asyncio.DatagramProtocol`."""
        self._came(data)
