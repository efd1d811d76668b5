"""A name is shown to others and saved by them: it says what it is and leads nowhere."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.filenames import LIMIT, clean, extension, renamed


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("光猫 照片.jpg", "光猫 照片.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\bill.pdf", "bill.pdf"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("a\u200bb\ufeffc\0d\r\ne.txt", "abcd e.txt"),
        ('what<is>this:"|?*.png', "what_is_this_____.png"),
        ("  .hidden. ", "hidden"),
        ("", "file"),
        ("...", "file"),
        ("\ud83d.png", "png"),
        ("con.txt", "_con.txt"),
        ("e\u0301te\u0301.png", "\u00e9t\u00e9.png"),
    ],
)
def test_names_are_cleaned(given_name: str, name: str) -> None:
    assert clean(given_name) == name


@given(st.text(max_size=400))
def test_a_clean_name_is_visible_short_and_no_path(name: str) -> None:
    kept = clean(name)
    assert kept and len(kept.encode()) <= LIMIT
    assert not set(kept) & set('/\\<>:"|?*\0')
    assert not [c for c in kept if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn")]
    assert clean(kept) == kept


@given(st.text(min_size=1, max_size=400), st.sampled_from(["png", "docx"]))
def test_a_name_keeps_its_ending_however_long_it_is(name: str, ending: str) -> None:
    assert extension(renamed(clean(name), ending)) == ending
    assert len(renamed(clean(name), ending).encode()) <= LIMIT


@pytest.mark.parametrize(("name", "ending"), [("a.PNG", "png"), ("a.tar.gz", "gz"), ("png", ""), (".png", ""), ("a.", ""), ("v1.2 的说明", "")])
def test_what_an_ending_is(name: str, ending: str) -> None:
    assert extension(name) == ending
