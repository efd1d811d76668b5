"""A breaker opens after failures in a row, rests, and lets one call try."""

from typing import Any

from connectors.python import PythonConnector
from core.ports import ActionContext
from governance.actions import parse
from governance.breaker import CLOSED, FAILURES, HALF_OPEN, OPEN, REST, Breaker
from governance.gateway import RESTING, Gateway

CONTEXT = ActionContext(key="k", conversation="k", contact="c", language="en")


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_rests_and_tries() -> None:
    time = Time()
    breaker = Breaker(time, failures=2, rest=10)
    assert breaker.allow() and breaker.state == CLOSED
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.state == CLOSED
    breaker.failed()
    assert (breaker.state, breaker.allow()) == (OPEN, False)
    time.now = 10
    assert (breaker.state, breaker.allow(), breaker.allow()) == (HALF_OPEN, True, False)
    breaker.abandoned()
    assert breaker.allow()
    breaker.failed()
    assert breaker.state == OPEN
    time.now = 20
    assert breaker.allow()
    breaker.succeeded()
    assert (breaker.state, breaker.allow()) == (CLOSED, True)


async def test_the_gate_leaves_a_dead_connector_alone() -> None:
    text = """
actions:
  look: {interface: "python:shop.look", effect: read, fallback: kept}
  find: {interface: "python:shop.find", effect: read}
  kept: {interface: "python:cache.look", effect: read, result: {old: bool}}
"""
    calls: list[str] = []
    dead = True

    async def shop(arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
        calls.append("shop")
        if dead:
            raise ConnectionResetError
        return {}

    async def cache(arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
        return {"old": True}

    time = Time()
    connector = PythonConnector({"shop.look": shop, "shop.find": shop, "cache.look": cache})
    gate = Gateway(parse({"actions.yml": text}), {"python": connector}, clock=time)
    for _ in range(FAILURES):
        assert (await gate.call("look", {}, CONTEXT)).result == {"old": True}
    assert (await gate.call("find", {}, CONTEXT)).error == RESTING
    assert len(calls) == FAILURES
    time.now, dead = REST, False
    assert (await gate.call("find", {}, CONTEXT)).outcome == "ok"
    assert (await gate.call("look", {}, CONTEXT)).result == {}
