"""What the person who takes over is told: taken from the log, nothing added, nothing left out. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from core import events as e
from core.conversation import Conversation
from handoff.mood import Mood, mood_of
from handoff.words import CHANNELS, OUTCOMES, REASONS, Labels, said, substantive, template


class Customer(msgspec.Struct, frozen=True):
    """As far as known; empty when not."""

    name: str
    contact: str


class Asked(msgspec.Struct, frozen=True):
    """A message of the customer that says something."""

    seq: int
    text: str


class Source(msgspec.Struct, frozen=True):
    """A page that an answer rests on."""

    document: str
    title: str
    version: str


class Answered(msgspec.Struct, frozen=True):
    """What the bot answered to the question at `seq`."""

    seq: int
    question: str
    answer: str
    sources: tuple[Source, ...]


class Tried(msgspec.Struct, frozen=True):
    """A flow, an action of it or a search, and how it went."""

    flow: str
    outcome: str
    text: str


class Slot(msgspec.Struct, frozen=True):
    """Something that the customer has said; `value` as a person reads it."""

    name: str
    label: str
    value: str


class Ticket(msgspec.Struct, frozen=True):
    """A case of this conversation with its last known status; `into`: the case that it was merged into."""

    ticket: str
    type: str
    status: str
    into: str = ""


class FileSent(msgspec.Struct, frozen=True):
    """A file of the message at `seq`; `by`: customer or agent, `size` in bytes."""

    seq: int
    by: str
    file: str
    name: str
    type: str
    size: int


class Summary(msgspec.Struct, frozen=True):
    """`text` has three lines in `language`: who and why; what was asked and tried; what is known."""

    conversation: str
    reason: str
    language: str
    channel: str
    customer: Customer
    asked: tuple[Asked, ...]
    answered: tuple[Answered, ...]
    tried: tuple[Tried, ...]
    slots: tuple[Slot, ...]
    tickets: tuple[Ticket, ...]
    sources: tuple[Source, ...]
    files: tuple[FileSent, ...]
    mood: Mood
    text: str


def summarise(
    events: Sequence[e.Recorded], conversation: Conversation, labels: Labels, language: str = ""
) -> Summary:
    """The summary of `events`, whose fold is `conversation`, in `language` (empty: the conversation's).

    Slots that were cleared are out. A message that only answered the bot's question and stands among the
    slots is not repeated under `asked`.
    """
    language = language or conversation.language or "zh"
    asked = _asked(events, conversation)
    slots = tuple(_slot(name, value, labels, language) for name, value in conversation.slots.items())
    parts = Summary(
        conversation=conversation.id,
        reason=conversation.reason,
        language=language,
        channel=conversation.channel,
        customer=Customer(conversation.name, conversation.contact),
        asked=asked,
        answered=_answered(events, asked),
        tried=_tried(events, labels, language),
        slots=slots,
        tickets=_tickets(events),
        sources=_sources(r.event for r in events),
        files=_files(events),
        mood=mood_of([(r.seq, r.event.text) for r in events if isinstance(r.event, e.CustomerSaid)]),
        text="",
    )
    return msgspec.structs.replace(parts, text=_text(parts, labels))


NODS = frozenset({"affirm", "deny", "ask_person", "greet", "thanks", "goodbye"})
"""What these messages meant stands elsewhere in the summary, or is courtesy."""


def _asked(events: Sequence[e.Recorded], conversation: Conversation) -> tuple[Asked, ...]:
    given: set[int] = set()
    reading = 0
    opened_flow: set[int] = set()
    question: e.Asks | None = None
    answers: dict[int, str] = {}
    for r in events:
        event = r.event
        if isinstance(event, e.BotSaid):
            question = event.asks or question
        elif isinstance(event, e.CustomerSaid) and question is not None:
            answers[r.seq] = question.slot
        elif isinstance(event, e.Understood):
            reading = event.message
            if event.intent in NODS:
                given.add(reading)
        elif isinstance(event, e.FlowStarted):
            opened_flow.add(reading)
        elif (
            isinstance(event, e.SlotFilled)
            and answers.get(event.source) == event.name
            and event.value is not None
            and conversation.slots.get(event.name) == event.value
        ):
            given.add(event.source)
    given -= opened_flow
    return tuple(
        Asked(r.seq, r.event.text)
        for r in events
        if isinstance(r.event, e.CustomerSaid) and r.seq not in given and substantive(r.event.text)
    )


def _answered(events: Sequence[e.Recorded], asked: Sequence[Asked]) -> tuple[Answered, ...]:
    questions = {item.seq: item.text for item in asked}
    turns: dict[tuple[int, ...], list[e.BotSaid]] = {}
    unsolved: set[tuple[int, ...]] = set()
    for r in events:
        event = r.event
        if isinstance(event, e.BotSaid) and event.in_reply_to:
            turns.setdefault(event.in_reply_to, []).append(event)
        elif isinstance(event, e.KnowledgeMissed | e.TurnFailed | e.HandoffAsked):
            unsolved.add(event.in_reply_to)
    found: list[Answered] = []
    for seqs, parts in turns.items():
        sources = _sources(parts)
        open_end = seqs in unsolved or any(part.failure or part.asks for part in parts)
        answer = "\n".join(part.text for part in parts if part.text and not part.asks)
        if not answer or (open_end and not sources):
            continue
        found += [Answered(seq, questions[seq], answer, sources) for seq in seqs if seq in questions]
    return tuple(found)


def _tried(events: Sequence[e.Recorded], labels: Labels, language: str) -> tuple[Tried, ...]:
    tried: list[tuple[str, str, str]] = []
    calls: dict[str, str] = {}
    for r in events:
        event = r.event
        if isinstance(event, e.FlowStarted):
            tried.append((event.flow, "running", ""))
        elif isinstance(event, e.FlowEnded):
            running = [i for i, item in enumerate(tried) if item == (event.flow, "running", "")]
            if running:
                tried[running[-1]] = (event.flow, event.outcome, "")
        elif isinstance(event, e.ActionCalled):
            calls[event.call] = event.flow
        elif isinstance(event, e.ActionReturned) and event.outcome != "ok":
            tried.append((calls.get(event.call, ""), event.outcome, event.name))
        elif isinstance(event, e.KnowledgeMissed):
            tried.append(("", "missed", event.question))
    return tuple(_tried_words(flow, outcome, detail, labels, language) for flow, outcome, detail in tried)


def _tried_words(flow: str, outcome: str, detail: str, labels: Labels, language: str) -> Tried:
    name = said(labels.flows.get(flow), language, flow)
    if outcome == "missed":
        name = template("knowledge", language)
    words = template("flow", language, flow=name, outcome=said(OUTCOMES.get(outcome), language, outcome))
    text = template("pair", language, label=words, value=detail) if detail else words
    return Tried(flow, outcome, text)


def _slot(name: str, value: Any, labels: Labels, language: str) -> Slot:
    if isinstance(value, bool):
        shown = template("yes" if value else "no", language)
    elif isinstance(value, str):
        shown = said(labels.values.get(name, {}).get(value), language, value)
    else:
        shown = msgspec.json.encode(value).decode()
    return Slot(name, said(labels.slots.get(name), language, name), shown)


def _tickets(events: Sequence[e.Recorded]) -> tuple[Ticket, ...]:
    tickets: dict[str, Ticket] = {}
    for r in events:
        event = r.event
        if isinstance(event, e.TicketOpened):
            tickets[event.ticket] = Ticket(event.ticket, event.type, "open")
        elif isinstance(event, e.TicketUpdated):
            before = tickets.get(event.ticket)
            tickets[event.ticket] = Ticket(event.ticket, before.type if before else "", event.status)
        elif isinstance(event, e.TicketLinked):
            tickets[event.ticket] = Ticket(event.ticket, event.type, event.status)
        elif isinstance(event, e.TicketMerged) and (before := tickets.get(event.ticket)):
            tickets[event.ticket] = msgspec.structs.replace(before, into=event.into)
        elif isinstance(event, e.TicketParted) and (before := tickets.get(event.ticket)):
            tickets[event.ticket] = msgspec.structs.replace(before, into="")
    return tuple(tickets.values())


def _files(events: Iterable[e.Recorded]) -> tuple[FileSent, ...]:
    return tuple(
        FileSent(r.seq, r.by.executor, file.file, file.name, file.type, file.size)
        for r in events
        if isinstance(r.event, e.CustomerSaid | e.AgentSaid)
        for file in r.event.files
    )


def _sources(events: Iterable[e.Event]) -> tuple[Source, ...]:
    found = {
        Source(citation.document, citation.title, citation.version): None
        for event in events
        if isinstance(event, e.BotSaid)
        for citation in event.citations
    }
    return tuple(found)


def _text(summary: Summary, labels: Labels) -> str:
    language = summary.language
    between, end = template("between", language), template("end", language)
    head = template(
        "head",
        language,
        customer=summary.customer.name.strip() or template("customer", language),
        channel=said(CHANNELS.get(summary.channel), language, summary.channel or "?"),
        reason=said(REASONS.get(summary.reason), language, summary.reason or "?"),
    )
    quoted = [template("quoted", language, words=item.text) for item in summary.asked]
    asked = template("asked", language, asked=between.join(quoted))
    second = [asked if quoted else template("asked_nothing", language)]
    if summary.tried:
        second.append(template("tried", language, tried=between.join(t.text for t in summary.tried)))
    third: list[str] = []
    if summary.slots:
        pairs = [template("pair", language, label=s.label, value=s.value) for s in summary.slots]
        third.append(template("known", language, slots=between.join(pairs)))
    if summary.tickets:
        shown = [_ticket_words(item, labels, language) for item in summary.tickets]
        third.append(template("tickets", language, tickets=between.join(shown)))
    if summary.sources:
        titles = dict.fromkeys(source.title for source in summary.sources)
        third.append(template("sources", language, sources=between.join(titles)))
    if summary.files:
        third.append(template("files", language, files=between.join(file.name for file in summary.files)))
    last = end.join(third) + end if third else template("nothing", language)
    return "\n".join(_line(line) for line in (head, end.join(second) + end, last))


def _ticket_words(item: Ticket, labels: Labels, language: str) -> str:
    if item.into:
        return template("ticket_merged", language, ticket=item.ticket, into=item.into)
    return template(
        "ticket",
        language,
        ticket=item.ticket,
        type=said(labels.tickets.get(item.type), language, item.type or "?"),
        status=said(labels.statuses.get(item.type, {}).get(item.status), language, item.status),
    )


def _line(text: str) -> str:
    return " ".join(text.split())
