"""The one gate through which the machine acts."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from core.errors import NotFound, SwitchboardError
from core.ports import ActionContext, ActionResult
from governance.actions import READ, Action, Value, fits

Executor = Callable[[str, dict[str, Any], ActionContext], Awaitable[Mapping[str, Any]]]
"""Calls one target of one scheme and returns its result.

It raises a `SwitchboardError` when the other side refused, so that nothing has happened there; any other
exception leaves open what has happened.
"""

OK, FAILED, UNKNOWN = "ok", "failed", "unknown"


class Gateway:
    """Implements `core.ports.Actions`. `executors` has one connector for each scheme of an interface."""

    def __init__(self, actions: Mapping[str, Action], executors: Mapping[str, Executor]) -> None:
        self._actions = dict(actions)
        self._executors = dict(executors)

    def missing(self) -> list[str]:
        """Interfaces of the pack that no connector serves; a start with any of them is a mistake in the
        pack.
        """
        return [a.interface for a in self._actions.values() if a.scheme not in self._executors]

    def replace(self, actions: Mapping[str, Action]) -> None:
        """Takes over the actions of a new pack."""
        self._actions = dict(actions)

    def interface(self, name: str) -> str:
        """See `core.ports.Actions`. Raises NotFound."""
        return self._named(name).interface

    def idempotent(self, name: str) -> bool:
        """See `core.ports.Actions`. Raises NotFound."""
        return self._named(name).idempotent

    async def call(self, name: str, arguments: dict[str, Any], context: ActionContext) -> ActionResult:
        """Calls an action once, within its deadline. Raises nothing but CancelledError.

        ok: it answered with what was promised. failed: it refused, was never called, or a repetition does no
        harm. unknown: no usable answer came from an action that must not be repeated. `error` names the cause
        without values, so that it may stand in the log.
        """
        action = self._actions.get(name)
        if action is None:
            return ActionResult(FAILED, error="unknown_action")
        executor = self._executors.get(action.scheme)
        if executor is None:
            return ActionResult(FAILED, error="no_connector")
        given, wrong = _checked(action.parameters, arguments, strict=True)
        if wrong:
            return ActionResult(FAILED, error=f"argument:{wrong}")
        unanswered = FAILED if action.idempotent or action.effect == READ else UNKNOWN
        try:
            async with asyncio.timeout(action.deadline):
                answer = await executor(action.target, given, context)
        except TimeoutError:
            return ActionResult(unanswered, error="deadline")
        except SwitchboardError as refusal:
            return ActionResult(FAILED, error=refusal.code)
        except Exception as error:
            return ActionResult(unanswered, error=type(error).__name__)
        if not isinstance(answer, Mapping):
            return ActionResult(unanswered, error="result")
        result, wrong = _checked(action.result, answer, strict=False)
        if wrong:
            return ActionResult(unanswered, error=f"result:{wrong}")
        return ActionResult(OK, result)

    def _named(self, name: str) -> Action:
        action = self._actions.get(name)
        if action is None:
            raise NotFound(f"The pack has no action {name}.")
        return action


def _checked(
    values: Mapping[str, Value], given: Mapping[str, Any], *, strict: bool
) -> tuple[dict[str, Any], str]:
    """The values that are declared and present, and the name of the first that is wrong.

    Strict minds names that are not declared; an answer may say more than the pack reads.
    """
    if strict:
        for name in given:
            if name not in values:
                return {}, name
    kept: dict[str, Any] = {}
    for name, value in values.items():
        found = given.get(name)
        if found is None:
            if value.required:
                return {}, name
            continue
        if not fits(value.type, found):
            return {}, name
        kept[name] = found
    return kept, ""
