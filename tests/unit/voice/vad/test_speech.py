"""From probabilities to "started" and "ended"."""

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.voice.turns.stage import told
from voice.turns import facts as f
from voice.turns.machine import Turns
from voice.vad.ports import FRAME_MS
from voice.vad.speech import Change, Speech


def changes(
    probabilities: list[float], raised: bool = False, speech: Speech | None = None
) -> list[tuple[int, bool]]:
    """(the frame at which it became so, whether they speak)."""
    speech = speech or Speech()
    found = []
    for number, probability in enumerate(probabilities):
        if (change := speech.step(probability, raised)) is not None:
            found.append((number + 1 - change.frames, change.speaking))
    return found


def test_it_starts_and_ends_with_the_first_frame_of_a_row() -> None:
    assert changes([0.1] * 5 + [0.9] * 10 + [0.1] * 5) == [(5, True), (15, False)]


def test_a_click_is_no_speech_and_a_stop_consonant_no_end() -> None:
    assert changes([0.1] * 5 + [0.9] * 2 + [0.1] * 5) == []
    assert changes([0.9] * 5 + [0.1] * 2 + [0.9] * 5) == [(0, True)]


def test_between_the_thresholds_nothing_changes() -> None:
    assert changes([0.4] * 20) == []
    assert changes([0.9] * 3 + [0.4] * 20) == [(0, True)]


def test_while_we_speak_it_has_to_be_clearer() -> None:
    assert changes([0.7] * 20) == [(0, True)]
    assert changes([0.7] * 20, raised=True) == []
    assert changes([0.85] * 20, raised=True) == [(0, True)]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())), st.integers(1, 5), st.integers(1, 5))
def test_starts_and_ends_alternate_and_do_not_overlap(
    frames: list[tuple[float, bool]], start: int, end: int
) -> None:
    speech, speaking, last = Speech(start, end), False, 0
    for number, (probability, raised) in enumerate(frames, 1):
        change = speech.step(probability, raised)
        assert change is None or change == Change(not speaking, start if change.speaking else end)
        if change is not None:
            assert number - change.frames >= last
            speaking, last = change.speaking, number
        assert speech.speaking == speaking


def test_our_echo_does_not_pause_us_but_a_caller_does() -> None:
    """The detector, the debounce and the machine together, as a call joins them."""

    def pauses(probability: float) -> list[str]:
        turns, speech, done = Turns(), Speech(), []
        turns.take(f.PlayStarted(0, "a"))
        turns.take(f.PlayChunk(0, "a", "您的套餐是每月五十九元。", 3000, last=True))
        for number in range(1, 40):
            at = number * FRAME_MS
            change = speech.step(probability if number > 10 else 0.0, raised=turns.audible)
            fact: f.Fact = f.Tick(at)
            if change is not None:
                since = at - change.frames * FRAME_MS
                fact = f.SpeechStarted(at, since) if change.speaking else f.SpeechEnded(at, since)
            done += [told(action) for action in turns.take(fact) if isinstance(action, f.Pause)]
        return done

    assert pauses(0.7) == []
    assert pauses(0.95) == ["0.48 pause 0.48"]
