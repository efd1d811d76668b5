"""Notes that call a colleague by name, and the list of them that each colleague has."""

from collections.abc import Sequence
from typing import Any

from app.log import Log
from app.users import Users
from core import events as e
from core.conversation import PREFIX
from core.ports import Job
from core.time import iso
from handoff.mentions import mentioned
from handoff.model import Mention
from handoff.ports import MentionRows

LIST_LIMIT = 100


class Mentions:
    """The row of a mention is made by a reaction to its note: none is lost, and none is there twice."""

    def __init__(self, rows: MentionRows, log: Log, users: Users) -> None:
        self._rows = rows
        self._log = log
        self._users = users

    async def of(self, text: str, writer: str) -> tuple[str, ...]:
        """Accounts that a text calls; switched-off ones and the writer are none."""
        if "@" not in text:
            return ()
        people = {user.name: user.display for user in await self._users.list() if user.active and user.name != writer}
        return mentioned(text, people)

    async def noted(self, jobs: Sequence[Job]) -> int:
        """A handler of `app.lanes`: a note called somebody."""
        job = jobs[0]
        (note,) = await self._log.store.read(job.key.stream, after=job.key.seq - 1, limit=1)
        if isinstance(note.event, e.AgentNoted):
            id = note.stream.removeprefix(PREFIX)
            await self._rows.add(
                [Mention(agent, id, note.seq, note.event.agent, note.at) for agent in note.event.mentions]
            )
        await self._log.store.append(done=(job.key,))
        return 1

    async def waiting(self, agent: str) -> list[dict[str, Any]]:
        """What an agent has not looked at yet, the newest first, with the words as they are now."""
        found = []
        for one in await self._rows.unseen(agent, LIST_LIMIT):
            (note,) = await self._log.store.read(PREFIX + one.conversation, after=one.seq - 1, limit=1)
            if isinstance(note.event, e.AgentNoted):
                found.append(shown(note, note.event))
        return found

    async def seen(self, agent: str, conversation: str) -> None:
        """The agent has opened the conversation."""
        await self._rows.seen(agent, conversation, self._log.clock())


def shown(note: e.Recorded, event: e.AgentNoted) -> dict[str, Any]:
    """A note that calls somebody, as the desk gets it. `kind`: mention, question or answer; `thread`: of the latter two."""
    kind = "mention" if not event.thread else "question" if event.thread == event.id else "answer"
    return {
        "conversation": note.stream.removeprefix(PREFIX), "seq": note.seq, "by": event.agent, "text": event.text,
        "at": iso(note.at), "kind": kind, "thread": event.thread,
    }  # fmt: skip
