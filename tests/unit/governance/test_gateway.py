"""Whatever the other side does, the gate answers ok, failed or unknown, and in time."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from connectors.python import PythonConnector
from core.errors import ConfigurationError, Invalid, NotFound, PackMistake, Unavailable
from core.ports import ActionContext, ActionResult
from governance.actions import parse
from governance.gateway import Gateway

CONTEXT = ActionContext(key="conversation:k:4:x", conversation="k", contact="c", language="en")
TEXT = """\
actions:
  look:
    interface: "python:look"
    effect: read
    deadline_seconds: 0.05
    parameters: {ticket: {type: text, required: true}, phone: phone}
    result: {found: {type: bool, required: true}, note: text}
  pay:
    interface: "python:pay"
    effect: write
    deadline_seconds: 0.05
    parameters: {amount: amount}
    result: {receipt: {type: text, required: true}}
  post:
    interface: "http:post"
    effect: write
    idempotent: true
"""


def gateway(**functions: Any) -> Gateway:
    return Gateway(parse({"actions.yml": TEXT}), {"python": PythonConnector(functions)})


async def look(arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
    return {"found": True, "note": arguments["ticket"] + context.contact, "extra": 1}


def raising(error: BaseException) -> Any:
    async def function(arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
        raise error

    return function


async def never(arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


async def nonsense(arguments: dict[str, Any], context: ActionContext) -> Any:
    return {"found": "yes", "receipt": 7}


async def test_an_answer_is_checked_and_cut_to_what_was_declared() -> None:
    answer = await gateway(look=look).call("look", {"ticket": "F", "phone": None}, CONTEXT)
    assert answer == ActionResult("ok", {"found": True, "note": "Fc"})


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "argument:ticket"),
        ({"ticket": 7}, "argument:ticket"),
        ({"ticket": "F", "phone": "abc"}, "argument:phone"),
        ({"ticket": "F", "colour": "red"}, "argument:colour"),
    ],
)
async def test_wrong_arguments_never_reach_the_other_side(arguments: dict[str, Any], error: str) -> None:
    answer = await gateway(look=raising(AssertionError())).call("look", arguments, CONTEXT)
    assert answer == ActionResult("failed", error=error)


@pytest.mark.parametrize(
    ("function", "read", "write"),
    [
        (never, ("failed", "deadline"), ("unknown", "deadline")),
        (
            raising(ConnectionResetError()),
            ("failed", "ConnectionResetError"),
            ("unknown", "ConnectionResetError"),
        ),
        (raising(TimeoutError()), ("failed", "deadline"), ("unknown", "deadline")),
        (raising(Invalid("No.")), ("failed", "invalid"), ("failed", "invalid")),
        (nonsense, ("failed", "result:found"), ("unknown", "result:receipt")),
    ],
)
async def test_no_answer_is_unknown_only_where_a_repetition_could_do_harm(
    function: Any, read: tuple[str, str], write: tuple[str, str]
) -> None:
    gate = gateway(look=function, pay=function)
    reading = await gate.call("look", {"ticket": "F"}, CONTEXT)
    writing = await gate.call("pay", {"amount": 3.5}, CONTEXT)
    assert (reading.outcome, reading.error) == read
    assert (writing.outcome, writing.error) == write


REPEATED = """\
actions:
  note:
    interface: "python:note"
    effect: write
    idempotent: true
    deadline_seconds: 0.05
    result: {receipt: {type: text, required: true}}
  note_checked:
    interface: "python:note"
    effect: write
    idempotent: true
    check: was_noted
    deadline_seconds: 0.05
    result: {receipt: text}
  was_noted:
    interface: "python:was_noted"
    effect: read
    parameters: {key: text}
    result: {done: bool}
