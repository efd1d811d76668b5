"""Each number by its formula, on facts whose answer is known by hand."""

from pathlib import Path

import pytest

from core.time import HOUR, SECOND
from qa import insights
from qa.insights import BY_ID, NUMBERS, line
from qa.model import Duty, Facts, Tally, Wait

DAY = 24 * HOUR


def at(hour: float) -> int:
    """An instant of the day, in microseconds."""
    return round(hour * HOUR)


def facts(**given: tuple[object, ...]) -> Facts:
    """A day of 24 slots."""
    return Facts(0, DAY, 24, **given)  # type: ignore[arg-type]


def test_every_number_has_words_in_both_languages_and_a_value_of_an_empty_day() -> None:
    assert len({number.id for number in NUMBERS}) == len(NUMBERS)
    empty = facts()
    for number in NUMBERS:
        for words in (number.title, number.formula):
            assert set(words) == {"zh", "en"} and all(words.values())
        assert line(number, empty, 24) == [number.of(empty)] * 24
    for id in ("containment", "first_response", "first_response_p95", "csat", "csat_good"):
        assert BY_ID[id].of(empty) is None  # nothing to divide by is not 0 %


def test_who_waits_at_the_end() -> None:
    day = facts(
        waits=(Wait(at(1), at(2)), Wait(at(20)), Wait(at(23.5)), Wait(at(22), DAY), Wait(-at(3), at(1)), Wait(DAY))
    )
    # One came before and still waits; one is taken in the very instant, which is outside; one comes in that instant.
    assert insights.waiting(day) == 3
    assert insights.longest_wait(day) == 4 * 3600
    counts = line(BY_ID["waiting"], day, 24)
    assert (counts[0], counts[1], counts[5], counts[19], counts[20], counts[23]) == (1, 1, 0, 0, 1, 3)
    longest = line(BY_ID["longest_wait"], day, 24)
    assert (longest[0], longest[19], longest[21]) == (4 * 3600, 0, 2 * 3600)


def test_containment_counts_conversations_that_nobody_served() -> None:
    day = facts(closed=(Tally(0, 0, 3), Tally(0, 1, 1), Tally(7, 1, 2), Tally(23, 0, 2)))
    assert (insights.handled_by_bot(day), insights.handled_by_people(day)) == (5, 3)
    assert insights.containment(day) == pytest.approx(5 / 8)
    shares = line(BY_ID["containment"], day, 24)
    assert (shares[0], shares[1], shares[7], shares[23]) == (0.75, None, 0, 1)


def test_first_response_is_from_the_request_to_the_first_words() -> None:
    seconds = [*range(1, 20), 100]
    waits = [Wait(at(3), at(3) + SECOND, at(3) + one * SECOND) for one in seconds]
    waits += [Wait(at(5), at(5.1), at(6), first=False), Wait(at(5), at(5.1), -1), Wait(at(5), at(5.1))]
    waits += [Wait(-at(1), -at(0.5), 30 * SECOND), Wait(at(23), at(23.5), DAY)]
    day = facts(waits=tuple(waits))
    # Taken before the window and answered in it counts here; answered at its end counts in the next.
    everything = sorted([*seconds, 3630])
    assert insights.first_response(day) == everything[10] == 11
    assert insights.first_response_p95(day) == 100
    medians = line(BY_ID["first_response"], day, 24)
    assert (medians[0], medians[3], medians[5], medians[23]) == (3630, 10.5, None, None)
    assert insights.first_response_p95(facts(waits=(Wait(0, 1, 2 * SECOND),))) == 2


def test_ratings_by_mean_and_share() -> None:
    day = facts(rated=(Tally(1, 5, 2), Tally(1, 1, 1), Tally(2, 4, 1)))
    assert insights.csat(day) == pytest.approx(15 / 4)
    assert insights.csat_good(day) == pytest.approx(3 / 4)
    assert line(BY_ID["csat"], day, 24)[1:4] == [pytest.approx(11 / 3), 4, None]


def test_alerts_arrivals_and_who_is_there() -> None:
    day = facts(
        alerts=(Tally(0, 0, 2), Tally(5, 0, 1)), started=(Tally(9, 0, 4),),
        duties=(Duty(at(8), at(16)), Duty(at(12), 0)),
    )  # fmt: skip
    assert (insights.alerts(day), insights.arrivals(day), insights.staffed(day)) == (3, 4, 1)
    on_duty = line(BY_ID["staffed"], day, 24)
    assert (on_duty[6], on_duty[8], on_duty[13], on_duty[15], on_duty[16]) == (0, 1, 2, 2, 1)
    assert sum(line(BY_ID["arrivals"], day, 24)) == 4  # type: ignore[arg-type]


def test_lines_of_four_slots_hold_what_the_slots_hold() -> None:
    day = Facts(0, DAY, 96, started=tuple(Tally(slot, 0, 1) for slot in range(96)))
    assert line(BY_ID["arrivals"], day, 24) == [4] * 24
    assert line(BY_ID["arrivals"], day, 96) == [1] * 96


def test_the_page_of_the_numbers_says_the_same_formulas() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "supervisor.md").read_text(encoding="utf-8")
    for number in NUMBERS:
        assert f"| `{number.id}` | {number.title['en']} | {number.unit} | {number.formula['en']} |" in page
