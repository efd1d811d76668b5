"""Tones: what a phone plays itself (ITU-T E.180 for progress, Q.23 for keys), and silence."""

import numpy as np

from voice.audio.pcm import to_pcm

LOW = {
    key: hertz
    for row, hertz in zip(("123A", "456B", "789C", "*0#D"), (697, 770, 852, 941), strict=True)
    for key in row
}
HIGH = {
    key: hertz
    for row, hertz in zip(("147*", "2580", "369#", "ABCD"), (1209, 1336, 1477, 1633), strict=True)
    for key in row
}
FADE_MS = 5
"""How long a tone takes to come and to go, so that it does not click."""


def silence(ms: int, rate: int) -> bytes:
    """Nothing, for so long."""
    return bytes(2 * (rate * ms // 1000))


def tone(hertz: tuple[int, ...], ms: int, rate: int, dbfs: float = -15.0) -> bytes:
    """Sines together at a level (root mean square), with soft edges."""
    count = rate * ms // 1000
    time = np.arange(count) / rate
    wave = np.sum([np.sin(2 * np.pi * one * time) for one in hertz], axis=0) if hertz else np.zeros(count)
    amplitude = 32768 * 10 ** (dbfs / 20) * np.sqrt(2 / max(1, len(hertz)))
    fade = min(rate * FADE_MS // 1000, count // 2)
    edge = np.ones(count)
    edge[:fade] = np.arange(fade) / max(1, fade)
    edge[count - fade :] = edge[:fade][::-1]
    return to_pcm(wave * edge * amplitude)


def key_tone(key: str, ms: int, rate: int) -> bytes:
    """The two sines of a key, "0" to "9", "*", "#", "A" to "D". Raises KeyError for any other."""
    return tone((LOW[key], HIGH[key]), ms, rate)


def ringback(ms: int, rate: int) -> bytes:
    """What a caller hears while it rings: 450 Hz, one second on and four off, as in China."""
    on, off = tone((450,), 1000, rate), silence(4000, rate)
    size = 2 * (rate * ms // 1000)
    return ((on + off) * (size // len(on + off) + 1))[:size]
