"""The jitter buffer: packets in as they come, 20 ms of sound out at an even pace.

Pure: the caller says what time it is. Sound is kept in units of 10 ms by its timestamp. Playing begins `least` ms after
the first packet of a talkspurt; what comes too late makes the distance longer, and a distance that was never needed for
five seconds makes it shorter again, between `least` and `most`.

- Missing while newer sound is there: lost. It is concealed and passed over.
- Nothing there at all: maybe only late. It is concealed and waited for, at most `PATIENCE_MS`; then it is a pause.
- A gap in the timestamps that is none in the numbers: the sender was silent (discontinuous transmission).
"""

from voice.ports import FRAME_MS
from voice.rtp.conceal import UNIT_MS, Concealer
from voice.rtp.packet import Packet, forward
from voice.rtp.sequence import Arrival, SequenceCounter

PATIENCE_MS = 200
"""After so long without a packet the talkspurt is over."""
MOST_GAP_MS = 1000
"""A packet so far ahead of the one that plays begins a new talkspurt; and no more than this is ever kept."""
MOST_LATE_RUN = 25
"""So many packets too late, one after the other, and the source's time is another one."""
WINDOW = 250
"""Frames, five seconds, over which the buffer must have been too full before it comes nearer."""
FRAME_UNITS = FRAME_MS // UNIT_MS


