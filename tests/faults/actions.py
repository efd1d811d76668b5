"""A service that is killed with -9 while calls to another system are under way: no write happens twice, every
customer is answered once, and the answer is what the other system has.

`python -m tests.faults.actions --kills 50 --database sqlite --moments between --seed 1`
"""

import argparse
import asyncio
import contextlib
import json
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from governance.gateway import OK, UNKNOWN
from tests.faults import trial
from tests.faults.acted import between, verify
from tests.faults.outside import Outside
from tests.faults.soak import LONGEST_SECONDS, world
from tests.faults.visits import KINDS, Kind, Visit
from tests.harness import Desk, Server, command, furnished

TWICE_EVERY = 5
"""In every fifth round the repetition is caught and killed as well."""
OPEN_ROUNDS = 4
"""With two processes, rounds that wait for a lease of the dead to end while the next ones are killed."""
STORM_CUSTOMERS = 12
LATENCY_SECONDS = 0.4
LONGEST_LIFE_SECONDS = 2.0


class Plan(msgspec.Struct, frozen=True):
    """`between`: every kill comes when the calls of a round are begun and not noted as answered. `random`: at any
    moment, while customers come and go."""

    kills: int = 50
    database: Literal["sqlite", "postgres"] = "sqlite"
    moments: Literal["between", "random"] = "between"
    seed: int = 1


class Stage:
    """What both ways to kill have at hand."""

    def __init__(self, plan: Plan, servers: list[Server], outside: Outside, data: Path, database_url: str) -> None:
        self.plan, self.servers, self.outside = plan, servers, outside
        self.data, self.database_url = data, database_url
        self.chance = random.Random(plan.seed)
        self.desk = Desk(self.anywhere)
        self.visits: list[Visit] = []
        self.kills = self.caught = 0

    def anywhere(self) -> str:
        """A server that runs, where one does."""
        return self.chance.choice([server for server in self.servers if server.running] or self.servers).url

    async def kill(self, *servers: Server) -> None:
        """-9, all at once."""
        for server in servers:
            await server.kill()
        self.kills += 1


