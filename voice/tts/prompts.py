"""Speech ready to be played: rendered ahead of time, kept for the next time, evenly loud, one sentence ahead of the ear."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable
from typing import Final

from voice.audio.level import even
from voice.ports import Synthesizer
from voice.tts.errors import SynthesisFailed
from voice.tts.listening import listening
from voice.tts.sentences import pieces
from voice.tts.spoken import spoken

MOST_BYTES: Final = 32 * 1024 * 1024
"""Of speech that is kept because it was said before: half an hour at 8 kHz."""
LOUDNESS: Final = -20.0
"""dBFS of all that is played."""

_Key = tuple[str, str, str, int]


class Prompts:
    """Renders text by one voice. Memory is bounded by `most_bytes`, and by the fixed texts that were prepared."""

    def __init__(self, voice: Synthesizer, name: str, most_bytes: int = MOST_BYTES) -> None:
        """`name` tells this voice, as it is set up now, from all others."""
        self.rate = voice.rate
        self.kept_bytes = 0
        self._voice = voice
        self._name = name
        self._most = most_bytes
        self._fixed: dict[_Key, bytes] = {}
        self._kept: OrderedDict[_Key, bytes] = OrderedDict()

    async def prepare(self, texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Renders (text, language) to be kept for good; answers those that could not be: they are tried again when said."""
        failed = []
        for text, language in texts:
            try:
                for piece in pieces(text):
                    self._fixed[self._key(piece, language)] = await self.render(piece, language)
            except SynthesisFailed:
                failed.append((text, language))
        for key in self._fixed:
            self._drop(key)
        return failed

    async def render(self, text: str, language: str) -> bytes:
        """A text as PCM at `rate`, read aloud as people say it. Empty where there is nothing to say.

        Raises SynthesisFailed.
        """
        key = self._key(text, language)
        known = self._fixed.get(key) or self._kept.get(key)
        if known is not None:
            if key in self._kept:
                self._kept.move_to_end(key)
            return known
        aloud = spoken(text, language)
        if not any(sign.isalnum() for sign in aloud):
            return b""
        async with listening(self._voice.speak(aloud, language)) as sound:
            pcm = even(b"".join([piece async for piece in sound]), LOUDNESS)
        self._keep(key, pcm)
        return pcm

    async def speak(self, text: str, language: str) -> AsyncGenerator[tuple[str, bytes], None]:
        """The sentences of a text as they were written, each with its sound; joined they are the text.

        While one is played the next is made. Who stops iterating (`aclose`) or is cancelled stops that too. Raises
        SynthesisFailed when a sentence's turn has come.
        """
        found = pieces(text)
        coming: asyncio.Task[bytes] | None = None
        try:
            for place, piece in enumerate(found):
                coming = coming or asyncio.create_task(self.render(piece, language))
                pcm = await coming
                coming = None
                if place + 1 < len(found):
                    coming = asyncio.create_task(self.render(found[place + 1], language))
                yield piece, pcm
        finally:
            if coming is not None:
                await _stopped(coming)

    def _key(self, text: str, language: str) -> _Key:
        return self._name, language, text, self.rate

    def _keep(self, key: _Key, pcm: bytes) -> None:
        """Puts it with what was said before; what was not said for longest goes."""
        if len(pcm) > self._most:
            return
        self._drop(key)
        self._kept[key] = pcm
        self.kept_bytes += len(pcm)
        while self.kept_bytes > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: _Key) -> None:
        self.kept_bytes -= len(self._kept.pop(key, b""))


async def _stopped(task: "asyncio.Task[bytes]") -> None:
    """Ends a task and takes its outcome, which nobody wants any more."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
