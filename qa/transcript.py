"""A conversation as a reviewer reads it: who spoke when, and who was serving. Pure; takes any list of
events.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core import events as e
from core.conversation import BOT, CLOSED, HUMAN, WAITING

PERSON = "person"
"""With `BOT`, the two whom a check judges."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words of the bot or a person; `at` in microseconds since the epoch, `asks_yes_no` marks a
    confirmation.
    """

    seq: int
    at: int
    text: str
    asks_yes_no: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """The parts of one answer of the bot, sharing `in_reply_to`; `seq` and `at` are the first part's."""

    seq: int
    at: int
    in_reply_to: tuple[int, ...]
    failure: bool
    cited: bool


@dataclass(frozen=True, slots=True)
class Transcript:
    """`modes[i]` is the mode in which `events[i]` happened; `erased`: the words are gone and cannot be
    judged.
    """

    events: tuple[e.Recorded, ...]
    modes: tuple[str, ...]
    erased: bool

    def said(self, who: str) -> list[Utterance]:
        """What the bot or the people said, in order, without empty words."""
        found: list[Utterance] = []
        for r in self.events:
            event = r.event
            if who == BOT and isinstance(event, e.BotSaid) and event.text:
                confirms = event.asks is not None and event.asks.type == "yes_no"
                found.append(Utterance(r.seq, r.at, event.text, confirms))
            elif who == PERSON and isinstance(event, e.AgentSaid) and event.text:
                found.append(Utterance(r.seq, r.at, event.text))
        return found

    def customer(self, *modes: str) -> list[e.Recorded]:
        """The customer's messages that came in one of the modes."""
        return [
            r
            for r, mode in zip(self.events, self.modes, strict=True)
            if isinstance(r.event, e.CustomerSaid) and mode in modes
        ]

    def turns(self) -> list[Turn]:
        """The bot's answers in order."""
        turns: list[Turn] = []
        for r in self.events:
            event = r.event
            if not isinstance(event, e.BotSaid) or not event.in_reply_to:
                continue
            cited = bool(event.citations)
            last = turns[-1] if turns else None
            if last is not None and last.in_reply_to == event.in_reply_to:
                turns[-1] = Turn(
                    last.seq, last.at, last.in_reply_to, last.failure or event.failure, last.cited or cited
                )
            else:
                turns.append(Turn(r.seq, r.at, event.in_reply_to, event.failure, cited))
        return turns

    def until_closed(self, seq: int) -> list[e.Recorded]:
        """Events after `seq`, up to and with the next closing."""
        found: list[e.Recorded] = []
        for r in self.events:
            if r.seq > seq:
                found.append(r)
                if isinstance(r.event, e.Closed):
                    break
        return found


def read(events: Iterable[e.Recorded]) -> Transcript:
    """Puts events in order and finds the mode of each. Gaps and unknown kinds do no harm."""
    ordered = tuple(sorted(events, key=lambda r: r.seq))
    erased = any(isinstance(r.event, e.Erased) for r in ordered)
    return Transcript(ordered, _modes(ordered), erased)


def _modes(events: Sequence[e.Recorded]) -> tuple[str, ...]:
    mode, modes = BOT, []
    for r in events:
        event = r.event
        if isinstance(event, e.AgentSaid) and mode in (BOT, WAITING):
            # A transcript from elsewhere may not say when a person took over.
            mode = HUMAN
        modes.append(mode)
        if isinstance(event, e.HandoffAsked):
            mode = WAITING
        elif isinstance(event, e.HandoffTaken | e.TakenOver):
            mode = HUMAN
        elif isinstance(event, e.Transferred):
            mode = WAITING if event.agent or event.skill else BOT
        elif isinstance(event, e.HandoffReturned | e.HandoffCancelled | e.Reopened):
            mode = BOT
        elif isinstance(event, e.Closed):
            mode = CLOSED
    return tuple(modes)
