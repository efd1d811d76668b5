"""Takes another value for what a customer said before, and goes back in the flow as far as that changes it."""

from datetime import UTC, datetime
from typing import Final

from bot import repair
from bot.cues import Correction, correction, named, names_of, without_name
from bot.draft import Draft
from bot.flows import slots as values
from bot.flows.engine import END_OF_FLOW
from bot.flows.model import Flow, Step
from bot.reading import Heard, without_kinds_of_number
from bot.runner import fill_slot
from bot.understanding.entities import find


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
    taken = correction(heard)
    filled = [
        draft.pack.slots[name]
        for name in reversed(draft.slots)
        if name in flow.collects and name != step.name and draft.slots[name] is not None
    ]
    # "Next Tuesday", where none of the choices is meant: another value for what was said before.
    instead = value is None and slot is not None and slot.type == "choice" and repair.bare(heard, filled)
    if taken is None and slot is not None and not instead:
        return False
    changes = _changes(draft, heard, filled)
    if not changes and taken is not None:
        changes = _instead(draft, heard, filled, taken, slot, value)
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
    """Other values that the message names for slots that are filled: "not the mobile, the landline"."""
    changes: dict[str, object] = {}
    entities = without_kinds_of_number(heard.entities, heard.text)
    for slot in filled:
        said = [entity for entity in entities if slot.entity and entity.name == slot.entity]
        for entity in sorted(said, key=lambda entity: entity.start):
            new = values.from_entities(slot, (entity,))
            if new is not None and new.value != draft.slots[slot.name]:
                changes[slot.name] = new.value
    return changes


def _instead(
    draft: Draft,
    heard: Heard,
    filled: list[values.Slot],
    taken: Correction,
    slot: values.Slot | None,
    value: values.Value | None,
) -> dict[str, object]:
    """By its name ("the number is wrong"), by what it is about ("no, since Monday"), else the last answer, where what is
    said now can be its value."""
    flow = draft.pack.flows[draft.stack[-1].flow]
    said = taken.about or heard.text
    for candidate in () if slot is not None and named(names_of(slot), said) else filled:
        names = names_of(candidate, _kinds(candidate, draft))
        if named(names, said) and repair.collecting(flow, candidate.name):
            rest = taken.rest if taken.about else without_name(names, taken.rest)
            if not candidate.free:
                rest = rest or taken.rest
            new = values.read(candidate, rest) if rest else None
            same = new is None or new.value == draft.slots[candidate.name]
            return {candidate.name: None if same or new is None else new.value}
    if taken.about or not taken.rest:
        return {}
    meant = {entity.name for entity in heard.entities if entity.text in taken.rest}
    for candidate in filled:
        if meant & _kinds(candidate, draft):
            return {candidate.name: taken.rest}
    if slot is None or value is not None or not filled:
        return {}
    last = filled[0]
    kinds = _kinds(last, draft)
    if kinds and not kinds & {entity.name for entity in heard.entities}:
        return {}
    new = values.read(last, taken.rest)
    if new is None or last.type == "yes_no" or new.value == draft.slots[last.name]:
        return {}
    return {last.name: new.value}


def _kinds(slot: values.Slot, draft: Draft) -> frozenset[str]:
    """What a free text is about, by the entities in it; they are not kept with it, and the day of writing does not
    change their kind."""
    value = draft.slots.get(slot.name)
    if slot.type != "text" or not slot.free or not isinstance(value, str):
        return frozenset()
    if len(value) > _SHORT:
        return frozenset()
    return frozenset(entity.name for entity in find(value, now=_ANY_DAY))


_ANY_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)
_SHORT: Final = 40
"""A longer text is a story, whose dates and names are not what it is about."""


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
