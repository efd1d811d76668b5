"""Canned replies as the desk gets them: those that people wrote, and the pack's where nobody wrote another."""

import secrets
from collections.abc import Callable

from msgspec.structs import replace

from core.errors import Conflict, Denied, NotFound, TooMany
from core.time import Clock
from handoff.canned import checked
from handoff.model import CannedReply
from handoff.ports import CannedRows

MOST = 1_000
"""Replies that people may write: a list that is read whole."""
_PACK = "pack:"


class Canned:
    """`pack` gives the replies of the pack that serves now."""

    def __init__(self, rows: CannedRows, pack: Callable[[], tuple[CannedReply, ...]], clock: Clock) -> None:
        self._rows = rows
        self._pack = pack
        self._clock = clock

    async def all(self) -> list[CannedReply]:
        """Every reply that may be picked, by language and shortcut."""
        written = await self._rows.all()
        taken = {(one.language, one.shortcut) for one in written}
        given = [one for one in self._pack() if (one.language, one.shortcut) not in taken]
        return sorted([*written, *given], key=lambda one: (one.language, one.shortcut))

    async def add(self, language: str, shortcut: str, title: str, text: str, by: str) -> CannedReply:
        """A new one. Raises Invalid, Conflict `exists` for a shortcut that is taken, TooMany."""
        reply = checked(CannedReply(secrets.token_hex(8), language, shortcut, title, text, by, self._clock()))
        if len(await self._rows.all()) >= MOST:
            raise TooMany(f"There are {MOST} canned replies already; delete some first.", code="too_many_replies")
        if not await self._rows.add(reply):
            raise _taken(reply)
        return reply

    async def change(self, id: str, shortcut: str, title: str, text: str, by: str) -> CannedReply:
        """Other words in the same language. Raises NotFound, Invalid, Conflict, and Denied for one of the pack's."""
        before = await self._written(id)
        reply = checked(
            replace(before, shortcut=shortcut, title=title, text=text, by=by, updated_at=self._clock())
        )
        if not await self._rows.change(reply):
            raise _taken(reply)
        return reply

    async def remove(self, id: str) -> None:
        """Raises NotFound, and Denied for one of the pack's."""
        await self._written(id)
        await self._rows.remove(id)

    async def _written(self, id: str) -> CannedReply:
        if id.startswith(_PACK):
            raise Denied(
                "This reply comes with the pack. Write one with the same shortcut to take its place.", code="of_the_pack"
            )
        reply = await self._rows.get(id)
        if reply is None:
            raise NotFound("This reply is not there any more; a colleague may have deleted it.")
        return reply


def _taken(reply: CannedReply) -> Conflict:
    return Conflict(f"There is a reply /{reply.shortcut} in this language already.", code="exists", field="shortcut")
