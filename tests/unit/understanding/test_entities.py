import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.entities import Phrases, find_built_in, mask
from bot.understanding.features import MASKS


def named(text: str) -> list[tuple[str, str]]:
    return [(entity.name, entity.value) for entity in find_built_in(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("我的电话13812345678", "13812345678"),
        ("打１３８１２３４５６７８找我", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("138-1234-5678谢谢", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("0086-13812345678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("座机 020-88881234", "02088881234"),
        ("(0755) 8888 1234", "075588881234"),
        ("+86 20 8888 1234", "02088881234"),
        ("my number is +44 20 7946 0958", "+442079460958"),
    ],
)
def test_phone_numbers(text: str, value: str) -> None:
    assert named(text) == [("phone", value)]


@pytest.mark.parametrize(
    "text",
    [
        "F-7K3M-9Q2X",
        "f-7k3m-9q2x",
        "F7K3M9Q2X",
        "f 7k3m 9q2x",
        "Ｆ－７Ｋ３Ｍ－９Ｑ２Ｘ",
        "F—7K3M—9Q2X",
        "查一下F-7K3M-9Q2X的进度",
    ],
)
def test_ticket_numbers_as_people_write_them(text: str) -> None:
    assert named(text) == [("ticket", "F-7K3M-9Q2X")]


def test_letters_that_look_like_digits_are_read_as_crockford_says() -> None:
    assert named("f-oil3-9q2x") == [("ticket", "F-0113-9Q2X")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I need help",
        "a good idea",
        "I paid this week",
        "wait, I have been here",
        "2026-11-20",
        "110101199003071234",
        "call 400-820-8820",
        "10086",
        "a-b",
        "@",
        "a@b",
    ],
)
def test_words_are_no_numbers(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("¥1,280.50扣错了", "1280.5"),
        ("多扣了128元", "128"),
        ("you took $20", "20"),
        ("99.9 yuan", "99.9"),
        ("RMB 300", "300"),
    ],
)
def test_amounts_are_plain_decimals(text: str, value: str) -> None:
    assert named(text) == [("amount", value)]


def test_emails_and_several_in_one_message() -> None:
    text = "写给 Li.Lei@Example.com，电话１３８１２３４５６７８，单号 f7k3m9q2x"
    found = find_built_in(text)
    assert [(e.name, e.value) for e in found] == [
        ("email", "li.lei@example.com"),
        ("phone", "13812345678"),
        ("ticket", "F-7K3M-9Q2X"),
    ]
    assert all(text[e.start : e.end] == e.text for e in found)
    masked = mask(text, found)
    assert "138" not in masked and "１３８" not in masked and "Example" not in masked
    assert all(MASKS[name] in masked for name in ("email", "phone", "ticket"))


ALPHABET = st.sampled_from("0138-+ ()F7K3M9Q2Xa@.comV元¥,我 ０－")


@given(st.one_of(st.text(), st.text(ALPHABET, max_size=80)))
def test_entities_lie_in_order_in_the_message(text: str) -> None:
    end = 0
    for entity in find_built_in(text):
        assert end <= entity.start < entity.end <= len(text)
        assert text[entity.start : entity.end] == entity.text
        end = entity.end


@pytest.mark.timeout(5)
def test_hostile_messages_take_no_time() -> None:
    for piece in ("1", "a.", "a@", "1-", "+1 ", "a-", "1,000", "0(", "8 "):
        find_built_in(piece * (10_000 // len(piece)))


PHRASES = Phrases(
    {
        "wifi": ("service", "broadband"),
        "Set-top box": ("service", "tv"),
        "tv": ("service", "tv"),
        "tv subscription": ("service", "tv"),
        "宽带": ("service", "broadband"),
        "光纤宽带": ("service", "fibre"),
        "电视": ("service", "tv"),
    }
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我家光纤宽带坏了", [("光纤宽带", "fibre")]),
        ("寬帶和電視", [("寬帶", "broadband"), ("電視", "tv")]),
        ("WiFi慢", [("WiFi", "broadband")]),
        ("ＷＩＦＩ慢", [("ＷＩＦＩ", "broadband")]),
        ("my tv", [("tv", "tv")]),
        ("my set-top box", [("set-top box", "tv")]),
        ("the tvs, antv", []),
        ("", []),
    ],
)
def test_phrases_match_whole_words_and_the_longest(text: str, found: list[tuple[str, str]]) -> None:
    assert [(entity.text, entity.value) for entity in PHRASES.find(text)] == found


@given(st.text(st.sampled_from("宽带光纤电视wifi tv-setopbxＴＶ寬İ"), max_size=30))
def test_phrases_point_at_their_text(text: str) -> None:
    end = 0
    for entity in PHRASES.find(text):
        assert end <= entity.start and text[entity.start : entity.end] == entity.text
        end = entity.end


def test_an_empty_table_finds_nothing() -> None:
    assert Phrases({}).find("tv") == []
    assert Phrases({" ": ("a", "b")}).find(" ") == []
