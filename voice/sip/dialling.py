"""Calls of ours: the client's side of INVITE (RFC 3261 §§9.1, 13.2 and 22)."""

from functools import partial
from typing import Final

from msgspec.structs import replace

from voice.sip import bodies, dialogs, sdp
from voice.sip.actions import ALLOW, Info, Peer, Ringing
from voice.sip.calls import Call, Calls, proof, shown
from voice.sip.dialogs import Dialog
from voice.sip.digest import Answerer, Credentials
from voice.sip.fields import Address, Uri
from voice.sip.layer import Layer
from voice.sip.message import Fields, Request, Response
from voice.sip.timers import Group
from voice.sip.transactions import GIVE_UP

OUTCOMES: Final = {
    408: "no_answer", 480: "no_answer", 486: "busy", 487: "cancelled", 600: "busy", 603: "declined", 607: "declined",
}  # fmt: skip
"""What final answers mean to a person who waits; every other one is "refused"."""


def peer_of(uri: Uri) -> Peer:
    """Where a URI that we were given leads. Names are looked up by whoever sends; SRV records are not asked for."""
    tcp = (uri.param("transport") or "udp").lower() == "tcp"
    return Peer("tcp" if tcp else "udp", uri.address, uri.port or 5060)


class Dialling:
    """What is done to call somebody."""

    def __init__(self, layer: Layer, calls: Calls) -> None:
        self._layer = layer
        self._calls = calls

    def dial(
        self,
        target: Uri,
        media: sdp.Media,
        credentials: Credentials | None,
        seconds: float,
        caller: str,
        now: float,
    ) -> Call:
        """Sends the INVITE. After `seconds` without an answer it is cancelled."""
        tag, peer = self._layer.token(), peer_of(target)
        here = self._calls.contact(peer.transport)
        own = Uri("sip", caller or here.uri.user, target.host if credentials else here.uri.host)
        invite = Request(
            method="INVITE", uri=target, cseq=1, call_id=f"{self._layer.token()}@{here.uri.address}",
            from_=Address(own).tagged(tag), to=Address(Uri(target.scheme, target.user, target.host)), max_forwards=70,
            contacts=(here,),
        )  # fmt: skip
        info = Info(invite.call_id, own.user, shown(target))
        session = int(now * 1000) + 1
        call = Call(tag, info, peer, invite, "dialling", session, Group(self._layer.timers), media=media)
        if credentials:
            call.answerer = Answerer(credentials, self._layer.token)
        self._calls.add(call)
        _Attempt(self._layer, self._calls, call, ()).send(now)
        call.timers.at(now + seconds, partial(self._no_answer, call))
        return call

    def _no_answer(self, call: Call, now: float) -> None:
        if call.state == "dialling" and not call.leaving:
            self.cancel(call, "no_answer", now)

    def cancel(self, call: Call, reason: str, now: float) -> None:
        """Gives up. CANCEL may go only after a first answer (§9.1); until then the wish is kept."""
        self._calls.hang_up(call, reason)
        call.leaving = reason
        if call.early:
            self._layer.cancel(call.invite, call.peer, now)
        call.timers.at(now + GIVE_UP, partial(self._abandon, call))

    def _abandon(self, call: Call, _now: float) -> None:
        if call.state == "dialling":
            self._layer.abandon(call.invite)
            self._calls.end(call, call.leaving)


class _Attempt:
    """One INVITE of a call: the first, or the one that answers a challenge with `auth`."""

    def __init__(self, layer: Layer, calls: Calls, call: Call, auth: Fields) -> None:
        self._layer = layer
        self._calls = calls
        self._call = call
        self._auth = auth

    def send(self, now: float) -> None:
        """Sends it, with our offer."""
        call = self._call
        if call.media is None:
            return
        body = sdp.offer(call.media, call.session, call.version)
        other: Fields = (("Allow", ALLOW), ("Content-Type", sdp.TYPE), *self._auth)
        request = replace(call.invite, other=other, body=body, vias=())
        call.early = False
        call.invite = self._layer.request(request, call.peer, self._replied, now)

    def _replied(self, what: Response | str, now: float) -> None:
        call = self._call
        if isinstance(what, str):
            self._calls.end(call, "unreachable")
        elif what.status < 200:
            self._provisional(what, now)
        elif what.status < 300:
            self._established(what, now)
        elif not self._again(what, now):
            self._calls.end(call, OUTCOMES.get(what.status, "refused"), what.status)

    def _provisional(self, response: Response, now: float) -> None:
        call, first = self._call, not self._call.early
        call.early = True
        if call.leaving and first:
            self._layer.cancel(call.invite, call.peer, now)
        elif response.status >= 180:
            self._calls.tell(call, Ringing(response.status))

    def _again(self, response: Response, now: float) -> bool:
        """Answers a challenge, once (§22.2); a new INVITE with a higher CSeq."""
        call = self._call
        auth = () if self._auth or call.leaving else proof(call.answerer, response, "INVITE", call.invite.uri)
        if auth:
            call.invite = replace(call.invite, cseq=call.invite.cseq + 1)
            _Attempt(self._layer, self._calls, call, auth).send(now)
        return bool(auth)

    def _established(self, response: Response, now: float) -> None:
        """2xx: the first makes the dialog; a copy is acknowledged again; one of another fork is ended (§13.2.2.4)."""
        call = self._call
        if call.dialog is not None:
            same = call.dialog.remote.tag == response.to.tag
            dialog = call.dialog if same else dialogs.of_response(call.invite, response)
            self._calls.acknowledge(call, dialog, self._auth, now)
            if not same:
                self._end_fork(dialog, now)
            return
        call.dialog = dialogs.of_response(call.invite, response)
        call.state = "talking"
        self._calls.acknowledge(call, call.dialog, self._auth, now)
        found = bodies.session(response)
        agreed = (
            sdp.agree(found, call.media.codecs) if isinstance(found, sdp.Description) and call.media else None
        )
        if call.leaving:  # the answer crossed our CANCEL
            self._calls.bye(call, call.leaving, now)
        elif agreed is None:
            self._layer.refuse("nothing_common", call.peer, now)
            self._calls.bye(call, "failed", now)
        else:
            self._calls.settle(call, agreed)

    def _end_fork(self, dialog: Dialog, now: float) -> None:
        bye = dialogs.compose(dialog, "BYE")
        self._layer.request(bye, self._calls.hop(self._call, dialog), lambda _what, _now: None, now)
