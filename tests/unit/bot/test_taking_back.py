"""Corrections, guesses and pauses in the middle of a flow, in both languages, on the small business."""

from typing import Any

import pytest

from bot.dialogue import Dialogue
from core.events import HandoffAsked, Ranked, TicketOpened
from core.ports import Entity, Understanding
from tests.unit.bot.world import REPAIR, Keywords, Talk

BEGIN = {"zh": ("手机坏了", "没声音"), "en": ("my mobile is broken", "there is no sound")}
TIMED = REPAIR["slots.yml"].replace(
    "  solved:", "  since: {type: text, entity: date_time, label: {zh: 开始时间, en: Since}}\n  solved:"
)
WHEN = {
    "slots.yml": TIMED,
    "flows/all.yml": REPAIR["flows/all.yml"].replace(
        "      - {id: which,", "      - {id: since, collect: since}\n      - {id: which,"
    ),
    "responses/since.yml": 'responses:\n  utter_ask_since: [{text: {zh: "什么时候？", en: "Since when?"}}]\n',
}


class Guesses(Keywords):
    """Reads some messages with an intent that it is told, and finds "yesterday" and "Monday"."""

    def __init__(self, guesses: dict[str, tuple[str, float]]) -> None:
        self.guesses = guesses

    async def understand(self, text: str, language: str) -> Understanding:
        read = await super().understand(text, language)
        found = [*read.entities]
        for word in ("昨天", "周一", "yesterday", "Monday", "mobile"):
            if (at := text.find(word)) >= 0:
                name, value = ("service", "mobile") if word == "mobile" else ("date_time", word)
                found.append(Entity(name, value, word, at, at + len(word)))
        intent, confidence = self.guesses.get(text, (read.intent, read.confidence))
        ranking = (Ranked(intent, confidence), Ranked("report_fault", (1 - confidence) * 0.8)) if intent else ()
        return Understanding(intent, confidence, read.language, ranking, tuple(found))


def talk(
    language: str, guesses: dict[str, tuple[str, float]] | None = None, files: dict[str, str] | None = None
) -> Talk:
    talking = Talk({**REPAIR, **(files or {})}, language)
    runner: Any = talking.dialogue._runner
    talking.dialogue = Dialogue(
        talking.pack, Guesses(guesses or {}), talking.pages, runner._tickets, runner._actions
    )
    return talking


def follow(talking: Talk, *texts: str) -> list[str]:
    names: list[str] = []
    for text in texts:
        names = talking.say(text)
    return names


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "等一下，其实是 宽带"), ("zh", "啊不，是 宽带"), ("zh", "是 宽带 不是手机"), ("zh", "我说的是 宽带"),
        ("en", "wait, it's actually the broadband"), ("en", "my bad, it's the broadband"),
        ("en", "it's the broadband, not the mobile"), ("en", "not the mobile, the broadband"), ("en", "I said broadband"),
    ],
)  # fmt: skip
def test_another_service_at_a_later_question(language: str, words: str) -> None:
    talking = talk(language)
    follow(talking, *BEGIN[language])
    assert talking.say(words) == ["utter_corrected", "utter_self_help", "utter_ask_solved"]
    assert talking.conversation.slots["service"] == "broadband"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "等等，电话不是这个"), ("zh", "我要改电话"), ("zh", "换一个号码吧"), ("zh", "都对，就是电话错了"),
        ("zh", "号码最后四位是5678不是1234"), ("en", "that's not my number"), ("en", "hang on, that number isn't right"),
        ("en", "use a different number"), ("en", "can you change the phone number?"), ("en", "scrap that number"),
        ("en", "all good except the phone number"), ("en", "I'd like to correct the phone"),
    ],
)  # fmt: skip
def test_the_number_is_asked_again_and_nothing_is_sent(language: str, words: str) -> None:
    talking = talk(language, {words: ("affirm", 0.5), "scrap that number": ("cancel", 0.58)})
    follow(talking, *BEGIN[language], "13800138000")
    assert talking.say(words) == ["utter_ask_phone"]
    assert "phone" not in talking.conversation.slots and talking.conversation.slots["service"] == "mobile"


@pytest.mark.parametrize(
    ("language", "words", "since"),
    [
        ("zh", "不对，是周一", "周一"), ("zh", "时间不对，是周一", "周一"), ("zh", "改一下时间，周一", "周一"),
        ("en", "no it was Monday", "Monday"), ("en", "the time is wrong, it was Monday", "Monday"),
        ("en", "change the time to Monday", "Monday"), ("en", "earlier I said yesterday but it was Monday", "Monday"),
    ],
)  # fmt: skip
def test_another_time_is_told_by_what_it_is_about(language: str, words: str, since: str) -> None:
    talking = talk(language, files=WHEN)
    follow(talking, *BEGIN[language], "昨天" if language == "zh" else "since yesterday", "13800138000")
    assert talking.say(words) == ["utter_corrected", "utter_confirm"]
    assert talking.conversation.slots["since"] == since, "in the customer's own spelling"
    assert talking.conversation.slots["problem"] == BEGIN[language][1]


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "从昨天开始的"), ("zh", "昨天"), ("en", "it started yesterday"), ("en", "since yesterday")],
)
def test_a_time_is_no_description(language: str, words: str) -> None:
    talking = talk(language, files=WHEN)
    talking.say(BEGIN[language][0])
    assert talking.say(words) == ["utter_ask_problem"]
    assert "problem" not in talking.conversation.slots and talking.conversation.slots["since"]
    assert talking.say(BEGIN[language][1]) == ["utter_ask_phone"], "it is not asked twice"


