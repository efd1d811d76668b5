"""What agents have begun to write and not sent, kept where every browser of theirs finds it."""

from typing import Any

import msgspec

from app.hub import Hub
from app.log import Log
from core.errors import Invalid
from core.time import Clock
from handoff.model import Draft
from handoff.ports import DraftRows

LENGTH = 10_000


def desk_topic(agent: str) -> str:
    """Where passing frames for every socket of one agent go, see `Hub.signal`."""
    return f"agent:{agent}"


class Drafts:
    """The last who wrote wins; the version tells browsers which text is newer."""

    def __init__(self, rows: DraftRows, log: Log, hub: Hub, clock: Clock) -> None:
        self._rows = rows
        self._log = log
        self._hub = hub
        self._clock = clock

    async def of(self, agent: str) -> list[dict[str, Any]]:
        """Every draft of an agent, as the desk gets it."""
        return [_shown(draft) for draft in await self._rows.of(agent)]

    async def keep(self, agent: str, conversation: str, kind: str, text: str) -> None:
        """Keeps a draft, or forgets it when the text is empty, and tells all desks of the agent.

        Raises Invalid for a text that is too long, NotFound for an unknown conversation.
        """
        if len(text) > LENGTH:
            raise Invalid(f"A draft has at most {LENGTH:,} characters.", field="text")
        await self._log.conversation(conversation)
        kept = await self._rows.keep(Draft(agent, conversation, kind, text, self._clock()))
        self._hub.signal(desk_topic(agent), {"type": "draft", **_shown(kept)})


def _shown(draft: Draft) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(draft).items() if name != "agent"}
