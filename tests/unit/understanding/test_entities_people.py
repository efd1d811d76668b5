"""Identity numbers, addresses, names, sums in words, and what all recognisers owe to any text."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.entities import RECOGNISED, Phrases, find
from bot.understanding.entities.contact import is_id_card

NOW = datetime(2026, 11, 18, 10, 20, tzinfo=UTC)
PLANS = Phrases(
    {"59块的套餐": ("plan", "mobile-59"), "300M宽带": ("plan", "fibre-300"), "宽带": ("service", "broadband")}
)


def values(text: str, name: str) -> list[Any]:
    return [entity.value for entity in find(text, now=NOW, phrases=PLANS) if entity.name == name]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("我叫王芳，要投诉", "王芳"),
        ("我叫張家豪，想轉套餐", "張家豪"),
        ("我的名字是欧阳修远", "欧阳修远"),
        ("机主叫阿依古丽·买买提", "阿依古丽·买买提"),
        ("13912345678，陈建军", "陈建军"),
        ("我叫Linda", "Linda"),
        ("my name is Tom Baker", "Tom Baker"),
        ("Hi, Daniel Kim here.", "Daniel Kim"),
        ("i'm kevin walsh btw", "kevin walsh"),
        ("Lisa Sun, 13912345678", "Lisa Sun"),
    ],
)
def test_names_where_they_are_introduced(text: str, value: str) -> None:
    assert values(text, "name") == [value]


@pytest.mark.parametrize(
    "text",
    ["我是老客户", "谢谢，13912345678", "马上，13912345678", "周杰伦唱歌", "I'm very angry", "I'm Chinese", "it's Monday",
     "Good Morning, 13912345678"],
)  # fmt: skip
def test_no_names(text: str) -> None:
    assert values(text, "name") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "成都市武侯区人民南路四段11号3栋2单元501没网",
            {"city": "成都市", "district": "武侯区", "detail": "人民南路四段11号3栋2单元501"},
        ),
        ("我住在朝阳区，没信号", {"district": "朝阳区"}),
        ("廣州海珠區江南大道中256號", {"city": "廣州", "district": "海珠區", "detail": "江南大道中256號"}),
        ("江苏省昆山市玉山镇", {"province": "江苏省", "district": "昆山市", "detail": "玉山镇"}),
        (
            "at Flat 3, 10 Xinhua Road, Binjiang District, Hangzhou please",
            {"detail": "Flat 3, 10 Xinhua Road", "district": "Binjiang District", "city": "Hangzhou"},
        ),
    ],
)
def test_addresses(text: str, value: dict[str, str]) -> None:
    assert values(text, "address") == [value]


@pytest.mark.parametrize(
    "text", ["我们小区没信号", "市区信号差", "上海市的信号", "on the road", "2 of 3 streets"]
)
def test_no_addresses(text: str) -> None:
    assert values(text, "address") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("两百块", "200"), ("12元6角", "12.6"), ("违约金要五百六？", "560"), ("1.5万元", "15000"), ("五毛", "0.5"), ("30块一个月", "30"),
     ("三千六百塊錢", "3600"), ("two hundred yuan", "200"), ("15k yuan", "15000"), ("￥1,280.00", "1280")],
)  # fmt: skip
def test_sums_in_figures_and_words(text: str, value: str) -> None:
    assert values(text, "amount") == [value]


def test_id_cards_have_their_check_character() -> None:
    assert values("证号 110105 19661212 1410", "id_card") == ["110105196612121410"]
    assert values("45010319860627559x", "id_card") == ["45010319860627559X"]
    assert values("110105199003071231", "id_card") == []


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_no_id_card(place: int, by: int) -> None:
    good = "110105196612121410"
    assert is_id_card(good)
    assert not is_id_card(good[:place] + str((int(good[place]) + by) % 10) + good[place + 1 :])


def test_a_plan_named_by_its_price_is_no_sum_and_no_service() -> None:
    assert [(e.name, e.value, e.text) for e in find("59块的套餐和 300M 宽带", now=NOW, phrases=PLANS)] == [
        ("plan", "mobile-59", "59块的套餐"),
        ("plan", "fibre-300", "300M 宽带"),
    ]


PIECES = st.sampled_from(
    "明天 下午 三 点 半 周 五 号 年 月 日 元 块 毛 区 市 县 路 1 2 30 : - / . ， , 。 我叫 王 李 @ a.b F-7K3M 小时 后 前 next Tuesday at in an hour "
    "and half past the 3rd of yuan ¥ Road District Flat Tom I'm name 前天 两 百 千 万 个 İ ０ 寬 + 138 1234 5678".split(
        " "
    )
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=30).map("".join),
    st.lists(PIECES, max_size=30).map(" ".join),
)


@given(TEXTS, st.datetimes(timezones=st.just(UTC)))
def test_any_text_at_any_time(text: str, now: datetime) -> None:
    end = 0
    for entity in find(text, now=now, phrases=PLANS):
        assert end <= entity.start < entity.end <= len(text)
        assert text[entity.start : entity.end] == entity.text
        assert entity.name in (*RECOGNISED, "plan", "service")
        end = entity.end


@pytest.mark.timeout(20)
def test_long_texts_take_milliseconds() -> None:
    for piece in (
        "1", "一", "a ", "周", "号", "two ", "明天", "1点", "第", "市", "区", "10:", "in a ", "小时", "James ", "我叫王", ", ",
        "1 A Road ", "half ", "2026-", "¥1", "one hundred ", "5 March ", "Flat 1, ", "李四,", "at 3 ", "路1号", "Ab Cd, ",
    ):  # fmt: skip
        text = (piece * 10_000)[:10_000]
        start = time.process_time()
        find(text, now=NOW, phrases=PLANS)
        assert time.process_time() - start < 0.25
