"""How far our voice has come, in milliseconds and in words."""

from voice.turns.playing import Playing


def playing(*chunks: tuple[str, int], mark: bool = False) -> Playing:
    """Begun at 1000."""
    voice = Playing("a", 1000, "speech")
    for number, (text, ms) in enumerate(chunks):
        voice.add(1000, text, ms, f"m{number}" if mark else "", number == len(chunks) - 1)
    return voice


def test_positions_follow_the_clock_to_the_end_of_what_is_queued() -> None:
    voice = playing(("Hello there. ", 1000))
    assert [voice.position(at) for at in (900, 1000, 1500, 3000)] == [0, 0, 500, 1000]
    voice.add(5000, "And more.", 1000, "", False)
    assert voice.position(5200) == 1200


def test_a_mark_that_has_not_come_holds_the_position() -> None:
    voice = playing(("一二三四，", 1000), ("五六七八。", 1000), mark=True)
    assert voice.position(1900) == 900
    assert voice.position(2500) == 1000
    voice.reach(2500, "m0")
    assert voice.position(2700) == 1200
    voice.reach(2700, "unknown")
    assert voice.position(2700) == 1200
    voice.reach(2700, "m1")
    assert voice.position(2700) == 2000


def test_a_pause_holds_it_and_going_on_repeats_the_clause() -> None:
    voice = playing(("您的套餐是每月五十九元，", 2000), ("包含二十吉流量。", 2000), mark=True)
    voice.reach(3000, "m0")
    assert voice.pause(3500) == 2500
    assert voice.position(9000) == 2500
    assert voice.lost_at(1000) is None
    assert voice.again(9000, 1500) == (2000, 12)
    voice.resume(9000, 2000)
    assert voice.position(9300) == 2300
    assert voice.left(9300) == 1700


def test_whole_words_are_heard() -> None:
    voice = playing(("I don't understand you.", 2300))
    heard = [voice.text[: voice.heard(at)].strip() for at in (1000, 1150, 1500, 1900, 3300)]
    assert heard == ["", "I", "I", "I don't", "I don't understand you."]


def test_far_from_the_clause_the_word_is_repeated() -> None:
    voice = playing(("We will send somebody tomorrow.", 3100))
    ms, char = voice.again(3600, 1000)
    assert voice.text[char:] == "tomorrow."
    assert ms == 2200
    assert voice.again(3600, 0) == (2600, 26)
    assert voice.again(1000, 1000) == (0, 0)


def test_what_is_said_between() -> None:
    voice = playing(("一二三四五六七八九十", 1000))
    assert voice.between(200, 500) == "三四五"
    assert voice.between(-500, 5000) == "一二三四五六七八九十"
