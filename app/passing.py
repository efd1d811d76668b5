"""Passing conversations on: to whom one can, the note that goes along, and what becomes of them when an agent is gone."""

from collections.abc import Callable
from typing import Any

from app.begun import desk_topic
from app.hub import Hub
from app.log import Log
from app.people import LINE_LIMIT, People
from app.users import Users
from bot.dialogue import Dialogue
from core import events as e
from core.conversation import HUMAN, WAITING, Conversation
from core.errors import Conflict, Invalid
from core.ports import Append, Rows
from handoff.ports import AVAILABLE, AWAY, AgentState
from handoff.routing import Routing

IN_FRONT = 10
"""The priority of a customer whose agent is gone: above all that a pack can give."""
LEFT, SOON = "utter_agent_left", "utter_person_soon"


class Passing:
    """What lies between two people who serve the same customer."""

    def __init__(
        self, log: Log, rows: Rows, hub: Hub, people: People, users: Users, routing: Callable[[], Routing],
        dialogue: Callable[[], Dialogue],
    ) -> None:
        self._log, self._rows, self._hub = log, rows, hub
        self._people, self._users = people, users
        self._routing, self._dialogue = routing, dialogue

    async def targets(self, agent: str) -> dict[str, Any]:
        """To whom an agent can pass a conversation on: colleagues on duty, those with a free place first, and skills
        with the number of colleagues who have them and are free."""
        there = [state for state in await self._people.agents() if state.agent != agent and state.state != AWAY]
        routing = self._routing()
        skills = [
            {"skill": skill, "name": names, "free": sum(_free(state) and _knows(state, skill) for state in there)}
            for skill, names in routing.skills.items()
        ]
        people = [
            {
                "agent": state.agent, "name": state.name or state.agent, "state": state.state, "load": state.load,
                "capacity": state.capacity, "skills": list(state.skills), "languages": list(state.languages),
                "free": _free(state),
            }
            for state in sorted(there, key=lambda one: (not _free(one), one.load, one.name))
        ]  # fmt: skip
        return {"people": people, "skills": skills}

    async def transfer(self, conversation: str, agent: str, to: dict[str, Any], note: str) -> None:
        """See `People.transfer`. A colleague who has just left is passed over: who is there gets the offer."""
        if not isinstance(to.get("agent", ""), str):
            raise Invalid("Name a colleague by the name of the account.", field="to")
        await self._people.transfer(conversation, agent, to, note)

    async def note_of(self, fold: Conversation) -> dict[str, str] | None:
        """Who passed a waiting conversation on, and with which words; None when nobody did."""
        last = await self._log.store.read(fold.stream, after=fold.asked_seq - 1, limit=1) if fold.asked_seq else []
        if not last or not isinstance(last[0].event, e.Transferred):
            return None
        moved = last[0].event
        names = {user.name: user.display for user in await self._users.list()}
        return {"by": moved.by, "name": names.get(moved.by, moved.by), "note": moved.note}

    async def gone(self, agent: str) -> int:
        """An account was switched off: its desks close, offers to it end, and what it served goes back to the front of
        the line, with a word to each customer. Returns how many conversations were served."""
        await self._people.presence.gone(agent)
        self._hub.signal(desk_topic(agent), {"type": "ended"})
        served = await self._rows.find("conversations", {"mode": HUMAN, "assignee": agent}, limit=LINE_LIMIT)
        for row in served:
            await self._change(row["id"], agent, self._back)
        offered = await self._rows.find("conversations", {"mode": WAITING, "offered_to": agent}, limit=LINE_LIMIT)
        for row in offered:
            await self._change(row["id"], agent, _withdrawn)
        await self._people.match()
        return len(served)

    def _back(self, fold: Conversation, agent: str) -> tuple[e.Event, ...]:
        if fold.mode != HUMAN or fold.assignee != agent:
            return ()
        dialogue, routing = self._dialogue(), self._routing()
        moved = e.Transferred(by=agent, skill=fold.skill or routing.default_skill, priority=IN_FRONT)
        return (moved, dialogue.said(fold, LEFT if LEFT in dialogue.pack.responses else SOON))

    async def _change(
        self, conversation: str, agent: str, decide: Callable[[Conversation, str], tuple[e.Event, ...]]
    ) -> None:
        fold = await self._log.conversation(conversation, fresh=True)
        while events := decide(fold, agent):
            append = Append(fold.stream, events, e.THE_SYSTEM, self._log.clock(), expected=fold.version)
            try:
                await self._log.append(append)
            except Conflict:
                fold = await self._log.conversation(conversation, fresh=True)
                continue
            return


def _withdrawn(fold: Conversation, agent: str) -> tuple[e.Event, ...]:
    if fold.mode != WAITING or fold.offer is None or fold.offer.agent != agent:
        return ()
    return (e.HandoffExpired(agent=agent),)


def _free(state: AgentState) -> bool:
    return state.state == AVAILABLE and state.load < state.capacity


def _knows(state: AgentState, skill: str) -> bool:
    return not state.skills or skill in state.skills
