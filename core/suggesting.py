"""Events of the help that an agent gets while talking: what was suggested, and what became of it."""

from typing import Any

import msgspec

from core.event import PASSING, Citation, Event

REPLY, KNOWLEDGE, ACTION, WARNING = "reply", "knowledge", "action", "warning"
"""Words for the customer; a passage to read; a step that one click runs; what to think of before sending."""


class Suggestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line for the agent. `internal`: it quotes a paper for agents, not for the customer's eyes. `flow` and `step`
    are the place in a flow that it comes from; `action` is what a click runs with `arguments`: an action of the pack,
    or `ticket:TYPE`."""

    kind: str
    text: str
    language: str
    citations: tuple[Citation, ...] = ()
    internal: bool = False
    flow: str = ""
    step: str = ""
    action: str = ""
    arguments: dict[str, Any] = {}


class Changed(msgspec.Struct, frozen=True):
    """One place of a text that was changed: the words before and after, either may be empty."""

    before: str
    after: str


class Suggested(Event, frozen=True, kw_only=True):
    """What was suggested after the event at seq `after` (a message of the customer, or the taking over).

    The id of the n-th one, from 1, is `CONVERSATION:SEQ:N` with the seq of this event. `kinds` are those of the
    suggestions, in order.
    """

    KIND = "suggested"
    PRIVATE = frozenset({"suggestions"})
    GUARD = PASSING
    after: int
    kinds: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


class SuggestionUsed(Event, frozen=True, kw_only=True):
    """`agent` took the suggestion, which was of the kind `type`. `edited` is the share of its words that were changed before sending (0: none, 1: all
    of them); `difference` has the changed places."""

    KIND = "suggestion_used"
    PRIVATE = frozenset({"difference"})
    GUARD = PASSING
    suggestion: str
    type: str
    agent: str
    edited: float = 0.0
    difference: tuple[Changed, ...] = ()


class SuggestionDismissed(Event, frozen=True, kw_only=True):
    """`agent` had no use for the suggestion of the kind `type`. `reason`: wrong, unfitting, known, other or empty; or the agent's words."""

    KIND = "suggestion_dismissed"
    PRIVATE = frozenset({"reason"})
    GUARD = PASSING
    suggestion: str
    type: str
    agent: str
    reason: str = ""