class JitterBuffer:
    """Of one session. Packets that are no sound (keys) are told by `note`, so that they do not count as lost."""

    def __init__(self, rate: int = 8000, least: int = 40, most: int = 200) -> None:
        self._rate, self._most = rate, most // UNIT_MS
        self._least = least // UNIT_MS
        self._target = self._least
        self._unit = rate * UNIT_MS // 1000
        self._numbers = SequenceCounter()
        self._concealer = Concealer(rate)
        self._silence = bytes(2 * self._unit)
        self._slots: dict[int, bytes] = {}
        self._quiet: set[int] = set()
        self._next = 0  # the unit that plays next
        self._end = 0  # behind the newest unit that came
        self._stamp = self._time = 0  # the newest timestamp: as it came, and counted on beyond 32 bits
        self._heard = False  # ever
        self._paused = True  # between two talkspurts
        self._begin_at = 0.0
        self._starved = self._late_run = self._grow = 0
        self._lowest, self._frames = most, 0
        self._transit: float | None = None
        self.late = 0
        """Packets that came after their time."""
        self.concealed = 0
        """Frames with something invented in them."""
        self.shed = 0
        """Frames left out to come nearer to the present."""
        self.jitter = 0.0
        """Interarrival jitter in milliseconds (RFC 3550 section 6.4.1)."""

    @property
    def numbers(self) -> SequenceCounter:
        """Received, lost, duplicate and stray packets."""
        return self._numbers

    @property
    def depth(self) -> int:
        """Milliseconds between what plays next and the newest sound."""
        return max(0, self._end - self._next) * UNIT_MS

    @property
    def target(self) -> int:
        """Milliseconds after its first packet that a talkspurt begins to play."""
        return self._target * UNIT_MS

    def note(self, packet: Packet) -> bool:
        """A packet of the stream that carries no sound. False for one that came before or is a stray."""
        arrival, _ = self._numbers.add(packet.sequence, packet.ssrc)
        return arrival not in (Arrival.DUPLICATE, Arrival.STRAY)

    def put(self, packet: Packet, pcm: bytes, now: float) -> None:
        """A packet's sound, decoded; what is no whole 10 ms at its end is dropped. `now`: seconds."""
        arrival, step = self._numbers.add(packet.sequence, packet.ssrc)
        if arrival in (Arrival.DUPLICATE, Arrival.STRAY):
            return
        ahead = forward(packet.timestamp, self._stamp, 32)
        if arrival in (Arrival.FIRST, Arrival.JUMP) or self._late_run >= MOST_LATE_RUN or not self._heard:
            self._restart(packet.timestamp)
            ahead = 0
        time = self._time + ahead
        if arrival is not Arrival.OLDER:
            self._stamp, self._time = packet.timestamp, time
        self._measure(now, time)
        self._place(round(time / self._unit), pcm, now, quiet_before=arrival is Arrival.NEXT and step == 1)

    def _restart(self, stamp: int) -> None:
        """Another source, or one that counts anew: nothing of what was there fits to it."""
        self._stamp, self._time = stamp, 0
        self._heard, self._paused = True, True
        self._late_run = self._grow = 0
        self._transit = None
        self._end = self._next = 0
        self._slots.clear()
        self._quiet.clear()

    def _measure(self, now: float, time: int) -> None:
        transit = now * 1000 - time * 1000 / self._rate
        if self._transit is not None:
            self.jitter += (abs(transit - self._transit) - self.jitter) / 16
        self._transit = transit

    def _place(self, first: int, pcm: bytes, now: float, quiet_before: bool) -> None:
        """Puts sound where it belongs, if its time is still to come."""
        count = len(pcm) // len(self._silence)
        if self._paused or first - self._next > MOST_GAP_MS // UNIT_MS:
            self._begin(first, now)
        elif now < self._begin_at and self._next - self._least < first < self._next:
            self._next = first  # the talkspurt began with one that came second
        if first + count <= self._next:
            self._too_late(first)
            return
        self._late_run = 0
        if quiet_before and first > self._end:
            self._quiet.update(range(max(self._end, self._next), first))
        size = len(self._silence)
        for place in range(count):
            if first + place >= self._next:
                self._slots[first + place] = pcm[place * size : (place + 1) * size]
        self._end = max(self._end, first + count)

    def _begin(self, first: int, now: float) -> None:
        """A talkspurt: this sound plays when the distance is there."""
        self._slots.clear()
        self._quiet.clear()
        self._next = self._end = first
        self._begin_at = now + self._target * UNIT_MS / 1000
        self._paused = False
        self._starved = self._grow = 0

    def _too_late(self, first: int) -> None:
        self.late += 1
        self._late_run += 1
        missed = min(self._next - first, self._most)
        self._grow = max(self._grow, missed)
        self._target = min(self._most, max(self._target, max(0, self._end - self._next) + missed))

    def get(self, now: float) -> bytes | None:
        """The next 20 ms; None until the first packet has come. Call it every 20 ms."""
        if not self._heard:
            return None
        if self._paused or now < self._begin_at - 1e-6:
            return self._silence * FRAME_UNITS
        self._keep_distance()
        before = self._concealer.invented
        if self._grow >= FRAME_UNITS and self._end - self._next + FRAME_UNITS <= self._most:
            self._grow -= FRAME_UNITS
            pcm = b"".join(self._concealer.lost() for _ in range(FRAME_UNITS))
        else:
            self._grow = 0
            pcm = b"".join([self._take() for _ in range(FRAME_UNITS)])
        self.concealed += self._concealer.invented > before
        return pcm

    def _keep_distance(self) -> None:
        """Leaves sound out when too much waits, or more than was needed for long."""
        depth = self._end - self._next
        self._lowest = min(self._lowest, depth)
        self._frames += 1
        if depth > self._most + FRAME_UNITS:
            self._skip(depth - self._target)
        elif self._frames >= WINDOW:
            if self._lowest >= self._least + FRAME_UNITS:
                self._target = max(self._least, self._target - FRAME_UNITS)
                self._skip(FRAME_UNITS)
            self._lowest, self._frames = self._most, 0

    def _skip(self, units: int) -> None:
        self.shed += -(-units // FRAME_UNITS)
        for unit in range(self._next, self._next + units):
            self._slots.pop(unit, None)
            self._quiet.discard(unit)
        self._next += units
        self._lowest, self._frames = self._most, 0

    def _take(self) -> bytes:
        """The next 10 ms."""
        unit = self._next
        pcm = self._slots.pop(unit, None)
        if pcm is not None:
            self._next, self._starved = unit + 1, 0
            return self._concealer.good(pcm)
        if self._end > unit:
            self._next, self._starved = unit + 1, 0
            if unit in self._quiet:
                self._quiet.discard(unit)
                return self._concealer.good(self._silence)
            return self._concealer.lost()
        if self._paused:
            return self._silence
        self._starved += 1
        if self._starved * UNIT_MS >= PATIENCE_MS:
            self._paused = True
        return self._concealer.lost()
