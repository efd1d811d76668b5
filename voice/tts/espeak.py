"""The voice that is always there: eSpeak NG, run in a process of its own that stays up (`espeak_process`).

It is plain and clear rather than beautiful, needs no model and no network, and makes an hour of speech in seconds.
The process is started with the first text, and again when it has died; it gets no secrets of the environment.
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Final

import msgspec

from voice.tts.errors import SynthesisFailed
from voice.tts.espeak_frames import (
    CANCEL,
    END,
    HEAD,
    MOST_BODY,
    READY,
    SOUND,
    SPEAK,
    Ended,
    Order,
    frame,
)
from voice.tts.rates import TARGETS
from voice.tts.sentences import pieces

COMMAND: Final = (sys.executable, "-P", "-m", "voice.tts.espeak_process")
PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")
"""What the process gets of the environment."""
PARTING: Final = 2.0
"""Seconds that a process has to end by itself once it says no more."""
STOPPED: Final = Ended("speech_stopped", "The process that speaks has ended; the next text starts it again.")


class EspeakVoice(msgspec.Struct, frozen=True):
    """How a language sounds: eSpeak's name of the voice, words a minute, and its pitch and lift (50 is usual)."""

    name: str
    speed: int = 165
    pitch: int = 50
    lift: int = 50


VOICES: Final = {"zh": EspeakVoice("cmn", speed=170, lift=60), "en": EspeakVoice("en-us")}
"""`cmn` reads Chinese characters with whole words in its dictionary, and English words between them as English."""

MISREAD: Final = {
    "还款": "环款", "还费": "环费", "便宜": "骈宜", "几点": "挤点", "总行": "总航",
    **{f"重{what}": f"虫{what}" for what in "启置装发连拨设试做"},
}  # fmt: skip
"""Words that `cmn` reads wrongly (还 as hái, 重 as zhòng), and others that sound as these should."""
_MISREAD: Final = re.compile(f"(?<![严比双多加体沉繁])(?:{'|'.join(MISREAD)})")


class _Life:
    """One process, from its start to its end, with the orders that it is to fulfil."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._open: dict[int, asyncio.Queue[bytes | Ended]] = {}
        self._last = 0
        self._ready: asyncio.Future[Ended | None] = asyncio.get_running_loop().create_future()
        self.over = False
        self._reading = asyncio.create_task(self._read())

    async def ready(self) -> Ended | None:
        """Waits until it can speak: None, or why it cannot."""
        return await asyncio.shield(self._ready)

    def ask(self, order: Order) -> tuple[int, asyncio.Queue[bytes | Ended]]:
        """Hands an order over: its number, and where its sound and its end arrive."""
        self._last = self._last % 0xFFFFFFFF + 1
        heard: asyncio.Queue[bytes | Ended] = asyncio.Queue()  # bounded by the length of one sentence
        self._open[self._last] = heard
        self._write(frame(SPEAK, self._last, msgspec.json.encode(order)))
        if self.over:
            heard.put_nowait(STOPPED)
        return self._last, heard

    def forget(self, number: int) -> None:
        """Nobody waits for it any more: what is not said yet is not said."""
        if self._open.pop(number, None) is not None:
            self._write(frame(CANCEL, number))

    def kill(self) -> None:
        """Ends it now. Once: to signal a process that has just died is to take its exit status from who waits."""
        if not self.over and self._process.returncode is None:
            self._process.kill()
        self.over = True

    async def end(self) -> None:
        """Ends it, and waits until it is gone."""
        self.kill()
        await self._reading

    def _write(self, data: bytes) -> None:
        pipe = self._process.stdin
        if pipe is not None and not self.over and not pipe.is_closing():
            pipe.write(data)  # no drain: an order is small, and the process reads at all times

    async def _read(self) -> None:
        """Hands out what the process says, until it says no more."""
        try:
            while True:
                await self._next()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.over = True  # it died, or is about to
        except msgspec.DecodeError:
            self.kill()
        finally:
            self._settle(STOPPED)
            for heard in self._open.values():
                heard.put_nowait(STOPPED)
            await self._gone()

    async def _gone(self) -> None:
        """Waits for its end, and brings it about where it says no more but stays."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(PARTING):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _next(self) -> None:
        source = self._process.stdout
        assert source is not None
        kind, number, size = HEAD.unpack(await source.readexactly(HEAD.size))
        if kind not in (READY, SOUND, END) or size > MOST_BODY:
            raise msgspec.DecodeError("not a frame")
        body = await source.readexactly(size)
        if kind == READY:
            self._settle(None)
        elif kind == SOUND:
            if number in self._open:
                self._open[number].put_nowait(body)
        elif number == 0:
            self._settle(msgspec.json.decode(body, type=Ended))
        elif (heard := self._open.pop(number, None)) is not None:
            heard.put_nowait(msgspec.json.decode(body, type=Ended))

    def _settle(self, problem: Ended | None) -> None:
        if not self._ready.done():
            self._ready.set_result(problem)


