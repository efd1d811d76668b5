"""Whole calls between two agents over a network whose time and losses the test owns."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.voice.sip.test_sip_agent import NOW, agent, answers, called, talking
from tests.unit.voice.sip.wire import (
    HERE,
    OFFER,
    OUR_MEDIA,
    THEIR_MEDIA,
    THERE,
    UNKNOWN_CODEC,
    Net,
    events,
    lines,
    sent,
    written,
)
from voice.sip.actions import Answered, Changed, Held, HungUp, Incoming, Ringing, Transferred
from voice.sip.digest import Credentials
from voice.sip.fields import Address, Uri
from voice.sip.layer import MOST_TRANSACTIONS
from voice.sip.message import Request, Response, response, write
from voice.sip.sdp import Media
from voice.sip.transactions import GIVE_UP

US, THEM = Uri.parse("sip:bot@192.0.2.1"), Uri.parse("sip:person@192.0.2.2")


def dialled(
    net: Net, target: str = "sip:bot@192.0.2.1", credentials: Credentials | None = None, seconds: float = 60.0
) -> str:
    """Has the agent THERE call; gives the call's handle there."""
    there = net.agents[THERE]
    handle, _, actions = there.dial(
        Uri.parse(target), THEIR_MEDIA, net.now, credentials=credentials, seconds=seconds
    )
    net.do(THERE, actions)
    return handle


def came(net: Net) -> str:
    """The handle of the call that came in HERE."""
    return next(handle for handle, event in net.events[HERE] if isinstance(event, Incoming))


def answer(net: Net, media: Media = OUR_MEDIA) -> str:
    handle = came(net)
    net.do(HERE, net.agents[HERE].answer(handle, media, net.now))
    net.run(1)
    return handle


def pair(transport: str = "udp", **changes: object) -> tuple[Net, str, str]:
    """Two agents that talk; the network, the call's handle HERE and THERE."""
    net = Net()
    net.add(HERE, **changes)
    net.add(THERE)
    theirs = dialled(net, f"sip:bot@192.0.2.1;transport={transport}")
    net.run(1)
    return net, answer(net), theirs


def _reply(invite: object, status: int, tag: str = "", body: str = "") -> bytes:
    assert isinstance(invite, Request)
    contacts = (Address.parse("<sip:person@192.0.2.2>"),)
    other = (("Content-Type", "application/sdp"),) if body else ()
    return write(response(invite, status, tag=tag, contacts=contacts, other=other, body=body.encode()))


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("who", [HERE, THERE])
def test_a_call_from_beginning_to_end(transport: str, who: object) -> None:
    net, ours, theirs = pair(transport)
    agreed = [event.agreed for event in net.told(HERE) + net.told(THERE) if isinstance(event, Answered)]
    assert [(one.codec, one.address, one.port) for one in agreed] == [
        ("PCMU", "192.0.2.2", 6000),
        ("PCMU", "192.0.2.1", 4000),
    ]
    if who == HERE:
        net.do(HERE, net.agents[HERE].bye(ours, net.now))
    else:
        net.do(THERE, net.agents[THERE].bye(theirs, net.now))
    net.run(60)
    reasons = {HERE: "us", THERE: "caller"} if who == HERE else {HERE: "caller", THERE: "us"}
    assert {place: net.told(place)[-1] for place in (HERE, THERE)} == {
        p: HungUp(r) for p, r in reasons.items()
    }
    assert [one.calls for one in net.agents.values()] == [0, 0]
    net.run(200)
    assert all(one.held <= 3 for one in net.agents.values())
    assert all(not one.refused for one in net.agents.values())


