"""The pure parts: expressions, slots, yes and no, the walk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows import engine
from bot.flows.affirmation import yes_or_no
from bot.flows.expressions import ExpressionError, compile_expression
from bot.flows.model import parse_flow
from bot.flows.slots import Slot, accept, from_entities, parse_slot, read, shown
from core.ports import Entity
from core.yamlfile import read as read_yaml


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a == 'x'", True), ("a != 'x'", False), ("n > 2", True), ("n < 2", False), ("2 < n <= 3", True),
        ("a in ['x', 'y']", True), ("a not in ['y']", True), ("unset", False), ("not unset", True),
        ("unset == null", True), ("unset < 3", False), ("a < 3", False), ("flag", True), ("flag == true", True),
        ("n == true", False), ("result.found and result.note == 'ok'", True), ("result.absent", False),
        ("a and (unset or n >= 3)", True), ("n > -1", True), ("'x' in a", True), ("unset in ['x']", False),
        ("when.date == '2026-11-27'", True), ("when.time", False), ("when.part == 'evening'", True), ("a.date == null", True),
        ("unset.part == null", True),
    ],
)  # fmt: skip
def test_expressions_hold_as_written(source: str, expected: bool) -> None:
    expression = compile_expression(source)
    result = {"found": True, "note": "ok"}
    moment = {"date": "2026-11-27", "time": None, "part": "evening"}
    assert expression.holds({"a": "x", "n": 3, "flag": True, "when": moment}, result) is expected


@pytest.mark.parametrize(
    "source",
    ["__import__('os')", "a.b", "a.date.time", "null.date", "a[0]", "result.x.y", "lambda: 1", "a + 1", "f(a)", "[x for x in a]", "a if b else c",
     "a = 1", "", "a ==", "{'a': 1}", "f'{a}'", "b'x'", "a := 1", "1j", "a" * 600, "not " * 60 + "a", "(" * 240 + "a"],
)  # fmt: skip
def test_anything_else_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source)


_values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.text())
)


@given(st.text(max_size=60), st.dictionaries(st.sampled_from("abc"), _values))
def test_an_expression_compiles_or_is_refused_and_evaluates_always(
    source: str, slots: dict[str, object]
) -> None:
    try:
        expression = compile_expression(source)
    except ExpressionError:
        return
    assert expression.holds(slots, {}) in (True, False)


_names = st.sampled_from(["a", "b", "result.x", "null", "1", "'x'", "true", "[1, 'x']"])
_grammar = st.recursive(
    _names,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["==", "!=", "<", ">=", "in", "not in", "and", "or"]), inner).map(
            lambda parts: "(" + " ".join(parts) + ")"
        ),
        inner.map(lambda part: f"(not {part})"),
    ),
    max_leaves=8,
)


@given(_grammar, st.dictionaries(st.sampled_from("ab"), _values), _values)
def test_every_expression_of_the_grammar_is_total(source: str, slots: dict[str, object], x: object) -> None:
    compile_expression(source).holds(slots, {"x": x})


SERVICE = parse_slot(
    "service",
    read_yaml(
        """
type: choice
choices:
  - {value: broadband, title: {zh: 宽带, en: Broadband}, synonyms: [网络, wifi]}
  - {value: tv, title: {zh: 电视, en: TV}, synonyms: [网络电视, set-top box]}
  - {value: other, title: {zh: 其他, en: Something else}}
""",
        "slots.yml",
    ),
)


def slot(kind: str) -> Slot:
    return Slot(name="s", type=kind, file="slots.yml", line=1)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("宽带", "broadband"), ("1", "broadband"), ("第二个", "tv"), ("the first one", "broadband"), ("最后一个", "other"),
        ("last one", "other"), ("option 2", "tv"), ("3.", "other"), ("网络电视坏了", "tv"), ("I mean my set-top box", "tv"),
        ("TV", "tv"), ("寬帶", "broadband"), ("9", None), ("第九个", None), ("宽带和电视", None), ("wifis", None),
        ("", None), ("nothing of that", None),
    ],
)  # fmt: skip
def test_choices_by_title_synonym_and_place(said: str, expected: str | None) -> None:
    found = read(SERVICE, said)
    assert (found.value if found else None) == expected


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        ("phone", "13800138000", "13800138000"), ("phone", "电话是 138 0013 8000", "13800138000"),
        ("phone", "+86 138-0013-8000", "13800138000"), ("phone", "010-62345678", "01062345678"),
        ("phone", "+44 20 7946 0018", "+442079460018"), ("phone", "1380013800", None), ("phone", "不告诉你", None),
        ("email", "Write to Anna@Example.com.", "anna@example.com"), ("email", "anna at example", None),
        ("number", "大概 12 个", 12), ("number", "3.5", 3.5), ("number", "三", 3), ("number", "many", None),
        ("amount", "¥1,280.50", 1280.5), ("amount", "三十", None), ("amount", "98元", 98),
        ("id_card", "11010519491231002X", "11010519491231002X"), ("id_card", "110105194912310021", None),
        ("ticket", "f-12ab-34cd", "F-12AB-34CD"), ("ticket", "need help now", None),
        ("name", "我叫王小明", "王小明"), ("name", "My name is Anna Lee", "Anna Lee"), ("name", "42", None),
        ("address", "海州市新民路18号3栋502室", "海州市新民路18号3栋502室"), ("address", "新民路", None),
        ("address", "昨天，电话13800138000", None), ("address", "18 Mill Lane, Ashford", "18 Mill Lane, Ashford"),
        ("text", "  it is slow ", "it is slow"), ("text", "…", None), ("date_time", "昨天晚上九点", "昨天晚上九点"),
    ],
)  # fmt: skip
def test_values_by_type(kind: str, said: str, expected: object) -> None:
    found = read(slot(kind), said)
    assert (found.value if found else None) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("是的", True), ("对，没问题", True), ("好了，恢复了", True), ("it works now, yes", True), ("yes please", True),
        ("没好，还是不行", False), ("不用了，谢谢", False), ("不对，地址错了", False), ("no, still broken", False),
        ("nope", False), ("宽带", None), ("what?", None), ("", None), ("👍", True),
    ],
)  # fmt: skip
def test_yes_or_no(said: str, expected: bool | None) -> None:
    assert yes_or_no(said) is expected


def test_entities_fill_where_they_are_one() -> None:
    phone = Slot(name="p", type="phone", entity="phone", file="slots.yml", line=1)
    one = Entity("phone", "13800138000", "13800138000", 0, 11)
    other = Entity("phone", "13900139000", "13900139000", 12, 23)
    assert read(phone, "either", (one,)) is not None
    assert read(phone, "either", (one, other)) is None


@given(st.sampled_from([SERVICE, *map(slot, ("text", "yes_no", "phone", "email", "number", "amount", "name",
                                             "address", "id_card", "ticket", "date_time"))]), st.text(max_size=300))  # fmt: skip
def test_reading_is_total_and_what_it_reads_is_accepted(wanted: Slot, said: str) -> None:
    found = read(wanted, said)
    if found is not None:
        assert accept(wanted, found.value) == found.value
        assert isinstance(shown(wanted, found.value, "zh"), str)


FLOW = parse_flow(
    "f",
    read_yaml(
        """
