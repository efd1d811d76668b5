"""What messages carry: session descriptions, keys by INFO, and pieces of SIP in NOTIFY."""

import re
from typing import Final

from voice.sip import sdp
from voice.sip.fields import Bad, get, params, unquote
from voice.sip.message import Message

MOST_PARTS: Final = 8
RELAY: Final = "application/dtmf-relay"
DTMF: Final = "application/dtmf"
FRAGMENT: Final = "message/sipfrag"

_SIGNAL = re.compile(r"^\s*signal\s*=\s*([0-9*#a-d]{1,2})\s*$", re.IGNORECASE | re.MULTILINE)
_KEYS: Final = {**{str(n): str(n) for n in range(10)}, **{c: c.upper() for c in "*#abcd"}}
_EVENTS: Final = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}
_STATUS = re.compile(rb"\s*SIP/2\.0 ([1-6][0-9]{2})(?:[ \r\n]|$)")


def session(message: Message) -> sdp.Description | sdp.Unusable | None:
    """The session description of a message, alone or as a part of multipart/mixed, as calls with a location have it
    (RFC 5621 §3.1, RFC 6442). None where there is no body; Unusable("media_type") for another kind of body."""
    if not message.body.strip():
        return None
    encoding = message.header("Content-Encoding").strip().lower()
    if encoding not in ("", "identity"):
        return sdp.Unusable("media_type")
    kind = message.content_type
    if kind in ("", sdp.TYPE):
        return sdp.parse(message.body)
    if kind == "multipart/mixed":
        return _part(message)
    return sdp.Unusable("media_type")


def _part(message: Message) -> sdp.Description | sdp.Unusable:
    try:
        boundary = unquote(get(params(message.header("Content-Type").partition(";")[2]), "boundary") or "")
    except Bad:
        boundary = ""
    if not 0 < len(boundary) <= 70:
        return sdp.Unusable("media_type")
    parts = message.body.split(b"--" + boundary.encode("utf-8", "surrogateescape"), MOST_PARTS)
    for part in parts[1:]:
        head, _, body = part.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
        if re.search(rb"^content-type\s*:\s*application/sdp\b", head, re.IGNORECASE | re.MULTILINE):
            return sdp.parse(body)
    return sdp.Unusable("media_type")


def key(message: Message) -> str | None:
    """The key that an INFO reports: "" where a keep-alive or another event stands, None where the kind is not known.
    `application/dtmf-relay` has `Signal=5`, `application/dtmf` the key alone; 10 to 15 are events of RFC 4733."""
    if not message.body.strip():
        return ""
    text = message.body[:256].decode("ascii", "replace")
    if message.content_type == RELAY:
        match = _SIGNAL.search(text)
        found = match[1] if match else ""
    elif message.content_type == DTMF:
        found = text.strip()
    else:
        return None
    return _EVENTS.get(found) or _KEYS.get(found.lower(), "")


def status(message: Message) -> int:
    """The status line in the body of a NOTIFY about a REFER (RFC 3515 §2.4.5); 0 where there is none."""
    match = _STATUS.match(message.body) if message.content_type == FRAGMENT else None
    return int(match[1]) if match else 0
