"""What a flow is: steps in order, each of one kind, as read from `flows/*.yml`."""

from typing import Any, Final

import msgspec

from bot.flows.expressions import Expression, ExpressionError, compile_expression
from core.yamlfile import Node

COLLECT, RESPOND, BRANCH, ACTION, TICKET, KNOWLEDGE, HANDOFF, CONFIRM, END, CLEAR, SET, CALL, VERIFY = KINDS = (
    "collect", "respond", "branch", "action", "ticket", "knowledge", "handoff", "confirm", "end", "clear", "set",
    "call", "verify",
)  # fmt: skip
VERIFIED: Final = "verified"
"""The kind of step that a verification ends with; no flow of a pack has it."""

ELSE, SUCCESS, FAILURE, YES, NO, FILLED, LIMIT, BACK = (
    "else", "success", "failure", "yes", "no", "filled", "limit", "back",
)  # fmt: skip
"""Ways out of steps. The others of branches, rejections and escalations are their conditions, as they are written."""
FOR_ACCOUNT, FOR_NOBODY, ESCALATE = "verified", "failed", "escalate"
"""Ways out of a verification; and what stands for the step in which a flow's escalations would be."""

DEFAULT_LIMIT: Final = 3
OUTCOMES: Final = ("completed", "cancelled", "failed")
TICKET_CHANGE, WEBHOOK, TIMER = "ticket", "webhook", "timer"

_KEYS: Final[dict[str, tuple[str, ...]]] = {
    COLLECT: ("limit", "ask", "ask_before_filling", "rejections", "choices_from"),
    RESPOND: (),
    BRANCH: (),
    ACTION: ("arguments", "result", "success", "failure", TICKET),
    TICKET: ("fields",),
    KNOWLEDGE: ("query",),
    HANDOFF: ("reason", "priority", "within_minutes"),
    CONFIRM: ("yes", "no", "limit"),
    END: (),
    CLEAR: (),
    SET: (),
    CALL: ("failure",),
    VERIFY: (),
}
_MINUTES: Final = 60 * 24 * 365


class Arm(msgspec.Struct, frozen=True):
    """One way out of a branch; `condition` None is the else."""

    condition: Expression | None
    target: str
    line: int

    @property
    def way(self) -> str:
        """Its name."""
        return self.condition.source if self.condition is not None else ELSE


class Rejection(msgspec.Struct, frozen=True):
    """A value for which `condition` holds is refused with `response`."""

    condition: Expression
    response: str
    line: int

    @property
    def way(self) -> str:
        """Its name."""
        return self.condition.source


class Escalation(msgspec.Struct, frozen=True):
    """When a person must take over, whose skill it needs ("": as usual), and how soon (0: as usual)."""

    condition: Expression
    skill: str
    within_minutes: int
    line: int

    @property
    def way(self) -> str:
        """Its name."""
        return self.condition.source


class Trigger(msgspec.Struct, frozen=True):
    """What starts a flow besides a customer's words.

    `kind` is ticket (`name`: its type, `status`: the new state, "" for any), webhook (`name`: what the other system
    calls it) or timer (`name`: the flow that was completed, `minutes`: how long before).
    """

    kind: str
    name: str
    status: str = ""
    minutes: int = 0


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step. `name` is the slot, response, action, ticket type, skill, flow or outcome that its kind speaks of.

    `following` is the next step in order ("" at the end); `next` overrides it. `targets` holds the named ways
    out: success and failure of an action, yes and no of a confirmation. `choices` is the field of the result that
    holds a collect step's choices, `ticket` the slot with the ticket that an action belongs to. `silent`: a collect step that never
    asks.
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
    ask_first: bool = False
    silent: bool = False
    rejections: tuple[Rejection, ...] = ()
    choices: str = ""
    ticket: str = ""
    priority: int = 0
    within_minutes: int = 0

    @property
    def after(self) -> str:
        """The step to go on with, "" for the end of the flow."""
        return self.next or self.following

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Everything in it that reads slots or a result."""
        arms = tuple(arm.condition for arm in self.arms if arm.condition is not None)
        return (*arms, *self.values.values(), *(rejection.condition for rejection in self.rejections))

    def ways(self) -> tuple[tuple[str, str], ...]:
        """(what leads there, step) for every step that may come after this one; "" stands for the end of the flow."""
        if self.kind in (END, HANDOFF):
            return ()
        if self.kind == BRANCH:
            arms = tuple((arm.way, arm.target) for arm in self.arms)
            return arms if any(arm.condition is None for arm in self.arms) else (*arms, (ELSE, self.after))
        if self.kind == CONFIRM:
            return tuple((way, self.targets.get(way) or self.after) for way in (YES, NO))
        failure = self.targets.get("failure")
        if self.kind in (ACTION, CALL) and failure:
            return ((SUCCESS, self.targets.get("success") or self.after), (FAILURE, failure))
        return (("", self.targets.get("success") or self.after),)

    def decisions(self) -> tuple[str, ...]:
        """The names of its ways out, where it has more than one; those to a person are among them."""
        if self.kind == COLLECT and self.silent:
            return FILLED, ELSE
        if self.kind == COLLECT:
            return (FILLED, *(rejection.way for rejection in self.rejections), LIMIT)
        if self.kind == ACTION:
            return SUCCESS, FAILURE
        if self.kind == VERIFY:
            return FOR_ACCOUNT, FOR_NOBODY
        if self.kind == CALL:
            return (BACK, FAILURE) if self.targets.get("failure") else ()
        ways = tuple(way for way, _ in self.ways())
        return ways if len(ways) > 1 else ()

    def successors(self) -> tuple[str, ...]:
        """Every step that may come after this one; "" stands for the end of the flow."""
        return tuple(target for _, target in self.ways())


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """`collects` are the slots it asks for, itself or by flows that it calls; `fills` also those that it sets.

    `serves`: it does more than give an answer from knowledge or a sentence.
    """

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
    fills: tuple[str, ...] = ()
    starts: tuple[Trigger, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    calls: tuple[str, ...] = ()
    made: bool = False
    """Made of the pack's settings, not written as a flow."""


