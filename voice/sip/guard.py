"""Who may speak to the agent and how often; what was refused, by reason. Every table is bounded."""

import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Sequence
from typing import Final

from voice.sip.actions import Refused
from voice.sip.message import Request

MOST_SOURCES: Final = 4096
"""Sources whose rate is remembered; the one that was silent for longest is forgotten first."""

LOG_SECONDS: Final = 10.0
"""One line in the log per reason and span: a flood must not become a flood of lines."""

SCANNERS: Final = (
    "friendly-scanner", "sipvicious", "sipcli", "sip-scan", "sipsak", "sundayddr", "iwar", "vaxsipuseragent", "sipptk",
    "pplsip", "sivus", "smap", "eyebeam scan",
)  # fmt: skip
"""Names by which tools that look for open exchanges introduce themselves. They get no answer, which is all they want."""


class Networks:
    """An allow-list of networks. Raises ValueError for what is no CIDR."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self._networks = tuple(ipaddress.ip_network(text, strict=False) for text in allowed)

    def __contains__(self, host: str) -> bool:
        """Whether an address may speak; everybody may where no network is named."""
        return not self._networks or self.name(host)

    def name(self, host: str) -> bool:
        """Whether one of the networks has this address. A host's name is in none."""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks if network.version == address.version)


class Buckets:
    """A token bucket for each source: `rate` a second, `burst` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, host: str, now: float) -> bool:
        """Whether this source has one left; takes it."""
        left, since = self._left.get(host, (self._burst, now))
        left = min(self._burst, left + max(0.0, now - since) * self._rate)
        allowed = left >= 1
        self._left[host] = (left - 1 if allowed else left, now)
        self._left.move_to_end(host)
        if len(self._left) > MOST_SOURCES:
            self._left.popitem(last=False)
        return allowed

    def __len__(self) -> int:
        return len(self._left)


class Refusals:
    """Counts by reason. Reasons are words of this code, never of the wire, so there are only so many."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._told: dict[str, float] = {}

    def add(self, reason: str, host: str, now: float) -> Refused | None:
        """Counts, and gives what is worth a line in the log."""
        self.counts[reason] += 1
        if now - self._told.get(reason, float("-inf")) < LOG_SECONDS:
            return None
        self._told[reason] = now
        return Refused(reason, host, self.counts[reason])


def is_scanner(request: Request) -> bool:
    """Whether the request comes from a tool that looks for open exchanges."""
    agent = request.header("User-Agent").lower()
    return any(name in agent for name in SCANNERS)
