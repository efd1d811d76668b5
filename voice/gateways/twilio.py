"""Twilio Media Streams, both ways (`<Connect><Stream>`): JSON texts with µ-law in base64.

Read for this: Twilio's documentation, "Media Streams - WebSocket Messages". From there come `connected`, `start`,
`media`, `dtmf`, `mark` and `stop`; we send `media`, `mark` and `clear`. After `clear` Twilio sends all waiting marks
back, as if they had been played. Closing the socket ends the stream; the TwiML behind it goes on.

The start names no phone numbers: `<Parameter name="caller">` and `called` (or `from`, `to`) in the TwiML do.
"""

import binascii
from collections.abc import Mapping, Sequence

import msgspec

from voice.audio.g711 import RATE, decode_ulaw, encode_ulaw
from voice.gateways.wire import (
    LONGEST,
    Echo,
    Item,
    Pressed,
    Refused,
    Sound,
    Started,
    Stopped,
    attributes,
    named,
    short,
)
from voice.ports import KEYS, CallInfo

ENCODING = "audio/x-mulaw"


class _Format(msgspec.Struct):
    encoding: str = ENCODING
    sampleRate: int = RATE  # noqa: N815
    channels: int = 1


class _Start(msgspec.Struct):
    streamSid: str = ""  # noqa: N815
    callSid: str = ""  # noqa: N815
    accountSid: str = ""  # noqa: N815
    customParameters: dict[str, str | int | float] = {}  # noqa: N815
    mediaFormat: _Format = msgspec.field(default_factory=_Format)  # noqa: N815


class _Media(msgspec.Struct):
    payload: str
    track: str = "inbound"


class _Key(msgspec.Struct):
    digit: str


class _Mark(msgspec.Struct):
    name: str


class _Message(msgspec.Struct):
    event: str
    streamSid: str = ""  # noqa: N815
    start: _Start | None = None
    media: _Media | None = None
    dtmf: _Key | None = None
    mark: _Mark | None = None


_decoder = msgspec.json.Decoder(_Message)


class Twilio:
    """Implements `voice.gateways.wire.MediaCodec`."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        """`known`: what the address of the socket said about the call."""
        self._known = dict(known or {})
        self._stream = ""

    def read(self, message: str | bytes) -> Sequence[Item]:
        """See `MediaCodec`."""
        if isinstance(message, bytes):
            return (Refused("binary"),)
        if len(message) > LONGEST:
            return (Refused("too long"),)
        try:
            one = _decoder.decode(message)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return (Refused("json"),)
        match one:
            case _Message(event="media", media=_Media() as media):
                return self._sound(media)
            case _Message(event="dtmf", dtmf=_Key(digit)):
                return (Pressed(digit) if len(digit) == 1 and digit in KEYS else Refused("digit"),)
            case _Message(event="mark", mark=_Mark(name)):
                return (Echo(name),)
            case _Message(event="start", start=_Start() as start):
                return (self._start(start, one.streamSid),)
            case _Message(event="stop"):
                return (Stopped(),)
            case _Message(event="connected"):
                return ()
        return (Refused("unknown"),)

    def _start(self, start: _Start, stream: str) -> Item:
        form = start.mediaFormat
        if (form.encoding, form.sampleRate, form.channels) != (ENCODING, RATE, 1):
            return Refused("format")
        if self._stream or not short(start.streamSid or stream):
            return Refused("start")
        self._stream = start.streamSid or stream
        known = attributes(
            {"callSid": start.callSid, "accountSid": start.accountSid}, start.customParameters, self._known
        )
        info = CallInfo(
            short(self._stream), "media", named(known, "caller", "from"), named(known, "called", "to"), known
        )
        return Started(info, RATE)

    def _sound(self, media: _Media) -> Sequence[Item]:
        if media.track != "inbound":
            return ()  # what we said ourselves
        try:
            payload = binascii.a2b_base64(media.payload, strict_mode=True)
        except ValueError:
            return (Refused("payload"),)
        return (Sound(decode_ulaw(payload)),)

    def audio(self, pcm: bytes) -> str:
        """See `MediaCodec`."""
        payload = binascii.b2a_base64(encode_ulaw(pcm), newline=False).decode()
        return self._say("media", media={"payload": payload})

    def mark(self, name: str) -> str:
        """See `MediaCodec`."""
        return self._say("mark", mark={"name": name})

    def clear(self) -> str:
        """See `MediaCodec`."""
        return self._say("clear")

    def hangup(self) -> str | None:
        """See `MediaCodec`."""
        return None

    def _say(self, event: str, **more: dict[str, str]) -> str:
        return msgspec.json.encode({"event": event, "streamSid": self._stream, **more}).decode()
