"""Finds the mistakes of meaning in a pack: everything that would go wrong only when a customer gets there."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.flows.model import (
    ACTION,
    BRANCH,
    CALL,
    CLEAR,
    COLLECT,
    CONFIRM,
    HANDOFF,
    KNOWLEDGE,
    RESPOND,
    SET,
    TICKET,
    TICKET_CHANGE,
    TIMER,
    VERIFY,
    Flow,
    Step,
)
from bot.flows.verification import FAILED, VERIFIED_AS, WRONG, verification
from bot.pack import BotPack
from bot.reading import ANSWERS, COMMANDS, TALK
from bot.responses import Button, Response, Variant
from bot.speech import PHONE, unspeakable
from core.errors import PackMistake
from core.hours import NAMES

REQUIRED: Final = (
    "utter_goodbye", "utter_thanks", "utter_help", "utter_bot_challenge", "utter_smalltalk", "utter_insult",
    "utter_not_understood", "utter_not_understood_person", "utter_cancelled", "utter_nothing_to_cancel",
    "utter_nothing_to_repeat", "utter_restarted", "utter_handoff", "utter_handoff_failure", "utter_waiting",
    "utter_left_queue", "utter_person_soon", "utter_knowledge_missed", "utter_anything_else", "utter_invalid",
    "utter_silence", "utter_closed_silence", "utter_failure", "utter_ticket_opened", "utter_ticket_updated",
    "utter_confirm_again", "utter_resume_question", "utter_empty_message", "utter_agents_away",
)  # fmt: skip
"""Responses that the machine says by itself."""

_GIVEN: Final = frozenset({"ticket", "status", "name", "position", "wait", "first", "second"})
"""Placeholders that are filled without a slot."""

_MACHINE: Final = NAMES | {VERIFIED_AS}
"""Names that the machine knows without a slot of the pack."""


def check(
    pack: BotPack,
    *,
    ticket_types: Mapping[str, Iterable[str]],
    actions: Iterable[str] | Mapping[str, Any],
    skills: Iterable[str],
    intents: Iterable[str],
) -> list[PackMistake]:
    """All mistakes, by file and line; none for a pack that is fit to serve.

    `ticket_types` maps each type to the names of its fields; `intents` are those that the NLU files teach. `actions`
    are names, or names with their `parameters` and `result` (as attributes or keys), which are then checked too.
    """
    known = _Known(
        pack, {name: set(fields) for name, fields in ticket_types.items()}, set(actions), set(skills)
    )
    if isinstance(actions, Mapping):
        known.parameters = {name: _part(action, "parameters") for name, action in actions.items()}
        known.results = {name: _part(action, "result") for name, action in actions.items()}
    known.intents = set(intents) | COMMANDS | ANSWERS | set(TALK)
    found: list[PackMistake] = []
    found += _responses(known)
    found += _settings(known)
    found += _slots(known)
    for flow in pack.flows.values():
        found += _flow(known, flow)
    return sorted(found, key=lambda mistake: (mistake.file, mistake.line, mistake.what))


class _Known:
    """What names may be used."""

    def __init__(
        self, pack: BotPack, ticket_types: dict[str, set[str]], actions: set[str], skills: set[str]
    ) -> None:
        self.pack = pack
        self.ticket_types = ticket_types
        self.actions = actions
        self.skills = skills
        self.intents: set[str] = set()
        self.parameters: dict[str, set[str] | None] = {}
        self.results: dict[str, set[str] | None] = {}


def _part(action: Any, name: str) -> set[str] | None:
    """The names declared in one part of an action; None where nothing is known of it."""
    found = action.get(name) if isinstance(action, Mapping) else getattr(action, name, None)
    return set(found) if isinstance(found, Mapping) else None


def _names(names: Iterable[Any]) -> str:
    return ", ".join(sorted(str(name) for name in names)) or "none"


# Settings and responses -------------------------------------------------------------------------------------


def _settings(known: _Known) -> list[PackMistake]:
    pack = known.pack
    found = [
        PackMistake(pack.file, 1, f"response `{name}` is missing", "add it in responses/")
        for name in dict.fromkeys((pack.greeting, *REQUIRED))
        if name not in pack.responses
    ]
    for intent, name in pack.intents.items():
        line = pack.intent_lines.get(intent, 1)
        if intent not in known.intents:
            found.append(
                PackMistake(pack.file, line, f"intent `{intent}` has no examples", "add some in nlu/")
            )
        if name not in pack.responses:
            mend = "add it in responses/ or name another"
            found.append(PackMistake(pack.file, line, f"response `{name}` is missing", mend))
    for button in pack.starters:
        found += _button(known, button, pack.file, 1)
    flow = pack.flows.get(pack.nobody_there)
    if pack.nobody_there and (flow is None or not flow.triggers):
        message = f"`nobody_there: {pack.nobody_there}` is no flow that a customer can ask for"
        found.append(PackMistake("routing.yml", 1, message, "name a flow with `nlu_trigger:`"))
    for given in pack.verifications.values():
        for name in (WRONG, FAILED):
            if name not in pack.responses:
                message = f"response `{name}` is missing, which a verification says"
                found.append(PackMistake(given.file, given.line, message, "add it in responses/"))
    return found


def _slots(known: _Known) -> list[PackMistake]:
    """Slots that nothing ever fills, and choices without any."""
    pack = known.pack
    steps = [step for flow in pack.flows.values() for step in flow.steps.values()]
    filled = {name for flow in pack.flows.values() for name in flow.fills}
    filled |= {f"{name}_title" for name in filled} | {VERIFIED_AS}
    if any(step.kind == TICKET for step in steps):
        filled.add("ticket")
    loaded = {step.name for step in steps if step.kind == COLLECT and step.choices}
    found = []
    for slot in pack.slots.values():
        if slot.name in NAMES:
            message = f"`{slot.name}` is a name of the machine's own"
            found.append(PackMistake(slot.file, slot.line, message, "give the slot another name"))
        elif slot.name not in filled:
            mend = "collect or set it in a flow, or remove it"
            found.append(PackMistake(slot.file, slot.line, f"slot `{slot.name}` is never filled", mend))
        if slot.type == "choice" and not slot.options and slot.name not in loaded:
            mend = "add `choices:`, or collect it with `choices_from:`"
            message = f"slot `{slot.name}` is a choice without choices"
            found.append(PackMistake(slot.file, slot.line, message, mend))
    return found


def _responses(known: _Known) -> list[PackMistake]:
    found: list[PackMistake] = []
    for response in known.pack.responses.values():
        for variant in response.variants:
            missing = [lang for lang in known.pack.languages if not {lang, ""} & variant.text.keys()]
            if missing:
                message = f"`{response.name}` has no wording in {_names(missing)}"
                found.append(PackMistake(response.file, variant.line, message, "write it in every language"))
            found += _placeholders(known, response, variant.line, variant.text.values())
            for button in variant.buttons:
                found += _button(known, button, response.file, variant.line)
            found += _spoken(known, response, variant)
            names = variant.condition.names if variant.condition else frozenset()
            for name in sorted(names - known.pack.slots.keys() - _MACHINE):
                message = f"`{response.name}` depends on `{name}`, which is no slot"
                found.append(PackMistake(response.file, variant.line, message, "use a slot of slots.yml"))
        if not any(not variant.channel and variant.condition is None for variant in response.variants):
            message = f"`{response.name}` has no wording for every case"
            mend = "add one without `channel:` and `if:`"
            found.append(PackMistake(response.file, response.line, message, mend))
    return found


def _spoken(known: _Known, response: Response, variant: Variant) -> list[PackMistake]:
    """What is said on the phone must be words for an ear: a wording for it, or any where the pack serves it."""
    serves = PHONE in known.pack.channels
    own = any(other.channel == PHONE for other in response.variants)
    if variant.channel != PHONE and (variant.channel or not serves or own):
        return []
    found = []
    for language, wording in variant.text.items():
        why = unspeakable("x".join(wording.pieces[::2]))
        if why:
            message = f"`{response.name}` cannot be spoken{f' in {language}' if language else ''}: it {why}"
            mend = "write words for an ear, in a wording with `channel: phone`"
            found.append(PackMistake(response.file, variant.line, message, mend))
    return found


def _placeholders(known: _Known, response: Response, line: int, wordings: Iterable[Any]) -> list[PackMistake]:
    found = []
    names = {name for wording in wordings for name in wording.names}
    for name in sorted(names):
        if name in known.pack.slots or name in _GIVEN or name in _MACHINE:
            continue
        if name.startswith("result.") and _returned(known, name.removeprefix("result.")):
            continue
        message = f"`{response.name}` has the placeholder {{{name}}}, which no slot fills"
        found.append(PackMistake(response.file, line, message, "use a slot's name or result.<field>"))
    return found


def _returned(known: _Known, field: str) -> bool:
    """Whether any action's result may have this field."""
    return not known.results or any(fields is None or field in fields for fields in known.results.values())


