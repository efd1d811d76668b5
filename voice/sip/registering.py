"""Telling a registrar where we are (RFC 3261 §10.2), again before it forgets, and again after a failure."""

from functools import partial
from typing import Final

from msgspec.structs import replace

from voice.sip.actions import Peer, Registered, Registration
from voice.sip.calls import Calls, proof
from voice.sip.dialling import peer_of
from voice.sip.digest import Answerer
from voice.sip.fields import Address, Bad, Uri, number
from voice.sip.layer import Layer
from voice.sip.message import Request, Response

RETRY_SECONDS: Final = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0)
"""Pauses after failures in a row."""

LONGEST_SECONDS: Final = 86_400
"""Whatever a registrar says, we come back within a day."""


class Registering:
    """One registration."""

    def __init__(self, layer: Layer, calls: Calls, registration: Registration, now: float) -> None:
        self._layer = layer
        self._calls = calls
        self._peer: Peer = peer_of(registration.registrar)
        self._seconds = registration.seconds
        self._answerer = Answerer(registration.credentials, layer.token)
        self._failures = 0
        self._round = 0
        self._leaving = False
        self._challenge: Response | None = None
        contact = calls.contact(self._peer.transport)
        self._contact = replace(contact, uri=replace(contact.uri, user=registration.user))
        domain = Uri("sip", "", registration.registrar.host, registration.registrar.port)
        own = Address(replace(domain, user=registration.user, port=None))
        self._request = Request(
            method="REGISTER",
            uri=domain,
            cseq=0,
            call_id=layer.token(),
            from_=own.tagged(layer.token()),
            to=own,
            max_forwards=70,
        )
        self._send(now)

    def leave(self, now: float) -> None:
        """Takes the registration back (§10.2.2)."""
        self._leaving = True
        self._send(now)

    def _send(self, now: float, tries: int = 0) -> None:
        """All REGISTERs have one Call-ID and rising CSeqs (§10.2). The last challenge is answered again without being asked,
        as long as its nonce is good (RFC 7616 §3.3)."""
        self._round += 1
        seconds = 0 if self._leaving else self._seconds
        auth = (
            proof(self._answerer, self._challenge, "REGISTER", self._request.uri) if self._challenge else ()
        )
        self._request = replace(
            self._request,
            cseq=self._request.cseq + 1,
            contacts=(self._contact,),
            other=(("Expires", str(seconds)), *auth),
        )
        self._layer.request(self._request, self._peer, partial(self._replied, self._round, tries), now)

    def _replied(self, turn: int, tries: int, what: Response | str, now: float) -> None:
        if turn != self._round:
            return
        if isinstance(what, str):
            self._failed(0, now)
        elif what.status in (401, 407):
            self._challenged(what, tries, now)
        elif what.status >= 300:
            if not self._longer(what, now):
                self._failed(what.status, now)
        elif what.status >= 200:
            self._registered(what, now)

    def _challenged(self, response: Response, tries: int, now: float) -> None:
        """A new challenge is answered; once more where the answer was right and its nonce over."""
        again = tries == 0 or (tries == 1 and _stale(response))
        self._challenge = response if again else None
        if again and proof(self._answerer, response, "REGISTER", self._request.uri):
            self._send(now, tries + 1)
        else:
            self._failed(response.status, now)

    def _longer(self, response: Response, now: float) -> bool:
        """423 names the shortest time that the registrar takes (§10.2.8)."""
        wanted = _number(response.header("Min-Expires"))
        if response.status != 423 or not self._seconds < wanted <= LONGEST_SECONDS:
            return False
        self._seconds = wanted
        self._send(now)
        return True

    def _registered(self, response: Response, now: float) -> None:
        self._failures = 0
        if self._leaving:
            return
        granted = float(self._granted(response))
        self._layer.out.append(Registered(True, response.status, granted))
        self._later(max(granted - min(30.0, granted / 2), 1.0), now)

    def _granted(self, response: Response) -> int:
        """Our Contact's own time goes before Expires (§10.2.4)."""
        own = self._contact.uri
        for contact in response.contacts:
            seconds = _number(contact.param("expires") or "")
            if seconds and (contact.uri.user, contact.uri.host) == (own.user, own.host):
                return seconds
        return _number(response.header("Expires")) or self._seconds

    def _failed(self, status: int, now: float) -> None:
        if self._leaving:
            return
        self._layer.out.append(Registered(False, status, 0.0))
        pause = RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)]
        self._failures += 1
        self._later(pause, now)

    def _later(self, seconds: float, now: float) -> None:
        turn = self._round

        def rang(now: float) -> None:
            if turn == self._round:
                self._send(now)

        self._layer.timers.at(now + seconds, rang)


def _stale(response: Response) -> bool:
    """Whether the nonce was over, so that the password is not what is wrong (RFC 7616 §3.3)."""
    return any("stale=true" in text.lower().replace(" ", "") for text in response.each("WWW-Authenticate"))


def _number(text: str) -> int:
    try:
        return number(text.strip(), LONGEST_SECONDS)
    except Bad:
        return 0
