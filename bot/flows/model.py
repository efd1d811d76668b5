"""What a flow is: steps in order, each of one kind, as read from `flows/*.yml`."""

from typing import Any, Final

import msgspec

from bot.flows.expressions import Expression, ExpressionError, compile_expression
from core.yamlfile import Node

COLLECT, RESPOND, BRANCH, ACTION, TICKET, KNOWLEDGE, HANDOFF, CONFIRM, END, CLEAR = KINDS = (
    "collect", "respond", "branch", "action", "ticket", "knowledge", "handoff", "confirm", "end", "clear",
)  # fmt: skip

DEFAULT_LIMIT: Final = 3
OUTCOMES: Final = ("completed", "cancelled", "failed")

_KEYS: Final[dict[str, tuple[str, ...]]] = {
    COLLECT: ("limit",),
    RESPOND: (),
    BRANCH: (),
    ACTION: ("arguments", "result", "success", "failure"),
    TICKET: ("fields",),
    KNOWLEDGE: ("query",),
    HANDOFF: ("reason",),
    CONFIRM: ("yes", "no", "limit"),
    END: (),
    CLEAR: (),
}


class Arm(msgspec.Struct, frozen=True):
    """One way out of a branch; `condition` None is the else."""

    condition: Expression | None
    target: str
    line: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step. `name` is the slot, response, action, ticket type, skill or outcome that its kind speaks of.

    `following` is the next step in order ("" at the end); `next` overrides it. `targets` holds the named ways
    out: success and failure of an action, yes and no of a confirmation.
    """

    id: str
    kind: str
    name: str
    file: str
    line: int
    next: str = ""
    following: str = ""
    limit: int = DEFAULT_LIMIT
    arms: tuple[Arm, ...] = ()
    values: dict[str, Expression] = {}
    targets: dict[str, str] = {}
    slots: tuple[str, ...] = ()
    reason: str = ""

    @property
    def after(self) -> str:
        """The step to go on with, "" for the end of the flow."""
        return self.next or self.following

    def successors(self) -> tuple[str, ...]:
        """Every step that may come after this one; "" stands for the end of the flow."""
        if self.kind in (END, HANDOFF):
            return ()
        if self.kind == BRANCH:
            arms = tuple(arm.target for arm in self.arms)
            return arms if any(arm.condition is None for arm in self.arms) else (*arms, self.after)
        if self.kind == CONFIRM:
            return tuple(self.targets.get(way) or self.after for way in ("yes", "no"))
        if self.kind == ACTION:
            success = self.targets.get("success") or self.after
            failure = self.targets.get("failure")
            return (success, failure) if failure else (success,)
        return (self.after,)


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """`collects` are the slots it asks for or fills; `serves`: more than an answer from knowledge or a sentence."""

    id: str
    file: str
    line: int
    name: dict[str, str]
    triggers: tuple[str, ...]
    persistent: frozenset[str]
    steps: dict[str, Step]
    first: str
    collects: tuple[str, ...]
    serves: bool
    ticket_type: str


def parse_flow(id: str, node: Node, languages: tuple[str, ...]) -> Flow:
    """Reads one flow. Raises PackMistake."""
    node.only("name", "description", "nlu_trigger", "persistent_slots", "steps")
    named = node.get("name")
    name = {key: child.text() for key, child in named} if named else dict.fromkeys(languages, id)
    items = node.require("steps").list()
    if not items:
        raise node.mistake(f"flow `{id}` has no steps", "add at least one step")
    results = _results(items)
    drafts = [_step(item, results) for item in items]
    steps: dict[str, Step] = {}
    for position, step in enumerate(drafts):
        if step.id in steps:
            raise items[position].mistake(f"step `{step.id}` is there twice", "give each step its own id")
        following = drafts[position + 1].id if position + 1 < len(drafts) else ""
        steps[step.id] = msgspec.structs.replace(step, following=following)
    kinds = {step.kind for step in drafts}
    persistent = node.get("persistent_slots")
    triggers = node.get("nlu_trigger")
    return Flow(
        id=id,
        file=node.file,
        line=node.line,
        name=name,
        triggers=tuple(_trigger(item) for item in triggers.list()) if triggers else (),
        persistent=frozenset(item.text() for item in persistent.list()) if persistent else frozenset(),
        steps=steps,
        first=drafts[0].id,
        collects=tuple(dict.fromkeys(step.name for step in drafts if step.kind == COLLECT)),
        serves=bool(kinds & {COLLECT, CONFIRM, ACTION, TICKET}),
        ticket_type=next((step.name for step in drafts if step.kind == TICKET), ""),
    )


def _trigger(item: Node) -> str:
    return item.text() if isinstance(item.value, str) else item.require("intent").text()


def _results(items: list[Node]) -> frozenset[str]:
    names = {"result"}
    for item in items:
        if item.get(ACTION) and (alias := item.get("result")):
            names.add(alias.text())
    return frozenset(names)


def _step(node: Node, results: frozenset[str]) -> Step:
    id = node.require("id").text()
    kinds = [kind for kind in KINDS if kind in node.mapping()]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        raise node.mistake(
            f"step `{id}` needs exactly one kind, found {found}", f"use one of: {', '.join(KINDS)}"
        )
    kind = kinds[0]
    node.only("id", kind, "next", *_KEYS[kind])
    what = node.require(kind)
    step: dict[str, Any] = {"id": id, "kind": kind, "name": "", "file": node.file, "line": node.line}
    if (jump := node.get("next")) is not None:
        step["next"] = jump.text()
    if (limit := node.get("limit")) is not None:
        step["limit"] = limit.whole(1, 20)
    if kind == BRANCH:
        step["arms"] = tuple(_arm(item, results) for item in what.list())
    elif kind == CLEAR:
        step["slots"] = tuple(item.text() for item in what.list())
    else:
        step["name"] = what.text()
    step["targets"] = {
        way: target.text()
        for way in ("success", "failure", "yes", "no")
        if (target := node.get(way)) is not None
    }
    values = node.get("arguments") or node.get("fields")
    if values is not None:
        step["values"] = {key: _expression(item, results) for key, item in values}
    if kind == HANDOFF:
        reason = node.get("reason")
        step["reason"] = reason.text() if reason else "flow"
    if kind == KNOWLEDGE and (query := node.get("query")) is not None:
        step["slots"] = (query.text(),)
    if kind == END and step["name"] not in OUTCOMES:
        raise what.mistake(f"`{step['name']}` is no outcome", f"use one of: {', '.join(OUTCOMES)}")
    return Step(**step)


def _arm(node: Node, results: frozenset[str]) -> Arm:
    node.only("if", "then", "else")
    otherwise = node.get("else")
    if otherwise is not None:
        return Arm(None, otherwise.text(), node.line)
    return Arm(_expression(node.require("if"), results), node.require("then").text(), node.line)


def _expression(node: Node, results: frozenset[str]) -> Expression:
    try:
        return compile_expression(node.text(), results)
    except ExpressionError as error:
        mend = "use slot names, literals, == != < <= > >= in, and, or, not, result.<field>"
        raise node.mistake(f"condition `{node.text()[:60]}`: {error}", mend) from None