def test_a_phone_that_rings_for_long_is_cancelled() -> None:
    net = Net()
    net.add(HERE)
    net.add(THERE)
    dialled(net, seconds=20.0)
    net.run(1)
    net.do(HERE, net.agents[HERE].ring(came(net), net.now))
    net.run(30)
    assert net.told(THERE) == [Ringing(180), HungUp("no_answer")]
    assert net.told(HERE)[-1] == HungUp("caller", 487)
    assert [one.calls for one in net.agents.values()] == [0, 0]
    assert net.methods(HERE) == ["INVITE", "CANCEL", "ACK"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [(486, "busy"), (600, "busy"), (603, "declined"), (480, "no_answer"), (404, "refused"), (503, "refused")],
)
def test_what_becomes_of_a_call_that_is_refused(status: int, reason: str) -> None:
    net = Net()
    net.add(HERE)
    net.add(THERE)
    dialled(net)
    net.run(1)
    net.do(HERE, net.agents[HERE].reject(came(net), status, net.now))
    net.run(60)
    assert net.told(THERE)[-1] == HungUp(reason, status)
    assert net.agents[THERE].calls == 0


def test_nobody_there() -> None:
    net = Net()
    net.add(THERE)
    dialled(net)
    net.run(GIVE_UP + 1)
    assert net.told(THERE) == [HungUp("unreachable")]
    dialled(net, "sip:bot@192.0.2.1;transport=tcp")
    net.do(THERE, net.agents[THERE].failed(next(peer for peer, _ in net.seen[::-1]), net.now))
    assert net.told(THERE)[-1] == HungUp("unreachable")


def test_a_cancel_waits_for_the_first_answer_and_an_answer_that_crosses_it_is_ended() -> None:
    """§9.1, §13.2.2.4."""
    one = agent()
    handle, _, found = one.dial(THEM, OUR_MEDIA, NOW)
    invite = sent(found)[0]
    assert lines(one.bye(handle, NOW)) == []
    assert lines(one.datagram(_reply(invite, 100), THERE, NOW)) == ["CANCEL"]
    assert lines(one.datagram(_reply(invite, 180, "x"), THERE, NOW)) == []
    late = one.datagram(_reply(invite, 200, "x", OFFER), THERE, NOW)
    assert lines(late) == ["ACK", "BYE"]
    assert events(late) == []
    assert one.calls == 0


def test_a_second_phone_that_answers_is_thanked_and_ended() -> None:
    """A proxy may fork (§13.2.2.4); a copy of the first answer is acknowledged again."""
    one = agent()
    _, _, found = one.dial(THEM, OUR_MEDIA, NOW)
    invite = sent(found)[0]
    assert lines(one.datagram(_reply(invite, 200, "first", OFFER), THERE, NOW)) == ["ACK"]
    assert lines(one.datagram(_reply(invite, 200, "first", OFFER), THERE, NOW)) == ["ACK"]
    second = sent(one.datagram(_reply(invite, 200, "second", OFFER), THERE, NOW))
    assert [(message.method, message.to.tag) for message in second] == [("ACK", "second"), ("BYE", "second")]
    assert one.calls == 1


def test_an_answer_that_nobody_can_speak_ends_the_call() -> None:
    one = agent()
    _, _, found = one.dial(THEM, OUR_MEDIA, NOW)
    wrong = one.datagram(_reply(sent(found)[0], 200, "x", UNKNOWN_CODEC), THERE, NOW)
    assert (lines(wrong), events(wrong)) == (["ACK", "BYE"], [HungUp("failed")])
    assert one.refused == {"nothing_common": 1}


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_challenge_is_answered_once(transport: str) -> None:
    net = Net()
    net.add(HERE, users={"person": "secret"})
    net.add(THERE)
    dialled(net, f"sip:bot@192.0.2.1;transport={transport}", Credentials("person", "secret"))
    net.run(1)
    assert net.methods(HERE) == ["INVITE", "ACK", "INVITE"]
    answer(net)
    assert isinstance(net.told(THERE)[-1], Answered)
    assert net.methods(HERE)[-1] == "ACK"
    dialled(net, credentials=Credentials("person", "wrong"))
    net.run(60)
    assert net.told(THERE)[-1] == HungUp("refused", 401)
    dialled(net)
    net.run(60)
    assert net.told(THERE)[-1] == HungUp("refused", 401)


