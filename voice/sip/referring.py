"""Handing a call to a person: REFER and what NOTIFY says about it (RFC 3515, RFC 3892, RFC 4488)."""

from functools import partial

from voice.sip import bodies
from voice.sip.actions import Transferred
from voice.sip.calls import Call, Calls, Reference
from voice.sip.fields import Address, Uri
from voice.sip.layer import Layer
from voice.sip.message import Request, Response, response


class Referring:
    """Our REFERs. Those of others are not taken: nobody moves the bot."""

    def __init__(self, layer: Layer, calls: Calls) -> None:
        self._layer = layer
        self._calls = calls

    def refer(self, call: Call, target: Uri, seconds: float, now: float) -> None:
        """Asks the far side to call `target`. `Transferred` follows within `seconds`, and after "ok" our BYE."""
        if call.state != "talking" or call.reference is not None:
            self._calls.tell(call, Transferred("refused"))
            return
        reference = call.reference = Reference()
        referrer = Address(self._calls.contact(call.peer.transport).uri)
        other = (("Refer-To", Address(target).text), ("Referred-By", referrer.text))
        self._calls.request(call, "REFER", partial(self._replied, call, reference), now, other=other)
        call.timers.at(now + seconds, partial(self._over, call, reference, "timeout"))

    def _replied(self, call: Call, reference: Reference, what: Response | str, now: float) -> None:
        if isinstance(what, str):
            self._over(call, reference, "timeout", now)
        elif what.status >= 300:
            unknown = what.status in (405, 420, 501)
            self._over(call, reference, "unsupported" if unknown else "refused", now)
        elif what.status >= 200:
            reference.accepted = True
            if "false" in what.tokens(
                "Refer-Sub"
            ):  # RFC 4488 §4: no NOTIFY will come, the answer is all there is
                self._over(call, reference, "ok", now)

    def notified(self, call: Call, notify: Request, now: float) -> Response:
        """What became of it (RFC 3515 §2.4.4). Without a REFER of ours there is no subscription (RFC 6665 §4.1.3)."""
        reference = call.reference
        if "refer" not in notify.tokens("Event"):
            return response(notify, 489, other=(("Allow-Events", "refer"),))
        if reference is None:
            return response(notify, 481)
        status = bodies.status(notify)
        reference.accepted = True
        if status >= 200:
            call.timers.at(now, partial(self._over, call, reference, "ok" if status < 300 else "refused"))
        elif "terminated" in notify.tokens("Subscription-State"):
            call.timers.at(now, partial(self._over, call, reference, "timeout"))
        return response(notify, 200)

    def _over(self, call: Call, reference: Reference, result: str, now: float) -> None:
        if call.reference is not reference:
            return
        call.reference = None
        self._calls.tell(call, Transferred(result))
        if result == "ok":
            self._calls.bye(call, "transferred", now)
