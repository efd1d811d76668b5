"""Real `switchboard serve` processes, started and killed on the same data; and clients that come back."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct-horse-1"
START_SECONDS = 60.0
PATIENCE_SECONDS = 20.0
RECONNECT_SECONDS = 0.03
_SERVES = re.compile(r"serves at (http://\S+)")


def noon_somewhere() -> str:
    """A zone in which it is about noon: opening hours do not decide whether a test passes."""
    east = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/UTC"


def environment(data: Path, **settings: str) -> dict[str, str]:
    """The environment of a command over `data`; `settings` without their prefix, in lower case."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHBOARD_")}
    chosen = {"timezone": noon_somewhere(), "data": str(data), "port": "0", "admin_password": PASSWORD, "log_level": "warning", **settings}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        **{f"SWITCHBOARD_{name.upper()}": value for name, value in chosen.items()},
    }


def command(
    data: Path, *arguments: str, cwd: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Runs one `switchboard` command to its end, in `cwd` (beside the data folder when left out)."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env=environment(data, **settings), cwd=cwd or data.parent, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def trained(folder: Path, *arguments: str) -> Path:
    """Trains a pack (the built-in one, or `--pack`) once into `folder`, which `furnished` copies; returns it."""
    if not (folder / "models").is_dir():
        done = command(folder, "train", "--quiet", *arguments)
        assert done.returncode == 0, done.stderr
    return folder


def furnished(data: Path, model: Path) -> Path:
    """A data folder that holds the trained model, so that no start trains."""
    shutil.copytree(model / "models", data / "models")
    return data


class Server:
    """One process over a data folder; its address is free and may change at each start."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.url = ""
        self.log = data.parent / f"{data.name}-{id(self)}.log"
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self.output: list[str] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.kill()

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None, "not started"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether a process was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self, ready: bool = True) -> None:
        """Starts the process and returns when it is ready to take messages; else when it listens."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app.cli", "serve",
                env=environment(self.data, **self._settings), cwd=self.data.parent,
                stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        async with asyncio.timeout(START_SECONDS):
            self.url = await self._address()
            self._reading = asyncio.create_task(self._drain())
            if ready:
                await self.until_ready()

    async def _address(self) -> str:
        assert self._process is not None and self._process.stdout is not None
        while line := (await self._process.stdout.readline()).decode():
            self.output.append(line)
            found = _SERVES.search(line)
            if found:
                return found.group(1)
        await self._process.wait()
        raise AssertionError(
            f"the server did not start (exit code {self._process.returncode}):\n{self.said()[-3000:]}"
        )

    async def _drain(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.output.append(line.decode())

    async def until_ready(self) -> None:
        """Returns at the first `/readyz` that is 200."""
        async with httpx.AsyncClient() as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"{self.url}/readyz")).status_code == 200:
                        return
                await asyncio.sleep(0.005)

    async def kill(self) -> None:
        """`kill -9`, if it runs."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        await self.ended()

    async def terminate(self) -> int:
        """Asks it to stop; returns its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> int:
        """Returns the exit code once the process has ended."""
        if self._process is None:
            return 0
        code = await self._process.wait()
        if self._reading is not None:
            await self._reading
            self._reading = None
        return code

    def said(self) -> str:
        """What all processes of this server wrote to standard error."""
        return self.log.read_text("utf-8", "replace")


class Peer:
    """A socket that comes back by itself: to wherever `where` says, with what was missed and what was not acked."""

    path = ""

    def __init__(self, where: Callable[[], str], patience: float = PATIENCE_SECONDS) -> None:
        self._where = where
        self.patience = patience
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._unacked: dict[str, dict[str, Any]] = {}
        self._broken: Exception | None = None
        self.acked: dict[str, int] = {}
        self.errors: list[dict[str, Any]] = []
        self.closings: list[int | None] = []
        self.connections = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def until(self, condition: Callable[[], Any], what: str = "") -> None:
        """Returns when the condition holds; it is looked at after every frame, for `patience` seconds."""
        try:
            async with asyncio.timeout(self.patience), self._changed:
                while not condition():
                    if self._broken is not None:
                        raise self._broken
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"waited {self.patience} s for {what or condition}; {self!r}") from None

    async def post(self, frame: dict[str, Any]) -> None:
        """Sends a frame if there is a connection; it is not repeated."""
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(json.dumps(frame))

    async def deliver(self, frame: dict[str, Any]) -> int:
        """Sends a frame with an `id`, again after each reconnection until it is acknowledged; returns its seq."""
        self._unacked[frame["id"]] = frame
        await self.post(frame)
        await self.until(lambda: frame["id"] in self.acked, what=f"ack of {frame}")
        return self.acked[frame["id"]]

    async def hello(self) -> dict[str, Any]:
        """The first frame."""
        raise NotImplementedError

    def heard(self, frame: dict[str, Any]) -> None:
        """A frame came."""
        raise NotImplementedError

    async def _run(self) -> None:
        try:
            await self._come_back()
        except Exception as error:
            self._broken = error
            async with self._changed:
                self._changed.notify_all()

    async def _come_back(self) -> None:
        while True:
            try:
                async with connect(
                    "ws" + self._where().removeprefix("http") + self.path, max_size=None
                ) as socket:
                    await self._talk(socket)
            except (OSError, InvalidHandshake, TimeoutError, httpx.TransportError):
                pass  # the server is being killed or started
            except ConnectionClosed as closed:
                self.closings.append(closed.rcvd.code if closed.rcvd else None)
            self._socket = None
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _talk(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps(await self.hello()))
        async for data in socket:
            frame = json.loads(data)
            if frame["type"] == "ready":
                self._socket = socket
                self.connections += 1
                for waiting in list(self._unacked.values()):
                    await socket.send(json.dumps(waiting))
            elif frame["type"] == "ack":
                self.acked[frame["id"]] = frame["seq"]
                self._unacked.pop(frame["id"], None)
            elif frame["type"] == "error":
                self.errors.append(frame)
            self.heard(frame)
            async with self._changed:
                self._changed.notify_all()


