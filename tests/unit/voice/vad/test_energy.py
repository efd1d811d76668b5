"""Speech by its loudness, in frames of 32 ms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.voice.vad.sounds import noise, pcm, syllables
from voice.vad.energy import EnergyVad
from voice.vad.ports import Frames
from voice.vad.speech import Speech


@pytest.mark.parametrize("rate", [8000, 16_000])
@pytest.mark.parametrize("quiet_db", [-90, -60, -45])
def test_speech_stands_out_of_the_noise_of_the_line(rate: int, quiet_db: int) -> None:
    vad = EnergyVad(rate)
    before = vad.feed(pcm(noise(rate, 8, quiet_db)))
    during = vad.feed(pcm(syllables(rate, 3, -22) + noise(rate, 3, quiet_db)))
    after = vad.feed(pcm(noise(rate, 1, quiet_db)))
    assert max(before[-90:]) < 0.1
    assert np.mean(during) > 0.6
    assert max(after[1:]) < 0.1


def test_a_new_noise_becomes_the_floor() -> None:
    vad = EnergyVad()
    street = vad.feed(pcm(noise(8000, 10, -38)))
    assert street[5] > 0.9
    assert max(street[-30:]) < 0.1
    assert -42 < vad.floor_db < -35


def test_a_sentence_does_not() -> None:
    vad = EnergyVad()
    vad.feed(pcm(noise(8000, 2, -60)))
    speech = Speech()
    sentence = vad.feed(pcm(syllables(8000, 10, -22) + noise(8000, 10, -60)))
    spoken = [speech.step(probability) is None and speech.speaking for probability in sentence]
    assert sum(spoken[-30:]) > 12
    assert vad.floor_db < -45


def test_silence_and_a_whisper_of_current_are_no_speech() -> None:
    assert max(EnergyVad().feed(bytes(16_000))) < 0.01
    assert max(EnergyVad().feed(pcm(np.full(8000, 0.5)))) < 0.01


def test_loudest_sound_is_a_probability() -> None:
    assert 0.99 < min(EnergyVad().feed(b"\x00\x80\xff\x7f" * 2000)) <= 1


@given(st.lists(st.integers(0, 3000), max_size=10))
def test_the_pieces_in_which_sound_comes_do_not_matter(cuts: list[int]) -> None:
    sound = pcm(syllables(8000, 0.4, -20))
    whole, pieces, at = EnergyVad().feed(sound), EnergyVad(), 0
    found: list[float] = []
    for cut in cuts:
        found += pieces.feed(sound[at : at + cut])
        at += cut
    found += pieces.feed(sound[at:])
    assert found == whole
    assert len(whole) == 12


def test_other_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="44100 Hz"):
        Frames(44_100)
