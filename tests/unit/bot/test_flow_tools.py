"""What is made of flows beside running them: the schema for editors, drawings, counts, and words for the phone."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.flows_page import Happened, drawn, row
from bot.flows.counts import count
from bot.flows.drawing import Picture, Seen, svg
from bot.flows.graph import layout, mermaid, traffic
from bot.flows.model import KINDS, Flow, parse_flow
from bot.pack import parse
from bot.responses import parse_response, render
from bot.speech import speakable, unspeakable
from core.errors import NotFound
from core.events import ActionCalled, Actor, Recorded
from core.yamlfile import read
from store.memory import MemoryStore
from tests.unit.bot.test_flow_examples import EXAMPLES, words
from tests.unit.bot.world import FILES, Talk

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "bot" / "flows" / "schema.json").read_text(encoding="utf-8"))
TELECOM = ROOT / "packs" / "telecom"


def telecom() -> dict[str, str]:
    return {p.relative_to(TELECOM).as_posix(): p.read_text(encoding="utf-8") for p in TELECOM.rglob("*.yml")}


# Schema ---------------------------------------------------------------------------------------------------------


def test_the_schema_takes_every_flow_of_the_pack_and_of_the_documentation() -> None:
    validator = jsonschema_rs.validator_for(SCHEMA)
    flows = [text for path, text in telecom().items() if path.startswith("flows/")]
    for value in [*map(yaml.safe_load, flows), *({"flows": yaml.safe_load(e)["flows"]} for e in EXAMPLES)]:
        assert [error.message for error in validator.iter_errors(words(value))] == []


def test_the_schema_knows_every_kind_of_step() -> None:
    assert {f"step_{kind}" for kind in KINDS} <= SCHEMA["$defs"].keys()


@pytest.mark.parametrize(
    "step",
    [
        "{id: a, collect: x, limt: 2}",
        "{id: a}",
        "{collect: x}",
        "{id: a, end: happily}",
        "{id: a, respond: x, ticket: fault}",
        "{id: a, branch: [{if: x}]}",
    ],
)
def test_the_schema_refuses_what_the_parser_refuses(step: str) -> None:
    flow = yaml.safe_load(f"flows: {{f: {{steps: [{step}]}}}}")
    assert not jsonschema_rs.validator_for(SCHEMA).is_valid(flow)


# Drawings -------------------------------------------------------------------------------------------------------


def flow(text: str) -> Flow:
    return parse_flow("f", read(text, "flows/f.yml"), ("zh", "en"))


LOOP = """
name: {zh: "<流程>", en: "A & B"}
steps:
  - {id: a, collect: x}
  - {id: b, branch: [{if: "x == '<\\"'", then: c}, {if: "x == 'y'", then: c}, {else: d}]}
  - {id: c, clear: [x], next: a}
  - {id: d, confirm: utter_ok, yes: e, no: c}
  - {id: e, end: completed}
"""


def test_steps_lie_in_layers_from_left_to_right() -> None:
    drawing = layout(flow(LOOP))
    layers = {id: layer for id, (layer, _) in drawing.places.items()}
    assert (
        layers["a"] == 0 and layers["b"] == 1 and layers["c"] == 3 and layers["d"] == 2 and layers["e"] == 3
    )
    assert len(set(drawing.places.values())) == len(drawing.places), "no step lies on another"
    assert [(edge.start, edge.end) for edge in drawing.edges if edge.back] == [("c", "a")]
    assert all(edge.back or layers[edge.end] > layers[edge.start] for edge in drawing.edges)


@pytest.mark.parametrize("name", sorted(parse(telecom()).flows))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_flow_is_drawn_whole(name: str, language: str) -> None:
    drawn_flow = parse(telecom()).flows[name]
    text = svg(drawn_flow, language, Picture({drawn_flow.first: Seen(7, 1)}))
    root = ElementTree.fromstring(text)
    titles = {node.text for node in root.iter("{http://www.w3.org/2000/svg}title")}
    assert all(any((title or "").startswith(f"{id}: ") for title in titles) for id in drawn_flow.steps)
    assert "> · −1</tspan>" in text and ">7<tspan" in text
    text = mermaid(drawn_flow)
    assert text.startswith("flowchart LR\n") and all(f'<br/>{id}"' in text for id in drawn_flow.steps)


def test_lines_from_one_step_to_another_have_one_label() -> None:
    text = "{http://www.w3.org/2000/svg}text"
    title = "{http://www.w3.org/2000/svg}title"
    root = ElementTree.fromstring(svg(flow(LOOP)))
    labels = [node.findtext(title) for node in root.iter(text) if node.find(title) is not None]
    both = [label for label in labels if label and "x ==" in label]
    assert len(both) == 1 and " / " in both[0] and "y" in both[0]


def test_names_of_a_pack_cannot_break_out_of_a_drawing() -> None:
    ElementTree.fromstring(svg(flow(LOOP), "zh"))
    assert "&lt;流程&gt;" in svg(flow(LOOP), "zh")
    labels = re.findall(r'\|"(.*)"\|', mermaid(flow(LOOP)))
    assert labels and not any(mark in label for label in labels for mark in '<>"')


def test_the_command_draws_one_flow_or_all() -> None:
    pack = parse(FILES)
    assert set(drawn(pack, None, "mermaid")) == {"report_fault.mmd", "ticket_status.mmd", "bill.mmd"}
    assert list(drawn(pack, "bill", "svg")) == ["bill.svg"]
    with pytest.raises(NotFound, match="ticket_status"):
        drawn(pack, "bil", "svg")


# Counts ---------------------------------------------------------------------------------------------------------


def lives() -> list[Recorded]:
    """Four customers: one finishes, one cancels at the phone number, one asks for a person there, one is still at it."""
    log: list[Recorded] = []
    for number, texts in enumerate(
        [
            ("手机坏了", "没声音", "13800138000", "对"),
            ("手机坏了", "没声音", "取消"),
            ("手机坏了", "没声音", "人工"),
            ("/report_fault",),
        ]
    ):
        talk = Talk()
        for text in texts:
            talk.say(text)
        log += [Recorded(f"conversation:c{number}", r.seq, r.at, r.by, r.event) for r in talk.log]
    return log


def test_what_happened_in_flows() -> None:
    counted = count(lives())["report_fault"]
    assert (counted.entered, counted.finished, counted.left) == (4, 1, 2)
    assert counted.outcomes == {"completed": 1, "cancelled": 1, "handed_over": 1}
    assert {id: step.left for id, step in counted.steps.items() if step.left} == {"phone": 2}
    assert counted.steps["problem"].reached == 3 and counted.steps["service"].reached == 1
    assert counted.steps["phone"].machine_share is None
    assert count(lives(), since=1_001) == {} == count(lives(), until=1_000)


def test_who_did_the_work() -> None:
    def called(seq: int, by: str, confirmer: str = "", undoes: str = "") -> Recorded:
        event = ActionCalled(call=f"k{seq}", name="look", interface="i", flow="f", step="s", confirmer=confirmer, undoes=undoes)
        return Recorded("conversation:c", seq, 5, Actor(by), event)

    machine = [called(seq, "machine") for seq in (1, 2, 3)]
    released = called(4, "machine", confirmer="anna")
    taken_back = called(5, "machine", confirmer="anna", undoes="k1")
    step = count([*machine, released, taken_back])["f"].steps["s"]
    assert (step.reached, step.by_machine, step.by_people, step.machine_share) == (1, 3, 1, 0.75)
    assert count([called(1, "agent")])["f"].steps["s"].machine_share == 0


def test_lines_are_counted_through_steps_that_leave_no_trace() -> None:
    moves = {("", "a"): 5, ("a", "d"): 3, ("a", "a"): 1, ("d", ""): 2, ("d", "nowhere"): 1}
    assert traffic(flow(LOOP), moves) == {("a", "b"): 3, ("b", "d"): 3, ("d", "e"): 2}
    assert count(lives())["report_fault"].moves["", "problem"] == 3
    drawing = svg(flow(LOOP), "en", Picture({"a": Seen(5, 0)}, {("a", "b"): 3}))
    assert drawing.count('stroke-width="9.0"') == 1 and drawing.count("<title>0</title>") == 5


def test_a_flow_as_json() -> None:
    pack = parse(FILES)
    counts = count(lives())
    shape = row(pack.flows["report_fault"], counts["report_fault"], "en")
    phone = next(step for step in shape["steps"] if step["id"] == "phone")
    assert (phone["reached"], phone["left"], phone["machine_share"]) == (3, 2, None)
    assert shape["entered"] == 4 and ">3<tspan" in shape["svg"] and " · −2</tspan>" in shape["svg"]
    assert row(pack.flows["bill"], None, "zh")["entered"] == 0


async def test_counts_are_read_from_the_whole_log() -> None:
    assert await Happened(MemoryStore("one")).count(0, None) == {}


# Responses and speech -------------------------------------------------------------------------------------------

VARIANTS = """
- {text: {zh: 一, en: one}}
- {text: {zh: 二, en: two}}
- {text: {zh: 三, en: three}}
- {text: {zh: 金卡一, en: gold}, if: gold}
- {text: {zh: 电话一, en: on the phone}, channel: phone}
- {text: {zh: 电话金卡, en: gold on the phone}, channel: phone, if: gold}
"""


@pytest.mark.parametrize(
    ("channel", "gold", "expected"),
    [
        ("webchat", None, {"一", "二", "三"}),
        ("webchat", True, {"金卡一"}),
        ("phone", None, {"电话一"}),
        ("phone", True, {"电话金卡"}),
    ],
)
def test_wordings_by_channel_and_condition(channel: str, gold: bool | None, expected: set[str]) -> None:
    response = parse_response("utter_x", read(VARIANTS, "responses/x.yml"))
    said = {render(response, "zh", {"gold": gold}, {}, turn, (), channel).text for turn in range(12)}
    assert said == expected


@given(st.integers(0, 1000), st.sampled_from(["一", "二", "三"]))
def test_the_last_words_are_not_said_again(turn: int, last: str) -> None:
    response = parse_response("utter_x", read(VARIANTS, "responses/x.yml"))
    assert render(response, "zh", {}, {}, turn, (last,)).text != last


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**您好**，请看 [账单](https://a.example/b)", "您好，请看 账单"),
        ("- 第一步\n- 第二步", "第一步。第二步"),
        ("1. Restart it\n2. Wait", "Restart it. Wait"),
        ("Done 👍 see https://a.example/b?c=d now", "Done see now"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a, b. 1, 2"),
        ("`reset` the router", "reset the router"),
        ("The number is 13800138000.", "The number is 13800138000."),
        ("https://a.example", ""),
    ],
)
def test_what_is_spoken(text: str, said: str) -> None:
    assert speakable(text) == said


@given(st.text(alphabet="ab 。.,|*_`#-1[]()<>\n您好👍:/", max_size=60))
def test_speaking_is_total_and_settles(text: str) -> None:
    once = speakable(text)
    assert speakable(once) == once and "\n" not in once


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("请点击下面的按钮。", False),
        ("Pick one of these.", False),
        ("您好，请问您要办什么？", True),
        ("a" * 401, False),
    ],
)
def test_words_for_the_phone(text: str, fit: bool) -> None:
    assert (unspeakable(text) == "") is fit


def test_on_the_phone_only_words_are_said() -> None:
    answer = FILES["responses/all.yml"].replace("我可以报修。", "**我可以**：\\n- 报修 👍")
    talk = Talk({**FILES, "responses/all.yml": answer})
    talk.conversation = type(talk.conversation)(
        id="c1", version=1, channel="phone", language="zh", contact="k1"
    )
    assert talk.dialogue.said(talk.conversation, "utter_help").text == "我可以：报修"
