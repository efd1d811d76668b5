"""Dialogs (RFC 3261 §12): tags, route sets, the order of requests, and where the peer is reached."""

import msgspec

from voice.sip.fields import LARGEST_CSEQ, Address, Uri
from voice.sip.message import Fields, Request, Response


class Dialog(msgspec.Struct):
    """A relation of two user agents. `local` and `remote` are From and To of requests that are sent from here, with their
    tags; `target` is the peer's Contact; `seen` is the highest CSeq that came, None before the first."""

    call_id: str
    local: Address
    remote: Address
    target: Uri
    routes: tuple[Address, ...]
    sent: int
    seen: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Call-ID and local tag: what requests that come in are found by."""
        return (self.call_id, self.local.tag)


def of_request(request: Request, tag: str) -> Dialog:
    """The server's side (§12.1.1): the route set is Record-Route in its order. Without Contact the peer's From serves."""
    target = request.contacts[0].uri if request.contacts else request.from_.uri
    return Dialog(
        request.call_id, request.to.tagged(tag), request.from_, target, request.record_routes, 0, request.cseq
    )


def of_response(request: Request, response: Response) -> Dialog:
    """The client's side (§12.1.2): the route set is Record-Route backwards."""
    target = response.contacts[0].uri if response.contacts else request.uri
    return Dialog(
        request.call_id, request.from_, response.to, target, response.record_routes[::-1], request.cseq
    )


def in_order(dialog: Dialog, request: Request) -> bool:
    """Whether a request's CSeq is higher than all before it (§12.2.2); remembers it. The peer's tag must be the dialog's."""
    if request.from_.tag != dialog.remote.tag:
        return False
    if dialog.seen is not None and request.cseq <= dialog.seen:
        return False
    dialog.seen = request.cseq
    return True


def refresh(dialog: Dialog, message: Request | Response) -> None:
    """A re-INVITE or its answer moves the target (§12.2.1.2, §12.2.2)."""
    if message.contacts:
        dialog.target = message.contacts[0].uri


def compose(
    dialog: Dialog,
    method: str,
    *,
    contact: Address | None = None,
    other: Fields = (),
    body: bytes = b"",
    cseq: int | None = None,
) -> Request:
    """A request within the dialog, without Via (§12.2.1.1); `cseq` is given for ACK alone, which has its INVITE's."""
    if cseq is None:
        dialog.sent = min(dialog.sent + 1, LARGEST_CSEQ)
        cseq = dialog.sent
    uri, routes = dialog.target, dialog.routes
    if routes and routes[0].uri.param("lr") is None:  # a strict router takes the request line
        uri, routes = routes[0].uri, (*routes[1:], Address(dialog.target))
    return Request(
        method=method, uri=uri, cseq=cseq, call_id=dialog.call_id, from_=dialog.local, to=dialog.remote, routes=routes,
        contacts=(contact,) if contact else (), max_forwards=70, other=other, body=body,
    )  # fmt: skip


def next_hop(dialog: Dialog) -> Uri:
    """Where a request is sent: the first router, else the target (§8.1.2)."""
    return dialog.routes[0].uri if dialog.routes else dialog.target
