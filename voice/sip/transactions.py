"""The four transaction state machines (RFC 3261 §17) with the accepted state of RFC 6026. Pure: a machine is fed a message
or the name of a timer and the present instant, and says what to do. Instants and spans are seconds."""

from typing import Final

import msgspec

from voice.sip.fields import Via
from voice.sip.message import Request, Response

T1: Final = 0.5
"""An estimate of the round trip (§17.1.1.1)."""

T2: Final = 4.0
"""The longest pause between retransmissions of requests other than INVITE, and of responses to INVITE."""

T4: Final = 5.0
"""How long the network may hold a message."""

GIVE_UP: Final = 64 * T1
"""Timers B, D, F, H, J, L and M."""


class Send(msgspec.Struct, frozen=True):
    """Give the message to the transport."""

    message: Request | Response


class Pass(msgspec.Struct, frozen=True):
    """Give the message to the transaction's user."""

    message: Request | Response


class Arm(msgspec.Struct, frozen=True):
    """Feed the name `timer` at the instant `at`."""

    timer: str
    at: float


class Over(msgspec.Struct, frozen=True):
    """The machine is done and can be forgotten: "done", "timeout" (no answer, or no ACK) or "transport"."""

    why: str


Output = Send | Pass | Arm | Over

Key = tuple[str, ...]


def server_key(request: Request) -> Key:
    """What a request's transaction is found by (§17.2.3); an ACK finds its INVITE. Branches without the cookie are those of
    RFC 2543, where the fields of the request have to do."""
    via = request.vias[0]
    method = "INVITE" if request.method in ("ACK", "CANCEL") else request.method
    if via.branch.startswith("z9hG4bK"):
        return (via.branch, f"{via.host}:{via.port or 5060}", method)
    fields = (
        request.call_id,
        str(request.cseq),
        request.from_.tag,
        f"{via.host}:{via.port or 5060}{via.branch}",
    )
    return (*fields, request.uri.text, method)


def acknowledge(invite: Request, response: Response) -> Request:
    """The ACK for a final response other than 2xx: same branch, same route (§17.1.1.3)."""
    return Request(
        method="ACK", uri=invite.uri, cseq=invite.cseq, call_id=invite.call_id, from_=invite.from_, to=response.to,
        vias=invite.vias[:1], routes=invite.routes, max_forwards=70,
    )  # fmt: skip


def cancel(invite: Request) -> Request:
    """The CANCEL of an INVITE (§9.1)."""
    via: Via = invite.vias[0]
    return Request(
        method="CANCEL", uri=invite.uri, cseq=invite.cseq, call_id=invite.call_id, from_=invite.from_, to=invite.to,
        vias=(via,), routes=invite.routes, max_forwards=70,
    )  # fmt: skip


class InviteClient:
    """§17.1.1, figure 5, and RFC 6026 §7.2."""

    def __init__(self, request: Request, reliable: bool) -> None:
        self.request = request
        self.state = "calling"
        self._reliable = reliable
        self._pause = T1
        self._ack: Request | None = None

    def start(self, now: float) -> list[Output]:
        """To be called once."""
        arms: list[Output] = [] if self._reliable else [Arm("A", now + T1)]
        return [Send(self.request), Arm("B", now + GIVE_UP), *arms]

    def feed(self, what: Response | str, now: float) -> list[Output]:
        """A response from the wire, a timer, or "transport" for a message that could not be sent (§17.1.4)."""
        if isinstance(what, str):
            return self._timer(what, now)
        if what.status < 200:
            if self.state in ("calling", "proceeding"):
                self.state = "proceeding"
                return [Pass(what)]
            return []
        if what.status < 300:
            return self._accepted(what, now)
        return self._refused(what, now)

    def _accepted(self, response: Response, now: float) -> list[Output]:
        if self.state in ("calling", "proceeding"):
            self.state = "accepted"
            return [Pass(response), Arm("M", now + GIVE_UP)]
        return [Pass(response)] if self.state == "accepted" else []

    def _refused(self, response: Response, now: float) -> list[Output]:
        if self.state == "completed" and self._ack is not None:
            return [Send(self._ack)]
        if self.state not in ("calling", "proceeding"):
            return []
        self._ack = acknowledge(self.request, response)
        outputs: list[Output] = [Send(self._ack), Pass(response)]
        if self._reliable:
            self.state = "terminated"
            return [*outputs, Over("done")]
        self.state = "completed"
        return [*outputs, Arm("D", now + GIVE_UP)]

    def _timer(self, name: str, now: float) -> list[Output]:
        if name == "A" and self.state == "calling":
            self._pause *= 2
            return [Send(self.request), Arm("A", now + self._pause)]
        if name == "B" and self.state == "calling":
            self.state = "terminated"
            return [Over("timeout")]
        if name == "transport" and self.state in ("calling", "proceeding"):
            self.state = "terminated"
            return [Over("transport")]
        if (name, self.state) in (("D", "completed"), ("M", "accepted"), ("transport", "completed")):
            self.state = "terminated"
            return [Over("done")]
        return []


