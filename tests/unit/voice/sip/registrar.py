"""A small registrar and exchange made of the agent's own parts: it asks for digest and remembers who is where."""

from collections.abc import Callable

from voice.sip.digest import Verifier
from voice.sip.fields import Address
from voice.sip.message import Fields, Request, Response, parse, response, write


class Registrar:
    """Pure: a REGISTER goes in, the answer comes out. `shortest` and `longest` are seconds of a registration."""

    def __init__(
        self, users: dict[str, str], token: Callable[[], str], shortest: int = 60, longest: int = 300
    ) -> None:
        self.verifier = Verifier("pbx", users, b"registrar", token)
        self.shortest = shortest
        self.longest = longest
        self.bound: dict[str, Address] = {}
        self.refused: list[int] = []
        self.taken: list[tuple[float, int]] = []
        """When somebody was registered, and for how long."""

    def datagram(self, data: bytes, now: float) -> bytes:
        """The answer, b"" for what is no REGISTER."""
        message = parse(data)
        if not isinstance(message, Request) or message.method != "REGISTER":
            return b""
        answer = self._answer(message, now)
        if answer.status >= 300:
            self.refused.append(answer.status)
        return write(answer)

    def _answer(self, request: Request, now: float) -> Response:
        proof = request.header("Authorization")
        verdict = self.verifier.verify(proof, "REGISTER", now) if proof else "missing"
        if verdict != "ok":
            challenges = self.verifier.challenges(now, stale=verdict == "stale")
            return response(
                request, 401, tag="r", other=tuple(("WWW-Authenticate", text) for text in challenges)
            )
        wanted = int(request.header("Expires") or "3600")
        if wanted == 0:
            self.bound.pop(request.to.uri.user, None)
            self.taken.append((now, 0))
            return response(request, 200, tag="r")
        if wanted < self.shortest:
            return response(request, 423, tag="r", other=(("Min-Expires", str(self.shortest)),))
        granted = min(wanted, self.longest)
        self.bound[request.to.uri.user] = request.contacts[0]
        self.taken.append((now, granted))
        contact = request.contacts[0]
        other: Fields = (("Expires", "9999"),)
        contacts = (Address(contact.uri, "", (("expires", str(granted)),)),)
        return response(request, 200, tag="r", contacts=contacts, other=other)
