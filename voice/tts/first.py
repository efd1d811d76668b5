"""Several voices as one: where the first fails before it is heard, the next speaks instead."""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from typing import Final

from voice.ports import Synthesizer
from voice.tts.errors import SynthesisFailed
from voice.tts.listening import listening

FAILURES: Final = 2
"""So many in a row, and a voice rests."""
REST_SECONDS: Final = 30.0
"""For how long; then one text tries whether it speaks again."""


class _Candidate:
    """A voice, and how it has fared."""

    def __init__(self, voice: Synthesizer) -> None:
        self.voice = voice
        self._failures = 0
        self._until = 0.0

    def ready(self, now: float, rest: float) -> bool:
        """Whether it is to be asked. The first to ask after a rest tries it; the others wait for how that goes."""
        if self._failures < FAILURES:
            return True
        if now < self._until:
            return False
        self._until = now + rest
        return True

    def spoke(self) -> None:
        self._failures = 0

    def failed(self, now: float, rest: float) -> None:
        self._failures += 1
        self._until = now + rest


class First:
    """A `Synthesizer` around others, asked in their order. Once a voice is heard, no other takes its place midway."""

    def __init__(
        self, of: Sequence[Synthesizer], clock: Callable[[], float], rest: float = REST_SECONDS
    ) -> None:
        """`clock` tells seconds that never go back. Raises ValueError for no voice at all, or for different rates."""
        if not of or len({voice.rate for voice in of}) != 1:
            raise ValueError("One voice or more are needed, all of them at the same rate.")
        self.rate = of[0].rate
        self.languages = tuple(dict.fromkeys(language for voice in of for language in voice.languages))
        self._candidates = [_Candidate(voice) for voice in of]
        self._clock = clock
        self._rest = rest

    async def speak(self, text: str, language: str) -> AsyncGenerator[bytes, None]:
        """As the port says. Raises SynthesisFailed: that of the last voice, when none could."""
        problem = SynthesisFailed(f"There is no voice for the language {language}.", code="speech_refused")
        for candidate in self._order(language):
            begun = False
            try:
                async with listening(candidate.voice.speak(text, language)) as sound:
                    async for pcm in sound:
                        if not begun:
                            begun = True
                            candidate.spoke()
                        yield pcm
                candidate.spoke()
                return
            except SynthesisFailed as error:
                candidate.failed(self._clock(), self._rest)
                if begun:
                    raise
                problem = error
        raise problem

    def _order(self, language: str) -> Iterator[_Candidate]:
        """Those that speak the language and do not rest; all that speak it where all rest, rather than be silent."""
        able = [one for one in self._candidates if language in one.voice.languages]
        asked = False
        for one in able:
            if one.ready(self._clock(), self._rest):
                asked = True
                yield one
        if not asked:
            yield from able
