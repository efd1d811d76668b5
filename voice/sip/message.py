"""SIP messages, read and written (RFC 3261 §§7, 18.3, 20 and 25). Nothing that comes in raises."""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from voice.sip.fields import Address, Bad, Uri, Via, cseq, is_token, number, values

MOST_BYTES: Final = 32_768
"""A whole message, over UDP and TCP. A call with a location has some thousands."""

MOST_HEAD: Final = 16_384
"""Start line and headers, in bytes."""

MOST_LINES: Final = 200
"""Header lines of a message."""

COMPACT: Final = {
    "a": "Accept-Contact", "b": "Referred-By", "c": "Content-Type", "d": "Request-Disposition", "e": "Content-Encoding",
    "f": "From", "i": "Call-ID", "j": "Reject-Contact", "k": "Supported", "l": "Content-Length", "m": "Contact",
    "o": "Event", "r": "Refer-To", "s": "Subject", "t": "To", "u": "Allow-Events", "v": "Via", "x": "Session-Expires",
    "y": "Identity",
}  # fmt: skip
"""One-letter names (§7.3.3 and the documents that added more)."""

REASONS: Final = {
    100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
    415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension", 423: "Interval Too Brief",
    480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops",
    486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending",
    500: "Server Internal Error", 503: "Service Unavailable", 505: "Version Not Supported", 603: "Decline",
}  # fmt: skip
"""Reason phrases (§21)."""

_NEWLINE = re.compile(rb"\r\n|\n")
_BLANK = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: (.*))?", re.IGNORECASE)
_VERSION = re.compile(r"SIP/[0-9]+\.[0-9]+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CALL_ID = re.compile(r"[\x21-\x7e]{1,256}")
_ONCE = ("from", "to", "call-id", "cseq", "max-forwards", "content-length")
_OWN = {*_ONCE, "via", "contact", "route", "record-route"}

Fields = tuple[tuple[str, str], ...]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What requests and responses share. `method` is that of CSeq; `other` holds the headers that have no field here,
    in their order, with compact names written out; `anybody` stands for `Contact: *`."""

    method: str
    cseq: int
    call_id: str
    from_: Address
    to: Address
    vias: tuple[Via, ...] = ()
    routes: tuple[Address, ...] = ()
    record_routes: tuple[Address, ...] = ()
    contacts: tuple[Address, ...] = ()
    anybody: bool = False
    max_forwards: int | None = None
    other: Fields = ()
    body: bytes = b""

    def each(self, name: str) -> list[str]:
        """The lines of a header in `other`, as they stand."""
        wanted = name.lower()
        return [value for key, value in self.other if key.lower() == wanted]

    def header(self, name: str) -> str:
        """The first line of a header in `other`, "" where it is missing."""
        return next(iter(self.each(name)), "")

    def tokens(self, name: str) -> list[str]:
        """Comma-separated values of a header in `other`, without parameters, in lower case; [] where unreadable."""
        try:
            found = values(self.each(name))
        except Bad:
            return []
        return [value.partition(";")[0].strip().lower() for value in found]

    @property
    def content_type(self) -> str:
        """In lower case, without parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()


class Request(Message, frozen=True, kw_only=True):
    """`method` to `uri`."""

    uri: Uri


class Response(Message, frozen=True, kw_only=True):
    """An answer; `status` 100 to 699."""

    status: int
    reason: str = ""


class Malformed(msgspec.Struct, frozen=True):
    """Why bytes were no message. `request` is what could be read where it can be answered by `status`."""

    reason: str
    request: Request | None = None
    status: int = 400


def parse(data: bytes) -> Request | Response | Malformed:
    """One whole message. A body longer than Content-Length is cut, a shorter one is malformed (§18.3)."""
    blank = _BLANK.search(data)
    if len(data) > MOST_BYTES or (blank.start() if blank else len(data)) > MOST_HEAD:
        return Malformed("too_large")
    if blank is None:
        return Malformed("no_end")
    try:
        start, fields = _lines(data[: blank.start()])
        return _message(start, fields, data[blank.end() :])
    except Bad as bad:
        return Malformed(str(bad))


def _lines(head: bytes) -> tuple[str, list[tuple[str, str]]]:
    """The start line and the headers, unfolded (§7.3.1). Bytes that are not UTF-8 pass unchanged through surrogates:
    some exchanges write names in the encoding of their country."""
    lines = _NEWLINE.split(head)
    if len(lines) > MOST_LINES:
        raise Bad("lines")
    texts = [line.decode("utf-8", "surrogateescape") for line in lines]
    fields: list[tuple[str, str]] = []
    for line in texts[1:]:
        if _CONTROL.search(line):
            raise Bad("control")
        if line[:1] in (" ", "\t"):
            if not fields:
                raise Bad("folding")
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}".strip())
            continue
        name, colon, value = line.partition(":")
        name = name.rstrip(" \t")
        if not colon or not is_token(name):
            raise Bad("header")
        fields.append((COMPACT.get(name.lower(), name), value.strip(" \t")))
    return texts[0], fields


