"""What the demonstration pack must not say is stopped; what it does say, in responses and pages, passes."""

from pathlib import Path

import pytest

from governance.actions import parse
from governance.rules import parse as parse_rules
from governance.said import check
from tests.unit.packs.test_telecom_matrix import FILES, PACK

SAID = parse_rules(FILES, parse(FILES)).said


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("open_device", "您可以把光猫拆开看看里面有没有进水。"),
        ("open_device", "拧开路由器的外壳，按一下里面的按钮。"),
        ("open_device", "Unscrew the modem and press the button inside."),
        ("open_device", "You could take apart the set-top box and clean it."),
        ("power_lines", "您自己接一下电线就好了。"),
        ("power_lines", "爬上电线杆看看光缆是不是断了。"),
        ("power_lines", "Cut the cable and splice it again with tape."),
        ("power_lines", "Climb the pole behind the house and check the box."),
        ("power_lines", "Look into the fibre to see whether there is light."),
        ("secrets", "请把您的银行卡号发给我。"),
        ("secrets", "麻烦您提供一下支付密码。"),
        ("secrets", "Please send me your full card number."),
        ("secrets", "Tell me your banking password so that I can check."),
        ("promised_compensation", "我们会赔偿您 200 元。"),
        ("promised_compensation", "我保证退还给您五十元。"),
        ("promised_compensation", "We will refund you 80 yuan."),
        ("promised_compensation", "I'll credit your account with 100 yuan."),
        ("bypass_law", "您可以用别人的身份证办一张卡。"),
        ("bypass_law", "Just use someone else's ID for the new line."),
        ("bypass_law", "You can clone the SIM with this tool."),
    ],
)
def test_forbidden_advice_is_stopped_with_its_rule(rule: str, words: str) -> None:
    violation = check(words, SAID)
    assert violation is not None and violation.rule == rule
    assert set(violation.instead) == {"zh", "en"}
    assert all(check(text, SAID) is None for text in violation.instead.values())


@pytest.mark.parametrize(
    "words",
    [
        "请不要自己拆开光猫。", "Do not open the router.", "请勿触摸断落的电线。", "Never touch a fallen power line.",
        "我们不会向您索要密码。", "We never ask you to send your password.", "您可以在 App 里修改服务密码。",
        "超过时限每天补偿 10 元，最多 100 元。", "If we are late you receive 10 yuan a day.",
        "不能用别人的身份证开户。", "You must not use someone else's ID.", "打开光猫电源，等两分钟。",
        "Plug in the modem and then the router.",
    ],
)  # fmt: skip
def test_warnings_and_published_rules_pass(words: str) -> None:
    assert check(words, SAID) is None


@pytest.mark.parametrize("path", sorted([*PACK.glob("responses/*.yml"), *PACK.glob("knowledge/*/*.md")]), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_nothing_that_the_pack_says_is_stopped(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        violation = check(line, SAID)
        assert violation is None, (violation, line)
