"""The walk through a flow: from where it stands to the next thing that needs the world. Pure and total.

The engine decides and never does: it stops at a question, an action, a ticket, a look into knowledge or a hand-over
and names it; who walks further does the thing and comes back.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from bot.flows.model import BRANCH, CLEAR, COLLECT, ELSE, END, FILLED, RESPOND, SET, Flow, Rejection, Step

BUDGET: Final = 100
"""Steps that one turn may take without a question."""

END_OF_FLOW: Final = "\0end"
"""Stands for the place after the last step."""

ENDED: Final = "ended"
RUNAWAY: Final = "runaway"


class Speak(msgspec.Struct, frozen=True):
    """A response to say, with the values of the moment."""

    response: str
    step: str
    values: Mapping[str, Any]


class Cleared(msgspec.Struct, frozen=True):
    """A slot to empty."""

    slot: str


class Filled(msgspec.Struct, frozen=True):
    """A slot to fill with a value of the machine's."""

    slot: str
    value: Any


class Walked(msgspec.Struct, frozen=True):
    """Where the walk stopped: `stop` is the kind of the step that needs the world, or ENDED or RUNAWAY.

    `out` is what has to be said and cleared on the way, in order; `slots` are those after it; `budget` is what is
    left of it; `refused` is the response that refuses the value of the collect step it stopped at. `ways` are the
    steps that were come to, each with the way that was taken out of it ("" where there is only one, or none yet).
    """

    stop: str
    out: tuple[Speak | Cleared | Filled, ...]
    slots: dict[str, Any]
    budget: int
    step: Step | None = None
    outcome: str = ""
    refused: str = ""
    ways: tuple[tuple[str, str], ...] = ()


def walk(
    flow: Flow,
    at: str,
    slots: dict[str, Any],
    result: Mapping[str, Any],
    budget: int = BUDGET,
    asked: bool = True,
) -> Walked:
    """Walks `flow` from step `at` ("" or one that no longer exists: from the first, with the slots kept).

    A collect step whose slot is filled, or that never asks, is passed over, unless it asks before filling; `asked`: the
    question of `at` has been put already. `slots` is never changed in place.
    """
    known = at == END_OF_FLOW or at in flow.steps
    here = at if known else flow.first
    asked = asked and known
    out: list[Speak | Cleared | Filled] = []
    ways: list[tuple[str, str]] = []
    while True:
        step = flow.steps.get(here)
        if step is None:
            # A target that does not exist: `validate` refuses such a pack, a running conversation ends politely.
            outcome = "completed" if here in ("", END_OF_FLOW) else "failed"
            return Walked(ENDED, tuple(out), slots, budget, None, outcome, ways=tuple(ways))
        if budget <= 0:
            return Walked(RUNAWAY, tuple(out), slots, 0, step, ways=tuple(ways))
        budget -= 1
        kind, way = step.kind, ""
        if kind == COLLECT:
            slots, refused = _looked_at(step, slots, result, out, asked)
            value = slots.get(step.name)
            if refused is not None or (value is None and not step.silent):
                words, way = (refused.response, refused.way) if refused is not None else ("", "")
                ways.append((step.id, way))
                return Walked(COLLECT, tuple(out), slots, budget, step, refused=words, ways=tuple(ways))
            here, way = step.after, FILLED if value is not None else ELSE
        elif kind == RESPOND:
            out.append(Speak(step.name, step.id, {**slots, "result": result}))
            here = step.after
        elif kind == BRANCH:
            way, here = branch(step, slots, result)
        elif kind == CLEAR:
            gone = [name for name in step.slots if name in slots]
            out += [Cleared(name) for name in gone]
            slots = {name: value for name, value in slots.items() if name not in gone}
            here = step.after
        elif kind == SET:
            slots = _assigned(step, slots, result, out)
            here = step.after
        else:
            ways.append((step.id, ""))
            stop, outcome = (ENDED, step.name) if kind == END else (kind, "")
            return Walked(stop, tuple(out), slots, budget, step, outcome, ways=tuple(ways))
        ways.append((step.id, way))
        asked = False


def _looked_at(
    step: Step, slots: dict[str, Any], result: Mapping[str, Any], out: list[Speak | Cleared | Filled], asked: bool
) -> tuple[dict[str, Any], Rejection | None]:
    """The slots without the value of a collect step that may not stay, and what refused it."""
    if slots.get(step.name) is None:
        return slots, None
    refused = None
    if asked or not step.ask_first:
        refused = refusal(step, slots, result)
        if refused is None:
            return slots, None
    out.append(Cleared(step.name))
    return {**slots, step.name: None}, refused


def _assigned(
    step: Step, slots: dict[str, Any], result: Mapping[str, Any], out: list[Speak | Cleared | Filled]
) -> dict[str, Any]:
    for name, expression in step.values.items():
        value = expression.value(slots, result)
        if value is not None:
            out.append(Filled(name, value))
        elif slots.get(name) is not None:
            out.append(Cleared(name))
        slots = {**slots, name: value}
    return slots


def refusal(step: Step, slots: Mapping[str, Any], result: Mapping[str, Any]) -> Rejection | None:
    """The first rejection that holds, None where the value may stay."""
    for rejection in step.rejections:
        if rejection.condition.holds(slots, result):
            return rejection
    return None


def branch(step: Step, slots: Mapping[str, Any], result: Mapping[str, Any]) -> tuple[str, str]:
    """(way, target) of the first arm that holds; the step after it where none does."""
    for arm in step.arms:
        if arm.condition is None or arm.condition.holds(slots, result):
            return arm.way, arm.target
    return ELSE, step.after


def values(step: Step, slots: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of an action or the fields of a ticket; unset ones are left out."""
    found = {name: expression.value(slots, result) for name, expression in step.values.items()}
    return {name: value for name, value in found.items() if value is not None}


def after_action(step: Step, outcome: str) -> str | None:
    """Where to go on after an action returned; None when it failed and the flow has no way for that."""
    if outcome == "ok":
        return step.targets.get("success") or step.after or END_OF_FLOW
    return step.targets.get("failure")


def after_confirmation(step: Step, answer: bool) -> str:
    """Where to go on after yes or no."""
    return step.targets.get("yes" if answer else "no") or step.after or END_OF_FLOW
