"""What happened, in the past tense. An event is frozen and versioned; streams of them are the only truth.

Each kind splits into a `body`, kept for ever, and a `private` part (words, names, numbers) that can be erased.
`PRIVATE` names the private fields. `GUARD` says which later appends have to be decided again when they were decided
without having seen this event (the conflict rule, see `core.ports.Append`).
"""

from typing import Any

import msgspec

from core.acts import (
    ActionCalled as ActionCalled, ActionDecided as ActionDecided, ActionProposed as ActionProposed,
    ActionRefused as ActionRefused, ActionReturned as ActionReturned, AllowanceReturned as AllowanceReturned,
    AllowanceTaken as AllowanceTaken, TicketActed as TicketActed,
)  # fmt: skip
from core.casework import (
    ContactJoined as ContactJoined, ContactParted as ContactParted, TicketLinked as TicketLinked, TicketMerged as TicketMerged,
    TicketParted as TicketParted,
)  # fmt: skip
from core.event import (
    AGENT as AGENT, BARRIER as BARRIER, CONFLICTING as CONFLICTING, CUSTOMER as CUSTOMER,
    MACHINE as MACHINE, PASSING as PASSING, SYSTEM as SYSTEM, THE_BOT as THE_BOT,
    THE_CUSTOMER as THE_CUSTOMER, THE_SYSTEM as THE_SYSTEM, Actor as Actor, Asks as Asks, Choice as Choice,
    Citation as Citation, Event as Event, File as File, Finding as Finding, Found as Found,
    Ranked as Ranked,
)  # fmt: skip
from core.starting import HookCalled as HookCalled, StartAsked as StartAsked, StartLeft as StartLeft  # fmt: skip
from core.suggesting import (
    Changed as Changed, Suggested as Suggested, Suggestion as Suggestion,
    SuggestionDismissed as SuggestionDismissed, SuggestionUsed as SuggestionUsed,
)  # fmt: skip
from core.supervision import (
    BotResumed as BotResumed, BotStopped as BotStopped, FlowResumed as FlowResumed, FlowStopped as FlowStopped,
    ListenedIn as ListenedIn, TakenOver as TakenOver,
)  # fmt: skip

# The conversation ------------------------------------------------------------------------------------------


class Started(Event, frozen=True, kw_only=True):
    KIND = "started"
    PRIVATE = frozenset({"attributes", "name"})
    channel: str
    language: str
    contact: str
    verified: bool = False
    pack: str = ""
    continues: str | None = None
    name: str = ""
    attributes: dict[str, Any] = {}


class CustomerSaid(Event, frozen=True, kw_only=True):
    KIND = "customer_said"
    PRIVATE = frozenset({"text", "payload", "files"})
    GUARD = PASSING
    id: str
    text: str = ""
    payload: str | None = None
    files: tuple[File, ...] = ()


class Understood(Event, frozen=True, kw_only=True):
    """How the machine read message `message` (a seq); `intent` is None when it is out of scope."""

    KIND = "understood"
    PRIVATE = frozenset({"entities"})
    message: int
    intent: str | None
    confidence: float
    language: str
    engine: str
    model: str
    ranking: tuple[Ranked, ...] = ()
    entities: tuple[dict[str, Any], ...] = ()


class FlowStarted(Event, frozen=True, kw_only=True):
    KIND = "flow_started"
    flow: str
    pack: str


class FlowMoved(Event, frozen=True, kw_only=True):
    """The flow on top of the stack now stands at `step`; `attempts` counts failed answers to its question."""

    KIND = "flow_moved"
    flow: str
    step: str
    attempts: int = 0


class FlowEnded(Event, frozen=True, kw_only=True):
    """`outcome`: completed, cancelled, handed_over, restarted or failed."""

    KIND = "flow_ended"
    flow: str
    outcome: str


class SlotFilled(Event, frozen=True, kw_only=True):
    """`source`: the seq of the message that said it, or 0 for the machine."""

    KIND = "slot_filled"
    PRIVATE = frozenset({"value"})
    name: str
    value: Any = None
    source: int = 0


class SlotCleared(Event, frozen=True, kw_only=True):
    KIND = "slot_cleared"
    name: str


class Verified(Event, frozen=True, kw_only=True):
    """The customer has shown who they are. `verify` is the pack's verification, `account` whose account it is;
    `call` is the check that said so, "" where the channel had proved it before."""

    KIND = "verified"
    PRIVATE = frozenset({"account"})
    verify: str
    account: str = ""
    call: str = ""


class LanguageChanged(Event, frozen=True, kw_only=True):
    KIND = "language_changed"
    language: str


class KnowledgeUsed(Event, frozen=True, kw_only=True):
    KIND = "knowledge_used"
    PRIVATE = frozenset({"question"})
    question: str
    passages: tuple[Found, ...]
    in_reply_to: tuple[int, ...]


