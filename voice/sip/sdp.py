"""Session descriptions (RFC 8866), offers and answers (RFC 3264) for G.711 and telephone-event (RFC 4733 §2.5)."""

import ipaddress
import re
from typing import Final

import msgspec

TYPE: Final = "application/sdp"
MOST_BYTES: Final = 8192
MOST_LINES: Final = 256
MOST_STREAMS: Final = 8
MOST_FORMATS: Final = 64

CODECS: Final = {"PCMU": 0, "PCMA": 8}
"""What is spoken here, with the static payload types (RFC 3551 §6)."""

EVENTS_PAYLOAD: Final = 101
DIRECTIONS: Final = ("sendrecv", "sendonly", "recvonly", "inactive")
_MIRROR: Final = {"sendonly": "recvonly", "recvonly": "sendonly"}
_STATIC: Final = {0: ("PCMU", 8000), 8: ("PCMA", 8000)}
_MEDIA = re.compile(
    r"([a-z]{1,16}) ([0-9]{1,5})(?:/[0-9]{1,3})? ([A-Za-z0-9/]{1,32})((?: [A-Za-z0-9.\-]{1,64})+)"
)
_RTPMAP = re.compile(r"([0-9]{1,3}) ([A-Za-z0-9.\-]{1,32})/([0-9]{1,6})(?:/1)?")
_PTIME = re.compile(r"[0-9]{1,3}")


class Media(msgspec.Struct, frozen=True):
    """Our side of a call's sound: where RTP is received, and the codecs by preference. `ptime` in milliseconds."""

    address: str
    port: int
    codecs: tuple[str, ...] = ("PCMU", "PCMA")
    ptime: int = 20


class Agreed(msgspec.Struct, frozen=True):
    """What both sides said yes to. RTP goes to `address`:`port` with payload type `payload`; telephone events have the
    type `events`, None where the peer knows none. `ptime` is the peer's wish in milliseconds. On hold `sends` is False."""

    codec: str
    payload: int
    events: int | None
    ptime: int
    address: str
    port: int
    sends: bool = True
    receives: bool = True


class Stream(msgspec.Struct, frozen=True):
    """One m= section; `codecs` maps payload types to name and clock rate in their order."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    address: str
    direction: str
    codecs: dict[int, tuple[str, int]]
    ptime: int = 20

    @property
    def events(self) -> int | None:
        """The payload type of telephone-event at G.711's rate."""
        return next(
            (key for key, (name, rate) in self.codecs.items() if name == "TELEPHONE-EVENT" and rate == 8000),
            None,
        )

    @property
    def silent(self) -> bool:
        """Hold in the manner of RFC 2543: no address to send to (RFC 3264 §8.4)."""
        return self.address in ("0.0.0.0", "::")


class Description(msgspec.Struct, frozen=True):
    """What is understood of a session description."""

    streams: tuple[Stream, ...]


class Unusable(msgspec.Struct, frozen=True):
    """Why a body is no session description."""

    reason: str


class _Bad(ValueError):
    pass


def parse(body: bytes) -> Description | Unusable:
    """Reads a session description; what is unknown is passed over (RFC 8866 §5)."""
    if len(body) > MOST_BYTES:
        return Unusable("sdp_size")
    lines = body.decode("utf-8", "replace").replace("\r\n", "\n").rstrip("\n").split("\n")
    if len(lines) > MOST_LINES or lines[0] != "v=0":
        return Unusable("sdp_version" if len(lines) <= MOST_LINES else "sdp_size")
    if any(line[1:2] != "=" for line in lines):
        return Unusable("sdp_line")
    try:
        return _description(lines)
    except _Bad as bad:
        return Unusable(str(bad))


def _description(lines: list[str]) -> Description:
    starts = [at for at, line in enumerate(lines) if line.startswith("m=")]
    if not starts or len(starts) > MOST_STREAMS:
        raise _Bad("sdp_streams")
    session = lines[: starts[0]]
    ends = [*starts[1:], len(lines)]
    streams = tuple(_stream(session, lines[start:end]) for start, end in zip(starts, ends, strict=True))
    return Description(streams)


def _stream(session: list[str], lines: list[str]) -> Stream:
    match = _MEDIA.fullmatch(lines[0][2:].rstrip())
    if match is None or int(match[2]) > 65535:
        raise _Bad("sdp_media")
    formats = tuple(match[4].split())
    if len(formats) > MOST_FORMATS:
        raise _Bad("sdp_formats")
    attributes = [line[2:].strip() for line in lines if line.startswith("a=")]
    above = [line[2:].strip() for line in session if line.startswith("a=")]
    used = match[1] == "audio" and match[2] != "0"
    return Stream(
        kind=match[1], port=int(match[2]), protocol=match[3], formats=formats,
        address=_address([*lines, *session]) if used else "",
        direction=next((a for a in (*attributes, *above) if a in DIRECTIONS), "sendrecv"),
        codecs=_codecs(formats, attributes), ptime=_ptime(attributes),
    )  # fmt: skip