def _button(known: _Known, button: Button, file: str, line: int) -> list[PackMistake]:
    missing = [language for language in known.pack.languages if not {language, ""} & button.title.keys()]
    found = []
    if missing:
        message = f"the button {button.payload} has no title in {_names(missing)}"
        found.append(PackMistake(file, line, message, "write it in every language"))
    payload = button.payload
    name = payload.removeprefix("/").partition("(")[0]
    startable = known.intents | known.pack.triggers.keys() | known.pack.intents.keys()
    if not payload.startswith("/") or (name != "SetSlots" and name not in startable):
        message = f"the button's payload {payload} starts nothing"
        found.append(PackMistake(file, line, message, "use /intent or /SetSlots(slot=value)"))
    elif name == "SetSlots":
        from_slots = payload.partition("(")[2].rstrip(")")
        slot = from_slots.partition("=")[0].strip()
        if slot not in known.pack.slots:
            message = f"the button fills `{slot}`, which is no slot"
            found.append(PackMistake(file, line, message, "use a slot of slots.yml"))
    return found


# Flows ------------------------------------------------------------------------------------------------------


def _flow(known: _Known, flow: Flow) -> list[PackMistake]:
    found: list[PackMistake] = []
    for intent in flow.triggers:
        if intent not in known.intents:
            message = f"flow `{flow.id}` starts at intent `{intent}`, which has no examples"
            found.append(PackMistake(flow.file, flow.line, message, "add examples in nlu/"))
    found += _starts(known, flow)
    for slot in sorted(flow.persistent):
        if slot not in known.pack.slots:
            message = f"flow `{flow.id}` keeps `{slot}`, which is no slot"
            found.append(PackMistake(flow.file, flow.line, message, "use a slot of slots.yml"))
    for step in flow.steps.values():
        found += _step(known, flow, step)
    found += _ways(known, flow)
    return found


