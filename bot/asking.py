"""A question put once more, in other words than before."""

from bot.draft import Draft
from bot.flows import slots as values
from bot.flows.model import CONFIRM, LIMIT, Flow, Step
from bot.reading import Heard
from bot.runner import wanted_slot


def ask_again(draft: Draft, heard: Heard, flow: Flow, step: Step) -> None:
    """The answer was none: ask once more, in other words; at the limit a person takes over."""
    attempts = draft.stack[-1].attempts + 1
    if attempts >= step.limit:
        draft.took(flow.id, step.id, LIMIT)
        draft.stand(step.id, attempts)
        draft.hand_over("limit")
        return
    draft.stand(step.id, attempts)
    if step.kind == CONFIRM:
        response = "utter_confirm_again" if draft.has("utter_confirm_again") else step.name
        draft.ask(flow.id, step.id, "", response)
        return
    slot = wanted_slot(draft, step)
    invalid, again, ask = (f"utter_{kind}_{step.name}" for kind in ("invalid", "ask_again", "ask"))
    tried = slot is not None and values.plausible(slot, heard.text)
    known = [name for name in ((invalid, again) if tried else (again, invalid)) if draft.has(name)]
    if not known and draft.has("utter_invalid"):
        draft.say("utter_invalid", flow=flow.id, step=step.id)
    if known and not tried:
        known.insert(1, ask)
    before = draft.conversation.last_response
    response = next((name for name in (*known, ask) if name != before), ask)
    draft.ask(flow.id, step.id, step.name, response, wanted=slot)
