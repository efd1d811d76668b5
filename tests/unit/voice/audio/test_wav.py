"""WAV files: written, read, and those of others."""

import io
import struct
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.audio.g711 import PCMA, PCMU
from voice.audio.wav import Unreadable, Wav, read_wav, write_wav


def file(
    code: int, bits: int, content: bytes, *, channels: int = 1, rate: int = 8000, more: bytes = b""
) -> bytes:
    form = struct.pack("<HHIIHH", code, channels, rate, rate, 2, bits) + more
    fmt = b"fmt " + struct.pack("<I", len(form)) + form
    return (
        b"RIFF\0\0\0\0WAVE" + b"LIST\3\0\0\0abc\0" + fmt + b"data" + struct.pack("<I", len(content)) + content
    )


@given(st.binary(max_size=400), st.sampled_from([8000, 16000, 48000]), st.integers(1, 2))
def test_what_is_written_is_read(data: bytes, rate: int, channels: int) -> None:
    pcm = data[: len(data) - len(data) % (2 * channels)]
    assert read_wav(write_wav(pcm, rate, channels)) == Wav(rate, channels, pcm)


def test_another_reader_agrees() -> None:
    with wave.open(io.BytesIO(write_wav(b"abcdefgh", 16000, 2))) as other:
        assert (other.getframerate(), other.getnchannels(), other.readframes(9)) == (16000, 2, b"abcdefgh")


def test_files_of_others_become_16_bits() -> None:
    assert read_wav(file(1, 8, bytes([0, 128, 255]))).pcm == struct.pack("<3h", -32768, 0, 32512)
    assert read_wav(file(7, 8, b"\xff\x80")).pcm == PCMU.decode(b"\xff\x80")
    assert read_wav(file(6, 8, b"\xd5\xaa")).pcm == PCMA.decode(b"\xd5\xaa")
    extensible = struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)
    assert read_wav(file(0xFFFE, 16, b"abcd", more=extensible)).pcm == b"abcd"


def test_two_channels_become_one() -> None:
    assert read_wav(file(1, 16, struct.pack("<4h", 100, 200, -5, -7), channels=2)).mono() == struct.pack(
        "<2h", 150, -6
    )
    assert Wav(8000, 1, b"ab").mono() == b"ab"


def test_a_file_that_lies_about_its_length_is_read_as_far_as_it_goes() -> None:
    assert read_wav(write_wav(b"abcdefgh", 8000)[:-3]).pcm == b"abcd"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"OggS" + bytes(40),
        file(1, 24, b"abc"),
        file(85, 0, b"x"),
        file(1, 16, b"ab", channels=0),
        file(1, 16, b"ab", rate=1),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"\.$"):
        read_wav(data)


@given(st.binary(max_size=200), st.integers(0, 60))
def test_any_bytes_are_read_or_refused(data: bytes, keep: int) -> None:
    for one in (data, file(1, 16, b"ab")[:keep] + data):
        try:
            read_wav(one)
        except Unreadable:
            continue
