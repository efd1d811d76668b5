"""A network of user agents without sockets, whose time a test moves; and SIP as others write it."""

import heapq
import itertools
from collections.abc import Callable, Iterator

import hypothesis

from voice.sip.actions import Action, Close, Event, Peer, Refused, Registered, Send, Settings, Tell
from voice.sip.agent import Agent
from voice.sip.message import Request, Response, parse
from voice.sip.sdp import Media

LATENCY = 0.01
PATIENT = hypothesis.settings(deadline=None)  # a busy machine is no failure
HERE = Peer("udp", "192.0.2.1", 5060)
THERE = Peer("udp", "192.0.2.2", 5060)
OUR_MEDIA = Media("192.0.2.1", 4000)
THEIR_MEDIA = Media("192.0.2.2", 6000)

OFFER = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0 8 101\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n"
)
UNKNOWN_CODEC = OFFER.replace("RTP/AVP 0 8 101", "RTP/AVP 18")


def tokens(prefix: str) -> Callable[[], str]:
    """Words that are the same in every run."""
    numbers = itertools.count(1)
    return lambda: f"{prefix}{next(numbers):04d}"


class Net:
    """Agents by address. `loses` is asked for every message, by its number and bytes, whether it is lost."""

    def __init__(self, loses: Callable[[int, bytes], bool] = lambda _number, _data: False) -> None:
        self.now = 1000.0
        self.agents: dict[Peer, Agent] = {}
        self.events: dict[Peer, list[tuple[str, Event]]] = {}
        self.registered: list[Registered] = []
        self.logged: list[str] = []
        """Reasons that became a line in the log."""
        self.seen: list[tuple[Peer, Request | Response]] = []
        """Every message that was sent, with who it was for."""
        self._loses = loses
        self._numbers = itertools.count()
        self._moving: list[tuple[float, int, Peer, Peer, bytes]] = []

    def add(self, place: Peer, **settings: object) -> Agent:
        """An agent at this address, for UDP and TCP."""
        agent = Agent(Settings(place.host, place.port, **settings), tokens(f"t{place.host[-1]}"))  # type: ignore[arg-type]
        self.agents[place] = agent
        self.events[place] = []
        return agent

    def do(self, place: Peer, actions: list[Action]) -> None:
        """Carries out what an agent wants."""
        for action in actions:
            if isinstance(action, Send):
                self._send(place, action)
            elif isinstance(action, Tell):
                self.events[place].append((action.call, action.event))
            elif isinstance(action, Registered):
                self.registered.append(action)
            elif isinstance(action, Refused):
                self.logged.append(action.reason)
            else:
                assert isinstance(action, Close)

    def _send(self, place: Peer, send: Send) -> None:
        number = next(self._numbers)
        if isinstance(message := parse(send.data), Request | Response):
            self.seen.append((send.peer, message))
        if not self._loses(number, send.data):
            source = Peer(send.peer.transport, place.host, place.port)
            heapq.heappush(self._moving, (self.now + LATENCY, number, source, send.peer, send.data))

    def run(self, seconds: float) -> None:
        """Lets so much time pass."""
        end = self.now + seconds
        while (moment := self._next()) is not None and moment <= end:
            self.now = max(self.now, moment)
            for place, agent in self.agents.items():
                if agent.due is not None and agent.due <= self.now:
                    self.do(place, agent.tick(self.now))
            while self._moving and self._moving[0][0] <= self.now:
                self._deliver(*heapq.heappop(self._moving)[2:])
        self.now = end

    def _next(self) -> float | None:
        moments = [agent.due for agent in self.agents.values() if agent.due is not None]
        moments += [self._moving[0][0]] if self._moving else []
        return min(moments, default=None)

    def _deliver(self, source: Peer, target: Peer, data: bytes) -> None:
        place = Peer("udp", target.host, target.port)
        if (agent := self.agents.get(place)) is None:
            return
        if target.transport == "udp":
            self.do(place, agent.datagram(data, source, self.now))
            return
        agent.opened(source, self.now)
        self.agents[Peer("udp", source.host, source.port)].opened(target, self.now, ours=True)
        for at in range(0, len(data), 100):  # a stream comes in pieces
            self.do(place, agent.stream(data[at : at + 100], source, self.now))

    def told(self, place: Peer) -> list[Event]:
        """Events of all calls of an agent."""
        return [event for _, event in self.events[place]]

    def methods(self, target: Peer) -> list[str]:
        """Requests' methods and responses' statuses that went to an address."""
        return [
            line(message)
            for peer, message in self.seen
            if (peer.host, peer.port) == (target.host, target.port)
        ]


def line(message: Request | Response) -> str:
    """`INVITE`, or `200 INVITE`."""
    return message.method if isinstance(message, Request) else f"{message.status} {message.method}"


def written(
    method: str,
    *,
    uri: str = "sip:bot@192.0.2.1",
    branch: str = "z9hG4bKb1",
    cseq: int = 1,
    call_id: str = "c1@there",
    to_tag: str = "",
    from_tag: str = "there",
    via: str = "192.0.2.2:5060",
    transport: str = "UDP",
    headers: str = "",
    body: str = "",
) -> bytes:
    """A request as somebody else would write it."""
    kind = "Content-Type: application/sdp\r\n" if body.startswith("v=") else ""
    tag = f";tag={to_tag}" if to_tag else ""
    return (
        f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{transport} {via};branch={branch};rport\r\nMax-Forwards: 70\r\n"
        f"From: <sip:13800001111@192.0.2.2>;tag={from_tag}\r\nTo: <sip:bot@192.0.2.1>{tag}\r\nCall-ID: {call_id}\r\n"
        f"CSeq: {cseq} {method}\r\nContact: <sip:13800001111@192.0.2.2:5060>\r\n{headers}{kind}"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def sent(actions: list[Action]) -> list[Request | Response]:
    """The messages among the actions."""
    return list(_messages(actions))


def _messages(actions: list[Action]) -> Iterator[Request | Response]:
    for action in actions:
        if isinstance(action, Send):
            message = parse(action.data)
            assert isinstance(message, Request | Response), message
            yield message


def lines(actions: list[Action]) -> list[str]:
    """`line` of each message among the actions."""
    return [line(message) for message in sent(actions)]


def events(actions: list[Action]) -> list[Event]:
    """The events among the actions."""
    return [action.event for action in actions if isinstance(action, Tell)]
