"""Customers and agents of a story, each on a socket of their own."""

import asyncio
import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from channels.webchat import visible
from core.events import BotSaid

if TYPE_CHECKING:
    from tests.stories.world import World

Frame = dict[str, Any]
SPOKEN = ("bot_said", "agent_said")
WAIT = 5.0
_ids = itertools.count(1)


class Wire:
    """One WebSocket: frames as they come, none lost."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Frame] = []
        self._unread: list[Frame] = []

    @classmethod
    async def open(cls, address: str, path: str, origin: str | None = None) -> "Wire":
        """Connects as a browser (with `origin`) or as another program."""
        headers = {"Origin": origin} if origin else {}
        connection = await connect(
            f"ws://{address}{path}", max_size=None, compression=None, proxy=None, additional_headers=headers
        )
        return cls(connection)

    async def send(self, frame: Frame | str | bytes) -> None:
        """Sends a frame, or the very text or bytes given."""
        await self.connection.send(msgspec.json.encode(frame).decode() if isinstance(frame, dict) else frame)

    async def receive(self) -> Frame:
        """The next frame."""
        async with asyncio.timeout(WAIT):
            frame: Frame = msgspec.json.decode(await self.connection.recv())
        self.frames.append(frame)
        self._unread.append(frame)
        return frame

    async def until(self, *types: str, **having: Any) -> Frame:
        """The first frame not taken yet that is of one of the types and has these fields; the others stay."""
        looked = 0
        while True:
            for place in range(looked, len(self._unread)):
                frame = self._unread[place]
                if frame["type"] in types and all(frame.get(name) == value for name, value in having.items()):
                    del self._unread[place]
                    return frame
            looked = len(self._unread)
            await self.receive()

    async def ended(self) -> tuple[int, str]:
        """Close code and reason, once the other side has closed."""
        with pytest.raises(ConnectionClosed) as ended:
            await self._to_the_end()
        close = ended.value.rcvd
        assert close is not None, "the connection broke without a close frame"
        return close.code, close.reason

    async def _to_the_end(self) -> None:
        while True:
            await self.receive()

    async def close(self) -> None:
        """Hangs up."""
        await self.connection.close()


class Reply(list[Frame]):
    """The events that a customer sees after something was said or done; `responses` of the pack behind them."""

    def __init__(self, events: Iterable[Frame] = (), responses: Sequence[str] = ()) -> None:
        super().__init__(events)
        self.responses = list(responses)

    @property
    def said(self) -> list[Frame]:
        """What the bot and people said."""
        return [event for event in self if event["kind"] in SPOKEN]

    @property
    def text(self) -> str:
        """All of that, a line for each part."""
        return "\n".join(event["text"] for event in self.said)

    @property
    def kinds(self) -> list[str]:
        """What happened."""
        return [event["kind"] for event in self]

    @property
    def citations(self) -> list[Frame]:
        """The sources named."""
        return [citation for event in self.said for citation in event.get("citations", ())]

    @property
    def payloads(self) -> list[str]:
        """What the quick replies under the words carry."""
        return [choice["payload"] for event in self.said for choice in event.get("quick_replies", ())]

    @property
    def asks(self) -> str | None:
        """The slot that the last part asks for."""
        asked = self.said[-1].get("asks") if self.said else None
        return asked["slot"] if asked else None

    def of(self, kind: str) -> Frame:
        """The one event of a kind."""
        (event,) = [event for event in self if event["kind"] == kind]
        return event


class Customer:
    """Somebody at the widget."""

    def __init__(self, world: "World", conversation: str, token: str) -> None:
        self.world = world
        self.conversation = conversation
        self.token = token
        self.events: list[Frame] = []
        self._shown = 0

    async def connect(self, after: int = 0) -> Frame:
        """Opens the socket and says hello."""
        self.wire = await Wire.open(self.world.address, "/api/v1/webchat/ws")
        ready = await self.hello(after)
        await self.catch_up()
        return ready

    async def hello(self, after: int = 0) -> Frame:
        """The first frame, or a renewal."""
        await self.wire.send({"type": "hello", "token": self.token, "after": after, "version": 1})
        return await self.wire.until("ready")

    async def leave(self) -> None:
        """Closes the page."""
        await self.wire.close()

    async def sends(self, text: str = "", payload: str | None = None, id: str | None = None) -> int:
        """Sends a message and waits until it is acknowledged, no longer; returns its seq."""
        name = id or f"message-{next(_ids)}"
        frame = {"type": "message", "id": name, "text": text}
        await self.wire.send(frame if payload is None else {**frame, "payload": payload})
        answer = await self.wire.until("ack", "error", id=name)
        assert answer["type"] == "ack", answer
        seq: int = answer["seq"]
        return seq

    async def says(self, text: str, id: str | None = None) -> Reply:
        """Writes, and reads what comes of it."""
        await self.sends(text, id=id)
        return await self.catch_up()

    async def presses(self, payload: str, title: str = "") -> Reply:
        """Clicks a quick reply, and reads what comes of it."""
        await self.sends(title, payload)
        return await self.catch_up()

    async def does(self, type: str, **fields: Any) -> Reply:
        """Sends another frame, and reads what comes of it. A ping behind it shows when it has been dealt with."""
        await self.wire.send({"type": type, **fields})
        await self.wire.send({"type": "ping"})
        await self.wire.until("pong")
        return await self.catch_up()

    async def error(self) -> Frame:
        """The next error frame."""
        return await self.wire.until("error")

    async def catch_up(self) -> Reply:
        """Waits until everything has happened and been shown; returns what is new since the last time."""
        await self.world.settled()
        log = await self.world.log(self.conversation)
        shown = [event for recorded in log if (event := visible(recorded))]
        while not self.events or self.events[-1]["seq"] < shown[-1]["seq"]:
            self.events.append((await self.wire.until("event"))["event"])
        new = self.events[self._shown :]
        self._shown = len(self.events)
        places = set(seqs(new))
        said = [item.event for item in log if item.seq in places and isinstance(item.event, BotSaid)]
        return Reply(new, [event.response for event in said])

    async def follows(self, *messages: str) -> Reply:
        """Several messages, each after the answer to the one before; returns the last answer. `/x` presses `x`."""
        reply = Reply()
        for message in messages:
            reply = await (self.presses(message) if message.startswith("/") else self.says(message))
        return reply

    async def http(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The HTTP twin, with the conversation's token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.world.http.request(method, f"/api/v1/webchat{path}", headers=headers, **request)


class Agent:
    """A service person: at the desk once connected, else with an access token only."""

    def __init__(self, world: "World", name: str, token: str) -> None:
        self.world = world
        self.name = name
        self.token = token
        self.present = False

    async def connect(self, after: dict[str, int] | None = None) -> Frame:
        """Opens the desk."""
        self.wire = await Wire.open(self.world.address, "/api/v1/desk/ws")
        await self.wire.send({"type": "hello", "token": self.token, "after": after or {}, "version": 1})
        self.present = True
        return await self.wire.until("ready")

    async def leave(self) -> None:
        """Closes the desk."""
        self.present = False
        await self.wire.close()

    async def state(self, state: str, capacity: int | None = None) -> None:
        """Says how they are: available, busy, away."""
        await self.wire.send({"type": "presence", "state": state, "capacity": capacity})
        await self.wire.until("presence")

    async def offer(self, conversation: str) -> Frame:
        """Waits for the offer of a conversation."""
        return await self.wire.until("offer", conversation=conversation)

    async def accepts(self, conversation: str) -> Frame:
        """Takes it; the answer is `taken` or an error."""
        await self.wire.send({"type": "accept", "conversation": conversation})
        return await self.wire.until("taken", "error", conversation=conversation)

    async def does(self, type: str, conversation: str, **fields: Any) -> Frame | None:
        """Any other frame. Returns the error that it met, if it met one."""
        await self.wire.send({"type": type, "conversation": conversation, **fields})
        await self.wire.send({"type": "ping"})
        answer = await self.wire.until("pong", "error")
        if answer["type"] == "error":
            await self.wire.until("pong")
            return answer
        await self.world.settled()
        return None

    async def says(self, conversation: str, text: str) -> None:
        """Writes to the customer."""
        assert await self.does("message", conversation, id=f"agent-{next(_ids)}", text=text) is None

    async def sees(self, conversation: str, kind: str) -> Frame:
        """The next event of a kind in a conversation."""
        while True:
            frame = await self.wire.until("event", conversation=conversation)
            event: Frame = frame["event"]
            if event["kind"] == kind:
                return event

    async def http(self, method: str, path: str, **request: Any) -> httpx.Response:
        """A request with the person's token."""
        headers = {"Authorization": f"Bearer {self.token}", **request.pop("headers", {})}
        return await self.world.http.request(method, f"/api/v1{path}", headers=headers, **request)

    async def reads(self, path: str) -> Any:
        """A GET that succeeds."""
        answer = await self.http("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()


def seqs(events: Iterable[Frame]) -> list[int]:
    """Their places."""
    return [event["seq"] for event in events]
