"""The process that runs eSpeak NG: `python -m voice.tts.espeak_process`, spoken to in frames (`espeak_frames`).

It is a program of its own because the library is under the GPL, is written in C, and reads text that strangers wrote:
where it crashes, no call is lost. Nothing else of the project imports this module. It ends with its standard input.

The library's functions are those of `espeak-ng/speak_lib.h` 1.52.
"""

import ctypes
import os
import queue
import sys
import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from voice.tts.espeak_frames import (
    CANCEL,
    END,
    HEAD,
    MOST_BODY,
    MOST_CHARACTERS,
    READY,
    SOUND,
    SPEAK,
    Ended,
    Order,
    frame,
)
from voice.tts.rates import TARGETS, Converter

SYNCHRONOUS: Final = 2  # AUDIO_OUTPUT_SYNCHRONOUS: the callback runs inside espeak_Synth
DONT_EXIT: Final = 0x8000  # espeakINITIALIZE_DONT_EXIT
UTF8: Final = 1  # espeakCHARS_UTF8
END_PAUSE: Final = 0x1000  # espeakENDPAUSE: sentences that are said one by one do not run into each other
SPEED, VOLUME, PITCH, LIFT = 1, 2, 3, 4  # espeakRATE, espeakVOLUME, espeakPITCH, espeakRANGE
LIMITS: Final = {SPEED: (80, 450), VOLUME: (0, 200), PITCH: (0, 99), LIFT: (0, 100)}
MISUNDERSTOOD: Final = 2
"""Exit status after a frame that cannot be one."""

Hear = Callable[[bytes], bool]
"""Is given the next piece of sound; answers whether to stop."""


class Missing(Exception):
    """The library cannot be used; the sentence says what to do."""


class Library:
    """eSpeak NG, one text at a time."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds `libespeak-ng.so` and `espeak-ng-data`. Raises Missing."""
        try:
            self._c: Any = ctypes.CDLL(str(folder / "libespeak-ng.so"))
        except OSError as error:
            raise Missing(f"libespeak-ng.so cannot be loaded ({error}).") from None
        self.rate = int(
            self._c.espeak_Initialize(SYNCHRONOUS, 0, str(folder / "espeak-ng-data").encode(), DONT_EXIT)
        )
        if self.rate <= 0:
            raise Missing(f"eSpeak NG does not start with the data in {folder}.")
        self._hear: Hear = lambda pcm: True
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = kind(self._heard)  # kept: the library calls it for as long as it lives
        self._c.espeak_SetSynthCallback(self._callback)

    def speak(self, order: Order, hear: Hear) -> Ended:
        """Says it, calling `hear` with each piece of int16 at `self.rate` until that answers True."""
        if self._c.espeak_SetVoiceByName(order.voice.encode()) != 0:
            return Ended("speech_refused", f"eSpeak NG has no voice named {order.voice}.")
        for which, value in (
            (SPEED, order.speed),
            (VOLUME, order.volume),
            (PITCH, order.pitch),
            (LIFT, order.lift),
        ):
            low, high = LIMITS[which]
            self._c.espeak_SetParameter(which, min(high, max(low, value)), 0)
        self._hear = hear
        text = (
            "".join(sign if sign.isprintable() else " " for sign in order.text).encode("utf-8", "replace")
            + b"\0"
        )
        if self._c.espeak_Synth(text, len(text), 0, 1, 0, UTF8 | END_PAUSE, None, None) != 0:
            return Ended("speech_failed", "eSpeak NG could not say this text.")
        return Ended()

    def _heard(self, wave: Any, count: int, _events: int | None) -> int:
        if not wave or count <= 0:
            return 0
        return int(self._hear(ctypes.string_at(wave, 2 * count)))


class Orders:
    """Reads frames in a thread of its own, so that a cancellation is known while a text is being said."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._waiting: queue.SimpleQueue[tuple[int, bytes] | None] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        self._known: set[int] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()

    def next(self) -> tuple[int, bytes] | None:
        """Number and body of the next order, or None when there are no more."""
        return self._waiting.get()

    def cancelled(self, number: int) -> bool:
        """Whether nobody waits for this order any more."""
        return number in self._cancelled

    def done(self, number: int) -> None:
        """Forgets it."""
        with self._lock:
            self._known.discard(number)
            self._cancelled.discard(number)

    def _read(self) -> None:
        while len(head := self._source.read(HEAD.size)) == HEAD.size:
            kind, number, size = HEAD.unpack(head)
            if kind not in (SPEAK, CANCEL) or size > MOST_BODY:
                os._exit(MISUNDERSTOOD)
            body = self._source.read(size)
            with self._lock:
                if kind == SPEAK:
                    self._known.add(number)
                elif number in self._known:
                    self._cancelled.add(number)
            if kind == SPEAK:
                self._waiting.put((number, body))
        self._waiting.put(None)


def library_folder() -> Path:
    """Where the wheel `espeakng-loader` has put the library. Raises Missing."""
    found = find_spec("espeakng_loader")
    if found is None or found.origin is None:
        raise Missing("The package espeakng-loader is not installed: pip install 'switchboard-bot[voice]'.")
    return Path(found.origin).parent


def _fulfil(
    library: Library, orders: Orders, number: int, body: bytes, write: Callable[[bytes], None]
) -> Ended:
    """Says one order, its sound written as it is made."""
    try:
        order = msgspec.json.decode(body, type=Order)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Ended("speech_refused", f"The order cannot be read: {error}.")
    if len(order.text) > MOST_CHARACTERS:
        return Ended(
            "speech_refused", f"A text has {len(order.text)} characters; {MOST_CHARACTERS} are said at once."
        )
    if order.rate not in TARGETS:
        return Ended("speech_refused", f"Speech cannot be had at {order.rate} Hz.")
    converter = Converter(library.rate, order.rate)

    def hear(pcm: bytes) -> bool:
        if orders.cancelled(number):
            return True
        if sound := converter.feed(pcm):
            write(frame(SOUND, number, sound))
        return False

    ended = library.speak(order, hear)
    if sound := converter.finish():
        write(frame(SOUND, number, sound))
    return ended


def serve(source: BinaryIO, target: BinaryIO) -> int:
    """Fulfils orders until the source ends."""

    def write(data: bytes) -> None:
        target.write(data)
        target.flush()

    try:
        library = Library(library_folder())
    except Missing as error:
        write(frame(END, 0, msgspec.json.encode(Ended("speech_unavailable", str(error)))))
        return 1
    write(frame(READY, 0))
    orders = Orders(source)
    while (order := orders.next()) is not None:
        number, body = order
        ended = Ended() if orders.cancelled(number) else _fulfil(library, orders, number, body, write)
        write(frame(END, number, msgspec.json.encode(ended)))
        orders.done(number)
    return 0


def main() -> int:
    """Speaks on standard output, which is kept from whatever the library may print."""
    with os.fdopen(os.dup(1), "wb") as target:
        os.dup2(2, 1)
        try:
            return serve(sys.stdin.buffer, target)
        except BrokenPipeError:
            return 0


if __name__ == "__main__":
    # Not sys.exit: the thread that reads may sit in read() for ever.
    status = main()
    os._exit(status)
