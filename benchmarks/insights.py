"""How long the supervisor's numbers take over many conversations: `python -m benchmarks.insights [conversations] [days]`.

The rows are written as the events would have made them; what is measured is what `GET /api/v1/insights` does with them,
and how long it keeps the event loop from anything else.
"""

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from app.insights import Insights, window
from core.time import DAY, HOUR, MINUTE, SECOND
from handoff.presence import MemoryPresence
from store import tables as t
from store.insights import facts_of
from store.migrate import upgrade_sqlite
from store.sqlite import SqliteStore

NOW = 1_790_000_000 * SECOND
ROUNDS = 20


def rows(count: int, days: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Conversations, waits and alerts, spread over the days; a quarter asks for a person, a third is rated."""
    chance = random.Random(7)
    conversations, waits, alerts = [], [], []
    for number in range(count):
        at = NOW - chance.randrange(days * DAY)
        end, person = at + chance.randrange(HOUR), chance.random() < 0.25
        id = f"c{number}"
        conversations.append(
            {
                "id": id, "channel": "webchat", "language": chance.choice(("zh", "en")), "started_at": at, "last_at": end,
                "mode": "closed" if end < NOW else "bot", "closed_at": end if end < NOW else 0, "person_at": at if person else 0,
                "rating": chance.randint(1, 5), "rated_at": end if chance.random() < 0.33 else 0,
            }
        )  # fmt: skip
        if person:
            taken = at + chance.randrange(5 * MINUTE)
            wait = {"id": f"{id}:1", "conversation": id, "seq": 1, "first": 1, "asked_at": at}
            waits.append({**wait, "ended_at": taken, "answered_at": taken + 20 * SECOND})
        if chance.random() < 0.02:
            alerts.append({"id": f"{id}:2", "conversation": id, "rule": "rating", "about": 1, "seq": 2, "at": at})
    return conversations, waits, alerts


async def stalls(stop: asyncio.Event) -> float:
    """The longest time in seconds for which nothing else could run."""
    longest, before = 0.0, time.perf_counter()
    while not stop.is_set():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    return longest


async def measured(insights: Insights, title: str, days: int, **only: str) -> None:
    """Prints the median and the slowest of some rounds, in milliseconds."""
    asked = window(NOW, NOW - days * DAY, NOW, **only)
    times, stop = [], asyncio.Event()
    watch = asyncio.create_task(stalls(stop))
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await insights.numbers(asked)
        times.append((time.perf_counter() - started) * 1000)
    stop.set()
    blocked = await watch * 1000
    times.sort()
    print(f"{title:28} median {times[len(times) // 2]:7.1f} ms  slowest {times[-1]:7.1f} ms  loop held {blocked:6.1f} ms")


async def main(count: int, days: int) -> None:
    """Fills a database and asks it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "switchboard.db"
        upgrade_sqlite(path)
        store = SqliteStore(path, "benchmark")
        await store.start()
        tables = (t.conversations, t.waits, t.alerts)
        async with store.engine.begin() as connection:
            for table, values in zip(tables, rows(count, days), strict=True):
                await connection.execute(table.insert(), values)
        async with store.engine.connect() as connection:
            await connection.exec_driver_sql("ANALYZE")
        presence = MemoryPresence(lambda: NOW)
        people: Any = type("Nobody", (), {"presence": presence})()
        insights = Insights(facts_of(store), people, lambda: NOW, dict)
        print(f"{count} conversations over {days} days")
        await measured(insights, "24 hours", 1)
        await measured(insights, "24 hours, one language", 1, language="zh")
        await measured(insights, "7 days", 7)
        await measured(insights, "30 days", 30)
        await store.stop()


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]] + [100_000, 30][len(sys.argv) - 1 :]
    asyncio.run(main(*given))