def parse_flow(id: str, node: Node, languages: tuple[str, ...]) -> Flow:
    """Reads one flow. Raises PackMistake."""
    node.only("name", "description", "nlu_trigger", "triggers", "persistent_slots", "escalate", "steps")
    named = node.get("name")
    name = {key: child.text() for key, child in named} if named else dict.fromkeys(languages, id)
    items = node.require("steps").list()
    if not items:
        raise node.mistake(f"flow `{id}` has no steps", "add at least one step")
    results = _results(items)
    drafts = [_step(item, results) for item in items]
    persistent = node.get("persistent_slots")
    triggers, starts, escalate = node.get("nlu_trigger"), node.get("triggers"), node.get("escalate")
    return make_flow(
        id,
        drafts,
        file=node.file,
        line=node.line,
        name=name,
        triggers=tuple(_trigger(item) for item in triggers.list()) if triggers else (),
        persistent=frozenset(item.text() for item in persistent.list()) if persistent else frozenset(),
        starts=tuple(_start(item) for item in starts.list()) if starts else (),
        escalations=_escalations(escalate, results) if escalate else (),
    )


def make_flow(
    id: str, drafts: list[Step], *, file: str, line: int, name: dict[str, str], **more: Any
) -> Flow:
    """A flow of its steps in order. Raises PackMistake when two have one id."""
    steps: dict[str, Step] = {}
    for position, step in enumerate(drafts):
        if step.id in steps:
            where = Node(None, step.line, step.file)
            raise where.mistake(f"step `{step.id}` is there twice", "give each step its own id")
        following = drafts[position + 1].id if position + 1 < len(drafts) else ""
        steps[step.id] = msgspec.structs.replace(step, following=following)
    kinds = {step.kind for step in drafts}
    collects = tuple(dict.fromkeys(step.name for step in drafts if step.kind == COLLECT))
    sets = [name for step in drafts if step.kind == SET for name in step.values]
    return Flow(
        id=id,
        file=file,
        line=line,
        name=name,
        triggers=more.pop("triggers", ()),
        persistent=more.pop("persistent", frozenset()),
        steps=steps,
        first=drafts[0].id,
        collects=collects,
        fills=tuple(dict.fromkeys((*collects, *sets))),
        serves=bool(kinds & {COLLECT, CONFIRM, ACTION, TICKET, VERIFY}),
        ticket_type=next((step.name for step in drafts if step.kind == TICKET), ""),
        calls=tuple(dict.fromkeys(step.name for step in drafts if step.kind == CALL)),
        **more,
    )


def link(flows: dict[str, Flow]) -> dict[str, Flow]:
    """The flows, each knowing also what those that it calls ask for and do."""
    linked = {}
    for flow in flows.values():
        below = _below(flow, flows)
        if below:
            flow = msgspec.structs.replace(
                flow,
                collects=tuple(dict.fromkeys((*flow.collects, *(n for f in below for n in f.collects)))),
                fills=tuple(dict.fromkeys((*flow.fills, *(n for f in below for n in f.fills)))),
                serves=flow.serves or any(f.serves for f in below),
                ticket_type=flow.ticket_type or next((f.ticket_type for f in below if f.ticket_type), ""),
            )
        linked[flow.id] = flow
    return linked


def _below(flow: Flow, flows: dict[str, Flow]) -> list[Flow]:
    """The flows that it calls, and those that they call."""
    found: dict[str, Flow] = {}
    open_ = list(flow.calls)
    while open_:
        called = flows.get(open_.pop(0))
        if called is not None and called.id not in found and called.id != flow.id:
            found[called.id] = called
            open_ += called.calls
    return list(found.values())


