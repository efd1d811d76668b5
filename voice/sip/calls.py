"""Calls and what all of them share: where requests go, authentication within a dialog, and the end."""

import msgspec

from voice.sip import dialogs, sdp
from voice.sip.actions import Answered, Changed, Event, Held, HungUp, Info, Peer, Tell, Transferred
from voice.sip.dialogs import Dialog
from voice.sip.digest import Answerer
from voice.sip.fields import Address, Uri
from voice.sip.layer import Layer, Reply
from voice.sip.message import Fields, Message, Request, Response
from voice.sip.timers import Group


class Waiting(msgspec.Struct, eq=False):
    """A 200 that is repeated until its ACK comes, or the instant `until` (§13.3.1.4). `offered`: the ACK has to bring the answer."""

    request: Request
    response: Response
    until: float
    pause: float
    offered: bool


class Reference(msgspec.Struct, eq=False):
    """A REFER of ours whose result is awaited; `accepted` once it was answered by 2xx."""

    accepted: bool = False


class Call(msgspec.Struct, eq=False):
    """One call. `id` is our tag; `peer` is where its messages come from, or where the INVITE of ours went; `hidden`: the
    peer sits behind an address translator, so that its Contact leads nowhere. `state`: "ringing" (they wait for our
    answer), "dialling" (we wait for theirs), "talking", "over". `leaving`: why we go as soon as we may; `early`: a first answer to our INVITE came; `told`: HungUp was told."""

    id: str
    info: Info
    peer: Peer
    invite: Request
    state: str
    session: int
    timers: Group
    hidden: bool = False
    dialog: Dialog | None = None
    offered: sdp.Description | None = None
    media: sdp.Media | None = None
    version: int = 1
    agreed: sdp.Agreed | None = None
    waiting: Waiting | None = None
    reference: Reference | None = None
    answerer: Answerer | None = None
    leaving: str = ""
    early: bool = False
    told: bool = False


def proof(answerer: Answerer | None, response: Response, method: str, uri: Uri) -> Fields:
    """The header that answers a challenge (§22.2, §22.3); () where it cannot be answered."""
    if answerer is None or response.status not in (401, 407):
        return ()
    asked, name = (
        ("WWW-Authenticate", "Authorization")
        if response.status == 401
        else ("Proxy-Authenticate", "Proxy-Authorization")
    )
    value = answerer.answer(response.each(asked), method, uri.text)
    return ((name, value),) if value else ()


def shown(uri: Uri) -> str:
    """Number or user of a URI, as far as it can be shown: printable, 64 characters at most."""
    text = uri.user.partition(";")[0].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(char for char in text if char.isprintable())[:64]


