"""The real Silero model hears a synthetic voice, in both languages, and neither noise nor tones."""

import ctypes
from itertools import pairwise

import espeakng_loader as espeak
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.unit.voice.vad.sounds import noise, pcm
from voice.vad.silero import SileroVad
from voice.vad.speech import Speech

AUDIO_SYNCHRONOUS, UTF8 = 2, 1  # of espeak-ng's speak_lib.h


def spoken(text: str, voice: str, rate: int) -> NDArray[np.float64]:
    """The text in the voice of espeak-ng, loudest at a quarter of full scale."""
    library = ctypes.CDLL(espeak.get_library_path())
    own_rate = library.espeak_Initialize(AUDIO_SYNCHRONOUS, 0, str(espeak.get_data_path()).encode(), 0)
    parts: list[NDArray[np.int16]] = []

    def keep(samples: object, count: int, events: object) -> int:
        if samples and count > 0:
            parts.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    shorts = ctypes.POINTER(ctypes.c_short)
    callback = ctypes.CFUNCTYPE(ctypes.c_int, shorts, ctypes.c_int, ctypes.c_void_p)(keep)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(voice.encode())
    written = text.encode()
    library.espeak_Synth(written, len(written) + 1, 0, 0, 0, UTF8, None, None)
    library.espeak_Synchronize()
    sound = np.concatenate(parts).astype(np.float64)
    bins, length = np.fft.rfft(sound), round(len(sound) * rate / own_rate)
    return np.asarray(
        np.fft.irfft(bins, length) / np.abs(sound).max() / 4
    )  # ideal, and slow: a second of speech


@pytest.mark.parametrize("rate", [8000, 16_000])
@pytest.mark.parametrize(
    ("voice", "text"),
    [("en", "I would like to know why my bill is so high."), ("cmn", "我想问一下我的账单为什么这么高。")],
)
def test_it_hears_where_a_voice_begins_and_ends(voice: str, text: str, rate: int) -> None:
    words = spoken(text, voice, rate)
    words *= 0.25 / np.abs(words).max()
    line = np.concatenate((np.zeros(rate), words, np.zeros(rate)))
    found = SileroVad(rate).feed(pcm(line + noise(rate, len(line) / rate, -60)))
    speech, changes = Speech(), []
    for number, probability in enumerate(found, 1):
        if (change := speech.step(probability)) is not None:
            changes.append((number - change.frames) * 0.032)
    assert changes[0] == pytest.approx(1, abs=0.1)
    assert changes[-1] == pytest.approx(len(line) / rate - 1, abs=0.3)
    assert len(changes) % 2 == 0
    assert all(before < after for before, after in pairwise(changes))


def test_it_hears_nothing_in_noise_tones_and_silence() -> None:
    time = np.arange(3 * 8000) / 8000
    keys = 0.2 * (np.sin(2 * np.pi * 770 * time) + np.sin(2 * np.pi * 1336 * time))
    for sound in (noise(8000, 3, -30), 0.3 * np.sin(2 * np.pi * 440 * time), keys, np.zeros(24_000)):
        assert max(SileroVad(8000).feed(pcm(sound))) < 0.5


def test_calls_do_not_disturb_each_other() -> None:
    sound = pcm(spoken("hello", "en", 8000))
    alone = SileroVad().feed(sound)
    first, second = SileroVad(), SileroVad()
    together = []
    for at in range(0, len(sound), 512):
        together += first.feed(sound[at : at + 512])
        second.feed(pcm(noise(8000, 0.032, -20, seed=at)))
    assert together == pytest.approx(alone)
