"""Messages out of a stream of bytes: Content-Length frames them (RFC 3261 §18.3), empty lines keep a connection alive
(RFC 5626 §3.5.1)."""

import re
from typing import Final

from voice.sip.message import MOST_BYTES, MOST_HEAD

PING: Final = b"\r\n\r\n"
"""What a peer sends to hear whether the connection lives; the answer is PONG."""

PONG: Final = b"\r\n"

_BLANK = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(
    rb"^(?:content-length|l)[ \t]*:[ \t]*([0-9]{1,10})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)


class Framer:
    """One connection's bytes. Holds at most one message that is not whole."""

    def __init__(self) -> None:
        self._held = bytearray()
        self.broken = ""
        """Why no more can be read from this connection; "" while it is well."""

    def feed(self, data: bytes) -> list[bytes]:
        """Whole messages, and PING for each keep-alive. Once `broken` there are no more: the connection is to be closed,
        for nobody knows where the next message begins."""
        if self.broken:
            return []
        self._held += data
        found: list[bytes] = []
        while message := self._next():
            found.append(message)
        return found

    def _next(self) -> bytes:
        """The next message, or b"" where it is not whole yet."""
        held = self._held
        if held.startswith(PING):
            del held[: len(PING)]
            return PING
        if held.startswith(b"\r\n") and len(held) > 2 and held[2:3] != b"\r":
            del held[:2]  # a single empty line between messages (§7.5)
        blank = _BLANK.search(held, 0, MOST_HEAD + 4)
        if blank is None or blank.start() == 0:
            if len(held) > MOST_HEAD:
                self.broken = "too_large"
            elif blank is not None:
                self.broken = "no_message"
            return b""
        lengths = _LENGTH.findall(held, 0, blank.start() + 2)
        if len(lengths) != 1:
            self.broken = "length"
            return b""
        whole = blank.end() + int(lengths[0])
        if whole > MOST_BYTES:
            self.broken = "too_large"
        if self.broken or len(held) < whole:
            return b""
        message = bytes(held[:whole])
        del held[:whole]
        return message