def _once(fields: list[tuple[str, str]]) -> dict[str, str]:
    """Headers that may stand once only (RFC 4475 §3.3.8). Raises Bad."""
    found: dict[str, str] = {}
    for name, value in fields:
        key = name.lower()
        if key in _ONCE:
            if key in found:
                raise Bad("twice")
            found[key] = value
    return found


def _message(start: str, fields: list[tuple[str, str]], rest: bytes) -> Request | Response | Malformed:
    once = _once(fields)
    if not {"from", "to", "call-id", "cseq"} <= once.keys():
        raise Bad("missing")
    if not _CALL_ID.fullmatch(once["call-id"]):
        raise Bad("call_id")
    cseq_number, method = cseq(once["cseq"])
    vias = tuple(Via.parse(text) for text in values(_all(fields, "via")))
    if not vias:
        raise Bad("missing")
    message: Request | Response
    needed: dict[str, Any] = {
        "method": method, "cseq": cseq_number, "call_id": once["call-id"], "vias": vias,
        "from_": Address.parse(once["from"]), "to": Address.parse(once["to"]),
        "other": tuple(field for field in fields if field[0].lower() not in _OWN),
    }  # fmt: skip
    if status := _STATUS.fullmatch(start):
        message = Response(status=int(status[1]), reason=status[2] or "", **needed)
    else:
        message, wrong, code = _request(start, needed)
        if wrong:
            return Malformed(wrong, message, code)
    try:
        return _whole(message, fields, once, rest)
    except Bad as bad:
        return Malformed(str(bad), message if isinstance(message, Request) else None)


def _request(start: str, needed: dict[str, Any]) -> tuple[Request, str, int]:
    """With what is wrong about it, "" for nothing, and the status that says so."""
    words = start.split(" ")
    if len(words) != 3 or not is_token(words[0]) or not _VERSION.fullmatch(words[2]):
        raise Bad("start_line")
    try:
        request = Request(uri=Uri.parse(words[1]), **needed)
    except Bad:
        return Request(uri=Uri(), **needed), "uri", 400
    if words[2].upper() != "SIP/2.0":
        return request, "version", 505
    return request, "" if words[0] == request.method else "cseq", 400  # §8.1.1.5: the methods must match


def _all(fields: list[tuple[str, str]], name: str) -> Iterator[str]:
    return (value for key, value in fields if key.lower() == name)


def _whole(
    message: Request | Response, fields: list[tuple[str, str]], once: dict[str, str], rest: bytes
) -> Request | Response:
    """With everything that an answer can do without. Raises Bad."""
    length = number(once["content-length"], MOST_BYTES) if "content-length" in once else len(rest)
    if length > len(rest):
        raise Bad("short_body")
    contacts = values(_all(fields, "contact"))
    return msgspec.structs.replace(
        message,
        routes=tuple(Address.parse(text) for text in values(_all(fields, "route"))),
        record_routes=tuple(Address.parse(text) for text in values(_all(fields, "record-route"))),
        contacts=tuple(Address.parse(text) for text in contacts if text != "*"),
        anybody="*" in contacts,
        max_forwards=number(once["max-forwards"], 255) if "max-forwards" in once else None,
        body=rest[:length],
    )


def write(message: Request | Response) -> bytes:
    """As bytes for the wire, with Content-Length."""
    if isinstance(message, Request):
        lines = [f"{message.method} {message.uri.text} SIP/2.0"]
    else:
        lines = [f"SIP/2.0 {message.status} {message.reason or REASONS.get(message.status, '')}"]
    lines += [f"Via: {via.text}" for via in message.vias]
    lines += [f"Route: {route.text}" for route in message.routes]
    lines += [f"Record-Route: {route.text}" for route in message.record_routes]
    if message.max_forwards is not None:
        lines.append(f"Max-Forwards: {message.max_forwards}")
    lines += [f"From: {message.from_.text}", f"To: {message.to.text}", f"Call-ID: {message.call_id}"]
    lines.append(f"CSeq: {message.cseq} {message.method}")
    lines += [f"Contact: {contact.text}" for contact in message.contacts]
    if message.anybody:
        lines.append("Contact: *")
    lines += [f"{name}: {value}" for name, value in message.other]
    lines += [f"Content-Length: {len(message.body)}", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + message.body


def response(
    request: Request,
    status: int,
    *,
    tag: str = "",
    other: Fields = (),
    contacts: tuple[Address, ...] = (),
    body: bytes = b"",
) -> Response:
    """An answer to a request (§8.2.6.2); `tag` goes into To where it has none. Record-Route is copied (§12.1.1)."""
    return Response(
        status=status, reason=REASONS.get(status, ""), method=request.method, cseq=request.cseq, call_id=request.call_id,
        from_=request.from_, to=request.to.tagged(tag) if tag and not request.to.tag else request.to, vias=request.vias,
        record_routes=request.record_routes if status < 300 else (), contacts=contacts, other=other, body=body,
    )  # fmt: skip