def _starts(known: _Known, flow: Flow) -> list[PackMistake]:
    """Triggers and the conditions under which a person takes over."""
    found = []
    for start in flow.starts:
        if start.kind == TICKET_CHANGE:
            kind = known.pack.ticket_types.get(start.name)
            if kind is None:
                message = f"flow `{flow.id}` starts by a ticket `{start.name}`, which is no ticket type"
                found.append(
                    PackMistake(flow.file, flow.line, message, f"use one of: {_names(known.ticket_types)}")
                )
            elif start.status and start.status not in kind.statuses:
                message = f"a ticket `{start.name}` is never `{start.status}`"
                found.append(
                    PackMistake(flow.file, flow.line, message, f"use one of: {_names(kind.statuses)}")
                )
        elif start.kind == TIMER and start.name not in known.pack.flows:
            message = f"flow `{flow.id}` starts after `{start.name}`, which is no flow"
            found.append(PackMistake(flow.file, flow.line, message, "name a flow of the pack"))
    for escalation in flow.escalations:
        if escalation.skill and escalation.skill not in known.skills:
            message = f"flow `{flow.id}` escalates to skill `{escalation.skill}`"
            found.append(
                PackMistake(flow.file, escalation.line, message, f"use one of: {_names(known.skills)}")
            )
        for name in sorted(escalation.condition.names - known.pack.slots.keys() - _MACHINE):
            message = f"flow `{flow.id}` escalates by `{name}`, which is no slot"
            found.append(PackMistake(flow.file, escalation.line, message, "use a slot of slots.yml"))
    return found


