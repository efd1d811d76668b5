"""How the words of a correction, of a pause and of a guess are told, in both languages."""

from datetime import UTC, datetime

import pytest

from bot.cues import correction, names_of, without_name
from bot.flows.choices import Option, chosen, one_slip
from bot.flows.slots import Slot
from bot.interruptions import agrees, asks_to_wait, doubted, unasked
from bot.pack import parse
from bot.reading import Heard, without_kinds_of_number
from bot.understanding.entities import Phrases, find
from core.events import Ranked
from core.ports import Entity
from tests.unit.bot.world import FILES

PACK = parse(FILES)
PHRASES = Phrases(
    {
        "手机": ("service", "mobile"), "座机": ("service", "landline"), "宽带": ("service", "broadband"),
        "mobile": ("service", "mobile"), "landline": ("service", "landline"), "broadband": ("service", "broadband"),
    }
)  # fmt: skip


def heard(text: str, intent: str | None = None, confidence: float = 0.95) -> Heard:
    found = find(text, now=datetime(2026, 9, 1, tzinfo=UTC), phrases=PHRASES)
    entities = [Entity(item.name, item.value, item.text, item.start, item.end) for item in found]
    return Heard((1,), text, intent, confidence, tuple(entities))


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("不对，是宽带", "宽带"), ("等一下，其实是座机", "座机"), ("啊不，是家里的网", "家里的网"),
        ("我说的是固话", "固话"), ("不好意思不是手机，是电视", "电视"), ("我要改电话", "电话"), ("换一个号码吧", "号码吧"),
        ("对的，不过电话换成13900005678", "13900005678"), ("时间不对，是上周五", "上周五"), ("故障描述改一下：没声音", "没声音"),
        ("联系电话应该是13900005678", "13900005678"), ("電話錯了，是13900005678", "13900005678"), ("电话不是这个", ""),
        ("号码错了", ""), ("都对，就是电话错了", ""), ("号码最后四位是5678不是1234", ""), ("不是", ""),
        ("No, it’s the TV", "the TV"), ("wait, it's actually the landline", "the landline"), ("I said landline", "landline"),
        ("my bad, it's the landline", "the landline"), ("earlier I said yesterday but it was Monday", "Monday"),
        ("the time is wrong, it was Friday", "Friday"), ("the name should be Anna Bell", "Anna Bell"),
        ("change the time to Monday", "the time to Monday"), ("can you change the phone number?", "the phone number?"),
        ("I'd like to correct the phone", "the phone"), ("that number isn't right", ""), ("wrong number", "number"),
        ("yes but change the number to 13900005678", "the number to 13900005678"), ("no", ""),
        ("all good except the phone number", "the phone number"), ("scrap that number", "number"),
    ],
)  # fmt: skip
def test_what_is_said_instead(text: str, rest: str) -> None:
    taken = correction(heard(text))
    assert taken is not None and taken.rest == rest


@pytest.mark.parametrize(
    "text",
    [
        "不对劲，灯是红的", "不是很稳定", "换了路由器还是不行", "换手机以后就没信号", "说话断断续续", "对", "没错", "用了三年了", "13900005678",
        "no longer needed", "no idea", "no way", "not working", "use it every day", "it should", "that's right", "is that right?",
        "the modem is off", "not a single bar anywhere in the house",
    ],
)  # fmt: skip
def test_words_that_take_nothing_back(text: str) -> None:
    assert correction(heard(text)) is None


def test_a_slot_is_called_by_its_label_the_last_word_of_it_and_its_type() -> None:
    since = Slot(name="since", type="text", file="", line=0, label={"zh": "开始时间", "en": "Since"})
    assert names_of(since) == ("开始时间", "since", "时间")
    assert "time" in names_of(since, frozenset({"date_time"}))
    story = Slot(name="s", type="text", file="", line=0, label={"zh": "希望的处理", "en": "What would put it right"})
    assert names_of(story) == ("希望的处理", "what would put it right", "")


