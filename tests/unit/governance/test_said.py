"""Forbidden advice is found in both languages, however it is written; a warning of it passes."""

import pytest

from core.errors import PackMistake
from governance.actions import parse as parse_actions
from governance.rules import parse
from governance.said import Screen, check

RULES = """\
said:
  - id: open_device
    patterns:
      zh: ["(拆开|撬开).{0,8}(光猫|路由器|电源)"]
      en: ['\\b(open|take apart|unscrew)\\b.{0,25}\\b(modem|router|power supply)\\b']
    unless:
      zh: ["(请勿|不要|切勿|千万别)"]
      en: ['\\b(do not|never|should not)\\b']
  - id: promise_refund
    patterns: {zh: ["保证.{0,6}退款"], en: ['\\bguarantee\\b.{0,20}\\brefund\\b']}
    instead: {zh: 退款要由同事审核。, en: A colleague decides about refunds.}
"""


def violated(text: str) -> str:
    violation = check(text, parse({"rules.yml": RULES}, {}).said)
    return violation.rule if violation else ""


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("您可以拆开光猫看看指示灯。", "open_device"),
        ("您好。先重启，再拆開光貓檢查。", "open_device"),
        ("请拆\u200b开光猫", "open_device"),
        ("Please Ｏｐｅｎ the back of your router.", "open_device"),
        ("Restart it; then take apart the modem", "open_device"),
        ("请勿拆开光猫。", ""),
        ("Do not open the router yourself.", ""),
        ("Do not worry. Just open the router.", "open_device"),
        ("不要担心。拆开光猫就行。", "open_device"),
        ("我们保证三天内退款", "promise_refund"),
        ("We guarantee you a full refund", "promise_refund"),
        ("建议您 open the modem 看一下", "open_device"),
        ("请重启光猫。", ""),
        ("", ""),
    ],
)
def test_what_is_stopped(text: str, rule: str) -> None:
    assert violated(text) == rule


def test_a_violation_says_what_may_be_said_instead() -> None:
    violation = check("我们保证退款", parse({"rules.yml": RULES}, {}).said)
    assert violation is not None and violation.instead["en"] == "A colleague decides about refunds."


ACTIONS = parse_actions({"actions.yml": 'actions: {look: {interface: "python:a", effect: read, parameters: {line: text}}}'})
DONE = "rules:\n  - {id: r, actions: [look], facts: {action: look, arguments: {line: line}}, when: 'result.x', refuse: {en: no}}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (RULES.replace("(拆开|撬开)", "(拆开|撬开"), 4),
        (RULES.replace("保证.{0,6}退款", "(保证)?"), 10),
        (RULES.replace("promise_refund", "open_device"), 9),
        (RULES.replace("instead:", "else:"), 11),
        (DONE.replace("[look]", "[lok]"), 2),
        (DONE.replace("'result.x'", "'f(x)'"), 2),
        (DONE.replace("{line: line}", "{row: line}"), 2),
        (DONE.replace(", facts: {action: look, arguments: {line: line}}", ""), 2),
    ],
)
def test_a_mistake_names_its_line(text: str, line: int) -> None:
    parse({"rules.yml": DONE}, ACTIONS)
    with pytest.raises(PackMistake) as mistake:
        parse({"rules.yml": text}, ACTIONS)
    assert mistake.value.line == line


def test_an_action_names_rules_that_exist() -> None:
    text = 'actions:\n  look:\n    interface: "python:a"\n    effect: read\n    rules: [nowhere]\n'
    with pytest.raises(PackMistake) as mistake:
        parse({"actions.yml": text}, parse_actions({"actions.yml": text}))
    assert mistake.value.line == 5


def test_a_screen_remembers_what_passed_and_stops_what_does_not_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def looks(text: str) -> str:
        looked.append(text)
        return text

    monkeypatch.setattr("governance.said.normalised", looks)
    monkeypatch.setattr("governance.said.REMEMBERED", 2)
    screen = Screen(parse({"rules.yml": RULES}, {}).said)
    for text in ("请重启光猫。", "请重启光猫。", "我们保证退款", "我们保证退款", "您好。", "再见。", "请重启光猫。"):
        assert (screen.check(text) is not None) == (text == "我们保证退款")
    assert looked == ["请重启光猫。", "我们保证退款", "我们保证退款", "您好。", "再见。", "请重启光猫。"]
