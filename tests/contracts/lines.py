"""Every kind of line with a far side that behaves as the real one, in virtual time.

The far side of RTP is another session, that of AudioSocket a TCP client; those of the media sockets play what they get
from a queue, one frame every 20 ms, and tell of marks when they come to them, each in its own protocol.
"""

import asyncio
import base64
import random
import struct
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from tests.virtual import VirtualTime, settle
from voice.audio.g711 import PCMU
from voice.gateways.audiosocket import AudioSocketLine, AudioSocketServer, Frame, Frames, message
from voice.gateways.media import AHEAD, MediaLine
from voice.lines import PacedLine
from voice.ports import Audio, CallInfo, HungUp, LineEvent
from voice.rtp.ports import PortRange
from voice.rtp.session import RtpSession

UUID = bytes(range(16))
PATIENCE = 10.0


class Far(Protocol):
    """The other end of a line."""

    ahead: int
    """Frames that it gets before their time."""
    heard: list[bytes]
    """Frames of PCM, in the order in which a caller hears them."""

    @property
    def ended(self) -> bool:
        """It knows that the call is over."""
        ...

    @property
    def arrived(self) -> int:
        """Frames that came, heard already or not."""
        ...

    async def say(self, pcm: bytes) -> None:
        """Sends one frame."""
        ...

    async def press(self, key: str) -> None:
        """Presses a key."""
        ...

    async def hang_up(self) -> None:
        """Ends the call."""
        ...


