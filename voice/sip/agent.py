"""The user agent (RFC 3261 §8), pure: datagrams, stream bytes and instants go in, actions come out. It has no clock, no
socket and no chance of its own; every method gives what is to be done now, and `due` says when to call `tick`."""

import secrets
from collections import Counter
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from voice.sip import dialogs, sdp
from voice.sip.actions import Action, Close, Info, Peer, Registration, Send, Settings
from voice.sip.answering import Answering
from voice.sip.calls import Call, Calls
from voice.sip.dialling import Dialling
from voice.sip.digest import Credentials
from voice.sip.door import Door, reply_to
from voice.sip.fields import Uri
from voice.sip.framing import PING, PONG, Framer
from voice.sip.guard import Buckets, is_scanner
from voice.sip.layer import Layer
from voice.sip.message import Malformed, Request, Response, parse, response
from voice.sip.referring import Referring
from voice.sip.registering import Registering

MOST_CONNECTIONS: Final = 256
"""TCP connections at a time."""


class Agent:
    """One user agent. `token` gives unguessable words of letters and digits."""

    def __init__(self, settings: Settings, token: Callable[[], str] = lambda: secrets.token_hex(12)) -> None:
        self._layer = Layer(settings, token)
        self._calls = Calls(self._layer)
        self._door = Door(settings, self._layer, self._calls)
        self._answering = Answering(self._layer, self._calls)
        self._dialling = Dialling(self._layer, self._calls)
        self._referring = Referring(self._layer, self._calls)
        self._packets = Buckets(settings.packets_per_second, settings.packets_per_second)
        self._framers: dict[Peer, Framer] = {}
        self._registering: Registering | None = None

    @property
    def settings(self) -> Settings:
        """As they are in force."""
        return self._layer.settings

    def here(self, port: int) -> None:
        """The port that the sockets came by, where the settings left it open."""
        self._layer.settings = replace(self._layer.settings, port=port)

    @property
    def refused(self) -> Counter[str]:
        """What was refused, by reason."""
        return self._layer.refusals.counts

    @property
    def calls(self) -> int:
        """Calls that are not over."""
        return len(self._calls)

    @property
    def held(self) -> int:
        """Entries of all tables that the wire can fill."""
        return (
            len(self._layer)
            + len(self._layer.timers)
            + len(self._calls)
            + len(self._framers)
            + len(self._packets)
        )

    def uses(self, peer: Peer) -> bool:
        """Whether a call runs over this TCP connection."""
        return self._calls.uses(peer)

    # The wire ---------------------------------------------------------------------------------------------------------

    def datagram(self, data: bytes, source: Peer, now: float) -> list[Action]:
        """A UDP datagram came."""
        if source.host not in self._layer.networks:
            self._layer.refuse("source", source, now)
        elif self._heard(source, now) and data.strip(
            b"\r\n\0"
        ):  # empty lines keep a translator's entry alive (RFC 5626 §3.5.2)
            self._message(data, source, now)
        return self._taken()

    def opened(self, peer: Peer, now: float, *, ours: bool = False) -> bool:
        """A TCP connection is there; False: close it. One that we opened ourselves is welcome from wherever."""
        if not ours and peer.host not in self._layer.networks:
            self._layer.refuse("source", peer, now)
            return False
        if len(self._framers) >= MOST_CONNECTIONS:
            self._layer.refuse("connections", peer, now)
            return False
        self._framers[peer] = Framer()
        self._layer.connections.add(peer)
        return True

    def stream(self, data: bytes, source: Peer, now: float) -> list[Action]:
        """Bytes came over a TCP connection."""
        framer = self._framers.get(source)
        if framer is None:
            return self._taken()
        for message in framer.feed(data):
            if message == PING:
                self._layer.out.append(Send(PONG, source))
            elif self._heard(source, now):
                self._message(message, source, now)
        if framer.broken:
            self._layer.refuse(f"stream_{framer.broken}", source, now)
            self._forget(source)
            self._layer.out.append(Close(source))
        return self._taken()

    def closed(self, peer: Peer, _now: float) -> list[Action]:
        """A TCP connection is gone. What is sent later opens another (§18.2.2)."""
        self._forget(peer)
        return self._taken()

    def failed(self, peer: Peer, now: float) -> list[Action]:
        """Nothing can be sent to the peer."""
        self._layer.failed(peer, now)
        return self._taken()

    @property
    def due(self) -> float | None:
        """When `tick` is to be called next."""
        return self._layer.timers.due

    def tick(self, now: float) -> list[Action]:
        """Does what is due."""
        self._layer.timers.run(now)
        return self._taken()

    def _forget(self, peer: Peer) -> None:
        self._framers.pop(peer, None)
        self._layer.connections.discard(peer)

    def _taken(self) -> list[Action]:
        out, self._layer.out = self._layer.out, []
        return out

    def _heard(self, source: Peer, now: float) -> bool:
        """Whether the source has not sent more than anybody needs to. Who has gets no answer."""
        if self._packets.take(source.host, now):
            return True
        self._layer.refuse("packets", source, now)
        return False

    def _message(self, data: bytes, source: Peer, now: float) -> None:
        message = parse(data)
        if isinstance(message, Response):
            self._layer.responded(message, source, now)
        elif isinstance(message, Malformed):
            self._door.malformed(message, source, now)
        else:
            via = message.vias[0].seen(source.host, source.port)
            self._request(replace(message, vias=(via, *message.vias[1:])), source, now)

    # Requests ---------------------------------------------------------------------------------------------------------

    def _request(self, request: Request, source: Peer, now: float) -> None:
        if is_scanner(request):
            self._layer.refuse("scanner", source, now)
        elif request.method == "ACK":
            self._ack(request, source, now)
        elif request.method == "CANCEL":
            self._cancel(request, source, now)
        elif self._layer.known(request, now):
            pass  # a copy; its transaction has answered
        elif request.to.tag:
            self._within(request, source, now)
        else:
            self._outside(request, source, now)

    def _ack(self, ack: Request, source: Peer, now: float) -> None:
        """An ACK is never answered (§17)."""
        if self._layer.acked(ack, now):
            return
        if call := self._calls.find(ack):
            self._answering.acked(call, ack, now)
        elif not self._door.own(ack):
            self._layer.refuse("ack_unknown", source, now)

    def _cancel(self, cancel: Request, source: Peer, now: float) -> None:
        invite = self._layer.invite_of(cancel)
        if invite is None:
            self._door.refuse(cancel, response(cancel, 481), "cancel_unknown", source, now)
            return
        tag = next((call.id for call in self._calls.of(invite)), "") or self._layer.tag_of(invite)
        self._layer.send(response(cancel, 200, tag=tag), reply_to(cancel, source))
        self._answering.cancelled(invite, now)

    def _outside(self, request: Request, source: Peer, now: float) -> None:
        """Requests outside of dialogs: calls, and questions whether we are there."""
        if not self._door.admits(request, source, now):
            return
        if request.method == "OPTIONS":
            self._layer.send(self._door.capabilities(request), reply_to(request, source))
            return
        offered = self._door.offer(request, source, now)
        if offered is False:
            return
        self._layer.take(request, reply_to(request, source), now)
        self._answering.invite(request, source, offered, now)

    def _within(self, request: Request, source: Peer, now: float) -> None:
        """Requests of a dialog (§12.2.2)."""
        call = self._calls.find(request)
        if call is None:
            self._door.refuse(request, response(request, 481), "no_dialog", source, now)
        elif self._door.fits(request, call.id, source, now):
            self._layer.take(request, reply_to(request, source), now)
            self._serve(call, request, source, now)

    def _serve(self, call: Call, request: Request, source: Peer, now: float) -> None:
        if call.dialog is None or not dialogs.in_order(call.dialog, request):
            answer: Response | None = response(request, 500)
        elif request.method == "INVITE":
            answer = self._answering.again(call, request, source, now)
        elif request.method == "BYE":
            self._answering.ended(call, request, now)
            return
        elif request.method == "INFO":
            answer = self._answering.info(call, request)
        elif request.method == "NOTIFY":
            answer = self._referring.notified(call, request, now)
        else:
            answer = self._door.capabilities(request)
        if answer is not None:
            if answer.status >= 400:
                self._layer.refuse(f"within_{answer.status}", source, now)
            self._layer.respond(request, answer, now)

    # What the application wants ---------------------------------------------------------------------------------------

    def ring(self, handle: str, now: float) -> list[Action]:
        """Lets the caller hear that it rings."""
        if call := self._calls.get(handle):
            self._answering.ring(call, now)
        return self._taken()

    def answer(self, handle: str, media: sdp.Media, now: float) -> list[Action]:
        """Takes the call; `Answered` says what was agreed."""
        if call := self._calls.get(handle):
            self._answering.answer(call, media, now)
        return self._taken()

    def reject(self, handle: str, status: int, now: float) -> list[Action]:
        """Refuses the call with a status of 400 to 699."""
        if call := self._calls.get(handle):
            self._answering.reject(call, status if 400 <= status < 700 else 480, now)
        return self._taken()

    def dial(
        self,
        target: Uri,
        media: sdp.Media,
        now: float,
        *,
        credentials: Credentials | None = None,
        seconds: float = 60.0,
        caller: str = "",
    ) -> tuple[str, Info, list[Action]]:
        """Calls somebody; gives the call's handle and who calls whom."""
        call = self._dialling.dial(target, media, credentials, seconds, caller, now)
        return call.id, call.info, self._taken()

    def refer(self, handle: str, target: Uri, now: float, seconds: float = 60.0) -> list[Action]:
        """Hands the call to `target`; `Transferred` says what became of it."""
        if call := self._calls.get(handle):
            self._referring.refer(call, target, seconds, now)
        return self._taken()

    def bye(self, handle: str, now: float) -> list[Action]:
        """Ends the call, whatever state it is in."""
        call = self._calls.get(handle)
        if call is not None and not call.leaving:
            if call.state == "ringing":
                self._answering.reject(call, 480, now)
            elif call.state == "dialling":
                self._dialling.cancel(call, "cancelled", now)
            else:
                self._calls.bye(call, "us", now)
        return self._taken()

    def register(self, registration: Registration, now: float) -> list[Action]:
        """Registers, and again before it expires. Only one registration at a time."""
        self._registering = Registering(self._layer, self._calls, registration, now)
        return self._taken()

    def unregister(self, now: float) -> list[Action]:
        """Takes the registration back."""
        if self._registering is not None:
            self._registering.leave(now)
            self._registering = None
        return self._taken()
