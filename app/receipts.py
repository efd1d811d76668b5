"""How far what a customer said has come: on an agent's desk, and before the agent's eyes."""

from app.log import Log
from core import events as e
from core.conversation import HUMAN
from core.errors import Invalid
from core.ports import Append


class Receipts:
    """Written by the one who serves; what others see is no answer to the customer."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def mark(self, conversation: str, agent: str, upto: int, seen: bool) -> bool:
        """Up to this seq it was delivered, or `seen`. The same again adds nothing. Returns whether it counts: a desk that
        no longer serves may say so late. Raises Invalid, NotFound."""
        fold = await self._log.conversation(conversation)
        if not 0 < upto <= fold.version:
            raise Invalid("`seq` is one of this conversation.", field="seq")
        if fold.mode != HUMAN or fold.assignee != agent:
            return False
        event: e.Event = e.Seen(upto=upto) if seen else e.Delivered(upto=upto)
        key = f"{event.KIND}:{agent}:{upto}"
        await self._log.append(Append(fold.stream, (event,), e.Actor(e.AGENT, agent), self._log.clock(), key=key))
        return True