class World:
    """A line, its far side, what the line told, and their time."""

    def __init__(self, time: VirtualTime, line: PacedLine, far: Far, close: Callable[[], Any]) -> None:
        self.time, self.line, self.far, self._close = time, line, far, close
        self.events: list[LineEvent] = []
        self._collecting = asyncio.create_task(self._collect())

    async def _collect(self) -> None:
        while True:
            event = await self.line.receive()
            self.events.append(event)
            if isinstance(event, HungUp):
                return

    def told(self) -> list[LineEvent]:
        """Everything but sound."""
        return [event for event in self.events if not isinstance(event, Audio)]

    async def pass_time(self, seconds: float) -> None:
        """Lets time pass, and everything arrive that is on its way."""
        await self.time.advance(seconds)
        for _ in range(20):
            await settle()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Lets time pass until something has happened."""
        for _ in range(500):
            if condition():
                return
            await self.pass_time(0.02)
        raise AssertionError("it never happened")

    async def close(self) -> None:
        """Ends everything."""
        self.line.end("test")
        await self._collecting
        await self.pass_time(5)
        result = self._close()
        if result is not None:
            await result


# RTP ---------------------------------------------------------------------------------------------------------------


class RtpFar:
    """Another session, over loopback."""

    ahead = 0

    def __init__(self, session: RtpSession, near: RtpSession) -> None:
        self.session, self._near = session, near
        self.heard: list[bytes] = []
        self._task = asyncio.create_task(self._hear())

    @property
    def arrived(self) -> int:
        return self.session.stats.received

    @property
    def ended(self) -> bool:
        """Signalling tells; here, that nothing is sent any more."""
        return self._near._in.ended

    async def _hear(self) -> None:
        while not isinstance(event := await self.session.receive(), HungUp):
            if isinstance(event, Audio):
                self.heard.append(event.pcm)

    async def say(self, pcm: bytes) -> None:
        self.session.play(pcm)

    async def press(self, key: str) -> None:
        self.session.press(key)

    async def hang_up(self) -> None:
        self._near.end("caller")  # signalling tells


async def rtp_world(time: VirtualTime) -> World:
    ports = PortRange(30_000, 30_998, "127.0.0.1")
    ours, theirs = ports.take(rtcp=True), ports.take(rtcp=True)
    chance = random.Random(1)
    near, far = (
        RtpSession(
            CallInfo("a", "sip", "1", "2"),
            peer=("127.0.0.1", other.port),
            hosts=["127.0.0.1"],
            clock=time.clock,
            sleep=time.sleep,
            chance=chance,
        )
        for other in (theirs, ours)
    )
    await near.open(ours)
    await far.open(theirs)
    end = RtpFar(far, near)

    return World(time, near, end, lambda: far.end("test"))


# AudioSocket -------------------------------------------------------------------------------------------------------


class AudioSocketFar:
    """A TCP client, as Asterisk is one."""

    ahead = 0

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.heard: list[bytes] = []
        self.ended = False
        self._task = asyncio.create_task(self._hear())

    @property
    def arrived(self) -> int:
        return len(self.heard)

    async def _hear(self) -> None:
        frames = Frames()
        while data := await self._reader.read(1000):
            for frame in frames.feed(data):
                assert isinstance(frame, Frame)
                if frame.kind == 0x10:
                    self.heard.append(frame.content)
        self.ended = True

    async def say(self, pcm: bytes) -> None:
        self._writer.write(message(0x10, pcm))

    async def press(self, key: str) -> None:
        self._writer.write(message(3, key.encode()))

    async def hang_up(self) -> None:
        self._writer.write(message(0))
        self._writer.close()

    def close(self) -> None:
        self._writer.close()


async def audiosocket_world(time: VirtualTime) -> World:
    lines: asyncio.Queue[AudioSocketLine] = asyncio.Queue()
    server = AudioSocketServer(lines.put_nowait, clock=time.clock, sleep=time.sleep, patience=PATIENCE)
    port = await server.start("127.0.0.1", 0)
    far = AudioSocketFar(*await asyncio.open_connection("127.0.0.1", port))
    far._writer.write(message(1, UUID))

    async def close() -> None:
        far.close()
        await server.close()

    return World(time, await lines.get(), far, close)


# Media sockets -----------------------------------------------------------------------------------------------------


class Pipe:
    """Both ends of a WebSocket, in memory; implements `voice.gateways.media.Socket` for the near end."""

    def __init__(self) -> None:
        self.to_near: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self.to_far: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self.closed = False

    async def send_text(self, text: str) -> None:
        self.to_far.put_nowait(text)

    async def send_bytes(self, data: bytes) -> None:
        self.to_far.put_nowait(data)

    async def receive(self) -> str | bytes | None:
        return None if self.closed and self.to_near.empty() else await self.to_near.get()

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.to_near.put_nowait(None)
            self.to_far.put_nowait(None)


class Switch:
    """A switch that plays from a queue; its kinds say how it speaks."""

    ahead = AHEAD

    def __init__(self, time: VirtualTime) -> None:
        self.pipe = Pipe()
        self.heard: list[bytes] = []
        self.ended = False
        self.goodbye = False
        self.clears = 0
        self._queue: deque[tuple[str, Any]] = deque()
        self._time = time
        self._tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._play())]

    @property
    def arrived(self) -> int:
        return len(self.heard) + sum(what == "sound" for what, _ in self._queue)

    async def _hear(self) -> None:
        while (one := await self.pipe.to_far.get()) is not None:
            what, value = self.read(one)
            if what == "clear":
                self.clears += 1
                marks = [name for kind, name in self._queue if kind == "mark"]
                self._queue.clear()
                for name in marks:
                    self.dropped(name)
            elif what == "hangup":
                self.goodbye = True
                await self.pipe.close()
            else:
                self._queue.append((what, value))
        self.ended = True

    async def _play(self) -> None:
        while True:
            await self._time.sleep(0.02)
            self._tell_marks()
            if self._queue:
                self.heard.append(self._queue.popleft()[1])
                self._tell_marks()

    def _tell_marks(self) -> None:
        while self._queue and self._queue[0][0] == "mark":
            self.played(self._queue.popleft()[1])

    def tell(self, one: Any) -> None:
        """Sends a message; what is no text or bytes is made JSON."""
        self.pipe.to_near.put_nowait(
            one if isinstance(one, str | bytes) else msgspec.json.encode(one).decode()
        )

    async def hang_up(self) -> None:
        await self.pipe.close()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.pipe.close()

    # The protocol

    def begin(self) -> None:
        raise NotImplementedError

    def read(self, one: str | bytes) -> tuple[str, Any]:
        raise NotImplementedError

    def played(self, mark: str) -> None:
        raise NotImplementedError

    def dropped(self, mark: str) -> None:
        raise NotImplementedError


class TwilioSwitch(Switch):
    def begin(self) -> None:
        self.tell({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        form = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        start = {
            "accountSid": "AC1", "streamSid": "MZ1", "callSid": "CA1", "tracks": ["inbound"], "mediaFormat": form,
            "customParameters": {"caller": "13800138000", "called": "10086"},
        }  # fmt: skip
        self.tell({"event": "start", "sequenceNumber": "1", "start": start, "streamSid": "MZ1"})

    def read(self, one: str | bytes) -> tuple[str, Any]:
        event = msgspec.json.decode(one)
        assert event["streamSid"] == "MZ1"
        if event["event"] == "media":
            return "sound", PCMU.decode(base64.b64decode(event["media"]["payload"]))
        return event["event"], event["mark"]["name"] if event["event"] == "mark" else None

    def played(self, mark: str) -> None:
        self.tell({"event": "mark", "sequenceNumber": "4", "streamSid": "MZ1", "mark": {"name": mark}})

    dropped = played

    async def say(self, pcm: bytes) -> None:
        payload = base64.b64encode(PCMU.encode(pcm)).decode()
        media = {"track": "inbound", "chunk": "1", "timestamp": "5", "payload": payload}
        self.tell({"event": "media", "sequenceNumber": "3", "media": media, "streamSid": "MZ1"})

    async def press(self, key: str) -> None:
        self.tell(
            {
                "event": "dtmf",
                "streamSid": "MZ1",
                "sequenceNumber": "5",
                "dtmf": {"track": "inbound_track", "digit": key},
            }
        )

    async def hang_up(self) -> None:
        self.tell(
            {
                "event": "stop",
                "sequenceNumber": "5",
                "stop": {"accountSid": "AC1", "callSid": "CA1"},
                "streamSid": "MZ1",
            }
        )


class AsteriskSwitch(Switch):
    def begin(self) -> None:
        self.tell(
            "MEDIA_START connection_id:c1 channel:WebSocket/c1/0x51 channel_id:pbx-1.9 format:ulaw optimal_frame_size:160 ptime:20"
        )

    def read(self, one: str | bytes) -> tuple[str, Any]:
        if isinstance(one, bytes):
            assert len(one) == 160
            return "sound", PCMU.decode(one)
        assert len(one) <= 128, "Asterisk takes no longer command"
        command, _, rest = one.partition(" ")
        return {"MARK_MEDIA": "mark", "FLUSH_MEDIA": "clear", "HANGUP": "hangup"}[command], rest

    def played(self, mark: str) -> None:
        self.tell(f"MEDIA_MARK_PROCESSED {mark}")

    def dropped(self, mark: str) -> None:
        pass  # without a word

    async def say(self, pcm: bytes) -> None:
        self.tell(PCMU.encode(pcm))

    async def press(self, key: str) -> None:
        self.tell(f"DTMF_END digit:{key} channel_id:pbx-1.9")


class AsteriskJsonSwitch(AsteriskSwitch):
    def begin(self) -> None:
        self.tell({
            "event": "MEDIA_START", "connection_id": "c1", "channel": "WebSocket/c1/0x51", "channel_id": "pbx-1.9", "format": "slin",
            "optimal_frame_size": 320, "ptime": 20, "channel_variables": {"DIALEDPEERNUMBER": "c1"},
        })  # fmt: skip

    def read(self, one: str | bytes) -> tuple[str, Any]:
        if isinstance(one, bytes):
            return "sound", one
        assert len(one) <= 128
        command = msgspec.json.decode(one)
        name = {"MARK_MEDIA": "mark", "FLUSH_MEDIA": "clear", "HANGUP": "hangup"}[command["command"]]
        return name, command.get("correlation_id")

    def played(self, mark: str) -> None:
        self.tell({"event": "MEDIA_MARK_PROCESSED", "channel_id": "pbx-1.9", "correlation_id": mark})

    async def say(self, pcm: bytes) -> None:
        self.tell(pcm)

    async def press(self, key: str) -> None:
        self.tell({"event": "DTMF_END", "channel_id": "pbx-1.9", "digit": key})


class L16Switch(Switch):
    def begin(self) -> None:
        self.tell(
            {
                "callSid": "f1",
                "from": "13800138000",
                "to": "10086",
                "sampleRate": 8000,
                "mixType": "mono",
                "sbc": {"a": 1},
            }
        )

    def read(self, one: str | bytes) -> tuple[str, Any]:
        if isinstance(one, bytes):
            return "sound", one
        command = msgspec.json.decode(one)
        name = {"mark": "mark", "killAudio": "clear", "disconnect": "hangup"}[command["type"]]
        return name, command.get("data", {}).get("name")

    def played(self, mark: str) -> None:
        self.tell({"type": "mark", "data": {"name": mark, "event": "playout"}})

    def dropped(self, mark: str) -> None:
        self.tell({"type": "mark", "data": {"name": mark, "event": "cleared"}})

    async def say(self, pcm: bytes) -> None:
        self.tell(pcm)

    async def press(self, key: str) -> None:
        self.tell({"event": "dtmf", "dtmf": key, "duration": "1600"})


class OldL16Switch(L16Switch):
    """One that knows no marks."""

    def played(self, mark: str) -> None:
        pass

    dropped = played


SWITCHES: dict[str, type[Any]] = {
    "twilio": TwilioSwitch,
    "asterisk": AsteriskSwitch,
    "asterisk-json": AsteriskJsonSwitch,
    "l16": L16Switch,
    "l16-old": OldL16Switch,
}
KINDS = ("rtp", "audiosocket", *SWITCHES)


async def make_world(kind: str) -> World:
    """A fresh line of a kind, in its call."""
    time = VirtualTime()
    if kind == "rtp":
        return await rtp_world(time)
    if kind == "audiosocket":
        return await audiosocket_world(time)
    switch = SWITCHES[kind](time)
    switch.begin()
    line = await MediaLine.open(switch.pipe, clock=time.clock, sleep=time.sleep, patience=PATIENCE)
    assert isinstance(line, MediaLine), line
    return World(time, line, switch, switch.stop)


def frames(count: int) -> list[bytes]:
    """Different frames that G.711 carries without loss, none of them silent."""
    return [
        PCMU.decode(struct.pack("!160B", *((number + place) % 120 for place in range(160))))
        for number in range(count)
    ]
