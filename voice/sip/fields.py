"""Parts of SIP header fields: URIs, addresses, Via, parameters (RFC 3261 §§19.1, 20 and 25.1)."""

import re
from collections.abc import Iterable
from typing import Final, Self

import msgspec

MOST_PARAMETERS: Final = 32
"""Parameters of one URI, address or Via; more is refused."""

MOST_VALUES: Final = 64
"""Comma-separated values of one kind of header in one message; a request that met more hops loops (§16.3)."""

LARGEST_CSEQ: Final = 2**31 - 1
"""RFC 3261 §8.1.1.5."""

Params = tuple[tuple[str, str | None], ...]
"""Names in lower case with values as they were written (with their quotes), None for a bare name such as `rport`."""

_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_HOST = r"\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_](?:[A-Za-z0-9_.\-]{0,253})"
_HOSTPORT = re.compile(rf"({_HOST})(?::([0-9]{{1,5}}))?(;[^?]*)?(\?.*)?")
_VIA = re.compile(
    rf"SIP\s*/\s*2\.0\s*/\s*([A-Za-z0-9\-]{{1,16}})\s+({_HOST})\s*(?::\s*([0-9]{{1,5}}))?\s*(;.*)?",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,31}")
_UNFIT = re.compile(r"[\x00-\x20\x7f<>\"]")
_CSEQ = re.compile(r"([0-9]{1,10})[ \t]+([A-Za-z0-9\-.!%*_+`'~]{1,32})")
_ESCAPED = re.compile(r"\\(.)")


class Bad(ValueError):
    """A field that cannot be read. The message is a reason for counters, never words from the wire."""


def is_token(text: str) -> bool:
    """Whether `text` is a token of §25.1."""
    return _TOKEN.fullmatch(text) is not None


def split(text: str, separator: str) -> list[str]:
    """Pieces between separators that stand outside quotes and angle brackets, stripped. Raises Bad for open quotes."""
    if '"' not in text and "<" not in text:
        return [piece.strip() for piece in text.split(separator)]
    pieces, start, quoted, inside, skip = [], 0, False, False, False
    for at, char in enumerate(text):
        if skip:
            skip = False
        elif quoted:
            skip, quoted = char == "\\", char != '"'
        elif char == '"':
            quoted = True
        elif char in "<>":
            inside = char == "<"
        elif char == separator and not inside:
            pieces.append(text[start:at].strip())
            start = at + 1
    if quoted or inside:
        raise Bad("quotes")
    return [*pieces, text[start:].strip()]


def params(text: str) -> Params:
    """`;name=value;name` → pairs. Raises Bad."""
    found: list[tuple[str, str | None]] = []
    for piece in split(text, ";"):
        if not piece:
            continue
        name, equals, value = (part.strip() for part in piece.partition("="))
        if not name or _UNFIT.search(name):
            raise Bad("parameter")
        found.append((name.lower(), value if equals else None))
        if len(found) > MOST_PARAMETERS:
            raise Bad("parameters")
    return tuple(found)


def params_text(pairs: Params) -> str:
    """The inverse of `params`."""
    return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in pairs)


def get(pairs: Params, name: str) -> str | None:
    """The first value of that name; "" for a bare name, None where it is missing."""
    return next((value or "" for key, value in pairs if key == name), None)


def unquote(text: str) -> str:
    """A quoted-string's content, or the text itself where it has no quotes."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return _ESCAPED.sub(r"\1", text[1:-1])
    return text


def quote(text: str) -> str:
    """A quoted-string (§25.1); control characters become spaces."""
    clean = "".join(" " if char < " " or char == "\x7f" else char for char in text)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    if not 0 < (port := int(text)) < 65536:
        raise Bad("port")
    return port


class Uri(msgspec.Struct, frozen=True):
    """A SIP URI (§19.1). For `tel:` the number is `user`; for other schemes all that follows is. `headers` has its `?`."""

    scheme: str = "sip"
    user: str = ""
    host: str = ""
    port: int | None = None
    params: Params = ()
    headers: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Bad."""
        scheme, colon, rest = text.partition(":")
        if not colon or not rest or not _SCHEME.fullmatch(scheme) or _UNFIT.search(rest):
            raise Bad("uri")
        scheme = scheme.lower()
        if scheme == "tel":
            number, _, tail = rest.partition(";")
            return cls(scheme, number, params=params(tail))
        if scheme not in ("sip", "sips"):
            return cls(scheme, rest)
        user, at, place = rest.rpartition("@")
        match = _HOSTPORT.fullmatch(place)
        if match is None or (at and not user):
            raise Bad("uri")
        host, port, tail, headers = match.groups()
        return cls(scheme, user, host.lower(), _port(port), params(tail or ""), headers or "")

    @property
    def text(self) -> str:
        """As it stands in a message."""
        tail = params_text(self.params) + self.headers
        if self.scheme not in ("sip", "sips"):
            return f"{self.scheme}:{self.user}{tail}"
        at = f"{self.user}@" if self.user else ""
        return f"{self.scheme}:{at}{self.host}{f':{self.port}' if self.port else ''}{tail}"

    def param(self, name: str) -> str | None:
        """The value of a parameter."""
        return get(self.params, name)

    @property
    def address(self) -> str:
        """The host without the brackets of IPv6."""
        return self.host.strip("[]")


