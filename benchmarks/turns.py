"""Durable turns over the socket: prints one JSON object. See README.md for what each figure means.

`python -m benchmarks.turns [--seconds 5] [--quick] [--postgres] [--no-sockets]`
"""

import argparse
import asyncio
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import psutil

from benchmarks import parts
from benchmarks.client import Figures
from tests.harness import ROOT, Server, furnished, trained
from tests.servers import Postgres

UNLIMITED = "1000000000"
OPEN_RATES = (500, 1_000, 1_500)
CLOSED_CONNECTIONS = (1, 8, 64)
OPEN_CONNECTIONS = 64
IDLE_SOCKETS = 2_000
DATABASE = "benchmark"


def server_for(data: Path, **settings: str) -> Server:
    """A server without rate limits."""
    limits = {"rate_limit_address": UNLIMITED, "rate_limit_conversation": UNLIMITED}
    return Server(data, **limits, **settings)


def cpu_seconds(server: Server) -> float:
    """Processor time of the process so far, all threads."""
    times = psutil.Process(server.pid).cpu_times()
    return float(times.user + times.system)


def megabytes(server: Server) -> float:
    """Resident memory in MB (10⁶ bytes)."""
    return float(psutil.Process(server.pid).memory_info().rss) / 1e6


def quantiles(latencies: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    ordered = sorted(latencies)
    return {
        f"p{share}_ms": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000, 2)
        for share in (50, 95, 99)
    }


async def load(server: Server, *arguments: str) -> tuple[Figures, float]:
    """One phase by the client's process: its figures, and the processor seconds that the server spent on it."""
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.client", "--url", server.url, *arguments,
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, limit=2**28,
    )  # fmt: skip
    assert client.stdout is not None
    await client.stdout.readline()
    before = cpu_seconds(server)
    figures = msgspec.json.decode(await client.stdout.readline(), type=Figures)
    spent = cpu_seconds(server) - before
    await client.wait()
    return figures, spent


def summed_up(figures: Figures, spent: float) -> dict[str, Any]:
    """What is printed about a phase."""
    turns = len(figures.latencies)
    if not turns:
        raise SystemExit("no turn was answered; see the client's words above")
    return {
        "turns": turns,
        "turns_per_second": round(turns / figures.seconds, 1),
        **quantiles(figures.latencies),
        "server_cpu_us_per_turn": round(spent / turns * 1e6, 1),
        "errors": figures.errors,
        "unanswered": figures.unanswered,
    }


async def closed_loop(server: Server, connections: int, seconds: float) -> dict[str, Any]:
    """Each connection sends when the last answer has come."""
    return summed_up(*await load(server, "--connections", str(connections), "--seconds", str(seconds)))


async def open_loop(server: Server, rate: int, seconds: float) -> dict[str, Any]:
    """Messages come when they come (Poisson), whatever the server does; timed from when they were to be sent."""
    arguments = ("--connections", str(OPEN_CONNECTIONS), "--rate", str(rate), "--seconds", str(seconds))
    return {"rate": rate, "connections": OPEN_CONNECTIONS, **summed_up(*await load(server, *arguments))}


async def pings(server: Server, seconds: float) -> float:
    """Microseconds of the server's processor for one small frame in and one out."""
    figures, spent = await load(server, "--connections", "8", "--seconds", str(seconds), "--pings")
    return spent / len(figures.latencies) * 1e6


async def idle_sockets(server: Server) -> dict[str, Any]:
    """Memory of sockets that have said hello and are silent; their conversations were opened before."""
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.client", "--url", server.url, "--connections", str(IDLE_SOCKETS), "--wait",
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert client.stdin is not None and client.stdout is not None
    before = megabytes(server)
    await client.stdout.readline()
    opened = megabytes(server)
    client.stdin.write(b"\n")
    await client.stdout.readline()
    connected = megabytes(server)
    client.stdin.write(b"\n")
    await client.communicate()
    return {
        "sockets": IDLE_SOCKETS,
        "kib_each": round((connected - opened) * 1e6 / IDLE_SOCKETS / 1024, 1),
        "kib_each_conversation": round((opened - before) * 1e6 / IDLE_SOCKETS / 1024, 1),
    }


