"""What the machine did for a case, written where the people who work on it look."""

from core.conversation import Call, Conversation
from core.events import ActionReturned, Actor, TicketActed, TicketLinked, TicketOpened
from core.ports import Append, Journal
from tickets import numbers

PREFIX = "ticket:"


async def entry(
    journal: Journal, conversation: Conversation, call: Call, returned: ActionReturned, by: Actor, at: int,
    contacts: tuple[str, ...] = (),
) -> tuple[Append, ...]:
    """What to commit with the answer of a call that belongs to a ticket; a repetition adds nothing.

    `contacts` are one person with the conversation's. Empty where there is no such ticket, or where it is neither of them nor of this conversation: a customer
    may type any number.
    """
    number = numbers.normalise(call.ticket)
    history = [recorded.event for recorded in await journal.read(PREFIX + number)] if number else []
    if number is None or not history:
        return ()
    places = [event for event in history if isinstance(event, TicketOpened | TicketLinked)]
    if not any(at.contact in (conversation.contact, *contacts) or at.conversation == conversation.id for at in places):
        return ()
    acted = TicketActed(
        ticket=number, call=call.call, action=call.name, outcome=returned.outcome, level=call.level,
        confirmer=call.confirmer, undoes=call.undoes, result=returned.result,
    )  # fmt: skip
    return (Append(PREFIX + number, (acted,), by, at, key=f"returned:{call.call}"),)
