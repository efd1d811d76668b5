"""Digest access authentication for SIP, as server and as client (RFC 7616, RFC 8760, RFC 3261 §22)."""

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from voice.sip.fields import Bad, quote, split, unquote

NONCE_SECONDS: Final = 300.0
"""How long a nonce of ours is good; after that the answer is `stale=true` (RFC 7616 §3.3)."""

MOST_NONCES: Final = 4096
"""Nonces whose counts are remembered against replay; the oldest goes first and is then stale."""

ALGORITHMS: Final[dict[str, Callable[[bytes], "hashlib._Hash"]]] = {
    "SHA-256": hashlib.sha256,
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False),
}
"""In the order in which they are preferred (RFC 8760 §2.4)."""

_HEX8 = re.compile("[0-9a-f]{8}", re.IGNORECASE)


class Credentials(msgspec.Struct, frozen=True):
    """Who answers a challenge. `user` may differ from the number that is registered."""

    user: str
    password: str


def fields(text: str) -> dict[str, str]:
    """`Digest name=value, name="value"` → names in lower case with unquoted values; {} for any other scheme."""
    scheme, _, rest = text.strip().partition(" ")
    if scheme.lower() != "digest":
        return {}
    try:
        pairs = [piece.partition("=") for piece in split(rest, ",") if piece]
    except Bad:
        return {}
    found: dict[str, str] = {}
    for name, equals, value in pairs:
        key = name.strip().lower()
        if not equals or key in found:
            return {}
        found[key] = unquote(value.strip())
    return found


def _hex(algorithm: str, text: str) -> str:
    return ALGORITHMS[algorithm](text.encode("utf-8", "surrogateescape")).hexdigest()


def respond(given: Mapping[str, str], method: str, password: str) -> str:
    """The response for these fields (RFC 7616 §3.4.1), with qop=auth where `qop` is given and else the form of RFC 2069.
    `given` holds username, realm, nonce, uri, algorithm and, with qop, nc and cnonce."""
    name = given.get("algorithm", "MD5").upper()
    plain = name.removesuffix("-SESS")
    secret = _hex(plain, f"{given['username']}:{given['realm']}:{password}")
    if name != plain:  # §3.4.2
        secret = _hex(plain, f"{secret}:{given['nonce']}:{given['cnonce']}")
    request = _hex(plain, f"{method}:{given['uri']}")
    if "qop" not in given:
        return _hex(plain, f"{secret}:{given['nonce']}:{request}")
    middle = f"{given['nonce']}:{given['nc']}:{given['cnonce']}:{given['qop']}"
    return _hex(plain, f"{secret}:{middle}:{request}")


class Verifier:
    """The server's side. Nonces carry their own instant and a signature, so that handing them out stores nothing."""

    def __init__(self, realm: str, users: Mapping[str, str], secret: bytes, token: Callable[[], str]) -> None:
        self.realm = realm
        self._users = users
        self._secret = secret
        self._token = token
        self._counts: OrderedDict[str, int] = OrderedDict()

    def challenges(self, now: float, *, stale: bool = False) -> list[str]:
        """Values of WWW-Authenticate, the preferred algorithm first."""
        nonce = self._nonce(now)
        tail = ", stale=true" if stale else ""
        return [
            f'Digest realm={quote(self.realm)}, nonce="{nonce}", algorithm={name}, qop="auth"{tail}'
            for name in ALGORITHMS
        ]

    def _signature(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), "sha256").hexdigest()[:32]

    def _nonce(self, now: float) -> str:
        text = f"{int(now)}-{self._token()}"
        return f"{text}-{self._signature(text)}"

    def _age(self, nonce: str, now: float) -> float | None:
        """Seconds since the nonce was made; None where it is not ours."""
        text, _, signature = nonce.rpartition("-")
        if not nonce.isascii() or not hmac.compare_digest(signature, self._signature(text)):
            return None
        return now - int(text.partition("-")[0])

    def verify(self, header: str, method: str, now: float) -> str:
        """ "ok", "stale" (right, but the nonce is over or its count was used) or "wrong". The comparison takes the same
        time for a user who does not exist."""
        given = fields(header)
        needed = {"username", "realm", "nonce", "uri", "response", "qop", "nc", "cnonce"}
        algorithm = given.get("algorithm", "MD5").upper()
        if not needed <= given.keys() or algorithm not in ALGORITHMS or given["qop"].lower() != "auth":
            return "wrong"
        age = self._age(given["nonce"], now)
        if age is None or given["realm"] != self.realm or not _HEX8.fullmatch(given["nc"]):
            return "wrong"
        password = self._users.get(given["username"])
        computed = respond(given, method, self._token() if password is None else password)
        right = hmac.compare_digest(computed.encode(), given["response"].lower().encode("utf-8", "replace"))
        if not right or password is None:
            return "wrong"
        return "ok" if age < NONCE_SECONDS and self._count(given["nonce"], int(given["nc"], 16)) else "stale"

    def _count(self, nonce: str, count: int) -> bool:
        """Whether this count is higher than all before it (§3.4): a recorded request cannot be sent again."""
        if count <= self._counts.get(nonce, 0):
            return False
        self._counts[nonce] = count
        self._counts.move_to_end(nonce)
        if len(self._counts) > MOST_NONCES:
            self._counts.popitem(last=False)
        return True


class Answerer:
    """The client's side: one peer's nonce and how often it was used."""

    def __init__(self, credentials: Credentials, token: Callable[[], str]) -> None:
        self._credentials = credentials
        self._token = token
        self._nonce = ""
        self._used = 0

    def answer(self, challenges: Sequence[str], method: str, uri: str) -> str:
        """The value of Authorization for the strongest challenge that is understood; "" where there is none."""
        offered = [found for text in challenges if (found := fields(text))]
        for algorithm in ALGORITHMS:
            for challenge in offered:
                if self._understood(challenge, algorithm):
                    return self._answer(challenge, method, uri)
        return ""

    @staticmethod
    def _understood(challenge: Mapping[str, str], algorithm: str) -> bool:
        named = challenge.get("algorithm", "MD5").upper().removesuffix("-SESS")
        qops = [qop.strip().lower() for qop in challenge.get("qop", "auth").split(",")]
        return named == algorithm and "auth" in qops and {"realm", "nonce"} <= challenge.keys()

    def _answer(self, challenge: Mapping[str, str], method: str, uri: str) -> str:
        if challenge["nonce"] != self._nonce:
            self._nonce, self._used = challenge["nonce"], 0
        self._used += 1
        given = {
            "username": self._credentials.user, "realm": challenge["realm"], "nonce": self._nonce, "uri": uri,
            "algorithm": challenge.get("algorithm", "MD5"), "cnonce": self._token(),
        }  # fmt: skip
        if "qop" in challenge:
            given |= {"qop": "auth", "nc": f"{self._used:08x}"}
        given["response"] = respond(given, method, self._credentials.password)
        if "opaque" in challenge:
            given["opaque"] = challenge["opaque"]
        if "algorithm" not in challenge:
            del given["algorithm"]  # the server of RFC 2069 knows no such field
        if "qop" not in challenge and not given.get("algorithm", "").upper().endswith("-SESS"):
            del given["cnonce"]
        bare = ("algorithm", "qop", "nc")  # without quotes, RFC 7616 §3.4
        return "Digest " + ", ".join(
            f"{name}={value if name in bare else quote(value)}" for name, value in given.items()
        )
