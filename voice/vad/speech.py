"""From probabilities to "started" and "ended". Pure: no clock, no sound."""

from typing import NamedTuple


class Change(NamedTuple):
    """They begin to speak (`speaking`), or have stopped. It became so `frames` frames ago, which made it certain."""

    speaking: bool
    frames: int


class Speech:
    """A debounce with hysteresis.

    Speech starts with `start_frames` in a row of at least `threshold`, and ends with `end_frames` in a row below
    `threshold - gap`. While our own voice is on the line (`raised`) the threshold is `threshold_raised`: what comes
    back as an echo is rarely as clear.
    """

    def __init__(
        self,
        start_frames: int = 3,  # 96 ms: a click or a breath is shorter
        end_frames: int = 3,  # 96 ms: a stop consonant is shorter, and no end of a turn is
        threshold: float = 0.5,  # what the makers of Silero advise
        threshold_raised: float = 0.8,
        gap: float = 0.15,  # theirs too: it keeps a soft vowel from being two
    ) -> None:
        self._start_frames, self._end_frames = start_frames, end_frames
        self._thresholds, self._gap = (threshold, threshold_raised), gap
        self._against = 0  # frames in a row that speak against the present state
        self.speaking = False

    def step(self, probability: float, raised: bool = False) -> Change | None:
        """The next frame; what it changes, or None."""
        threshold = self._thresholds[raised]
        against = probability < threshold - self._gap if self.speaking else probability >= threshold
        self._against = self._against + 1 if against else 0
        frames = self._end_frames if self.speaking else self._start_frames
        if self._against < frames:
            return None
        self.speaking, self._against = not self.speaking, 0
        return Change(self.speaking, frames)