# What is lost ---------------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([HERE, THERE]))
def test_a_call_survives_a_bad_network(seed: int, who: object) -> None:
    """Three of ten messages are lost, each way; both still agree about the call and its end."""
    chance = random.Random(seed)
    net = Net(lambda _number, _data: chance.random() < 0.3)
    net.add(HERE)
    net.add(THERE)
    theirs = dialled(net)
    net.run(16)
    if not any(isinstance(event, Incoming) for event in net.told(HERE)):
        return  # six INVITEs in a row were lost
    ours = came(net)
    net.do(HERE, net.agents[HERE].answer(ours, OUR_MEDIA, net.now))
    net.run(40)
    net.do(HERE, net.agents[HERE].bye(ours, net.now)) if who == HERE else net.do(
        THERE, net.agents[THERE].bye(theirs, net.now)
    )
    net.run(400)
    assert len([event for event in net.told(HERE) if isinstance(event, Answered)]) == 1
    assert len([event for event in net.told(HERE) if isinstance(event, HungUp)]) == 1
    assert len([event for event in net.told(THERE) if isinstance(event, HungUp)]) <= 1
    assert net.agents[HERE].held <= 2


def test_an_answer_is_repeated_until_its_ack_and_the_call_ended_without_one() -> None:
    """§13.3.1.4: T1 doubling to T2, for 64·T1, and then BYE; with a reason that is counted."""
    net = Net(lambda _number, data: data.startswith(b"ACK"))
    net.add(HERE)
    net.add(THERE)
    dialled(net)
    net.run(1)
    answer(net)
    net.run(100)
    accepted = [
        peer
        for peer, message in net.seen
        if isinstance(message, Response) and (message.status, message.method) == (200, "INVITE")
    ]
    assert len(accepted) == 11
    assert net.told(HERE)[-1] == HungUp("no_ack")
    assert net.told(THERE)[-1] == HungUp("caller")
    assert net.agents[HERE].refused["no_ack"] == 1
    assert net.logged == ["no_ack"]
    assert [one.calls for one in net.agents.values()] == [0, 0]


def test_we_hang_up_only_after_the_ack() -> None:
    """§15."""
    one = agent()
    handle, _ = called(one)
    one.answer(handle, OUR_MEDIA, NOW)
    found = one.bye(handle, NOW)
    assert (lines(found), events(found)) == ([], [HungUp("us")])
    ack = one.datagram(written("ACK", branch="z9hG4bKa", to_tag=handle), THERE, NOW)
    assert (lines(ack), events(ack)) == (["BYE"], [])
    assert one.calls == 0


# What changes during a call -------------------------------------------------------------------------------------------


def _again(cseq: int, handle: str, body: str) -> bytes:
    return written("INVITE", branch=f"z9hG4bKre{cseq}", cseq=cseq, to_tag=handle, body=body)


def _ack(cseq: int, handle: str, body: str = "") -> bytes:
    return written("ACK", branch=f"z9hG4bKack{cseq}", cseq=cseq, to_tag=handle, body=body)


@pytest.mark.parametrize(
    "hold",
    [
        OFFER + "a=sendonly\r\n",
        OFFER + "a=inactive\r\n",
        OFFER.replace("c=IN IP4 192.0.2.2", "c=IN IP4 0.0.0.0"),
    ],
)
def test_hold_and_resume(hold: str) -> None:
    one = agent()
    handle = talking(one)
    found = one.datagram(_again(2, handle, hold), THERE, NOW)
    assert lines(found) == ["200 INVITE"]
    changed, held = events(found)
    assert isinstance(changed, Changed) and not changed.agreed.sends and held == Held(True)
    body = answers(found)[0].body.decode()
    assert "o=- 100001 2 IN IP4 192.0.2.1" in body  # the version rises with each change, RFC 3264 §8
    one.datagram(_ack(2, handle), THERE, NOW)
    resumed = one.datagram(_again(3, handle, OFFER), THERE, NOW)
    assert events(resumed)[1] == Held(False)


