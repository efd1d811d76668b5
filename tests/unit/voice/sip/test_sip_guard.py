"""Who is not wanted gets nothing; a flood from one place is not noticed in another; no table grows without end."""

import pytest

from tests.unit.voice.sip.test_sip_agent import NOW, agent, answers, called, talking
from tests.unit.voice.sip.wire import OFFER, OUR_MEDIA, THERE, events, lines, sent, tokens, written
from voice.sip.actions import Close, Peer, Refused, Send
from voice.sip.agent import MOST_CONNECTIONS
from voice.sip.digest import Answerer, Credentials
from voice.sip.guard import LOG_SECONDS, MOST_SOURCES, Buckets, Networks

STRANGER = Peer("udp", "203.0.113.9", 5060)


def test_networks() -> None:
    networks = Networks(("192.0.2.0/24", "2001:db8::/32"))
    assert [host in networks for host in ("192.0.2.9", "2001:db8::7", "::ffff:192.0.2.1")] == [True] * 3
    assert [host in networks for host in ("192.0.3.1", "pbx.example", "", "::1")] == [False] * 4
    assert "203.0.113.1" in Networks(())
    with pytest.raises(ValueError, match="pbx"):
        Networks(("pbx.example",))


def test_strangers_hear_nothing() -> None:
    one = agent(allowed=("192.0.2.0/24",))
    for data in (written("OPTIONS"), written("INVITE", body=OFFER), b"nonsense", written("REGISTER")):
        assert sent(one.datagram(data, STRANGER, NOW)) == []
    assert one.refused == {"source": 4}
    assert not one.opened(Peer("tcp", "203.0.113.9", 4000), NOW)
    assert lines(one.datagram(written("OPTIONS"), THERE, NOW)) == ["200 OPTIONS"]


@pytest.mark.parametrize("name", ["friendly-scanner", "sipcli/v1.8", "Custom SIPVicious 0.3"])
def test_scanners_hear_nothing(name: str) -> None:
    one = agent()
    assert sent(one.datagram(written("OPTIONS", headers=f"User-Agent: {name}\r\n"), THERE, NOW)) == []
    assert one.refused == {"scanner": 1}


def test_digest_for_all_that_opens_something() -> None:
    one = agent(users={"pbx": "secret"})
    answerer = Answerer(Credentials("pbx", "secret"), tokens("c"))
    challenge = answers(one.datagram(written("INVITE", body=OFFER), THERE, NOW))[0]
    assert (challenge.status, len(challenge.each("WWW-Authenticate"))) == (401, 2)
    proof = answerer.answer(challenge.each("WWW-Authenticate"), "INVITE", "sip:bot@192.0.2.1")
    proven = written("INVITE", cseq=2, branch="z9hG4bK2", headers=f"Authorization: {proof}\r\n", body=OFFER)
    assert lines(one.datagram(proven, THERE, NOW)) == ["100 INVITE"]
    replayed = one.datagram(proven.replace(b"c1@", b"c2@").replace(b"bK2", b"bK3"), THERE, NOW)
    assert "stale=true" in answers(replayed)[0].header("WWW-Authenticate")
    wrong = Answerer(Credentials("pbx", "guess"), tokens("d")).answer(
        challenge.each("WWW-Authenticate"), "INVITE", "sip:bot@192.0.2.1"
    )
    found = one.datagram(
        written("INVITE", cseq=3, branch="z9hG4bK4", headers=f"Authorization: {wrong}\r\n"), THERE, NOW
    )
    assert lines(found) == ["401 INVITE"]
    assert one.refused == {"digest_unproven": 1, "digest_stale": 1, "digest_wrong": 1}


