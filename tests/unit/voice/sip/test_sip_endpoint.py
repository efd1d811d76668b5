"""Calls between two endpoints on this machine, over real sockets."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from structlog.testing import capture_logs

from tests.unit.voice.sip.registrar import Registrar
from tests.unit.voice.sip.wire import tokens, written
from voice.sip import sockets
from voice.sip.actions import Answered, Digit, Event, HungUp, Registration, Ringing, Settings, Transferred
from voice.sip.digest import Credentials
from voice.sip.endpoint import CallOver, Endpoint, SipCall
from voice.sip.fields import Uri
from voice.sip.sdp import Media

HOST = "127.0.0.1"
OURS, THEIRS = Media(HOST, 40_000), Media(HOST, 50_000, ("PCMA",))
TRANSPORTS = pytest.mark.parametrize("transport", ["udp", "tcp"])


@asynccontextmanager
async def endpoints(count: int = 2, **settings: object) -> AsyncIterator[list[Endpoint]]:
    """So many, each on a port of its own; the settings are those of the first."""
    async with AsyncExitStack() as stack:
        found = []
        for number in range(count):
            chosen = settings if number == 0 else {"user": f"person{number}"}
            endpoint = Endpoint(Settings(HOST, 0, **chosen))
            await endpoint.start()
            stack.push_async_callback(endpoint.stop)
            found.append(endpoint)
        yield found


async def next_call(endpoint: Endpoint) -> SipCall:
    """The next call that comes in."""
    async for call in endpoint.calls():
        return call
    raise AssertionError("stopped")


async def until(call: SipCall, kind: type[Event]) -> Event:
    """The next event of this kind."""
    async for event in call.events():
        if isinstance(event, kind):
            return event
    raise AssertionError(f"no {kind.__name__}")


def at(endpoint: Endpoint, transport: str = "udp", user: str = "bot") -> str:
    return f"sip:{user}@{HOST}:{endpoint.port};transport={transport}"


async def talk(bot: Endpoint, phone: Endpoint, transport: str = "udp") -> tuple[SipCall, SipCall]:
    """A call from the phone to the bot that was answered."""
    theirs = phone.dial(at(bot, transport), THEIRS)
    ours = await next_call(bot)
    ours.ring()
    agreed = await ours.answer(OURS)
    assert (agreed.codec, agreed.port) == ("PCMA", 50_000)
    assert (await theirs.answered()).port == 40_000
    return ours, theirs


@TRANSPORTS
@pytest.mark.parametrize("who", ["bot", "phone"])
async def test_a_call(transport: str, who: str) -> None:
    async with endpoints() as (bot, phone):
        ours, theirs = await talk(bot, phone, transport)
        assert (ours.info.caller, ours.info.called) == ("person1", "bot")
        assert ours.offered is not None and ours.offered.codec == "PCMA"
        (ours if who == "bot" else theirs).bye()
        heard = [event async for event in theirs.events()]
        assert [type(event) for event in heard] == [Ringing, Answered, HungUp]
        assert await until(ours, HungUp) == HungUp("us" if who == "bot" else "caller")
        assert heard[-1] == HungUp("caller" if who == "bot" else "us")
        assert bot.agent.calls == phone.agent.calls == 0
        assert not bot.refused and not phone.refused


@TRANSPORTS
async def test_a_caller_who_gives_up(transport: str) -> None:
    async with endpoints() as (bot, phone):
        theirs = phone.dial(at(bot, transport), THEIRS)
        ours = await next_call(bot)
        ours.ring()
        await until(theirs, Ringing)
        theirs.bye()
        assert await until(ours, HungUp) == HungUp("caller", 487)
        with pytest.raises(CallOver, match="caller"):
            await ours.answer(OURS)
        with pytest.raises(CallOver, match="cancelled"):
            await theirs.answered()


@pytest.mark.parametrize(("status", "reason"), [(486, "busy"), (603, "declined")])
async def test_a_call_that_is_refused(status: int, reason: str) -> None:
    async with endpoints() as (bot, phone):
        theirs = phone.dial(at(bot), THEIRS)
        (await next_call(bot)).reject(status)
        with pytest.raises(CallOver) as raised:
            await theirs.answered()
        assert (raised.value.reason, raised.value.status) == (reason, status)


@TRANSPORTS
async def test_nobody_listens(transport: str) -> None:
    """TCP says so at once; over UDP only time tells, which the agent's own tests move."""
    async with endpoints() as (bot, phone):
        port = bot.port
        await bot.stop()
        theirs = phone.dial(f"sip:bot@{HOST}:{port};transport={transport}", THEIRS, seconds=0.05)
        with pytest.raises(CallOver) as raised:
            await theirs.answered()
        assert raised.value.reason == ("unreachable" if transport == "tcp" else "no_answer")


async def test_a_name_is_looked_up() -> None:
    async with endpoints() as (bot, phone):
        phone.dial(f"sip:bot@localhost:{bot.port}", THEIRS)
        assert (await next_call(bot)).info.called == "bot"


