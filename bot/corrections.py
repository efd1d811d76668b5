"""Takes another value for what a customer said before, and goes back in the flow as far as that changes it."""

from bot import repair
from bot.draft import Draft
from bot.flows import slots as values
from bot.flows.engine import END_OF_FLOW
from bot.flows.model import Flow, Step
from bot.reading import Heard
from bot.runner import fill_slot


def correct(
    draft: Draft,
    heard: Heard,
    flow: Flow,
    step: Step,
    slot: values.Slot | None,
    value: values.Value | None,
) -> bool:
    """Whether the message takes back what was said before; then that is changed, or emptied to be asked for again, and
    the flow on top goes on where that matters."""
    if heard.payload or (value is not None and slot is not None and not (slot.free or slot.type == "yes_no")):
        return False
    rest = repair.correction(heard)
    filled = [
        draft.pack.slots[name]
        for name in reversed(draft.slots)
        if name in flow.collects and name != step.name and draft.slots[name] is not None
    ]
    # "Next Tuesday", where none of the choices is meant: another value for what was said before.
    instead = value is None and slot is not None and slot.type == "choice" and repair.bare(heard, filled)
    if rest is None and slot is not None and not instead:
        return False
    changes = _changes(draft, heard, filled)
    if not changes and rest is not None:
        changes = _instead(draft, heard, filled, rest, slot, value)
    if not changes:
        return False
    for name, new in changes.items():
        if new is None:
            draft.clear(name)
        else:
            fill_slot(draft, draft.pack.slots[name], new, heard.seqs[-1])
    _rewind(draft, flow, step, changes)
    if draft.has(repair.CORRECTED) and None not in changes.values():
        draft.say(repair.CORRECTED)
    return True


def _changes(draft: Draft, heard: Heard, filled: list[values.Slot]) -> dict[str, object]:
    """Other values that the message names for slots that are filled."""
    changes: dict[str, object] = {}
    for slot in filled:
        named = [entity for entity in heard.entities if slot.entity and entity.name == slot.entity]
        new = values.accept(slot, max(named, key=lambda entity: entity.start).value) if named else None
        if new is not None and new != draft.slots[slot.name]:
            changes[slot.name] = new
    return changes


def _instead(
    draft: Draft,
    heard: Heard,
    filled: list[values.Slot],
    rest: str,
    slot: values.Slot | None,
    value: values.Value | None,
) -> dict[str, object]:
    """By its name ("the number is wrong"), else the last answer, where what is said now can be its value."""
    own = slot is not None and repair.named(slot, heard)
    for candidate in filled if not own else ():
        if repair.named(candidate, heard) and repair.collecting(
            draft.pack.flows[draft.stack[-1].flow], candidate.name
        ):
            new = None if candidate.free else values.read(candidate, rest)
            same = new is None or new.value == draft.slots[candidate.name]
            return {candidate.name: None if same or new is None else new.value}
    if slot is None or value is not None or not filled or not rest:
        return {}
    last = filled[0]
    new = values.read(last, rest)
    if new is None or last.type == "yes_no" or new.value == draft.slots[last.name]:
        return {}
    return {last.name: new.value}


def _rewind(draft: Draft, flow: Flow, step: Step, changes: dict[str, object]) -> None:
    """Goes back to the first changed slot where the flow's way depends on it and nothing is done twice."""
    order = list(flow.steps)
    steps = [found for name in changes if (found := repair.collecting(flow, name))]
    for found in sorted(steps, key=lambda item: order.index(item.id)):
        if draft.slots.get(found.name) is None:
            draft.go(found.id)
            return
        back = found.after or END_OF_FLOW
        if repair.decides(flow, found.name) and repair.leads_back(draft.pack, flow, back, step.id):
            draft.go(back)
            return