@pytest.mark.parametrize(
    ("rest", "left"),
    [("the time to last Monday", "last Monday"), ("时间，上周一", "上周一"), ("time", ""), ("other time", ""), ("timetable to", "")],
)  # fmt: skip
def test_the_name_is_no_part_of_the_value(rest: str, left: str) -> None:
    assert without_name(("time", "时间"), rest) == left


@pytest.mark.parametrize(
    "text",
    [
        "等会儿", "等一下我找找", "稍等", "等等", "请稍等一下", "我试一下", "我再想想", "正在试", "让我看看", "等我试试啊",
        "hold on", "give me a sec", "one moment please", "let me look", "let me think", "just a minute", "trying now", "wait", "hang on, let me check",
    ],
)  # fmt: skip
def test_a_moment_please(text: str) -> None:
    assert asks_to_wait(heard(text))


@pytest.mark.parametrize(
    "text", ["等了三天了", "等一下，是宽带", "看不到信号", "我想报修", "我想查账单", "waited all day", "wait, it's the landline", "one", "check my ticket", "one moment, 13900001234"]
)  # fmt: skip
def test_more_than_a_moment(text: str) -> None:
    assert not asks_to_wait(heard(text))


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "holds"),
    [
        ("没问题吧？", "affirm", 0.93, False), ("is that right?", "affirm", 0.98, False), ("I'm not sure it's right", "affirm", 0.69, False),
        ("对不对我也不知道", "affirm", 0.7, False), ("looks right", "affirm", 0.4, False), ("对，麻烦快一点", "affirm", 0.86, True),
        ("looks right to me", "affirm", 0.99, True), ("从昨天晚上开始的", "restart", 0.82, False), ("it started last night", "restart", 0.9, False),
        ("how do I restart it", "restart", 0.78, False), ("重新开始", "restart", 0.4, True), ("let's start over", "restart", 0.99, True),
        ("let me try", "ask_person", 0.43, False), ("人工", "ask_person", 0.3, True), ("a human", "ask_person", 0.4, True),
        ("done", "goodbye", 0.93, False), ("早就试过了", "greet", 0.73, False), ("bye", "goodbye", 0.5, True),
        ("a bit faster", "ask_bill", 0.3, False), ("这个月账单多少钱", "ask_bill", 0.5, True), ("家里那个", "ticket_status", 0.5, False),
        ("查一下工单", "ticket_status", 0.9, True), ("I give up", "help", 0.46, False),
        ("我不记得了", "cancel", 0.59, False), ("算了吧", "cancel", 0.4, True), ("cancle", "cancel", 0.47, True), ("no", "deny", 0.4, True),
    ],
)  # fmt: skip
def test_a_guess_goes_before_no_open_question(text: str, intent: str, confidence: float, holds: bool) -> None:
    assert doubted(heard(text, intent, confidence), PACK).intent == (intent if holds else None)


def test_a_button_is_never_a_guess() -> None:
    pressed = Heard((1,), "", "restart", 0.0, payload=True)
    assert doubted(pressed, PACK) is pressed and unasked(pressed, PACK) is pressed


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "ranking", "becomes"),
    [
        ("还没修好", "deny", 0.98, {"deny": 0.98, "ticket_status": 0.015, "greet": 0.005}, "ticket_status"),
        ("宽带一直不行", "deny", 0.9, {"deny": 0.9, "report_fault": 0.08, "greet": 0.02}, "report_fault"),
        ("no one fixed it", "affirm", 0.6, {"affirm": 0.6, "report_fault": 0.3, "greet": 0.1}, "report_fault"),
        ("engineer never came", "deny", 0.5, {"deny": 0.5, "greet": 0.3, "ticket_status": 0.2}, None),
        ("修不好", "deny", 0.5, {"deny": 0.5, "ticket_status": 0.2, "greet": 0.15, "ask_bill": 0.15}, None),
        ("不用了谢谢", "deny", 0.7, {"deny": 0.7, "ticket_status": 0.3}, "deny"),
        ("no thanks", "deny", 0.7, {"deny": 0.7, "ticket_status": 0.3}, "deny"),
        ("嗯有的", "deny", 0.7, {"deny": 0.7, "ticket_status": 0.3}, "affirm"),
        ("有", "deny", 0.95, {"deny": 0.95, "ticket_status": 0.05}, "affirm"),
        ("暂时没有", "deny", 0.83, {"deny": 0.83, "ticket_status": 0.17}, "deny"),
    ],
)  # fmt: skip
def test_no_answers_nothing_where_nothing_was_asked(
    text: str, intent: str, confidence: float, ranking: dict[str, float], becomes: str | None
) -> None:
    ranked = tuple(Ranked(name, share) for name, share in ranking.items())
    said = heard(text, intent, confidence)
    said = Heard(said.seqs, text, intent, confidence, said.entities, ranking=ranked)
    assert unasked(said, PACK).intent == becomes