def _step(known: _Known, flow: Flow, step: Step) -> list[PackMistake]:
    found = [_wrong(step, message, mend) for message, mend in _kind(known, step)]
    for target in dict.fromkeys((*step.successors(), step.next, *step.targets.values())):
        if target and target not in flow.steps:
            near = f"use one of: {', '.join(flow.steps)}"
            found.append(_wrong(step, f"step `{step.id}` goes to `{target}`, which is no step", near))
    if step.kind == BRANCH and any(arm.condition is None for arm in step.arms[:-1]):
        found.append(_wrong(step, f"step `{step.id}` has ways out after its else", "put the else last"))
    found += _expressions(known, flow, step)
    for rejection in step.rejections:
        if rejection.response not in known.pack.responses:
            message = f"step `{step.id}` refuses with `{rejection.response}`, which is no response"
            found.append(PackMistake(step.file, rejection.line, message, "add it in responses/"))
    return found


def _kind(known: _Known, step: Step) -> Iterable[tuple[str, str]]:
    """What a step names and the pack does not have: (what is wrong, how to mend it)."""
    pack = known.pack
    if step.kind == COLLECT:
        if step.name not in pack.slots:
            yield f"step `{step.id}` collects `{step.name}`, which is no slot", "add it in slots.yml"
        elif not step.silent and f"utter_ask_{step.name}" not in pack.responses:
            yield f"response `utter_ask_{step.name}` is missing", "add the question in responses/"
    elif step.kind in (RESPOND, CONFIRM) and step.name not in pack.responses:
        yield f"step `{step.id}` says `{step.name}`, which is no response", "add it in responses/"
    elif step.kind == ACTION and step.name not in known.actions:
        yield (
            f"step `{step.id}` calls `{step.name}`, which is no action",
            f"use one of: {_names(known.actions)}",
        )
    elif step.kind == ACTION:
        declared = known.parameters.get(step.name)
        for name in sorted(step.values.keys() - declared) if declared is not None else ():
            yield f"action `{step.name}` has no parameter `{name}`", f"use one of: {_names(declared or ())}"
        slot = pack.slots.get(step.ticket)
        if step.ticket and (slot is None or slot.type != TICKET):
            yield f"step `{step.id}` names `{step.ticket}`, which is no slot for a ticket", "use a slot of type ticket"
    elif step.kind == HANDOFF and step.name and step.name not in known.skills:
        yield f"step `{step.id}` asks for skill `{step.name}`", f"use one of: {_names(known.skills)}"
    elif step.kind == TICKET:
        fields = known.ticket_types.get(step.name)
        if fields is None:
            yield (
                f"step `{step.id}` opens a `{step.name}`, which is no ticket type",
                _names(known.ticket_types),
            )
        for field in sorted(step.values.keys() - fields) if fields is not None else ():
            yield f"ticket type `{step.name}` has no field `{field}`", f"use one of: {_names(fields or ())}"
    elif step.kind == CALL:
        if step.name not in pack.flows:
            yield f"step `{step.id}` calls `{step.name}`, which is no flow", "name a flow of the pack"
        elif _calls_itself(pack, step.name):
            yield (
                f"flow `{step.name}` comes to call itself",
                "let a flow go back with `next`, not with `call`",
            )
    elif step.kind == VERIFY and verification(step.name) not in pack.flows:
        yield (
            f"step `{step.id}` verifies `{step.name}`, which pack.yml does not say how",
            "add `verification:` there",
        )
    if step.kind in (CLEAR, KNOWLEDGE, SET):
        for slot in (*step.slots, *(step.values if step.kind == SET else ())):
            if slot not in pack.slots:
                yield f"step `{step.id}` names `{slot}`, which is no slot", "use a slot of slots.yml"