@pytest.mark.parametrize(("language", "words"), [("zh", "我的电话是 13800138000"), ("en", "you can reach me on 13800138000")])
def test_a_number_with_words_around_it_is_no_description(language: str, words: str) -> None:
    talking = talk(language)
    talking.say(BEGIN[language][0])
    assert talking.say(words) == ["utter_ask_problem"]
    assert talking.conversation.slots["phone"] == "13800138000" and "problem" not in talking.conversation.slots


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "不是"), ("zh", "不对"), ("en", "no"), ("en", "that's wrong")]
)
def test_a_bare_no_describes_nothing(language: str, words: str) -> None:
    talking = talk(language)
    talking.say(BEGIN[language][0])
    assert talking.say(words)[-1] == "utter_ask_problem" and "problem" not in talking.conversation.slots


@pytest.mark.parametrize(
    ("language", "words", "confidence"),
    [
        ("zh", "没问题吧？", 0.93), ("zh", "对不对我也不知道", 0.8), ("zh", "提交前能看一下吗", 0.52),
        ("en", "is that right?", 0.98), ("en", "I'm not sure it's right", 0.69), ("en", "looks odd", 0.4),
    ],
)  # fmt: skip
def test_nothing_is_sent_on_a_doubtful_yes(language: str, words: str, confidence: float) -> None:
    talking = talk(language, {words: ("affirm", confidence)})
    follow(talking, *BEGIN[language], "13800138000")
    talking.say(words)
    assert not any(isinstance(recorded.event, TicketOpened) for recorded in talking.log)
    assert talking.conversation.stack[-1].step == "ok"
    assert talking.say("好的谢谢" if language == "zh" else "yes, thank you")[0] == "utter_ticket_opened"


@pytest.mark.parametrize(
    ("language", "words", "guess"),
    [
        ("zh", "从昨天晚上开始的", ("restart", 0.91)), ("en", "it started last night", ("restart", 0.37)),
        ("en", "let me have a think about that", ("ask_person", 0.43)), ("zh", "家里那个", ("ticket_status", 0.5)),
        ("en", "the home one", ("ask_bill", 0.41)), ("zh", "我不会", ("goodbye", 0.39)),
    ],
)  # fmt: skip
def test_a_guess_throws_nothing_over(language: str, words: str, guess: tuple[str, float]) -> None:
    talking = talk(language, {words: guess})
    talking.say("/report_fault")
    talking.say(words)
    assert [frame.flow for frame in talking.conversation.stack] == ["report_fault"]
    assert not any(isinstance(recorded.event, HandoffAsked) for recorded in talking.log)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "等一下，我找找"), ("zh", "稍等"), ("en", "hold on, let me check"), ("en", "give me a sec")],
)
@pytest.mark.parametrize("has", [True, False])
def test_a_moment_is_no_failed_answer(language: str, words: str, has: bool) -> None:
    more = {"responses/wait.yml": "responses:\n  utter_take_your_time: [{text: {zh: 不急。, en: No hurry.}}]\n"}
    talking = talk(language, {words: ("ask_bill", 0.7)}, more if has else {})
    follow(talking, *BEGIN[language])
    for _ in range(4):
        names = talking.say(words)
        assert names == (["utter_take_your_time"] if has else ["utter_resume_question", "utter_ask_phone"])
        assert talking.conversation.asks is not None and talking.conversation.asks.slot == "phone"
    assert talking.conversation.stack[-1].attempts == 0
    assert talking.say("13800138000") == ["utter_confirm"]


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "说错了，重新开始"), ("en", "I got it wrong, start over"), ("en", "no, cancel that")]
)
def test_a_command_is_no_value(language: str, words: str) -> None:
    talking = talk(language)
    follow(talking, *BEGIN[language])
    talking.say(words)
    assert not talking.conversation.stack


@pytest.mark.parametrize(("language", "words"), [("zh", "还没修好"), ("en", "no one fixed it")])
def test_no_where_nothing_was_asked_is_a_request(language: str, words: str) -> None:
    talking = talk(language, {words: ("deny", 0.75)})
    assert talking.say(words) == ["utter_ask_service"]
    assert talk(language, {"不用了": ("deny", 0.75)}).say("不用了") == ["utter_anything_else"]


@pytest.mark.parametrize(
    ("language", "begin", "words"),
    [
        ("zh", "宽带断了，电话 13800138000", "别打这个电话，打手机 13900139000"),
        ("en", "my broadband is down, call 13800138000", "don't call that one, call my mobile 13900139000"),
    ],
)
def test_the_kind_of_a_number_is_no_other_service(language: str, begin: str, words: str) -> None:
    talking = talk(language)
    follow(talking, begin, "一直断" if language == "zh" else "it drops", "没好" if language == "zh" else "no")
    assert talking.conversation.stack[-1].step == "ok"
    assert talking.say(words) == ["utter_corrected", "utter_confirm"]
    assert talking.conversation.slots["service"] == "broadband"
    assert talking.conversation.slots["phone"] == "13900139000"


@pytest.mark.parametrize(("words", "value"), [("brodband", "broadband"), ("the moblie", "mobile")])
def test_a_slip_of_the_finger_at_a_choice(words: str, value: str) -> None:
    files = {"slots.yml": REPAIR["slots.yml"].replace("[光纤, wifi", "[broadband, 光纤, wifi").replace("[手机卡", "[mobile, 手机卡")}
    talking = talk("en", files=files)
    talking.say("/report_fault")
    assert talking.say(words) == ["utter_ask_problem"] and talking.conversation.slots["service"] == value


