"""The caller's utterances: the one that goes on and those that wait for their words. Pure.

Every utterance that begins leaves by `settled`, or by `drop_all`.
"""

from voice.turns.facts import Action, Cancel, Decode, Drop, Words
from voice.turns.utterance import Utterance

NOTHING = Words(0, 0, 0, "", 0.0, 1.0)
"""What a recogniser that does not answer is taken to have heard."""


class Listening:
    """`out` takes the actions. `waiting` is in the order in which they were said. Times are the call's milliseconds."""

    def __init__(self, out: list[Action]) -> None:
        self.current: Utterance | None = None
        self.waiting: list[Utterance] = []
        self._count = 0
        self._out = out

    @property
    def live(self) -> list[Utterance]:
        """All of them."""
        return [*self.waiting, *([self.current] if self.current else [])]

    def begin(self, since: int) -> Utterance:
        """A new one goes on."""
        self._count += 1
        self.current = Utterance(self._count, since)
        return self.current

    def decode(self, now: int, utterance: Utterance) -> None:
        """Has it recognised up to now; an earlier attempt is given up."""
        self.cancel(now, utterance)
        utterance.attempt += 1
        utterance.pending, utterance.covered = True, utterance.quiet is not None
        self._out.append(Decode(now, utterance.number, utterance.attempt, utterance.since, now))

    def look(self, now: int, utterance: Utterance) -> None:
        """Decodes what there is while they speak."""
        utterance.looked_at = now
        self.decode(now, utterance)

    def cancel(self, now: int, utterance: Utterance) -> None:
        """Gives up the attempt that is pending."""
        if utterance.pending:
            utterance.pending = False
            self._out.append(Cancel(now, utterance.number, utterance.attempt))

    def decoded(self, words: Words) -> Utterance | None:
        """The utterance whose pending attempt this answers; None for what was cancelled."""
        for utterance in self.live:
            if utterance.pending and (utterance.number, utterance.attempt) == (
                words.utterance,
                words.attempt,
            ):
                utterance.pending = False
                if utterance.covered:
                    utterance.words = words
                return utterance
        return None

    def end(self, now: int) -> None:
        """The one that goes on waits for its words from now on."""
        if (utterance := self.current) is None:
            return
        if not utterance.covered:
            self.decode(now, utterance)
        utterance.ended_at = now
        self.waiting.append(utterance)
        self.current = None

    def cut(self, now: int) -> tuple[Utterance, ...]:
        """They talk on: what there is becomes an utterance, and the rest another. (the first, the rest)."""
        if (utterance := self.current) is None:
            return ()
        utterance.falls_silent(now, now)
        utterance.cut = True
        self.end(now)
        rest = self.begin(now)
        rest.ignored = utterance.ignored
        return utterance, rest

    def give_up(self, now: int) -> None:
        """The recogniser does not answer for the first that waits."""
        self.cancel(now, self.waiting[0])
        self.waiting[0].words = NOTHING

    def drop(self, now: int, utterance: Utterance, why: str) -> None:
        """It is nobody's turn."""
        self._out.append(Drop(now, utterance.number, why))

    def drop_all(self, now: int, why: str) -> None:
        """None of them is."""
        live, self.waiting, self.current = self.live, [], None
        for utterance in live:
            self.cancel(now, utterance)
            self.drop(now, utterance, why)
