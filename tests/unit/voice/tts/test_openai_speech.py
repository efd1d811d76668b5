"""A voice behind OpenAI's speech interface: what it is asked, what it may answer, and what then is said."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.voice.tts.speaking import SpeechServer, beeping, send
from voice.audio.level import level
from voice.audio.tones import tone
from voice.audio.wav import Unreadable, write_wav
from voice.tts.errors import SynthesisFailed
from voice.tts.openai import OpenAISpeech, SpeechService
from voice.tts.rates import convert
from voice.tts.wavstream import WavStream


@pytest.fixture
async def server() -> AsyncIterator[SpeechServer]:
    server = SpeechServer(beeping)
    await server.start()
    yield server
    await server.close()


def voice_at(server: SpeechServer, **settings: Any) -> OpenAISpeech:
    return OpenAISpeech(
        SpeechService(server.url, "sk-secret", "tts-1", {"zh": "nova", "en": "alloy"}, **settings)
    )


async def said(voice: OpenAISpeech, text: str = "您好", language: str = "zh") -> bytes:
    try:
        return b"".join([pcm async for pcm in voice.speak(text, language)])
    finally:
        await voice.close()


async def failure(voice: OpenAISpeech) -> SynthesisFailed:
    with pytest.raises(SynthesisFailed) as failed:
        await said(voice)
    return failed.value


async def test_it_asks_as_the_interface_says(server: SpeechServer) -> None:
    await said(voice_at(server, speed=1.2), "Hello", "en")
    assert server.orders == [
        {"model": "tts-1", "input": "Hello", "voice": "alloy", "response_format": "pcm", "speed": 1.2}
    ]
    assert server.heads[0].startswith("POST /v1/audio/speech ")
    assert "authorization: bearer sk-secret" in server.heads[0].lower()


async def test_what_is_heard_is_what_was_sent_at_the_rate_of_the_line(server: SpeechServer) -> None:
    heard = await said(voice_at(server), "您好您好")
    assert heard == convert(tone((440,), 80, 24000), 24000, 8000)


@pytest.mark.parametrize("rate", [8000, 22050, 24000, 44100, 48000])
async def test_a_wav_file_may_have_any_rate_and_any_number_of_channels(
    server: SpeechServer, rate: int
) -> None:
    left = tone((440,), 200, rate)
    both = b"".join(left[place : place + 2] * 2 for place in range(0, len(left), 2))
    file = write_wav(both, rate, 2)

    async def answer(_order: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await send(
            writer, 200, "audio/wav", *(file[place : place + 333] for place in range(0, len(file), 333))
        )

    server.answer = answer
    heard = await said(voice_at(server, form="wav"))
    assert len(heard) == pytest.approx(3200, abs=2)
    assert level(heard) == pytest.approx(level(left), abs=0.5)


async def test_sound_is_passed_on_before_the_answer_is_complete(server: SpeechServer) -> None:
    heard = asyncio.Event()

    async def answer(_order: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nContent-Length: 96000\r\n\r\n" + bytes(48000)
        )
        await heard.wait()
        writer.write(bytes(48000))
        await writer.drain()

    server.answer = answer
    voice = voice_at(server)
    total = 0
    async for pcm in voice.speak("您好", "zh"):
        total += len(pcm)
        heard.set()
    assert total == 32000
    await voice.close()


async def test_who_stops_listening_hangs_up(server: SpeechServer) -> None:
    async def answer(_order: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nContent-Length: 9600000\r\n\r\n")
        while not writer.is_closing():
            writer.write(bytes(4800))
            await writer.drain()

    server.answer = answer
    voice = voice_at(server)
    sound = voice.speak("您好", "zh")
    assert await anext(sound)
    await sound.aclose()
    await server.hung_up.wait()
    await voice.close()


@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (
            401,
            b'{"error": {"message": "Incorrect API key.", "type": "x"}}',
            "speech_refused",
            "401: Incorrect API key.",
        ),
        (400, b'{"error": "no such voice"}', "speech_refused", "400: no such voice."),
        (404, b"<html>", "speech_refused", "answered 404."),
        (429, b"{}", "speech_busy", "answered 429."),
        (500, b"[1]", "speech_failed", "answered 500."),
        (503, b"x" * 200_000, "speech_unavailable", "answered 503."),
        (302, b"", "speech_failed", "answered 302."),
    ],
)
async def test_a_refusal_has_a_code_and_the_sentence_that_came(
    server: SpeechServer, status: int, body: bytes, code: str, words: str
) -> None:
    async def answer(_order: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await send(writer, status, "application/json", *([body] if body else []))

    server.answer = answer
    failed = await failure(voice_at(server))
    assert failed.code == code
    assert words in failed.message
    assert "sk-secret" not in failed.message


@pytest.mark.parametrize(
    ("kind", "body", "form"),
    [
        ("application/json", b"{}", "pcm"),
        ("text/html; charset=utf-8", b"<html>", "pcm"),
        ("audio/pcm", b"", "pcm"),
        ("audio/wav", b"not a wav file at all, and long enough to tell", "wav"),
        ("audio/wav", b"RIFF", "wav"),
        ("audio/wav", b"RIFF\0\0\0\0WAVE" + b"junk\xff\xff\xff\x7f" + b"x" * 70_000, "wav"),
    ],
)
async def test_what_is_no_sound_is_not_played(
    server: SpeechServer, kind: str, body: bytes, form: str
) -> None:
    async def answer(_order: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await send(writer, 200, kind, *([body] if body else []))

    server.answer = answer
    assert (await failure(voice_at(server, form=form))).code == "speech_unreadable"


async def test_one_who_never_stops_is_stopped(server: SpeechServer) -> None:
    async def answer(_order: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await send(writer, 200, "audio/pcm", *([bytes(1_000_000)] * 20))

    server.answer = answer
    failed = await failure(voice_at(server))
    assert failed.code == "speech_unreadable"
    assert "300 seconds" in failed.message


async def test_silence_is_given_up(server: SpeechServer) -> None:
    async def answer(_order: dict[str, Any], _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    server.answer = answer
    assert (await failure(voice_at(server, read=0.05))).code == "speech_timeout"


async def test_nobody_there_and_one_who_hangs_up_midway(server: SpeechServer) -> None:
    async def answer(_order: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nContent-Length: 96000\r\n\r\n" + bytes(48000)
        )
        await writer.drain()

    server.answer = answer
    assert (await failure(voice_at(server))).code == "speech_stopped"
    nobody = OpenAISpeech(SpeechService("http://127.0.0.1:9/v1", "", "tts-1", {"zh": "nova"}))
    assert (await failure(nobody)).code == "speech_unavailable"


def test_the_key_is_not_shown() -> None:
    service = SpeechService("http://a.example", "sk-secret", "m", {})
    assert "secret" not in f"{service!r} {service}"


# A WAV file that is still coming --------------------------------------------------------------------------------


@given(
    st.binary(max_size=400), st.lists(st.integers(1, 90), min_size=1), st.sampled_from([None, 0, 0xFFFFFFFF])
)
def test_in_any_pieces_and_with_any_length_it_is_the_same_file(
    pcm: bytes, cuts: list[int], size: int | None
) -> None:
    file = write_wav(pcm, 16000)
    if size is not None:
        file = file[:40] + struct.pack("<I", size) + file[44:]
    stream, heard, place = WavStream(), b"", 0
    while place < len(file):
        step = cuts[place % len(cuts)]
        heard += stream.feed(file[place : place + step])
        place += step
    assert heard == pcm[: len(pcm) & ~1]
    assert stream.rate == 16000


def test_what_follows_the_sound_is_not_heard() -> None:
    file = write_wav(bytes(range(40)), 8000) + b"LIST\x04\0\0\0abcd"
    assert WavStream().feed(file) == bytes(range(40))


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda rest: b"RIFF\0\0\0\0WAVE" + rest))
def test_anything_else_is_refused_or_waited_for(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        WavStream().feed(data)