def test_a_flood_of_invites_does_not_disturb_the_other_calls() -> None:
    """Its source is held to its rate, the rest of it to the number of calls; a call that is there goes on."""
    one = agent(max_calls=3, calls_per_second=1.0, burst=50)
    handle = talking(one)
    statuses: list[str] = []
    logged: list[str] = []
    for number in range(2000):
        data = written(
            "INVITE",
            branch=f"z9hG4bKf{number}",
            call_id=f"f{number}",
            from_tag=f"f{number}",
            via="203.0.113.9",
            body=OFFER,
        )
        found = one.datagram(data, STRANGER, NOW + number / 1000)
        statuses += lines(found)
        logged += [action.reason for action in found if isinstance(action, Refused)]
    assert sorted(logged) == ["full", "packets", "rate"]  # one line each
    assert statuses.count("100 INVITE") == 2
    assert 40 <= statuses.count("503 INVITE") <= 50
    assert sum(one.refused[reason] for reason in ("full", "rate", "packets")) == 1998
    info = written(
        "INFO",
        branch="z9hG4bKi",
        cseq=2,
        to_tag=handle,
        headers="Content-Type: application/dtmf\r\n",
        body="1",
    )
    found = one.datagram(info, THERE, NOW + 2)
    assert (lines(found), len(events(found))) == (["200 INFO"], 1)
    assert lines(one.datagram(written("BYE", branch="z9hG4bKe", cseq=3, to_tag=handle), THERE, NOW + 2)) == [
        "200 BYE"
    ]
    assert one.held < 100


def test_a_full_house_says_when_to_come_back() -> None:
    one = agent(max_calls=1)
    called(one)
    full = answers(one.datagram(written("INVITE", branch="z9hG4bK9", call_id="c9", body=OFFER), THERE, NOW))[
        0
    ]
    assert (full.status, full.header("Retry-After")) == (503, "5")


def test_one_line_in_the_log_for_a_reason_and_a_while() -> None:
    one = agent(allowed=("192.0.2.0/24",))
    told = [action for number in range(100) for action in one.datagram(b"x", STRANGER, NOW + number / 100)]
    later = one.datagram(b"x", STRANGER, NOW + LOG_SECONDS + 1)
    assert told == [Refused("source", "203.0.113.9", 1)]
    assert later == [Refused("source", "203.0.113.9", 101)]


def test_a_bucket_fills_again_and_remembers_only_so_many() -> None:
    buckets = Buckets(2.0, 3)
    assert [buckets.take("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert [buckets.take("a", 0.5), buckets.take("a", 0.5)] == [True, False]
    assert buckets.take("a", 0.0) is False  # a clock that goes back gives nothing
    for number in range(MOST_SOURCES + 100):
        buckets.take(str(number), 1.0)
    assert len(buckets) == MOST_SOURCES


def test_more_packets_than_anybody_needs_are_not_read() -> None:
    one = agent(packets_per_second=10.0)
    found = [one.datagram(written("OPTIONS"), THERE, NOW) for _ in range(30)]
    assert [bool(sent(actions)) for actions in found] == [True] * 10 + [False] * 20
    assert one.refused == {"packets": 20}


def test_a_call_that_nobody_answers_ends() -> None:
    one = agent(ring_seconds=30.0)
    called(one)
    assert "480 INVITE" in lines(one.tick(NOW + 31))
    assert (one.calls, one.refused["not_answered"]) == (0, 1)


def test_connections_are_counted_and_what_is_no_sip_is_closed() -> None:
    one = agent()
    peers = [Peer("tcp", "192.0.2.2", 10_000 + number) for number in range(MOST_CONNECTIONS + 1)]
    assert [one.opened(peer, NOW) for peer in peers] == [True] * MOST_CONNECTIONS + [False]
    assert Close(peers[0]) in one.stream(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", peers[0], NOW)
    assert one.refused == {"connections": 1, "stream_length": 1}
    assert one.stream(written("OPTIONS"), peers[0], NOW) == []
    assert one.opened(peers[-1], NOW)
    found = one.stream(b"\r\n\r\n" + written("OPTIONS", transport="TCP"), peers[1], NOW)
    assert found[0] == Send(b"\r\n", peers[1])
    assert lines(found[1:]) == ["200 OPTIONS"]


def test_a_transaction_is_forgotten_in_time() -> None:
    one = agent()
    handle = talking(one)
    for number in range(50):
        one.datagram(written("INFO", branch=f"z9hG4bKi{number}", cseq=2 + number, to_tag=handle), THERE, NOW)
    one.bye(handle, NOW)
    assert one.held > 50
    while one.due is not None and one.due < NOW + 170:
        one.tick(one.due)
    assert one.held <= 2  # the rate of one source, and the call's ringing timer


def test_no_answer_names_us() -> None:
    """A banner helps nobody but who looks for holes."""
    one = agent()
    handle, found = called(one)
    found += (
        one.ring(handle, NOW)
        + one.answer(handle, OUR_MEDIA, NOW)
        + one.datagram(written("OPTIONS"), THERE, NOW)
    )
    for message in sent(found):
        assert not message.header("Server") and not message.header("User-Agent")
