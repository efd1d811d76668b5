"""The four machines of RFC 3261 §17, step by step in virtual time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.voice.sip.wire import PATIENT, line, written
from voice.sip.message import Request, parse, response
from voice.sip.transactions import (
    GIVE_UP,
    T2,
    T4,
    Arm,
    Client,
    InviteClient,
    InviteServer,
    OtherClient,
    OtherServer,
    Output,
    Over,
    Send,
    Server,
    server_key,
)  # fmt: skip


def request(method: str = "INVITE", **changes: object) -> Request:
    found = parse(written(method, **changes))  # type: ignore[arg-type]
    assert isinstance(found, Request)
    return found


class Play:
    """One machine and the timers that it armed."""

    def __init__(self, machine: Client | Server) -> None:
        self.machine = machine
        self.now = 0.0
        self.log: list[tuple[float, str]] = []
        self._armed: list[Arm] = []
        self._take(machine.start(0.0))

    def feed(self, what: int | str | Request) -> "Play":
        """A status, a method or a timer's name."""
        if isinstance(what, int):
            self._take(self.machine.feed(response(self.machine.request, what, tag="t"), self.now))
        else:
            self._take(self.machine.feed(what, self.now))  # type: ignore[arg-type]
        return self

    def run(self, seconds: float) -> "Play":
        end = self.now + seconds
        while due := [arm for arm in self._armed if arm.at <= end]:
            arm = min(due, key=lambda arm: arm.at)
            self._armed.remove(arm)
            self.now = arm.at
            self._take(self.machine.feed(arm.timer, self.now))
        self.now = end
        return self

    def _take(self, outputs: list[Output]) -> None:
        for output in outputs:
            if isinstance(output, Arm):
                self._armed.append(output)
            elif isinstance(output, Over):
                self.log.append((self.now, f"over {output.why}"))
            else:
                kind = "send" if isinstance(output, Send) else "pass"
                self.log.append((self.now, f"{kind} {line(output.message)}"))

    def said(self) -> list[str]:
        """What was done since the last time, without instants."""
        words, self.log = [what for _, what in self.log], []
        return words

    def when(self, what: str) -> list[float]:
        """The instants at which this was done."""
        return [at for at, word in self.log if word == what]


def test_an_invite_is_repeated_ever_more_slowly_and_given_up() -> None:
    """§17.1.1.2: timer A doubles without a limit, timer B ends it after 64·T1."""
    play = Play(InviteClient(request(), reliable=False)).run(40)
    assert play.when("send INVITE") == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert play.when("over timeout") == [GIVE_UP]


def test_over_tcp_nothing_is_repeated() -> None:
    for machine in (InviteClient(request(), reliable=True), OtherClient(request("BYE"), reliable=True)):
        play = Play(machine).run(40)
        assert [what for _, what in play.log] == [f"send {machine.request.method}", "over timeout"]


def test_a_first_answer_stops_the_repeating_and_the_clock() -> None:
    """§17.1.1.2: a phone may ring for long; timer B is for silence only."""
    play = Play(InviteClient(request(), reliable=False)).run(1).feed(180).run(200)
    assert play.said() == ["send INVITE", "send INVITE", "pass 180 INVITE"]
    assert play.feed(183).said() == ["pass 183 INVITE"]


def test_a_refusal_is_acknowledged_each_time_it_comes() -> None:
    """§17.1.1.2 and timer D."""
    play = Play(InviteClient(request(), reliable=False)).feed(486)
    assert play.said() == ["send INVITE", "send ACK", "pass 486 INVITE"]
    assert play.run(1).feed(486).feed(486).said() == ["send ACK", "send ACK"]
    assert play.run(GIVE_UP).said() == ["over done"]
    assert play.feed(486).said() == []


def test_the_ack_of_a_refusal_is_as_the_standard_has_it() -> None:
    """§17.1.1.3: the INVITE's URI, branch and number, the answer's To."""
    invite = request(headers="Route: <sip:p;lr>\r\n")
    outputs = InviteClient(invite, reliable=True).feed(response(invite, 486, tag="theirs"), 0)
    ack = next(output.message for output in outputs if isinstance(output, Send))
    assert isinstance(ack, Request)
    assert (ack.method, ack.uri, ack.vias, ack.cseq, ack.routes) == (
        "ACK",
        invite.uri,
        invite.vias,
        1,
        invite.routes,
    )
    assert ack.to.tag == "theirs"
    assert outputs[-1] == Over("done")  # timer D is zero over TCP


def test_after_an_acceptance_copies_of_it_pass_for_a_while() -> None:
    """RFC 6026 §7.2: the user acknowledges each."""
    play = Play(InviteClient(request(), reliable=False)).feed(200).run(1).feed(200).feed(486)
    assert play.said() == ["send INVITE", "pass 200 INVITE", "pass 200 INVITE"]
    assert play.run(GIVE_UP).said() == ["over done"]


