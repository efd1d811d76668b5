"""What the agent answers to requests as others write them: every refusal has its status, its reason and no state."""

import pytest

from tests.unit.voice.sip.wire import (
    HERE,
    OFFER,
    OUR_MEDIA,
    THERE,
    UNKNOWN_CODEC,
    events,
    lines,
    sent,
    tokens,
    written,
)
from voice.sip.actions import Action, Digit, HungUp, Incoming, Peer, Refused, Send, Settings
from voice.sip.agent import Agent
from voice.sip.message import Request, Response

NOW = 100.0


def agent(**settings: object) -> Agent:
    return Agent(Settings(HERE.host, HERE.port, **settings), tokens("t"))  # type: ignore[arg-type]


def answers(found: list[Action]) -> list[Response]:
    return [message for message in sent(found) if isinstance(message, Response)]


def called(one: Agent, now: float = NOW, **changes: object) -> tuple[str, list[Action]]:
    """Has somebody call; gives the call's handle."""
    found = one.datagram(written("INVITE", body=OFFER, **changes), THERE, now)  # type: ignore[arg-type]
    handle = next(action.call for action in found if hasattr(action, "call"))
    return handle, found


def talking(one: Agent, now: float = NOW, **changes: str) -> str:
    """A call that was answered and acknowledged."""
    handle, _ = called(one, now, **changes)
    one.answer(handle, OUR_MEDIA, now)
    ack = written("ACK", to_tag=handle, **{**changes, "branch": "z9hG4bKack"})  # type: ignore[arg-type]
    assert one.datagram(ack, THERE, now) == []
    return handle


def test_a_call_is_announced_and_answered() -> None:
    one = agent()
    handle, found = called(one)
    assert lines(found) == ["100 INVITE"]
    event = events(found)[0]
    assert isinstance(event, Incoming) and event.offered is not None
    assert (event.info.caller, event.info.called, event.info.id) == ("13800001111", "bot", "c1@there")
    ringing = answers(one.ring(handle, NOW))[0]
    accepted = answers(one.answer(handle, OUR_MEDIA, NOW))[0]
    assert (ringing.status, accepted.status) == (180, 200)
    assert ringing.to.tag == accepted.to.tag == handle
    assert accepted.contacts[0].uri.text == "sip:bot@192.0.2.1:5060"
    assert not accepted.header("Server") and not accepted.header("User-Agent")


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (written("REGISTER"), 405, "method"),
        (written("REFER", headers="Refer-To: <sip:x@y>\r\n"), 405, "method"),
        (written("INVITE", headers="Require: 100rel, x-y\r\n", body=OFFER), 420, "require"),
        (written("INVITE", uri="urn:service:sos"), 416, "scheme"),
        (written("INVITE", headers="Content-Type: text/plain\r\n", body="hello"), 415, "media_type"),
        (written("INVITE", headers="Content-Encoding: gzip\r\n", body=OFFER), 415, "media_type"),
        (written("INVITE", body="v=0\r\n"), 400, "sdp_streams"),
        (written("INVITE", body=UNKNOWN_CODEC), 488, "nothing_common"),
        (written("BYE", to_tag="nobody"), 481, "no_dialog"),
        (written("INVITE", to_tag="nobody", body=OFFER), 481, "no_dialog"),
        (written("BYE"), 481, "no_dialog"),
        (written("INFO"), 481, "no_dialog"),
        (written("NOTIFY", headers="Event: message-summary\r\n"), 489, "event"),
        (written("CANCEL"), 481, "cancel_unknown"),
        (written("INVITE").replace(b"Content-Length: 0", b"Content-Length: 7"), 400, "malformed_short_body"),
        (written("INVITE").replace(b" SIP/2.0\r", b" SIP/3.0\r", 1), 505, "malformed_version"),
    ],
)
def test_refusals_without_state(data: bytes, status: int, reason: str) -> None:
    """§8.2 and §8.2.7: the same request again gets the same answer with the same tag, and the ACK is taken for granted."""
    one = agent()
    before = one.held
    found = one.datagram(data, THERE, NOW)
    answer = answers(found)[0]
    assert answer.status == status
    assert one.refused == {reason: 1}
    assert [action.reason for action in found if isinstance(action, Refused)] == [reason]
    assert sent(one.datagram(data, THERE, NOW)) == [answer]
    assert one.held <= before + 1  # the source's rate
    tag = answer.to.tag
    assert tag
    if tag != "nobody":
        assert one.datagram(written("ACK", to_tag=tag), THERE, NOW) == []
        assert "ack_unknown" not in one.refused