class Customer(Peer):
    """One customer in one conversation. `events` by seq, as they came; a second or late arrival is a failure."""

    path = "/api/v1/webchat/ws"

    def __init__(
        self, where: Callable[[], str], language: str = "en", patience: float = PATIENCE_SECONDS
    ) -> None:
        super().__init__(where, patience)
        self.language = language
        self.conversation = self.token = ""
        self.events: dict[int, dict[str, Any]] = {}
        self.words: dict[str, tuple[str, str | None]] = {}

    def __repr__(self) -> str:
        return f"Customer({self.conversation}, last={list(self.events.values())[-3:]}, errors={self.errors[-3:]})"

    async def open(self) -> None:
        """Begins the conversation."""
        async with httpx.AsyncClient() as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = await client.post(
                        f"{self._where()}/api/v1/webchat/conversations", json={"locale": self.language}
                    )
                    opened = answer.raise_for_status().json()
                    break
                await asyncio.sleep(RECONNECT_SECONDS)
        self.conversation, self.token = opened["conversation"], opened["token"]

    async def hello(self) -> dict[str, Any]:
        """See `Peer`."""
        if not self.token:
            await self.open()
        return {"type": "hello", "token": self.token, "after": max(self.events, default=0), "version": 1}

    def heard(self, frame: dict[str, Any]) -> None:
        """See `Peer`."""
        if frame["type"] == "event":
            event = frame["event"]
            assert event["seq"] > max(self.events, default=0), f"{event} came twice or late"
            self.events[event["seq"]] = event

    async def say(self, text: str = "", payload: str | None = None) -> int:
        """A message, until it is acknowledged; returns its seq."""
        id = uuid.uuid4().hex
        self.words[id] = (text, payload)
        frame: dict[str, Any] = {"type": "message", "id": id, "text": text}
        return await self.deliver({**frame, "payload": payload} if payload else frame)

    def answers(self, seq: int) -> list[dict[str, Any]]:
        """What names the message."""
        return [event for event in self.events.values() if seq in event.get("in_reply_to", ())]

    async def ask(self, text: str = "", payload: str | None = None) -> list[dict[str, Any]]:
        """A message and what the bot says to it."""
        seq = await self.say(text, payload)
        await self.until(lambda: self.answers(seq), what=f"an answer to {text or payload}")
        return self.answers(seq)

    def count(self, kind: str) -> int:
        """How many events of a kind there are so far."""
        return sum(event["kind"] == kind for event in self.events.values())


class Desk(Peer):
    """One agent with an open desk. `events`: conversation → seq → event, as they came."""

    path = "/api/v1/desk/ws"

    def __init__(self, where: Callable[[], str], username: str = "admin", password: str = PASSWORD) -> None:
        super().__init__(where)
        self.username, self._password = username, password
        self.events: dict[str, dict[int, dict[str, Any]]] = {}
        self.offers: dict[str, dict[str, Any]] = {}
        self.mine: set[str] = set()
        self._token = ""

    def __repr__(self) -> str:
        return (
            f"Desk({self.username}, mine={self.mine}, offers={list(self.offers)}, errors={self.errors[-3:]})"
        )

    async def token(self) -> str:
        """Signs in, once."""
        if not self._token:
            async with httpx.AsyncClient(timeout=20) as client:
                body = {"username": self.username, "password": self._password}
                answer = await client.post(f"{self._where()}/api/v1/auth/token", json=body)
                assert answer.status_code == 200, answer.text
                self._token = answer.json()["access_token"]
        return self._token

    def gaps(self, conversation: str) -> bool:
        """Whether events of the conversation are missing here, as after coming back."""
        seqs = self.events.get(conversation, {})
        return len(seqs) < max(seqs, default=1)

    async def load(self, conversation: str) -> None:
        """Reads the whole conversation, as a desk does that opens it. Raises httpx.TransportError."""
        headers = {"Authorization": f"Bearer {await self.token()}"}
        async with httpx.AsyncClient(timeout=20, headers=headers) as client:
            after: str | None = "0"
            while after is not None:
                url = f"{self._where()}/api/v1/conversations/{conversation}/events"
                answer = await client.get(url, params={"after": after, "limit": "200"})
                assert answer.status_code == 200, answer.text
                for event in answer.json()["items"]:
                    self.events.setdefault(conversation, {})[event["seq"]] = event
                after = answer.json()["next"]

    async def hello(self) -> dict[str, Any]:
        """See `Peer`."""
        after = {conversation: max(events) for conversation, events in self.events.items() if events}
        return {"type": "hello", "token": await self.token(), "after": after, "version": 1}

    def heard(self, frame: dict[str, Any]) -> None:
        """See `Peer`."""
        kind, conversation = frame["type"], frame.get("conversation", "")
        if kind == "ready":
            self.mine = {row["id"] for row in frame["mine"]}
            self.offers.clear()
        elif kind == "offer":
            self.offers[conversation] = frame
        elif kind == "taken":
            self.mine.add(conversation)
            self.offers.pop(conversation, None)
        elif kind == "withdrawn":
            self.offers.pop(conversation, None)
        elif kind == "event":
            event = frame["event"]
            self.events.setdefault(conversation, {})[event["seq"]] = event
            if event["kind"] in ("closed", "handoff_returned", "transferred"):
                self.mine.discard(conversation)
