"""Events of flows that nobody's words start."""

from typing import Any

from core.event import PASSING, Event


class StartAsked(Event, frozen=True, kw_only=True):
    """`flow` is to begin as soon as nobody waits for an answer. `by` says why: ticket (`name`: its number, `status`:
    its new state), webhook (`name`: what the other system called), timer (`name`: the flow that was completed) or
    nobody_there (`name`: the skill that was asked for).
    `slots` are filled first."""

    KIND = "start_asked"
    PRIVATE = frozenset({"slots"})
    GUARD = PASSING
    flow: str
    by: str
    name: str
    status: str = ""
    slots: dict[str, Any] = {}


class StartLeft(Event, frozen=True, kw_only=True):
    """The start asked for at seq `start` was left out. `reason`: running (the flow runs already), full (too many flows
    wait), unknown (the pack has no such flow now) or failed (out of attempts)."""

    KIND = "start_left"
    flow: str
    start: int
    reason: str


class HookCalled(Event, frozen=True, kw_only=True):
    """Another system called the webhook `name`; flows were asked for in these conversations. In a stream of its own,
    `hook:NAME:ID`, so that one call counts once."""

    KIND = "hook_called"
    name: str
    conversations: tuple[str, ...] = ()