def test_what_a_refusal_names() -> None:
    one = agent()
    allowed = answers(one.datagram(written("SUBSCRIBE"), THERE, NOW))[0]
    assert "INVITE" in allowed.header("Allow") and "SUBSCRIBE" not in allowed.header("Allow")
    required = answers(one.datagram(written("INVITE", headers="Require: 100rel\r\n"), THERE, NOW))[0]
    assert required.header("Unsupported") == "100rel"
    kind = answers(
        one.datagram(written("INVITE", headers="Content-Type: text/plain\r\n", body="x"), THERE, NOW)
    )[0]
    assert kind.header("Accept") == "application/sdp"


@pytest.mark.parametrize("method", ["ACK", "INVITE", "BYE", "X"])
def test_nothing_is_said_to_what_cannot_be_answered(method: str) -> None:
    """An ACK is never answered (§17); a message without Via has nobody to answer."""
    one = agent()
    assert sent(one.datagram(written("ACK", to_tag="x"), THERE, NOW)) == []
    assert sent(one.datagram(written(method).replace(b"Via:", b"X:"), THERE, NOW)) == []
    assert (
        sent(one.datagram(written("ACK").replace(b"Content-Length: 0", b"Content-Length: 7"), THERE, NOW))
        == []
    )
    assert one.refused == {"ack_unknown": 1, "malformed_missing": 1, "malformed_short_body": 1}


def test_options_say_what_is_possible() -> None:
    """§11.2, also within a call."""
    one = agent()
    answer = answers(one.datagram(written("OPTIONS"), THERE, NOW))[0]
    assert (answer.status, answer.header("Accept")) == (200, "application/sdp")
    handle = talking(one)
    assert lines(one.datagram(written("OPTIONS", branch="z9hG4bKo", cseq=2, to_tag=handle), THERE, NOW)) == [
        "200 OPTIONS"
    ]


def test_calls_for_other_hosts_are_not_passed_on() -> None:
    """One that has no hops left is told so (§16.3), for it was going elsewhere; our own is taken whatever it has left."""
    one = agent(hosts=("bot.example",))
    spent = written("INVITE", uri="sip:x@elsewhere.example", body=OFFER).replace(
        b"Max-Forwards: 70", b"Max-Forwards: 0"
    )
    assert lines(one.datagram(spent, THERE, NOW)) == ["483 INVITE"]
    assert lines(one.datagram(written("INVITE", uri="sip:x@elsewhere.example"), THERE, NOW)) == ["404 INVITE"]
    ours = written("INVITE", uri="sip:bot@BOT.example", body=OFFER).replace(
        b"Max-Forwards: 70", b"Max-Forwards: 0"
    )
    assert lines(one.datagram(ours, THERE, NOW)) == ["100 INVITE"]
    assert one.refused == {"hops": 1, "host": 1}


def test_a_call_that_comes_by_two_ways_is_one_call() -> None:
    """§8.2.2.2."""
    one = agent()
    called(one)
    assert lines(one.datagram(written("INVITE", branch="z9hG4bKfork", body=OFFER), THERE, NOW)) == [
        "482 INVITE"
    ]
    assert (one.calls, one.refused["merged"]) == (1, 1)


def test_a_copy_of_the_invite_gets_the_last_answer_and_no_second_call() -> None:
    one = agent()
    handle, _ = called(one)
    one.ring(handle, NOW)
    assert lines(one.datagram(written("INVITE", body=OFFER), THERE, NOW)) == ["180 INVITE"]
    assert one.calls == 1


