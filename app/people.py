"""The human side at work: the waiting line, offers, and what an agent does to a conversation.

Every step is one append under the conflict rule, so two agents can never hold one conversation.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from msgspec.structs import replace

from app.inbox import Inbound, checked
from app.log import Log
from bot.dialogue import Dialogue
from core import events as e
from core.conversation import CLOSED, HUMAN, WAITING, Conversation
from core.errors import Conflict, Denied, Invalid
from core.ports import ANY, Append, Job, Rows
from core.time import SECOND
from handoff.ports import AgentState, Presence
from handoff.queue import Averages, Place, place_of, places_of
from handoff.routing import Routing, Waiting, choose, order
from handoff.routing import waiting as waiting_of

ASK_AGAIN_AFTER = 20 * SECOND
LINE_LIMIT = 10_000
"""Conversations that can wait, or be served, at once; beyond it the newest are left out of the matching."""

_log = structlog.get_logger()


class People:
    """What the desk, the queue and the offer's timer do."""

    def __init__(
        self,
        log: Log,
        rows: Rows,
        presence: Presence,
        routing: Callable[[], Routing],
        dialogue: Callable[[], Dialogue],
        works: Callable[[str], Awaitable[bool | None]],
    ) -> None:
        """`works` says whether a user serves here; None: there is no such user."""
        self._log = log
        self._rows = rows
        self.presence = presence
        self._routing = routing
        self._dialogue = dialogue
        self._works = works
        self._matching = asyncio.Lock()
        self.averages = Averages()

    # The line --------------------------------------------------------------------------------------------------

    async def line(self) -> list[tuple[Waiting, dict[str, Any]]]:
        """The line in its order (`handoff.routing.order`), each with its row."""
        rows = await self._rows.find("conversations", {"mode": WAITING}, order="waiting_since", limit=LINE_LIMIT)
        by_id = {row["id"]: row for row in rows}
        line = [waiting_of(await self._log.conversation(row["id"]), row["priority"]) for row in rows]
        return [(item, by_id[item.conversation]) for item in order(line, self._log.clock())]

    async def waiting(self) -> list[Waiting]:
        """The line in its order."""
        return [item for item, _ in await self.line()]

    async def abandoned(self) -> list[tuple[str, str]]:
        """(conversation, agent) where a customer waits for an answer of somebody who is not on duty."""
        there = {state.agent for state in await self.presence.all()}
        rows = await self._rows.find("conversations", {"mode": HUMAN}, limit=LINE_LIMIT)
        return [
            (row["id"], row["assignee"])
            for row in rows
            if row["last_by"] == "customer" and row["assignee"] not in there
        ]

    async def agents(self) -> list[AgentState]:
        """Who is on duty, each with the number of conversations served or wrapped up now."""
        states = await self.presence.all()
        rows = await self._rows.find("conversations", {"mode": HUMAN}, limit=LINE_LIMIT)
        wrapping = Counter(
            row["agent"] for row in await self._rows.find("wraps", {"ended_at": 0}, limit=LINE_LIMIT)
        )
        loads = Counter(row["assignee"] for row in rows) + wrapping
        for state in states:
            if state.load != loads[state.agent]:
                await self.presence.loaded(state.agent, loads[state.agent])
        return [replace(state, load=loads[state.agent], wrapping=wrapping[state.agent]) for state in states]

    async def match(self) -> None:
        """Offers waiting conversations to agents who can take them."""
        async with self._matching:
            line = await self.waiting()
            if not line:
                return
            now = self._log.clock()
            for chosen in choose(line, await self.agents(), now):
                fold = await self._log.conversation(chosen.conversation)
                if chosen.agent in fold.refused and now - fold.last_at < ASK_AGAIN_AFTER:
                    continue  # the only one there has just said no; ask again, but not at once
                await self._offer(fold, chosen.agent)

    async def place(self, conversation: str) -> Place | None:
        """Position and expected wait of one who waits; None for others."""
        return place_of(conversation, await self.waiting(), await self.agents(), self.averages, self._log.clock())

    async def places(self, line: Sequence[Waiting]) -> dict[str, Place]:
        """The same for everybody in the line."""
        return places_of(line, await self.agents(), self.averages, self._log.clock())

    async def _offer(self, fold: Conversation, agent: str) -> None:
        if fold.mode != WAITING or fold.offer is not None:
            return
        now = self._log.clock()
        expires = now + self._routing().offer_seconds * SECOND
        offered = e.HandoffOffered(agent=agent, expires_at=expires, skill=fold.skill)
        try:
            await self._log.append(Append(fold.stream, (offered,), e.THE_SYSTEM, now, expected=fold.version))
        except Conflict:
            _log.info("offer_overtaken", conversation=fold.id, agent=agent)

    async def offer_over(self, jobs: Sequence[Job]) -> int:
        """A handler of `app.lanes`: the timer of an offer. An offer that was answered leaves nothing to do."""
        job = jobs[0]
        fold = await self._log.conversation(job.key.stream, fresh=True)
        if fold.mode == WAITING and fold.offer is not None and fold.offer.expires_at <= self._log.clock():
            event = e.HandoffExpired(agent=fold.offer.agent)
            now = self._log.clock()
            await self._log.append(
                Append(fold.stream, (event,), e.THE_SYSTEM, now, expected=fold.version), done=(job.key,)
            )
        else:
            await self._log.store.append(done=(job.key,))
        return 1

    async def withdraw(self, agent: str) -> None:
        """An agent has left: what is offered to them goes to the next one at once."""
        rows = await self._rows.find("conversations", {"mode": WAITING, "offered_to": agent}, limit=LINE_LIMIT)

        def decide(fold: Conversation) -> Sequence[e.Event]:
            offered = fold.mode == WAITING and fold.offer is not None and fold.offer.agent == agent
            return (e.HandoffExpired(agent=agent),) if offered else ()

        for row in rows:
            await self._change(row["id"], e.THE_SYSTEM, decide)

    # What an agent does ----------------------------------------------------------------------------------------

    async def _change(
        self, conversation: str, by: e.Actor, decide: Callable[[Conversation], Sequence[e.Event]], guard: int | None = None
    ) -> Conversation:
        """Decides on the present conversation and appends; again when somebody else was faster."""
        fold = await self._log.conversation(conversation)
        while True:
            events = tuple(decide(fold))
            if not events:
                return fold
            append = Append(fold.stream, events, by, self._log.clock(), expected=fold.version)
            if guard is not None:
                append = Append(fold.stream, events, by, self._log.clock(), expected=fold.version, guard=guard)
            try:
                await self._log.append(append)
            except Conflict:
                fold = await self._log.conversation(conversation, fresh=True)
                continue
            return await self._log.conversation(conversation)

    async def accept(self, conversation: str, agent: str, name: str) -> Conversation:
        """The agent takes the conversation. Raises Conflict `taken` when it is somebody else's or nobody's to take."""

        def decide(fold: Conversation) -> Sequence[e.Event]:
            if fold.mode == HUMAN and fold.assignee == agent:
                return ()
            if fold.mode != WAITING:
                raise Conflict("This conversation is no longer waiting.", code="taken")
            if fold.offer is not None and fold.offer.agent != agent:
                raise Conflict("This conversation is offered to a colleague now.", code="taken")
            return (e.HandoffTaken(agent=agent, name=name),)

        before = await self._log.conversation(conversation)
        fold = await self._change(conversation, e.Actor(e.AGENT, agent), decide)
        if before.offer is not None and fold.taken_at:
            offered_at = before.offer.expires_at - self._routing().offer_seconds * SECOND
            self.averages = self.averages.observed(answer=(fold.taken_at - offered_at) / SECOND)
        return fold

    async def decline(self, conversation: str, agent: str, reason: str = "") -> None:
        """The agent refuses an offer; it goes to the next one at once."""

        def decide(fold: Conversation) -> Sequence[e.Event]:
            if fold.mode != WAITING or fold.offer is None or fold.offer.agent != agent:
                return ()
            return (e.HandoffDeclined(agent=agent, reason=reason[:200]),)

        await self._change(conversation, e.Actor(e.AGENT, agent), decide)

    async def say(
        self, conversation: str, agent: str, name: str, message: str, text: str, files: tuple[e.File, ...] = ()
    ) -> int:
        """Words or files to the customer; returns their seq. The same id again gives the same seq. Raises Denied, Invalid."""
        said = e.AgentSaid(id=message, agent=agent, name=name, text=words(message, text, bool(files)), files=files)
        return await self._keyed(conversation, agent, said, f"a:{message}", owner=True)

    async def note(
        self, conversation: str, agent: str, note: str, text: str, mentions: tuple[str, ...] = (), *,
        thread: str = "", skill: str = "", owner: bool = False,
    ) -> int:
        """Words to colleagues, of whom `mentions` are called; returns their seq. With `owner` of who serves alone. The
        others: see `AgentNoted`."""
        said = words(note, text)
        event = e.AgentNoted(id=note, agent=agent, mentions=mentions, thread=thread, skill=skill, text=said)
        return await self._keyed(conversation, agent, event, f"n:{note}", owner=owner)

    async def _keyed(self, conversation: str, agent: str, event: e.Event, key: str, owner: bool) -> int:
        fold = await self._log.conversation(conversation)
        while True:
            if owner and (fold.mode != HUMAN or fold.assignee != agent):
                raise Denied("This conversation is not yours now.", code="not_yours")
            append = Append(
                fold.stream, (event,), e.Actor(e.AGENT, agent), self._log.clock(), expected=fold.version, key=key
            )
            try:
                (result,) = await self._log.append(append)
            except Conflict:
                fold = await self._log.conversation(conversation, fresh=True)
                continue
            return result.first

    async def close(self, conversation: str, agent: str, disposition: str) -> None:
        """The agent ends the conversation. Without a disposition they wrap it up next, where the pack gives time for it.
        Raises Denied when it is a colleague's, Invalid for the disposition."""
        routing = self._routing()
        wraps = not disposition and routing.wrap_up_seconds > 0
        if not wraps:
            routing.check_disposition(disposition)

        def decide(fold: Conversation) -> Sequence[e.Event]:
            if fold.mode == CLOSED:
                return ()
            if fold.mode != HUMAN or fold.assignee != agent:
                raise Denied("Only the one who serves a conversation closes it.", code="not_yours")
            until = self._log.clock() + routing.wrap_up_seconds * SECOND if wraps else 0
            return (e.Closed(by="agent", disposition=disposition, wrap_until=until),)

        fold = await self._change(conversation, e.Actor(e.AGENT, agent), decide)
        if not wraps:
            self.served(fold.taken_at)
        await self.match()

    def served(self, taken_at: int) -> None:
        """A place is free again that was taken since then (0: it is not known)."""
        now = self._log.clock()
        if 0 < taken_at < now:
            self.averages = self.averages.observed(handling=(now - taken_at) / SECOND)

    async def transfer(self, conversation: str, agent: str, to: dict[str, str], note: str = "") -> None:
        """To a skill, to a person (who gets the next offer), or back to the bot. Raises Denied, Invalid."""
        target, skill, bot = to.get("agent", ""), to.get("skill", ""), bool(to.get("bot"))
        if sum(map(bool, (target, skill, bot))) != 1:
            raise Invalid("Name one of agent, skill or bot.", field="to")
        if skill:
            self.check_skill(skill)
        if target:
            await self._may_be_given(target, agent)

        def decide(fold: Conversation) -> Sequence[e.Event]:
            if fold.mode != HUMAN or fold.assignee != agent:
                raise Denied("Only the one who serves a conversation transfers it.", code="not_yours")
            if bot and fold.stopped:
                raise Denied("A supervisor has stopped the bot in this conversation.", code="bot_stopped")
            if bot:
                kept = e.AgentNoted(id=f"transfer-{fold.version}", agent=agent, text=note[:2000])
                if note.strip():  # the machine reads no notes; the next colleague does
                    return (kept, e.HandoffReturned(agent=agent), self._dialogue().said(fold, "utter_anything_else"))
                return (e.HandoffReturned(agent=agent), self._dialogue().said(fold, "utter_anything_else"))
            return (e.Transferred(by=agent, agent=target, skill=skill, note=note[:2000]),)

        await self._change(conversation, e.Actor(e.AGENT, agent), decide)

    def check_skill(self, skill: str) -> None:
        """Raises Invalid for one that the pack does not have."""
        if skill not in self._routing().skills:
            raise Invalid(f"There is no skill {skill}.", field="to")

    async def _may_be_given(self, target: str, agent: str) -> None:
        if target == agent:
            raise Invalid("This conversation is yours already.", field="to")
        works = await self._works(target)
        if works is None:
            raise Invalid(f"There is no user {target}.", field="to")
        if not works:
            raise Invalid(f"{target} no longer works here.", field="to")

    async def give_back(self, conversation: str, agent: str) -> None:
        """Back into the line, in front, from an agent who is gone; nothing when somebody else serves by now."""

        def decide(fold: Conversation) -> Sequence[e.Event]:
            if fold.mode != HUMAN or fold.assignee != agent:
                return ()
            return (e.Transferred(by=agent, skill=fold.skill or self._routing().default_skill),)

        await self._change(conversation, e.THE_SYSTEM, decide)

    # What a customer does in the line --------------------------------------------------------------------------

    async def leave_queue(self, conversation: str) -> None:
        """The customer would rather go on with the machine."""

        def decide(fold: Conversation) -> Sequence[e.Event]:
            if fold.mode != WAITING:
                return ()
            if fold.stopped:
                raise Denied("A person looks after this conversation; there is nobody else to go back to.", code="bot_stopped")
            answered = tuple(said.seq for said in fold.unanswered)
            said = self._dialogue().said(fold, "utter_left_queue")
            return (e.HandoffCancelled(in_reply_to=answered), said)

        await self._change(conversation, e.THE_CUSTOMER, decide, guard=ANY)


def words(id: str, text: str, optional: bool = False) -> str:
    """What an agent wrote, within the limits that hold for customers. Raises Invalid."""
    checked(Inbound("", id, text))
    kept = text.replace("\0", "")
    if not kept.strip() and not optional:
        raise Invalid("A message needs words.", field="text")
    return kept
