"""What people do to cases beside changing them: the events that put a case where it belongs."""

from core.event import PASSING, Event


class TicketLinked(Event, frozen=True, kw_only=True):
    """The ticket goes on in `conversation`, where its customer `contact` hears of it from now on. In the ticket's stream, and
    copied into that conversation and into the one that it left. `type` and `status` are those of the ticket at that time."""

    KIND = "ticket_linked"
    GUARD = PASSING
    ticket: str
    conversation: str
    contact: str = ""
    type: str = ""
    status: str = ""


class TicketMerged(Event, frozen=True, kw_only=True):
    """Two tickets were about one thing: `ticket` is given up, `into` goes on. In both tickets' streams, and copied into
    their conversations."""

    KIND = "ticket_merged"
    GUARD = PASSING
    ticket: str
    into: str


class TicketParted(Event, frozen=True, kw_only=True):
    """The merger of `ticket` into `into` is undone: `ticket` goes on by itself as it was, `into` keeps what was done to it
    meanwhile. In both tickets' streams, and copied into their conversations."""

    KIND = "ticket_parted"
    GUARD = PASSING
    ticket: str
    into: str


# In the streams of contacts ----------------------------------------------------------------------------------


class ContactJoined(Event, frozen=True, kw_only=True):
    """A person says that two contacts are one customer: `contact` belongs to `into` from now on. In both streams.

    `basis`: what spoke for it (account, phone, email), empty where only the person did.
    """

    KIND = "contact_joined"
    contact: str
    into: str
    basis: str = ""


class ContactParted(Event, frozen=True, kw_only=True):
    """The join of `contact` to `into` is undone; everything is as it was before it. In both streams."""

    KIND = "contact_parted"
    contact: str
    into: str
