"""Ports for calls, out of a range: the bound socket itself is the reservation, so two calls never get the same one.

RTP takes even ports, RTCP the odd one above (RFC 3550 section 11). The search goes on behind the port given out last:
a port just freed rests as long as possible, and late packets of the old call do not fall into a new one.
"""

import errno
import ipaddress
import socket

import msgspec

TAKEN = (errno.EADDRINUSE, errno.EACCES)


class NoPorts(Exception):
    """The whole range is in use: so many calls are already there."""


class Ports(msgspec.Struct, frozen=True):
    """Bound, non-blocking UDP sockets of one call; who takes them closes them."""

    rtp: socket.socket
    rtcp: socket.socket | None = None

    @property
    def port(self) -> int:
        """Of RTP: what goes into the SDP."""
        return int(self.rtp.getsockname()[1])

    def close(self) -> None:
        """Gives both back."""
        self.rtp.close()
        if self.rtcp is not None:
            self.rtcp.close()


class PortRange:
    """All ports between two, both included."""

    def __init__(self, lowest: int, highest: int, host: str = "0.0.0.0") -> None:
        """`host`: the address to bind, IPv4 or IPv6. Raises ValueError for a range without an even port or an address
        that is none."""
        self._first = lowest + lowest % 2
        self._pairs = (highest - self._first) // 2 + 1
        if not 1 <= lowest <= highest <= 65535 or self._pairs < 1:
            raise ValueError(f"There is no even port between {lowest} and {highest}.")
        self._highest = highest
        self._host = host
        self._family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
        self._at = 0

    def take(self, rtcp: bool = False) -> Ports:
        """The next free port, with the one above it when asked for. Raises `NoPorts`, or OSError when the address is
        not one of this machine."""
        for step in range(self._pairs):
            place = (self._at + step) % self._pairs
            ports = self._try(self._first + 2 * place, rtcp)
            if ports is not None:
                self._at = place + 1
                return ports
        raise NoPorts(f"All ports from {self._first} to {self._highest} are in use; widen RTP_PORTS.")

    def _try(self, port: int, rtcp: bool) -> Ports | None:
        rtp = self._bind(port)
        if rtp is None or not rtcp:
            return Ports(rtp) if rtp is not None else None
        other = self._bind(port + 1) if port < self._highest else None
        if other is None:
            rtp.close()
            return None
        return Ports(rtp, other)

    def _bind(self, port: int) -> socket.socket | None:
        one = socket.socket(self._family, socket.SOCK_DGRAM)
        try:
            one.setblocking(False)
            one.bind((self._host, port))
        except OSError as error:
            one.close()
            if error.errno in TAKEN:
                return None
            raise
        return one
