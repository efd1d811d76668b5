"""Raw L16 with JSON beside it: jambonz' verb `listen` and FreeSWITCH's mod_audio_fork, which it runs on.

Read for this: jambonz' documentation of `listen` (attributes of the call as the first text, then 16-bit PCM in binary
messages; `passDtmf`; `killAudio`, `disconnect`; `mark` when `bidirectionalAudio.streaming` is on), its smoke tests for
how marks come back (`event` "playout" or "cleared"; a mark only goes into the queue with the next sound), and
the README of mod_audio_fork.

The verb needs `"mixType": "mono"`, `"passDtmf": true` and `"bidirectionalAudio": {"enabled": true, "streaming": true,
"sampleRate": …}` with the same rate as `sampleRate`: 8000, 16000, 24000 or 48000.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from voice.gateways.wire import (
    LONGEST,
    RATES,
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


class L16:
    """Implements `voice.gateways.wire.MediaCodec`."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        """`known`: what the address of the socket said about the call."""
        self._known = dict(known or {})
        self._started = False

    def read(self, message: str | bytes) -> Sequence[Item]:
        """See `MediaCodec`."""
        if len(message) > LONGEST:
            return (Refused("too long"),)
        if isinstance(message, bytes):
            if not self._started:
                return (Refused("early"),)
            return (Refused("odd") if len(message) % 2 else Sound(message),)
        try:
            event = msgspec.json.decode(message, type=dict[str, Any])
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return (Refused("json"),)
        return self._told(event) if self._started else (self._start(event),)

    def _start(self, event: dict[str, Any]) -> Item:
        rate = event.get("sampleRate", 8000)
        if str(rate) not in map(str, RATES):
            return Refused("rate")
        if event.get("mixType", "mono") != "mono":
            return Refused("mix")
        self._started = True
        known = attributes(event, self._known)
        name = short(named(known, "callsid", "call_sid", "callid", "uuid")) or secrets.token_hex(16)
        info = CallInfo(name, "media", named(known, "from", "caller"), named(known, "to", "called"), known)
        return Started(info, int(rate))

    def _told(self, event: dict[str, Any]) -> Sequence[Item]:
        match event:
            case {"event": "dtmf", "dtmf": key} | {"event": "dtmf", "digit": key}:
                return (Pressed(str(key)) if len(str(key)) == 1 and str(key) in KEYS else Refused("digit"),)
            case {"type": "mark", "data": {"name": str(name), **more}}:
                return (Echo(name, more.get("event") == "cleared"),)
            case {"type": "playDone"}:
                return ()
            case {"type": "disconnect"}:
                return (Stopped(),)
        return (Refused("unknown"),)

    def audio(self, pcm: bytes) -> bytes:
        """See `MediaCodec`."""
        return pcm

    def mark(self, name: str) -> str:
        """See `MediaCodec`."""
        return msgspec.json.encode({"type": "mark", "data": {"name": name}}).decode()

    def clear(self) -> str:
        """See `MediaCodec`."""
        return '{"type":"killAudio"}'

    def hangup(self) -> str:
        """See `MediaCodec`."""
        return '{"type":"disconnect"}'