async def started(server: Server) -> float:
    """Seconds from the start of the process to its first `/readyz` 200."""
    begin = time.perf_counter()
    await server.start()
    return round(time.perf_counter() - begin, 2)


def fdatasync_ms(folder: Path, times: int = 200) -> float:
    """Median milliseconds of a 4 KiB append with `fdatasync` in the folder."""
    spent = []
    with (folder / "fdatasync").open("wb", buffering=0) as file:
        for _ in range(times):
            begin = time.perf_counter()
            file.write(b"\0" * 4096)
            os.fdatasync(file.fileno())
            spent.append(time.perf_counter() - begin)
    (folder / "fdatasync").unlink()
    return round(statistics.median(spent) * 1000, 3)


async def on_sqlite(data: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Everything but PostgreSQL."""
    seconds = options.seconds
    result: dict[str, Any] = {}
    server = server_for(data)
    first = await started(server)
    await server.terminate()
    result["start"] = {"first_seconds": first, "trained_seconds": await started(server)}
    result["rss_mb"] = {"started": round(megabytes(server), 1)}
    await load(server, "--connections", "8", "--seconds", "1", "--seed", "7")  # warm
    result["closed_loop"] = {str(n): await closed_loop(server, n, seconds) for n in CLOSED_CONNECTIONS}
    result["open_loop"] = [await open_loop(server, rate, seconds) for rate in OPEN_RATES]
    result["rss_mb"]["after_load"] = round(megabytes(server), 1)
    ping = await pings(server, min(seconds, 2.0))
    await server.terminate()
    if options.sockets:
        await started(server)
        result["idle_sockets"] = await idle_sockets(server)
        await server.terminate()
    whole = result["closed_loop"]["8"]["server_cpu_us_per_turn"]
    result["cpu_us_per_turn"] = {"whole_at_8": whole, **await parts.measure(data, ping)}
    return result


async def on_postgres(folder: Path, seconds: float) -> dict[str, Any]:
    """The closed loop at 8 on a private server that syncs as PostgreSQL does by default."""
    postgres = Postgres(durable=True)
    try:
        server = server_for(folder, database_url=postgres.create(DATABASE))
        async with server:
            await load(server, "--connections", "8", "--seconds", "1", "--seed", "7")
            result = {"8": await closed_loop(server, 8, seconds)}
            await server.terminate()
        return result
    finally:
        postgres.remove()


async def measured(options: argparse.Namespace) -> dict[str, Any]:
    """All that was asked for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8_192)), hard))
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-", dir=options.folder) as name:
        folder = Path(name)
        model = trained(folder / "model")
        result: dict[str, Any] = {
            "machine": {
                "cores": os.cpu_count(),
                "python": platform.python_version(),
                "load_before": round(os.getloadavg()[0], 2),
                "fdatasync_4k_ms": fdatasync_ms(folder),
            },
            "seconds_per_phase": options.seconds,
        }
        if options.postgres:
            result["postgres_closed_loop"] = await on_postgres(
                furnished(folder / "pg", model), options.seconds
            )
        else:
            result.update(await on_sqlite(furnished(folder / "data", model), options))
        shutil.rmtree(model)
    return result


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each phase")
    parser.add_argument("--quick", action="store_true", help="one second a phase, no idle sockets")
    parser.add_argument(
        "--postgres", action="store_true", help="the closed loop at 8 on PostgreSQL, and nothing else"
    )
    parser.add_argument(
        "--no-sockets", dest="sockets", action="store_false", help="leave out the idle sockets"
    )
    parser.add_argument(
        "--folder", type=Path, default=None, help="on whose disk the data lie (a temporary folder)"
    )
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.sockets = 1.0, False
    print(json.dumps(asyncio.run(measured(options)), indent=2))


if __name__ == "__main__":
    main()
