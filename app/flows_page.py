"""Flows for people to see: drawings, and what happened in them over a period."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.pack import Pack
from app.settings import Settings
from bot.flows.counts import Counting, FlowCount, StepCount
from bot.flows.drawing import THEMED, Picture, Seen, svg
from bot.flows.graph import about, mermaid, traffic
from bot.flows.model import ACTION, CALL, COLLECT, CONFIRM, RESPOND, TICKET, Flow, Step
from bot.pack import BotPack
from bot.responses import Response
from core.errors import NotFound
from core.ports import EventStore

OPENING = 60
"""Characters of a response that say which one it is."""

BATCH = 2_000
"""Events read at once; between two batches others have their turn."""


def chosen(pack: BotPack, flow: str | None) -> list[Flow]:
    """One flow, or all that the pack wrote. Raises NotFound."""
    if flow is None:
        return [found for found in pack.flows.values() if not found.made]
    if flow not in pack.flows:
        names = ", ".join(pack.flows)
        raise NotFound(f"The pack has no flow {flow}; it has {names}.")
    return [pack.flows[flow]]


def drawn(pack: BotPack, flow: str | None, format: str) -> dict[str, str]:
    """Name of a file → its text."""
    if format == "svg":
        language = pack.default_language
        return {f"{found.id}.svg": svg(found, language) for found in chosen(pack, flow)}
    return {f"{found.id}.mmd": mermaid(found) for found in chosen(pack, flow)}


def graph(settings: Settings, flow: str | None, format: str, out: Path | None) -> list[str]:
    """What `switchboard flows graph` prints: the drawings, or, with a folder, the files written."""
    from app import pack as packs

    files = drawn(packs.load(packs.folder_of(settings.pack)).bot, flow, format)
    if out is None:
        return list(files.values())
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    return [str(out / name) for name in files]


class Happened:
    """Counts over a period, read from the log."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def count(self, since: int, until: int | None) -> dict[str, FlowCount]:
        """Flow → counts of events from `since` on and before `until` (microseconds since the epoch)."""
        counting = Counting(since, until)
        position = 0
        while batch := await self._store.read_all(position, BATCH):
            for _, recorded in batch:
                counting.add(recorded)
            position = batch[-1][0]
            await asyncio.sleep(0)
        return counting.flows


KINDS: dict[str, dict[str, str]] = {
    "zh": {
        "collect": "询问", "respond": "回复", "branch": "判断", "action": "办理", "ticket": "建工单", "knowledge": "查知识",
        "handoff": "转人工", "confirm": "请客户确认", "end": "结束", "clear": "清除", "set": "记下", "call": "进入流程", "verify": "核实身份",
    },
    "en": {
        "collect": "Asks", "respond": "Says", "branch": "Decides", "action": "Does", "ticket": "Opens a ticket",
        "knowledge": "Looks up", "handoff": "To a person", "confirm": "Asks to confirm", "end": "Ends", "clear": "Forgets",
        "set": "Notes", "call": "Goes through", "verify": "Checks who it is",
    },
}  # fmt: skip
"""What a step of a kind does, in words."""


class Told:
    """What the steps of a pack's flows do, in one language."""

    def __init__(self, pack: Pack, language: str) -> None:
        self._kinds = KINDS.get(language, KINDS["en"])
        labels, actions = pack.labels, {name: action.title for name, action in pack.actions.items()}
        words = {COLLECT: labels.slots, ACTION: actions, TICKET: labels.tickets, CALL: labels.flows}
        self._words = {kind: {name: one.get(language, "") for name, one in known.items()} for kind, known in words.items()}
        said = {name: _opening(response, language) for name, response in pack.bot.responses.items()}
        self._words |= {RESPOND: said, CONFIRM: said}

    def __call__(self, step: Step) -> str:
        name = about(step)
        word = self._words.get(step.kind, {}).get(name) or name
        return f"{self._kinds.get(step.kind, step.kind)} {'' if word == '?' else word}".strip()


def _opening(response: Response, language: str) -> str:
    """How the first wording begins, slots by their names in braces."""
    text = response.variants[0].text
    wording = text.get(language) or text.get("")
    pieces = wording.pieces if wording else ()
    words = "".join(f"{{{piece}}}" if place % 2 else piece for place, piece in enumerate(pieces))
    return words if len(words) <= OPENING else f"{words[: OPENING - 1]}…"


def row(
    flow: Flow, count: FlowCount | None, language: str, told: Callable[[Step], str] = about
) -> dict[str, Any]:
    """One flow as JSON: its drawing, and for the flow and each step what happened. Shares are 0 to 1, or null.

    Steps that leave no trace in the log, as branches, are reached as often as the ways to them were passed.
    """
    count = count or FlowCount()
    passed = traffic(flow, count.moves)
    steps = []
    seen: dict[str, Seen] = {}
    for step in flow.steps.values():
        one = count.steps.get(step.id) or StepCount()
        through = sum(times for (_, end), times in passed.items() if end == step.id)
        seen[step.id] = Seen(one.reached or through, one.left)
        steps.append(
            {
                "id": step.id,
                "kind": step.kind,
                "about": told(step),
                "reached": seen[step.id].reached,
                "left": one.left,
                "by_machine": one.by_machine,
                "by_people": one.by_people,
                "machine_share": one.machine_share,
            }
        )
    picture = Picture(seen, passed, {step.id: told(step) for step in flow.steps.values()})
    return {
        "id": flow.id,
        "name": flow.name.get(language) or flow.id,
        "entered": count.entered,
        "finished": count.finished,
        "left": count.left,
        "outcomes": dict(count.outcomes),
        "steps": steps,
        "mermaid": mermaid(flow),
        "svg": svg(flow, language, picture, THEMED),
    }
