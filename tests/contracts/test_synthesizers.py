"""What every voice keeps to."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.unit.voice.tts.speaking import Beeps, SpeechServer, beeping
from voice.audio.level import level
from voice.ports import Synthesizer
from voice.tts.errors import SynthesisFailed
from voice.tts.espeak import Espeak
from voice.tts.first import First
from voice.tts.listening import listening
from voice.tts.openai import OpenAISpeech, SpeechService


@pytest.fixture(params=["espeak", "openai", "first", "second"])
async def voice(request: pytest.FixtureRequest) -> AsyncIterator[Synthesizer]:
    async with AsyncExitStack() as stack:
        match request.param:
            case "espeak":
                espeak = Espeak()
                stack.push_async_callback(espeak.close)
                yield espeak
            case "openai":
                server = SpeechServer(beeping)
                await server.start()
                stack.push_async_callback(server.close)
                service = OpenAISpeech(
                    SpeechService(server.url, "key", "tts-1", {"zh": "nova", "en": "alloy"})
                )
                stack.push_async_callback(service.close)
                yield service
            case "first":
                yield First([Beeps()], time.monotonic)
            case _:
                yield First([Beeps(fail_after=0), Beeps()], time.monotonic)


async def said(voice: Synthesizer, text: str, language: str) -> bytes:
    return b"".join([pcm async for pcm in voice.speak(text, language)])


@pytest.mark.parametrize(
    ("text", "language"), [("您好，请问有什么可以帮您？", "zh"), ("Hello, how can I help you?", "en")]
)
async def test_it_speaks_both_languages(voice: Synthesizer, text: str, language: str) -> None:
    assert language in voice.languages
    pieces = [pcm async for pcm in voice.speak(text, language)]
    assert all(pcm and len(pcm) % 2 == 0 for pcm in pieces)
    pcm = b"".join(pieces)
    assert len(pcm) > voice.rate // 4
    assert level(pcm) > -40


async def test_more_text_is_more_sound(voice: Synthesizer) -> None:
    assert len(await said(voice, "您好，" * 8, "zh")) > 2 * len(await said(voice, "您好，", "zh"))


async def test_nothing_to_say_is_no_sound_and_no_error(voice: Synthesizer) -> None:
    assert await said(voice, "", "zh") == b""


async def test_a_language_that_it_does_not_have_is_refused(voice: Synthesizer) -> None:
    with pytest.raises(SynthesisFailed) as failed:
        await said(voice, "oui", "fr")
    assert failed.value.code == "speech_refused"
    assert failed.value.message.endswith(".")


async def test_many_are_served_at_once(voice: Synthesizer) -> None:
    short, long = len(await said(voice, "您好", "zh")), len(await said(voice, "您好" * 10, "zh"))
    together = await asyncio.gather(
        *(said(voice, "您好" * (1 if place % 2 else 10), "zh") for place in range(8))
    )
    for place, pcm in enumerate(together):
        assert len(pcm) == pytest.approx(short if place % 2 else long, rel=0.1)


async def test_who_stops_listening_may_ask_again(voice: Synthesizer) -> None:
    for _ in range(3):
        async with listening(voice.speak("您好" * 50, "zh")) as sound:
            assert await anext(sound)
    assert await said(voice, "您好", "zh")
