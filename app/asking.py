"""Asking a colleague about a conversation, and their answer: notes of one thread, which customers never see.

The first note of a thread is its question; it calls whom it asks, as an @ would. Answers call who asked.
"""

from typing import Any

from app.log import Log
from app.mentions import Mentions
from app.people import People
from app.users import Users
from core import events as e
from core.conversation import PREFIX
from core.errors import Invalid, NotFound
from handoff.mentions import MOST
from handoff.ports import AWAY


class Asking:
    """Questions of the one who serves, and answers of anybody who works here."""

    def __init__(self, log: Log, people: People, users: Users, mentions: Mentions) -> None:
        self._log, self._people, self._users, self._mentions = log, people, users, mentions

    async def ask(self, conversation: str, agent: str, id: str, text: str, to: dict[str, Any]) -> int:
        """A question to `{"agent"}` or to whoever has the `{"skill"}`, on duty where somebody is; returns its seq.

        Raises Denied when the conversation is not the agent's, Invalid for `to` or the text.
        """
        name, skill = to.get("agent", ""), to.get("skill", "")
        if not isinstance(name, str) or not isinstance(skill, str) or bool(name) == bool(skill):
            raise Invalid("Name one of agent or skill.", field="to")
        called = await self._named(name, agent) if name else await self._skilled(skill, agent)
        also = await self._mentions.of(text, agent)
        return await self._people.note(
            conversation, agent, id, text, _once(called + also), thread=id, skill=skill, owner=True
        )

    async def answer(self, conversation: str, agent: str, id: str, text: str, thread: str) -> int:
        """More words in the thread of a question; returns their seq. Raises NotFound, Invalid.

        They call who asked; more words of the asker call whom they asked.
        """
        question = await self._question(conversation, thread)
        called = question.mentions if question.agent == agent else (question.agent,)
        also = await self._mentions.of(text, agent)
        return await self._people.note(conversation, agent, id, text, _once(called + also), thread=thread)

    async def _question(self, conversation: str, thread: str) -> e.AgentNoted:
        for recorded in await self._log.store.read(PREFIX + conversation):
            event = recorded.event
            if isinstance(event, e.AgentNoted) and event.id == thread == event.thread:
                return event
        raise NotFound("There is no such question in this conversation.")

    async def _named(self, name: str, agent: str) -> tuple[str, ...]:
        if name == agent:
            raise Invalid("Ask somebody else than yourself.", field="to")
        if not await self._users.works(name):
            raise Invalid(f"Nobody who works here is called {name}.", field="to")
        return (name,)

    async def _skilled(self, skill: str, agent: str) -> tuple[str, ...]:
        self._people.check_skill(skill)
        able = [
            user.name
            for user in await self._users.list()
            if user.active and user.name != agent and (not user.skills or skill in user.skills)
        ]
        if not able:
            raise Invalid("Nobody else has this skill.", field="to")
        on_duty = {state.agent for state in await self._people.presence.all() if state.state != AWAY}
        return tuple([name for name in able if name in on_duty] or able)


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))[:MOST]
