"""A message for those who wait while nobody is on duty: a ticket, in the moment in which they leave the line."""

from collections.abc import Callable, Mapping
from typing import Any

from app.log import Log
from channels.widget import WidgetSettings
from core import events as e
from core.conversation import PREFIX, WAITING
from core.errors import Conflict, Invalid
from core.ports import ANY, Append
from handoff.ports import Presence
from tickets.desk import PREFIX as TICKET
from tickets.desk import TicketDesk

_TRIES = 5


class OfflineForm:
    """`settings` are the pack's of now."""

    def __init__(self, log: Log, tickets: TicketDesk, presence: Presence, settings: Callable[[], WidgetSettings]) -> None:
        self._log, self._tickets, self._presence, self._settings = log, tickets, presence, settings

    async def away(self) -> bool:
        """Whether nobody is on duty."""
        return not await self._presence.all()

    async def leave(self, conversation: str, fields: Mapping[str, Any]) -> str:
        """Opens the ticket and takes the customer out of the line, both or neither; returns its number.

        Raises Invalid for what does not fit, Conflict for somebody who does not wait (any more).
        """
        offline = self._settings().offline
        if offline is None:
            raise Conflict("This chat takes no messages for later.", code="offline_off")
        for name in fields:
            if name not in offline.fields:
                raise Invalid(f"The form has no field {name[:40]}.", field=name[:40])
        fold = await self._log.conversation(conversation)
        for _ in range(_TRIES):
            if fold.mode != WAITING:
                raise Conflict("You are not waiting for a person now.", code="not_waiting")
            opened = self._tickets.open(
                offline.ticket, dict(fields), contact=fold.contact, conversation=fold.id, language=fold.language,
                flow="", step="", in_reply_to=(),
            )  # fmt: skip
            now = self._log.clock()
            told = (e.HandoffCancelled(in_reply_to=tuple(said.seq for said in fold.unanswered)), opened)
            try:
                await self._log.append(
                    Append(TICKET + opened.ticket, (opened,), e.THE_CUSTOMER, now, expected=0, guard=ANY),
                    Append(PREFIX + fold.id, told, e.THE_CUSTOMER, now, expected=fold.version, guard=ANY),
                )
            except Conflict:  # somebody was faster: an agent took over, or the form was sent twice
                fold = await self._log.conversation(conversation, fresh=True)
                continue
            return opened.ticket
        raise Conflict("The conversation changes too fast; try again in a moment.", code="busy")