def test_another_codec_and_another_address() -> None:
    one = agent()
    handle = talking(one)
    other = OFFER.replace("0 8 101", "8 101").replace("audio 6000", "audio 6100")
    found = one.datagram(_again(2, handle, other), THERE, NOW)
    changed = events(found)
    assert len(changed) == 1 and isinstance(changed[0], Changed)
    assert (changed[0].agreed.codec, changed[0].agreed.port) == ("PCMA", 6100)


def test_a_refused_change_leaves_the_call_as_it_was() -> None:
    """§14.2."""
    one = agent()
    handle = talking(one)
    for cseq, body, status in ((2, UNKNOWN_CODEC, 488), (3, "v=0\r\n", 400)):
        found = one.datagram(_again(cseq, handle, body), THERE, NOW)
        assert (lines(found), events(found)) == ([f"{status} INVITE"], [])
        one.datagram(written("ACK", branch=f"z9hG4bKre{cseq}", cseq=cseq, to_tag=handle), THERE, NOW)
    assert one.calls == 1
    assert events(one.datagram(_again(4, handle, OFFER), THERE, NOW)) == []  # nothing is new about it


def test_a_change_before_the_last_one_is_acknowledged_is_refused() -> None:
    """§14.2: 500 with Retry-After."""
    one = agent()
    handle, _ = called(one)
    early = one.datagram(_again(2, handle, OFFER), THERE, NOW)
    assert lines(early) == ["500 INVITE"]
    assert answers(early)[0].header("Retry-After")


def test_the_offer_may_be_left_to_us() -> None:
    """§13.2.1: our offer is in the 200, their answer in the ACK; also for a change."""
    one = agent()
    handle = next(
        action.call for action in one.datagram(written("INVITE"), THERE, NOW) if hasattr(action, "call")
    )
    found = one.answer(handle, OUR_MEDIA, NOW)
    assert b"RTP/AVP 0 8 101" in answers(found)[0].body
    assert events(found) == []
    acked = events(one.datagram(_ack(1, handle, OFFER.replace("0 8 101", "8")), THERE, NOW))
    assert isinstance(acked[0], Answered) and acked[0].agreed.codec == "PCMA"
    again = one.datagram(_again(2, handle, ""), THERE, NOW)
    assert b"RTP/AVP 0 8 101" in answers(again)[0].body
    assert isinstance(events(one.datagram(_ack(2, handle, OFFER), THERE, NOW))[0], Changed)


@pytest.mark.parametrize("body", ["", UNKNOWN_CODEC, "v=0\r\n"])
def test_an_ack_without_the_answer_ends_the_call(body: str) -> None:
    one = agent()
    handle = next(
        action.call for action in one.datagram(written("INVITE"), THERE, NOW) if hasattr(action, "call")
    )
    one.answer(handle, OUR_MEDIA, NOW)
    found = one.datagram(_ack(1, handle, body), THERE, NOW)
    assert (lines(found), events(found)) == (["BYE"], [HungUp("failed")])


# What is rare ---------------------------------------------------------------------------------------------------------


def test_a_codec_that_the_line_will_not_take() -> None:
    """The offer had something of ours, and the line wants less."""
    one = agent()
    handle = next(
        a.call
        for a in one.datagram(written("INVITE", body=OFFER.replace("0 8 101", "0")), THERE, NOW)
        if hasattr(a, "call")
    )
    found = one.answer(handle, Media("192.0.2.1", 4000, ("PCMA",)), NOW)
    assert (lines(found), events(found)) == (["488 INVITE"], [HungUp("failed", 488)])
    assert one.refused == {"nothing_common": 1}


