"""What happened around actions: the events of `core.events` that tell what the machine did to other systems."""

from typing import Any

from core.event import PASSING, Event

# In the conversation's stream ------------------------------------------------------------------------------


class ActionCalled(Event, frozen=True, kw_only=True):
    """Committed before the call. `call` is the idempotency key `stream:seq:name` given to the other system.

    `level` (1 to 5) is the autonomy that the gate ruled, `rules` are those that it looked at, `confirmer` the person
    who released it (empty: the machine did), `undo` the action that takes it back, `undoes` the call taken back.
    `left` are the messages of `in_reply_to` that the turn deals with only after the answer. `allowance` is the stream
    in which it counts against a limit of the day (empty: it has none), `ticket` the number of the ticket that it
    belongs to.
    """

    KIND = "action_called"
    PRIVATE = frozenset({"arguments"})
    call: str
    name: str
    interface: str
    flow: str
    step: str
    in_reply_to: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    level: int = 0
    rules: tuple[str, ...] = ()
    confirmer: str = ""
    undo: str = ""
    undoes: str = ""
    allowance: str = ""
    ticket: str = ""
    arguments: dict[str, Any] = {}


class ActionRefused(Event, frozen=True, kw_only=True):
    """The gate did not let an action through; nothing was called. `rule` names why."""

    KIND = "action_refused"
    PRIVATE = frozenset({"arguments"})
    call: str
    name: str
    interface: str
    flow: str
    step: str
    rule: str
    level: int = 0
    in_reply_to: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    arguments: dict[str, Any] = {}


class ActionProposed(Event, frozen=True, kw_only=True):
    """Prepared by the machine, waiting for a person's click. `rules` are those that the gate looked at."""

    KIND = "action_proposed"
    PRIVATE = frozenset({"arguments"})
    call: str
    name: str
    interface: str
    flow: str
    step: str
    level: int
    rules: tuple[str, ...] = ()
    undo: str = ""
    undoes: str = ""
    ticket: str = ""
    in_reply_to: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    arguments: dict[str, Any] = {}


class ActionDecided(Event, frozen=True, kw_only=True):
    """A person's click: `agent` approved the proposal `call`, or not."""

    KIND = "action_decided"
    PRIVATE = frozenset({"note"})
    call: str
    name: str
    approved: bool
    agent: str
    note: str = ""


class ActionReturned(Event, frozen=True, kw_only=True):
    """`outcome`: ok, failed (the other side said no), or unknown (no answer, and nothing tells what became of it)."""

    KIND = "action_returned"
    PRIVATE = frozenset({"result"})
    call: str
    name: str
    outcome: str
    result: dict[str, Any] = {}
    error: str = ""
    milliseconds: int = 0


# In the ticket's stream ------------------------------------------------------------------------------------


class TicketActed(Event, frozen=True, kw_only=True):
    """What an action did for the ticket, for people at the desk; the customer hears of it in the conversation.

    Commits together with the call's `ActionReturned`, whose outcome and result it repeats. `level` is the autonomy
    that the gate ruled, `confirmer` the person who released it, `undoes` the call that it took back.
    """

    KIND = "ticket_acted"
    PRIVATE = frozenset({"result"})
    GUARD = PASSING
    ticket: str
    call: str
    action: str
    outcome: str
    level: int = 0
    confirmer: str = ""
    undoes: str = ""
    result: dict[str, Any] = {}


# In the contact's stream -----------------------------------------------------------------------------------


class AllowanceTaken(Event, frozen=True, kw_only=True):
    """The call of an action that is limited for each day; commits together with its `ActionCalled`.

    It disturbs every other ruling on this contact's limits: that one has to count again. `amount` is the money in it;
    None: erased.
    """

    KIND = "allowance_taken"
    PRIVATE = frozenset({"amount"})
    call: str
    action: str
    amount: float | None = None


class AllowanceReturned(Event, frozen=True, kw_only=True):
    """It is sure that the call did nothing, so it does not count."""

    KIND = "allowance_returned"
    GUARD = PASSING
    call: str
