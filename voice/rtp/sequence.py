"""Which packets of a source came, which are missing, and which come twice (RFC 3550 sections 6.4.1 and A.1)."""

from enum import Enum

from voice.rtp.packet import forward

MOST_AHEAD = 3000
"""Packets that may be missing at once (MAX_DROPOUT)."""
MOST_BEHIND = 500
"""Packets by which one may come late: ten seconds."""
SEEN = 1024
"""Of so many packets it is remembered that they came."""


class Arrival(Enum):
    """What a packet is."""

    FIRST = "first"
    NEXT = "next"  # newer than all before
    OLDER = "older"  # out of order, and new
    DUPLICATE = "duplicate"
    STRAY = "stray"  # far from all the others: not to be used
    JUMP = "jump"  # as far, and the one before it too: the source counts anew from here


class SequenceCounter:
    """Of one session; a new source (SSRC) begins anew and keeps the sums."""

    def __init__(self) -> None:
        self._ssrc: int | None = None
        self._base = 0
        self._came = 0
        self._past_lost = 0
        self._suspect = -1
        self._seen = [-1] * SEEN
        self.highest = 0
        """Number of the newest packet, counted on beyond 16 bits."""
        self.received = 0
        self.duplicates = 0
        self.strays = 0

    @property
    def lost(self) -> int:
        """Packets that never came, of all sources so far; one that comes late is no longer lost."""
        return self._past_lost + self._missing()

    def _missing(self) -> int:
        return max(0, self.highest - self._base + 1 - self._came) if self._ssrc is not None else 0

    def add(self, sequence: int, ssrc: int) -> tuple[Arrival, int]:
        """What this packet is, and by how many numbers it is newer than the newest before it."""
        if ssrc != self._ssrc:
            self._restart(sequence, ssrc)
            return Arrival.FIRST, 1
        step = forward(sequence, self.highest & 0xFFFF, 16)
        if not -MOST_BEHIND < step < MOST_AHEAD:
            if sequence == self._suspect:
                self._restart(sequence, ssrc)
                return Arrival.JUMP, 1
            self._suspect = (sequence + 1) & 0xFFFF
            self.strays += 1
            return Arrival.STRAY, step
        number = self.highest + step
        if self._seen[number % SEEN] == number:
            self.duplicates += 1
            return Arrival.DUPLICATE, step
        self._take(number)
        if step <= 0:
            # Older than the first one: then that one was not the first.
            self._base = min(self._base, number)
            return Arrival.OLDER, step
        self.highest = number
        return Arrival.NEXT, step

    def _take(self, number: int) -> None:
        self._seen[number % SEEN] = number
        self._came += 1
        self.received += 1

    def _restart(self, sequence: int, ssrc: int) -> None:
        self._past_lost += self._missing()
        self._ssrc, self._suspect = ssrc, -1
        self._seen = [-1] * SEEN
        self._base = self.highest = sequence + 0x10000  # so that older ones stay positive
        self._came = 0
        self._take(self.highest)
