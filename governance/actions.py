"""What a pack says about its actions: `actions.yml`, and the types of their values."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from core.yamlfile import Node, read

FILE = "actions.yml"
READ, WRITE = "read", "write"

DEADLINE: Final = 10.0
LONGEST_DEADLINE: Final = 120.0
"""Seconds. A customer who waits longer than two minutes for one action has gone."""

_LONGEST_TEXT: Final = 20_000


class Value(msgspec.Struct, frozen=True):
    """One parameter or one field of a result."""

    name: str
    type: str
    required: bool = False


class Action(msgspec.Struct, frozen=True):
    """`interface` is `scheme:target`; `effect` read or write; `deadline` in seconds.

    A read is idempotent unless the pack says otherwise, a write is not unless the pack says so.
    """

    name: str
    interface: str
    effect: str
    idempotent: bool
    deadline: float
    parameters: dict[str, Value] = {}
    result: dict[str, Value] = {}

    @property
    def scheme(self) -> str:
        """Which connector."""
        return self.interface.partition(":")[0]

    @property
    def target(self) -> str:
        """What the connector is to call."""
        return self.interface.partition(":")[2]


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
    return {name: _action(name, node) for name, node in root.require("actions")}


def _action(name: str, node: Node) -> Action:
    node.only("interface", "effect", "idempotent", "deadline_seconds", "parameters", "result")
    interface, effect = node.require("interface"), node.require("effect")
    scheme, _, target = interface.text().partition(":")
    if not scheme or not target:
        raise interface.mistake(
            f"`{interface.text()}` is no interface", 'write "python:name" or another scheme'
        )
    if effect.text() not in (READ, WRITE):
        raise effect.mistake(f"`{effect.text()}` is no effect", f"write {READ} or {WRITE}")
    idempotent, deadline = node.get("idempotent"), node.get("deadline_seconds")
    seconds = deadline.number() if deadline else DEADLINE
    if deadline and not 0 < seconds <= LONGEST_DEADLINE:
        raise deadline.mistake("this deadline is out of range", f"write seconds up to {LONGEST_DEADLINE:g}")
    return Action(
        name=name,
        interface=interface.text(),
        effect=effect.text(),
        idempotent=idempotent.flag() if idempotent else effect.text() == READ,
        deadline=seconds,
        parameters=_values(node.get("parameters")),
        result=_values(node.get("result")),
    )


def _values(node: Node | None) -> dict[str, Value]:
    return {name: _value(name, child) for name, child in node} if node else {}


def _value(name: str, node: Node) -> Value:
    required = False
    type = node
    if isinstance(node.value, dict):
        node.only("type", "required")
        type, flag = node.require("type"), node.get("required")
        required = flag.flag() if flag else False
    if type.text() not in TYPES:
        raise type.mistake(f"`{type.text()}` is no type", f"write one of: {', '.join(TYPES)}")
    return Value(name, type.text(), required)