@pytest.mark.parametrize(
    ("text", "always", "services"),
    [
        ("打座机 010-62345678", True, []), ("call my landline on 010-62345678", True, []), ("手机13900001234，宽带断了", False, ["broadband"]),
        ("my mobile number is 13900001234 and my broadband is dead", False, ["broadband"]), ("手机号13900001234，报修", False, []),
        ("手机13900001234没信号", False, ["mobile"]), ("宽带断了，13900001234", False, ["broadband"]), ("宽带断了，13900001234", True, ["broadband"]),
        ("宽带断了", True, ["broadband"]), ("mobile and broadband are dead, call 13900001234", True, ["mobile", "broadband"]),
    ],
)  # fmt: skip
def test_a_word_before_a_number_says_what_number_it_is(text: str, always: bool, services: list[str]) -> None:
    kept = without_kinds_of_number(heard(text).entities, text, always)
    assert [entity.value for entity in kept if entity.name == "service"] == services


OPTIONS = (
    Option("broadband", {}, ("broadband", "wifi")), Option("mobile", {}, ("mobile", "sim")),
    Option("landline", {}, ("landline", "home phone")), Option("tv", {}, ("television", "tv")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("brodband", "broadband"), ("broadbnd please", "broadband"), ("moblie", "mobile"), ("lanline", "landline"),
        ("my telivision", "tv"), ("the mobille", "mobile"), ("sum", None), ("band", None), ("brdbnd", None), ("something else", None),
        ("brodband and moblie", None), ("mobility is a human need and there are many long words in here " * 2, None),
    ],
)  # fmt: skip
def test_a_slip_of_the_finger_is_no_other_word(text: str, value: str | None) -> None:
    found = chosen(OPTIONS, text)
    assert (found[0] if found else None) == value


@pytest.mark.parametrize(
    ("word", "slip"),
    [("mobile", True), ("moble", True), ("mobilee", True), ("mibile", True), ("omible", False), ("moblie", True), ("table", False), ("mobil", True)],
)  # fmt: skip
def test_one_slip(word: str, slip: bool) -> None:
    assert one_slip(word, "mobile") is slip


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("对，报修", True), ("好的，帮我报修吧", True), ("可以 报修", True), ("是的，麻烦报修", True),
        ("yes, report it", True), ("ok report the fault please", True), ("sure, go ahead and report it", True),
        ("报修", False), ("对，报修，电话是13900005678", False), ("对，不过先别报修", False), ("对，先别报修", False), ("好的，报修要钱吗？", False),
        ("report it", False), ("yes, but don't report it yet", False), ("ok, does it cost anything to report?", False),
        ("no, report it later", False),
    ],
)  # fmt: skip
def test_who_asks_for_it_again_after_a_yes_has_said_yes(text: str, yes: bool) -> None:
    assert agrees(heard(text, "report_fault", 0.3), "report_fault", PACK) is yes
    assert not agrees(heard(text, "report_fault"), "ticket_status", PACK), "another request is no answer"