class Espeak:
    """A `Synthesizer`. Its texts are said one after the other, each hundreds of times faster than it is heard."""

    def __init__(
        self,
        rate: int = 8000,
        voices: Mapping[str, EspeakVoice] = VOICES,
        command: Sequence[str] = COMMAND,
        patience: float = 10.0,
    ) -> None:
        """`rate` is the line's; `patience` is after how many seconds of nothing the process is given up.

        Raises ValueError for a rate that no line has.
        """
        if rate not in TARGETS:
            raise ValueError(f"Speech cannot be had at {rate} Hz; the rates are {TARGETS}.")
        self.rate = rate
        self.languages = tuple(voices)
        self._voices = dict(voices)
        self._command = tuple(command)
        self._patience = patience
        self._life: _Life | None = None
        self._starting = asyncio.Lock()
        self._closed = False

    async def start(self) -> None:
        """Has the process up before the first call. Raises SynthesisFailed where it cannot be."""
        await self._alive()

    async def close(self) -> None:
        """Ends the process. What is being said fails; nothing is said any more."""
        self._closed = True
        async with self._starting:
            if self._life is not None:
                await self._life.end()

    async def speak(self, text: str, language: str) -> AsyncGenerator[bytes, None]:
        """As the port says. Raises SynthesisFailed; a language that it does not know is refused."""
        voice = self._voices.get(language)
        if voice is None:
            raise SynthesisFailed(f"There is no voice for the language {language}.", code="speech_refused")
        # Sentence by sentence, so that a long text of one call lets the other calls in between.
        for piece in pieces(_readable(text) if language == "zh" else text):
            order = Order(piece, voice.name, self.rate, voice.speed, voice.pitch, voice.lift)
            async with aclosing(self._say(order)) as sound:
                async for pcm in sound:
                    yield pcm

    async def _say(self, order: Order) -> AsyncGenerator[bytes, None]:
        life = await self._alive()
        number, heard = life.ask(order)
        try:
            while True:
                what = await self._wait(life, heard)
                if isinstance(what, Ended):
                    break
                yield what
        finally:
            life.forget(number)
        if what.code:
            raise SynthesisFailed(what.message, code=what.code)

    async def _wait(self, life: _Life, heard: "asyncio.Queue[bytes | Ended]") -> bytes | Ended:
        try:
            async with asyncio.timeout(self._patience):
                return await heard.get()
        except TimeoutError:
            life.kill()
            raise SynthesisFailed(
                "The process that speaks said nothing for too long.", code="speech_timeout"
            ) from None

    async def _alive(self) -> _Life:
        """The process, started where there is none."""
        async with self._starting:
            if self._closed:
                raise SynthesisFailed("The voice is switched off.", code="speech_unavailable")
            if self._life is not None and not self._life.over:
                return self._life
            if self._life is not None:
                await self._life.end()
            self._life = await self._born()
            return self._life

    async def _born(self) -> _Life:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=_environment(),
            )
        except OSError as error:
            raise SynthesisFailed(
                f"The voice cannot be started: {error}.", code="speech_unavailable"
            ) from None
        life = _Life(process)
        try:
            async with asyncio.timeout(self._patience):
                problem = await life.ready()
        except BaseException as error:
            await life.end()
            if isinstance(error, TimeoutError):
                raise SynthesisFailed("The voice did not start in time.", code="speech_unavailable") from None
            raise
        if problem is not None:
            await life.end()
            raise SynthesisFailed(
                f"The voice cannot be started: {problem.message}", code="speech_unavailable"
            )
        return life


def _readable(text: str) -> str:
    """Chinese, written so that it is read rightly."""
    return _MISREAD.sub(lambda found: MISREAD[found[0]], text)


def _environment() -> dict[str, str]:
    """What the process is told: where the code is, and none of our secrets."""
    known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    root = str(Path(__file__).resolve().parents[2])
    return {**known, "PYTHONPATH": root, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
