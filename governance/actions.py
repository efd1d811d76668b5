"""What a pack says about its actions: `actions.yml`, and the types of their values."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from core.expressions import Expression, ExpressionError, compile_expression
from core.yamlfile import Node, read

FILE = "actions.yml"
READ, WRITE, MONEY = EFFECTS = ("read", "write", "money")

PERSON, PREPARED, CONFIRMED, UNDOABLE, ALONE = 1, 2, 3, 4, 5
"""Autonomy: a person does it; the machine prepares and a person clicks; the machine after the customer confirmed; the
machine, and a person can undo; the machine."""

USUAL_LEVEL: Final = {READ: ALONE, WRITE: ALONE, MONEY: PREPARED}
"""The level of an action that names none."""

HANDOFF = "handoff"
LANGUAGES = ("zh", "en")

DEADLINE: Final = 10.0
LONGEST_DEADLINE: Final = 120.0
"""Seconds. A customer who waits longer than two minutes for one action has gone."""

_LONGEST_TEXT: Final = 20_000


class Value(msgspec.Struct, frozen=True):
    """One parameter or one field of a result; `label` (language → words) is what people read."""

    name: str
    type: str
    required: bool = False
    label: dict[str, str] = {}


class Level(msgspec.Struct, frozen=True):
    """`level` where `condition` holds; None always does."""

    level: int
    condition: Expression | None = None


class Limits(msgspec.Struct, frozen=True):
    """For one contact: calls a day, money a day, money at once. None: no limit."""

    per_day: int | None = None
    amount_per_day: float | None = None
    amount: float | None = None


class Action(msgspec.Struct, frozen=True):
    """`interface` is `scheme:target`; `effect` read, write or money; `deadline` in seconds.

    A read is idempotent unless the pack says otherwise, a write is not unless the pack says so. `levels` are asked in
    order; `amount` is the parameter that says how much money. `undo` takes it back, `check` is a read that tells
    whether it was done. `sorry` is a response for the customer when it failed, `fallback` another action or `handoff`.
    `title` (language → words) is what people call it. `line` is its place in actions.yml.
    """

    name: str
    interface: str
    effect: str
    idempotent: bool
    deadline: float
    parameters: dict[str, Value] = {}
    result: dict[str, Value] = {}
    executor: str = ""
    reversible: bool = False
    undo: str = ""
    check: str = ""
    levels: tuple[Level, ...] = ()
    limits: Limits = Limits()
    amount: str = ""
    verified: bool = False
    rules: tuple[str, ...] = ()
    sorry: str = ""
    fallback: str = ""
    title: dict[str, str] = {}
    line: int = 0

    @property
    def scheme(self) -> str:
        """Which connector."""
        return self.interface.partition(":")[0]

    @property
    def target(self) -> str:
        """What the connector is to call."""
        return self.interface.partition(":")[2]

    @property
    def connector(self) -> str:
        """What is reached: the breaker's unit. `http:backoffice/lineStatus` and its sisters share `http:backoffice`."""
        name = self.target.partition("/")[0] if "/" in self.target else self.target.partition(".")[0]
        return f"{self.scheme}:{name}"

    def level(self, names: Mapping[str, Any]) -> int:
        """The autonomy that these values leave."""
        for one in self.levels:
            if one.condition is None or one.condition.holds(names, {}):
                return one.level
        return USUAL_LEVEL[self.effect]


def fits(type: str, value: Any) -> bool:
    """Whether a value that is not None is of a type of actions.yml."""
    return TYPES[type](value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_phone(value: Any) -> bool:
    return isinstance(value, str) and 5 <= sum(c.isdigit() for c in value) <= 17 and len(value) <= 40


def _is_email(value: Any) -> bool:
    return isinstance(value, str) and 3 <= len(value) <= 320 and "@" in value[1:-1]


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


TYPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "text": _is_text,
    "choice": _is_text,
    "date_time": _is_text,
    "address": _is_text,
    "name": _is_text,
    "id_card": _is_text,
    "ticket": _is_text,
    "phone": _is_phone,
    "email": _is_email,
    "number": _is_number,
    "amount": _is_number,
    "bool": _is_bool,
    "yes_no": _is_bool,
    "list": _is_list,
    "object": _is_object,
}


def parse(files: Mapping[str, str]) -> dict[str, Action]:
    """Reads `actions.yml` among the pack's files (path → text). Without it there are no actions.

    Raises PackMistake with the place of the mistake.
    """
    if FILE not in files:
        return {}
    root = read(files[FILE], FILE)
    root.only("actions")
    actions = {name: _action(name, node) for name, node in root.require("actions")}
    for name, node in root.require("actions"):
        _together(actions[name], node, actions)
    return actions


_KEYS = (
    "interface", "effect", "idempotent", "deadline_seconds", "parameters", "result", "executor", "reversible", "undo",
    "check", "level", "limits", "amount", "verified", "rules", "sorry", "fallback", "description",
    "name",
)  # fmt: skip


