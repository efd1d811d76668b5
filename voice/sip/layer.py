"""The transaction layer (RFC 3261 §§17 and 18): finds the machine a message belongs to, feeds it, and writes bytes for peers."""

from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from voice.sip import transactions
from voice.sip.actions import Action, Peer, Send, Settings
from voice.sip.fields import Via
from voice.sip.guard import Networks, Refusals
from voice.sip.message import Request, Response, write
from voice.sip.timers import Group, Timers
from voice.sip.transactions import Arm, Client, Key, Over, Pass, Server

MOST_TRANSACTIONS: Final = 4096
"""Server transactions that are held; a request beyond them is answered 503 without state."""

COOKIE: Final = "z9hG4bK"
"""Begins every branch (§8.1.1.7)."""

Reply = Callable[[Response | str, float], None]
"""Takes each response of a request, or "timeout" or "transport" where there will be none."""


class _Sent(msgspec.Struct, eq=False):
    key: tuple[str, str]
    machine: Client
    peer: Peer
    reply: Reply
    timers: Group


class _Taken(msgspec.Struct, eq=False):
    key: Key
    machine: Server
    peer: Peer
    timers: Group


class Layer:
    """Holds the transactions. Everything that is to be done gathers in `out`."""

    def __init__(self, settings: Settings, token: Callable[[], str]) -> None:
        self.settings = settings
        self.token = token
        self.out: list[Action] = []
        self.timers = Timers()
        self.refusals = Refusals()
        self.networks = Networks(settings.allowed)
        self.connections: set[Peer] = set()
        """TCP peers whose connection is open."""
        self._sent: dict[tuple[str, str], _Sent] = {}
        self._taken: dict[Key, _Taken] = {}

    def __len__(self) -> int:
        return len(self._sent) + len(self._taken)

    def refuse(self, reason: str, peer: Peer, now: float) -> None:
        """Counts a refusal and has it logged."""
        if told := self.refusals.add(reason, peer.host, now):
            self.out.append(told)

    def send(self, message: Request | Response, peer: Peer) -> None:
        """Without a transaction: ACK for 2xx, and answers that need no memory (§8.2.7)."""
        self.out.append(Send(write(message), peer))

    # Requests of ours -----------------------------------------------------------------------------------------------

    def via(self, peer: Peer) -> Via:
        """Our hop with a new branch; `rport` asks where we are seen (RFC 3581 §3)."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        parameters = (("branch", COOKIE + self.token()), ("rport", None))
        return Via(peer.transport.upper(), host, self.settings.port, parameters)

    def request(self, request: Request, peer: Peer, reply: Reply, now: float) -> Request:
        """Sends a request in a transaction of its own; gives it back with its Via."""
        request = msgspec.structs.replace(request, vias=(self.via(peer),))
        self._begin(request, peer, reply, now)
        return request

    def cancel(self, invite: Request, peer: Peer, now: float) -> None:
        """Sends the CANCEL of an INVITE, in the same direction and with the same branch (§9.1)."""
        self._begin(transactions.cancel(invite), peer, lambda _what, _now: None, now)

    def abandon(self, invite: Request) -> None:
        """Forgets an INVITE that was cancelled and never finally answered (§9.1)."""
        if sent := self._sent.pop((invite.vias[0].branch, "INVITE"), None):
            sent.timers.cancel()

    def _begin(self, request: Request, peer: Peer, reply: Reply, now: float) -> None:
        reliable = peer.transport != "udp"
        kind = transactions.InviteClient if request.method == "INVITE" else transactions.OtherClient
        machine: Client = kind(request, reliable)
        key = (request.vias[0].branch, request.method)
        sent = self._sent[key] = _Sent(key, machine, peer, reply, Group(self.timers))
        self._carry_out(sent, machine.start(now), now)

    def responded(self, response: Response, peer: Peer, now: float) -> None:
        """A response came in. One that answers nothing of ours is dropped (§18.1.2)."""
        sent = self._sent.get((response.vias[0].branch, response.method))
        if sent is None or len(response.vias) != 1:
            self.refuse("stray_response", peer, now)
        else:
            self._carry_out(sent, sent.machine.feed(response, now), now)

    def failed(self, peer: Peer, now: float) -> None:
        """Nothing can be sent to this peer (§17.1.4)."""
        for sent in [sent for sent in self._sent.values() if sent.peer == peer]:
            self._carry_out(sent, sent.machine.feed("transport", now), now)

    def _carry_out(self, sent: _Sent, outputs: list[transactions.Output], now: float) -> None:
        for output in outputs:
            if isinstance(output, transactions.Send):
                self.send(output.message, sent.peer)
            elif isinstance(output, Pass):
                if isinstance(output.message, Response):
                    sent.reply(output.message, now)
            elif isinstance(output, Arm):
                sent.timers.at(output.at, partial(self._sent_timer, sent, output.timer))
            else:
                self._sent.pop(sent.key, None)
                sent.timers.cancel()
                if output.why != "done":
                    sent.reply(output.why, now)

    def _sent_timer(self, sent: _Sent, timer: str, now: float) -> None:
        self._carry_out(sent, sent.machine.feed(timer, now), now)

    # Requests of others ---------------------------------------------------------------------------------------------

    @property
    def full(self) -> bool:
        """Whether no more requests can be taken into memory."""
        return len(self._taken) >= MOST_TRANSACTIONS

    def known(self, request: Request, now: float) -> bool:
        """Whether a request is a copy of one that was taken; then its machine answers. Not for ACK and CANCEL."""
        taken = self._taken.get(transactions.server_key(request))
        if taken is None:
            return False
        self._feed(taken, request, now)
        return True

    def acked(self, ack: Request, now: float) -> bool:
        """Whether an ACK ends the transaction of a refused INVITE (§17.1.1.3: the branch is the INVITE's)."""
        taken = self._taken.get(transactions.server_key(ack))
        if taken is None or taken.machine.state == "accepted":
            return False
        self._feed(taken, ack, now)
        return True

    def invite_of(self, cancel: Request) -> Request | None:
        """The INVITE that a CANCEL means, None where there is none (§9.2)."""
        taken = self._taken.get(transactions.server_key(cancel))
        return (
            taken.machine.request if taken is not None and taken.machine.request.method == "INVITE" else None
        )

    def tag_of(self, invite: Request) -> str:
        """The tag that a taken INVITE was last answered with, so that the CANCEL's answer has the same (§9.2)."""
        taken = self._taken.get(transactions.server_key(invite))
        last = taken.machine.last if taken else None
        return last.to.tag if last else ""

    def take(self, request: Request, peer: Peer, now: float) -> None:
        """Begins the transaction of a request; `respond` answers in it. `peer` is where answers go."""
        reliable = peer.transport != "udp"
        machine: Server
        if request.method == "INVITE":
            machine = transactions.InviteServer(request, reliable)
        else:  # nobody asks for this request again: what it carried need not be kept
            machine = transactions.OtherServer(msgspec.structs.replace(request, body=b"", other=()), reliable)
        machine.start(now)
        key = transactions.server_key(request)
        self._taken[key] = _Taken(key, machine, peer, Group(self.timers))

    def respond(self, request: Request, response: Response, now: float) -> None:
        """Answers a request that was taken."""
        if taken := self._taken.get(transactions.server_key(request)):
            self._feed(taken, response, now)

    def _feed(self, taken: _Taken, what: Request | Response | str, now: float) -> None:
        for output in taken.machine.feed(what, now):
            if isinstance(output, transactions.Send):
                self.send(output.message, taken.peer)
            elif isinstance(output, Arm):
                taken.timers.at(output.at, partial(self._taken_timer, taken, output.timer))
            elif isinstance(output, Over):
                self._taken.pop(taken.key, None)
                taken.timers.cancel()
                if output.why == "timeout":
                    self.refuse("refusal_not_acknowledged", taken.peer, now)

    def _taken_timer(self, taken: _Taken, timer: str, now: float) -> None:
        self._feed(taken, timer, now)