async def test_what_comes_after_the_end_does_no_harm() -> None:
    async with endpoints() as (bot, phone):
        ours, theirs = await talk(bot, phone)
        await bot.stop()
        assert await until(ours, HungUp) == HungUp("us")
        assert await until(theirs, HungUp) == HungUp("caller")
        ours.bye()
        assert await ours.refer("8001") == "refused"


async def test_callers_prove_who_they_are() -> None:
    async with endpoints(users={"pbx": "secret"}) as (bot, phone):
        theirs = phone.dial(at(bot), THEIRS, Credentials("pbx", "secret"), caller="13800001111")
        ours = await next_call(bot)
        assert ours.info.caller == "13800001111"
        ours.bye()
        assert (await until(theirs, HungUp)) == HungUp("no_answer", 480)
        wrong = phone.dial(at(bot), THEIRS, Credentials("pbx", "guess"))
        with pytest.raises(CallOver, match="refused"):
            await wrong.answered()
        assert bot.refused["digest_wrong"] == 1


async def test_a_refusal_leaves_a_line_without_numbers() -> None:
    with capture_logs() as logs:
        async with endpoints() as (bot, phone):
            plain = Media(HOST, 50_000)
            call = phone.dial(at(bot, user="13800001111"), plain)
            (await next_call(bot)).reject(603)
            await until(call, HungUp)
            with pytest.raises(ValueError, match="uri"):
                phone.dial("sip:", plain)
            with pytest.raises(ValueError, match="uri"):
                phone.dial(at(bot), plain, caller="1\r\nX-Evil: yes")
            await _told(bot, b"nonsense")
    refused = [entry for entry in logs if entry["event"] == "sip_refused"]
    assert [(entry["reason"], entry["source"], entry["count"]) for entry in refused] == [
        ("malformed_no_end", HOST, 1)
    ]
    assert "13800001111" not in repr(logs)


async def _told(endpoint: Endpoint, data: bytes) -> None:
    """Sends bytes, and waits for the answer to a question that is sent after them."""
    phone = await Phone.on(endpoint)
    phone.send(data)
    await phone.ask("OPTIONS")
    phone.close()


