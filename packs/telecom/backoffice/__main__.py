"""`python -m packs.telecom.backoffice --port 0 --data FOLDER --seed`: serves on loopback and prints its port."""

import argparse
import os
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from packs.telecom.backoffice import data
from packs.telecom.backoffice.dates import Clock, moment, wall_clock
from packs.telecom.backoffice.service import application
from packs.telecom.backoffice.store import Store

HOST = "127.0.0.1"
BACKLOG = 128


def _moment(text: str) -> Clock:
    """A clock that stands still. Raises ValueError."""
    fixed = moment(text)
    return lambda: fixed


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m packs.telecom.backoffice", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help="0 takes a free one; the port is printed on one line"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the SQLite file")
    parser.add_argument(
        "--seed", action="store_true", help="fill an empty file with the demonstration's data"
    )
    parser.add_argument(
        "--now", type=_moment, default=wall_clock, help="stop the clock at an ISO 8601 time (UTC+8)"
    )
    parser.add_argument(
        "--test-switches", action="store_true", help="serve /_test, which can break the service"
    )
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end with the process that holds the other end of stdin"
    )
    return parser.parse_args(given)


def _end_with_stdin(server: uvicorn.Server) -> None:
    """Whoever started this is gone when the pipe closes, even when it was killed and could say nothing."""

    def wait() -> None:
        # Not by sys.stdin: a thread that waits in its buffer would hold up the interpreter's own end.
        while os.read(0, 4096):
            pass
        server.should_exit = True

    threading.Thread(target=wait, daemon=True).start()


def main(given: Sequence[str] | None = None) -> None:
    """Serves until it is stopped. A token in BACKOFFICE_TOKEN is asked of every caller."""
    wanted = _arguments(given)
    store = Store(wanted.data, wanted.now)
    if wanted.seed:
        store.write(data.seed)
    app = application(store, os.environ.get("BACKOFFICE_TOKEN", ""), wanted.test_switches)
    listener = socket.create_server((HOST, wanted.port), backlog=BACKLOG)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, lifespan="off"
    )
    server = uvicorn.Server(config)
    if wanted.until_stdin_closes:
        _end_with_stdin(server)
    try:
        server.run(sockets=[listener])
    finally:
        store.close()


if __name__ == "__main__":
    main()