"""


class Noted:
    """A service that keeps its answers by key, and goes through `bad` days before it gives one."""

    def __init__(self, *bad: Any) -> None:
        self.bad = list(bad)
        self.keys: list[str] = []

    async def __call__(self, arguments: dict[str, Any], context: ActionContext) -> Any:
        self.keys.append(context.key)
        if self.bad:
            return await self.bad.pop(0)(arguments, context)
        return {"receipt": "R1"}


LOST, AWAY, NO = raising(ConnectionResetError()), raising(Unavailable("Away.")), raising(Invalid("No."))


async def done(arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
    return {"done": arguments["key"] == CONTEXT.key}


@pytest.mark.parametrize(
    ("name", "interrupted", "bad", "outcome", "error", "calls"),
    [
        ("note", False, [], "ok", "", 1),
        ("note", False, [LOST], "ok", "", 2),
        ("note", False, [never], "ok", "", 2),
        ("note", False, [nonsense], "ok", "", 2),
        ("note", False, [NO], "failed", "invalid", 1),
        ("note", False, [AWAY], "failed", "unavailable", 1),
        ("note", False, [LOST, LOST], "unknown", "ConnectionResetError", 2),
        ("note", False, [never, never], "unknown", "deadline", 2),
        ("note", False, [never, AWAY], "unknown", "deadline", 2),
        ("note", False, [never, NO], "unknown", "deadline", 2),
        ("note", True, [], "ok", "", 1),
        ("note", True, [AWAY], "unknown", "interrupted", 1),
        ("note", True, [NO], "unknown", "interrupted", 1),
        ("note_checked", False, [LOST, LOST], "ok", "", 2),
        ("note_checked", True, [AWAY], "ok", "", 1),
    ],
)
async def test_a_write_that_may_be_repeated_is_tried_twice_and_never_called_failed_while_it_may_be_done(
    name: str, interrupted: bool, bad: list[Any], outcome: str, error: str, calls: int
) -> None:
    service = Noted(*bad)
    gate = Gateway(
        parse({"actions.yml": REPEATED}), {"python": PythonConnector({"note": service, "was_noted": done})}
    )
    answer = await (gate.again if interrupted else gate.call)(name, {}, CONTEXT)
    assert (answer.outcome, answer.error) == (outcome, error)
    assert service.keys == [CONTEXT.key] * calls


async def test_cancellation_passes() -> None:
    task = asyncio.create_task(gateway(look=never).call("look", {"ticket": "F"}, CONTEXT))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_is_not_there_fails() -> None:
    gate = gateway()
    assert (await gate.call("nothing", {}, CONTEXT)).error == "unknown_action"
    assert (await gate.call("post", {}, CONTEXT)).error == "no_connector"
    assert (await gate.call("look", {"ticket": "F"}, CONTEXT)).error == "not_found"
    assert gate.missing() == ["http:post"]
    with pytest.raises(NotFound):
        gate.interface("nothing")


def test_what_the_pack_says() -> None:
    gate = gateway()
    assert gate.interface("look") == "python:look"
    assert (gate.idempotent("look"), gate.idempotent("pay"), gate.idempotent("post")) == (True, False, True)


def test_a_name_is_registered_once() -> None:
    connector = PythonConnector({"look": look})
    with pytest.raises(ConfigurationError):
        connector.register("look", look)
    assert connector.names == {"look"}


def test_the_demonstration_pack_is_read() -> None:
    path = Path(__file__).parents[3] / "packs" / "telecom" / "actions.yml"
    actions = parse({"actions.yml": path.read_text(encoding="utf-8")})
    assert actions["ticket_status"].interface == "python:tickets.status"
    assert actions["ticket_status"].deadline == 5


def test_an_action_and_its_values_have_words_for_people() -> None:
    named = TEXT.replace("effect: read", "effect: read\n    name: {zh: 查工单, en: Look it up}", 1)
    named = named.replace("note: text", "note: {type: text, label: {zh: 说明, en: Note}}", 1)
    actions = parse({"actions.yml": named})
    assert actions["look"].title == {"zh": "查工单", "en": "Look it up"}
    assert actions["look"].result["note"].label == {"zh": "说明", "en": "Note"}
    assert (actions["pay"].title, actions["pay"].result["receipt"].label) == ({}, {})


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"python:look"', "look", 3),
        ("effect: read", "effect: none", 4),
        ("note: text", "note: prose", 7),
        ("deadline_seconds: 0.05", "deadline_seconds: 0", 5),
        ("effect: read", "effects: read", 4),
        ("effect: read", "effect: read\n    name: {zh: 查工单}", 5),
        ("note: text", "note: {type: text, label: {zh: 说明, fr: Note}}", 7),
    ],
)
def test_a_mistake_names_its_line(old: str, new: str, line: int) -> None:
    with pytest.raises(PackMistake) as mistake:
        parse({"actions.yml": TEXT.replace(old, new, 1)})
    assert mistake.value.line == line