def _trigger(item: Node) -> str:
    return item.text() if isinstance(item.value, str) else item.require("intent").text()


def _start(node: Node) -> Trigger:
    kinds = [kind for kind in (TICKET_CHANGE, WEBHOOK, TIMER) if kind in node.mapping()]
    if len(kinds) != 1:
        mend = "write `ticket:` with `status:`, or `webhook:`, or `timer: {minutes, after}`"
        raise node.mistake("a trigger needs exactly one kind", mend)
    kind = kinds[0]
    if kind == TICKET_CHANGE:
        node.only(kind, "status")
        status = node.get("status")
        return Trigger(kind, node.require(kind).text(), status.text() if status else "")
    node.only(kind)
    what = node.require(kind)
    if kind == WEBHOOK:
        return Trigger(kind, what.text())
    what.only("minutes", "after")
    return Trigger(kind, what.require("after").text(), minutes=what.require("minutes").whole(1, _MINUTES))


def _escalations(node: Node, results: frozenset[str]) -> tuple[Escalation, ...]:
    items = node.list() if isinstance(node.value, list) else [node]
    found = []
    for item in items:
        item.only("when", "skill", "within_minutes")
        skill, within = item.get("skill"), item.get("within_minutes")
        found.append(
            Escalation(
                _expression(item.require("when"), results),
                skill.text() if skill else "",
                within.whole(1, _MINUTES) if within else 0,
                item.line,
            )
        )
    return tuple(found)


def _results(items: list[Node]) -> frozenset[str]:
    names = {"result"}
    for item in items:
        if item.get(ACTION) and (alias := item.get("result")):
            names.add(alias.text())
    return frozenset(names)


def _step(node: Node, results: frozenset[str]) -> Step:
    id = node.require("id").text()
    kinds = [kind for kind in KINDS if kind in node.mapping()]
    if kinds == [ACTION, TICKET]:  # there it says which ticket the action belongs to
        kinds = [ACTION]
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
    elif kind == SET:
        step["values"] = {key: _expression(item, results) for key, item in what}
    else:
        step["name"] = what.text()
    step["targets"] = {
        way: target.text()
        for way in ("success", "failure", "yes", "no")
        if (target := node.get(way)) is not None
    }
    step |= _details(node, kind, results)
    if kind == END and step["name"] not in OUTCOMES:
        raise what.mistake(f"`{step['name']}` is no outcome", f"use one of: {', '.join(OUTCOMES)}")
    return Step(**step)


def _details(node: Node, kind: str, results: frozenset[str]) -> dict[str, Any]:
    """What only one kind of step has."""
    found: dict[str, Any] = {}
    values = node.get("arguments") or node.get("fields")
    if values is not None:
        found["values"] = {key: _expression(item, results) for key, item in values}
    if kind == HANDOFF:
        reason, priority, within = (node.get(key) for key in ("reason", "priority", "within_minutes"))
        found["reason"] = reason.text() if reason else "flow"
        found["priority"] = priority.whole(0, 9) if priority else 0
        found["within_minutes"] = within.whole(1, _MINUTES) if within else 0
    if kind == ACTION and (ticket := node.get(TICKET)) is not None:
        found["ticket"] = ticket.text()
    if kind == KNOWLEDGE and (query := node.get("query")) is not None:
        found["slots"] = (query.text(),)
    if kind == COLLECT:
        ask, first, rejections, choices = (
            node.get(k) for k in ("ask", "ask_before_filling", "rejections", "choices_from")
        )
        found["silent"] = not ask.flag() if ask else False
        found["ask_first"] = first.flag() if first else False
        found["rejections"] = (
            tuple(_rejection(item, results) for item in rejections.list()) if rejections else ()
        )
        if choices is not None:
            owner, _, field = choices.text().partition(".")
            if owner not in results or not field.isidentifier():
                raise choices.mistake(f"`{choices.text()}` is no list of a result", "write `result.<field>`")
            found["choices"] = field
    return found


def _rejection(node: Node, results: frozenset[str]) -> Rejection:
    node.only("if", "utter")
    return Rejection(_expression(node.require("if"), results), node.require("utter").text(), node.line)


def _arm(node: Node, results: frozenset[str]) -> Arm:
    node.only("if", "then", "else")
    otherwise = node.get("else")
    if otherwise is not None:
        return Arm(None, otherwise.text(), node.line)
    return Arm(_expression(node.require("if"), results), node.require("then").text(), node.line)


def _expression(node: Node, results: frozenset[str]) -> Expression:
    if node.value is None:
        return compile_expression("null")
    try:
        return compile_expression(node.text(), results)
    except ExpressionError as error:
        mend = "use slot names, literals, == != < <= > >= in, and, or, not, result.<field>"
        raise node.mistake(f"condition `{node.text()[:60]}`: {error}", mend) from None