class KnowledgeMissed(Event, frozen=True, kw_only=True):
    KIND = "knowledge_missed"
    PRIVATE = frozenset({"question"})
    question: str
    language: str
    best: float
    threshold: float
    in_reply_to: tuple[int, ...]


class BotSaid(Event, frozen=True, kw_only=True):
    """One part of one turn. The parts share `in_reply_to`; `more` says that another part of the turn follows.

    `response` names the pack's response, `flow` and `step` the place that spoke; `failure` marks "not understood".
    """

    KIND = "bot_said"
    PRIVATE = frozenset({"text", "quick_replies", "cards", "asks"})
    text: str
    language: str
    in_reply_to: tuple[int, ...] = ()
    quick_replies: tuple[Choice, ...] = ()
    cards: tuple[dict[str, Any], ...] = ()
    citations: tuple[Citation, ...] = ()
    asks: Asks | None = None
    response: str = ""
    flow: str = ""
    step: str = ""
    failure: bool = False
    more: bool = False


class AnswerStopped(Event, frozen=True, kw_only=True):
    """Words that a rule of the pack forbids were not sent; what was said instead follows. `text`: the stopped words."""

    KIND = "answer_stopped"
    PRIVATE = frozenset({"text"})
    GUARD = PASSING
    rule: str
    language: str
    response: str = ""
    flow: str = ""
    step: str = ""
    in_reply_to: tuple[int, ...] = ()
    text: str = ""


class Delivered(Event, frozen=True, kw_only=True):
    KIND = "delivered"
    GUARD = PASSING
    upto: int


class Seen(Event, frozen=True, kw_only=True):
    KIND = "seen"
    GUARD = PASSING
    upto: int


class Heard(Event, frozen=True, kw_only=True):
    """After barge-in on the phone: how much of what the bot said at seq `said` was heard."""

    KIND = "heard"
    PRIVATE = frozenset({"text"})
    GUARD = PASSING
    said: int
    text: str


class TurnFailed(Event, frozen=True, kw_only=True):
    KIND = "turn_failed"
    in_reply_to: tuple[int, ...]
    error: str
    attempts: int


# Tickets (in the ticket's stream, and copied into the conversation's) ---------------------------------------


class TicketOpened(Event, frozen=True, kw_only=True):
    KIND = "ticket_opened"
    PRIVATE = frozenset({"fields", "phone"})
    ticket: str
    type: str
    contact: str
    conversation: str | None = None
    language: str = ""
    skill: str = ""
    flow: str = ""
    step: str = ""
    in_reply_to: tuple[int, ...] = ()
    phone: str = ""
    fields: dict[str, Any] = {}


class TicketUpdated(Event, frozen=True, kw_only=True):
    """`note` is for the customer; `fields` are all of the ticket's when one changed; `version` is its new version."""

    KIND = "ticket_updated"
    PRIVATE = frozenset({"fields", "note"})
    GUARD = PASSING
    ticket: str
    status: str
    version: int = 0
    note: str = ""
    fields: dict[str, Any] = {}


# People ----------------------------------------------------------------------------------------------------


class HandoffAsked(Event, frozen=True, kw_only=True):
    """`reason`: asked, not_understood, failure, flow, limit, complaint; or what the pack's step says.

    `within_minutes`: how soon a person should take over, 0 where the pack names no time.
    """

    KIND = "handoff_asked"
    reason: str
    skill: str
    in_reply_to: tuple[int, ...] = ()
    priority: int = 0
    within_minutes: int = 0


class HandoffOffered(Event, frozen=True, kw_only=True):
    KIND = "handoff_offered"
    agent: str
    expires_at: int
    skill: str = ""


class HandoffDeclined(Event, frozen=True, kw_only=True):
    KIND = "handoff_declined"
    agent: str
    reason: str = ""


class HandoffExpired(Event, frozen=True, kw_only=True):
    KIND = "handoff_expired"
    agent: str


class HandoffTaken(Event, frozen=True, kw_only=True):
    """`agent` is the user name; `name` is what the customer sees."""

    KIND = "handoff_taken"
    agent: str
    name: str = ""


class HandoffReturned(Event, frozen=True, kw_only=True):
    KIND = "handoff_returned"
    agent: str


class HandoffCancelled(Event, frozen=True, kw_only=True):
    """The customer left the waiting line; the bot serves again. `reason`: nobody_there, where it let them go because
    nobody will come."""

    KIND = "handoff_cancelled"
    in_reply_to: tuple[int, ...] = ()
    reason: str = ""


