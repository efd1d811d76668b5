"""Another system over real HTTP: called as its document says, with the key, and believed only where it can be read."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI, Header, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from pydantic import BaseModel

from app.server import bind
from connectors.http import HttpConnector, Unusable, parse
from connectors.openapi import operations
from core.errors import ConfigurationError, NotFound, PackMistake, SwitchboardError
from core.ports import ActionContext, ActionResult
from governance.actions import parse as parse_actions
from governance.gateway import Gateway

CONTEXT = ActionContext(key="conversation:k:4:pay", conversation="k", contact="c", language="zh")
CONNECTORS = "connectors:\n  office: {url: 'http://127.0.0.1:%d', document: /openapi.json, max_kb: 64}\n"


class Payment(BaseModel):
    line: str
    sum: float


class Office:
    """A back office that counts what it is asked."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.seen: dict[str, str] = {}
        self.port = 0
        self.app = FastAPI()
        app = self.app

        @app.get("/lines/{line:path}", operation_id="lineStatus")
        async def line_status(
            line: str, deep: bool = False, accept_language: str = Header(), authorization: str = Header("")
        ) -> dict[str, Any]:
            self.seen = {"line": line, "deep": str(deep), "language": accept_language, "token": authorization}
            return {"locked": line == "1/2 ?", "more": [1]}

        @app.post("/payments", operation_id="pay")
        async def pay(body: Payment, idempotency_key: str = Header()) -> Any:
            if body.sum < 0:
                return JSONResponse({"error": "negative"}, 409)
            if idempotency_key not in self.keys:
                self.keys.append(idempotency_key)
            return {"receipt": f"R{len(self.keys)}"}

        @app.post("/odd/{how}", operation_id="odd")
        async def odd(how: str) -> Any:
            answers: dict[str, Response] = {
                "text": PlainTextResponse("ok"),
                "list": JSONResponse([1]),
                "broken": Response('{"a": ', media_type="application/json"),
                "empty": Response(status_code=204),
                "failed": JSONResponse({}, 500),
                "moved": Response(status_code=307, headers={"location": "/odd/text"}),
                "teapot": Response(status_code=418),
                "late": Response(status_code=408),
            }
            if how == "large":
                parts = (b" " * 4096 for _ in range(100))
                return StreamingResponse(parts, media_type="application/json")
            if how == "slow":
                await asyncio.sleep(30)
            return answers[how]


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    made = Office()
    listener = bind("127.0.0.1", 0)
    made.port = listener.getsockname()[1]
    config = uvicorn.Config(made.app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    yield made
    server.should_exit = True
    await task


@pytest_asyncio.fixture
async def connector(office: Office) -> AsyncIterator[HttpConnector]:
    files = {"connectors.yml": CONNECTORS % office.port}
    made = HttpConnector(parse(files, {"SWITCHBOARD_CONNECTOR_OFFICE_TOKEN": "t0ken"}), files)
    assert await made.start() == []
    yield made
    await made.close()


async def test_arguments_go_where_the_document_says(office: Office, connector: HttpConnector) -> None:
    answer = await connector("office/lineStatus", {"line": "1/2 ?", "deep": True}, CONTEXT)
    assert answer == {"locked": True, "more": [1]}
    assert office.seen == {"line": "1/2 ?", "deep": "True", "language": "zh", "token": "Bearer t0ken"}


async def test_the_key_goes_along_so_that_a_repetition_does_nothing(office: Office, connector: HttpConnector) -> None:
    for _ in range(2):
        assert await connector("office/pay", {"line": "1", "sum": 3}, CONTEXT) == {"receipt": "R1"}
    assert office.keys == [CONTEXT.key]


@pytest.mark.parametrize(
    ("target", "arguments", "code"),
    [
        ("office/pay", {"line": "1", "sum": -1}, "http_409"),
        ("office/pay", {"line": "1"}, "http_422"),
        ("office/odd", {"how": "teapot"}, "http_418"),
        ("office/odd", {"how": ".."}, "argument:how"),
        ("office/odd", {}, "argument:how"),
        ("office/lineStatus", {"line": "1", "colour": "red"}, "argument:colour"),
        ("office/nothing", {}, "not_found"),
        ("other/pay", {}, "not_found"),
    ],
)
async def test_a_refusal_says_that_nothing_happened(
    connector: HttpConnector, target: str, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(SwitchboardError) as refusal:
        await connector(target, arguments, CONTEXT)
    assert refusal.value.code == code


@pytest.mark.parametrize("how", ["text", "list", "broken", "failed", "moved", "late", "large"])
async def test_what_cannot_be_read_leaves_open_what_happened(connector: HttpConnector, how: str) -> None:
    with pytest.raises(Unusable):
        await connector("office/odd", {"how": how}, CONTEXT)


async def test_no_content_is_an_empty_result(connector: HttpConnector) -> None:
    assert await connector("office/odd", {"how": "empty"}, CONTEXT) == {}


ACTIONS = """
actions:
  pay: {interface: "http:office/pay", effect: money, parameters: {line: text, sum: amount}, result: {receipt: text}}
  odd: {interface: "http:office/odd", effect: write, parameters: {how: text}, deadline_seconds: 0.2}
"""


async def test_through_the_gate(office: Office, connector: HttpConnector) -> None:
    gate = Gateway(parse_actions({"actions.yml": ACTIONS}), {"http": connector})
    assert await gate.call("pay", {"line": "1", "sum": 3}, CONTEXT) == ActionResult("ok", {"receipt": "R1"})
    assert (await gate.call("odd", {"how": "slow"}, CONTEXT)).error == "deadline"
    assert (await gate.call("odd", {"how": "failed"}, CONTEXT)) == ActionResult("unknown", error="Unusable")
    assert (await gate.call("odd", {"how": "teapot"}, CONTEXT)) == ActionResult("failed", error="http_418")


async def test_a_service_that_is_not_there_was_asked_nothing() -> None:
    listener = bind("127.0.0.1", 0)
    files = {"connectors.yml": CONNECTORS % listener.getsockname()[1]}
    listener.close()
    connector = HttpConnector(parse(files, {}), files)
    assert await connector.start() == ["office"]
    gate = Gateway(parse_actions({"actions.yml": ACTIONS}), {"http": connector})
    assert await gate.call("pay", {"line": "1", "sum": 3}, CONTEXT) == ActionResult("failed", error="no_document")
    await connector.close()


DOCUMENT = """
openapi: 3.1.0
paths:
  /a/{id}:
    parameters: [{$ref: '#/components/parameters/id'}]
    get: {operationId: look, parameters: [{name: x, in: query}, {name: c, in: cookie}, {$ref: '#/nowhere'}]}
    put: {operationId: keep, requestBody: {$ref: '#/components/requestBodies/b'}}
    post: {summary: without a name}
components:
  parameters: {id: {name: id, in: path, required: true}}
  requestBodies: {b: {content: {application/json: {}}}}
"""


def test_a_document_in_the_pack() -> None:
    found = operations(DOCUMENT, "office.yml")
    assert (found["look"].places, found["look"].body) == ({"id": "path", "x": "query"}, False)
    assert (found["keep"].method, found["keep"].required, found["keep"].body) == ("PUT", frozenset({"id"}), True)
    assert set(found) == {"look", "keep"}


@pytest.mark.parametrize("text", ["[]", "a: [", "openapi: 3.1.0", "paths: 7", "\x00"])
def test_a_document_that_is_none(text: str) -> None:
    with pytest.raises(ConfigurationError):
        operations(text, "office.yml")


def test_addresses_come_from_the_environment_first() -> None:
    files = {"connectors.yml": "connectors: {back-office: {document: office.yml}}", "office.yml": DOCUMENT}
    environment = {"SWITCHBOARD_CONNECTOR_BACK_OFFICE_URL": "https://b.example/"}
    assert parse(files, environment)["back-office"].url == "https://b.example"
    with pytest.raises(ConfigurationError, match="SWITCHBOARD_CONNECTOR_BACK_OFFICE_URL"):
        parse(files, {})
    with pytest.raises(PackMistake):
        parse({"connectors.yml": files["connectors.yml"]}, environment)
    assert parse({}, {}) == {}


async def test_services_without_a_name_are_not_found() -> None:
    with pytest.raises(NotFound):
        await HttpConnector({}, {})("office/pay", {}, CONTEXT)


@pytest.mark.parametrize("module", ["app.cli", "packs", "os", "packs.telecom/backoffice", "packs.telecom.none", "packs.x.y"])
def test_only_a_program_of_ours_stands_in_for_a_service(module: str) -> None:
    files = {"connectors.yml": f"connectors:\n  office:\n    document: /openapi.json\n    demonstration: {module}\n"}
    with pytest.raises(PackMistake, match=r"connectors\.yml:4.*packs"):
        parse(files, {})


def test_an_address_goes_before_a_demonstration() -> None:
    files = {"connectors.yml": "connectors: {office: {document: /o.json, demonstration: packs.telecom.backoffice}}"}
    shown = parse(files, {"SWITCHBOARD_CONNECTOR_OFFICE_TOKEN": "t"})["office"]
    assert (shown.url, shown.token, shown.demonstration) == ("", "t", "packs.telecom.backoffice")
    real = parse(files, {"SWITCHBOARD_CONNECTOR_OFFICE_URL": "https://office.example"})["office"]
    assert (real.url, real.demonstration) == ("https://office.example", "")
