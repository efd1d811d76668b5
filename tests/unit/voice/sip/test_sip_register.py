"""Registering: digest, the time that the registrar grants, coming back before it ends, and after failures."""

import itertools

import pytest

from tests.unit.voice.sip.registrar import Registrar
from tests.unit.voice.sip.wire import HERE, tokens
from voice.sip.actions import Action, Peer, Registered, Registration, Send, Settings
from voice.sip.agent import Agent
from voice.sip.digest import NONCE_SECONDS, Credentials
from voice.sip.fields import Uri
from voice.sip.message import Request, parse, response, write

PBX = Peer("udp", "pbx.example", 5060)


class Story:
    """An agent and a registrar; `deaf` loses everything on the way there."""

    def __init__(self, registrar: Registrar, password: str = "secret", seconds: int = 300) -> None:
        self.now = 50.0
        self.registrar = registrar
        self.agent = Agent(Settings(HERE.host, HERE.port), tokens("t"))
        self.deaf = False
        self.told: list[Registered] = []
        self.requests: list[Request] = []
        registration = Registration(
            Uri.parse("sip:pbx.example"), "8000", Credentials("bot", password), seconds
        )
        self.do(self.agent.register(registration, self.now))

    def do(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Registered):
                self.told.append(action)
            if isinstance(action, Send):
                assert action.peer == PBX
                request = parse(action.data)
                assert isinstance(request, Request)
                self.requests.append(request)
                if not self.deaf and (answer := self.registrar.datagram(action.data, self.now)):
                    self.do(self.agent.datagram(answer, Peer("udp", "192.0.2.50", 5060), self.now))

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.agent.due) is not None and due <= end:
            self.now = due
            self.do(self.agent.tick(due))
        self.now = end


def story(**changes: object) -> Story:
    return Story(Registrar({"bot": "secret"}, tokens("r")), **changes)  # type: ignore[arg-type]


def test_a_registration_with_digest() -> None:
    one = story()
    assert one.told == [Registered(True, 200, 300.0)]
    assert one.registrar.bound["8000"].uri.text == "sip:8000@192.0.2.1:5060"
    first, second = one.requests
    assert first.uri.text == "sip:pbx.example"
    assert first.to.uri.text == "sip:8000@pbx.example"
    assert (first.call_id, first.cseq + 1) == (second.call_id, second.cseq)  # §10.2


def test_it_comes_back_before_it_is_forgotten() -> None:
    """Also when the nonce is over by then: `stale` is answered with the new one."""
    one = story()
    one.run(3000)
    times = [at for at, _ in one.registrar.taken]
    assert all(later - earlier < 300 for earlier, later in itertools.pairwise(times))
    assert len(times) >= 11
    assert all(told.ok for told in one.told)
    assert NONCE_SECONDS <= 300


@pytest.mark.parametrize(("asked", "shortest", "granted"), [(300, 3600, 3600), (600, 60, 300)])
def test_the_registrar_sets_the_time(asked: int, shortest: int, granted: int) -> None:
    """423 with Min-Expires (§10.2.8); and what Contact grants goes before Expires (§10.2.4)."""
    registrar = Registrar({"bot": "secret"}, tokens("r"), shortest, max(shortest, 300))
    one = Story(registrar, seconds=asked)
    assert one.told == [Registered(True, 200, float(granted))]


def test_a_wrong_password_is_tried_ever_more_rarely() -> None:
    one = story(password="wrong")
    assert one.told == [Registered(False, 401, 0.0)]
    one.run(600)
    assert {told.ok for told in one.told} == {False}
    assert 7 <= len(one.told) <= 9
    assert one.registrar.bound == {}


def test_a_registrar_that_is_silent_and_comes_back() -> None:
    one = story()
    one.deaf = True
    one.run(400)
    assert one.told[-1] == Registered(False, 0, 0.0)
    one.deaf = False
    one.run(300)
    assert one.told[-1] == Registered(True, 200, 300.0)


def test_it_is_taken_back() -> None:
    one = story()
    one.do(one.agent.unregister(one.now))
    assert one.registrar.bound == {}
    one.run(1000)
    assert one.registrar.taken[-1][1] == 0
    assert len(one.told) == 1
    assert one.agent.unregister(one.now) == []


def test_the_last_challenge_is_answered_without_being_asked() -> None:
    """So that leaving takes one message; a nonce that is over costs one more."""
    one = story(seconds=100)
    one.run(90)
    assert len(one.requests) == 3
    one.do(one.agent.unregister(one.now))
    assert len(one.requests) == 4
    assert one.registrar.bound == {}


def test_a_registrar_that_is_never_content_is_not_asked_for_ever() -> None:
    class Grumpy(Registrar):
        def datagram(self, data: bytes, now: float) -> bytes:
            message = parse(data)
            assert isinstance(message, Request)
            challenges = self.verifier.challenges(now, stale=True)
            return write(response(message, 401, tag="r", other=(("WWW-Authenticate", challenges[0]),)))

    one = Story(Grumpy({}, tokens("r")))
    assert len(one.requests) == 3
    assert one.told == [Registered(False, 401, 0.0)]
