"""The process that speaks: what it says, that it can be stopped, and that it comes back."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.audio.level import level
from voice.audio.pcm import to_samples
from voice.tts.errors import SynthesisFailed
from voice.tts.espeak import Espeak, EspeakVoice
from voice.tts.espeak_frames import END, HEAD, MOST_BODY, READY, SOUND, SPEAK, Ended, Order, frame

LONG = "您的宽带账单已经出来了，请在月底之前缴费。" * 40


@pytest.fixture
async def voice() -> AsyncIterator[Espeak]:
    speaking = Espeak()
    yield speaking
    await speaking.close()


async def said(voice: Espeak, text: str, language: str = "zh") -> bytes:
    return b"".join([pcm async for pcm in voice.speak(text, language)])


def process_of(voice: Espeak) -> asyncio.subprocess.Process:
    assert voice._life is not None
    return voice._life._process


@pytest.mark.parametrize(
    ("text", "language", "seconds"),
    [
        ("您好，请问有什么可以帮您？", "zh", (2, 5)),
        ("Hello, how can I help you?", "en", (1, 4)),
        ("您的 WiFi 路由器已经重启。", "zh", (2, 5)),
    ],
)
async def test_it_speaks_both_languages_at_the_rate_of_the_line(
    voice: Espeak, text: str, language: str, seconds: tuple[int, int]
) -> None:
    pcm = await said(voice, text, language)
    assert seconds[0] < len(pcm) / 2 / 8000 < seconds[1]
    assert -35 < level(pcm) < -10


async def test_wideband_is_as_long(voice: Espeak) -> None:
    wide = Espeak(16000)
    assert len(await said(wide, "您好。")) == pytest.approx(2 * len(await said(voice, "您好。")), rel=0.05)
    await wide.close()


async def test_sound_comes_in_pieces_and_the_same_text_is_as_long(voice: Espeak) -> None:
    first = [pcm async for pcm in voice.speak("欢迎致电。", "zh")]
    assert len(first) > 5
    assert all(pcm and len(pcm) % 2 == 0 for pcm in first)
    # Not the same to the bit: eSpeak lets a voice flutter a little.
    assert sum(map(len, first)) == pytest.approx(len(await said(voice, "欢迎致电。")), rel=0.05)


async def test_many_at_once_get_each_their_own(voice: Espeak) -> None:
    texts = ["一", "二二二二", "三三三三三三三三"] * 3
    alone = [len(await said(voice, text)) for text in texts]
    together = await asyncio.gather(*(said(voice, text) for text in texts))
    assert [len(pcm) for pcm in together] == pytest.approx(alone, rel=0.1)


async def test_a_sentence_has_a_pause_behind_it_and_no_vowel_is_clipped(voice: Espeak) -> None:
    pcm = await said(voice, "工单号是 T，七 F 三 K，九二 Q D。")
    assert level(pcm[-2 * 8000 // 5 :]) < -60
    assert abs(to_samples(pcm).astype(int)).max() < 32000


async def test_a_long_text_is_said_to_its_end(voice: Espeak) -> None:
    assert len(await said(voice, LONG * 2)) > 1.8 * len(await said(voice, LONG))


async def test_who_stops_listening_stops_it_and_the_next_is_heard(voice: Espeak) -> None:
    async with aclosing(voice.speak(LONG, "zh")) as sound:
        assert await anext(sound)
    pid = process_of(voice).pid
    assert await said(voice, "您好。")
    assert process_of(voice).pid == pid
    assert not voice._life or not voice._life._open


async def test_a_task_that_is_cancelled_leaves_the_process_well(voice: Espeak) -> None:
    await voice.start()
    task = asyncio.create_task(said(voice, LONG))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await said(voice, "您好。")


async def test_when_it_dies_the_text_under_way_fails_and_the_next_is_spoken(voice: Espeak) -> None:
    await voice.start()
    process_of(voice).send_signal(signal.SIGSTOP)
    task = asyncio.create_task(said(voice, LONG))
    while not (voice._life and voice._life._open):  # noqa: ASYNC110 - one turn of the loop or two
        await asyncio.sleep(0)
    os.kill(process_of(voice).pid, signal.SIGKILL)
    with pytest.raises(SynthesisFailed) as failed:
        await task
    assert failed.value.code == "speech_stopped"
    assert await said(voice, "您好。")


async def test_when_it_hangs_it_is_given_up_and_started_anew() -> None:
    voice = Espeak(patience=0.3)
    await voice.start()
    hanging = process_of(voice)
    hanging.send_signal(signal.SIGSTOP)
    with pytest.raises(SynthesisFailed) as failed:
        await said(voice, "您好。")
    assert failed.value.code == "speech_timeout"
    assert await hanging.wait() == -signal.SIGKILL
    voice._patience = 10
    assert await said(voice, "您好。")
    await voice.close()


async def test_after_closing_nothing_runs_and_nothing_is_said(voice: Espeak) -> None:
    await voice.start()
    process = process_of(voice)
    await voice.close()
    assert process.returncode is not None
    with pytest.raises(SynthesisFailed, match="switched off"):
        await said(voice, "您好。")


async def test_closing_what_never_spoke_does_nothing(voice: Espeak) -> None:
    await voice.close()


async def test_it_knows_none_of_our_secrets(voice: Espeak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_SECRET", "hidden")
    await voice.start()
    told = Path(f"/proc/{process_of(voice).pid}/environ").read_bytes()
    assert b"hidden" not in told


async def test_unknown_voices_and_languages_are_refused(voice: Espeak) -> None:
    with pytest.raises(SynthesisFailed, match="language fr"):
        await said(voice, "Bonjour", "fr")
    odd = Espeak(voices={"zh": EspeakVoice("nobody")})
    with pytest.raises(SynthesisFailed, match="nobody") as failed:
        await said(odd, "您好。")
    assert failed.value.code == "speech_refused"
    await odd.close()
    with pytest.raises(ValueError, match="11025"):
        Espeak(11025)


@pytest.mark.parametrize("command", [["/nowhere/at/all"], [sys.executable, "-c", "pass"]])
async def test_what_cannot_start_says_so(command: list[str]) -> None:
    voice = Espeak(command=command)
    with pytest.raises(SynthesisFailed) as failed:
        await voice.start()
    assert failed.value.code == "speech_unavailable"
    await voice.close()


async def test_without_the_library_it_says_what_to_install() -> None:
    without = "import voice.tts.espeak_process as p, sys; p.find_spec = lambda name: None; sys.exit(p.main())"
    voice = Espeak(command=[sys.executable, "-c", without])
    with pytest.raises(SynthesisFailed, match="espeakng-loader"):
        await said(voice, "您好。")
    await voice.close()


async def test_one_who_talks_nonsense_is_given_up() -> None:
    nonsense = "import sys; sys.stdout.buffer.write(b'R' + bytes(8) + b'?' * 90); sys.stdout.flush(); sys.stdin.read()"
    voice = Espeak(command=[sys.executable, "-c", nonsense])
    with pytest.raises(SynthesisFailed) as failed:
        await said(voice, "您好。")
    assert failed.value.code == "speech_stopped"
    await voice.close()


async def test_words_that_it_would_misread_are_written_as_they_sound() -> None:
    echo = """
