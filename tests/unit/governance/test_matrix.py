"""Every action × level × verified or not × amount: what the gate rules, and the rule that a refusal names."""

from typing import Any

import pytest

from connectors.python import PythonConnector
from core.ports import ActionContext
from governance.actions import EFFECTS, MONEY, parse
from governance.gateway import Gateway
from governance.rules import parse as parse_rules
from governance.standing import ALLOWED, LEFT, PROPOSED, REFUSED, WORDS, Allowance, Ruling, Standing, Used

CONTEXT = ActionContext(key="conversation:k:4:x", conversation="k", contact="c", language="zh")
SMALL, LARGE, HUGE = 50, 300, 900
"""Below the step of the level, above it, above what the machine may handle at all."""

ACTIONS = """\
actions:
  line_facts:
    interface: "python:facts"
    effect: read
    parameters: {line: {type: text, required: true}}
    result: {locked: {type: bool, required: true}}
""" + "".join(
    f"""
  {effect}_{level}:
    interface: "python:do"
    effect: {effect}
    level: {level}
    undo: line_facts
    verified: {"true" if needs else "false"}
    parameters: {{line: text, sum: amount}}
    limits: {{amount: 500, amount_per_day: 600, per_day: 3}}
""".replace(f"{effect}_{level}:", f"{effect}_{level}_{'checked' if needs else 'open'}:")
    for effect in EFFECTS
    for level in range(1, 6)
    for needs in (True, False)
)
RULES = """\
rules:
  - id: locked_line
    actions: ["*"]
    facts: {action: line_facts, arguments: {line: line}}
    when: "result.locked"
    refuse: {zh: 这条线路已经锁定，不能办理。, en: "This line is locked, so it cannot be changed."}
"""
READS = ("line_facts",)


async def facts(arguments: dict[str, Any], context: ActionContext) -> dict[str, Any]:
    if arguments["line"] == "dark":
        raise ConnectionResetError
    return {"locked": arguments["line"] == "locked"}


def gate(used: Used | None = None, text: str = ACTIONS, rules: str = RULES) -> Gateway:
    actions = parse({"actions.yml": text})

    async def usage(contact: str, action: str) -> Used:
        assert contact == "c"
        return used or Used()

    connector = PythonConnector({"facts": facts})
    return Gateway(actions, {"python": connector}, parse_rules({"rules.yml": rules}, actions), usage)


CELLS = [
    (effect, level, needs, verified, confirmed, amount)
    for effect in EFFECTS
    for level in range(1, 6)
    for needs in (True, False)
    for verified in (True, False)
    for confirmed in (True, False)
    for amount in (SMALL, LARGE, HUGE)
]


@pytest.mark.parametrize(("effect", "level", "needs", "verified", "confirmed", "amount"), CELLS)
async def test_the_matrix(
    effect: str, level: int, needs: bool, verified: bool, confirmed: bool, amount: float
) -> None:
    name = f"{effect}_{level}_{'checked' if needs else 'open'}"
    standing = Standing(verified=verified, confirmed=confirmed)
    arguments = {"line": "free", "sum": amount}
    ruling = await gate().rule(name, arguments, CONTEXT, standing)
    if needs and not verified:
        expected, rule = REFUSED, "verification"
    elif amount == HUGE:
        expected, rule = REFUSED, "limit:amount"
    elif level == 1:
        expected, rule = LEFT, "level:1"
    elif level == 2 or (level == 3 and not confirmed):
        expected, rule = PROPOSED, ""
    else:
        expected, rule = ALLOWED, ""
    assert (ruling.verdict, ruling.rule, ruling.level) == (expected, rule, level)
    if rule:
        assert ruling.words["zh"] and ruling.words["en"]
    locked = await gate().rule(name, {**arguments, "line": "locked"}, CONTEXT, standing)
    assert (locked.verdict, locked.rule) == (REFUSED, "verification" if needs and not verified else "locked_line")


