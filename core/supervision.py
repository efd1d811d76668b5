"""What supervisors do: in a conversation, and to a flow. In the log as everything that happens."""

from core.event import PASSING, Event

# In the conversation's stream ------------------------------------------------------------------------------


class ListenedIn(Event, frozen=True, kw_only=True):
    """`by` began to read along; the customer does not see it."""

    KIND = "listened_in"
    GUARD = PASSING
    by: str


class TakenOver(Event, frozen=True, kw_only=True):
    """`agent` (a user name; `name` is what the customer sees) serves from here on. `before` is the colleague who served
    until now, empty where the bot did or nobody yet."""

    KIND = "taken_over"
    agent: str
    name: str = ""
    before: str = ""


class BotStopped(Event, frozen=True, kw_only=True):
    """From here on people alone serve this conversation, until `BotResumed` or its closing."""

    KIND = "bot_stopped"
    by: str


class BotResumed(Event, frozen=True, kw_only=True):
    """The bot may serve this conversation again."""

    KIND = "bot_resumed"
    by: str


# In the flow's stream --------------------------------------------------------------------------------------


class FlowStopped(Event, frozen=True, kw_only=True):
    """No turn goes on in `flow`; its customers get a person."""

    KIND = "flow_stopped"
    flow: str
    by: str


class FlowResumed(Event, frozen=True, kw_only=True):
    """`flow` serves again."""

    KIND = "flow_resumed"
    flow: str
    by: str