import sys, struct, json
out, source = sys.stdout.buffer, sys.stdin.buffer
out.write(b"R" + bytes(8)); out.flush()
while head := source.read(9):
    kind, number, size = struct.unpack(">cII", head)
    text = json.loads(source.read(size))["text"].encode() if size else b""
    if kind == b"S":
        out.write(struct.pack(">cII", b"P", number, len(text)) + text + struct.pack(">cII", b"E", number, 2) + b"{}")
        out.flush()
"""
    voice = Espeak(command=[sys.executable, "-c", echo])
    assert (
        await said(voice, "请重启光猫，还款很便宜，重要的还有。")
    ).decode() == "请虫启光猫，环款很骈宜，重要的还有。"
    assert (await said(voice, "Hello 重启", "en")).decode() == "Hello 重启"
    await voice.close()


# The process by itself ------------------------------------------------------------------------------------------


class Child:
    """The process, spoken to by hand."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def next(self) -> tuple[bytes, int, bytes]:
        assert self.process.stdout is not None
        kind, number, size = HEAD.unpack(await self.process.stdout.readexactly(HEAD.size))
        return kind, number, await self.process.stdout.readexactly(size)

    def send(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)

    async def ended(self, number: int) -> Ended:
        while True:
            kind, of, body = await self.next()
            if (kind, of) == (END, number):
                return msgspec.json.decode(body, type=Ended)
            assert kind == SOUND


@pytest.fixture
async def child() -> AsyncIterator[Child]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "voice.tts.espeak_process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    child = Child(process)
    assert (await child.next())[0] == READY
    yield child
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


def order(text: str, rate: int = 8000) -> bytes:
    return msgspec.json.encode(Order(text, "cmn", rate))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"text": 5}', b"\xff\xfe", order("您好" * 600), order("您好", 1)]
)
async def test_an_order_that_cannot_be_is_refused_and_the_next_is_fulfilled(
    child: Child, body: bytes
) -> None:
    child.send(frame(SPEAK, 1, body))
    assert (await child.ended(1)).code == "speech_refused"
    child.send(frame(SPEAK, 2, order("您好。")))
    assert await child.ended(2) == Ended()


@pytest.mark.parametrize("data", [b"x" * 9, HEAD.pack(SPEAK, 1, MOST_BODY + 1)])
async def test_a_frame_that_cannot_be_one_ends_it(child: Child, data: bytes) -> None:
    child.send(data)
    assert await child.process.wait() == 2


async def test_it_ends_with_its_input(child: Child) -> None:
    assert child.process.stdin is not None
    child.send(frame(SPEAK, 7, order("您好。")))
    child.process.stdin.close()
    assert await child.ended(7) == Ended()
    assert await child.process.wait() == 0


async def test_what_is_cancelled_is_not_said_to_its_end(child: Child) -> None:
    child.send(frame(SPEAK, 5, order("您好。" * 300)))
    assert (await child.next())[0] == SOUND
    child.send(frame(b"C", 5) + frame(SPEAK, 6, order("您好。")))
    heard = 0
    while (frame_ := await child.next())[:2] != (END, 5):
        heard += len(frame_[2])
    assert heard < 300 * 16000 // 4
    assert await child.ended(6) == Ended()


async def test_cancelling_what_is_not_there_does_nothing(child: Child) -> None:
    child.send(frame(b"C", 99) + frame(SPEAK, 99, order("您好。")))
    assert await child.ended(99) == Ended()


TEXTS = st.lists(st.text(max_size=60) | st.text("[]<>&{}\x00\u200d😀%s一9.", max_size=40), max_size=20)


@settings(max_examples=8, deadline=None)
@given(TEXTS)
def test_no_text_brings_it_down(texts: list[str]) -> None:
    async def try_them() -> None:
        voice = Espeak()
        await voice.start()
        pid = process_of(voice).pid
        for text in texts:
            await said(voice, text)
        assert process_of(voice).pid == pid
        await voice.close()

    asyncio.run(try_them())