@pytest.mark.parametrize(
    ("status", "asked", "proof"),
    [(401, "WWW-Authenticate", "Authorization"), (407, "Proxy-Authenticate", "Proxy-Authorization")],
)
def test_challenges_of_exchanges_and_proxies_also_within_a_call(status: int, asked: str, proof: str) -> None:
    """§22.2 and §22.3; the ACK brings the INVITE's proof (§22.1)."""
    one = agent()
    handle, _, found = one.dial(THEM, OUR_MEDIA, NOW, credentials=Credentials("bot", "secret"))
    ack, again = sent(one.datagram(challenge(sent(found)[0], status, asked), THERE, NOW))
    assert (ack.method, again.method, again.cseq) == ("ACK", "INVITE", 2)
    assert again.header(proof).startswith("Digest ")
    acked = sent(one.datagram(_reply(again, 200, "x", OFFER), THERE, NOW))[0]
    assert acked.header(proof) == again.header(proof)
    refer = sent(one.refer(handle, Uri.parse("sip:8001@192.0.2.2"), NOW))[0]
    second = sent(one.datagram(challenge(refer, status, asked), THERE, NOW))[0]
    assert (second.method, second.cseq, second.header("Refer-To")) == (
        "REFER",
        refer.cseq + 1,
        refer.header("Refer-To"),
    )
    assert second.header(proof)
    assert events(one.datagram(challenge(second, status, asked), THERE, NOW)) == [Transferred("refused")]


def challenge(message: Request | Response, status: int, name: str) -> bytes:
    assert isinstance(message, Request)
    return write(
        response(message, status, tag="x", other=((name, 'Digest realm="r", nonce="n", qop="auth"'),))
    )


def test_a_phone_that_never_answers_the_cancel_is_forgotten() -> None:
    """§9.1: after 64·T1 the INVITE counts as cancelled."""
    one = agent()
    handle, _, found = one.dial(THEM, OUR_MEDIA, NOW)
    one.datagram(_reply(sent(found)[0], 180, "x"), THERE, NOW)
    assert lines(one.bye(handle, NOW)) == ["CANCEL"]
    while one.due is not None and one.due < NOW + 100:
        assert events(one.tick(one.due)) == []
    assert (one.calls, one.held) == (0, 1)


def test_changes_count_towards_the_rate() -> None:
    one = agent(burst=3, calls_per_second=0.001)
    handle = talking(one)
    for cseq in (2, 3, 4):
        one.datagram(_again(cseq, handle, OFFER), THERE, NOW)
        one.datagram(_ack(cseq, handle), THERE, NOW)
    assert one.refused == {"rate": 1}


def test_a_call_that_goes_mad_is_held_to_a_rate_of_its_own() -> None:
    """What is dropped comes again (§17.1.2); and the call can still be ended."""
    one = agent()
    handle = talking(one)
    found = [
        lines(one.datagram(written("INFO", branch=f"z9hG4bK{n}", cseq=2 + n, to_tag=handle), THERE, NOW))
        for n in range(100)
    ]
    assert found == [["200 INFO"]] * 60 + [[]] * 40
    assert one.refused == {"rate_within": 40}
    assert lines(one.datagram(written("BYE", branch="z9hG4bKb", cseq=900, to_tag=handle), THERE, NOW)) == [
        "200 BYE"
    ]


def test_more_than_can_be_remembered() -> None:
    """The rest is refused without state until the time of the first is over; what is there goes on."""
    one = agent(packets_per_second=100_000.0, burst=100_000)
    handle = talking(one)
    found = []
    for number in range(MOST_TRANSACTIONS):
        name = {"branch": f"z9hG4bK{number}", "call_id": f"n{number}", "from_tag": f"n{number}"}
        found = lines(one.datagram(written("INVITE", body=OFFER, **name), THERE, NOW))  # type: ignore[arg-type]
        one.datagram(written("CANCEL", **name), THERE, NOW)  # type: ignore[arg-type]
    assert found == ["503 INVITE"]
    assert one.refused == {"crowded": 1, "cancel_unknown": 1}
    assert one.calls == 1
    one.tick(NOW + GIVE_UP)
    assert lines(
        one.datagram(written("BYE", branch="z9hG4bKb", cseq=900, to_tag=handle), THERE, NOW + 40)
    ) == ["200 BYE"]
    assert lines(
        one.datagram(written("INVITE", branch="z9hG4bKn", call_id="n", body=OFFER), THERE, NOW + 40)
    ) == ["100 INVITE"]