class Phone(asyncio.DatagramProtocol):
    """A socket that speaks what it is told to."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()
        self.numbers = itertools.count(1)

    @classmethod
    async def on(cls, endpoint: Endpoint) -> "Phone":
        transport, phone = await asyncio.get_running_loop().create_datagram_endpoint(
            cls, remote_addr=(HOST, endpoint.port)
        )
        phone.transport = transport  # type: ignore[attr-defined]
        return phone

    def datagram_received(self, data: bytes, _address: object) -> None:
        self.came.put_nowait(data)

    def send(self, data: bytes) -> None:
        self.transport.sendto(data)  # type: ignore[attr-defined]

    def close(self) -> None:
        self.transport.close()  # type: ignore[attr-defined]

    async def ask(self, method: str, **changes: object) -> bytes:
        """Sends a request and gives its answer."""
        number = next(self.numbers)
        self.send(written(method, branch=f"z9hG4bKq{number}", **{"cseq": number, **changes}))  # type: ignore[arg-type]
        while True:
            answer = await self.came.get()
            if f"branch=z9hG4bKq{number};".encode() in answer:
                return answer


# The events of a call, against a phone that is played by hand -------------------------------------------------------------

OFFER = f"v=0\r\no=- 1 1 IN IP4 {HOST}\r\ns=-\r\nc=IN IP4 {HOST}\r\nt=0 0\r\nm=audio 50000 RTP/AVP 0 8\r\n"


async def test_hold_keys_and_another_codec() -> None:
    async with endpoints(1) as (bot,):
        phone = await Phone.on(bot)
        dialog = {"call_id": "c1", "via": f"{HOST}:5060"}
        phone.send(written("INVITE", branch="z9hG4bKi", cseq=100, body=OFFER, **dialog))
        call = await next_call(bot)
        await call.answer(OURS)
        within = {**dialog, "to_tag": call.handle}
        phone.send(written("ACK", branch="z9hG4bKa", cseq=100, **within))
        for cseq, body in ((101, OFFER + "a=sendonly\r\n"), (102, OFFER), (103, OFFER.replace("0 8", "8"))):
            assert b" 200 OK" in await phone.ask("INVITE", cseq=cseq, body=body, **within)
            phone.send(written("ACK", branch=f"z9hG4bKa{cseq}", cseq=cseq, **within))
        key = {"headers": "Content-Type: application/dtmf-relay\r\n", "body": "Signal=9\r\nDuration=100\r\n"}
        assert b" 200 OK" in await phone.ask("INFO", cseq=104, **within, **key)
        assert b" 200 OK" in await phone.ask("BYE", cseq=105, **within)
        names = [type(event).__name__ async for event in call.events()]
        assert names == ["Answered", "Changed", "Held", "Changed", "Held", "Changed", "Digit", "HungUp"]
        assert call.agreed is not None and call.agreed.codec == "PCMA"
        assert [type(event) async for event in call.events()] == [HungUp]  # whoever asks again hears it again
        phone.close()


@pytest.mark.parametrize(("status", "result"), [("200 OK", "ok"), ("486 Busy Here", "refused")])
async def test_handing_over(status: str, result: str) -> None:
    async with endpoints(1) as (bot,):
        phone = await Phone.on(bot)
        port = phone.transport.get_extra_info("sockname")[1]  # type: ignore[attr-defined]
        dialog = {"call_id": "c1", "via": f"{HOST}:{port}"}
        invite = written("INVITE", branch="z9hG4bKi", cseq=100, body=OFFER, **dialog)
        phone.send(invite.replace(b"@192.0.2.2:5060>", f"@{HOST}:{port}>".encode()))
        call = await next_call(bot)
        await call.answer(OURS)
        within = {**dialog, "to_tag": call.handle}
        phone.send(written("ACK", branch="z9hG4bKa", cseq=100, **within))
        await phone.ask("OPTIONS", cseq=101, **within)
        asked = asyncio.create_task(call.refer("8001"))
        refer = await phone.came.get()
        assert f"Refer-To: <sip:8001@{HOST}>".encode() in refer
        headers = "Event: refer\r\nSubscription-State: terminated\r\nContent-Type: message/sipfrag\r\n"
        assert b" 200 OK" in await phone.ask(
            "NOTIFY", cseq=102, headers=headers, body=f"SIP/2.0 {status}\r\n", **within
        )
        assert await asked == result
        told = await until(call, Transferred)
        assert told == Transferred(result)
        if result == "ok":
            assert await until(call, HungUp) == HungUp("transferred")
            assert await call.refer("8002") == "refused"
        phone.close()


class _Registrars(asyncio.DatagramProtocol):
    def __init__(self, registrar: Registrar, clock: Callable[[], float]) -> None:
        self._registrar = registrar
        self._clock = clock

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        if answer := self._registrar.datagram(data, self._clock()):
            self.transport.sendto(answer, address)  # type: ignore[attr-defined]


async def test_registering_and_leaving() -> None:
    loop = asyncio.get_running_loop()
    registrar = Registrar({"bot": "secret"}, tokens("r"))
    transport, _ = await loop.create_datagram_endpoint(lambda: _Registrars(registrar, loop.time), (HOST, 0))
    port = transport.get_extra_info("sockname")[1]
    async with endpoints(1) as (bot,):
        bot.register(Registration(Uri.parse(f"sip:{HOST}:{port}"), "8000", Credentials("bot", "secret")))
        await bot.registration_changed.wait()
        assert bot.registered is not None and bot.registered.ok
        assert registrar.bound["8000"].uri.port == bot.port
    transport.close()


async def test_a_connection_that_speaks_no_sip_is_closed() -> None:
    async with endpoints() as (bot, phone):
        reader, writer = await asyncio.open_connection(HOST, bot.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await reader.read() == b""
        writer.close()
        await talk(bot, phone, "tcp")
        assert bot.refused == {"stream_length": 1}


async def test_strangers_are_not_even_connected() -> None:
    async with endpoints(1, allowed=("192.0.2.0/24",)) as (bot,):
        reader, writer = await asyncio.open_connection(HOST, bot.port)
        assert await reader.read() == b""
        writer.close()
        assert bot.refused == {"source": 1}


async def test_a_connection_that_carries_no_call_is_closed_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "IDLE_SECONDS", 0.02)
    async with endpoints() as (bot, phone):
        ours, theirs = await talk(bot, phone, "tcp")
        reader, writer = await asyncio.open_connection(HOST, bot.port)
        assert await reader.read() == b""
        writer.close()
        ours.bye()
        assert await until(theirs, HungUp) == HungUp("caller")  # the connection that carries a call stayed


async def test_many_calls_at_once() -> None:
    async with endpoints(max_calls=20) as (bot, phone):
        theirs = [phone.dial(at(bot, "udp" if number % 2 else "tcp"), THEIRS) for number in range(20)]
        for _ in theirs:
            await (await next_call(bot)).answer(OURS)
        assert [(await call.answered()).codec for call in theirs] == ["PCMA"] * 20
        with pytest.raises(CallOver) as raised:
            await phone.dial(at(bot), THEIRS).answered()
        assert raised.value.status == 503
        for call in theirs:
            call.bye()
        for call in theirs:
            assert await until(call, HungUp) == HungUp("us")
        assert bot.refused == {"full": 1}


async def test_a_reader_who_sleeps_misses_keys_and_not_the_end() -> None:
    async with endpoints() as (bot, phone):
        ours, _ = await talk(bot, phone)
        for _ in range(1000):
            ours.take(Digit("1"))
        ours.bye()
        heard = [event async for event in ours.events()]
        assert len(heard) < 300
        assert heard[-1] == HungUp("us")