STEPPED = """\
actions:
  change_plan:
    interface: "python:do"
    effect: money
    verified: false
    parameters: {sum: {type: amount, required: true}, urgent: bool}
    level:
      - {if: "confidence != null and confidence < 0.5", level: 2}
      - {if: "channel == 'phone' and customer == 'guest'", level: 1}
      - {if: "amount < 100 and verified", level: 4}
      - {if: "amount < 200", level: 3}
      - {else: 2}
    undo: back
  back: {interface: "python:do", effect: write, parameters: {sum: amount}}
"""


@pytest.mark.parametrize(
    ("amount", "standing", "level"),
    [
        (50, Standing(verified=True), 4),
        (50, Standing(), 3),
        (199.99, Standing(verified=True), 3),
        (200, Standing(verified=True), 2),
        (50, Standing(verified=True, confidence=0.4), 2),
        (50, Standing(verified=True, confidence=0.9), 4),
        (50, Standing(channel="phone"), 1),
        (50, Standing(channel="phone", customer="named"), 3),
        (-500, Standing(verified=True), 2),
    ],
)
async def test_level_depends_on_amount_customer_channel_and_confidence(
    amount: float, standing: Standing, level: int
) -> None:
    ruling = await gate(text=STEPPED, rules="{}").rule("change_plan", {"sum": amount}, CONTEXT, standing)
    assert ruling.level == level


async def test_an_argument_cannot_speak_for_the_gate() -> None:
    text = STEPPED.replace("urgent: bool", "verified: bool")
    ruling = await gate(text=text, rules="{}").rule("change_plan", {"sum": 50, "verified": True}, CONTEXT, Standing())
    assert ruling.level == 3


@pytest.mark.parametrize(
    ("used", "amount", "rule"),
    [
        (Used(2, 200), 300, ""),
        (Used(3, 0), 1, "limit:per_day"),
        (Used(1, 400), 300, "limit:amount_per_day"),
        (Used(1, 400), -300, "limit:amount_per_day"),
        (Used(0, 0), float("nan"), "limit:amount"),
    ],
)
async def test_limits_count_what_was_used_today(used: Used, amount: float, rule: str) -> None:
    ruling = await gate(used).rule("write_5_open", {"line": "free", "sum": amount}, CONTEXT, Standing())
    assert ruling.rule == rule


async def test_what_cannot_be_looked_at_speaks_against_it() -> None:
    ruling = await gate().rule("write_5_open", {"line": "dark", "sum": 1}, CONTEXT, Standing())
    assert (ruling.verdict, ruling.rule) == (REFUSED, "locked_line")
    ruling = await gate().rule("write_5_open", {"sum": 1}, CONTEXT, Standing())
    assert (ruling.verdict, ruling.rule) == (REFUSED, "locked_line")


async def test_wrong_arguments_never_wait_for_anybody() -> None:
    ruling = await gate().rule("write_2_open", {"line": 7}, CONTEXT, Standing())
    assert (ruling.verdict, ruling.rule) == (REFUSED, "argument:line")
    assert (await gate().rule("nothing", {}, CONTEXT, Standing())).rule == "argument:nothing"


async def test_a_ruling_says_what_was_looked_at() -> None:
    ruling = await gate().rule("write_5_open", {"line": "free"}, CONTEXT, Standing())
    assert ruling == Ruling(ALLOWED, 5, rules=("locked_line",), allowance=Allowance(0.0, 0))


@pytest.mark.parametrize(("effect", "level", "verified"), [("read", 5, False), ("write", 5, False), (MONEY, 2, True)])
def test_what_is_usual(effect: str, level: int, verified: bool) -> None:
    action = parse({"actions.yml": f'actions: {{a: {{interface: "python:a", effect: {effect}}}}}'})["a"]
    assert (action.level({}), action.verified) == (level, verified)


def test_words_are_there_in_both_languages() -> None:
    for words in WORDS.values():
        assert set(words) == {"zh", "en"} and all(words.values())
        assert not any(mark in text for text in words.values() for mark in "!！")