class OtherClient:
    """Requests other than INVITE: §17.1.2, figure 6."""

    def __init__(self, request: Request, reliable: bool) -> None:
        self.request = request
        self.state = "trying"
        self._reliable = reliable
        self._pause = T1

    def start(self, now: float) -> list[Output]:
        """To be called once."""
        arms: list[Output] = [] if self._reliable else [Arm("E", now + T1)]
        return [Send(self.request), Arm("F", now + GIVE_UP), *arms]

    def feed(self, what: Response | str, now: float) -> list[Output]:
        """A response from the wire, a timer, or "transport"."""
        if isinstance(what, str):
            return self._timer(what, now)
        if self.state not in ("trying", "proceeding"):
            return []
        if what.status < 200:
            self.state = "proceeding"
            return [Pass(what)]
        if self._reliable:
            self.state = "terminated"
            return [Pass(what), Over("done")]
        self.state = "completed"
        return [Pass(what), Arm("K", now + T4)]

    def _timer(self, name: str, now: float) -> list[Output]:
        waiting = self.state in ("trying", "proceeding")
        if name == "E" and waiting:
            self._pause = T2 if self.state == "proceeding" else min(2 * self._pause, T2)
            return [Send(self.request), Arm("E", now + self._pause)]
        if name in ("F", "transport") and waiting:
            self.state = "terminated"
            return [Over("timeout" if name == "F" else "transport")]
        if name == "K" and self.state == "completed":
            self.state = "terminated"
            return [Over("done")]
        return []


class InviteServer:
    """§17.2.1, figure 7, and RFC 6026 §7.1: after a 2xx, copies of the INVITE are taken up here and the user of the
    transaction repeats its response (§13.3.1.4)."""

    def __init__(self, request: Request, reliable: bool) -> None:
        self.request = request
        self.state = "proceeding"
        self._reliable = reliable
        self._pause = T1
        self.last: Response | None = None

    def start(self, now: float) -> list[Output]:
        """To be called once: the request goes to the user."""
        return [Pass(self.request)]

    def feed(self, what: Request | Response | str, now: float) -> list[Output]:
        """A copy of the INVITE or an ACK from the wire, a response of the user, a timer, or "transport"."""
        if isinstance(what, str):
            return self._timer(what, now)
        if isinstance(what, Request):
            return self._acked(what, now) if what.method == "ACK" else self._again()
        return self._respond(what, now)

    def _again(self) -> list[Output]:
        if self.state in ("proceeding", "completed") and self.last is not None:
            return [Send(self.last)]
        return []

    def _acked(self, ack: Request, now: float) -> list[Output]:
        if self.state == "accepted":
            return [Pass(ack)]
        if self.state != "completed":
            return []
        if self._reliable:
            self.state = "terminated"
            return [Over("done")]
        self.state = "confirmed"
        return [Arm("I", now + T4)]

    def _respond(self, response: Response, now: float) -> list[Output]:
        if self.state == "accepted" and response.status // 100 == 2:
            return [Send(response)]
        if self.state != "proceeding":
            return []
        self.last = response
        if response.status < 200:
            return [Send(response)]
        if response.status < 300:
            self.state = "accepted"
            return [Send(response), Arm("L", now + GIVE_UP)]
        self.state = "completed"
        arms: list[Output] = [] if self._reliable else [Arm("G", now + T1)]
        return [Send(response), Arm("H", now + GIVE_UP), *arms]

    def _timer(self, name: str, now: float) -> list[Output]:
        if name == "G" and self.state == "completed" and self.last is not None:
            self._pause = min(2 * self._pause, T2)
            return [Send(self.last), Arm("G", now + self._pause)]
        if name == "H" and self.state == "completed":
            self.state = "terminated"
            return [Over("timeout")]
        if (name, self.state) in (("I", "confirmed"), ("L", "accepted")):
            self.state = "terminated"
            return [Over("done")]
        return []


class OtherServer:
    """Requests other than INVITE: §17.2.2, figure 8."""

    def __init__(self, request: Request, reliable: bool) -> None:
        self.request = request
        self.state = "trying"
        self._reliable = reliable
        self.last: Response | None = None

    def start(self, now: float) -> list[Output]:
        """To be called once: the request goes to the user."""
        return [Pass(self.request)]

    def feed(self, what: Request | Response | str, now: float) -> list[Output]:
        """A copy of the request from the wire, a response of the user, a timer, or "transport"."""
        if isinstance(what, Request):
            return (
                [Send(self.last)]
                if self.last is not None and self.state in ("proceeding", "completed")
                else []
            )
        if isinstance(what, Response):
            return self._respond(what, now)
        if what == "J" and self.state == "completed":
            self.state = "terminated"
            return [Over("done")]
        return []

    def _respond(self, response: Response, now: float) -> list[Output]:
        if self.state not in ("trying", "proceeding"):
            return []
        self.last = response
        if response.status < 200:
            self.state = "proceeding"
            return [Send(response)]
        if self._reliable:
            self.state = "terminated"
            return [Send(response), Over("done")]
        self.state = "completed"
        return [Send(response), Arm("J", now + GIVE_UP)]


Client = InviteClient | OtherClient
Server = InviteServer | OtherServer
