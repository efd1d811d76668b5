"""A trial of a pack without a server: for `switchboard test` and `switchboard chat`."""

import tempfile
from pathlib import Path
from typing import Any

import msgspec

from app import pack as packs
from app.backends import Backends
from app.inbox import Inbound
from app.pack import Pack
from app.reactions import QUEUE, TURN
from app.settings import Settings
from app.wiring import System, knowledge_of, now
from core import events as e
from core.yamlfile import Node, read
from knowledge.index_memory import MemoryIndex

SEEN_IN_THE_LOG = ("collect", "confirm", "respond", "action", "ticket", "knowledge")
"""Kinds of step that leave an event with their name; the others lead from one of these to the next."""


class Trial:
    """One conversation with a pack, on a store of its own that is thrown away."""

    def __init__(self, system: System, folder: tempfile.TemporaryDirectory[str]) -> None:
        self.system = system
        self._folder = folder
        self._stream = ""
        self._seen = 0
        self._messages = 0

    @classmethod
    async def open(cls, settings: Settings, language: str | None = None) -> "Trial":
        """Trains when that is due, then begins a conversation."""
        pack = packs.load(packs.folder_of(settings.pack))
        native = packs.understander(settings.data, pack)
        folder = tempfile.TemporaryDirectory(prefix="switchboard-trial-")
        own = settings.model_copy(update={"data": Path(folder.name), "database_url": "", "redis_url": ""})
        backends = await Backends.open(own, "trial", now)
        knowledge = knowledge_of(pack, backends.documents, MemoryIndex())
        trial = cls(System(own, backends, pack, native, knowledge), folder)
        await trial.system.start()
        await trial.begin(language)
        return trial

    async def begin(self, language: str | None) -> None:
        """A new conversation in the same trial."""
        opened = await self.system.webchat.open(language)
        self._stream, self._seen = f"conversation:{opened.conversation}", 0
        self._events = await self._new()

    async def say(self, text: str) -> None:
        """What the customer writes, or, with a `/` in front, clicks; returns when the bot has answered."""
        self._messages += 1
        payload = text if text.startswith("/") else None
        conversation = self._stream.removeprefix("conversation:")
        await self.system.inbox.receive(Inbound(conversation, f"m{self._messages}", text, payload))
        await self.system.lanes.idle(self._stream, TURN)
        await self.system.lanes.idle(self._stream, QUEUE)
        self._events = await self._new()

    async def _new(self) -> list[e.Recorded]:
        events = await self.system.store.read(self._stream, after=self._seen)
        self._seen += len(events)
        return events

    @property
    def events(self) -> list[e.Recorded]:
        """What the last message made happen."""
        return self._events

    def told(self) -> list[str]:
        """The same as lines for a terminal."""
        lines = []
        for recorded in self._events:
            event = recorded.event
            if isinstance(event, e.BotSaid):
                lines.append(f"[bold]{event.text}[/bold]")
                lines += [f"    [{c.document} {c.version}] {c.title}" for c in event.citations]
                choices = event.quick_replies or (event.asks.choices if event.asks else ())
                if choices:
                    lines.append("    " + "   ".join(f"{choice.title} ({choice.payload})" for choice in choices))
            elif isinstance(event, e.TicketOpened):
                lines.append(f"    {event.type}: {event.ticket}")
            elif isinstance(event, e.HandoffAsked):
                lines.append(f"    → {event.skill} ({event.reason})")
        return lines

    async def close(self) -> None:
        """Ends the trial and removes what it wrote."""
        await self.system.stop()
        self._folder.cleanup()


class Expectation(msgspec.Struct, frozen=True):
    """A step of a test that looks at what the bot did: its kind, and what it must be."""

    kind: str
    value: str
    line: int


def misses(expected: list[Expectation], events: list[e.Recorded]) -> str | None:
    """The first expectation that no event meets, in order; None when all are met."""
    left = [recorded.event for recorded in events]
    for wanted in expected:
        position = next((i for i, event in enumerate(left) if _meets(wanted, event)), None)
        if position is None:
            said = "; ".join(f"{x.response or '-'}: {x.text[:60]!r}" for x in left if isinstance(x, e.BotSaid))
            return f"line {wanted.line}: expected {wanted.kind} {wanted.value!r}, got {said or 'nothing'}"
        # One event may meet several expectations (a response and what it contains).
        left = left[position:]
    return None


def _meets(wanted: Expectation, event: e.Event) -> bool:
    if wanted.kind == "bot":
        return isinstance(event, e.BotSaid) and event.response == wanted.value
    if wanted.kind == "contains":
        return isinstance(event, e.BotSaid) and wanted.value in event.text
    if wanted.kind == "ticket":
        return isinstance(event, e.TicketOpened) and event.type == wanted.value
    if wanted.kind == "handoff":
        return isinstance(event, e.HandoffAsked) and event.reason == wanted.value
    return isinstance(event, e.BotSaid) and any(c.document == wanted.value for c in event.citations)


async def run_pack(settings: Settings) -> dict[str, Any]:
    """All conversations of the pack's `tests/`; failures with file and line, and the steps that were reached."""
    trial = await Trial.open(settings)
    passed, failures = 0, []
    reached: set[str] = set()
    try:
        pack = trial.system.pack
        for file, text in sorted(pack.files.items()):
            if not file.startswith("tests/"):
                continue
            for node in read(text, file).require("tests").list():
                what = await _converse(trial, node, reached)
                if what is None:
                    passed += 1
                else:
                    failures.append({"test": f"{file}: {node.require('name').text()}", "what": what})
    finally:
        await trial.close()
    steps = _steps(pack)
    missing = sorted(steps - reached)
    return {
        "passed": passed,
        "failures": failures,
        "steps": len(steps),
        "steps_reached": len(steps & reached),
        "not_reached": missing,
    }


async def _converse(trial: Trial, node: Node, reached: set[str]) -> str | None:
    await trial.begin(node.require("language").text())
    expected: list[Expectation] = []
    for step in node.require("steps").list():
        ((kind, value),) = step.mapping().items()
        if kind == "user":
            wrong = misses(expected, trial.events)
            if wrong:
                return wrong
            expected = []
            await trial.say(value.text())
            reached |= _names(trial.events)
        elif isinstance(value.value, dict):
            expected.append(Expectation("contains", value.require("contains").text(), step.line))
        else:
            expected.append(Expectation(kind, value.text(), step.line))
    return misses(expected, trial.events)


def _names(events: list[e.Recorded]) -> set[str]:
    named = set()
    for recorded in events:
        event = recorded.event
        flow, step = getattr(event, "flow", ""), getattr(event, "step", "")
        if flow and step:
            named.add(f"{flow}.{step}")
    return named


def _steps(pack: Pack) -> set[str]:
    return {
        f"{flow.id}.{step.id}"
        for flow in pack.bot.flows.values()
        for step in flow.steps.values()
        if step.kind in SEEN_IN_THE_LOG
    }