def test_cancel_ends_what_is_not_answered() -> None:
    """§9.2: 200 for the CANCEL, 487 for the INVITE, both with one tag; a copy of the CANCEL is answered again."""
    one = agent()
    handle, _ = called(one)
    found = one.datagram(written("CANCEL"), THERE, NOW)
    assert lines(found) == ["200 CANCEL", "487 INVITE"]
    assert {answer.to.tag for answer in answers(found)} == {handle}
    assert events(found) == [HungUp("caller", 487)]
    assert sent(one.datagram(written("CANCEL"), THERE, NOW)) == answers(found)[:1]
    assert one.datagram(written("ACK", to_tag=handle), THERE, NOW) == []
    assert one.calls == 0


def test_a_cancel_after_the_answer_changes_nothing() -> None:
    one = agent()
    handle, _ = called(one)
    one.answer(handle, OUR_MEDIA, NOW)
    assert lines(one.datagram(written("CANCEL"), THERE, NOW)) == ["200 CANCEL"]
    assert one.calls == 1


def test_bye_ends_a_call_once() -> None:
    one = agent()
    handle = talking(one)
    bye = written("BYE", branch="z9hG4bKbye", cseq=2, to_tag=handle)
    found = one.datagram(bye, THERE, NOW)
    assert (lines(found), events(found)) == (["200 BYE"], [HungUp("caller")])
    again = one.datagram(bye, THERE, NOW)
    assert (lines(again), events(again)) == (["200 BYE"], [])
    late = written("INFO", branch="z9hG4bKlate", cseq=3, to_tag=handle)
    assert lines(one.datagram(late, THERE, NOW)) == ["481 INFO"]


def test_bye_before_the_answer_ends_the_invite_too() -> None:
    """§15.1.2."""
    one = agent()
    handle, _ = called(one)
    one.ring(handle, NOW)
    found = one.datagram(written("BYE", branch="z9hG4bKbye", cseq=2, to_tag=handle), THERE, NOW)
    assert sorted(lines(found)) == ["200 BYE", "487 INVITE"]


@pytest.mark.parametrize(("from_tag", "call_id"), [("stranger", "c1@there"), ("there", "c2@there")])
def test_who_does_not_know_all_of_the_dialog_cannot_end_it(from_tag: str, call_id: str) -> None:
    one = agent()
    handle = talking(one)
    found = one.datagram(
        written("BYE", branch="z9hG4bKx", cseq=2, to_tag=handle, from_tag=from_tag, call_id=call_id),
        THERE,
        NOW,
    )
    assert lines(found) == ["481 BYE"]
    assert one.calls == 1


def test_a_request_out_of_order_is_refused() -> None:
    """§12.2.2."""
    one = agent()
    handle = talking(one)
    assert lines(one.datagram(written("INFO", branch="z9hG4bK5", cseq=5, to_tag=handle), THERE, NOW)) == [
        "200 INFO"
    ]
    assert lines(one.datagram(written("INFO", branch="z9hG4bK4", cseq=4, to_tag=handle), THERE, NOW)) == [
        "500 INFO"
    ]
    assert one.refused == {"within_500": 1}


@pytest.mark.parametrize(
    ("kind", "body", "status", "keys"),
    [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", 200, ["5"]),
        ("application/dtmf-relay", "Signal= *\r\nDuration= 250", 200, ["*"]),
        ("application/dtmf-relay", "signal=11\n", 200, ["#"]),
        ("application/dtmf-relay", "Duration=160\r\n", 200, []),
        ("application/dtmf", "7", 200, ["7"]),
        ("application/dtmf", "d\r\n", 200, ["D"]),
        ("application/dtmf", "16", 200, []),
        ("application/media_control+xml", "<x/>", 415, []),
        ("application/dtmf-relay", "", 200, []),
    ],
)
def test_keys_by_info(kind: str, body: str, status: int, keys: list[str]) -> None:
    one = agent()
    handle = talking(one)
    info = written(
        "INFO", branch="z9hG4bKi", cseq=2, to_tag=handle, headers=f"Content-Type: {kind}\r\n", body=body
    )
    found = one.datagram(info, THERE, NOW)
    assert lines(found) == [f"{status} INFO"]
    assert events(found) == [Digit(key) for key in keys]
    assert events(one.datagram(info, THERE, NOW)) == []  # a copy is no second press


