"""Calls between systems, signed as Standard Webhooks (https://www.standardwebhooks.com) say.

The signature is `v1,` and base64 HMAC-SHA256(secret, id "." timestamp "." body); several stand beside each other with a
space between while a secret is changed.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Final

from core.errors import Unauthenticated

TOLERANCE: Final = 300
"""Seconds that the other clock may be wrong, either way; later, a call that was listened to is worth nothing."""

_LONGEST_ID: Final = 128
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1,"


def key_of(secret: str) -> bytes:
    """The key in a secret: base64 after `whsec_`, else the text itself. Raises ValueError for false or no base64."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise ValueError("after whsec_ comes base64")
    return key


def sign(secret: str, id: str, timestamp: int | str, body: bytes) -> str:
    """The header `webhook-signature`; `timestamp` in seconds since the epoch, a text as it is sent."""
    made = hmac.new(key_of(secret), f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return _VERSION + base64.b64encode(made).decode()


def verify(secret: str, id: str, timestamp: str, signature: str, body: bytes, now: float) -> None:
    """Checks the three headers of a call; `now` in seconds since the epoch. Raises Unauthenticated `hook_unsigned`.

    The signature is compared in constant time.
    """
    if not id or not timestamp or not signature:
        raise _unsigned("Sign the call: the headers webhook-id, webhook-timestamp and webhook-signature.")
    if len(id) > _LONGEST_ID or not id.isascii() or not id.isprintable():
        raise _unsigned(f"webhook-id has 1 to {_LONGEST_ID} printable ASCII characters.")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise _unsigned("webhook-timestamp is whole seconds since the epoch.")
    expected = sign(secret, id, timestamp, body).encode()
    if not any(hmac.compare_digest(expected, part.encode()) for part in signature.split(" ")):
        raise _unsigned("The signature is wrong. Sign `id.timestamp.body`, the body byte for byte as it is sent.")
    if abs(now - int(timestamp)) > TOLERANCE:
        raise _unsigned(f"webhook-timestamp is more than {TOLERANCE} seconds off. Sign again when you send again.")


def _unsigned(message: str) -> Unauthenticated:
    return Unauthenticated(message, code="hook_unsigned")