class Transferred(Event, frozen=True, kw_only=True):
    """From one person back into the line: for `agent`, for `skill`, or to the bot (both empty). `priority` above 0 takes
    the place of the one before."""

    KIND = "transferred"
    PRIVATE = frozenset({"note"})
    by: str
    agent: str = ""
    skill: str = ""
    priority: int = 0
    note: str = ""


class AgentSaid(Event, frozen=True, kw_only=True):
    KIND = "agent_said"
    PRIVATE = frozenset({"text", "files"})
    GUARD = PASSING
    id: str
    agent: str
    name: str = ""
    text: str = ""
    files: tuple[File, ...] = ()


class AgentNoted(Event, frozen=True, kw_only=True):
    """`mentions`: accounts that the note calls. `thread`: the id of the question that it belongs to, its own where it is the
    question; `skill`: asked of whoever has it."""

    KIND = "agent_noted"
    PRIVATE = frozenset({"text"})
    GUARD = PASSING
    id: str
    agent: str
    mentions: tuple[str, ...] = ()
    thread: str = ""
    skill: str = ""
    text: str = ""


# Afterwards ------------------------------------------------------------------------------------------------


class Alerted(Event, frozen=True, kw_only=True):
    KIND = "alerted"
    PRIVATE = frozenset({"quote"})
    GUARD = PASSING
    rule: str
    seq: int = 0
    quote: str = ""


class Rated(Event, frozen=True, kw_only=True):
    """`score` from 1 (bad) to 5 (good)."""

    KIND = "rated"
    PRIVATE = frozenset({"comment"})
    GUARD = PASSING
    score: int
    comment: str = ""


class ContactLinked(Event, frozen=True, kw_only=True):
    KIND = "contact_linked"
    contact: str


class Closed(Event, frozen=True, kw_only=True):
    """`by`: customer, agent or silence. `wrap_until`: until when the agent who closed has time to wrap up, in microseconds
    since the epoch; 0: nothing is left to do."""

    KIND = "closed"
    GUARD = BARRIER
    by: str
    disposition: str = ""
    wrap_until: int = 0


class WrappedUp(Event, frozen=True, kw_only=True):
    """The work after the closing at seq `closed` is over, `seconds` after it. An empty `disposition`: the time was up; the
    agent may still name one, which is another of these."""

    KIND = "wrapped_up"
    GUARD = PASSING
    agent: str
    closed: int
    disposition: str = ""
    seconds: int = 0


class Reopened(Event, frozen=True, kw_only=True):
    KIND = "reopened"
    GUARD = BARRIER


class Scored(Event, frozen=True, kw_only=True):
    """The scorecard of the conversation up to the closing at seq `closed`; totals 0 to 100, None: nobody to score."""

    KIND = "scored"
    PRIVATE = frozenset({"quotes"})
    GUARD = PASSING
    closed: int
    scorecard: str
    bot: float | None
    person: float | None
    findings: tuple[Finding, ...]
    quotes: dict[str, str] = {}


class Erased(Event, frozen=True, kw_only=True):
    """The private part of every earlier event of this stream is gone."""

    KIND = "erased"
    by: str


class Unknown(Event, frozen=True, kw_only=True):
    """A kind that this version does not know: kept whole, ignored by the fold."""

    KIND = "unknown"
    GUARD = CONFLICTING
    kind: str
    body: dict[str, Any] = {}


KINDS: dict[str, type[Event]] = {
    kind.KIND: kind
    for kind in (
        Started, CustomerSaid, Understood, StartAsked, StartLeft, FlowStarted, FlowMoved, FlowEnded, SlotFilled, SlotCleared,
        Verified, LanguageChanged, ActionCalled, ActionRefused, ActionProposed, ActionDecided, ActionReturned, KnowledgeUsed,
        KnowledgeMissed, BotSaid, AnswerStopped, Delivered, Seen,
        Heard, TurnFailed, TicketOpened, TicketUpdated, HandoffAsked, HandoffOffered, HandoffDeclined,
        HandoffExpired, HandoffTaken, HandoffReturned, HandoffCancelled, Transferred, AgentSaid, AgentNoted,
        Alerted, Rated, ContactLinked, Closed, WrappedUp, Reopened, Scored, Erased, AllowanceTaken, AllowanceReturned,
        TicketActed, TicketLinked, TicketMerged, TicketParted, HookCalled, Suggested, SuggestionUsed, SuggestionDismissed,
        ListenedIn, TakenOver, BotStopped, BotResumed, FlowStopped, FlowResumed,
        ContactJoined, ContactParted,
    )
}  # fmt: skip


class Recorded(msgspec.Struct, frozen=True):
    """An event in its place: `(stream, seq)` is unique, seq counts from 1; `at` in microseconds since the epoch."""

    stream: str
    seq: int
    at: int
    by: Actor
    event: Event
