"""Read models for the supervisor: who waited how long, what alerted, which flows are stopped, who wraps up what. Pure, one
event at a time.

A wait is a row that later events of its conversation settle: it ends when somebody takes it, and is answered by the
person's first words.
"""

from core import events as e
from core.views import CONVERSATIONS, Patch, Settle

WAITS, ALERTS, SWITCHES, WRAPS = "waits", "alerts", "switches", "wraps"

NEVER = -1
"""In `answered_at`: nobody will answer this wait any more."""

Changes = tuple[Patch | Settle, ...]
_ENDS = (e.HandoffTaken, e.TakenOver)
_LEAVES = (e.HandoffCancelled, e.HandoffReturned, e.Closed)
_COUNT = frozenset({e.AgentSaid, e.HandoffAsked, e.Transferred, *_ENDS, *_LEAVES, e.Alerted, e.WrappedUp})
"""All others, and with them nearly everything that the bot does, are passed over at once."""


def changes(recorded: e.Recorded) -> Changes:
    """What one event changes in these tables."""
    kind, _, key = recorded.stream.partition(":")
    if kind == "flow":
        return _switch(recorded, key)
    return _conversation(recorded, key) if kind == "conversation" else ()


def _conversation(recorded: e.Recorded, key: str) -> Changes:
    event = recorded.event
    if type(event) not in _COUNT:
        return ()
    if isinstance(event, e.AgentSaid):
        return (_settle(recorded, key, "answered_at", recorded.at),)
    if isinstance(event, e.HandoffAsked):
        return (*_ended(recorded, key), _wait(recorded, key, first=1))
    if isinstance(event, e.Transferred):
        if event.agent or event.skill:
            return (*_ended(recorded, key), _wait(recorded, key, first=0))
        return _left(recorded, key)
    if isinstance(event, _ENDS):
        return _ended(recorded, key)
    if isinstance(event, e.Closed) and event.wrap_until:
        return (*_left(recorded, key), _wrap(recorded, key, event))
    if isinstance(event, _LEAVES):
        return _left(recorded, key)
    if isinstance(event, e.WrappedUp):
        done = Patch(WRAPS, f"{key}:{event.closed}", {"ended_at": recorded.at, "disposition": event.disposition})
        return (done, Patch(CONVERSATIONS, key, {"disposition": event.disposition})) if event.disposition else (done,)
    if isinstance(event, e.Alerted):
        columns = {"conversation": key, "rule": event.rule, "about": event.seq, "seq": recorded.seq, "at": recorded.at}
        return (Patch(ALERTS, f"{key}:{recorded.seq}", columns),)
    return ()


def _wait(recorded: e.Recorded, key: str, first: int) -> Patch:
    columns = {"conversation": key, "seq": recorded.seq, "first": first, "asked_at": recorded.at}
    return Patch(WAITS, f"{key}:{recorded.seq}", columns)


def _wrap(recorded: e.Recorded, key: str, event: e.Closed) -> Patch:
    columns = {
        "conversation": key, "agent": recorded.by.name, "closed": recorded.seq, "began_at": recorded.at, "until": event.wrap_until,
    }  # fmt: skip
    return Patch(WRAPS, f"{key}:{recorded.seq}", columns)


def _settle(recorded: e.Recorded, key: str, column: str, value: int) -> Settle:
    return Settle(WAITS, key, recorded.seq, column, value)


def _ended(recorded: e.Recorded, key: str) -> Changes:
    return (_settle(recorded, key, "ended_at", recorded.at),)


def _left(recorded: e.Recorded, key: str) -> Changes:
    return (*_ended(recorded, key), _settle(recorded, key, "answered_at", NEVER))


def _switch(recorded: e.Recorded, key: str) -> Changes:
    event = recorded.event
    if not isinstance(event, e.FlowStopped | e.FlowResumed):
        return ()
    stopped = int(isinstance(event, e.FlowStopped))
    return (Patch(SWITCHES, key, {"stopped": stopped, "who": event.by, "at": recorded.at}),)
