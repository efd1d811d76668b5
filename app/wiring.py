"""The whole system on one screen: what is made of what, and which reaction is worked by whom.

Every part comes in from outside, so a test can put a memory store or a clock of its own in its place.
"""

import asyncio
import os
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
import structlog

from app import metrics, reactions
from app import pack as packs
from app.after import Afterwards, score_missing
from app.alerts import Alerts
from app.approvals import Approvals
from app.asking import Asking
from app.assist import Assist
from app.attendance import Attendance
from app.attention import Attention
from app.backends import Backends
from app.begun import Drafts
from app.bridges import KnowledgeAnswers, NativeUnderstanding
from app.canned import Canned
from app.context import Context
from app.demonstration import Demonstrations
from app.duty import GRACE_SECONDS, Duty
from app.files import stored_files
from app.finding import Finder
from app.hub import Hub
from app.inbox import Inbox
from app.insights import Insights
from app.lanes import Handler, Lanes
from app.ledger import Sealer
from app.line import CHANGES, Line
from app.listing import Listing
from app.log import Log, Reactions
from app.looking import Looking
from app.mentions import Mentions
from app.offline import OfflineForm
from app.pack import Pack
from app.passing import Passing
from app.people import People
from app.receipts import Receipts
from app.settings import Settings
from app.starts import Starts
from app.supervision import Supervision, Switches
from app.tokens import Tokens
from app.turns import Turns
from app.usage import DayUsage
from app.users import Users
from app.views import Views
from app.visits import Visits
from app.webchat import CHANNEL, WebChat
from app.wrapping import WrapUps
from bot.dialogue import Dialogue
from bot.understanding.native import Understander
from connectors.http import HttpConnector
from connectors.http import parse as services
from connectors.mcp import McpConnector
from connectors.mcp import parse as servers
from connectors.python import PythonConnector
from contacts.joins import Joins
from core.hours import moments
from core.ports import Job
from core.time import SECOND
from governance.gateway import Executor, Gateway
from handoff.summary import summarise
from knowledge.ports import Documents, PassageIndex
from knowledge.search import Knowledge
from knowledge.synonyms import read_synonyms
from store.settled import UserRows
from tickets.bonds import TicketBonds
from tickets.desk import TicketDesk

_log = structlog.get_logger()


def now() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1000


