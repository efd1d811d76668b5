"""Speech at another rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.audio.level import level
from voice.audio.pcm import to_samples
from voice.audio.tones import tone
from voice.tts.rates import SOURCES, TARGETS, Converter, convert


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("target", TARGETS)
def test_a_tone_keeps_its_length_its_loudness_and_its_place(source: int, target: int) -> None:
    heard = convert(tone((440,), 200, source), source, target)
    meant = tone((440,), 200, target)
    assert abs(len(heard) - len(meant)) <= 2
    difference = to_samples(heard).astype(float)[:-1] - to_samples(meant).astype(float)[: len(heard) // 2 - 1]
    assert float(np.abs(difference).max()) < 500  # of 8,000 at the peak; most of it at the soft edges


def test_what_the_line_cannot_carry_is_gone_and_not_folded_back() -> None:
    assert level(convert(tone((6000,), 200, 22050), 22050, 8000)) < -70


@given(st.lists(st.binary(max_size=900), max_size=8), st.sampled_from(SOURCES), st.sampled_from(TARGETS))
def test_in_any_pieces_it_is_the_same_speech(parts: list[bytes], source: int, target: int) -> None:
    converter = Converter(source, target)
    heard = b"".join(converter.feed(part) for part in parts) + converter.finish()
    whole = convert(b"".join(parts), source, target)
    assert len(heard) == len(whole)
    assert np.abs(to_samples(heard).astype(int) - to_samples(whole)).max(initial=0) <= 1
    assert len(whole) // 2 == sum(map(len, parts)) // 2 * target // source


def test_a_rate_that_no_voice_has_is_refused() -> None:
    with pytest.raises(ValueError, match="12345"):
        Converter(12345, 8000)
