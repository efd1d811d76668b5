"""The one gate through which the machine acts: first it rules, then it calls."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from math import inf
from typing import Any

from core.errors import NotFound, SwitchboardError, Unavailable
from core.ports import ActionContext, ActionResult
from governance.actions import CONFIRMED as AFTER_CONFIRMATION
from governance.actions import HANDOFF, PERSON, READ, Action, Value, fits
from governance.actions import PREPARED as BY_A_CLICK
from governance.breaker import Breaker
from governance.rules import Rule, Rules
from governance.standing import (
    ALLOWED,
    ARGUMENT,
    BY_PERSON,
    LEFT,
    LIMIT_CALLS,
    LIMIT_DAY,
    LIMIT_ONCE,
    PROPOSED,
    REFUSED,
    VERIFICATION,
    WORDS,
    Allowance,
    Ruling,
    Standing,
    Usage,
    Used,
)

Executor = Callable[[str, dict[str, Any], ActionContext], Awaitable[Mapping[str, Any]]]
"""Calls one target of one scheme and returns its result.

It raises a `SwitchboardError` when nothing has happened there: the other side refused, or, with the status of
`Unavailable`, could not be reached. Any other exception leaves open what has happened.
"""

OK, FAILED, UNKNOWN = "ok", "failed", "unknown"
DONE = "done"
"""The field of a check's result that says whether the action was carried out."""

RESTING = "resting"
"""The error of a call that was not made because its connector does not answer at present."""


async def _nothing_used(contact: str, action: str) -> Used:
    return Used()