def test_a_location_beside_the_offer_does_no_harm() -> None:
    """Emergency calls come with a location in multipart/mixed (RFC 6442)."""
    one = agent()
    parts = f"--b1\r\nContent-Type: application/pidf+xml\r\n\r\n<presence/>\r\n--b1\r\nContent-Type: application/sdp\r\n\r\n{OFFER}\r\n--b1--\r\n"
    data = written("INVITE", headers='Content-Type: multipart/mixed;boundary="b1"\r\n', body=parts)
    event = events(one.datagram(data, THERE, NOW))[0]
    assert isinstance(event, Incoming) and event.offered is not None and event.offered.port == 6000
    other = (
        data.replace(b"application/sdp", b"application/xxx").replace(b"c1@", b"c2@").replace(b"bKb1", b"bKb2")
    )
    assert lines(one.datagram(other, THERE, NOW)) == ["415 INVITE"]


# Where answers go ----------------------------------------------------------------------------------------------------


def test_answers_go_where_the_request_came_from() -> None:
    """RFC 3581 §4 with rport, RFC 3261 §18.2.2 without; behind a translator our own requests go there too."""
    one = agent()
    seen = Peer("udp", "198.51.100.7", 40001)
    found = one.datagram(written("OPTIONS"), seen, NOW)
    assert [action.peer for action in found if isinstance(action, Send)] == [seen]
    via = answers(found)[0].vias[0]
    assert (via.param("received"), via.param("rport")) == ("198.51.100.7", "40001")
    plain = one.datagram(written("OPTIONS").replace(b";rport", b""), seen, NOW)
    assert [action.peer for action in plain if isinstance(action, Send)] == [
        Peer("udp", "198.51.100.7", 5060)
    ]

    found = one.datagram(written("INVITE", body=OFFER), seen, NOW)
    handle = next(action.call for action in found if hasattr(action, "call"))
    one.answer(handle, OUR_MEDIA, NOW)
    one.datagram(written("ACK", branch="z9hG4bKa", to_tag=handle), seen, NOW)
    assert [action.peer for action in one.bye(handle, NOW) if isinstance(action, Send)] == [seen]


@pytest.mark.parametrize(
    ("contact", "allowed", "host"),
    [
        ("192.0.2.2:5070", (), "192.0.2.2"),
        ("192.0.2.77:5070", (), "192.0.2.2"),
        ("127.0.0.1:6379;transport=tcp", (), "192.0.2.2"),
        ("192.0.2.77:5070", ("192.0.2.0/24",), "192.0.2.77"),
        ("203.0.113.1", ("192.0.2.0/24",), "192.0.2.2"),
        ("internal.example", ("192.0.2.0/24",), "192.0.2.2"),
    ],
)
def test_a_stranger_cannot_have_us_speak_to_others(contact: str, allowed: tuple[str, ...], host: str) -> None:
    one = agent(allowed=allowed)
    data = written("INVITE", body=OFFER).replace(b"@192.0.2.2:5060>", f"@{contact}>".encode())
    handle = next(action.call for action in one.datagram(data, THERE, NOW) if hasattr(action, "call"))
    one.answer(handle, OUR_MEDIA, NOW)
    one.datagram(written("ACK", branch="z9hG4bKa", to_tag=handle), THERE, NOW)
    peers = [action.peer for action in one.bye(handle, NOW) if isinstance(action, Send)]
    assert [peer.host for peer in peers] == [host]
    assert peers[0].transport == "udp"


def test_our_requests_name_us_and_ask_for_rport() -> None:
    one = agent()
    handle = talking(one)
    bye = sent(one.bye(handle, NOW))[0]
    assert isinstance(bye, Request)
    assert (bye.vias[0].host, bye.vias[0].port, bye.vias[0].param("rport")) == ("192.0.2.1", 5060, "")
    assert (bye.from_.tag, bye.to.tag, bye.max_forwards) == (handle, "there", 70)
