"""The service people's socket, `/api/v1/desk/ws`."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from itertools import islice
from typing import Any

import structlog
from fastapi import WebSocket

from app.assist import frames as suggestions
from app.begun import desk_topic
from app.http.assist_frames import helped
from app.http.desk_frames import (
    DECODER,
    TYPES,
    Accept,
    Approve,
    Close,
    Decline,
    Draft,
    Frame,
    Gate,
    Hello,
    Help,
    Looking,
    Message,
    Note,
    Ping,
    Presence,
    Receipt,
    Transfer,
    Typing,
    Undo,
    Watch,
    WrapUp,
)
from app.http.desk_notes import noted, wrapped
from app.http.desk_ready import snapshot
from app.http.desk_threads import Threads
from app.http.frames import AUTHENTICATION, RESTART, BadFrame, Closed, Door, hold
from app.http.session import Session
from app.looking import Look
from app.mentions import shown
from app.wiring import System
from app.wrapping import frame as wrapping
from core import events as e
from core.conversation import PREFIX
from core.errors import NotFound, SwitchboardError, Unauthenticated
from core.time import iso
from store.settled import User

TOO_FAR = 1_000
"""Missed events of one conversation above which the desk loads it anew."""
FOLLOWED = 200
"""Conversations that are followed from where the desk left them; it loads any others anew."""

_log = structlog.get_logger()


_MINE_ENDS = (e.Closed, e.HandoffReturned, e.Transferred)
_TAKEN = (e.HandoffTaken, e.TakenOver)
_OFFER_ENDS = (*_TAKEN, e.HandoffExpired, e.HandoffDeclined, e.HandoffCancelled, e.Closed)


class DeskSession(Session[Frame]):
    """One socket of one agent; an agent may have several."""

    NAMED = ("id", "conversation", "call", "suggestion")

    def __init__(self, system: System, socket: WebSocket) -> None:
        super().__init__(system, socket, DECODER, TYPES)
        self._user: User | None = None
        self._look: Look | None = None
        self._watched: set[str] = set()
        self._mine: set[str] = set()
        self._offered: set[str] = set()
        self._early: list[Sequence[e.Recorded]] | None = []
        self._checked = 0.0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._threads = Threads(self.frames, system.store.read, self._soon)

    @property
    def _greeted(self) -> bool:
        return self._early is None

    @property
    def _agent(self) -> User:
        assert self._user is not None
        return self._user

    @property
    def _eyes(self) -> Look:
        assert self._look is not None
        return self._look

    # Frames ----------------------------------------------------------------------------------------------------

    async def _handle(self, frame: Frame) -> None:
        if isinstance(frame, Hello):
            await self._hello(frame)
            return
        if self._user is None:
            raise BadFrame("hello_first", "The first frame is hello, with an access token.")
        if isinstance(frame, Ping):
            await self._system.presence.beat(self._agent.name)
            await self.frames.send({"type": "pong"})
            return
        if not await self._system.limits.allow(f"desk:{self._agent.name}", 1200):
            raise BadFrame("rate_limited", "Too many frames at once; wait a moment.", getattr(frame, "id", None))
        await self._still_signed_in()
        if isinstance(frame, Presence):
            await self._system.duty.enter(self._agent, frame.state, frame.capacity)
            await self.frames.send({"type": "presence", "state": frame.state})
            self._system.line.soon()
        elif isinstance(frame, Gate):
            await self._gate(frame)
        elif isinstance(frame, Help):
            await self.frames.send(await helped(self._system.assist, frame, self._agent.name))
        elif isinstance(frame, Draft):
            await self._system.drafts.keep(self._agent.name, frame.conversation, frame.kind, frame.text)
        else:
            await self._act(frame)

    async def _gate(self, frame: Gate) -> None:
        """A click on what the machine prepared, or did."""
        approvals, agent = self._system.approvals, self._agent.name
        if isinstance(frame, Undo):
            await approvals.undo(frame.call, agent, frame.note)
        else:
            await approvals.decide(frame.call, agent, isinstance(frame, Approve), frame.note)
        await self.frames.send({"type": "decided", "call": frame.call})

    async def _still_signed_in(self) -> None:
        """A user who was switched off or signed out loses the socket within a minute."""
        if time.monotonic() - self._checked > 60:
            user = await self._system.users.get(self._agent.name)
            if not user.active or user.epoch != self._agent.epoch:
                raise Unauthenticated("This sign-in has ended; sign in again.")
            self._checked = time.monotonic()

    async def _act(
        self, frame: Accept | Decline | Watch | Message | Note | Transfer | Typing | Looking | Receipt | Close | WrapUp
    ) -> None:
        people, agent, id = self._system.people, self._agent.name, frame.conversation
        if isinstance(frame, Accept):
            await people.accept(id, agent, self._agent.display)
            self._mine.add(id)
            self._offered.discard(id)
            await self.frames.send({"type": "taken", "conversation": id, "agent": agent})
        elif isinstance(frame, Decline):
            await people.decline(id, agent, frame.reason)
        elif isinstance(frame, Watch):
            await self._system.log.conversation(id)
            self._watched.add(id)
            await self.frames.send({"type": "watching", "conversation": id})
        elif isinstance(frame, Message):
            files = await self._system.files.sent(id, agent, frame.files)
            seq = await people.say(id, agent, self._agent.display, frame.id, frame.text, files)
            await self.frames.send({"type": "ack", "id": frame.id, "seq": seq})
        elif isinstance(frame, Note):
            seq = await noted(self._system, frame, agent)
            await self.frames.send({"type": "ack", "id": frame.id, "seq": seq})
        elif isinstance(frame, Transfer):
            await self._system.passing.transfer(id, agent, frame.to, frame.note)
        elif isinstance(frame, Typing):
            if id in self._mine and frame.kind == "reply":
                self._system.hub.signal(PREFIX + id, {"type": "typing", "by": "agent"})
            self._eyes.typing(id, frame.kind)
        elif isinstance(frame, Looking):
            await self._turned(id)
        elif isinstance(frame, Receipt):
            await self._system.receipts.mark(id, agent, frame.seq, frame.seen)
        elif isinstance(frame, WrapUp):
            await wrapped(self._system, frame, agent)
        else:
            await people.close(id, agent, frame.disposition)

    async def _turned(self, conversation: str) -> None:
        """The desk shows another conversation. Raises NotFound for one that is not there."""
        if conversation:
            await self._system.log.conversation(conversation)
        self._eyes.turn(conversation)

    async def _hello(self, frame: Hello) -> None:
        user = await self._system.users.who(frame.token)
        if self._user is not None and user.name != self._user.name:
            raise Unauthenticated("The token is somebody else's.")
        first = self._user is None
        self._user, self._checked = user, time.monotonic()
        if not first:
            return
        try:
            await self._open(user, frame.after)
        except SwitchboardError as error:  # half open is worse than closed: the desk comes back
            await self.frames.error(error.code, error.message)
            await self.frames.close(RESTART, "the desk could not be opened")
            raise Closed from None

    async def _open(self, user: User, after: dict[str, int]) -> None:
        mine = await self._system.rows.find(
            "conversations", {"mode": "human", "assignee": user.name}, order="-last_at", limit=200
        )
        self._mine = {row["id"] for row in mine}
        self._look = Look(self._system.looking, user, self.frames.push)
        state = await self._system.duty.arrive(user)
        self._system.hub.listen_all(self._heard)
        self._system.hub.listen_signals("desk", self._signal)
        self._system.hub.listen_signals(desk_topic(user.name), self._own)
        await self.frames.send(await snapshot(self._system, user, mine, state))
        await self._missed(after)
        # What happened since the desk began to listen comes behind what it had missed before.
        early, self._early = self._early or [], None
        for events in early:
            self._heard(events)
        await self._standing_offers()
        self._system.line.soon()

    async def _missed(self, after: dict[str, int]) -> None:
        for id, seq in islice(after.items(), FOLLOWED):
            try:
                fold = await self._system.log.conversation(id)
            except NotFound:
                continue
            if fold.version - seq > TOO_FAR:
                await self.frames.send({"type": "resync", "conversation": id})
                continue
            self._watched.add(id)
            self._threads.known(id, max(0, min(seq, fold.version)))
            await self._threads.fill(id)
        for id in islice(after, FOLLOWED, None):
            self.frames.push({"type": "resync", "conversation": id})

    async def _standing_offers(self) -> None:
        rows = await self._system.rows.find("conversations", {"mode": "waiting", "offered_to": self._agent.name})
        for row in rows:
            await self._offer(row["id"])

    # Events ----------------------------------------------------------------------------------------------------

    def _signal(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "queue" or frame.get("conversation") in self._mine:
            self.frames.push(frame)

    def _own(self, frame: dict[str, Any]) -> None:
        """For every desk of this agent."""
        if frame["type"] == "ended":
            self._soon(self.frames.close(AUTHENTICATION, "this sign-in has ended"))
        else:
            self.frames.push(frame)

    def _heard(self, events: Sequence[e.Recorded]) -> None:
        if self._early is not None:
            self._early.append(events)
            return
        kind, _, id = events[0].stream.partition(":")
        if kind == "ticket":
            self.frames.push({"type": "ticket", "ticket": id, "version": events[-1].seq})
            return
        for recorded in events:
            event = recorded.event
            if isinstance(event, e.ActionProposed):
                self._soon(self._proposed(id, event.call, recorded.at))
            elif isinstance(event, e.ActionDecided):
                self._soon(self._decided(id, event))
            elif isinstance(event, e.AgentNoted) and self._agent.name in event.mentions:
                self.frames.push({"type": "mention", **shown(recorded, event)})
            elif isinstance(event, e.Closed | e.WrappedUp) and (told := wrapping(recorded)) and told[0] == self._agent.name:
                self.frames.push(told[1])
            if isinstance(event, e.HandoffOffered) and event.agent == self._agent.name:
                self._soon(self._offer(id))
            elif isinstance(event, _TAKEN) and event.agent == self._agent.name:
                self._mine.add(id)
            if id in self._mine or id in self._watched:
                self._threads.tell(id, recorded)
                for suggestion in suggestions(recorded):
                    self.frames.push(suggestion)
            if id in self._mine and (isinstance(event, _MINE_ENDS) or self._lost(event)):
                self._mine.discard(id)
            if id in self._offered and isinstance(event, _OFFER_ENDS):
                self._offered.discard(id)
                if not (isinstance(event, _TAKEN) and event.agent == self._agent.name):
                    self.frames.push({"type": "withdrawn", "conversation": id})

    def _lost(self, event: e.Event) -> bool:
        return isinstance(event, e.TakenOver) and event.agent != self._agent.name

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _proposed(self, id: str, call: str, at: int) -> None:
        """What waits for a click goes to every desk, with what it would do."""
        proposal = await self._system.approvals.proposal(id, call, at)
        if proposal is not None:
            self.frames.push(_approval(id, call, e.ActionProposed.KIND) | {"proposal": proposal})

    async def _decided(self, id: str, event: e.ActionDecided) -> None:
        """Who clicked, by the name that colleagues know: the account may be younger than this connection."""
        user = await self._system.users.get(event.agent)
        decision = {"approved": event.approved, "agent": event.agent, "name": user.display}
        self.frames.push(_approval(id, event.call, event.KIND) | decision)

    async def _offer(self, id: str) -> None:
        """The story comes with the offer, so that who accepts knows it already."""
        fold = await self._system.log.conversation(id)
        if fold.offer is None or fold.offer.agent != self._agent.name:
            return
        self._offered.add(id)
        summary = await self._system.summary(id)
        await self.frames.send(
            {
                "type": "offer",
                "conversation": id,
                "reason": fold.reason,
                "summary": summary,
                "transfer": await self._system.passing.note_of(fold),
                "expires_at": iso(fold.offer.expires_at),
            }
        )

    def _leave(self) -> None:
        if self._look is None:
            return
        self._system.hub.unlisten_all(self._heard)
        self._system.hub.unlisten_signals("desk", self._signal)
        self._system.hub.unlisten_signals(desk_topic(self._agent.name), self._own)
        self._look.turn("")
        for task in self._tasks:
            task.cancel()
        self._system.duty.left(self._agent)


def _approval(conversation: str, call: str, kind: str) -> dict[str, Any]:
    return {"type": "approval", "conversation": conversation, "call": call, "kind": kind}


def door(system: System) -> Door:
    """What serves the path of this socket."""

    async def desk(socket: WebSocket) -> None:
        session = DeskSession(system, socket)
        await hold(system, "desk", session.frames, session.run)

    return desk