class Address(msgspec.Struct, frozen=True):
    """name-addr or addr-spec with parameters: From, To, Contact, Route, Refer-To (§20.10)."""

    uri: Uri
    display: str = ""
    params: Params = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Bad."""
        pieces = split(text, ";")
        first = pieces[0]
        if "<" not in first:  # without brackets, parameters belong to the header (§20)
            return cls(Uri.parse(first), "", params(text.partition(";")[2]))
        if not first.endswith(">"):
            raise Bad("address")
        display, _, uri = first[:-1].rpartition("<")
        tail = text[text.index(">", len(display)) :].partition(";")[2]
        return cls(Uri.parse(uri), unquote(display.strip()), params(tail))

    @property
    def text(self) -> str:
        """As it stands in a message."""
        display = f"{quote(self.display)} " if self.display else ""
        return f"{display}<{self.uri.text}>{params_text(self.params)}"

    def param(self, name: str) -> str | None:
        """The value of a parameter of the header."""
        return get(self.params, name)

    @property
    def tag(self) -> str:
        """The tag of From or To, "" where there is none (§19.3)."""
        return get(self.params, "tag") or ""

    def tagged(self, tag: str) -> "Address":
        """The same with this tag in the place of any other."""
        return Address(self.uri, self.display, (*(p for p in self.params if p[0] != "tag"), ("tag", tag)))


class Via(msgspec.Struct, frozen=True):
    """One hop (§20.42). `transport` in upper case."""

    transport: str
    host: str
    port: int | None = None
    params: Params = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Bad."""
        match = _VIA.fullmatch(text)
        if match is None:
            raise Bad("via")
        transport, host, port, tail = match.groups()
        return cls(transport.upper(), host.lower(), _port(port), params(tail or ""))

    @property
    def text(self) -> str:
        """As it stands in a message."""
        port = f":{self.port}" if self.port else ""
        return f"SIP/2.0/{self.transport} {self.host}{port}{params_text(self.params)}"

    def param(self, name: str) -> str | None:
        """The value of a parameter; "" for the bare `rport` that a client sends (RFC 3581 §3)."""
        return get(self.params, name)

    @property
    def branch(self) -> str:
        """What names the transaction (§8.1.1.7); "" where it is missing, as in RFC 2543."""
        return get(self.params, "branch") or ""

    def seen(self, host: str, port: int) -> "Via":
        """With `received` where it differs (§18.2.1), and with `rport` filled in where it was asked for (RFC 3581 §4)."""
        asked = get(self.params, "rport") is not None
        kept = tuple(p for p in self.params if p[0] not in ("received", "rport"))
        added: Params = (("rport", str(port)),) if asked else ()
        if asked or self.host.strip("[]") != host:
            added = (*added, ("received", host))
        return Via(self.transport, self.host, self.port, (*kept, *added))


def cseq(text: str) -> tuple[int, str]:
    """`314159 INVITE` → number and method (§20.16). Raises Bad."""
    match = _CSEQ.fullmatch(text)
    if match is None or int(match[1]) > LARGEST_CSEQ:
        raise Bad("cseq")
    return int(match[1]), match[2]


def number(text: str, most: int) -> int:
    """A whole number from 0 to `most`, in ASCII digits. Raises Bad."""
    if not re.fullmatch("[0-9]{1,10}", text) or (value := int(text)) > most:
        raise Bad("number")
    return value


def values(texts: Iterable[str]) -> list[str]:
    """All comma-separated values of a header that may stand several times (§7.3.1). Raises Bad."""
    found = [piece for text in texts for piece in split(text, ",") if piece]
    if len(found) > MOST_VALUES:
        raise Bad("values")
    return found
