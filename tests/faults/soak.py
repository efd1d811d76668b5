"""Many customers, and a service that is killed again and again: nothing acknowledged is lost, nothing happens twice.

`python -m tests.faults.soak --kills 30 --customers 20 --messages 50 --database sqlite --seed 1`
"""

import argparse
import asyncio
import contextlib
import json
import random
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from store.postgres import upgrade_postgres
from tests.faults.script import Attendant, Progress, Visitor
from tests.faults.verify import verify
from tests.harness import Customer, Desk, Server, furnished, trained
from tests.proxy import Proxy
from tests.servers import Postgres, Redis

UNLIMITED = "1000000"
LONGEST_SECONDS = 3_000.0
PATIENCE_SECONDS = 240.0
"""How long anybody waits for anything: a service that is killed as soon as it is up has little time for each."""


class Plan(msgspec.Struct, frozen=True):
    """What a run is made of; the same seed gives the same scripts and the same thresholds of the kills."""

    kills: int = 30
    customers: int = 20
    messages: int = 50
    database: str = "sqlite"
    seed: int = 1


@contextlib.asynccontextmanager
async def world(
    database: str, data: Path, **settings: str
) -> AsyncIterator[tuple[list[Server], str, Proxy | None]]:
    """The servers to be started, the database's URL, and the proxy before Redis."""
    limits = {"rate_limit_address": UNLIMITED, "rate_limit_conversation": UNLIMITED, **settings}
    if database == "sqlite":
        yield [Server(data, **limits)], "", None
        return
    postgres, redis = await asyncio.to_thread(Postgres), await asyncio.to_thread(Redis)
    try:
        url = await asyncio.to_thread(postgres.create, "soak")
        await upgrade_postgres(url)
        async with Proxy(redis.socket) as proxy:
            shared = {"database_url": url, "redis_url": f"redis://127.0.0.1:{proxy.port}/0", **limits}
            yield [Server(data, **shared), Server(data, **shared)], url, proxy
    finally:
        await asyncio.to_thread(redis.remove)
        await asyncio.to_thread(postgres.remove)


class Killer:
    """Kills the servers in turn, each time after some more messages and at a random moment of what then happens."""

    def __init__(self, servers: list[Server], proxy: Proxy | None, plan: Plan, progress: Progress) -> None:
        self._servers = servers
        self._proxy = proxy
        self._plan = plan
        self._progress = progress
        self._chance = random.Random(plan.seed * 7919)
        self.kills = self.cuts = 0

    async def run(self) -> None:
        """Returns when all kills were made and everything runs again."""
        total = self._plan.customers * self._plan.messages
        for number in range(self._plan.kills):
            await self._progress.reached(
                round(total * (number + self._chance.random()) / (self._plan.kills + 1))
            )
            await asyncio.sleep(self._chance.random() * 0.05)
            if self._proxy is not None:
                self._cut(self._proxy, number)
            server = self._servers[number % len(self._servers)]
            await server.kill()
            self.kills += 1
            await server.start()
        if self._proxy is not None:
            self._proxy.restore()

    def _cut(self, proxy: Proxy, number: int) -> None:
        proxy.restore()
        if number % 2 == 0:
            proxy.cut()
            self.cuts += 1
        elif number % 4 == 1:
            proxy.blackhole()
            self.cuts += 1


async def soak(plan: Plan, folder: Path, model: Path) -> dict[str, Any]:
    """One run. Raises AssertionError with what was lost or doubled."""
    began = time.monotonic()
    data = furnished(folder / "data", model)
    progress = Progress()
    async with asyncio.timeout(LONGEST_SECONDS), world(plan.database, data) as (servers, database_url, proxy):
        try:
            for server in servers:
                await server.start()
            customers, killer, desk = await _visits(plan, servers, proxy, progress)
            counts = await verify(data, database_url, servers[0].url, customers, desk, progress)
            for server in servers:
                assert await server.terminate() == 0, server.said()[-3000:]
                assert "Traceback" not in server.said(), server.said()[-5000:]
        finally:
            for server in servers:
                await server.kill()
    return {
        **msgspec.structs.asdict(plan),
        "kills": killer.kills,
        "redis_cuts": killer.cuts,
        "reconnections": sum(customer.connections - 1 for customer in customers),
        "seconds": round(time.monotonic() - began, 1),
        "counted": counts,
    }


async def _visits(
    plan: Plan, servers: list[Server], proxy: Proxy | None, progress: Progress
) -> tuple[list[Customer], Killer, Desk]:
    chance = random.Random(plan.seed)

    def where() -> str:
        return chance.choice([server for server in servers if server.running] or servers).url

    killer = Killer(servers, proxy, plan, progress)
    customers = [
        Customer(where, ("zh", "en")[number % 2], PATIENCE_SECONDS) for number in range(plan.customers)
    ]
    desk = Desk(where)
    desk.patience = PATIENCE_SECONDS
    async with contextlib.AsyncExitStack() as open_sockets:
        for peer in (desk, *customers):
            await open_sockets.enter_async_context(peer)
        await desk.until(lambda: desk.connections, what="the desk")
        async with asyncio.TaskGroup() as group:
            attendant = group.create_task(Attendant(desk).run())
            work = [group.create_task(killer.run())]
            for number, customer in enumerate(customers):
                visitor = Visitor(customer, plan.messages, random.Random(plan.seed * 1000 + number), progress)
                work.append(group.create_task(visitor.run()))
            await asyncio.wait(work)
            attendant.cancel()
    return customers, killer, desk


def main() -> None:
    """Prints one JSON object; an AssertionError says what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--customers", type=int, default=20)
    parser.add_argument("--messages", type=int, default=50)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    plan = Plan(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory(prefix="switchboard-soak-") as name:
        folder = Path(name)
        print(json.dumps(asyncio.run(soak(plan, folder, trained(folder / "model")))))  # noqa: T201


if __name__ == "__main__":
    main()