def _address(lines: list[str]) -> str:
    """The stream's own c= goes before the session's (RFC 8866 §5.7). A name is refused: nothing is looked up for others."""
    text = next((line[2:].strip() for line in lines if line.startswith("c=")), "")
    words = text.split(" ")
    if len(words) != 3 or words[0] != "IN" or words[1] not in ("IP4", "IP6"):
        raise _Bad("sdp_connection")
    try:
        found = ipaddress.ip_address(words[2].partition("/")[0])
    except ValueError:
        raise _Bad("sdp_address") from None
    if found.is_multicast:
        raise _Bad("sdp_address")
    return str(found)


def _codecs(formats: tuple[str, ...], attributes: list[str]) -> dict[int, tuple[str, int]]:
    maps = dict(_STATIC)
    for attribute in attributes:
        if attribute.startswith("rtpmap:") and (match := _RTPMAP.fullmatch(attribute[7:].strip())):
            maps[int(match[1])] = (match[2].upper(), int(match[3]))
    numbers = [int(text) for text in formats if re.fullmatch("[0-9]{1,3}", text)]
    return {key: maps[key] for key in numbers if key in maps and key < 128}


def _ptime(attributes: list[str]) -> int:
    text = next((a[6:].strip() for a in attributes if a.startswith("ptime:")), "20")
    return int(text) if _PTIME.fullmatch(text) and 10 <= int(text) <= 60 else 20


def _usable(stream: Stream, codecs: tuple[str, ...]) -> tuple[int, str] | None:
    """Payload type and name of the codec to speak in this stream."""
    if stream.kind != "audio" or stream.protocol != "RTP/AVP" or not stream.port:
        return None
    common = [(key, name) for key, (name, rate) in stream.codecs.items() if name in codecs and rate == 8000]
    return common[0] if common else None


def _agreed(stream: Stream, payload: int, codec: str) -> Agreed:
    return Agreed(
        codec, payload, stream.events, stream.ptime, stream.address, stream.port,
        sends=stream.direction in ("sendrecv", "recvonly") and not stream.silent,
        receives=stream.direction in ("sendrecv", "sendonly"),
    )  # fmt: skip


def agree(remote: Description, codecs: tuple[str, ...] = tuple(CODECS)) -> Agreed | None:
    """What an offer or an answer comes to: the first audio stream with a codec of ours, the peer's preference first
    (RFC 3264 §6.1); None where nothing is common."""
    for stream in remote.streams:
        if found := _usable(stream, codecs):
            return _agreed(stream, *found)
    return None


def _head(media: Media, session: int, version: int) -> list[str]:
    kind = "IP6" if ":" in media.address else "IP4"
    origin = f"o=- {session} {version} IN {kind} {media.address}"
    return ["v=0", origin, "s=-", f"c=IN {kind} {media.address}", "t=0 0"]


def _section(media: Media, formats: list[tuple[int, str]], events: int | None, direction: str) -> list[str]:
    numbers = [number for number, _ in formats] + ([events] if events is not None else [])
    lines = [f"m=audio {media.port} RTP/AVP {' '.join(map(str, numbers))}"]
    lines += [f"a=rtpmap:{number} {name}/8000" for number, name in formats]
    if events is not None:
        lines += [f"a=rtpmap:{events} telephone-event/8000", f"a=fmtp:{events} 0-15"]
    return [*lines, f"a=ptime:{media.ptime}", f"a={direction}"]


def _body(lines: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


def offer(media: Media, session: int, version: int = 1) -> bytes:
    """An offer of all codecs of ours (RFC 3264 §5)."""
    formats = [(CODECS[name], name) for name in media.codecs]
    return _body([*_head(media, session, version), *_section(media, formats, EVENTS_PAYLOAD, "sendrecv")])


def answer(remote: Description, media: Media, session: int, version: int = 1) -> tuple[bytes, Agreed] | None:
    """The answer to an offer, every other stream refused with port 0 (RFC 3264 §6); None where nothing is common."""
    lines = _head(media, session, version)
    agreed: Agreed | None = None
    for stream in remote.streams:
        found = _usable(stream, media.codecs) if agreed is None else None
        if found is None:
            lines.append(f"m={stream.kind} 0 {stream.protocol} {' '.join(stream.formats)}")
            continue
        agreed = _agreed(stream, *found)
        direction = _MIRROR.get(stream.direction, stream.direction)
        lines += _section(media, [found], stream.events, direction)
    return (_body(lines), agreed) if agreed else None
