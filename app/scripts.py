"""What a pack's tests say: `tests/*.yml`, read and checked before any of them runs."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from bot.flows.verification import VERIFIED_AS
from bot.pack import BotPack
from core.errors import PackMistake
from core.yamlfile import Node, read
from governance.actions import READ, Action

FOLDER: Final = "tests/"
NOW: Final = "2026-09-01T10:00"
"""When a test plays that does not say when: a Tuesday morning."""

USER, PRESS, WAIT, APPROVE, REJECT = ACTS = ("user", "press", "wait", "approve", "reject")
BOT, CONTAINS, TICKET, HANDOFF, CITES, ACTION, REFUSED, SLOTS, ENDS = EXPECTATIONS = (
    "bot", "contains", "ticket", "handoff", "cites", "action", "refused", "slots", "ends",
)  # fmt: skip
NOT: Final = "not"
_WRITTEN: Final = (*ACTS, *(kind for kind in EXPECTATIONS if kind != CONTAINS), NOT)

CHANNELS: Final = ("webchat", "phone")
OUTCOMES: Final = ("ok", "failed", "unknown", "proposed")
ENDINGS: Final = ("completed", "cancelled", "failed", "handed_over", "restarted")
_UNITS: Final = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
LONGEST_WAIT: Final = 7 * 86_400
_MADE: Final = ("utter_action_", "utter_refused_", "utter_answer_stopped")
"""Responses that the gate words itself where the pack does not."""
_FILLED_BY_STEPS: Final = ("ticket", VERIFIED_AS)


class Act(msgspec.Struct, frozen=True):
    """Something that somebody does: `value` is the words, the payload, the action, or the seconds that pass."""

    kind: str
    value: Any
    line: int


class Expectation(msgspec.Struct, frozen=True):
    """What has to have come of the acts before it; `negated`: what must not. `value` is a text, for `action` the pair of
    its name and outcome, for `slots` their values by name."""

    kind: str
    value: Any
    line: int
    negated: bool = False


class StandIn(msgspec.Struct, frozen=True):
    """What answers in the place of the outside: a `result`, a refusal with the code `error`, or nothing at all."""

    result: dict[str, Any] | None = None
    error: str = ""


class Script(msgspec.Struct, frozen=True):
    """One conversation. `now` is an ISO 8601 time, `identity` (user id, name) of a customer who came verified."""

    file: str
    line: int
    name: str
    language: str
    steps: tuple[Act | Expectation, ...]
    now: str = NOW
    identity: tuple[str, str] | None = None
    channel: str = CHANNELS[0]
    stand_ins: dict[str, StandIn] = {}
    unreachable: bool = False


class Known(msgspec.Struct, frozen=True):
    """The names that tests may use."""

    bot: BotPack
    actions: Mapping[str, Action]


def parse(files: Mapping[str, str], bot: BotPack, actions: Mapping[str, Action]) -> list[Script]:
    """The tests of a pack in the order of files and lines. Raises the first PackMistake."""
    known = Known(bot, actions)
    return [script for file in _files(files) for script in _scripts(file, files[file], known)]


def mistakes(files: Mapping[str, str], bot: BotPack, actions: Mapping[str, Action]) -> list[PackMistake]:
    """The first mistake of each test file."""
    found = []
    for file in _files(files):
        try:
            list(_scripts(file, files[file], Known(bot, actions)))
        except PackMistake as mistake:
            found.append(mistake)
    return found


def _files(files: Mapping[str, str]) -> list[str]:
    return sorted(file for file in files if file.startswith(FOLDER) and file.endswith((".yml", ".yaml")))


def _scripts(file: str, text: str, known: Known) -> Iterator[Script]:
    root = read(text, file)
    root.only("tests")
    for node in root.require("tests").list():
        yield _script(node, known)


def _script(node: Node, known: Known) -> Script:
    node.only("name", "language", "now", "identity", "channel", "actions", "outside", "steps")
    channel, outside, replaced = node.get("channel"), node.get("outside"), node.get("actions")
    if outside is not None:
        _one_of(outside, ("unreachable",))
    return Script(
        file=node.file,
        line=node.line,
        name=node.require("name").text(),
        language=_one_of(node.require("language"), known.bot.languages),
        steps=tuple(_step(item, known) for item in node.require("steps").list()),
        now=_moment(node.get("now")),
        identity=_identity(node.get("identity")),
        channel=_one_of(channel, CHANNELS) if channel else CHANNELS[0],
        stand_ins={name: _stand_in(name, item, known) for name, item in replaced} if replaced else {},
        unreachable=outside is not None,
    )


def _one_of(node: Node, allowed: tuple[str, ...]) -> str:
    if node.text() not in allowed:
        raise node.mistake(f"`{node.text()}` is not known here", f"use one of: {', '.join(allowed)}")
    return node.text()


def _moment(node: Node | None) -> str:
    if node is None:
        return NOW
    try:
        datetime.fromisoformat(node.text())
    except ValueError:
        raise node.mistake(f"`{node.text()}` is no time", f"write one such as {NOW}") from None
    return node.text()


def _identity(node: Node | None) -> tuple[str, str] | None:
    if node is None:
        return None
    node.only("user_id", "name")
    name = node.get("name")
    return node.require("user_id").text(), name.text() if name else ""


def _stand_in(name: str, node: Node, known: Known) -> StandIn:
    _among(node, name, known.actions, "action")
    node.only("outcome", "result", "error")
    if len(node.mapping()) != 1:
        raise node.mistake("one answer is needed", "write one of `outcome:`, `result:` and `error:`")
    if (result := node.get("result")) is not None:
        result.mapping()
        return StandIn(result=result.value)
    if (error := node.get("error")) is not None:
        return StandIn(error=error.text())
    outcome = node.require("outcome")
    if _one_of(outcome, ("failed", "unknown")) == "failed":
        return StandIn(error="failed")
    action = known.actions[name]
    if action.idempotent or action.effect == READ:
        raise outcome.mistake(f"`{name}` may be repeated, so it is never unknown", "write `outcome: failed`")
    return StandIn()


def _among(node: Node, name: str, known: Mapping[str, Any], what: str) -> str:
    if name not in known:
        raise node.mistake(f"the pack has no {what} `{name}`", f"use one of: {', '.join(known) or 'none'}")
    return name


# Steps -------------------------------------------------------------------------------------------------------------


def _step(node: Node, known: Known) -> Act | Expectation:
    if len(node.mapping()) != 1:
        raise node.mistake("a step is one thing", f"write one of: {', '.join(_WRITTEN)}")
    node.only(*_WRITTEN)
    ((kind, value),) = node
    if kind in ACTS:
        return Act(kind, _act(kind, value, known), node.line)
    if kind != NOT:
        return _expectation(kind, value, known, node.line, negated=False)
    value.only(*(name for name in _WRITTEN if name in EXPECTATIONS))
    if len(value.mapping()) != 1:
        raise value.mistake("one thing is denied at a time", "write a `not:` for each")
    ((kind, denied),) = value
    return _expectation(kind, denied, known, node.line, negated=True)


def _act(kind: str, node: Node, known: Known) -> Any:
    if kind == WAIT:
        return _seconds(node)
    if kind in (APPROVE, REJECT):
        return _among(node, node.text(), known.actions, "action")
    if kind == PRESS and not node.text().startswith("/"):
        raise node.mistake(f"`{node.text()}` is no payload", "begin it with a /, or write `user:`")
    return "" if node.empty else node.text()


def _seconds(node: Node) -> int:
    node.only(*_UNITS)
    seconds = sum(round(part.number() * _UNITS[unit]) for unit, part in node)
    if not 0 < seconds <= LONGEST_WAIT:
        raise node.mistake("this wait is too short or too long", "write up to 7 days, such as {minutes: 10}")
    return seconds


def _expectation(kind: str, node: Node, known: Known, line: int, negated: bool) -> Expectation:
    if kind == BOT and isinstance(node.value, dict):
        node.only(CONTAINS)
        return Expectation(CONTAINS, node.require(CONTAINS).text(), line, negated)
    return Expectation(kind, _EXPECTED[kind](node, known), line, negated)


def _response(node: Node, known: Known) -> str:
    name = node.text()
    return name if name.startswith(_MADE) else _among(node, name, known.bot.responses, "response")


def _action(node: Node, known: Known) -> tuple[str, str]:
    if not isinstance(node.value, dict):
        return _among(node, node.text(), known.actions, "action"), "ok"
    node.only("name", "outcome")
    name, outcome = node.require("name"), node.get("outcome")
    return _among(name, name.text(), known.actions, "action"), _one_of(outcome, OUTCOMES) if outcome else "ok"


def _slots(node: Node, known: Known) -> dict[str, Any]:
    slots = {**known.bot.slots, **dict.fromkeys(_FILLED_BY_STEPS)}
    return {_among(item, name, slots, "slot"): item.value for name, item in node}


_EXPECTED: Final[Mapping[str, Callable[[Node, Known], Any]]] = {
    BOT: _response,
    TICKET: lambda node, known: _among(node, node.text(), known.bot.ticket_types, "ticket type"),
    HANDOFF: lambda node, known: node.text(),
    CITES: lambda node, known: node.text(),
    ACTION: _action,
    REFUSED: lambda node, known: node.text(),
    SLOTS: _slots,
    ENDS: lambda node, known: _one_of(node, ENDINGS),
}
