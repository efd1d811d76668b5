"""Who the customer of a web page is, when the page's own system vouches for it."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final

import msgspec

from core.errors import Unauthenticated
from core.time import SECOND

PREFIX: Final = "contact:"
_LONGEST_ID: Final = 256
_FARTHEST: Final = 31 * 24 * 3600
"""Seconds: a signature for ever would be a password in a page."""


class Identity(msgspec.Struct, frozen=True):
    """What the page sends. `expires` is in seconds since the epoch, or ISO 8601 with an offset.

    `signature` is hex HMAC-SHA256(secret, user_id "." expires), with `expires` as it is written here.
    """

    user_id: str
    expires: int | str
    signature: str
    name: str = ""


def sign(secret: str, user_id: str, expires: int | str) -> str:
    """The signature that the page's own system makes."""
    return hmac.new(secret.encode(), f"{user_id}.{expires}".encode(), hashlib.sha256).hexdigest()


def verify(identity: Identity, secret: str, now: int) -> None:
    """Checks signature and expiry; `now` in microseconds since the epoch. Raises Unauthenticated.

    The signature is compared in constant time and before anything else is told.
    """
    if not secret:
        raise Unauthenticated(
            "This server checks no identities. Set SWITCHBOARD_WIDGET_SECRET, or send none.", field="identity"
        )
    expected = sign(secret, identity.user_id, identity.expires)
    given = identity.signature.strip().lower()
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise Unauthenticated(
            "The identity's signature is wrong. Sign `user_id.expires` with the widget secret.",
            field="identity",
        )
    if not identity.user_id or len(identity.user_id) > _LONGEST_ID:
        raise Unauthenticated(f"user_id has 1 to {_LONGEST_ID} characters.", field="identity")
    expires = _seconds(identity.expires)
    if expires is None or expires > now / SECOND + _FARTHEST:
        raise Unauthenticated(
            "`expires` is seconds since the epoch or ISO 8601, at most 31 days ahead.", field="identity"
        )
    if expires <= now / SECOND:
        raise Unauthenticated("The identity is over. Let the page sign a new one.", field="identity")


def contact_id(key: bytes, user_id: str) -> str:
    """The contact of a verified user: a keyed hash, so that the log does not hold the user's name.

    `key` is the server's own secret and stays the same when the widget's is changed.
    """
    digest = hmac.new(key, b"contact." + user_id.encode(), hashlib.sha256).digest()
    return "u" + base64.b32encode(digest[:15]).decode().lower()


def vouched(contact: str) -> bool:
    """Whether a page vouched for this contact."""
    return contact.startswith("u")


def anonymous_id(random: bytes) -> str:
    """The contact of somebody unknown, from 15 random bytes."""
    if len(random) != 15:
        raise ValueError("15 random bytes are needed")
    return "a" + base64.b32encode(random).decode().lower()


def _seconds(expires: int | str) -> float | None:
    if isinstance(expires, int):
        return expires
    text = expires.strip()
    if text.isascii() and text.isdigit() and len(text) <= 12:
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None
