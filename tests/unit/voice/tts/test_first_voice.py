"""Several voices as one."""

import pytest

from tests.unit.voice.tts.speaking import MS_A_SIGN, Beeps
from voice.tts.errors import SynthesisFailed
from voice.tts.first import REST_SECONDS, First

ONE = MS_A_SIGN * 16  # bytes of a sign at 8 kHz


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def said(voice: First, text: str = "您好吗", language: str = "zh") -> bytes:
    return b"".join([pcm async for pcm in voice.speak(text, language)])


async def test_the_first_speaks_and_the_second_is_not_asked() -> None:
    one, two = Beeps(), Beeps()
    assert len(await said(First([one, two], Clock()))) == 3 * ONE
    assert two.asked == []


async def test_who_fails_before_it_is_heard_is_replaced_and_nothing_is_said_twice() -> None:
    one, two = Beeps(fail_after=0), Beeps()
    assert len(await said(First([one, two], Clock()))) == 3 * ONE
    assert (one.asked, two.asked) == (["您好吗"], ["您好吗"])


async def test_who_fails_midway_is_not_replaced() -> None:
    one, two = Beeps(fail_after=2), Beeps()
    voice = First([one, two], Clock())
    sound = voice.speak("您好吗", "zh")
    assert await anext(sound)
    assert await anext(sound)
    with pytest.raises(SynthesisFailed, match="breath"):
        await anext(sound)
    assert two.asked == []


async def test_who_failed_twice_rests_and_is_tried_again_by_one_text() -> None:
    clock, one, two = Clock(), Beeps(fail_after=0), Beeps()
    voice = First([one, two], clock)
    for _ in range(4):
        await said(voice)
    assert (len(one.asked), len(two.asked)) == (2, 4)
    clock.now += REST_SECONDS
    await said(voice)
    await said(voice)
    assert len(one.asked) == 3
    clock.now += REST_SECONDS
    one.fail_after = None
    for _ in range(3):
        await said(voice)
    assert len(one.asked) == 6
    assert len(two.asked) == 6


async def test_while_one_tries_again_the_others_do_not_wait_for_it() -> None:
    clock, one, two = Clock(), Beeps(fail_after=0), Beeps()
    voice = First([one, two], clock)
    await said(voice)
    await said(voice)
    clock.now += REST_SECONDS
    one.fail_after = None
    trying = voice.speak("您好吗", "zh")
    first = trying.__anext__()
    assert two.asked == ["您好吗"] * 2
    assert await first
    assert len(one.asked) == 3
    await trying.aclose()
    assert one.stopped == ["您好吗"]


async def test_one_failure_between_successes_changes_nothing() -> None:
    one, two = Beeps(), Beeps()
    voice = First([one, two], Clock())
    for fail in (0, None, 0, None, 0):
        one.fail_after = fail
        await said(voice)
    assert (len(one.asked), len(two.asked)) == (5, 3)


async def test_where_all_rest_all_are_asked_rather_than_be_silent() -> None:
    one, two = Beeps(fail_after=0), Beeps(fail_after=0)
    voice = First([one, two], Clock())
    for _ in range(3):
        with pytest.raises(SynthesisFailed, match="breath"):
            await said(voice)
    assert (len(one.asked), len(two.asked)) == (3, 3)
    two.fail_after = None
    assert await said(voice)


async def test_a_voice_is_not_asked_for_a_language_that_it_does_not_have() -> None:
    one, two = Beeps(languages=("en",)), Beeps(languages=("zh",))
    voice = First([one, two], Clock())
    assert voice.languages == ("en", "zh")
    assert await said(voice)
    assert one.asked == []
    with pytest.raises(SynthesisFailed, match="language fr"):
        await said(voice, "oui", "fr")


def test_voices_have_one_rate() -> None:
    with pytest.raises(ValueError, match="same rate"):
        First([Beeps(8000), Beeps(16000)], Clock())
    with pytest.raises(ValueError, match="One voice"):
        First([], Clock())