def _action(name: str, node: Node) -> Action:
    node.only(*_KEYS)
    interface, effect = node.require("interface"), node.require("effect")
    scheme, _, target = interface.text().partition(":")
    if not scheme or not target:
        raise interface.mistake(
            f"`{interface.text()}` is no interface", 'write "python:name" or another scheme'
        )
    if effect.text() not in EFFECTS:
        raise effect.mistake(f"`{effect.text()}` is no effect", f"write one of: {', '.join(EFFECTS)}")
    idempotent, deadline = node.get("idempotent"), node.get("deadline_seconds")
    seconds = deadline.number() if deadline else DEADLINE
    if deadline and not 0 < seconds <= LONGEST_DEADLINE:
        raise deadline.mistake("this deadline is out of range", f"write seconds up to {LONGEST_DEADLINE:g}")
    parameters = _values(node.get("parameters"))
    amounts = [value.name for value in parameters.values() if value.type == "amount"]
    undo, rules, limits = _text(node, "undo"), node.get("rules"), node.get("limits")
    reversible, verified = node.get("reversible"), node.get("verified")
    return Action(
        name=name,
        interface=interface.text(),
        effect=effect.text(),
        idempotent=idempotent.flag() if idempotent else effect.text() == READ,
        deadline=seconds,
        parameters=parameters,
        result=_values(node.get("result")),
        executor=_text(node, "executor"),
        reversible=reversible.flag() if reversible else bool(undo),
        undo=undo,
        check=_text(node, "check"),
        levels=_levels(node.get("level")),
        limits=_limits(limits) if limits else Limits(),
        amount=_text(node, "amount") or (amounts[0] if amounts else ""),
        verified=verified.flag() if verified else effect.text() == MONEY,
        rules=tuple(item.text() for item in rules.list()) if rules else (),
        sorry=_text(node, "sorry"),
        fallback=_text(node, "fallback"),
        title=_words(node.get("name")),
        line=node.line,
    )


def _text(node: Node, key: str) -> str:
    child = node.get(key)
    return child.text() if child else ""


def _words(node: Node | None) -> dict[str, str]:
    if node is None:
        return {}
    node.only(*LANGUAGES)
    return {language: node.require(language).text() for language in LANGUAGES}


def _levels(node: Node | None) -> tuple[Level, ...]:
    if node is None:
        return ()
    if not isinstance(node.value, list):
        return (Level(node.whole(PERSON, ALONE)),)
    return tuple(_level(item) for item in node.list())


def _level(node: Node) -> Level:
    node.only("if", "else", "level")
    condition = node.get("if")
    level = node.get("else") or node.require("level")
    if condition is None:
        return Level(level.whole(PERSON, ALONE))
    try:
        compiled = compile_expression(condition.text(), frozenset())
    except ExpressionError as error:
        raise condition.mistake(f"`{condition.text()}`: {error}", "write it as in a flow's branch") from None
    return Level(level.whole(PERSON, ALONE), compiled)


def _limits(node: Node) -> Limits:
    node.only("per_day", "amount_per_day", "amount")
    per_day, daily, once = node.get("per_day"), node.get("amount_per_day"), node.get("amount")
    return Limits(
        per_day.whole() if per_day else None, daily.number() if daily else None, once.number() if once else None
    )


def _together(action: Action, node: Node, actions: Mapping[str, Action]) -> None:
    """What only fits, or does not, beside the other actions."""
    for key, name in (("undo", action.undo), ("check", action.check), ("fallback", action.fallback)):
        if name and name not in actions and not (key == "fallback" and name == HANDOFF):
            raise node.require(key).mistake(f"there is no action `{name}`", "name an action of this file")
    if action.check and actions[action.check].effect != READ:
        raise node.require("check").mistake(f"`{action.check}` is no read", "name an action whose effect is read")
    if action.fallback and action.fallback != HANDOFF and actions[action.fallback].effect != READ:
        raise node.require("fallback").mistake(
            f"`{action.fallback}` is no read", "fall back on a read, or write handoff"
        )
    if any(level.level == UNDOABLE for level in action.levels) and not action.undo:
        raise node.mistake(f"`{action.name}` has level 4 and no undo", "name its `undo` action, or take another level")
    if action.amount and action.amount not in action.parameters:
        raise node.require("amount").mistake(f"`{action.amount}` is no parameter", "name one of its parameters")


def _values(node: Node | None) -> dict[str, Value]:
    return {name: _value(name, child) for name, child in node} if node else {}


def _value(name: str, node: Node) -> Value:
    required = False
    type, label = node, None
    if isinstance(node.value, dict):
        node.only("type", "required", "label")
        type, flag, label = node.require("type"), node.get("required"), node.get("label")
        required = flag.flag() if flag else False
    if type.text() not in TYPES:
        raise type.mistake(f"`{type.text()}` is no type", f"write one of: {', '.join(TYPES)}")
    return Value(name, type.text(), required, _words(label))
