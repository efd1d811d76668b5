"""Handing a call to a person: every way in which an exchange tells what became of it."""

import pytest

from tests.unit.voice.sip.test_sip_agent import NOW, agent, talking
from tests.unit.voice.sip.wire import THERE, events, lines, sent, written
from voice.sip.actions import Action, HungUp, Transferred
from voice.sip.agent import Agent
from voice.sip.fields import Uri
from voice.sip.message import Request, response, write

GONE = [Transferred("ok"), HungUp("transferred")]


def referred() -> tuple[Agent, str, Request]:
    """An agent that asked for a transfer, the call's handle, and the REFER."""
    one = agent()
    handle = talking(one)
    refer = sent(one.refer(handle, Uri.parse("sip:8001@192.0.2.2"), NOW))[0]
    assert isinstance(refer, Request)
    return one, handle, refer


def notify(handle: str, status: str, cseq: int = 2, state: str = "active;expires=60") -> bytes:
    headers = f"Event: refer\r\nSubscription-State: {state}\r\nContent-Type: message/sipfrag;version=2.0\r\n"
    return written(
        "NOTIFY",
        branch=f"z9hG4bKn{cseq}",
        cseq=cseq,
        to_tag=handle,
        headers=headers,
        body=f"SIP/2.0 {status}\r\n",
    )


def got(one: Agent, data: bytes) -> list[Action]:
    """What a datagram leads to, with what is due at once."""
    return one.datagram(data, THERE, NOW) + one.tick(NOW)


def test_what_is_asked() -> None:
    """RFC 3515 §2.4.1 and RFC 3892."""
    _, _, refer = referred()
    assert refer.method == "REFER"
    assert refer.header("Refer-To") == "<sip:8001@192.0.2.2>"
    assert refer.header("Referred-By") == "<sip:bot@192.0.2.1:5060>"
    assert refer.contacts


def test_notify_tells_that_the_person_took_it_and_our_leg_ends() -> None:
    one, handle, refer = referred()
    assert got(one, write(response(refer, 202))) == []
    trying = got(one, notify(handle, "100 Trying"))
    assert (lines(trying), events(trying)) == (["200 NOTIFY"], [])
    done = got(one, notify(handle, "200 OK", 3, "terminated;reason=noresource"))
    assert lines(done) == ["200 NOTIFY", "BYE"]
    assert events(done) == GONE
    assert one.calls == 0


def test_notify_may_come_before_the_answer() -> None:
    one, handle, refer = referred()
    assert events(got(one, notify(handle, "200 OK"))) == GONE
    assert events(got(one, write(response(refer, 202)))) == []


def test_the_answer_alone_may_be_all() -> None:
    """RFC 4488: an exchange that takes the REFER over and will not report."""
    one, _, refer = referred()
    done = got(one, write(response(refer, 200, other=(("Refer-Sub", "false"),))))
    assert (lines(done), events(done)) == (["BYE"], GONE)


def test_the_exchange_may_hang_up_instead_of_telling() -> None:
    one, handle, refer = referred()
    got(one, write(response(refer, 202)))
    assert events(got(one, written("BYE", branch="z9hG4bKb", cseq=2, to_tag=handle))) == GONE


def test_a_caller_who_hangs_up_meanwhile_was_not_transferred() -> None:
    one, handle, _ = referred()
    found = events(got(one, written("BYE", branch="z9hG4bKb", cseq=2, to_tag=handle)))
    assert found == [Transferred("refused"), HungUp("caller")]


@pytest.mark.parametrize(
    "status", ["486 Busy Here", "603 Decline", "404 Not Found", "503 Service Unavailable"]
)
def test_a_person_who_does_not_take_it(status: str) -> None:
    """The call stays with us."""
    one, handle, refer = referred()
    got(one, write(response(refer, 202)))
    done = got(one, notify(handle, status, state="terminated;reason=noresource"))
    assert (lines(done), events(done)) == (["200 NOTIFY"], [Transferred("refused")])
    assert one.calls == 1
    assert lines(one.refer(handle, Uri.parse("sip:8002@192.0.2.2"), NOW)) == ["REFER"]


@pytest.mark.parametrize(
    ("status", "result"),
    [(405, "unsupported"), (501, "unsupported"), (420, "unsupported"), (403, "refused"), (603, "refused")],
)
def test_an_exchange_that_does_not_do_it(status: int, result: str) -> None:
    one, _, refer = referred()
    assert events(got(one, write(response(refer, status)))) == [Transferred(result)]
    assert one.calls == 1


def test_silence_ends_after_a_while() -> None:
    one, handle, refer = referred()
    got(one, write(response(refer, 202)))
    assert events(one.tick(NOW + 59)) == []
    assert events(one.tick(NOW + 61)) == [Transferred("timeout")]
    assert lines(got(one, notify(handle, "200 OK"))) == ["481 NOTIFY"]
    unheard, _, _ = referred()
    due = unheard.due
    while due is not None and due < NOW + 33:
        found = unheard.tick(due)
        due = unheard.due
    assert events(found)[:1] == [Transferred("timeout")]


def test_a_report_that_ends_without_a_result_is_no_result() -> None:
    one, handle, refer = referred()
    got(one, write(response(refer, 202)))
    assert events(got(one, notify(handle, "100 Trying", state="terminated;reason=timeout"))) == [
        Transferred("timeout")
    ]


def test_only_one_at_a_time_and_only_while_there_is_a_call() -> None:
    one, handle, _ = referred()
    assert events(one.refer(handle, Uri.parse("sip:x@192.0.2.2"), NOW)) == [Transferred("refused")]
    assert one.refer("nobody", Uri.parse("sip:x@192.0.2.2"), NOW) == []


def test_reports_about_other_things_are_refused() -> None:
    one = agent()
    handle = talking(one)
    assert lines(got(one, notify(handle, "200 OK"))) == ["481 NOTIFY"]
    assert lines(got(one, notify(handle, "200 OK", 3).replace(b"Event: refer", b"Event: presence"))) == [
        "489 NOTIFY"
    ]