class Rounds:
    """Each round brings one call of every kind to the point between `ActionCalled` and `ActionReturned`, and kills."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._finishing: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Returns when all kills were made and everybody has an answer."""
        stage, number = self._stage, 0
        together = 1 if len(stage.servers) == 1 else OPEN_ROUNDS
        while stage.kills < stage.plan.kills:
            await self._round(number)
            number += 1
            while len(self._finishing) >= together:
                await self._one_finished()
        while self._finishing:
            await self._one_finished()

    async def _one_finished(self) -> None:
        done, self._finishing = await asyncio.wait(self._finishing, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _round(self, number: int) -> None:
        stage = self._stage
        server = stage.servers[number % len(stage.servers)]
        when, late = (("after", False), ("before", False), ("before", True))[number % 3]
        killed = False
        visits = [
            Visit(kind, lambda: stage.anywhere() if killed else server.url, stage.desk, _expected(kind, late))
            for kind in KINDS
        ]
        stage.visits += visits
        open_sockets = contextlib.AsyncExitStack()
        for visit in visits:
            await visit.customer.open()
            await open_sockets.enter_async_context(visit.customer)
        await stage.outside.hold(_conversations(visits), when)
        await asyncio.gather(*(visit.wish() for visit in visits))
        await stage.outside.until_held(_conversations(visits))
        await stage.kill(server)
        killed = True
        await between(stage.data, stage.database_url, visits)
        stage.caught += len(visits)
        if when == "before" and not late:
            await stage.outside.release(_conversations(visits))
        if number % TWICE_EVERY == TWICE_EVERY - 1 and stage.kills < stage.plan.kills:
            await self._again(server, [visit for visit in visits if visit.kind.repeatable], late or when == "after")
        else:
            await server.start()
        self._finishing.add(asyncio.create_task(self._finish(visits, open_sockets)))

    async def _again(self, server: Server, visits: Sequence[Visit], first_is_held: bool) -> None:
        """The repetitions are caught in their turn, and whoever makes them is killed."""
        stage = self._stage
        await stage.outside.hold(_conversations(visits), "after")
        await server.start()
        await stage.outside.until_held(_conversations(visits), 2 if first_is_held else 1)
        await stage.kill(*stage.servers)
        await between(stage.data, stage.database_url, visits)
        stage.caught += len(visits)
        for each in stage.servers:
            await each.start()

    async def _finish(self, visits: Sequence[Visit], open_sockets: contextlib.AsyncExitStack) -> None:
        async with open_sockets:
            await asyncio.gather(*(visit.answered() for visit in visits))
        await self._stage.outside.release(_conversations(visits))


def _conversations(visits: Sequence[Visit]) -> list[str]:
    return [visit.customer.conversation for visit in visits]


def _expected(kind: Kind, late: bool) -> str:
    """`late`: the other system is still at it when the service is back, so that its check tells nothing."""
    if kind.repeatable or (kind.checked and not late):
        return OK
    return UNKNOWN


class Storm:
    """Customers come and go, every call takes a moment, and the kills come whenever they come."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._over = False

    async def run(self) -> None:
        """Returns when all kills were made and everybody has an answer."""
        stage = self._stage
        await stage.outside.switch("slow", seconds=LATENCY_SECONDS)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._kills())
            for number in range(STORM_CUSTOMERS):
                group.create_task(self._comes_and_goes(number))
        await stage.outside.switch("none")

    async def _kills(self) -> None:
        stage = self._stage
        while stage.kills < stage.plan.kills:
            await asyncio.sleep(stage.chance.random() * LONGEST_LIFE_SECONDS)
            server = stage.chance.choice(stage.servers)
            await stage.kill(server)
            await server.start()
        self._over = True

    async def _comes_and_goes(self, number: int) -> None:
        chance = random.Random(self._stage.plan.seed * 1000 + number)
        while not self._over:
            visit = Visit(chance.choice(KINDS), self._stage.anywhere, self._stage.desk)
            async with visit.customer:
                await visit.wish()
                await visit.answered()
            self._stage.visits.append(visit)


async def run(plan: Plan, folder: Path, pack: Path, model: Path) -> dict[str, Any]:
    """One run. Raises AssertionError with what was doubled, lost or told wrongly."""
    began = time.monotonic()
    data = furnished(folder / "data", model)
    async with asyncio.timeout(LONGEST_SECONDS), Outside(folder / "outside") as outside:
        settings = {"pack": str(pack), "connector_backoffice_url": outside.url}
        async with world(plan.database, data, **settings) as (servers, database_url, _):
            stage = Stage(plan, servers, outside, data, database_url)
            try:
                for server in servers:
                    await server.start()
                await stage.desk.token()
                await (Rounds(stage) if plan.moments == "between" else Storm(stage)).run()
                counted = await verify(data, database_url, stage.visits, outside)
                for server in servers:
                    assert await server.terminate() == 0, server.said()[-3000:]
                    assert "Traceback" not in server.said(), server.said()[-5000:]
            finally:
                for server in servers:
                    await server.kill()
            report = await asyncio.to_thread(_ledger, data, database_url)
    return {
        **msgspec.structs.asdict(plan),
        "kills": stage.kills,
        "caught": stage.caught,
        "customers": len(stage.visits),
        "seconds": round(time.monotonic() - began, 1),
        "ledger": {name: report[name] for name in ("events", "blocks", "anchors")},
        **counted,
    }


def _ledger(data: Path, database_url: str) -> dict[str, Any]:
    """What `switchboard verify` says, offline."""
    done = command(data, "verify", "--json", database_url=database_url)
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["events"] and not report["faults"] and not report["unsealed"], done.stdout
    return report


def main() -> None:
    """Prints one JSON object; an AssertionError says what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--moments", choices=("between", "random"), default="between")
    parser.add_argument("--seed", type=int, default=1)
    plan = Plan(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory(prefix="switchboard-acts-") as name:
        folder = Path(name)
        pack, model = trial.trained(folder)
        print(json.dumps(asyncio.run(run(plan, folder, pack, model)), ensure_ascii=False))  # noqa: T201


if __name__ == "__main__":
    main()
