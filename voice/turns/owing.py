"""Who owes an answer, since when, and what is done about a caller who gives none: again, keys, a person. Pure."""

from voice.turns.facts import AskAgain, HandOver, HangUp, OfferKeys
from voice.turns.timing import Limits


class Owing:
    """`caller` and `bot` are the times since when that side owes one; neither does while we speak.

    `handed`: a person was asked for, and nobody waits until the bot asks something again.
    """

    def __init__(self, limits: Limits, at: int) -> None:
        self._limits = limits
        self._failures = 0
        self.caller: int | None = at
        self.bot: int | None = None
        self.handed = False

    def we_speak(self) -> None:
        """Nobody owes one."""
        self.caller = self.bot = None

    def we_spoke(self, now: int) -> None:
        """It is the caller's turn."""
        self.caller = None if self.handed else now

    def asked(self, now: int) -> None:
        """The bot asks something, and so has the call again."""
        if self.handed:
            self.handed, self.caller = False, now

    def understood(self, now: int) -> None:
        """The caller has said something: the bot owes one, since the first that it has not answered."""
        self._failures, self.caller = 0, None
        if not self.handed and self.bot is None:
            self.bot = now

    def revoked(self, now: int) -> None:
        """It was not all that they had to say."""
        self.bot = None
        self.we_spoke(now)

    def fails(self, now: int, why: str) -> AskAgain | OfferKeys | HandOver | HangUp:
        """What is done now. `why`: "silence" or "unclear"."""
        self.caller = now
        self._failures += 1
        if self._failures <= self._limits.again:
            return AskAgain(now, why, self._failures)
        if self._failures <= self._limits.again + self._limits.keys:
            return OfferKeys(now, why)
        return HangUp(now, why) if self._limits.last == "hang_up" else self.hand_over(now, why)

    def hand_over(self, now: int, why: str) -> HandOver:
        """A person is needed."""
        self.handed, self.caller, self.bot = True, None, None
        return HandOver(now, why)
