"""A conversation written down line by line, for the tests of the checks."""

from typing import Any

import msgspec

from core import events as e
from core.time import SECOND
from qa.checks import FAMILIES
from qa.checks.base import Result
from qa.transcript import read


class Story:
    """Each call adds one event, one second after the last; `after` waits longer before the next."""

    def __init__(self) -> None:
        self.events: list[e.Recorded] = []
        self.now = 0.0

    def add(self, event: e.Event) -> int:
        self.now += 1
        seq = len(self.events) + 1
        self.events.append(e.Recorded("conversation:k", seq, round(self.now * SECOND), e.THE_SYSTEM, event))
        return seq

    def after(self, seconds: float) -> "Story":
        self.now += seconds - 1
        return self

    def customer(self, text: str, payload: str | None = None) -> int:
        return self.add(e.CustomerSaid(id=str(len(self.events)), text=text, payload=payload))

    def bot(self, text: str, *seqs: int, **more: Any) -> int:
        return self.add(e.BotSaid(text=text, language="zh", in_reply_to=seqs, **more))

    def agent(self, text: str) -> int:
        return self.add(e.AgentSaid(id=str(len(self.events)), agent="anna", text=text))

    def asked(self, *seqs: int) -> int:
        return self.add(e.HandoffAsked(reason="asked", skill="general", in_reply_to=seqs))

    def taken(self) -> int:
        return self.add(e.HandoffTaken(agent="anna"))

    def closed(self, by: str = "agent") -> int:
        return self.add(e.Closed(by=by))

    def ticket(self, *seqs: int, phone: str = "") -> int:
        return self.add(
            e.TicketOpened(ticket="F-1", type="fault", contact="c", in_reply_to=seqs, phone=phone)
        )

    def check(self, name: str, who: str = "bot", **params: Any) -> Result:
        family = FAMILIES[name]
        return family.prepare(who, msgspec.convert(params, family.params))(read(self.events))