class Calls:
    """The table of calls, by handle."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._calls: dict[str, Call] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, call: Call) -> None:
        """A new call."""
        self._calls[call.id] = call

    def get(self, handle: str) -> Call | None:
        """The call with this handle, None once it is over."""
        return self._calls.get(handle)

    def find(self, message: Message) -> Call | None:
        """The call whose dialog a request from outside belongs to (§12.2.2): Call-ID and both tags."""
        call = self._calls.get(message.to.tag)
        if call is None or call.dialog is None or call.dialog.call_id != message.call_id:
            return None
        return call if call.dialog.remote.tag == message.from_.tag else None

    def of(self, invite: Request) -> list[Call]:
        """The calls, one at most, that this INVITE opened."""
        return [call for call in self._calls.values() if call.invite is invite]

    def merged(self, request: Request) -> bool:
        """Whether this request came before by another way (§8.2.2.2)."""
        return any(
            not call.invite.to.tag and call.invite.call_id == request.call_id and call.invite.cseq == request.cseq
            and call.invite.from_.tag == request.from_.tag and call.invite.method == request.method
            for call in self._calls.values()
        )  # fmt: skip

    def uses(self, peer: Peer) -> bool:
        """Whether a call runs over this connection."""
        return any(call.peer == peer for call in self._calls.values())

    def contact(self, transport: str) -> Address:
        """Where we are reached by UDP or TCP (§8.1.1.8)."""
        settings = self._layer.settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        tail = (("transport", "tcp"),) if transport == "tcp" else ()
        return Address(Uri("sip", settings.user, host, settings.port, tail))

    def tell(self, call: Call, event: Event) -> None:
        """Reports an event of a call; none comes after HungUp."""
        if not call.told:
            self._layer.out.append(Tell(call.id, event))

    def settle(self, call: Call, agreed: sdp.Agreed) -> None:
        """What offer and answer came to: tells the first, and then what changed."""
        before, call.agreed = call.agreed, agreed
        if before is None:
            self.tell(call, Answered(agreed))
        elif before != agreed:
            self.tell(call, Changed(agreed))
        was_held = before is not None and not before.sends
        if was_held != (not agreed.sends):
            self.tell(call, Held(not was_held))

    # The end ----------------------------------------------------------------------------------------------------------

    def hang_up(self, call: Call, reason: str, status: int = 0) -> None:
        """Tells that a call is over, once; a REFER that is still open comes to its end first."""
        if call.reference is not None:
            moved = (
                call.reference.accepted and reason == "caller"
            )  # the exchange took the call over, and ended our leg
            self.tell(call, Transferred("ok" if moved else "refused"))
            reason = "transferred" if moved else reason
            call.reference = None
        self.tell(call, HungUp(reason, status))
        call.told = True

    def end(self, call: Call, reason: str, status: int = 0) -> None:
        """Tells and forgets."""
        self.hang_up(call, reason, status)
        call.state, call.waiting = "over", None
        call.timers.cancel()
        self._calls.pop(call.id, None)

    def bye(self, call: Call, reason: str, now: float) -> None:
        """Ends a call that is established. While our 200 waits for its ACK no BYE may be sent (§15): it goes after that."""
        self.hang_up(call, reason)
        if call.waiting is not None:
            call.leaving = reason
            return
        if call.state == "talking":
            self.request(call, "BYE", lambda _what, _now: None, now)
        self.end(call, reason)

    # Requests within the dialog ---------------------------------------------------------------------------------------

    def hop(self, call: Call, dialog: Dialog) -> Peer:
        """Where a request of the dialog goes. Strangers write Contact and Record-Route: only the host that the call came
        from and those of the allow-list are spoken to, and no names are looked up; else the address that the call came
        from has to do. A TCP connection that is open is used (RFC 5923 §5)."""
        uri = dialogs.next_hop(dialog)
        if call.hidden or (call.peer in self._layer.connections and not dialog.routes):
            return call.peer
        if uri.scheme != "sip" or not (
            uri.address == call.peer.host or self._layer.networks.name(uri.address)
        ):
            return call.peer
        transport = (uri.param("transport") or "udp").lower()
        if transport not in ("udp", "tcp"):
            transport = call.peer.transport
        return Peer(transport, uri.address, uri.port or 5060)

    def request(
        self, call: Call, method: str, reply: Reply, now: float, *, other: Fields = (), auth: Fields = ()
    ) -> None:
        """Sends a request in the call's dialog; a challenge is answered once where there are credentials."""
        if call.dialog is None:
            return
        peer = self.hop(call, call.dialog)
        contact = self.contact(peer.transport) if method == "REFER" else None
        request = dialogs.compose(call.dialog, method, contact=contact, other=(*other, *auth))

        def answered(what: Response | str, now: float) -> None:
            again = () if auth or isinstance(what, str) else proof(call.answerer, what, method, request.uri)
            if again:
                self.request(call, method, reply, now, other=other, auth=again)
            else:
                reply(what, now)

        self._layer.request(request, peer, answered, now)

    def acknowledge(self, call: Call, dialog: Dialog, auth: Fields, now: float) -> None:
        """Sends the ACK for a 2xx, a transaction of its own (§13.2.2.4) with the INVITE's credentials (§22.1)."""
        peer = self.hop(call, dialog)
        ack = dialogs.compose(dialog, "ACK", cseq=call.invite.cseq, other=auth)
        self._layer.send(msgspec.structs.replace(ack, vias=(self._layer.via(peer),)), peer)
