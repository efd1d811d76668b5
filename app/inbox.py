"""What customers say comes in here, from every channel; it is on disk before it is acknowledged."""

import msgspec

from app.log import Log
from core import events as e
from core.conversation import CLOSED, PREFIX, Conversation
from core.errors import Conflict, Invalid, SwitchboardError
from core.ports import BARRIER, Append
from core.time import HOUR

TEXT_LIMIT = 10_000
"""Characters of one message; what is longer is refused, not cut."""
ID_LIMIT = 128
PAYLOAD_LIMIT = 1_000


class ConversationClosed(SwitchboardError):
    """The conversation ended too long ago to be taken up again."""

    code = "conversation_closed"
    status = 409


class Inbound(msgspec.Struct, frozen=True):
    """One message as a channel has verified it; `id` is the channel's own and makes it idempotent."""

    conversation: str
    id: str
    text: str = ""
    payload: str | None = None
    files: tuple[e.File, ...] = ()


class Received(msgspec.Struct, frozen=True):
    """`seq` of the message; `altered` when the same id came before with other words, which stand."""

    seq: int
    altered: bool = False


def checked(inbound: Inbound) -> Inbound:
    """Raises Invalid for what no channel may let through. NUL has no meaning in text and PostgreSQL refuses it."""
    if not inbound.id or len(inbound.id) > ID_LIMIT:
        raise Invalid(f"A message needs an id of 1 to {ID_LIMIT} characters.", field="id")
    if len(inbound.text) > TEXT_LIMIT:
        raise Invalid(f"A message has at most {TEXT_LIMIT:,} characters; please send it in parts.", code="too_long", field="text")
    if inbound.payload is not None and len(inbound.payload) > PAYLOAD_LIMIT:
        raise Invalid(f"A payload has at most {PAYLOAD_LIMIT:,} characters.", code="too_long", field="payload")
    if "\0" in inbound.text or "\0" in inbound.id or (inbound.payload and "\0" in inbound.payload):
        return msgspec.structs.replace(
            inbound,
            id=inbound.id.replace("\0", ""),
            text=inbound.text.replace("\0", ""),
            payload=inbound.payload.replace("\0", "") if inbound.payload else inbound.payload,
        )
    return inbound


class Inbox:
    """`reopen_hours`: how long after its closing a message still reopens a conversation."""

    def __init__(self, log: Log, reopen_hours: int = 72) -> None:
        self._log = log
        self.reopen_hours = reopen_hours

    async def receive(self, inbound: Inbound) -> Received:
        """Returns once the message is durable. The same id again gives the same seq."""
        inbound = checked(inbound)
        said = e.CustomerSaid(id=inbound.id, text=inbound.text, payload=inbound.payload, files=inbound.files)
        stream = PREFIX + inbound.conversation
        fold = await self._log.conversation(stream)
        while True:
            now = self._log.clock()
            events: tuple[e.Event, ...] = (said,)
            if fold.mode == CLOSED:
                known = await self._known(stream, inbound)
                if known is not None:
                    return known
                self._may_reopen(fold, now)
                events = (e.Reopened(), said)
            append = Append(
                stream, events, e.THE_CUSTOMER, now, expected=fold.version, guard=BARRIER, key=key_of(inbound.id)
            )
            try:
                (result,) = await self._log.append(append)
            except Conflict:
                fold = await self._log.conversation(stream, fresh=True)
                continue
            if result.duplicate:
                return await self._as_said(stream, inbound, result.first)
            return Received(result.first + len(events) - 1)

    def _may_reopen(self, fold: Conversation, now: int) -> None:
        if now - fold.closed_at > self.reopen_hours * HOUR:
            raise ConversationClosed("This conversation has ended. Start a new one; it can continue this one.")

    async def _known(self, stream: str, inbound: Inbound) -> Received | None:
        """Whether a closed conversation already holds the message: a repetition must not reopen it."""
        for recorded in reversed(await self._log.store.read(stream)):
            event = recorded.event
            if isinstance(event, e.CustomerSaid) and event.id == inbound.id:
                return self._same(event, inbound, recorded.seq)
        return None

    async def _as_said(self, stream: str, inbound: Inbound, first: int) -> Received:
        for recorded in await self._log.store.read(stream, after=first - 1, limit=2):
            if isinstance(recorded.event, e.CustomerSaid):
                return self._same(recorded.event, inbound, recorded.seq)
        raise Conflict("The id belongs to something else.")

    @staticmethod
    def _same(event: e.CustomerSaid, inbound: Inbound, seq: int) -> Received:
        said = (event.text, event.payload, event.files)
        return Received(seq, altered=said != (inbound.text, inbound.payload, inbound.files))


def key_of(message: str) -> str:
    """The idempotency key of a customer's message within its conversation."""
    return "m:" + message


