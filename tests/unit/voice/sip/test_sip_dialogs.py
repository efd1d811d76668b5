"""Dialogs: whom a request goes to, by which way, and in which order."""

from tests.unit.voice.sip.wire import written
from voice.sip import dialogs
from voice.sip.fields import Address
from voice.sip.message import Request, parse, response

ROUTES = "Record-Route: <sip:p1.example;lr>\r\nRecord-Route: <sip:p2.example;lr>\r\n"


def request(method: str = "INVITE", **changes: object) -> Request:
    found = parse(written(method, **changes))  # type: ignore[arg-type]
    assert isinstance(found, Request)
    return found


def test_the_servers_side() -> None:
    """§12.1.1."""
    dialog = dialogs.of_request(request(headers=ROUTES), "ours")
    assert dialog.key == ("c1@there", "ours")
    assert (dialog.local.tag, dialog.remote.tag, dialog.seen) == ("ours", "there", 1)
    assert [route.uri.host for route in dialog.routes] == ["p1.example", "p2.example"]
    bye = dialogs.compose(dialog, "BYE")
    assert (bye.uri.text, bye.cseq) == ("sip:13800001111@192.0.2.2:5060", 1)
    assert [route.uri.host for route in bye.routes] == ["p1.example", "p2.example"]
    assert dialogs.next_hop(dialog).host == "p1.example"
    assert dialogs.compose(dialog, "INFO").cseq == 2


def test_the_clients_side() -> None:
    """§12.1.2: the route set is turned round."""
    invite = request(headers=ROUTES)
    contact = Address.parse("<sip:them@192.0.2.9>")
    dialog = dialogs.of_response(invite, response(invite, 200, tag="theirs", contacts=(contact,)))
    assert (dialog.local.tag, dialog.remote.tag, dialog.target.host) == ("there", "theirs", "192.0.2.9")
    assert [route.uri.host for route in dialog.routes] == ["p2.example", "p1.example"]
    assert dialogs.compose(dialog, "ACK", cseq=1).cseq == 1
    assert dialogs.compose(dialog, "BYE").cseq == 2


def test_a_strict_router_takes_the_request_line() -> None:
    """§12.2.1.1."""
    dialog = dialogs.of_request(
        request(headers="Record-Route: <sip:old.example>, <sip:new.example;lr>\r\n"), "ours"
    )
    bye = dialogs.compose(dialog, "BYE")
    assert bye.uri.host == "old.example"
    assert [route.uri.host for route in bye.routes] == ["new.example", "192.0.2.2"]


def test_requests_come_in_their_order() -> None:
    """§12.2.2: gaps are allowed, going back is not, and a stranger's tag is not ours."""
    dialog = dialogs.of_request(request(cseq=5), "ours")
    assert not dialogs.in_order(dialog, request("INFO", cseq=5))
    assert dialogs.in_order(dialog, request("INFO", cseq=9))
    assert not dialogs.in_order(dialog, request("INFO", cseq=8))
    assert not dialogs.in_order(dialog, request("INFO", cseq=10, from_tag="stranger"))


def test_a_new_contact_moves_the_target() -> None:
    dialog = dialogs.of_request(request(), "ours")
    moved = parse(
        written("INVITE", cseq=2).replace(
            b"Contact: <sip:13800001111@192.0.2.2", b"Contact: <sip:x@192.0.2.7"
        )
    )
    assert isinstance(moved, Request)
    dialogs.refresh(dialog, moved)
    assert dialogs.compose(dialog, "BYE").uri.host == "192.0.2.7"
    dialogs.refresh(dialog, response(moved, 200))
    assert dialog.target.host == "192.0.2.7"
