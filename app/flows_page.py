"""Flows for people to see: drawings, and what happened in them over a period."""

import asyncio
from pathlib import Path
from typing import Any

from app.settings import Settings
from bot.flows.counts import Counting, FlowCount
from bot.flows.graph import about, mermaid, svg
from bot.flows.model import Flow
from bot.pack import BotPack
from core.errors import NotFound
from core.ports import EventStore

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


def row(flow: Flow, count: FlowCount | None, language: str) -> dict[str, Any]:
    """One flow as JSON: its drawing, and for the flow and each step what happened. Shares are 0 to 1, or null."""
    count = count or FlowCount()
    steps = []
    notes = {}
    for step in flow.steps.values():
        seen = count.steps.get(step.id)
        if seen is not None and seen.reached:
            notes[step.id] = str(seen.reached) + (f" · −{seen.left}" if seen.left else "")
        steps.append(
            {
                "id": step.id,
                "kind": step.kind,
                "about": about(step),
                "reached": seen.reached if seen else 0,
                "left": seen.left if seen else 0,
                "by_machine": seen.by_machine if seen else 0,
                "by_people": seen.by_people if seen else 0,
                "machine_share": seen.machine_share if seen else None,
            }
        )
    return {
        "id": flow.id,
        "name": flow.name.get(language) or flow.id,
        "entered": count.entered,
        "finished": count.finished,
        "left": count.left,
        "outcomes": dict(count.outcomes),
        "steps": steps,
        "mermaid": mermaid(flow),
        "svg": svg(flow, language, notes),
    }
