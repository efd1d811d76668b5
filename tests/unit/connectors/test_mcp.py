"""Tools of a real server, in a process of its own: both transports, both ways of the protocol, and all that goes wrong."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from connectors.http import HttpConnector, NotSent, Refused, Unusable
from connectors.http import parse as parse_http
from connectors.mcp import McpConnector, Server, parse
from core.errors import ConfigurationError, NotFound, PackMistake, SwitchboardError
from core.ports import ActionContext, ActionResult
from governance.actions import parse as parse_actions
from governance.gateway import Gateway

CONTEXT = ActionContext(key="conversation:k:4:pay", conversation="k", contact="c", language="zh")
PAYMENT = {"line": "L1", "sum": 3}
PROGRAM = [sys.executable, "-m", "tests.mcp_server"]
WAYS = [(mode, era) for mode in ("stdio", "http") for era in ("stateless", "handshake")]


class Bank:
    """The server and what is written of it in `connectors.yml`."""

    def __init__(self, folder: Path, mode: str, era: str) -> None:
        self.folder, self.mode, self.era = folder, mode, era
        self.port = 0
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Over HTTP it is somebody else's program; again at the same port."""
        if self.mode == "http":
            more = [str(self.port)] if self.port else []
            arguments = ["http", self.era, str(self.folder), *more]
            self._process = await asyncio.create_subprocess_exec(*PROGRAM, *arguments, stdout=asyncio.subprocess.PIPE)
            assert self._process.stdout is not None
            self.port = int(await self._process.stdout.readline())

    async def kill(self) -> None:
        if self._process is not None:
            if self._process.returncode is None:
                self._process.kill()
            await self._process.communicate()
            self._process = None

    def files(self) -> dict[str, str]:
        how = f"url: 'http://127.0.0.1:{self.port}/mcp'"
        if self.mode == "stdio":
            how = f"command: {[*PROGRAM, 'stdio', self.era, str(self.folder)]}, token_as: BANK_TOKEN"
        return {"connectors.yml": f"connectors:\n  bank: {{mcp: {{{how}}}, max_kb: 64}}\n"}

    @property
    def starts(self) -> int:
        return len((self.folder / "starts").read_text())

    @property
    def paid(self) -> list[str]:
        paid = self.folder / "paid"
        return paid.read_text().splitlines() if paid.exists() else []


