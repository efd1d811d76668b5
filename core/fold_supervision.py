"""What supervisors' acts change in a conversation."""

from core import events as e
from core.state import HUMAN, Changes, Conversation, Handlers


def _taken_over(c: Conversation, event: e.TakenOver, at: e.Recorded) -> Changes:
    return {
        "mode": HUMAN,
        "unanswered": (),
        "turn": (),
        "failures": 0,
        "call": None,
        "asks": None,
        "stack": (),
        "starts": (),
        "offer": None,
        "refused": (),
        "wanted": "",
        "assignee": event.agent,
        "assignee_name": event.name,
        "taken_at": at.at,
    }


def _stopped(c: Conversation, event: e.BotStopped, at: e.Recorded) -> Changes:
    return {"stopped": True}


def _resumed(c: Conversation, event: e.BotResumed, at: e.Recorded) -> Changes:
    return {"stopped": False}


SUPERVISION: Handlers = {e.TakenOver: _taken_over, e.BotStopped: _stopped, e.BotResumed: _resumed}