class Gateway:
    """Implements `core.ports.Actions`. `executors` has one connector for each scheme of an interface.

    `clock` gives seconds for the breakers; `usage` what a contact had of an action today.
    """

    def __init__(
        self,
        actions: Mapping[str, Action],
        executors: Mapping[str, Executor],
        rules: Rules | None = None,
        usage: Usage = _nothing_used,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._actions = dict(actions)
        self._executors = dict(executors)
        self.rules = rules or Rules()
        self._usage = usage
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._breakers: dict[str, Breaker] = {}

    def missing(self) -> list[str]:
        """Interfaces of the pack that no connector serves; a start with any of them is a mistake in the
        pack.
        """
        return [a.interface for a in self._actions.values() if a.scheme not in self._executors]

    def replace(self, actions: Mapping[str, Action], rules: Rules | None = None) -> None:
        """Takes over the actions and rules of a new pack."""
        self._actions = dict(actions)
        self.rules = rules or Rules()

    def all(self) -> list[Action]:
        """The actions, in the order of the pack."""
        return list(self._actions.values())

    def interface(self, name: str) -> str:
        """See `core.ports.Actions`. Raises NotFound."""
        return self.named(name).interface

    def idempotent(self, name: str) -> bool:
        """See `core.ports.Actions`. Raises NotFound."""
        return self.named(name).idempotent

    def named(self, name: str) -> Action:
        """The action. Raises NotFound."""
        action = self._actions.get(name)
        if action is None:
            raise NotFound(f"The pack has no action {name}.")
        return action

    def executor(self, name: str) -> str:
        """Who carries it out, for the log."""
        action = self._actions.get(name)
        return (action.executor or action.connector) if action else "gateway"

    # Ruling -----------------------------------------------------------------------------------------------------

    async def rule(
        self, name: str, arguments: dict[str, Any], context: ActionContext, standing: Standing
    ) -> Ruling:
        """Whether an action may go ahead: arguments, verification, rules, limits, level, in this order. The first
        that speaks against it is named. What cannot be looked at counts as speaking against it.
        """
        action = self._actions.get(name)
        if action is None:
            return _refused(f"{ARGUMENT}:{name}", WORDS[ARGUMENT])
        level = action.level(_names(action, arguments, standing))
        _, wrong = _checked(action.parameters, arguments, strict=True)
        if wrong:
            return _refused(f"{ARGUMENT}:{wrong}", WORDS[ARGUMENT], level)
        if action.verified and not standing.verified:
            return _refused(VERIFICATION, WORDS[VERIFICATION], level)
        rules = self.rules.of(action)
        looked = tuple(rule.id for rule in rules)
        for rule in rules:
            if await self._forbids(rule, action, arguments, context, standing):
                return _refused(rule.id, rule.refuse, level, looked)
        if action.limits.amount is not None and _amount(action, arguments) > action.limits.amount:
            return _refused(LIMIT_ONCE, WORDS[LIMIT_ONCE], level, looked)
        limit, allowance = await self.day(name, arguments, context.contact)
        if limit:
            return _refused(limit, WORDS[limit], level, looked)
        if level == PERSON:
            return Ruling(LEFT, level, BY_PERSON, WORDS[BY_PERSON], looked)
        if level == BY_A_CLICK or (level == AFTER_CONFIRMATION and not standing.confirmed):
            return Ruling(PROPOSED, level, rules=looked)
        return Ruling(ALLOWED, level, rules=looked, allowance=allowance)

    async def day(self, name: str, arguments: Mapping[str, Any], contact: str) -> tuple[str, Allowance | None]:
        """The limit of the day that a call would go over (else ""), and what it takes of the day: None for an action
        that is not limited by the day.
        """
        action = self._actions.get(name)
        if action is None or (action.limits.per_day is None and action.limits.amount_per_day is None):
            return "", None
        limits, amount = action.limits, _amount(action, arguments)
        used = await self._usage(contact, name)
        allowance = Allowance(amount, used.version)
        if limits.per_day is not None and used.calls >= limits.per_day:
            return LIMIT_CALLS, allowance
        if limits.amount_per_day is not None and used.amount + amount > limits.amount_per_day:
            return LIMIT_DAY, allowance
        return "", allowance

    async def _forbids(
        self, rule: Rule, action: Action, arguments: dict[str, Any], context: ActionContext, standing: Standing
    ) -> bool:
        names = _names(action, arguments, standing)
        facts: Mapping[str, Any] = {}
        if rule.facts is not None:
            given = {key: expression.value(names, {}) for key, expression in rule.facts.arguments.items()}
            given = {key: value for key, value in given.items() if value is not None}
            answer = await self.call(rule.facts.action, given, context)
            if answer.outcome != OK:
                return True
            facts = answer.result
        return rule.when.holds(names, facts)

    # Calling ----------------------------------------------------------------------------------------------------

    async def call(self, name: str, arguments: dict[str, Any], context: ActionContext) -> ActionResult:
        """Calls an action within its deadline. Raises nothing but CancelledError.

        ok: it answered with what was promised. failed: it refused, was not reached, or is a read without an answer.
        unknown: no usable answer came from a write, and neither its repetition nor its check could tell what became of
        it.
        `error` names the cause without values, so that it may stand in the log.
        """
        action = self._actions.get(name)
        if action is None:
            return ActionResult(FAILED, error="unknown_action")
        given, wrong = _checked(action.parameters, arguments, strict=True)
        if wrong:
            return ActionResult(FAILED, error=f"argument:{wrong}")
        answer = await self._called(action, given, context)
        if answer.outcome == UNKNOWN:
            return await self._cleared(action, given, context, answer)
        if answer.outcome == FAILED and action.fallback not in ("", HANDOFF) and action.effect == READ:
            instead = self._actions[action.fallback]
            known = {key: value for key, value in given.items() if key in instead.parameters}
            second = await self._called(instead, known, context)
            if second.outcome == OK:
                return second
        return answer

    async def again(self, name: str, arguments: dict[str, Any], context: ActionContext) -> ActionResult:
        """After a process died between the call and the note of its answer: repeats what may be repeated (the key is
        the same), looks whether the rest was done, and else leaves it unknown."""
        action = self._actions.get(name)
        interrupted = ActionResult(UNKNOWN, error="interrupted")
        if action is None:
            return interrupted
        if action.effect == READ and action.idempotent:
            return await self.call(name, arguments, context)
        return await self._cleared(action, arguments, context, interrupted)

    async def _cleared(
        self, action: Action, given: dict[str, Any], context: ActionContext, unknown: ActionResult
    ) -> ActionResult:
        """What became of a write whose answer is missing: the same call under the same key where that does no harm,
        else its check."""
        if action.idempotent:
            second = await self._called(action, given, context)
            # Only a success tells. A refusal may mean that the first call is still at work, or that too many come.
            if second.outcome == OK:
                return second
        return await self._looked(action, given, context, unknown) if action.check else unknown

    async def _looked(
        self, action: Action, arguments: dict[str, Any], context: ActionContext, unknown: ActionResult
    ) -> ActionResult:
        """Asks the other side whether it was done; the check may take the call's key as `key`."""
        check = self._actions[action.check]
        known = {**arguments, "key": context.key}
        given = {key: value for key, value in known.items() if key in check.parameters}
        answer = await self._called(check, given, context)
        if answer.outcome != OK or not isinstance(answer.result.get(DONE), bool):
            return unknown
        if not answer.result[DONE]:
            return ActionResult(FAILED, error=f"not_done:{unknown.error}")
        result, wrong = _checked(action.result, answer.result, strict=False)
        return unknown if wrong else ActionResult(OK, result)

    async def _called(self, action: Action, given: dict[str, Any], context: ActionContext) -> ActionResult:
        executor = self._executors.get(action.scheme)
        if executor is None:
            return ActionResult(FAILED, error="no_connector")
        given, wrong = _checked(action.parameters, given, strict=True)
        if wrong:
            return ActionResult(FAILED, error=f"argument:{wrong}")
        breaker = self._breakers.setdefault(action.connector, Breaker(self._clock))
        if not breaker.allow():
            return ActionResult(FAILED, error=RESTING)
        unanswered = FAILED if action.effect == READ else UNKNOWN
        try:
            async with asyncio.timeout(action.deadline):
                answer = await executor(action.target, given, context)
        except TimeoutError:
            breaker.failed()
            return ActionResult(unanswered, error="deadline")
        except SwitchboardError as refusal:
            if refusal.status == Unavailable.status:
                breaker.failed()
            else:
                breaker.succeeded()
            return ActionResult(FAILED, error=refusal.code)
        except asyncio.CancelledError:
            breaker.abandoned()
            raise
        except Exception as error:
            breaker.failed()
            return ActionResult(unanswered, error=type(error).__name__)
        breaker.succeeded()
        if not isinstance(answer, Mapping):
            return ActionResult(unanswered, error="result")
        result, wrong = _checked(action.result, answer, strict=False)
        if wrong:
            return ActionResult(unanswered, error=f"result:{wrong}")
        return ActionResult(OK, result)


def _refused(rule: str, words: Mapping[str, str], level: int = 0, rules: tuple[str, ...] = ()) -> Ruling:
    return Ruling(REFUSED, level, rule, words, rules)


def _amount(action: Action, arguments: Mapping[str, Any]) -> float:
    value = arguments.get(action.amount)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return 0.0
    # Money back is money too; what is no number at all is above every limit.
    return inf if value != value else abs(float(value))


def _names(action: Action, arguments: Mapping[str, Any], standing: Standing) -> dict[str, Any]:
    """What conditions can name: slots, above them the arguments, and above all what the gate itself knows."""
    return {
        **standing.values,
        **arguments,
        "amount": _amount(action, arguments) if action.amount else None,
        "channel": standing.channel,
        "customer": standing.customer,
        "verified": standing.verified,
        "confirmed": standing.confirmed,
        "confidence": standing.confidence,
    }


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
