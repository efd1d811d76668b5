"""G.711: the published values of both laws, and every code and sample there is."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.audio.g711 import CODECS, PCMA, PCMU, Codec

LAWS = pytest.mark.parametrize("codec", [PCMU, PCMA], ids=["µ-law", "A-law"])

# ITU-T G.711 table 2a: character signal → value at decoder output, of 8159.
ULAW_TABLE = {
    0x80: 8031,
    0x8F: 4191,
    0x9F: 2079,
    0xAF: 1023,
    0xBF: 495,
    0xCF: 231,
    0xDF: 99,
    0xEF: 33,
    0xFE: 2,
    0xFF: 0,
}
# ITU-T G.711 table 1a, before the even bits are inverted, of 4096.
ALAW_TABLE = {0xFF: 4032, 0xF0: 2112, 0xE0: 1056, 0xD0: 528, 0xC0: 264, 0xB0: 132, 0xA0: 66, 0x80: 1}
SAMPLES = (0, 0x1234, 0x4567, -0x4567, 0x7FFF, -0x8000, -1)


def value(codec: Codec, code: int) -> int:
    (sample,) = struct.unpack("<h", codec.decode(bytes([code])))
    return int(sample)


def test_ulaw_values_are_those_of_the_recommendation() -> None:
    for code, expected in ULAW_TABLE.items():
        assert value(PCMU, code) == 4 * expected
        assert value(PCMU, code & 0x7F) == -4 * expected


def test_alaw_values_are_those_of_the_recommendation() -> None:
    for code, expected in ALAW_TABLE.items():
        assert value(PCMA, code ^ 0x55) == 8 * expected
        assert value(PCMA, (code & 0x7F) ^ 0x55) == -8 * expected


def test_samples_become_the_codes_of_the_reference_coder() -> None:
    pcm = struct.pack("<7h", *SAMPLES)
    assert PCMU.encode(pcm) == b"\xff\xad\x8e\x0e\x80\x00\x7e"
    assert PCMA.encode(pcm) == b"\xd5\x87\xa4\x24\xaa\x2a\x55"


@LAWS
def test_what_was_decoded_is_coded_as_it_was(codec: Codec) -> None:
    for code in range(256):
        again = codec.encode(codec.decode(bytes([code])))[0]
        # µ-law has two zeros; the negative one comes back as the positive one.
        assert again == (0xFF if codec is PCMU and code == 0x7F else code)


@LAWS
def test_every_sample_comes_back_within_its_step_and_with_its_sign(codec: Codec) -> None:
    samples = range(-32768, 32768)
    back = struct.unpack("<65536h", codec.decode(codec.encode(struct.pack("<65536h", *samples))))
    for sample, other in zip(samples, back, strict=True):
        assert abs(sample - other) <= max(16, abs(sample) / 16)
        assert sample * other >= 0 or abs(sample) <= 8


@LAWS
def test_silence_is_silent(codec: Codec) -> None:
    assert abs(value(codec, codec.silence[0])) <= 8
    assert codec.encode(bytes(320)) == codec.silence * 160


@LAWS
@given(data=st.binary(max_size=700))
def test_any_bytes_have_a_length_and_no_error(codec: Codec, data: bytes) -> None:
    assert len(codec.encode(data)) == len(data) // 2
    assert len(codec.decode(data)) == 2 * len(data)


def test_codecs_are_found_by_the_names_of_sdp() -> None:
    assert [(codec.name, codec.payload_type) for codec in CODECS.values()] == [("PCMU", 0), ("PCMA", 8)]
