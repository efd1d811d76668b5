"""What must hold after any number of kills, read from the database and asked of the service."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from app import settings as configuration
from app import storage
from app.backends import Backends
from channels.webchat import for_agent, visible
from core import conversation as conversations
from core import events as e
from core.conversation import BOT
from core.events import Recorded
from store import tables as t
from tests.faults.script import Progress
from tests.harness import Customer, Desk

QUIET_SECONDS = 40.0
POLL_SECONDS = 0.05


async def quiet(backends: Backends) -> None:
    """Returns when no job is open that could be worked now."""
    async with asyncio.timeout(QUIET_SECONDS):
        while await backends.store.pending():  # noqa: ASYNC110 (the jobs are another process's)
            await asyncio.sleep(POLL_SECONDS)


async def verify(
    data: Path, database_url: str, url: str, customers: Sequence[Customer], desk: Desk, progress: Progress
) -> dict[str, int]:
    """Raises AssertionError with the first thing that is wrong; returns what was counted."""
    settings = configuration.load(data=data, database_url=database_url)
    async with storage.opened(settings) as backends:
        await quiet(backends)
        store = backends.store
        assert await store.dead() == []
        assert await store.unscored(1000) == []
        counts: Counter[str] = Counter()
        async with httpx.AsyncClient(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {await desk.token()}"}, timeout=30
        ) as client:
            for customer in customers:
                stream = conversations.PREFIX + customer.conversation
                events = await store.read(stream)
                _log(events)
                _messages(customer, events, counts)
                _seen(customer, events)
                _closings(events, counts)
                _tickets(events, progress.tickets.get(customer.conversation, 0))
                await _served(client, customer.conversation, events)
                for recorded in events:
                    event = recorded.event
                    if isinstance(event, e.TicketOpened):
                        (first, *_) = await store.read(f"ticket:{event.ticket}")
                        assert first.event == event, f"{event.ticket} differs between the streams"
                        counts["tickets"] += 1
                _on_screen(customer, events, desk)
        async with backends.engine.connect() as connection:
            rows = (await connection.execute(select(func.count()).select_from(t.tickets))).scalar_one()
        assert rows == counts["tickets"], f"{rows} tickets for {counts['tickets']} confirmed flows"
        return dict(counts)


def _log(events: Sequence[Recorded]) -> None:
    assert [recorded.seq for recorded in events] == list(range(1, len(events) + 1)), "a gap in the log"
    assert not any(isinstance(recorded.event, e.TurnFailed) for recorded in events), "a turn was given up"


def _turns(events: Sequence[Recorded], seq: int) -> list[Recorded]:
    return [
        r for r in events if isinstance(r.event, e.BotSaid | e.HandoffAsked) and seq in r.event.in_reply_to
    ]


def _messages(customer: Customer, events: Sequence[Recorded], counts: Counter[str]) -> None:
    said = {r.event.id: r for r in events if isinstance(r.event, e.CustomerSaid)}
    assert sum(isinstance(r.event, e.CustomerSaid) for r in events) == len(said), "a message is there twice"
    assert set(customer.acked) <= set(said), "an acknowledged message is not there"
    assert set(customer.acked) == set(customer.words), "a message was not acknowledged"
    fold = conversations.empty(customer.conversation)
    modes = {}
    for recorded in events:
        modes[recorded.seq] = fold.mode
        fold = conversations.apply(fold, recorded)
    for id, seq in customer.acked.items():
        recorded = said[id]
        assert isinstance(recorded.event, e.CustomerSaid)
        assert recorded.seq == seq, f"{id} was acknowledged as {seq} and is {recorded.seq}"
        assert (recorded.event.text, recorded.event.payload) == customer.words[id], "the words differ"
        counts["messages"] += 1
        counts[f"in mode {modes[seq]}"] += 1
        if modes[seq] == BOT:
            _answered_once(events, seq)
    assert fold.mode == conversations.CLOSED, f"the conversation is {fold.mode}"


def _answered_once(events: Sequence[Recorded], seq: int) -> None:
    turns = _turns(events, seq)
    assert turns, f"message {seq} of {events[0].stream} was never answered"
    named = {r.event.in_reply_to for r in turns if isinstance(r.event, e.BotSaid | e.HandoffAsked)}
    assert len(named) == 1, f"message {seq} of {events[0].stream} is named by several turns: {named}"
    assert len({r.at for r in turns}) == 1, f"message {seq} of {events[0].stream} was answered twice"
    understood = sum(isinstance(r.event, e.Understood) and r.event.message == seq for r in events)
    assert understood == 1, f"message {seq} of {events[0].stream} was read {understood} times"


def _seen(customer: Customer, events: Sequence[Recorded]) -> None:
    """The customer got every event that a customer may see: each once (the client asserts it), in order, as it is.

    After the customer has closed nothing visible follows.
    """
    expected = [shown for r in events if (shown := visible(r)) is not None]
    assert list(customer.events.values()) == expected, f"{customer!r} saw something else"


def _closings(events: Sequence[Recorded], counts: Counter[str]) -> None:
    closed = [r.seq for r in events if isinstance(r.event, e.Closed)]
    scored = [r.event.closed for r in events if isinstance(r.event, e.Scored)]
    assert closed == sorted(scored), f"closed at {closed}, scored {scored}"
    counts["closings"] += len(closed)


def _tickets(events: Sequence[Recorded], expected: int) -> None:
    opened = [r.event.ticket for r in events if isinstance(r.event, e.TicketOpened)]
    assert len(opened) == len(set(opened)) == expected, f"{opened}, and {expected} flows were confirmed"


async def _served(client: httpx.AsyncClient, conversation: str, events: Sequence[Recorded]) -> None:
    fold = conversations.fold(conversations.empty(conversation), events)
    now = (await client.get(f"/conversations/{conversation}")).raise_for_status().json()
    assert (now["seq"], now["mode"], now["tickets"]) == (fold.version, fold.mode, list(fold.tickets))
    assert now["slots"] == fold.slots
    shown: list[Any] = []
    after: str | None = "0"
    while after is not None:
        query = {"after": after, "limit": "200"}
        page = (
            (await client.get(f"/conversations/{conversation}/events", params=query))
            .raise_for_status()
            .json()
        )
        shown += page["items"]
        after = page["next"]
    assert shown == [for_agent(r) for r in events], "the desk is shown another conversation"


def _on_screen(customer: Customer, events: Sequence[Recorded], desk: Desk) -> None:
    """What was said to a person is among the events that came to that person's screen or stood in the offer's log."""
    assignee = ""
    seen = desk.events.get(customer.conversation, {})
    for recorded in events:
        if isinstance(recorded.event, e.HandoffTaken):
            assignee = recorded.event.agent
        elif isinstance(recorded.event, e.Closed):
            assignee = ""
        elif isinstance(recorded.event, e.CustomerSaid) and assignee == desk.username:
            assert recorded.seq in seen, f"message {recorded.seq} never came to the desk"
