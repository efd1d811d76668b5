"""Whose turn it is: a machine without clock, sound or network, that takes facts and answers with actions.

It holds the caller's utterances (`_caller`) and our voice (`_ours`). What is to happen by time is a list of deadlines
computed anew from that state, so no timer can be forgotten; a fact that comes late finds them carried out in order,
each at its own time. Every state but the end has a deadline, and with a silent caller all of them lead to a question,
a person or the end.
"""

from collections.abc import Callable, Iterator

from voice.turns import facts as f
from voice.turns.keys import KEYS, Keypad
from voice.turns.listening import Listening
from voice.turns.numbers import SPELLED, complete
from voice.turns.owing import Owing
from voice.turns.speaking import Speaking
from voice.turns.timing import Limits, Timing
from voice.turns.utterance import Utterance, end_at, longest
from voice.turns.words import Verdict

Deadline = tuple[int, Callable[[], None]]


class Turns:
    """The turns of one call that begins at `at` with us, the bot.

    `is_complete(question, text)` says whether a number that is being said is all there.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        timing: Timing | None = None,
        is_complete: Callable[[f.Asked, str], bool] = complete,
        at: int = 0,
    ) -> None:
        self._timing = timing or Timing()
        self._limits = limits or Limits()
        self._is_complete = is_complete
        self._now = at
        self._out: list[f.Action] = []
        self._caller = Listening(self._out)
        self._ours = Speaking(self._timing)
        self._owing = Owing(self._limits, at)
        self._keypad = Keypad()
        self._question = f.Asked(at)
        self._taken: tuple[Utterance, int] | None = None  # what may be revoked, and when it was taken
        self._typed: list[tuple[str, str]] = []  # keys that wait for the end of what yields to nothing
        self._over = False

    @property
    def due(self) -> int | None:
        """When to `Tick` at the latest; None when a person has the call, or it is over, and nothing waits."""
        return None if (deadline := self._next()) is None else max(deadline[0], self._now)

    @property
    def audible(self) -> bool:
        """Our voice is on the line: the threshold for speech should be raised."""
        return self._ours.audible

    def take(self, fact: f.Fact) -> list[f.Action]:
        """What is to be done now. A fact with an earlier time than the last one counts as coming at that one."""
        at = max(fact.at, self._now)
        self._carry_out(at)
        if not self._over:
            self._hear(fact)
            self._settle()
            self._carry_out(at)
        out = list(self._out)
        self._out.clear()
        return out

    # Facts ------------------------------------------------------------------------------------------------------

    def _hear(self, fact: f.Fact) -> None:
        match fact:
            case f.SpeechStarted():
                self._speech_started(min(fact.since, self._now))
            case f.SpeechEnded():
                self._speech_ended(fact.since)
            case f.Partial():
                if self._caller.current is not None:
                    self._glance(self._caller.current, f.Words(self._now, 0, 0, fact.text, fact.confidence))
            case f.Words():
                self._decoded(fact)
            case f.Pressed():
                self._pressed(fact.key)
            case f.Asked():
                self._question = fact
                self._owing.asked(self._now)
            case f.PlayStarted():
                self._play_started(fact)
            case f.PlayChunk():
                self._ours.chunk(fact, self._now)
            case f.PlayMarked():
                self._ours.marked(fact, self._now)
            case f.PlayFinished():
                if self._ours.called(fact.playback) is not None:
                    self._played()
            case f.HungUp():
                self._close()

    def _speech_started(self, since: int) -> None:
        utterance = self._caller.current
        if utterance is None:
            utterance = self._take_back(since) or self._caller.begin(since)
        elif utterance.quiet is None:
            return
        self._caller.cancel(self._now, utterance)
        utterance.speaks(since)
        self._ours.note(utterance, self._now)

    def _take_back(self, since: int) -> Utterance | None:
        """The utterance that was taken a moment ago, if nothing has come of it and the caller goes on."""
        if self._taken is None or self._caller.waiting or since > self._taken[1] + self._timing.revoke_ms:
            return None
        utterance, self._taken = self._taken[0], None
        self._out.append(f.Revoke(self._now, utterance.number))
        self._owing.revoked(self._now)
        utterance.ended_at, self._caller.current = None, utterance
        return utterance

    def _speech_ended(self, since: int) -> None:
        utterance = self._caller.current
        if utterance is None or utterance.quiet is not None:
            return
        utterance.falls_silent(since, self._now)
        self._ours.note(utterance, self._now)

    def _decoded(self, words: f.Words) -> None:
        utterance = self._caller.decoded(words)
        if utterance is not None and utterance is self._caller.current:
            self._glance(utterance, words)

    def _pressed(self, key: str) -> None:
        if key not in KEYS:
            return
        if self._ours.yields:
            self._stop()
        self._caller.drop_all(self._now, "keys")
        self._taken = None
        self._keys_done(self._keypad.press(self._now, key, self._question))

    def _play_started(self, fact: f.PlayStarted) -> None:
        if self._ours.now is not None:
            self._played()  # its end was not told
        self._ours.start(fact, self._now)
        self._owing.we_speak()
        self._taken = None
        if self._caller.current is not None:
            self._caller.current.ignored = False
            self._ours.note(self._caller.current, self._now)

    # Deadlines --------------------------------------------------------------------------------------------------

    def _carry_out(self, until: int) -> None:
        """Does all that was due by then, in order, each at its time."""
        while not self._over and (deadline := self._next()) is not None and deadline[0] <= until:
            self._now = max(self._now, deadline[0])
            deadline[1]()
            self._settle()
        self._now = until

    def _next(self) -> Deadline | None:
        return None if self._over else min(self._deadlines(), key=lambda deadline: deadline[0], default=None)

    def _deadlines(self) -> Iterator[Deadline]:
        time, utterance = self._timing, self._caller.current
        if utterance is not None and utterance.quiet is None:
            yield from self._while_they_speak(utterance)
        elif utterance is not None:
            if not utterance.covered:
                yield (
                    (utterance.quiet or 0) + time.speculate_ms,
                    lambda: self._caller.decode(self._now, utterance),
                )
            yield (
                end_at(utterance, self._question, time, self._all_there(utterance)),
                lambda: self._caller.end(self._now),
            )
        if self._caller.waiting and self._caller.waiting[0].words is None:
            yield (
                (self._caller.waiting[0].ended_at or 0) + time.decode_ms,
                lambda: self._caller.give_up(self._now),
            )
        if self._keypad.since is not None:
            yield self._keypad.since + time.key_ms, lambda: self._keys_done(self._keypad.wait_over())
        if (lost := self._ours.lost_at()) is not None:
            yield lost, self._played
        busy = self._caller.live or self._ours.now or self._keypad.since is not None
        if self._owing.caller is not None and not busy:
            yield self._owing.caller + self._limits.silence_ms, lambda: self._fails("silence")
        if self._owing.bot is not None:  # also while they speak: who hears no answer does
            yield (
                self._owing.bot + time.think_ms,
                lambda: self._out.append(self._owing.hand_over(self._now, "no_answer")),
            )

    def _while_they_speak(self, utterance: Utterance) -> Iterator[Deadline]:
        time = self._timing
        if self._ours.paused_at is not None:
            if not utterance.pending:
                since = max(self._ours.paused_at, utterance.looked_at or 0)
                yield since + time.look_ms, lambda: self._caller.look(self._now, utterance)
        elif self._ours.yields_to_speech and not utterance.ignored:
            yield utterance.run + time.barge_in_ms, lambda: self._pause(utterance)
        yield utterance.since + longest(self._question, time), self._cut

    def _all_there(self, utterance: Utterance) -> bool | None:
        """Whether a number is complete; None while its words are not known. Noise is complete."""
        if self._question.kind not in SPELLED or utterance.words is None:
            return None
        verdict = self._verdict(utterance, utterance.words)
        return verdict != "words" or self._is_complete(self._question, utterance.words.text)

    # The caller's utterance -------------------------------------------------------------------------------------

    def _cut(self) -> None:
        for part in self._caller.cut(self._now):
            self._ours.note(part, self._now)

    def _verdict(self, utterance: Utterance, words: f.Words) -> Verdict:
        return utterance.verdict(words, self._question, self._timing.echo_ms)

    def _glance(self, utterance: Utterance, words: f.Words) -> None:
        """Our voice is paused, and we know something of why: stop, or go on at once."""
        if self._ours.paused_at is None:
            return
        verdict = self._verdict(utterance, words)
        if verdict == "words":
            self._stop()
        elif utterance.words is not None:
            self._caller.end(self._now)
        elif verdict != "back_channel" and utterance.quiet is None and words.utterance:
            utterance.ignored = True
            self._go_on()

    def _settle(self) -> None:
        """Takes or drops those whose words are known, in the order in which they were said."""
        while self._caller.waiting and self._caller.waiting[0].words is not None:
            first, words = self._caller.waiting[0], self._caller.waiting[0].words
            verdict = self._verdict(first, words)
            if verdict == "words" and self._ours.now is not None and not self._ours.yields_to_speech:
                return  # it is taken at the end of what we have to say
            del self._caller.waiting[0]
            if self._keypad.since is not None:
                self._caller.drop(self._now, first, "keys")
                self._go_on()
            elif verdict == "words":
                self._stop()
                self._out.append(f.Take(self._now, first.number, words.text, words.confidence))
                self._taken = None if first.cut else (first, self._now)
                self._owing.understood(self._now)
            else:
                self._caller.drop(self._now, first, verdict)
                self._after_nothing(first, verdict)

    def _after_nothing(self, utterance: Utterance, verdict: Verdict) -> None:
        """We go on, or ask again if it was the caller's turn."""
        if self._caller.current is not None and (utterance.cut or verdict == "noise"):
            self._caller.current.ignored = True
        if self._ours.now is not None:
            self._go_on()
            return
        theirs = not utterance.over or utterance.in_full
        long = utterance.spoken_ms >= self._timing.unclear_ms
        if verdict == "noise" and theirs and long and self._owing.caller is not None:
            self._fails("unclear")

    # Our voice --------------------------------------------------------------------------------------------------

    def _pause(self, utterance: Utterance) -> None:
        if (pause := self._ours.pause(self._now)) is not None:
            self._ours.note(utterance, self._now)
            self._out.append(pause)

    def _go_on(self) -> None:
        """Speaks on, unless something that was said may be meant for us."""
        if self._caller.waiting or (self._caller.current is not None and not self._caller.current.ignored):
            return
        if (resume := self._ours.resume(self._now)) is not None:
            self._out.append(resume)

    def _stop(self) -> None:
        """Speaks no more; what is being said now counts as said to silence."""
        if (stopped := self._ours.stop(self._now)) is not None:
            self._out += stopped
            self._owing.we_spoke(self._now)
            for utterance in self._caller.live:
                utterance.over = False

    def _played(self) -> None:
        """Our voice is over: now the caller owes an answer."""
        self._ours.ended(self._now)
        self._owing.we_spoke(self._now)
        if self._caller.current is not None:
            self._caller.current.in_full = True
        typed, self._typed = self._typed, []
        for keys in typed:
            self._keys_done(keys)
        self._settle()

    # Keys, silence, the end -------------------------------------------------------------------------------------

    def _keys_done(self, keys: tuple[str, str] | None) -> None:
        if keys is None:
            return
        if self._ours.now is not None:
            self._typed.append(keys)
            return
        self._out.append(f.TakeKeys(self._now, *keys))
        self._owing.understood(self._now)

    def _fails(self, why: str) -> None:
        action = self._owing.fails(self._now, why)
        self._out.append(action)
        if isinstance(action, f.HangUp):
            self._close()

    def _close(self) -> None:
        self._caller.drop_all(self._now, "hung_up")
        self._over = True
