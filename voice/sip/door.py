"""What is checked before a request is taken (RFC 3261 §8.2), and the answers that need no memory (§8.2.7)."""

import hmac
from typing import Final, Literal

from msgspec.structs import replace

from voice.sip import bodies, sdp
from voice.sip.actions import ALLOW, Peer, Settings
from voice.sip.answering import unusable
from voice.sip.calls import Calls
from voice.sip.digest import Verifier
from voice.sip.guard import Buckets
from voice.sip.layer import Layer
from voice.sip.message import Fields, Malformed, Request, Response, response

WITHIN_PER_SECOND: Final = 20.0
"""Requests that one call may send for long; a person presses five keys a second."""

WITHIN_BURST: Final = 60

METHODS: Final = frozenset(ALLOW.split(", "))


def reply_to(request: Request, source: Peer) -> Peer:
    """Where an answer goes (§18.2.2, RFC 3581 §4): back over the connection; over UDP to the address that the request came
    from, at the port it came from where `rport` asks for that, else at the port in Via."""
    via = request.vias[0]
    if source.transport != "udp" or via.param("rport") is not None:
        return source
    return Peer("udp", source.host, via.port or 5060)


class Door:
    """Refusals leave no state: the same request gets the same answer again, with the same tag."""

    def __init__(self, settings: Settings, layer: Layer, calls: Calls) -> None:
        self._settings = settings
        self._layer = layer
        self._calls = calls
        self._opened = Buckets(settings.calls_per_second, settings.burst)
        self._within = Buckets(WITHIN_PER_SECOND, WITHIN_BURST)
        self._secret = layer.token().encode()
        self._verifier = Verifier(settings.realm, settings.users, layer.token().encode(), layer.token)

    def tag(self, request: Request) -> str:
        """The tag of stateless answers, the same for every copy."""
        text = f"{request.call_id} {request.from_.tag} {request.cseq}"
        return hmac.new(self._secret, text.encode("utf-8", "surrogateescape"), "sha256").hexdigest()[:20]

    def own(self, ack: Request) -> bool:
        """Whether an ACK belongs to a refusal that left no state."""
        return hmac.compare_digest(ack.to.tag.encode("utf-8", "surrogateescape"), self.tag(ack).encode())

    def refuse(self, request: Request, answer: Response, reason: str, source: Peer, now: float) -> None:
        """Answers without state, counts and logs."""
        self._layer.refuse(reason, source, now)
        if not answer.to.tag:
            answer = replace(answer, to=answer.to.tagged(self.tag(request)))
        self._layer.send(answer, reply_to(request, source))

    def malformed(self, found: Malformed, source: Peer, now: float) -> None:
        """400 where it can be told whom to answer (§8.2, RFC 4475), within the source's rate; else nothing."""
        request = found.request
        if request is None or request.method == "ACK" or not self._opened.take(source.host, now):
            self._layer.refuse(f"malformed_{found.reason}", source, now)
            return
        via = request.vias[0].seen(source.host, source.port)
        request = replace(request, vias=(via, *request.vias[1:]))
        self.refuse(request, response(request, found.status), f"malformed_{found.reason}", source, now)

    # Requests outside of dialogs --------------------------------------------------------------------------------------

    def admits(self, request: Request, source: Peer, now: float) -> bool:
        """Whether a request that opens something is taken; else it was answered, or dropped where it comes too often."""
        if not self._opened.take(source.host, now):
            self._layer.refuse("rate", source, now)
            return False
        found = self._unproven(request, now) or self._unfit(request) or self._misplaced(request)
        if found is None:
            return True
        answer, reason = found
        self.refuse(request, answer, reason, source, now)
        return False

    def _unproven(self, request: Request, now: float) -> tuple[Response, str] | None:
        """Digest, where users are set (§22.2). A wrong password and an unknown user look alike."""
        if not self._settings.users:
            return None
        sent = request.each("Authorization")
        verdict = self._verifier.verify(sent[0], request.method, now) if sent else "unproven"
        if verdict == "ok":
            return None
        challenges = self._verifier.challenges(now, stale=verdict == "stale")
        other: Fields = tuple(("WWW-Authenticate", value) for value in challenges)
        return response(request, 401, other=other), f"digest_{verdict}"

    def _unfit(self, request: Request) -> tuple[Response, str] | None:
        """Method (§8.2.1) and Require (§8.2.2.3): nothing that can be required is known here."""
        if request.method not in METHODS:
            return response(request, 405, other=(("Allow", ALLOW),)), "method"
        if wanted := request.tokens("Require"):
            return response(request, 420, other=(("Unsupported", ", ".join(wanted)),)), "require"
        return None

    def _misplaced(self, request: Request) -> tuple[Response, str] | None:
        """Request-URI (§8.2.2.1): others' calls are not passed on, and nothing loops through here (§8.2.2.2)."""
        if request.uri.scheme not in ("sip", "sips", "tel"):
            return response(request, 416), "scheme"
        known = (*self._settings.hosts, self._settings.host)
        if self._settings.hosts and request.uri.scheme != "tel" and request.uri.address not in known:
            spent = request.max_forwards == 0
            return (response(request, 483), "hops") if spent else (response(request, 404), "host")
        if request.method == "NOTIFY" and "refer" not in request.tokens("Event"):
            return response(request, 489, other=(("Allow-Events", "refer"),)), "event"
        if request.method in ("BYE", "INFO", "NOTIFY"):
            return response(request, 481), "no_dialog"
        if request.method == "INVITE" and self._calls.merged(request):
            return response(request, 482), "merged"
        return None

    def offer(self, request: Request, source: Peer, now: float) -> sdp.Description | Literal[False] | None:
        """The offer of a call that there is room for, None where the offer is left to us; False: it was refused."""
        full = len(self._calls) >= self._settings.max_calls
        if full or self._layer.full:
            busy = response(request, 503, other=(("Retry-After", str(self._settings.retry_after)),))
            self.refuse(request, busy, "full" if full else "crowded", source, now)
            return False
        found = bodies.session(request)
        if isinstance(found, sdp.Unusable):
            self.refuse(request, unusable(request, found), found.reason, source, now)
            return False
        if found is not None and sdp.agree(found) is None:
            self.refuse(request, response(request, 488), "nothing_common", source, now)
            return False
        return found

    def capabilities(self, request: Request) -> Response:
        """The answer to OPTIONS (§11.2)."""
        other: Fields = (
            ("Allow", ALLOW),
            ("Accept", sdp.TYPE),
            ("Accept-Encoding", "identity"),
            ("Supported", ""),
        )
        return response(request, 200, tag=self.tag(request), other=other)

    # Requests within dialogs ------------------------------------------------------------------------------------------

    def fits(self, request: Request, call: str, source: Peer, now: float) -> bool:
        """Whether a request of a dialog is taken. A call has a rate of its own, so that one that goes mad does not fill the
        memory that others need; its BYE is always heard. Changes of the session count towards the source's rate too."""
        if request.method != "BYE" and not self._within.take(call, now):
            self._layer.refuse("rate_within", source, now)
            return False
        if request.method == "INVITE" and not self._opened.take(source.host, now):
            self._layer.refuse("rate", source, now)
            return False
        found = self._unfit(request)
        if found is None and self._layer.full:
            found = response(request, 503), "crowded"
        if found is not None:
            self.refuse(request, found[0], found[1], source, now)
        return found is None
