"""What supervisors do: read along, take over, and stop the bot in one conversation or in one flow."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from app.log import Log
from bot.dialogue import Dialogue, Turn
from core import events as e
from core.conversation import BOT, CLOSED, HUMAN, WAITING, Conversation
from core.errors import Conflict, NotFound
from core.ports import ANY, Append, Rows
from core.time import iso

FLOW = "flow:"
"""How the stream of a flow's switch begins."""
STOPPED, FLOW_STOPPED = "stopped", "flow_stopped"
"""Reasons of a hand-over."""
FRESH_SECONDS = 0.5
"""How old what is known of stopped flows may be; what this process stops counts at once."""
SWITCHES_LIMIT = 1_000


class Switches:
    """Which flows are stopped, as every process knows it within `FRESH_SECONDS`."""

    def __init__(self, log: Log, rows: Rows, dialogue: Callable[[], Dialogue]) -> None:
        self._log = log
        self._rows = rows
        self._dialogue = dialogue
        self._stopped: frozenset[str] = frozenset()
        self._looked = float("-inf")

    async def stopped(self) -> frozenset[str]:
        """Ids of flows that serve nobody now."""
        if time.monotonic() - self._looked >= FRESH_SECONDS:
            rows = await self._rows.find("switches", {"stopped": 1}, limit=SWITCHES_LIMIT)
            self._stopped, self._looked = frozenset(row["id"] for row in rows), time.monotonic()
        return self._stopped

    async def list(self, language: str) -> list[dict[str, Any]]:
        """Every flow that the pack wrote, with its switch."""
        rows = {row["id"]: row for row in await self._rows.find("switches", limit=SWITCHES_LIMIT)}
        flows = [flow for flow in self._dialogue().pack.flows.values() if not flow.made]
        return [self._shown(flow.id, flow.name.get(language) or flow.id, rows.get(flow.id)) for flow in flows]

    @staticmethod
    def _shown(flow: str, name: str, row: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "flow": flow,
            "name": name,
            "stopped": bool(row and row["stopped"]),
            "by": row["who"] if row else None,
            "at": iso(row["at"]) if row else None,
        }

    async def turn(self, flow: str, stop: bool, by: str) -> bool:
        """Stops a flow or lets it serve again; False when it was so already. Raises NotFound."""
        if flow not in self._dialogue().pack.flows:
            raise NotFound(f"The pack has no flow {flow}.")
        stream = FLOW + flow
        while True:
            version = await self._log.store.version(stream)
            row = await self._rows.get("switches", flow)
            if bool(row and row["stopped"]) == stop:
                return False
            event = e.FlowStopped(flow=flow, by=by) if stop else e.FlowResumed(flow=flow, by=by)
            append = Append(stream, (event,), e.Actor(e.AGENT, by), self._log.clock(), expected=version, guard=ANY)
            try:
                await self._log.append(append)
            except Conflict:
                continue
            self._looked = float("-inf")
            return True

    async def held(self, fold: Conversation, turn: Turn) -> tuple[e.Event, ...] | None:
        """What is committed in the place of a turn that goes into a stopped flow; None for all others."""
        if fold.mode != BOT or not turn.events:
            return None
        begun = [event.flow for event in turn.events if isinstance(event, e.FlowStarted)]
        flows = {*begun, *(frame.flow for frame in fold.stack)} & await self.stopped()
        if not flows:
            return None
        start = fold.startable
        if start is not None and start.flow in flows and not fold.unanswered and fold.call is None:
            return (e.StartLeft(flow=start.flow, start=start.seq, reason=STOPPED),)  # nobody has asked for anything
        heard = [event for event in turn.events if isinstance(event, e.Understood | e.LanguageChanged)]
        return (*heard, *self._dialogue().handed_over(fold, FLOW_STOPPED, next(iter(begun), "")))


class Supervision:
    """Acts in one conversation, each an append under the conflict rule. `by` is the supervisor's user name."""

    def __init__(self, log: Log, dialogue: Callable[[], Dialogue]) -> None:
        self._log = log
        self._dialogue = dialogue

    async def listen(self, conversation: str, by: str) -> None:
        """Notes that somebody reads along; the customer does not see it."""
        fold = await self._log.conversation(conversation, fresh=True)
        await self._log.append(Append(fold.stream, (e.ListenedIn(by=by),), e.Actor(e.AGENT, by), self._log.clock()))

    async def take_over(self, conversation: str, by: str, name: str) -> Conversation:
        """From the bot, the line or a colleague. Raises Conflict when the conversation is closed."""

        def decide(fold: Conversation) -> Sequence[e.Event]:
            if fold.mode == HUMAN and fold.assignee == by:
                return ()
            return (e.TakenOver(agent=by, name=name, before=fold.assignee),)

        return await self._change(conversation, by, decide)

    async def stop(self, conversation: str, by: str) -> Conversation:
        """The bot says no more; who talked to it gets a person. Raises Conflict when the conversation is closed."""

        def decide(fold: Conversation) -> Sequence[e.Event]:
            if fold.stopped:
                return ()
            handed = self._dialogue().handed_over(fold, STOPPED) if fold.mode == BOT else ()
            return (e.BotStopped(by=by), *handed)

        return await self._change(conversation, by, decide)

    async def resume(self, conversation: str, by: str) -> Conversation:
        """The bot may serve again; who waits only because it was stopped gets it back. Raises Conflict when the
        conversation is closed."""

        def decide(fold: Conversation) -> Sequence[e.Event]:
            if not fold.stopped:
                return ()
            resumed = e.BotResumed(by=by)
            if fold.mode != WAITING or fold.reason != STOPPED:
                return (resumed,)
            return (resumed, e.HandoffReturned(agent=by), self._dialogue().said(fold, "utter_anything_else"))

        return await self._change(conversation, by, decide)

    async def _change(
        self, conversation: str, by: str, decide: Callable[[Conversation], Sequence[e.Event]]
    ) -> Conversation:
        fold = await self._log.conversation(conversation, fresh=True)
        while True:
            if fold.mode == CLOSED:
                raise Conflict("This conversation is closed.", code="closed")
            events = tuple(decide(fold))
            if not events:
                return fold
            append = Append(
                fold.stream, events, e.Actor(e.AGENT, by), self._log.clock(), expected=fold.version, guard=ANY
            )
            try:
                await self._log.append(append)
            except Conflict:
                fold = await self._log.conversation(conversation, fresh=True)
                continue
            return await self._log.conversation(conversation)
