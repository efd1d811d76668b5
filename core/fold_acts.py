"""What actions, proposals and their answers change in a conversation."""

from typing import Any

from msgspec.structs import replace

from core import events as e
from core.state import BOT, UNDOABLE, Call, Changes, Conversation, Frame, Handlers, answered


def _call(event: e.ActionCalled | e.ActionRefused | e.ActionProposed) -> Call:
    return Call(
        event.call, event.name, event.flow, event.step, event.arguments, event.in_reply_to,
        interface=event.interface, level=event.level, rules=getattr(event, "rules", ()),
        confirmer=getattr(event, "confirmer", ""), undo=getattr(event, "undo", ""), undoes=getattr(event, "undoes", ""),
        allowance=getattr(event, "allowance", ""), ticket=getattr(event, "ticket", ""),
    )  # fmt: skip


def _without(calls: tuple[Call, ...], call: str) -> tuple[Call, ...]:
    return tuple(one for one in calls if one.call != call)


def _action_called(c: Conversation, event: e.ActionCalled, at: e.Recorded) -> Changes:
    call = _call(event)
    if event.confirmer:  # a person released it: the dialogue does not wait for it
        aside = next((one.aside for one in c.proposals if one.call == event.call), ())
        return {"proposals": _without(c.proposals, event.call), "acts": (*c.acts, replace(call, aside=aside))}
    return _rests(c, event, call)


def _rests(c: Conversation, event: e.ActionCalled | e.ActionRefused, call: Call) -> Changes:
    """The turn goes on after this call, answered or refused."""
    if event.left:
        call = replace(call, left=tuple(said for said in c.unanswered if said.seq in event.left))
    return {"call": call, "turn": event.in_reply_to, "unanswered": answered(c, event.in_reply_to)}


def _action_refused(c: Conversation, event: e.ActionRefused, at: e.Recorded) -> Changes:
    released = next((one for one in c.proposals if one.call == event.call), None)
    if released is not None:
        return {"proposals": _without(c.proposals, event.call), **_resumed(c, released, "refused", {})}
    return _rests(c, event, replace(_call(event), outcome="refused"))


def _action_proposed(c: Conversation, event: e.ActionProposed, at: e.Recorded) -> Changes:
    proposals = {"proposals": (*c.proposals, replace(_call(event), aside=() if event.undoes else c.stack))}
    if event.undoes:
        return proposals
    # The flows step aside until a person has decided: meanwhile the customer can talk about anything.
    return {
        **proposals,
        "unanswered": answered(c, event.in_reply_to),
        "stack": (),
        "asks": None,
        "call": None,
    }


def _action_decided(c: Conversation, event: e.ActionDecided, at: e.Recorded) -> Changes:
    proposal = next((one for one in c.proposals if one.call == event.call), None)
    if proposal is None:
        return {}
    if event.approved:
        released = replace(proposal, confirmer=event.agent)
        return {"proposals": (*_without(c.proposals, event.call), released)}
    return {"proposals": _without(c.proposals, event.call), **_resumed(c, proposal, "rejected", {})}


def _resumed(c: Conversation, call: Call, outcome: str, result: dict[str, Any]) -> Changes:
    """The flow that had stepped aside for a person's click goes on where it stood."""
    running = {frame.flow for frame in c.stack}
    if c.mode != BOT or call.undoes or any(frame.flow in running for frame in call.aside):
        return {}
    return {
        "call": replace(call, outcome=outcome, result=result, aside=()),
        "turn": call.in_reply_to,
        "stack": _with_result((*c.stack, *call.aside), call.flow, result),
    }


def _with_result(stack: tuple[Frame, ...], flow: str, result: dict[str, Any]) -> tuple[Frame, ...]:
    position = next((i for i in range(len(stack) - 1, -1, -1) if stack[i].flow == flow), None)
    if position is None:
        return stack
    return (*stack[:position], replace(stack[position], result=result), *stack[position + 1 :])


def _action_returned(c: Conversation, event: e.ActionReturned, at: e.Recorded) -> Changes:
    act = next((one for one in c.acts if one.call == event.call), None)
    call = act or c.call
    if call is None or call.call != event.call:
        return {}
    if act is None:
        stack = _with_result(c.stack, call.flow, event.result)
        changes: Changes = {"call": replace(call, outcome=event.outcome, result=event.result), "stack": stack}
    else:
        changes = {"acts": _without(c.acts, event.call), **_resumed(c, act, event.outcome, event.result)}
    if event.outcome == "ok" and call.undoes:
        changes["undoable"] = _without(c.undoable, call.undoes)
    elif event.outcome == "ok" and call.undo:
        done = replace(call, outcome=event.outcome, result=event.result, aside=())
        changes["undoable"] = (*c.undoable, done)[-UNDOABLE:]
    return changes


ACTS: Handlers = {
    e.ActionCalled: _action_called,
    e.ActionRefused: _action_refused,
    e.ActionProposed: _action_proposed,
    e.ActionDecided: _action_decided,
    e.ActionReturned: _action_returned,
}
