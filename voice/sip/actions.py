"""What the user agent takes and gives: settings in; bytes to send and events of calls out."""

from typing import Final

import msgspec

from voice.sip.digest import Credentials
from voice.sip.fields import Uri
from voice.sip.sdp import Agreed

ALLOW: Final = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, NOTIFY"
"""Methods that are taken (§20.5)."""


class Peer(msgspec.Struct, frozen=True):
    """An address of somebody else: `transport` "udp" or "tcp"; `host` an IP address, or a name that is looked up."""

    transport: str
    host: str
    port: int


class Settings(msgspec.Struct, frozen=True):
    """How the agent behaves. `host` and `port` are where others reach it (Via, Contact); `hosts` the names that it answers
    to, empty for any. `users` (name → password) makes callers outside a dialog authenticate. `allowed` are networks
    (CIDR), empty for any; whoever we register at and call belongs to them. `calls_per_second` and `burst` bound what one source may open; `packets_per_second` what is
    read from it at all. Spans are seconds."""

    host: str
    port: int = 5060
    user: str = "bot"
    hosts: tuple[str, ...] = ()
    realm: str = "switchboard"
    users: dict[str, str] = {}
    allowed: tuple[str, ...] = ()
    max_calls: int = 64
    calls_per_second: float = 20.0
    burst: int = 100
    packets_per_second: float = 500.0
    ring_seconds: float = 180.0
    retry_after: int = 5


class Registration(msgspec.Struct, frozen=True):
    """Where we tell a PBX that we can be called: `registrar` as `sip:pbx.example;transport=tcp`, `user` the name or number
    there, `seconds` the time that is asked for."""

    registrar: Uri
    user: str
    credentials: Credentials
    seconds: int = 300


class Info(msgspec.Struct, frozen=True):
    """Who calls whom. `id` is the Call-ID; `caller` and `called` numbers or SIP users, "" where unknown."""

    id: str
    caller: str
    called: str
    attributes: dict[str, str] = {}


# Events of a call; each is told with the call's handle.


class Incoming(msgspec.Struct, frozen=True):
    """Somebody calls. `offered` is what their offer comes to; None where they leave the offer to us."""

    info: Info
    offered: Agreed | None


class Ringing(msgspec.Struct, frozen=True):
    """The called phone rings (or the network says that it works on it): `status` 180 to 199."""

    status: int


class Answered(msgspec.Struct, frozen=True):
    """Both sides agree about sound."""

    agreed: Agreed


class Changed(msgspec.Struct, frozen=True):
    """The far side changed codec, address or direction."""

    agreed: Agreed


class Held(msgspec.Struct, frozen=True):
    """The far side put us on hold, or came back. A `Changed` goes before it."""

    on: bool


class Digit(msgspec.Struct, frozen=True):
    """A key by INFO: `0` to `9`, `*`, `#`, `A` to `D`."""

    key: str


class Transferred(msgspec.Struct, frozen=True):
    """What became of a REFER: "ok", "refused", "unsupported" or "timeout"."""

    result: str


class HungUp(msgspec.Struct, frozen=True):
    """The last event of a call. `reason`: "caller" (the far side), "us", "timeout", "no_ack", "failed"; and for a call
    that was dialled and never answered "busy", "no_answer", "declined", "refused", "unreachable", "cancelled". `status`
    is the response's, 0 without one."""

    reason: str
    status: int = 0


Event = Incoming | Ringing | Answered | Changed | Held | Digit | Transferred | HungUp


# What the agent wants done.


class Send(msgspec.Struct, frozen=True):
    """Bytes for a peer; over TCP on the connection that is there, else on a new one."""

    data: bytes
    peer: Peer


class Close(msgspec.Struct, frozen=True):
    """Close the TCP connection: what it carries is no SIP."""

    peer: Peer


class Tell(msgspec.Struct, frozen=True):
    """Something happened to the call with this handle."""

    call: str
    event: Event


class Registered(msgspec.Struct, frozen=True):
    """The registrar's last word: `seconds` until it forgets us, 0 where it refused or was silent; `status` 0 for silence."""

    ok: bool
    status: int
    seconds: float


class Refused(msgspec.Struct, frozen=True):
    """Worth a line in the log: `count` refusals for this reason so far; not every one is told."""

    reason: str
    host: str
    count: int


Action = Send | Close | Tell | Registered | Refused
