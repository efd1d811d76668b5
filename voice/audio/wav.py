"""WAV files: written plainly, read tolerantly (RIFF/WAVE; Microsoft's WAVEFORMATEX and WAVEFORMATEXTENSIBLE).

Read are 16-bit PCM, 8-bit PCM and both laws of G.711, in any number of channels; a file that lies about its length is
read as far as it goes.
"""

import struct

import msgspec
import numpy as np

from voice.audio.g711 import decode_alaw, decode_ulaw
from voice.audio.pcm import to_pcm, to_samples

PCM, ALAW, ULAW, EXTENSIBLE = 1, 6, 7, 0xFFFE
MOST_CHANNELS = 8


class Wav(msgspec.Struct, frozen=True):
    """A recording. `pcm` holds the channels' samples in turn."""

    rate: int
    channels: int
    pcm: bytes

    def mono(self) -> bytes:
        """The mean of the channels."""
        if self.channels == 1:
            return self.pcm
        frames = to_samples(self.pcm).reshape(-1, self.channels)
        return to_pcm(frames.mean(axis=1))


class Unreadable(ValueError):
    """Not a WAV file that can be read, with a sentence that says why."""


def write_wav(pcm: bytes, rate: int, channels: int = 1) -> bytes:
    """A file of 16-bit samples, those of the channels in turn."""
    form = struct.pack("<HHIIHH", PCM, channels, rate, rate * channels * 2, channels * 2, 16)
    size = len(pcm)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + size)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + form
        + b"data"
        + struct.pack("<I", size)
        + pcm
    )


def _chunks(data: bytes) -> dict[bytes, bytes]:
    """Name → content, of the first chunk of each name."""
    found: dict[bytes, bytes] = {}
    place = 12
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        found.setdefault(name, data[place + 8 : place + 8 + size])
        place += 8 + size + (size & 1)
    return found


def read_wav(data: bytes) -> Wav:
    """The file as 16-bit samples. Raises `Unreadable`."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise Unreadable("This is not a WAV file.")
    chunks = _chunks(data)
    form, content = chunks.get(b"fmt ", b""), chunks.get(b"data")
    if len(form) < 16 or content is None:
        raise Unreadable("The WAV file has no sound in it.")
    code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if code == EXTENSIBLE and len(form) >= 26:
        (code,) = struct.unpack_from("<H", form, 24)
    if not 1 <= channels <= MOST_CHANNELS or not 1000 <= rate <= 192_000:
        raise Unreadable(f"The WAV file has {channels} channels at {rate} Hz.")
    pcm = _samples(code, bits, content)
    return Wav(rate, channels, pcm[: len(pcm) - len(pcm) % (2 * channels)])


def _samples(code: int, bits: int, content: bytes) -> bytes:
    """A data chunk as 16-bit samples."""
    match code, bits:
        case 1, 16:
            return content
        case 1, 8:
            return to_pcm((np.frombuffer(content, np.uint8) - 128.0) * 256)
        case 6, 8:
            return decode_alaw(content)
        case 7, 8:
            return decode_ulaw(content)
    raise Unreadable(f"The WAV file has samples of {bits} bits in format {code}; 16-bit PCM is read.")
