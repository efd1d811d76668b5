"""G.711, the sound of the telephone: 8 kHz, one byte a sample, in two laws (ITU-T G.711, tables 1 and 2).

Both ways are one look-up in a table that numpy makes at import: microseconds for a frame. 16-bit samples carry the
14 bits of µ-law (13 of A-law) in their upper bits, as G.191's reference code and all telephones have them.
"""

from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray

from voice.audio.pcm import INT16

RATE = 8000
UINT16: np.dtype[np.uint16] = np.dtype("<u2")
SEGMENTS = 8


def _ulaw_values() -> NDArray[np.int16]:
    """Code → sample, for all 256 codes of µ-law (G.711 table 2, ×4)."""
    code = ~np.arange(256) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return np.where(code & 0x80, 0x84 - size, size - 0x84).astype(INT16)


def _alaw_values() -> NDArray[np.int16]:
    """Code → sample, for all 256 codes of A-law (G.711 table 1, ×8), whose even bits travel inverted."""
    code = np.arange(256) ^ 0x55
    segment = (code & 0x70) >> 4
    step = ((code & 0x0F) << 4) + 8
    size = np.where(segment == 0, step, (step + 0x100) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, size, -size).astype(INT16)


def _ulaw_codes() -> NDArray[np.uint8]:
    """Sample, as an unsigned 16-bit number, → code of µ-law."""
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int32) >> 2
    size = np.minimum(np.abs(sample), 8159) + 33
    segment = np.searchsorted(0x40 << np.arange(SEGMENTS), size, side="right")
    code = np.where(segment == SEGMENTS, 0x7F, (segment << 4) | ((size >> (segment + 1)) & 0x0F))
    return (code ^ np.where(sample < 0, 0x7F, 0xFF)).astype(np.uint8)


def _alaw_codes() -> NDArray[np.uint8]:
    """Sample, as an unsigned 16-bit number, → code of A-law."""
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int32) >> 3
    size = np.where(sample < 0, -sample - 1, sample)
    segment = np.searchsorted(0x20 << np.arange(SEGMENTS), size, side="right")
    code = (segment << 4) | ((size >> np.maximum(segment, 1)) & 0x0F)
    return (code ^ np.where(sample < 0, 0x55, 0xD5)).astype(np.uint8)


_ULAW_VALUES, _ULAW_CODES = _ulaw_values(), _ulaw_codes()
_ALAW_VALUES, _ALAW_CODES = _alaw_values(), _alaw_codes()


def _decode(values: NDArray[np.int16], payload: bytes) -> bytes:
    return values[np.frombuffer(payload, np.uint8)].tobytes()


def _encode(codes: NDArray[np.uint8], pcm: bytes) -> bytes:
    return codes[np.frombuffer(pcm, UINT16, len(pcm) // 2)].tobytes()


def decode_ulaw(payload: bytes) -> bytes:
    """n codes → 2·n bytes of PCM."""
    return _decode(_ULAW_VALUES, payload)


def encode_ulaw(pcm: bytes) -> bytes:
    """2·n bytes of PCM → n codes; an odd byte at the end is dropped."""
    return _encode(_ULAW_CODES, pcm)


def decode_alaw(payload: bytes) -> bytes:
    """n codes → 2·n bytes of PCM."""
    return _decode(_ALAW_VALUES, payload)


def encode_alaw(pcm: bytes) -> bytes:
    """2·n bytes of PCM → n codes; an odd byte at the end is dropped."""
    return _encode(_ALAW_CODES, pcm)


class Codec(msgspec.Struct, frozen=True):
    """One law. `payload_type` is its static number in RTP (RFC 3551 table 4), `silence` its code for nothing."""

    name: str
    payload_type: int
    silence: bytes
    decode: Callable[[bytes], bytes]
    encode: Callable[[bytes], bytes]


PCMU = Codec("PCMU", 0, b"\xff", decode_ulaw, encode_ulaw)
PCMA = Codec("PCMA", 8, b"\xd5", decode_alaw, encode_alaw)
CODECS = {codec.name: codec for codec in (PCMU, PCMA)}
