"""Asterisk's `chan_websocket`: sound in binary messages, events and commands in texts.

Read for this: Asterisk's documentation, "Configuration / Channel Drivers / WebSocket", and channels/chan_websocket.c for
what it leaves open: a command may have 128 bytes at most; `FLUSH_MEDIA` drops waiting marks without a word; releases
before 20.18, 22.8 and 23.2 know no marks and answer nothing; events come plain or, with `f(json)`, as JSON, and
commands must have the same form. A hang-up is the closing of the socket.

The formats ulaw, alaw, slin (8 kHz), slin16, slin24 and slin48 are taken. Whoever dials with the option `n` answers the
channel in the dialplan. Numbers come as parameters of the address: `v(caller=${URIENCODE(${CALLERID(num)})})`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from voice.audio.g711 import PCMA, PCMU
from voice.gateways.wire import (
    LONGEST,
    Echo,
    Flow,
    Item,
    Pressed,
    Refused,
    Sound,
    Started,
    attributes,
    named,
    short,
)
from voice.ports import KEYS, CallInfo

QUIET_EVENTS = ("STATUS", "MEDIA_BUFFERING_COMPLETED", "QUEUE_DRAINED")
"""Events that are known and change nothing."""


class _Format(msgspec.Struct, frozen=True):
    rate: int
    width: int  # bytes of a sample on the wire
    decode: Callable[[bytes], bytes]
    encode: Callable[[bytes], bytes]


def _plain(pcm: bytes) -> bytes:
    return pcm


FORMATS = {
    "ulaw": _Format(8000, 1, PCMU.decode, PCMU.encode),
    "alaw": _Format(8000, 1, PCMA.decode, PCMA.encode),
    **{
        f"slin{name}": _Format(rate, 2, _plain, _plain)
        for name, rate in (("", 8000), ("16", 16000), ("24", 24000), ("48", 48000))
    },
}


class Asterisk:
    """Implements `voice.gateways.wire.MediaCodec`."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        """`known`: what the address of the socket said about the call."""
        self._known = dict(known or {})
        self._format: _Format | None = None
        self._json = False

    def read(self, message: str | bytes) -> Sequence[Item]:
        """See `MediaCodec`."""
        if len(message) > LONGEST:
            return (Refused("too long"),)
        if isinstance(message, bytes):
            if self._format is None:
                return (Refused("early"),)
            if len(message) % self._format.width:
                return (Refused("odd"),)
            return (Sound(self._format.decode(message)),)
        event = self._event(message)
        return (self._told(event),) if event is not None else (Refused("json"),)

    def _event(self, message: str) -> dict[str, Any] | None:
        """Its fields, whichever form it has; `event` names it."""
        self._json = message.lstrip().startswith("{")
        if self._json:
            try:
                return msgspec.json.decode(message, type=dict[str, Any])
            except (msgspec.MsgspecError, ValueError, RecursionError):
                return None
        words = message.split()
        fields = dict(word.partition(":")[::2] for word in words[1:] if ":" in word)
        bare = [word for word in words[1:] if ":" not in word]
        return {"correlation_id": bare[0] if bare else "", **fields, "event": words[0] if words else ""}

    def _told(self, event: dict[str, Any]) -> Item:
        match event:
            case {"event": "MEDIA_START"}:
                return self._start(event)
            case {"event": "DTMF_END", "digit": str(digit)}:
                return Pressed(digit) if len(digit) == 1 and digit in KEYS else Refused("digit")
            case {"event": "MEDIA_XOFF"}:
                return Flow(False)
            case {"event": "MEDIA_XON"}:
                return Flow(True)
            case {"event": "MEDIA_MARK_PROCESSED", "correlation_id": str(mark)}:
                return Echo(mark)
            case {"event": "ERROR"}:
                return Refused("error")
            case {"event": str(name)} if name in QUIET_EVENTS:
                return Flow(self._flowing(event))
        return Refused("unknown")

    @staticmethod
    def _flowing(event: dict[str, Any]) -> bool:
        """A status that says that the queue is full says what `MEDIA_XOFF` says."""
        return event.get("queue_full") not in (True, "true")

    def _start(self, event: dict[str, Any]) -> Item:
        form = FORMATS.get(str(event.get("format")))
        name = short(str(event.get("connection_id") or event.get("channel_id") or ""))
        if form is None:
            return Refused("format")
        if self._format is not None or not name:
            return Refused("start")
        self._format = form
        variables = event.get("channel_variables")
        more: dict[str, object] = {key: event[key] for key in ("channel", "channel_id") if key in event}
        known = attributes(self._known, more, variables if isinstance(variables, dict) else {})
        info = CallInfo(name, "media", named(known, "caller", "from"), named(known, "called", "to"), known)
        return Started(info, form.rate)

    def audio(self, pcm: bytes) -> bytes:
        """See `MediaCodec`."""
        assert self._format is not None
        return self._format.encode(pcm)

    def mark(self, name: str) -> str:
        """See `MediaCodec`."""
        return self._command("MARK_MEDIA", name)

    def clear(self) -> str:
        """See `MediaCodec`."""
        return self._command("FLUSH_MEDIA")

    def hangup(self) -> str:
        """See `MediaCodec`."""
        return self._command("HANGUP")

    def _command(self, command: str, mark: str = "") -> str:
        if not self._json:
            return f"{command} {mark}" if mark else command
        return msgspec.json.encode(
            {"command": command, **({"correlation_id": mark} if mark else {})}
        ).decode()
