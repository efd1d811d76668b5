"""Calls that come in, and changes of calls from outside: the server's side of INVITE (RFC 3261 §§13.3, 14.2 and 15)."""

from functools import partial

from voice.sip import bodies, dialogs, sdp
from voice.sip.actions import ALLOW, Digit, Incoming, Info, Peer
from voice.sip.calls import Call, Calls, Waiting, shown
from voice.sip.layer import Layer
from voice.sip.message import Fields, Request, Response, response
from voice.sip.timers import Group
from voice.sip.transactions import GIVE_UP, T1, T2

WITH_SDP: Fields = (("Content-Type", sdp.TYPE), ("Allow", ALLOW))


class Answering:
    """What is done with INVITE, ACK, CANCEL, BYE and INFO of others."""

    def __init__(self, layer: Layer, calls: Calls) -> None:
        self._layer = layer
        self._calls = calls

    def invite(self, request: Request, source: Peer, offered: sdp.Description | None, now: float) -> None:
        """A new call whose request was found fit and whose transaction has begun."""
        tag = self._layer.token()
        called = request.uri if request.uri.user else request.to.uri
        info = Info(request.call_id, shown(request.from_.uri), shown(called), _attributes(request))
        call = Call(
            tag, info, source, request, "ringing", int(now * 1000) + 1, Group(self._layer.timers),
            hidden=_hidden(request, source), dialog=dialogs.of_request(request, tag), offered=offered,
        )  # fmt: skip
        self._calls.add(call)
        self._layer.respond(request, response(request, 100), now)
        self._calls.tell(call, Incoming(info, sdp.agree(offered) if offered else None))
        call.timers.at(now + self._layer.settings.ring_seconds, partial(self._unanswered, call))

    def _unanswered(self, call: Call, now: float) -> None:
        if call.state == "ringing":
            self._layer.refuse("not_answered", call.peer, now)
            self._refuse(call, 480, "timeout", now)

    # What we decide -------------------------------------------------------------------------------------------------

    def ring(self, call: Call, now: float) -> None:
        """180."""
        if call.state == "ringing":
            ringing = response(
                call.invite, 180, tag=call.id, contacts=(self._calls.contact(call.peer.transport),)
            )
            self._layer.respond(call.invite, ringing, now)

    def answer(self, call: Call, media: sdp.Media, now: float) -> None:
        """200 with our answer, or with an offer where they left it to us (§13.2.1); 488 where nothing is common."""
        if call.state != "ringing":
            return
        call.media = media
        found = self._answer(call, call.offered)
        if found is None:
            self._layer.refuse("nothing_common", call.peer, now)
            self._refuse(call, 488, "failed", now)
            return
        body, agreed = found
        call.state = "talking"
        self._accept(call, call.invite, body, agreed is None, now)
        if agreed is not None:
            self._calls.settle(call, agreed)

    def _answer(self, call: Call, offered: sdp.Description | None) -> tuple[bytes, sdp.Agreed | None] | None:
        if call.media is None:
            return None
        if offered is None:
            return sdp.offer(call.media, call.session, call.version), None
        return sdp.answer(offered, call.media, call.session, call.version)

    def reject(self, call: Call, status: int, now: float) -> None:
        """A final answer of 400 to 699."""
        if call.state == "ringing":
            self._refuse(call, status, "us", now)

    def _refuse(self, call: Call, status: int, reason: str, now: float) -> None:
        other: Fields = (("Retry-After", str(self._layer.settings.retry_after)),) if status == 503 else ()
        self._layer.respond(call.invite, response(call.invite, status, tag=call.id, other=other), now)
        self._calls.end(call, reason, status)

    def _accept(self, call: Call, request: Request, body: bytes, offered: bool, now: float) -> None:
        """Sends a 200 and repeats it until the ACK comes, also over TCP: a hop further on may be UDP (§13.3.1.4)."""
        contacts = (self._calls.contact(call.peer.transport),)
        accepted = response(request, 200, tag=call.id, contacts=contacts, other=WITH_SDP, body=body)
        call.waiting = Waiting(request, accepted, now + GIVE_UP, T1, offered)
        self._layer.respond(request, accepted, now)
        call.timers.at(now + T1, partial(self._repeat, call, call.waiting))

    def _repeat(self, call: Call, waiting: Waiting, now: float) -> None:
        if call.waiting is not waiting:
            return
        if now >= waiting.until:
            self._layer.refuse("no_ack", call.peer, now)
            call.waiting = None
            self._calls.bye(call, "no_ack", now)
            return
        self._layer.respond(waiting.request, waiting.response, now)
        waiting.pause = min(2 * waiting.pause, T2)
        call.timers.at(min(now + waiting.pause, waiting.until), partial(self._repeat, call, waiting))

    # What they decide -----------------------------------------------------------------------------------------------

    def acked(self, call: Call, ack: Request, now: float) -> None:
        """The ACK of a 200, with the answer where the offer was ours."""
        waiting = call.waiting
        if waiting is None or ack.cseq != waiting.request.cseq:
            return
        call.waiting = None
        if call.leaving:
            self._calls.bye(call, call.leaving, now)
        elif waiting.offered:
            found = bodies.session(ack)
            agreed = (
                sdp.agree(found, call.media.codecs)
                if isinstance(found, sdp.Description) and call.media
                else None
            )
            if agreed is None:
                self._layer.refuse("nothing_common", call.peer, now)
                self._calls.bye(call, "failed", now)
            else:
                self._calls.settle(call, agreed)

    def cancelled(self, invite: Request, now: float) -> None:
        """CANCEL of an INVITE that is not answered: 487 (§9.2)."""
        for call in self._calls.of(invite):
            if call.state == "ringing":
                self._refuse(call, 487, "caller", now)

    def ended(self, call: Call, bye: Request, now: float) -> None:
        """BYE (§15.1.2). One that comes before the answer also ends the INVITE, by 487."""
        self._layer.respond(bye, response(bye, 200), now)
        if call.state == "ringing":
            self._layer.respond(call.invite, response(call.invite, 487, tag=call.id), now)
        self._calls.end(call, "caller")

    def again(self, call: Call, request: Request, source: Peer, now: float) -> Response | None:
        """Re-INVITE (§14.2): hold, another codec, another address. Gives the refusal, and then nothing has changed."""
        if call.waiting is not None or call.state != "talking":
            pause = str(1 + len(request.call_id) % 10)  # "between 0 and 10 seconds", without asking chance
            return response(request, 500, other=(("Retry-After", pause),))
        found = bodies.session(request)
        if isinstance(found, sdp.Unusable):
            return unusable(request, found)
        call.version += 1
        made = self._answer(call, found)
        if made is None:
            return response(request, 488)
        if call.dialog is not None:
            dialogs.refresh(call.dialog, request)
        call.peer, call.hidden = source, _hidden(request, source)
        body, agreed = made
        self._accept(call, request, body, agreed is None, now)
        if agreed is not None:
            self._calls.settle(call, agreed)
        return None

    def info(self, call: Call, request: Request) -> Response:
        """A key (RFC 6086 leaves these old uses alone), or a keep-alive; 415 for other kinds."""
        key = bodies.key(request)
        if key is None:
            return response(request, 415, other=(("Accept", f"{bodies.RELAY}, {bodies.DTMF}"),))
        if key:
            self._calls.tell(call, Digit(key))
        return response(request, 200)


def unusable(request: Request, found: sdp.Unusable, tag: str = "") -> Response:
    """415 for a body of another kind (§8.2.3), 400 for a description that cannot be read."""
    if found.reason == "media_type":
        other: Fields = (("Accept", sdp.TYPE), ("Accept-Encoding", "identity"))
        return response(request, 415, tag=tag, other=other)
    return response(request, 400, tag=tag)


def _hidden(request: Request, source: Peer) -> bool:
    """Whether the nearest hop's own address is not the one that it is seen at."""
    return request.vias[0].host.strip("[]") != source.host


_PASSED_ON = ("Diversion", "History-Info", "P-Asserted-Identity", "User-Agent", "Geolocation")


def _attributes(request: Request) -> dict[str, str]:
    """Headers that a switchboard may want to know, cut to 256 characters."""
    found = {name.lower(): request.header(name)[:256] for name in _PASSED_ON}
    return {name: value.encode("utf-8", "replace").decode() for name, value in found.items() if value}