def test_other_requests_are_repeated_at_most_every_four_seconds() -> None:
    """§17.1.2.2: timers E and F."""
    play = Play(OtherClient(request("BYE"), reliable=False)).run(40)
    assert play.when("send BYE") == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert play.when("over timeout") == [GIVE_UP]
    play = Play(OtherClient(request("BYE"), reliable=False)).feed(100).run(9)
    assert play.when("send BYE") == [0, 0.5, 0.5 + T2, 0.5 + 2 * T2]


def test_the_answer_ends_other_requests() -> None:
    play = Play(OtherClient(request("BYE"), reliable=False)).feed(200)
    assert play.said() == ["send BYE", "pass 200 BYE"]
    assert play.feed(200).run(T4).said() == ["over done"]
    assert Play(OtherClient(request("BYE"), reliable=True)).feed(200).said() == [
        "send BYE",
        "pass 200 BYE",
        "over done",
    ]


@pytest.mark.parametrize("kind", [InviteClient, OtherClient])
def test_a_broken_transport_is_told(kind: type[InviteClient] | type[OtherClient]) -> None:
    """§17.1.4."""
    machine = kind(request("INVITE" if kind is InviteClient else "BYE"), reliable=True)
    assert Play(machine).feed("transport").said()[-1] == "over transport"


def test_a_copy_of_an_invite_gets_the_last_answer() -> None:
    """§17.2.1."""
    play = Play(InviteServer(request(), reliable=False))
    assert play.feed(request()).said() == ["pass INVITE"]
    assert play.feed(100).feed(180).feed(request()).said() == [
        "send 100 INVITE",
        "send 180 INVITE",
        "send 180 INVITE",
    ]


def test_a_refusal_is_repeated_until_its_ack() -> None:
    """§17.2.1: timers G, H and I."""
    play = Play(InviteServer(request(), reliable=False)).feed(486).run(4)
    assert play.when("send 486 INVITE") == [0, 0.5, 1.5, 3.5]
    play.said()
    assert play.feed(request()).feed(request("ACK")).said() == ["send 486 INVITE"]
    assert play.feed(request()).run(T4 - 0.1).said() == []
    assert play.run(0.2).said() == ["over done"]
    lost = Play(InviteServer(request(), reliable=False)).feed(486).run(40)
    assert lost.when("over timeout") == [GIVE_UP]
    assert (
        max(
            b - a
            for a, b in zip(lost.when("send 486 INVITE"), lost.when("send 486 INVITE")[1:], strict=False)
        )
        == T2
    )


def test_an_acceptance_is_repeated_by_the_user_alone() -> None:
    """RFC 6026 §7.1: the machine takes up copies of the INVITE and passes the ACK on."""
    play = Play(InviteServer(request(), reliable=False)).feed(200).run(10)
    assert play.feed(request()).said() == ["pass INVITE", "send 200 INVITE"]
    assert play.feed(200).feed(486).feed(request("ACK")).said() == ["send 200 INVITE", "pass ACK"]
    assert play.run(GIVE_UP).said() == ["over done"]


def test_other_requests_are_answered_again_for_a_while() -> None:
    """§17.2.2: timer J."""
    play = Play(OtherServer(request("INFO"), reliable=False)).feed(request("INFO"))
    assert play.feed(200).feed(request("INFO")).feed(500).said() == [
        "pass INFO",
        "send 200 INFO",
        "send 200 INFO",
    ]
    assert play.run(GIVE_UP).said() == ["over done"]
    assert Play(OtherServer(request("INFO"), reliable=True)).feed(200).said() == [
        "pass INFO",
        "send 200 INFO",
        "over done",
    ]


def test_what_a_request_is_found_by() -> None:
    """§17.2.3: branch, sent-by and method; ACK and CANCEL find their INVITE."""
    assert server_key(request()) == server_key(request("ACK")) == server_key(request("CANCEL"))
    others = [
        request("BYE"),
        request(branch="z9hG4bKother"),
        request(via="192.0.2.3:5060"),
        request(via="192.0.2.2:5062"),
    ]
    assert server_key(request()) not in map(server_key, others)
    old = [request(method, branch="1", to_tag="t" if method == "ACK" else "") for method in ("INVITE", "ACK")]
    assert server_key(old[0]) == server_key(old[1])
    assert server_key(request(branch="1", cseq=2)) != server_key(old[0])


FED = st.lists(st.sampled_from([100, 180, 200, 302, 486, "A", "B", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "transport", request(), request("ACK")]), max_size=12)  # fmt: skip


@PATIENT
@given(FED, st.booleans(), st.sampled_from([InviteClient, OtherClient, InviteServer, OtherServer]))
def test_whatever_comes_a_machine_ends_once_and_is_silent_then(
    fed: list[int | str | Request], reliable: bool, kind: type[Client] | type[Server]
) -> None:
    client = kind in (InviteClient, OtherClient)
    play = Play(kind(request("INVITE" if kind in (InviteClient, InviteServer) else "BYE"), reliable))
    for what in fed:
        if not (client and isinstance(what, Request)):
            play.feed(what)
        play.run(0.3)
    said = [what for _, what in play.log]
    overs = [at for at, what in enumerate(said) if what.startswith("over")]
    assert overs in ([], [len(said) - 1])
