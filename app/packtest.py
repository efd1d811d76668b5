"""`switchboard test`: plays a pack's conversations, looks at what came of them, and counts what they reached."""

import time
from collections.abc import Sequence
from typing import Any

from app.coverage import Coverage
from app.scripts import (
    ACTION,
    APPROVE,
    BOT,
    CITES,
    CONTAINS,
    ENDS,
    HANDOFF,
    REFUSED,
    REJECT,
    SLOTS,
    TICKET,
    WAIT,
    Act,
    Expectation,
    Script,
    parse,
)
from app.settings import Settings
from app.trial import Ground, Trial
from core import events as e
from core.errors import Conflict

IN_ORDER = (BOT, CONTAINS, CITES, TICKET, HANDOFF)
"""What the customer notices has to come in the order of the test; when a flow ends or an action returns is between us."""
SHOWN = 60
"""Characters of a sentence that a failure shows."""


class Failed(Exception):
    """What was expected and did not come, with the line that says so."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line, self.what = line, what


async def run_pack(settings: Settings) -> dict[str, Any]:
    """All conversations of the pack's `tests/`: failures with file and line, and the steps and branches reached.

    Raises PackMistake before anything is played.
    """
    begun = time.perf_counter()
    passed, failures = 0, []
    async with Ground.opened(settings) as ground:
        scripts = parse(ground.pack.files, ground.pack.bot, ground.pack.actions)
        coverage = Coverage(ground.pack.bot.flows)
        for script in scripts:
            try:
                await play(ground, script, coverage)
            except Failed as failed:
                place = {"file": script.file, "line": failed.line, "test": f"{script.file}: {script.name}"}
                failures.append({**place, "what": f"line {failed.line}: {failed.what}"})
            else:
                passed += 1
    seconds = round(time.perf_counter() - begun, 1)
    return {"passed": passed, "failures": failures, "seconds": seconds, **coverage.figures()}


async def play(ground: Ground, script: Script, coverage: Coverage) -> None:
    """One conversation, on a store of its own. Raises Failed."""
    trial = await Trial.open(ground, script.now, script.stand_ins, script.unreachable)
    try:
        await trial.begin(script.language, script.identity, script.channel)
        coverage.events(trial.events)
        left = trial.events
        for step in script.steps:
            if isinstance(step, Act):
                await _do(trial, step)
                coverage.events(trial.events)
                left = trial.events
            elif step.kind == SLOTS:
                _compare(step, (await trial.fold()).slots)
            elif step.negated:
                _absent(step, trial.events)
            elif step.kind in IN_ORDER:
                left = _present(step, left, trial.events)
            else:
                _present(step, trial.events, trial.events)
    finally:
        for turn in trial.ways:
            coverage.turn(turn)
        await trial.close()


async def _do(trial: Trial, act: Act) -> None:
    if act.kind == WAIT:
        await trial.wait(act.value)
    elif act.kind in (APPROVE, REJECT):
        try:
            await trial.decide(act.value, act.kind == APPROVE)
        except Conflict as error:
            raise Failed(act.line, error.message) from None
    else:
        await trial.say(act.value)


def _compare(wanted: Expectation, slots: dict[str, Any]) -> None:
    wrong = {name: slots.get(name) for name, value in wanted.value.items() if slots.get(name) != value}
    if wanted.negated and not wrong:
        raise Failed(wanted.line, f"expected slots other than {wanted.value}")
    if wrong and not wanted.negated:
        raise Failed(wanted.line, f"expected slots {wanted.value}, got {wrong}")


def _absent(wanted: Expectation, events: Sequence[e.Recorded]) -> None:
    if any(meets(wanted, recorded.event) for recorded in events):
        raise Failed(wanted.line, f"expected no {_named(wanted)}, got {told(events)}")


def _present(
    wanted: Expectation, left: Sequence[e.Recorded], events: Sequence[e.Recorded]
) -> Sequence[e.Recorded]:
    """The events from the one that meets it on: one may meet several (a response and what it contains)."""
    for place, recorded in enumerate(left):
        if meets(wanted, recorded.event):
            return left[place:]
    raise Failed(wanted.line, f"expected {_named(wanted)}, got {told(events)}")


def meets(wanted: Expectation, event: e.Event) -> bool:
    """Whether an event is what was expected."""
    match wanted.kind:
        case "bot":
            return isinstance(event, e.BotSaid) and event.response == wanted.value
        case "contains":
            return isinstance(event, e.BotSaid) and wanted.value in event.text
        case "ticket":
            return isinstance(event, e.TicketOpened) and event.type == wanted.value
        case "handoff":
            return isinstance(event, e.HandoffAsked) and event.reason == wanted.value
        case "cites":
            return isinstance(event, e.BotSaid) and any(c.document == wanted.value for c in event.citations)
        case "refused":
            return isinstance(event, e.ActionRefused) and event.rule == wanted.value
        case "ends":
            return isinstance(event, e.FlowEnded) and event.outcome == wanted.value
    if isinstance(event, e.ActionProposed):
        return bool(wanted.value == (event.name, "proposed"))
    return isinstance(event, e.ActionReturned) and bool(wanted.value == (event.name, event.outcome))


def _named(wanted: Expectation) -> str:
    if wanted.kind == ACTION:
        return f"action {wanted.value[0]!r} {wanted.value[1]}"
    return f"{'bot that contains' if wanted.kind == CONTAINS else wanted.kind} {wanted.value!r}"


def told(events: Sequence[e.Recorded]) -> str:
    """What happened, in the words of a test."""
    return "; ".join(filter(None, (_told(recorded.event) for recorded in events))) or "nothing"


def _told(event: e.Event) -> str:
    match event:
        case e.BotSaid():
            cited = "".join(f" ({CITES} {c.document})" for c in event.citations)
            return f"{BOT} {event.response or '-'} {event.text[:SHOWN]!r}{cited}"
        case e.TicketOpened():
            return f"{TICKET} {event.type}"
        case e.HandoffAsked():
            return f"{HANDOFF} {event.reason}"
        case e.ActionReturned():
            return f"{ACTION} {event.name} {event.outcome}" + (f" ({event.error})" if event.error else "")
        case e.ActionProposed():
            return f"{ACTION} {event.name} proposed"
        case e.ActionRefused():
            return f"{REFUSED} {event.rule}"
        case e.FlowEnded():
            return f"{ENDS} {event.outcome}"
        case e.TurnFailed():
            return f"a mistake in the program ({event.error[:SHOWN]})"
    return ""
