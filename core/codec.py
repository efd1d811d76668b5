"""Events to rows and back: the split into body and private part, its digest, and the upcasters."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from core.events import KINDS, Event, Unknown

_json = msgspec.json.Encoder()
_decode_json = msgspec.json.Decoder(dict[str, Any])

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""(kind, version) → a function that turns fields of that version into fields of the next one."""

_fields: dict[type[Event], tuple[tuple[str, ...], tuple[str, ...]]] = {
    kind: (
        tuple(name for name in kind.__struct_fields__ if name not in kind.PRIVATE),
        tuple(name for name in kind.__struct_fields__ if name in kind.PRIVATE),
    )
    for kind in KINDS.values()
}


class Encoded(msgspec.Struct, frozen=True):
    """An event as it is stored; `digest` is hex SHA-256(salt ‖ private), empty where nothing is private."""

    kind: str
    version: int
    body: bytes
    private: bytes | None
    salt: bytes | None
    digest: str
    guard: int


def encode(event: Event, salt: bytes) -> Encoded:
    """Splits an event. `salt` (16 random bytes) keeps a short private value from being guessed by its digest."""
    if isinstance(event, Unknown):
        raise ValueError("an unknown kind is read, never written")
    kind = type(event)
    public, private = _fields[kind]
    hidden = None
    if private:
        values = {name: getattr(event, name) for name in private}
        hidden = _json.encode(values)
    body = _json.encode({name: getattr(event, name) for name in public})
    if hidden is None:
        return Encoded(kind.KIND, kind.VERSION, body, None, None, "", kind.GUARD)
    digest = hashlib.sha256(salt + hidden).hexdigest()
    return Encoded(kind.KIND, kind.VERSION, body, hidden, salt, digest, kind.GUARD)


def decode(kind: str, version: int, body: bytes | str, private: bytes | str | None) -> Event:
    """Puts an event together again. An erased private part leaves empty values; an unknown kind is kept whole."""
    fields = _decode_json.decode(body)
    if private is not None:
        fields.update(_decode_json.decode(private))
    known = KINDS.get(kind)
    if known is None:
        return Unknown(kind=kind, body=fields)
    while version < known.VERSION:
        fields = UPCASTERS[(kind, version)](fields)
        version += 1
    if private is None:
        for name in known.PRIVATE:
            fields.setdefault(name, _EMPTY[(kind, name)])
    return msgspec.convert(fields, known)


def _empty(kind: type[Event], name: str) -> Any:
    for field in msgspec.structs.fields(kind):
        if field.name == name:
            if field.default is not msgspec.NODEFAULT:
                return field.default
            if field.default_factory is not msgspec.NODEFAULT:
                return field.default_factory()
            return ""
    raise KeyError(name)


_EMPTY = {(kind.KIND, name): _empty(kind, name) for kind in KINDS.values() for name in kind.PRIVATE}
