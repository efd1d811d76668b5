"""Our voice: what plays, pauses, goes on and stops, and what was heard of it. Pure."""

from voice.turns.facts import Heard, Pause, PlayChunk, PlayMarked, PlayStarted, Resume, Stop
from voice.turns.playing import Playing
from voice.turns.timing import Timing
from voice.turns.utterance import Utterance


class Speaking:
    """At most one playback at a time. `said_until` is when the last one ended."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self.now: Playing | None = None
        self.paused_at: int | None = None
        self._said: Playing | None = None
        self._said_until = 0

    @property
    def audible(self) -> bool:
        """Our voice is on the line."""
        return self.now is not None and self.paused_at is None

    @property
    def yields_to_speech(self) -> bool:
        return self.now is not None and self.now.yields == "speech"

    @property
    def yields(self) -> bool:
        """Whether it may be stopped by a key."""
        return self.now is not None and self.now.yields != "nothing"

    def note(self, utterance: Utterance, at: int) -> None:
        """Tells an utterance what of our voice it runs beside, or could hear as an echo."""
        if self.now is not None:
            left = self.now.left(at)
            utterance.beside(self.now, at, over=True)
            utterance.in_full = left is not None and left <= self._timing.question_tail_ms
        elif self._said is not None and utterance.run <= self._said_until + self._timing.echo_ms:
            utterance.beside(self._said, at, over=False)

    def start(self, fact: PlayStarted, at: int) -> None:
        self.ended(at)
        self.now = Playing(fact.playback, at, fact.yields)

    def called(self, name: str) -> Playing | None:
        """The playback of this name, if it is the present one."""
        return self.now if self.now is not None and self.now.name == name else None

    def chunk(self, fact: PlayChunk, at: int) -> None:
        if (playing := self.called(fact.playback)) is not None:
            playing.add(at, fact.text, fact.ms, fact.mark, fact.last)

    def marked(self, fact: PlayMarked, at: int) -> None:
        if (playing := self.called(fact.playback)) is not None and self.paused_at is None:
            playing.reach(at, fact.mark)

    def lost_at(self) -> int | None:
        return None if self.now is None else self.now.lost_at(self._timing.lost_ms)

    def pause(self, at: int) -> Pause | None:
        """None when it cannot be paused, or is."""
        if self.now is None or not self.audible or not self.yields_to_speech:
            return None
        self.paused_at = at
        return Pause(at, self.now.name, self.now.pause(at))

    def resume(self, at: int) -> Resume | None:
        """None when it is not paused."""
        if self.now is None or self.paused_at is None:
            return None
        position, char = self.now.again(at, self._timing.resume_back_ms)
        self.now.resume(at, position)
        self.paused_at = None
        return Resume(at, self.now.name, position, char)

    def stop(self, at: int) -> tuple[Stop, Heard] | None:
        """None when nothing plays."""
        playing = self.now
        if playing is None:
            return None
        until = playing.heard(at)
        if not playing.paused:
            playing.pause(at)
        self.ended(at)
        return Stop(at, playing.name), Heard(at, playing.name, until, playing.text[:until])

    def ended(self, at: int) -> None:
        """What played is over."""
        if self.now is not None:
            self._said, self._said_until = self.now, at if self.paused_at is None else self.paused_at
        self.now, self.paused_at = None, None
