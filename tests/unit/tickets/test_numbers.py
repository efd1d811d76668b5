"""Numbers are read back whatever the typing, and a slip is seen."""

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tickets.numbers import ALPHABET, generate, normalise

prefixes = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=4)
seeds = st.integers(0, 2**32)


def number(prefix: str, seed: int) -> str:
    return generate(prefix, random.Random(seed).randrange)


@given(prefixes, seeds)
def test_a_number_is_its_own_normal_form(prefix: str, seed: int) -> None:
    made = number(prefix, seed)
    assert normalise(made) == made


@given(prefixes, seeds)
def test_spellings_of_people_are_understood(prefix: str, seed: int) -> None:
    made = number(prefix, seed)
    plain = made.replace("-", "")
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in made)
    body = plain[len(prefix) :]
    confused = prefix + body.replace("0", "O").replace("1", "l")
    for spelling in (
        made.lower(),
        plain,
        " ".join(plain),
        f"  {made}\n",
        full_width,
        confused,
        made.replace("-", "—"),
    ):
        assert normalise(spelling) == made


@given(prefixes, seeds, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_every_single_wrong_symbol_is_seen(prefix: str, seed: int, place: int, wrong: str) -> None:
    made = number(prefix, seed)
    body = list(made[len(prefix) + 1 :].replace("-", ""))
    assume(body[place] != wrong)
    body[place] = wrong
    assert normalise(prefix + "".join(body)) is None


@given(prefixes, seeds, st.integers(0, 6))
def test_every_swap_of_neighbours_is_seen(prefix: str, seed: int, place: int) -> None:
    made = number(prefix, seed)
    body = list(made[len(prefix) + 1 :].replace("-", ""))
    assume(body[place] != body[place + 1])
    body[place], body[place + 1] = body[place + 1], body[place]
    assert normalise(prefix + "".join(body)) is None


@given(seeds, st.sampled_from("ABCDEGH"))
def test_a_wrong_prefix_is_seen(seed: int, wrong: str) -> None:
    assert normalise(wrong + number("F", seed)[1:]) is None


@given(st.text(max_size=80))
def test_any_text_gives_a_number_or_none(text: str) -> None:
    found = normalise(text)
    assert found is None or normalise(found) == found


def test_a_prefix_of_other_signs_is_refused() -> None:
    with pytest.raises(ValueError, match="prefix"):
        generate("f1", random.Random(1).randrange)
