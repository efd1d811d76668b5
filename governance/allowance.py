"""What a contact had of an action: the fold of the contact's own stream. Pure."""

from collections.abc import Iterable
from math import fsum, inf

from core.events import AllowanceReturned, AllowanceTaken, Recorded
from governance.standing import Used


def used(events: Iterable[Recorded], action: str, since: int) -> Used:
    """What the events (in order) say of the calls of `action` from `since` on (microseconds since the epoch).

    A call counts from its `AllowanceTaken` until it is sure that it did nothing. An amount that was erased is above
    every limit: what cannot be looked at speaks against the action.
    """
    taken: dict[str, float] = {}
    version = 0
    for recorded in events:
        version = recorded.seq
        event = recorded.event
        if isinstance(event, AllowanceTaken):
            if event.action == action and recorded.at >= since:
                taken[event.call] = inf if event.amount is None else abs(event.amount)
        elif isinstance(event, AllowanceReturned):
            taken.pop(event.call, None)
    return Used(len(taken), fsum(taken.values()), version)
