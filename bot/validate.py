"""Finds the mistakes of meaning in a pack: everything that would go wrong only when a customer gets there."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.flows.expressions import Expression
from bot.flows.model import (
    ACTION,
    BRANCH,
    CLEAR,
    COLLECT,
    CONFIRM,
    HANDOFF,
    KNOWLEDGE,
    RESPOND,
    TICKET,
    Flow,
    Step,
)
from bot.pack import BotPack
from bot.reading import ANSWERS, COMMANDS, TALK
from bot.responses import Button, Response
from core.errors import PackMistake

REQUIRED: Final = (
    "utter_goodbye", "utter_thanks", "utter_help", "utter_bot_challenge", "utter_smalltalk", "utter_insult",
    "utter_not_understood", "utter_not_understood_person", "utter_cancelled", "utter_nothing_to_cancel",
    "utter_nothing_to_repeat", "utter_restarted", "utter_handoff", "utter_handoff_failure", "utter_waiting",
    "utter_left_queue", "utter_person_soon", "utter_knowledge_missed", "utter_anything_else", "utter_invalid",
    "utter_silence", "utter_closed_silence", "utter_failure", "utter_ticket_opened", "utter_ticket_updated",
    "utter_confirm_again", "utter_resume_question", "utter_empty_message", "utter_agents_away",
)  # fmt: skip
"""Responses that the machine says by itself."""

_GIVEN: Final = frozenset({"ticket", "status", "name", "position", "wait"})
"""Placeholders that are filled without a slot."""


def check(
    pack: BotPack,
    *,
    ticket_types: Mapping[str, Iterable[str]],
    actions: Iterable[str],
    skills: Iterable[str],
    intents: Iterable[str],
) -> list[PackMistake]:
    """All mistakes, by file and line; none for a pack that is fit to serve.

    `ticket_types` maps each type to the names of its fields; `intents` are those that the NLU files teach.
    """
    known = _Known(
        pack, {name: set(fields) for name, fields in ticket_types.items()}, set(actions), set(skills)
    )
    known.intents = set(intents) | COMMANDS | ANSWERS | set(TALK)
    found: list[PackMistake] = []
    found += _responses(known)
    found += _settings(known)
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
    return found


def _placeholders(known: _Known, response: Response, line: int, wordings: Iterable[Any]) -> list[PackMistake]:
    found = []
    names = {name for wording in wordings for name in wording.names}
    for name in sorted(names):
        if name in known.pack.slots or name in _GIVEN or name.startswith("result."):
            continue
        message = f"`{response.name}` has the placeholder {{{name}}}, which no slot fills"
        found.append(PackMistake(response.file, line, message, "use a slot's name or result.<field>"))
    return found


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
    for slot in sorted(flow.persistent):
        if slot not in known.pack.slots:
            message = f"flow `{flow.id}` keeps `{slot}`, which is no slot"
            found.append(PackMistake(flow.file, flow.line, message, "use a slot of slots.yml"))
    for step in flow.steps.values():
        found += _step(known, flow, step)
    found += _ways(flow)
    return found


def _step(known: _Known, flow: Flow, step: Step) -> list[PackMistake]:
    found = [_wrong(step, message, mend) for message, mend in _kind(known, step)]
    for target in dict.fromkeys((*step.successors(), step.next, *step.targets.values())):
        if target and target not in flow.steps:
            near = f"use one of: {', '.join(flow.steps)}"
            found.append(_wrong(step, f"step `{step.id}` goes to `{target}`, which is no step", near))
    if step.kind == BRANCH and any(arm.condition is None for arm in step.arms[:-1]):
        found.append(_wrong(step, f"step `{step.id}` has ways out after its else", "put the else last"))
    expressions = [arm.condition for arm in step.arms if arm.condition] + list(step.values.values())
    found += _expressions(known, step, expressions)
    return found


def _kind(known: _Known, step: Step) -> Iterable[tuple[str, str]]:
    """What a step names and the pack does not have: (what is wrong, how to mend it)."""
    pack = known.pack
    if step.kind == COLLECT:
        if step.name not in pack.slots:
            yield f"step `{step.id}` collects `{step.name}`, which is no slot", "add it in slots.yml"
        elif f"utter_ask_{step.name}" not in pack.responses:
            yield f"response `utter_ask_{step.name}` is missing", "add the question in responses/"
    elif step.kind in (RESPOND, CONFIRM) and step.name not in pack.responses:
        yield f"step `{step.id}` says `{step.name}`, which is no response", "add it in responses/"
    elif step.kind == ACTION and step.name not in known.actions:
        yield (
            f"step `{step.id}` calls `{step.name}`, which is no action",
            f"use one of: {_names(known.actions)}",
        )
    elif step.kind == HANDOFF and step.name not in known.skills:
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
    if step.kind in (CLEAR, KNOWLEDGE):
        for slot in step.slots:
            if slot not in pack.slots:
                yield f"step `{step.id}` names `{slot}`, which is no slot", "use a slot of slots.yml"


def _expressions(known: _Known, step: Step, expressions: Iterable[Expression]) -> list[PackMistake]:
    found = []
    for expression in expressions:
        for name in sorted(expression.names - known.pack.slots.keys()):
            message = f"step `{step.id}` reads `{name}`, which is no slot"
            found.append(_wrong(step, message, "use a slot of slots.yml, or quote it as a text"))
    return found


def _ways(flow: Flow) -> list[PackMistake]:
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
    silent = {id: targets for id, targets in ways.items() if flow.steps[id].kind not in (COLLECT, CONFIRM)}
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