def _expressions(known: _Known, flow: Flow, step: Step) -> list[PackMistake]:
    found = []
    called = [known.results.get(s.name) for s in flow.steps.values() if s.kind == ACTION]
    for expression in step.expressions:
        for name in sorted(expression.names - known.pack.slots.keys() - _MACHINE):
            message = f"step `{step.id}` reads `{name}`, which is no slot"
            found.append(_wrong(step, message, "use a slot of slots.yml, or quote it as a text"))
        for field in sorted(expression.fields):
            found += _field(step, field, called)
    if step.choices:
        found += _field(step, step.choices, called)
    return found


def _field(step: Step, field: str, called: list[set[str] | None]) -> list[PackMistake]:
    if any(fields is None or field in fields for fields in called):
        return []
    message = f"step `{step.id}` reads `result.{field}`, which no action of the flow returns"
    known = {name for fields in called if fields for name in fields}
    return [_wrong(step, message, f"use one of: {_names(known)}")]


def _calls_itself(pack: BotPack, start: str) -> bool:
    open_, seen = list(pack.flows[start].calls), set[str]()
    while open_:
        name = open_.pop()
        if name == start:
            return True
        if name in pack.flows and name not in seen:
            seen.add(name)
            open_ += pack.flows[name].calls
    return False


def _asks(pack: BotPack, step: Step) -> bool:
    """Whether a customer is asked at this step, itself or in a flow that it calls."""
    if step.kind == CALL and step.name in pack.flows:
        called = pack.flows[step.name]
        return any(_asks(pack, inner) for inner in called.steps.values())
    return (step.kind == COLLECT and not step.silent) or step.kind == CONFIRM


def _ways(known: _Known, flow: Flow) -> list[PackMistake]:
    """Steps that nobody reaches, circles without a question, and flows without an end."""
    ways = {
        id: [target for target in step.successors() if target in flow.steps]
        for id, step in flow.steps.items()
    }
    reached = _reachable(ways, flow.first)
    found = []
    for id, step in flow.steps.items():
        if id not in reached:
            found.append(_wrong(step, f"step `{id}` is never reached", "lead a step to it or remove it"))
    if not any("" in flow.steps[id].successors() or not flow.steps[id].successors() for id in reached):
        message = f"flow `{flow.id}` never ends"
        found.append(PackMistake(flow.file, flow.line, message, "add a step with `end: completed`"))
    silent = {id: targets for id, targets in ways.items() if not _asks(known.pack, flow.steps[id])}
    for id in silent:
        inside = {key: [target for target in targets if target in silent] for key, targets in silent.items()}
        if any(id in _reachable(inside, target) for target in inside[id]):
            message = f"step `{id}` is in a circle without a question"
            found.append(_wrong(flow.steps[id], message, "let the circle pass a collect or confirm step"))
            break
    return found


def _reachable(ways: Mapping[str, list[str]], start: str) -> set[str]:
    reached: set[str] = set()
    open_ = [start]
    while open_:
        here = open_.pop()
        if here not in reached:
            reached.add(here)
            open_ += ways.get(here, [])
    return reached


def _wrong(step: Step, message: str, mend: str) -> PackMistake:
    return PackMistake(step.file, step.line, message, mend)
