"""UDP and TCP sockets for the endpoint (RFC 3261 §18): bytes in, bytes out, nothing of the protocol."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from typing import Any, Final, Protocol, cast

import structlog

from voice.sip.actions import Action, Peer
from voice.sip.agent import Agent

IDLE_SECONDS: Final = 120.0
"""A TCP connection over which nothing came for so long is closed, unless a call runs over it."""

MOST_WAITING: Final = 262_144
"""Bytes that may wait for a slow TCP peer before its connection is cut."""

CONNECT_SECONDS: Final = 8.0
PORT_TRIES: Final = 20

_log = structlog.get_logger()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def way_out(address: str) -> str:
    """The address of this machine that others see, where `address` is a wildcard; no packet is sent. Raises OSError."""
    if address not in ("0.0.0.0", "::"):
        return address
    version, elsewhere = (socket.AF_INET6, "2001:db8::1") if ":" in address else (socket.AF_INET, "192.0.2.1")
    with socket.socket(version, socket.SOCK_DGRAM) as probe:
        probe.connect((elsewhere, 9))
        return str(probe.getsockname()[0])


class Owner(Protocol):
    """What the sockets need of the endpoint."""

    def act(self, what: Callable[[Agent, float], list[Action]]) -> None:
        """Has the agent do something."""

    def accepts(self, peer: Peer, *, ours: bool) -> bool:
        """Whether a connection may stay."""

    def spawn(self, work: Any) -> None:
        """Runs a coroutine in the background."""


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    def datagram_received(self, data: bytes, address: tuple[str, int] | Any) -> None:
        peer = Peer("udp", str(address[0]), int(address[1]))
        self._owner.act(lambda agent, now: agent.datagram(data, peer, now))

    def error_received(self, exc: Exception) -> None:
        """An ICMP error tells nothing about which message it was for: retransmission and time decide."""
        _log.debug("sip_udp_error", error=type(exc).__name__)


class _Connection(asyncio.Protocol):
    """One TCP connection, accepted or (`peer` given) opened by us."""

    def __init__(self, sockets: "Sockets", owner: Owner, peer: Peer | None = None) -> None:
        self._sockets = sockets
        self._owner = owner
        self._ours = peer is not None
        self._idle: asyncio.TimerHandle | None = None
        self.peer = peer or Peer("tcp", "", 0)
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=MOST_WAITING)
        if not self._ours:
            address = transport.get_extra_info("peername")
            self.peer = Peer("tcp", str(address[0]), int(address[1]))
        if self._owner.accepts(self.peer, ours=self._ours):
            self._sockets.connections[self.peer] = self
            self._watch()
        else:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        self._watch()
        self._owner.act(lambda agent, now: agent.stream(data, self.peer, now))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if self._sockets.connections.get(self.peer) is self:
            del self._sockets.connections[self.peer]
            self._owner.act(lambda agent, now: agent.closed(self.peer, now))

    def write(self, data: bytes) -> None:
        """Sends, or cuts a peer that does not read."""
        if self.transport is None:
            return
        if self.transport.get_write_buffer_size() > MOST_WAITING:
            self.transport.abort()
        else:
            self.transport.write(data)

    def _watch(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._silent)

    def _silent(self) -> None:
        if self._sockets.in_use(self.peer):
            self._watch()
        elif self.transport is not None:
            self.transport.close()


class Sockets:
    """The listeners, and the connections by peer."""

    def __init__(self, owner: Owner, in_use: Callable[[Peer], bool]) -> None:
        self._owner = owner
        self.in_use = in_use
        self.connections: dict[Peer, _Connection] = {}
        self._opening: dict[Peer, list[bytes]] = {}
        self._closed = False

    async def open(self, address: str, port: int) -> int:
        """Listens by UDP and TCP on one port; gives it. Port 0 takes one that is free for both. Raises OSError."""
        loop = asyncio.get_running_loop()
        for left in reversed(range(PORT_TRIES if port == 0 else 1)):
            udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self._owner), (address, port))
            found: int = udp.get_extra_info("sockname")[1]
            try:
                self._server = await loop.create_server(
                    lambda: _Connection(self, self._owner), address, found
                )
            except OSError:
                udp.close()
                if not left:
                    raise
                continue
            self._udp = udp
            return found
        raise OSError("no port is free")

    async def close(self) -> None:
        """Closes everything; what is sent later is dropped."""
        self._closed = True
        self._udp.close()
        self._server.close()
        for connection in list(self.connections.values()):
            if connection.transport is not None:
                connection.transport.close()
        self.connections.clear()

    def send(self, data: bytes, peer: Peer) -> None:
        """Sends now where it can, else as soon as the name is known or the connection is there."""
        if self._closed:
            return
        if peer.transport == "tcp":
            self._send_tcp(data, peer)
        elif _is_address(peer.host):
            self._udp.sendto(data, (peer.host, peer.port))
        else:
            self._owner.spawn(self._look_up(data, peer))

    def hang_up(self, peer: Peer) -> None:
        """Closes a connection after what is written."""
        connection = self.connections.get(peer)
        if connection is not None and connection.transport is not None:
            connection.transport.close()

    def _send_tcp(self, data: bytes, peer: Peer) -> None:
        if connection := self.connections.get(peer):
            connection.write(data)
        elif peer in self._opening:
            self._opening[peer].append(data)
        else:
            self._opening[peer] = [data]
            self._owner.spawn(self._connect(peer))

    async def _look_up(self, data: bytes, peer: Peer) -> None:
        loop = asyncio.get_running_loop()
        try:
            family = self._udp.get_extra_info("socket").family
            found = await loop.getaddrinfo(peer.host, peer.port, family=family, type=socket.SOCK_DGRAM)
        except OSError as error:
            self._lost(peer, error)
            return
        host = str(found[0][4][0])
        self._udp.sendto(data, (host, peer.port))

    async def _connect(self, peer: Peer) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await loop.create_connection(
                    lambda: _Connection(self, self._owner, peer), peer.host, peer.port
                )
        except (OSError, TimeoutError) as error:
            del self._opening[peer]
            self._lost(peer, error)
            return
        for data in self._opening.pop(peer):
            connection.write(data)

    def _lost(self, peer: Peer, error: Exception) -> None:
        _log.warning("sip_unreachable", transport=peer.transport, error=type(error).__name__)
        self._owner.act(lambda agent, now: agent.failed(peer, now))