def described(bank: Bank) -> dict[str, Server]:
    known = {**os.environ, "SWITCHBOARD_CONNECTOR_BANK_TOKEN": "t0ken", "SECRET_OF_OURS": "x"}
    return parse(bank.files(), known)


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m tests.mcp_server` is found from here."""
    monkeypatch.chdir(Path(__file__).parents[3])


async def served(folder: Path, mode: str, era: str) -> AsyncIterator[tuple[Bank, McpConnector]]:
    bank = Bank(folder, mode, era)
    await bank.start()
    connector = McpConnector(described(bank))
    yield bank, connector
    await connector.close()
    await bank.kill()


Pair = tuple[Bank, McpConnector]


@pytest_asyncio.fixture(params=WAYS, ids="-".join)
async def each(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pair]:
    """Every transport with every way of the protocol."""
    async for pair in served(tmp_path, *request.param):
        yield pair


@pytest_asyncio.fixture(params=["stdio", "http"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pair]:
    """Every transport."""
    async for pair in served(tmp_path, request.param, "stateless"):
        yield pair


@pytest_asyncio.fixture
async def http(tmp_path: Path) -> AsyncIterator[Pair]:
    """Over HTTP, with a session."""
    async for pair in served(tmp_path, "http", "handshake"):
        yield pair


async def test_a_tool_is_called_with_the_key_so_that_a_repetition_does_nothing(each: Pair) -> None:
    bank, connector = each
    assert await connector.start() == []
    for _ in range(2):
        assert await connector("bank/pay", PAYMENT, CONTEXT) == {"receipt": "R1"}
    assert bank.paid == [CONTEXT.key] and bank.starts == 1


async def test_a_single_text_of_json_is_a_result_too(each: Pair) -> None:
    bank, connector = each
    answer = await connector("bank/plain", {"line": "宽带"}, CONTEXT)
    token = "Bearer t0ken" if bank.mode == "http" else ""
    assert answer == {"line": "宽带", "key": CONTEXT.key, "language": "zh", "token": token}


async def test_a_program_gets_its_token_and_none_of_our_secrets(either: Pair) -> None:
    bank, connector = either
    environment = (await connector("bank/环境", {}, CONTEXT))["environment"]
    if bank.mode == "stdio":
        assert environment["BANK_TOKEN"] == "t0ken" and "SECRET_OF_OURS" not in environment


REFUSED: list[tuple[str, dict[str, Any], type[SwitchboardError], str]] = [
    ("nothing", {}, NotFound, "not_found"),
    ("pay", {"line": "L1"}, Refused, "argument:sum"),
    ("pay", {**PAYMENT, "colour": "red"}, Refused, "argument:colour"),
    ("odd", {"how": "refused"}, Refused, "tool_error"),
    ("odd", {"how": "-32602"}, Refused, "rpc_32602"),
    ("odd", {"how": "-32601"}, Refused, "rpc_32601"),
]


async def test_a_refusal_says_that_nothing_was_done(either: Pair) -> None:
    bank, connector = either
    for tool, arguments, error, code in REFUSED:
        with pytest.raises(error) as refusal:
            await connector(f"bank/{tool}", arguments, CONTEXT)
        assert refusal.value.code == code and bank.paid == []
    assert await connector("bank/pay", PAYMENT, CONTEXT) == {"receipt": "R1"}


UNREADABLE = ["list", "broken", "two", "picture", "number", "nothing", "more", "bare", "large", "-32603", "-32000"]


async def test_what_cannot_be_read_is_no_answer(either: Pair) -> None:
    bank, connector = either
    for how in UNREADABLE:
        with pytest.raises(Unusable):
            await connector("bank/odd", {"how": how}, CONTEXT)
    assert await connector("bank/odd", {"how": "empty"}, CONTEXT) == {}
    assert bank.starts == 1


async def test_a_server_that_dies_leaves_it_open_and_is_opened_anew(each: Pair) -> None:
    bank, connector = each
    with pytest.raises((Unusable, httpx.RemoteProtocolError, httpx.ReadError)):
        await connector("bank/odd", {"how": "die"}, CONTEXT)
    await bank.kill()
    if bank.mode == "http":
        with pytest.raises(NotSent):
            await connector("bank/pay", PAYMENT, CONTEXT)
        await bank.start()
    assert await connector("bank/pay", PAYMENT, CONTEXT) == {"receipt": "R1"}
    assert bank.starts == 2


async def test_a_session_that_the_server_forgot_is_opened_anew_for_the_same_call(http: Pair) -> None:
    bank, connector = http
    assert await connector("bank/pay", PAYMENT, CONTEXT) == {"receipt": "R1"}
    await bank.kill()
    await bank.start()
    assert await connector("bank/pay", PAYMENT, CONTEXT) == {"receipt": "R1"}
    assert bank.paid == [CONTEXT.key]


async def test_a_server_of_another_revision_after_a_restart_is_asked_anew(http: Pair) -> None:
    bank, connector = http
    await connector("bank/pay", PAYMENT, CONTEXT)
    await bank.kill()
    bank.era = "stateless"
    await bank.start()
    with pytest.raises(Refused):
        await connector("bank/pay", PAYMENT, CONTEXT)
    assert await connector("bank/pay", PAYMENT, CONTEXT) == {"receipt": "R1"}


async def test_calls_run_beside_each_other_and_a_slow_one_is_left_behind(each: Pair) -> None:
    bank, connector = each
    await connector.start()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await connector("bank/odd", {"how": "slow"}, CONTEXT)
    slow = asyncio.create_task(connector("bank/odd", {"how": "slow"}, CONTEXT))
    answers = await asyncio.gather(*(connector("bank/plain", {"line": str(n)}, CONTEXT) for n in range(20)))
    assert [answer["line"] for answer in answers] == [str(n) for n in range(20)]
    assert not slow.done() and bank.starts == 1
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)


async def test_events_are_an_answer_when_they_hold_one(http: Pair) -> None:
    _, connector = http
    assert await connector("bank/odd", {"how": "events"}, CONTEXT) == {"by": "events"}
    with pytest.raises(Unusable):
        await connector("bank/odd", {"how": "cut"}, CONTEXT)


async def test_a_status_says_what_may_have_happened(http: Pair) -> None:
    _, connector = http
    unclear, refused = (500, 503, 408, 307, 202), (403, 429)
    for status in (*unclear, *refused):
        with pytest.raises(Unusable if status in unclear else Refused):
            await connector("bank/odd", {"how": f"http_{status}"}, CONTEXT)
    assert await connector("bank/odd", {"how": "empty"}, CONTEXT) == {}


async def test_where_nobody_listens_nothing_was_sent(tmp_path: Path) -> None:
    nowhere = {
        "closed": "url: 'http://127.0.0.1:9/mcp'",
        "missing": "command: [/no/such/program]",
        "other": "command: [cat, /dev/null]",
        "refusing": f"command: {[*PROGRAM, 'stdio', 'refusing', str(tmp_path)]}",
    }
    lines = "".join(f"  {name}: {{mcp: {{{how}}}}}\n" for name, how in nowhere.items())
    connector = McpConnector(parse({"connectors.yml": f"connectors:\n{lines}"}, os.environ))
    assert await connector.start() == list(nowhere)
    for name in nowhere:
        with pytest.raises(NotSent):
            await connector(f"{name}/pay", PAYMENT, CONTEXT)
    with pytest.raises(NotFound):
        await connector("nobody/pay", PAYMENT, CONTEXT)
    await connector.close()


async def test_a_program_that_ends_at_the_first_question_is_started_again_with_the_older_one(tmp_path: Path) -> None:
    async for bank, connector in served(tmp_path, "stdio", "ending"):
        assert await connector("bank/pay", PAYMENT, CONTEXT) == {"receipt": "R1"}
        assert bank.starts == 2


async def test_another_pack_keeps_the_sessions_that_stay(either: Pair) -> None:
    bank, connector = either
    await connector.start()
    await connector.replace(described(bank))
    assert await connector("bank/pay", PAYMENT, CONTEXT) == {"receipt": "R1"} and bank.starts == 1
    await connector.replace({})
    with pytest.raises(NotFound):
        await connector("bank/pay", PAYMENT, CONTEXT)


ACTIONS = """
actions:
  pay: {interface: "mcp:bank/pay", effect: money, parameters: {line: text, sum: amount}, result: {receipt: text}}
  odd: {interface: "mcp:bank/odd", effect: write, deadline_seconds: 2, parameters: {how: text}}
"""


async def test_the_gateway_knows_what_is_failed_and_what_is_unknown(either: Pair) -> None:
    _, connector = either
    gate = Gateway(parse_actions({"actions.yml": ACTIONS}), {"mcp": connector})
    assert await gate.call("pay", PAYMENT, CONTEXT) == ActionResult("ok", {"receipt": "R1"})
    assert await gate.call("odd", {"how": "refused"}, CONTEXT) == ActionResult("failed", error="tool_error")
    assert await gate.call("odd", {"how": "large"}, CONTEXT) == ActionResult("unknown", error="Unusable")
    assert await gate.call("odd", {"how": "slow"}, CONTEXT) == ActionResult("unknown", error="deadline")
    assert (await gate.call("odd", {"how": "die"}, CONTEXT)).outcome == "unknown"


# What is written -------------------------------------------------------------------------------------------------


def written(text: str, **environment: str) -> Any:
    return parse({"connectors.yml": f"connectors:\n  a-b: {text}\n"}, environment)["a-b"]


def test_the_environment_goes_before_what_is_written() -> None:
    server = written("{mcp: {url: 'http://x/mcp'}}", SWITCHBOARD_CONNECTOR_A_B_URL="https://y/mcp", SWITCHBOARD_CONNECTOR_A_B_TOKEN="t")
    assert (server.url, server.token, server.command) == ("https://y/mcp", "t", ())
    server = written("{mcp: {command: [run, '7'], token_as: KEY}}", PATH="/bin", SWITCHBOARD_CONNECTOR_A_B_TOKEN="t", OTHER="x")
    assert server.command == ("run", "7") and server.environment == {"PATH": "/bin", "KEY": "t"}


@pytest.mark.parametrize(
    "text",
    [
        "{mcp: {url: 'http://x', command: [x]}}",
        "{mcp: {command: []}}",
        "{mcp: {url: 'http://x', token_as: KEY}}",
        "{mcp: {adress: 'http://x'}}",
        "{mcp: {url: 'http://x'}, document: /openapi.json}",
        "{mcp: {url: 'http://x'}, max_kb: 0}",
    ],
)
def test_a_mistake_is_named_with_its_line(text: str) -> None:
    with pytest.raises(PackMistake) as mistake:
        written(text)
    assert mistake.value.line == 2


def test_a_server_without_an_address_is_named() -> None:
    with pytest.raises(ConfigurationError, match="SWITCHBOARD_CONNECTOR_A_B_URL"):
        written("{mcp: {}}")


async def test_both_kinds_of_service_stand_in_one_file() -> None:
    files = {"connectors.yml": "connectors:\n  a: {url: 'http://x', document: /d}\n  b: {mcp: {url: 'http://y'}}\n"}
    assert list(parse_http(files, {})) == ["a"] and list(parse(files, {})) == ["b"]
    await HttpConnector(parse_http(files, {}), files).close()
    assert parse({}, {}) == {}
