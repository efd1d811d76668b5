"""One utterance of the caller while it is being heard, decoded and judged."""

from voice.turns.facts import Asked, Words
from voice.turns.numbers import CLOSED, SPELLED
from voice.turns.playing import Playing
from voice.turns.timing import Timing
from voice.turns.words import Verdict, judge


class Utterance:
    """From its first sound to the verdict. Times are the call's milliseconds.

    `run` is when the present stretch of speech began, `quiet` when the present silence did (None while they speak).
    `attempt` counts the decodings, of which one at most is `pending`; `covered` says that it covers all speech.
    """

    def __init__(self, number: int, since: int) -> None:
        self.number = number
        self.since = self.run = since
        self.quiet: int | None = None
        self.spoken_ms = 0
        self.attempt = 0
        self.pending = False
        self.covered = False
        self.words: Words | None = None
        self.ended_at: int | None = None
        self.looked_at: int | None = None
        self.cut = False
        """It was ended by its length, not by silence."""
        self.ignored = False
        """It was found to be noise while it goes on: it does not pause our voice again."""
        self.over = False
        """Our voice was on the line meanwhile, and was not stopped for it."""
        self.in_full = True
        """What our voice asks had been said to the end when they spoke."""
        self._beside: tuple[Playing, int, int] | None = (
            None  # what may come back as an echo, and its part in ms
        )

    def speaks(self, since: int) -> None:
        """They speak, again or for the first time."""
        self.run, self.quiet = max(since, self.run if self.quiet is None else self.quiet), None
        self.covered, self.words = False, None

    def falls_silent(self, since: int, now: int) -> None:
        """They do not speak any more since then."""
        self.quiet = min(max(since, self.run), now)
        self.spoken_ms += self.quiet - self.run

    def beside(self, playing: Playing, at: int, over: bool) -> None:
        """`playing` is on the line while they speak, or (`over` false) was until now."""
        here = first = last = playing.position(at)
        if self._beside is not None and self._beside[0] is playing:  # which may have gone back meanwhile
            first, last = min(self._beside[1], here), max(self._beside[2], here)
        self._beside = (playing, first, last)
        self.over = self.over or over

    def verdict(self, words: Words, question: Asked, echo_ms: int) -> Verdict:
        """What those words are."""
        said = ""
        if self._beside is not None:
            playing, start, end = self._beside
            said = playing.between(start - echo_ms, end + echo_ms)
        return judge(
            words.text, words.confidence, words.no_speech, question,
            over=self.over, in_full=self.in_full, said=said,
        )  # fmt: skip


def end_at(utterance: Utterance, question: Asked, timing: Timing, complete: bool | None) -> int:
    """When silence is its end. `complete`: whether a number is all there, None while that is not known."""
    quiet = utterance.quiet or 0
    if question.kind in CLOSED:
        return quiet + timing.closed_ms
    if question.kind not in SPELLED:
        return quiet + timing.open_ms
    return quiet + (timing.spelled_ms if complete else timing.incomplete_ms)


def longest(question: Asked, timing: Timing) -> int:
    """Milliseconds after which it is cut."""
    return timing.spelled_utterance_ms if question.kind in SPELLED else timing.utterance_ms
