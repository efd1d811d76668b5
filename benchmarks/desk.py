"""Agents and customers at once: prints one JSON object with what a screen waits for, and what a pass over a long line costs.

`python -m benchmarks.desk [--agents 30] [--customers 300] [--seconds 60] [--every 5] [--waiting 500]`
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from app import pack as packs
from app.backends import Backends
from app.settings import load
from app.wiring import System, knowledge_of, now
from bot.understanding.native import Understander
from core import events as e
from core.ports import Append
from knowledge.index_memory import MemoryIndex
from tests.faults.desk_soak import Plan, soak
from tests.harness import furnished, trained

PASSES = 30


async def line(data: Path, waiting: int, agents: int) -> dict[str, Any]:
    """What the parts of a pass cost over a line of `waiting`, with all `agents` occupied but one."""
    settings = load(data=data, _env_file=None)
    backends = await Backends.open(settings, "benchmark", now)
    pack = packs.load(packs.folder_of(settings.pack))
    native = Understander.load(packs.model_paths(data, pack)[0])
    system = System(settings, backends, pack, native, knowledge_of(pack, backends.documents, MemoryIndex()))
    try:
        skills, languages = list(pack.routing.skills), pack.bot.languages
        for number in range(waiting):
            begins = (
                e.Started(channel="webchat", language=languages[number % 2], contact=f"c{number}"),
                e.HandoffAsked(reason="asked", skill=skills[number % len(skills)], priority=number % 10 // 9),
            )
            await system.store.append(
                Append(f"conversation:k{number}", begins, e.THE_SYSTEM, now() + number, expected=0)
            )
        for number in range(agents):
            state = "available" if number == 0 else "busy"
            await system.presence.set(f"a{number}", state, 3, skills=(skills[number % len(skills)],))
        await system.people.match()  # every conversation is read once; from here on they are in memory
        return {
            "waiting": waiting,
            "match": await _cost(system.people.match),
            "look": await _cost(system.attendance.look),
            "tell": await _cost(system.line.tell),
        }
    finally:
        await system.log.drain()
        await backends.stop()


async def _cost(work: Any) -> dict[str, float]:
    """Medians in milliseconds: on the clock, which other work beside it delays, and of the process's processor time."""
    clock, cpu = [], []
    for _ in range(PASSES):
        began, spent = time.perf_counter(), time.process_time()
        await work()
        clock.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - spent) * 1000)
    return {"ms": round(statistics.median(clock), 2), "cpu_ms": round(statistics.median(cpu), 2)}


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=30)
    parser.add_argument("--customers", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=5.0)
    parser.add_argument("--waiting", type=int, default=500)
    chosen = parser.parse_args()
    plan = Plan(agents=chosen.agents, customers=chosen.customers, seconds=chosen.seconds, every=chosen.every)
    with tempfile.TemporaryDirectory(prefix="switchboard-desk-") as name:
        folder = Path(name)
        model = trained(folder / "model")
        before = os.getloadavg()[0]
        figures = {
            "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": before},
            "line": asyncio.run(line(furnished(folder / "line", model), chosen.waiting, chosen.agents)),
            "desk": asyncio.run(soak(plan, folder, model)),
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
