"""Speech ready to be played."""

import asyncio
from contextlib import aclosing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.voice.tts.speaking import MS_A_SIGN, Beeps
from voice.audio.level import level
from voice.tts.errors import SynthesisFailed
from voice.tts.prompts import LOUDNESS, Prompts

ONE = MS_A_SIGN * 16  # bytes of a sign at 8 kHz


async def heard(prompts: Prompts, text: str, language: str = "zh") -> list[tuple[str, int]]:
    return [(piece, len(pcm) // ONE) async for piece, pcm in prompts.speak(text, language)]


async def test_sentences_come_in_order_with_their_sound_and_are_the_text() -> None:
    voice = Beeps()
    assert await heard(Prompts(voice, "beeps"), "您好。请讲！\n好的") == [
        ("您好。", 2),
        ("请讲！\n", 2),
        ("好的", 2),
    ]


async def test_it_is_read_aloud_as_people_say_it_and_told_as_it_was_written() -> None:
    voice = Beeps()
    assert await heard(Prompts(voice, "beeps"), "**月费** ¥58.00。😀") == [("**月费** ¥58.00。😀", 6)]
    assert voice.asked == ["月费五十八元。"]


async def test_all_is_evenly_loud() -> None:
    prompts = Prompts(Beeps(), "beeps")
    assert level(await prompts.render("您好您好", "zh")) == pytest.approx(LOUDNESS, abs=0.5)


async def test_what_was_said_is_not_made_again() -> None:
    voice = Beeps()
    prompts = Prompts(voice, "beeps")
    first = await prompts.render("您好", "zh")
    assert await prompts.render("您好", "zh") == first
    await prompts.render("您好", "en")
    assert voice.asked == ["您好", "您好"]


async def test_what_was_not_said_for_longest_goes_first() -> None:
    voice = Beeps()
    prompts = Prompts(voice, "beeps", most_bytes=4 * ONE)
    for text in ("一一", "二二", "一一", "三三", "一一"):
        await prompts.render(text, "zh")
    assert voice.asked == ["一一", "二二", "三三"]
    await prompts.render("二二", "zh")
    assert voice.asked[3:] == ["二二"]
    await prompts.render("长" * 5, "zh")
    assert prompts.kept_bytes == 4 * ONE


async def test_fixed_texts_are_there_before_anybody_calls_and_stay() -> None:
    voice = Beeps()
    prompts = Prompts(voice, "beeps", most_bytes=2 * ONE)
    assert await prompts.prepare([("您好。请讲。", "zh"), ("Hello.", "en")]) == []
    assert prompts.kept_bytes == 0
    asked = len(voice.asked)
    await prompts.render("别的", "zh")
    assert await heard(prompts, "您好。请讲。") == [("您好。", 2), ("请讲。", 2)]
    assert len(voice.asked) == asked + 1


async def test_what_could_not_be_prepared_is_told_and_tried_again_when_it_is_said() -> None:
    voice = Beeps(fail_after=3)
    prompts = Prompts(voice, "beeps")
    assert await prompts.prepare([("您好", "zh"), ("您好您好", "zh")]) == [("您好您好", "zh")]
    voice.fail_after = None
    assert await heard(prompts, "您好您好") == [("您好您好", 4)]


async def test_the_next_sentence_is_made_while_one_is_played() -> None:
    voice = Beeps()
    async with aclosing(Prompts(voice, "beeps").speak("一。二。三。", "zh")) as speech:
        await anext(speech)
        await asyncio.sleep(0)
        assert voice.asked == ["一。", "二。"]


async def test_who_stops_listening_stops_the_voice() -> None:
    voice = Beeps()
    prompts = Prompts(voice, "beeps")
    await prompts.render("一。", "zh")
    voice.gate = asyncio.Event()
    speech = prompts.speak("一。二。三。", "zh")
    assert (await anext(speech))[0] == "一。"
    await asyncio.sleep(0)
    await speech.aclose()
    assert voice.stopped == ["二。"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_who_is_cancelled_while_waiting_stops_the_voice() -> None:
    voice = Beeps()
    voice.gate = asyncio.Event()
    task = asyncio.create_task(heard(Prompts(voice, "beeps"), "一。二。"))
    while not voice.asked:  # noqa: ASYNC110 - a turn of the loop or two
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert voice.stopped == ["一。"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_sentence_that_fails_fails_in_its_turn() -> None:
    speech = Prompts(Beeps(fail_after=5), "beeps").speak("您好。这一句太长了。", "zh")
    assert (await anext(speech))[0] == "您好。"
    with pytest.raises(SynthesisFailed):
        await anext(speech)


@settings(max_examples=50)
@given(st.text(max_size=80), st.sampled_from(["zh", "en"]))
def test_of_any_text_every_piece_comes(text: str, language: str) -> None:
    found = asyncio.run(heard(Prompts(Beeps(), "beeps"), text, language))
    assert "".join(piece for piece, _ in found) == text
