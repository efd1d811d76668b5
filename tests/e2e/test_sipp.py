"""Calls with SIPp, a phone that is not ours: its messages are written and read by other people's code."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.servers import NotInstalled
from voice.sip.actions import Answered, HungUp, Registration, Ringing, Settings
from voice.sip.digest import Credentials
from voice.sip.endpoint import Endpoint, SipCall
from voice.sip.fields import Uri
from voice.sip.sdp import Media

HOST = "127.0.0.1"
SCENARIOS = Path(__file__).parent / "phone"
MEDIA = Media(HOST, 40_000)
TRANSPORTS = pytest.mark.parametrize(("transport", "flag"), [("udp", "u1"), ("tcp", "t1")])


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def sipp(folder: Path, scenario: str, *arguments: str) -> tuple[int, str]:
    """Runs a scenario to its end; gives SIPp's exit status (0: every call went as written) and its words."""
    program = shutil.which("sipp")
    if program is None:
        raise NotInstalled("SIPp is not installed. Install it (Debian: apt install sip-tester).")
    process = await asyncio.create_subprocess_exec(
        program, *arguments, "-sf", str(SCENARIOS / scenario), "-i", HOST, "-mi", HOST, "-nostdin", "-timeout", "40",
        "-timeout_error", "-trace_err", cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    words, _ = await process.communicate()
    errors = "".join(path.read_text(errors="replace") for path in folder.glob("*errors.log"))
    return process.returncode or 0, words.decode(errors="replace")[-2000:] + errors


@asynccontextmanager
async def bot(serve: Callable[[SipCall], Coroutine[Any, Any, None]], **settings: object) -> AsyncIterator[Endpoint]:
    """An endpoint whose calls are each served so."""
    endpoint = Endpoint(Settings(HOST, 0, **settings))  # type: ignore[arg-type]
    await endpoint.start()

    async def serve_all() -> None:
        async with asyncio.TaskGroup() as group:
            async for call in endpoint.calls():
                group.create_task(serve(call))

    serving = asyncio.create_task(serve_all())
    try:
        yield endpoint
    finally:
        await endpoint.stop()
        await serving


async def answers(call: SipCall) -> None:
    call.ring()
    await call.answer(MEDIA)


@TRANSPORTS
@pytest.mark.parametrize("calls", [1, 10])
async def test_calls_that_are_answered_and_hung_up(
    tmp_path: Path, transport: str, flag: str, calls: int
) -> None:
    over: list[HungUp] = []

    async def serve(call: SipCall) -> None:
        assert call.offered is not None and (call.offered.codec, call.offered.events) == ("PCMU", 101)
        await answers(call)
        over.extend([event async for event in call.events() if isinstance(event, HungUp)])

    async with bot(serve) as endpoint:
        status, words = await sipp(
            tmp_path, "call.xml", f"{HOST}:{endpoint.port}", "-p", str(free_port()), "-t", flag,
            "-m", str(calls), "-r", str(calls), "-l", str(calls),
        )  # fmt: skip
        assert status == 0, words
        assert not endpoint.refused
    assert over == [HungUp("caller")] * calls


@TRANSPORTS
async def test_a_caller_who_gives_up(tmp_path: Path, transport: str, flag: str) -> None:
    over: list[HungUp] = []

    async def serve(call: SipCall) -> None:
        call.ring()
        over.extend([event async for event in call.events() if isinstance(event, HungUp)])

    async with bot(serve) as endpoint:
        place = f"{HOST}:{endpoint.port}"
        status, words = await sipp(
            tmp_path, "cancel.xml", place, "-p", str(free_port()), "-m", "1", "-t", flag
        )
        assert status == 0, words
    assert over == [HungUp("caller", 487)]


async def test_a_registrar_that_checks_digest(tmp_path: Path) -> None:
    port = free_port()
    async with bot(answers) as endpoint:
        registrar = asyncio.create_task(sipp(tmp_path, "registrar.xml", "-p", str(port), "-m", "1"))
        endpoint.register(Registration(Uri.parse(f"sip:{HOST}:{port}"), "bot", Credentials("bot", "secret")))
        await endpoint.registration_changed.wait()
        assert endpoint.registered is not None and endpoint.registered.ok
        assert endpoint.registered.seconds == 300
        status, words = await registrar
        assert status == 0, words


async def test_a_wrong_password_at_the_registrar(tmp_path: Path) -> None:
    port = free_port()
    async with bot(answers) as endpoint:
        registrar = asyncio.create_task(sipp(tmp_path, "registrar.xml", "-p", str(port), "-m", "1"))
        endpoint.register(Registration(Uri.parse(f"sip:{HOST}:{port}"), "bot", Credentials("bot", "guess")))
        await endpoint.registration_changed.wait()
        assert endpoint.registered is not None
        assert (endpoint.registered.ok, endpoint.registered.status) == (False, 403)
        await registrar


async def test_we_call_a_person(tmp_path: Path) -> None:
    port = free_port()
    async with bot(answers) as endpoint:
        person = asyncio.create_task(sipp(tmp_path, "person.xml", "-p", str(port), "-m", "1"))
        call = endpoint.dial(f"sip:person@{HOST}:{port}", MEDIA)
        assert (await call.answered()).codec == "PCMU"
        call.bye()
        assert [type(event) async for event in call.events() if not isinstance(event, Ringing)] == [
            Answered,
            HungUp,
        ]
        status, words = await person
        assert status == 0, words


async def test_a_call_is_handed_to_a_person(tmp_path: Path) -> None:
    results: list[str] = []

    async def serve(call: SipCall) -> None:
        await call.answer(MEDIA)
        results.append(await call.refer("8001"))
        results.extend([event.reason async for event in call.events() if isinstance(event, HungUp)])

    async with bot(serve) as endpoint:
        status, words = await sipp(
            tmp_path, "transfer.xml", f"{HOST}:{endpoint.port}", "-p", str(free_port()), "-m", "1"
        )
        assert status == 0, words
    assert results == ["ok", "transferred"]