class System:
    """All parts, made from settings, a store and a pack. `start` before use, `stop` at the end. `http` and `executors`
    take the place of, or come beside, what carries actions out."""

    def __init__(
        self,
        settings: Settings,
        backends: Backends,
        pack: Pack,
        native: Understander,
        knowledge: Knowledge,
        clock: Callable[[], int] = now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        http: HttpConnector | None = None,
        executors: Mapping[str, Executor] | None = None,
    ) -> None:
        self.settings, self.clock, self.pack = settings, clock, pack
        self.store = self.rows = self.jobs = backends.store
        self.backends, self.limits, self.presence = backends, backends.limits, backends.presence
        self.knowledge = knowledge
        self.hub = Hub()
        self.log = Log(self.store, self.hub, backends.wakes, clock, self._reactions())
        self.tokens = Tokens(settings.secret(), lambda: clock() / SECOND)
        self.users = Users(UserRows(backends.engine), self.tokens, clock)
        self.joins = Joins(self.log, self.rows, clock)
        self.tickets = TicketDesk(
            pack.tickets, self.log, self.rows, clock, secrets.randbelow, zone=settings.zone, same=self.joins.same
        )
        self.bonds = TicketBonds(self.log, self.rows, clock, self.joins.same)
        self.http = http or HttpConnector(services(pack.files, os.environ), pack.files)
        self.demonstrations = Demonstrations(settings.data, self.http.at)
        self.mcp = McpConnector(servers(pack.files, os.environ))
        self.actions = self._gateway(pack, executors or {})
        self.context = Context(self.log, self.rows, self.joins)
        self.approvals = Approvals(self.log, self.rows, self.actions, lambda: self.pack.labels)
        self.answers = KnowledgeAnswers(knowledge)
        self.turns = Turns(self.log, self._dialogue(pack, native), self.actions, self.joins.group)
        self._staffed()
        self._helped()
        key = settings.secret().encode()
        self.files = stored_files(settings, backends, clock)
        self.starts = Starts(self.log, self.rows, lambda: self.pack.bot, lambda: self.inbox.reopen_hours, key)
        self.after = Afterwards(
            self.log, self.rows, self.dialogue, lambda: self.pack.scorecard, self.silence, self.starts
        )
        self.alerts = Alerts(self.log, lambda: self.pack.alerts, lambda: self.pack.scorecard)
        self.lanes = Lanes(self.jobs, self.handlers(), self._give_up, clock, sleep)
        self.log.push, self.log.wake = self.lanes.push, self.lanes.wake
        self.inbox = Inbox(self.log, pack.bot.reopen_hours)
        self._chatting(key)
        self.ledger = backends.ledger
        self.sealer = Sealer(self.ledger, clock, settings.data / "anchors", key, settings.anchor_url)
        self._supervised()
        self.listing = Listing(self.log, self.rows, lambda: self.pack.routing.response)
        self.line = Line(self.hub, self.people, self.attendance, self.listing.count)
        self.log.notify(CHANGES, self.line.soon)
        self.sockets: set[Any] = set()
        self.stopping = False
        self._sleep = sleep
        self._loops: list[asyncio.Task[Any]] = []
        self.duty = Duty(self.presence, self.people, lambda: self.pack.routing, self.line.soon, sleep, self.insights.look)

    def _gateway(self, pack: Pack, executors: Mapping[str, Executor]) -> Gateway:
        functions = PythonConnector({"tickets.status": self.tickets.status})
        own: dict[str, Executor] = {"python": functions, "http": self.http, "mcp": self.mcp}
        usage = DayUsage(self.log, self.settings.zone, self.joins.group)
        return Gateway(pack.actions, {**own, **executors}, pack.rules, usage)

    def _staffed(self) -> None:
        """Who serves, and what happens where nobody does."""
        self.people = People(
            self.log, self.rows, self.presence, lambda: self.pack.routing, self.dialogue, self.users.works
        )
        self.attendance = Attendance(
            self.log, self.people, self.dialogue, self._hours_open, lambda: self.pack.routing,
            lambda: self.switches.stopped(),
        )  # fmt: skip
        self.receipts = Receipts(self.log)
        self.wraps = WrapUps(self.log, self.rows, self.people, lambda: self.pack.routing)

    def _chatting(self, key: bytes) -> None:
        """What the widget talks to; `key` makes contacts out of identities."""
        self.webchat = WebChat(
            self.log, self.inbox, self.lanes, self.tokens, self.dialogue, self.settings.widget_secret, key,
            Visits(self.log, self.rows, CHANNEL), lambda: self.pack.widget,
        )  # fmt: skip
        self.offline = OfflineForm(self.log, self.tickets, self.presence, lambda: self.pack.widget)

    def _supervised(self) -> None:
        """What supervisors see and do."""
        self.switches = Switches(self.log, self.rows, self.dialogue)
        self.turns.held = self.switches.held
        self.supervision = Supervision(self.log, self.dialogue)
        self.insights = Insights(
            self.backends.facts, self.people, self.clock, lambda: self.pack.routing.dispositions
        )

    def _helped(self) -> None:
        """What helps agents: what to say, where things stand, what they have not read, writing and passing on."""
        backends = self.backends
        self.assist = Assist(
            self.log, self.knowledge, self.actions, self.tickets, self.dialogue, lambda: self.pack.labels,
            lambda: self.pack.scorecard,
        )  # fmt: skip
        self.finder = Finder(backends.words, self.rows)
        self.attention = Attention(self.log, self.rows, backends.readings, self.hub, lambda: self.pack.routing.response)
        self.canned = Canned(backends.canned, lambda: self.pack.canned, self.clock)
        self.views = Views(backends.views, self.clock)
        self.drafts = Drafts(backends.drafts, self.log, self.hub, self.clock)
        self.looking = Looking(self.hub)
        self.mentions = Mentions(backends.mentions, self.log, self.users)
        self.asking = Asking(self.log, self.people, self.users, self.mentions)
        self.passing = Passing(
            self.log, self.rows, self.hub, self.people, self.users, lambda: self.pack.routing, self.dialogue
        )

    def handlers(self) -> dict[str, Handler]:
        """Reaction → who works it. Which event makes which reaction: `app.reactions`."""
        return {
            reactions.TURN: self.turns.run,
            reactions.QUEUE: self.attendance.queued,
            reactions.OFFER: self.people.offer_over,
            reactions.SILENCE: self.after.silent,
            reactions.QA: self.after.scored,
            reactions.NOTIFY: self.after.notified,
            reactions.START: self.starts.due,
            reactions.ASSIST: self.assist.suggest,
            reactions.ALERT: self.alerts.raised,
            reactions.MENTION: self.mentions.noted,
            reactions.WRAP_UP: self.wraps.over,
        }

    def _reactions(self) -> Reactions:
        return reactions.reactions(
            self.silence, lambda: self.pack.bot, lambda: self.pack.alerts, lambda stream: self.log.served(stream)
        )

    async def _give_up(self, job: Job, error: str) -> bool:
        if job.key.reaction == reactions.TURN:
            return await self.turns.give_up(job, error)
        metrics.JOBS_DEAD.labels(job.key.reaction.partition(":")[0]).inc()
        return False

    def dialogue(self) -> Dialogue:
        """The one that serves now."""
        return self.turns.dialogue

    def _here(self) -> datetime:
        """The present in the zone of the opening hours."""
        return datetime.fromtimestamp(self.clock() / SECOND, self.settings.zone)

    def _hours_open(self) -> bool:
        return self.pack.bot.hours.open(self._here())

    def silence(self) -> tuple[int, int]:
        """Minutes until a silent customer is asked, and from there until the end."""
        return self.pack.bot.silence_ask, self.pack.bot.silence_close

    def _dialogue(self, pack: Pack, native: Understander) -> Dialogue:
        hours = pack.bot.hours
        reading = NativeUnderstanding(native, self.clock, self.settings.zone, hours.spoken())
        moment = lambda: moments(hours, self._here())  # noqa: E731
        return Dialogue(pack.bot, reading, self.answers, self.tickets, self.actions, moment)

    async def serve_with(self, pack: Pack, native: Understander) -> None:
        """Takes a new pack or training over; conversations go on in their flows."""
        await self.knowledge.ingest(pack.knowledge)
        self.pack = pack
        self.tickets.types = pack.tickets
        self.http.replace(services(pack.files, os.environ), pack.files)
        self.demonstrations.follow(self.http.services)
        await self.mcp.replace(servers(pack.files, os.environ))
        self.actions.replace(pack.actions, pack.rules)
        self.inbox.reopen_hours = pack.bot.reopen_hours
        self.turns.dialogue = self._dialogue(pack, native)

    async def start(self) -> None:
        """Opens for work. The store has been started before."""
        await self.knowledge.ingest(self.pack.knowledge)
        await self.store.alone()
        await self.lanes.start()
        self.line.start()
        loops = [*self.backends.loops(self), self.sealer.run(), self.insights.run(), self._read_documents(), self._score_missing()]
        loops += [self.files.run(self._sleep), self.finder.run()]
        self._loops = [asyncio.create_task(loop) for loop in loops]

    async def _read_documents(self) -> None:
        for name in [*await self.http.start(), *await self.mcp.start()]:
            _log.warning("service_silent", service=name)

    async def _score_missing(self) -> None:
        """What a dead job left without a scorecard; the key of each keeps it from being written twice."""
        try:
            mended = await score_missing(self.after, self.log, self.rows)
        except Exception:  # one that cannot be scored stays on the list that `switchboard unscored` shows
            _log.exception("scores_missing")
        else:
            if mended:
                _log.info("scores_mended", count=mended)

    async def stop(self) -> None:
        """Finishes turns, gives leases back, closes what was opened."""
        self.stopping = True
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self.line.stop()
        await self.duty.stop()
        await self.lanes.stop()
        await self.log.drain()
        await self.sealer.finish()
        await self.knowledge.close()
        await self.http.close()
        await self.demonstrations.stop()
        await self.mcp.close()
        self.users.close()
        await self.backends.stop()

    # The desk --------------------------------------------------------------------------------------------------

    async def summary(self, conversation: str, language: str | None = None) -> dict[str, Any]:
        """The story of a conversation, as JSON values, with what else is known of the customer."""
        fold = await self.log.conversation(conversation, fresh=True)  # an erasure may have come from elsewhere
        events = await self.store.read(fold.stream)
        story = summarise(events, fold, self.pack.labels, language or "")
        values: dict[str, Any] = msgspec.to_builtins(story)
        return values | await self.context.beside(fold)

    async def keep_presence(self) -> None:
        """Who sits at a desk here stays on duty."""
        while True:
            await asyncio.sleep(GRACE_SECONDS)
            await self.duty.keep()


def knowledge_of(pack: Pack, documents: Documents, index: PassageIndex) -> Knowledge:
    """The search with the pack's synonyms."""
    return Knowledge(documents, index, synonyms=read_synonyms(pack.knowledge))


async def assemble(settings: Settings) -> System:
    """The system as `switchboard serve` runs it."""
    owner = secrets.token_hex(8)
    backends = await Backends.open(settings, owner, now)
    try:
        pack = packs.load(packs.folder_of(settings.pack))
        native = packs.understander(settings.data, pack)
        knowledge = knowledge_of(pack, backends.documents, backends.index(settings.data))
        return System(settings, backends, pack, native, knowledge)
    except BaseException:
        await backends.stop()
        raise
