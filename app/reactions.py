"""The map of the system: which event makes what happen next. Jobs and timers commit together with their event."""

from collections.abc import Callable, Sequence

from app import alerts
from app.alerts import ALERT as ALERT
from app.starts import START as START
from app.starts import timer
from bot.flows.model import TICKET_CHANGE
from bot.pack import BotPack
from core import events as e
from core.conversation import PREFIX
from core.ports import NewJob
from core.time import MINUTE
from qa.alerts import AlertRules
from tickets.types import OPEN

TURN, QUEUE, OFFER, SILENCE, QA, NOTIFY = "turn", "queue", "offer", "silence", "qa", "notify"
ASSIST = "assist"
WRAP_UP = "wrap_up"
MENTION = "mention"

JOBS: dict[type[e.Event], tuple[str, ...]] = {
    e.CustomerSaid: (TURN,),
    e.ActionDecided: (TURN,),
    e.StartAsked: (TURN,),
    e.HandoffAsked: (QUEUE,),
    e.Transferred: (QUEUE,),
    e.HandoffDeclined: (QUEUE,),
    e.HandoffExpired: (QUEUE,),
    e.HandoffTaken: (ASSIST,),
    e.Closed: (QA,),
}
"""Events of a conversation → the reactions that follow each."""

TICKET_JOBS: dict[type[e.Event], tuple[str, ...]] = {e.TicketUpdated: (NOTIFY,)}
"""Events of a ticket → the reactions that follow each."""


def reactions(
    silence: Callable[[], tuple[int, int]],
    pack: Callable[[], BotPack | None] = lambda: None,
    rules: Callable[[], AlertRules | None] = lambda: None,
    served: Callable[[str], bool] = lambda stream: False,
) -> Callable[[str, e.Event, int], Sequence[NewJob]]:
    """`silence` gives the minutes until a silent customer is asked, and from there until the conversation closes; `pack`
    the one whose flows may start by a ticket or a timer (None: none do), `rules` what alerts (None: nothing); `served`
    tells whether a person serves in a stream, who then gets suggestions."""
    jobs = {kind: tuple(NewJob(name) for name in names) for kind, names in JOBS.items()}
    ticket_jobs = {kind: tuple(NewJob(name) for name in names) for kind, names in TICKET_JOBS.items()}

    def react(stream: str, event: e.Event, at: int) -> Sequence[NewJob]:
        kind = type(event)
        if stream.startswith("ticket:"):
            if isinstance(event, e.TicketOpened):
                serving = pack()
                starts = serving is not None and serving.triggered_by(TICKET_CHANGE, event.type, OPEN)
                return (NewJob(NOTIFY),) if starts else ()
            return ticket_jobs.get(kind, ())
        if isinstance(event, e.CustomerSaid) and served(stream):
            return (*jobs[e.CustomerSaid], NewJob(ASSIST))
        if isinstance(event, e.BotSaid):
            if event.more:
                return ()
            ask, close = silence()
            minutes = close if event.response == "utter_silence" else ask
            return (NewJob(SILENCE, due=at + minutes * MINUTE),)
        if isinstance(event, e.AgentNoted):
            return (NewJob(MENTION),) if event.mentions else ()
        if isinstance(event, e.Closed) and event.wrap_until:
            # Each closing has a timer of its own: a later one does not take its place.
            return (*jobs[e.Closed], NewJob(f"{WRAP_UP}:{event.wrap_until}", due=event.wrap_until))
        if isinstance(event, e.HandoffOffered):
            return (NewJob(OFFER, due=event.expires_at),)
        if isinstance(event, e.FlowEnded):
            serving = pack() if event.outcome == "completed" else None
            timed = serving.timed(event.flow) if serving is not None else ()
            return [NewJob(timer(flow, minutes, event.flow), due=at + minutes * MINUTE) for flow, minutes in timed]
        return jobs.get(kind, ())

    def watched(stream: str, event: e.Event, at: int) -> Sequence[NewJob]:
        found, watching = react(stream, event, at), rules()
        more = alerts.jobs(event, at, watching) if watching is not None and stream.startswith(PREFIX) else ()
        return (*found, *more) if more else found

    return watched