steps:
  - {id: a, collect: x}
  - {id: b, branch: [{if: "x == 'loop'", then: again}, {else: c}]}
  - {id: again, respond: utter_a, next: b}
  - {id: c, clear: [x]}
  - {id: d, action: act, arguments: {x: x, y: "'lit'"}, success: e}
  - {id: e, end: completed}
""",
        "flows/f.yml",
    ),
    ("zh", "en"),
)


def test_the_walk_stops_at_what_needs_the_world() -> None:
    assert engine.walk(FLOW, "", {}, {}).stop == "collect"
    walked = engine.walk(FLOW, "a", {"x": 1}, {})
    assert (walked.stop, walked.slots) == ("action", {})
    assert walked.step is not None and engine.values(walked.step, {"x": 1}, {}) == {"x": 1, "y": "lit"}
    assert engine.walk(FLOW, "gone", {}, {}).stop == "collect"
    assert engine.walk(FLOW, engine.END_OF_FLOW, {}, {}).outcome == "completed"


def test_the_walk_says_which_ways_it_took() -> None:
    assert engine.walk(FLOW, "", {}, {}).ways == (("a", ""),)
    assert engine.walk(FLOW, "a", {"x": 1}, {}).ways == (("a", "filled"), ("b", "else"), ("c", ""), ("d", ""))
    assert ("b", "x == 'loop'") in engine.walk(FLOW, "b", {"x": "loop"}, {}).ways
    assert {step.id: step.decisions() for step in FLOW.steps.values()} == {
        "a": ("filled", "limit"), "b": ("x == 'loop'", "else"), "again": (), "c": (), "d": ("success", "failure"), "e": (),
    }  # fmt: skip


def test_a_circle_without_a_question_is_stopped() -> None:
    assert engine.walk(FLOW, "b", {"x": "loop"}, {}).stop == engine.RUNAWAY


def test_words_of_another_system_are_told_in_the_language_of_the_customer() -> None:
    title = Slot(name="title", type="text", file="", line=1)
    both = {"zh": "周二上午", "en": "Tuesday morning"}
    assert [shown(title, both, language) for language in ("zh", "en", "fr")] == ["周二上午", "Tuesday morning", "周二上午"]
    assert shown(title, {"nothing": 1}, "zh") == ""


def test_an_answer_offered_beside_free_words() -> None:
    choices = "[{value: none, title: {zh: 跳过, en: Skip}, synonyms: [没有]}]"
    story = parse_slot("story", read_yaml(f"{{type: text, choices: {choices}}}", "slots.yml"))
    when = parse_slot("when", read_yaml(f"{{type: date_time, choices: {choices}}}", "slots.yml"))
    for text, told, moment in (
        ("跳过", "none", "none"), ("Skip", "none", "none"), ("师傅没有来", "师傅没有来", "none"), ("明天", "明天", "明天"),
    ):  # fmt: skip
        found = [read(slot, text) for slot in (story, when)]
        assert [value.value for value in found if value] == [told, moment]
    assert accept(when, "skip") == "none" and accept(when, "tomorrow") == "tomorrow"


def test_the_district_of_an_address_fills_its_own_slot_and_is_no_address_alone() -> None:
    place = parse_slot("place", read_yaml("{type: address, entity: address}", "slots.yml"))
    choices = "[{value: jiangbei, title: {zh: 江北区, en: Jiangbei District}}]"
    district = parse_slot("district", read_yaml(f"{{type: choice, entity: district, choices: {choices}}}", "slots.yml"))
    whole = Entity("address", {"district": "江北区", "detail": "新民路18号"}, "江北区新民路18号", 0, 10)
    alone = Entity("address", {"district": "江北区"}, "江北区", 0, 3)
    other = Entity("address", {"city": "海州市", "detail": "新民路18号"}, "海州市新民路18号", 0, 10)
    found = [[from_entities(slot, [entity]) for slot in (place, district)] for entity in (whole, alone, other)]
    assert [[value and value.value for value in pair] for pair in found] == [
        ["江北区新民路18号", "jiangbei"], [None, "jiangbei"], ["海州市新民路18号", None],
    ]  # fmt: skip
