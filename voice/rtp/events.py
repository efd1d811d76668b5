"""Keys as telephone events (RFC 4733): every press once, whatever is lost, repeated or out of order.

All packets of one press carry the timestamp of its beginning; that, not their number or their end bit, is the press.
"""

import struct

import msgspec

from voice.ports import FRAME_MS, KEYS
from voice.rtp.packet import forward

END = 0x80
LONGEST_SEGMENT = 0xFFFF
"""Units of time after which a press that is still held goes on under a new timestamp (section 2.5.1.3)."""
MOST_LATE = 160_000
"""Units of time after which an older timestamp is no late packet but a source that counts anew."""
ENDS = 3
"""How often the last packet is sent (section 2.5.1.4)."""
VOLUME = 10
"""−10 dBm0, as loud as phones make them."""


class Keys:
    """The receiving side, of one source after another."""

    def __init__(self) -> None:
        self._ssrc = -1
        self._begun = 0
        self._event = -1
        self._duration = 0
        self._ended = False

    def hear(self, payload: bytes, timestamp: int, ssrc: int, marker: bool) -> str | None:
        """The key, at the first packet of its press that arrives; else None. Fewer than four bytes, and events that
        are no keys (tones of modems, a hook flash), are None."""
        if len(payload) < 4:
            return None
        event, flags, duration = struct.unpack_from("!BBH", payload)
        if event >= len(KEYS):
            return None
        ended = bool(flags & END)
        if ssrc == self._ssrc and self._same(event, duration, timestamp, marker):
            self._ended = self._ended or ended
            return None
        self._ssrc, self._event, self._begun = ssrc, event, timestamp
        self._duration, self._ended = duration, ended
        return KEYS[event]

    def _same(self, event: int, duration: int, timestamp: int, marker: bool) -> bool:
        """This packet belongs to the last press, or to one before it."""
        step = forward(timestamp, self._begun, 32)
        if step == 0:
            self._duration = max(self._duration, duration)
            return True
        if step < 0:
            return step > -MOST_LATE
        if event != self._event or self._ended or marker:
            return False
        # Held longer than 16 bits can say; or a sender that wrongly counts the timestamp on with the duration.
        longer = step == LONGEST_SEGMENT or step == duration - self._duration
        if longer:
            self._begun, self._duration = timestamp, duration
        return longer


class Note(msgspec.Struct, frozen=True, gc=False):
    """One packet of a press to send: all of a press have the timestamp at which it began."""

    payload: bytes
    first: bool
    elapsed: int


def press(key: str, ms: int, rate: int) -> list[Note]:
    """The packets of one press, one for every 20 ms, then the repeated ends. `elapsed`: units of time since the
    press began, at which each is due. Raises ValueError for what is no key."""
    event = KEYS.index(key)
    unit = rate * FRAME_MS // 1000
    count = max(1, ms // FRAME_MS)
    notes = [
        Note(
            struct.pack("!BBH", event, VOLUME, min(LONGEST_SEGMENT, unit * number)),
            number == 1,
            unit * number,
        )
        for number in range(1, count + 1)
    ]
    end = struct.pack("!BBH", event, END | VOLUME, min(LONGEST_SEGMENT, unit * (count + 1)))
    return notes + [Note(end, False, unit * (count + 1 + more)) for more in range(ENDS)]
