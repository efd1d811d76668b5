"""Repair, in both languages: what people do instead of answering, and how the dialogue comes back from it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.cues import only_name
from bot.dialogue import Dialogue
from bot.flows.slots import Slot
from bot.pack import parse
from core.events import ActionCalled, ActionReturned, BotSaid, HandoffAsked, LanguageChanged, Ranked
from core.ports import Entity, Understanding
from tests.unit.bot.world import FILES, REPAIR, SAID, Keywords, Talk, said

Talking = Callable[..., Talk]
BOTH = pytest.mark.parametrize("language", ["zh", "en"])

BEGIN = {"zh": ("手机坏了", "没声音"), "en": ("my mobile is broken", "there is no sound")}


class Near(Keywords):
    """Cannot tell a fault from a ticket when the words have both."""

    async def understand(self, text: str, language: str) -> Understanding:
        read = await super().understand(text, language)
        if not {"工单", "ticket"} & {word for word in ("工单", "ticket") if word in text} or "?" not in text:
            entities = [
                *read.entities,
                *([Entity("service", "mobile", "mobile", 0, 6)] if "mobile" in text else []),
            ]
            return Understanding(read.intent, read.confidence, read.language, entities=tuple(entities))
        ranking = (Ranked("report_fault", 0.45), Ranked("ticket_status", 0.4))
        return Understanding("report_fault", 0.45, read.language, ranking, read.entities)


def talk(language: str = "zh", files: dict[str, str] | None = None) -> Talk:
    talking = Talk(files or REPAIR, language)
    talking.dialogue = Dialogue(talking.pack, Near(), talking.pages, *_ports(talking))
    return talking


def _ports(talking: Talk) -> Any:
    runner = talking.dialogue._runner
    return runner._tickets, runner._actions


def last(talking: Talk) -> BotSaid:
    return next(r.event for r in reversed(talking.log) if isinstance(r.event, BotSaid))


def follow(talking: Talk, *texts: str) -> list[str]:
    names: list[str] = []
    for text in texts:
        names = talking.say(text)
    return names


# Corrections --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "不对，是 宽带"), ("zh", "说错了，是 宽带"), ("zh", "哦不好意思，应该是 宽带"), ("zh", "不是手机，是 宽带"),
        ("en", "no, it's the broadband"), ("en", "sorry, I meant broadband"), ("en", "actually it is broadband"),
    ],
)  # fmt: skip
def test_a_value_given_before_is_corrected_at_a_later_question(language: str, words: str) -> None:
    talking = talk(language)
    follow(talking, *BEGIN[language])
    assert last(talking).asks and last(talking).response == "utter_ask_phone"
    names = talking.say(words)
    assert talking.conversation.slots["service"] == "broadband"
    assert talking.conversation.slots["problem"] == BEGIN[language][1]
    assert names == ["utter_corrected", "utter_self_help", "utter_ask_solved"], "the flow's way depends on it"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "不对，另一个号码"),
        ("zh", "号码错了"),
        ("en", "no, the other number"),
        ("en", "the number is wrong"),
    ],
)
def test_no_the_other_number(language: str, words: str) -> None:
    talking = talk(language)
    assert follow(talking, *BEGIN[language], "13800138000") == ["utter_confirm"]
    assert talking.say(words) == ["utter_ask_phone"]
    assert "phone" not in talking.conversation.slots
    assert talking.say("13900139000") == ["utter_confirm"]
    assert talking.conversation.slots["phone"] == "13900139000"


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "不对，电话是 13900139000"), ("en", "no, the number is 13900139000")]
)
def test_a_correction_at_the_confirmation_is_read_back(language: str, words: str) -> None:
    talking = talk(language)
    follow(talking, *BEGIN[language], "13800138000")
    assert talking.say(words) == ["utter_corrected", "utter_confirm"]
    assert "13900139000" in last(talking).text


@pytest.mark.parametrize(
    ("language", "no"), [("zh", "不对"), ("zh", "不是"), ("en", "no"), ("en", "that's wrong")]
)
def test_a_plain_no_is_no_correction(language: str, no: str) -> None:
    talking = talk(language)
    follow(talking, *BEGIN[language], "13800138000")
    assert talking.say(no) == ["utter_ask_service"]


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "不对劲，灯是红的"), ("en", "no picture, only sound")]
)
def test_a_story_that_begins_like_a_correction_stays_the_story(language: str, words: str) -> None:
    talking = talk(language)
    talking.say(BEGIN[language][0])
    talking.say(words)
    assert talking.conversation.slots["problem"] == words


# More than one thing at once -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "宽带断了，电话 13800138000"), ("en", "my broadband is down, call 13800138000")],
)
def test_several_slots_in_one_sentence(language: str, words: str) -> None:
    talking = talk(language)
    assert talking.say(words) == ["utter_ask_problem"]
    assert talking.conversation.slots == {"service": "broadband", "phone": "13800138000"}


@BOTH
def test_an_answer_to_a_later_question_first(language: str) -> None:
    talking = talk(language)
    talking.say("/report_fault")
    assert talking.say("13800138000") == ["utter_ask_service"]
    assert talking.conversation.slots == {"phone": "13800138000"}
    assert talking.conversation.stack[-1].attempts == 0, "it was no failed answer"
    assert follow(talking, "手机" if language == "zh" else "tv") == ["utter_ask_problem"]
    assert talking.say("/SetSlots(problem=黑屏)") == ["utter_confirm"]


@BOTH
def test_a_number_is_no_description(language: str) -> None:
    talking = talk(language)
    talking.say(BEGIN[language][0])
    assert talking.say("13800138000") == ["utter_ask_problem"]
    assert (
        talking.conversation.slots["phone"] == "13800138000" and "problem" not in talking.conversation.slots
    )


@pytest.mark.parametrize(
    ("language", "question"), [("zh", "对了，账单什么时候出？"), ("en", "by the way, when is my bill due?")]
)
def test_interruption_and_return(language: str, question: str) -> None:
    talking = talk(language)
    follow(talking, *BEGIN[language])
    talking.hear(question)
    events = talking.turn()
    assert last(talking).response == "utter_ask_phone"
    assert next(e for e in events if isinstance(e, BotSaid)).citations
    assert talking.say("13800138000") == ["utter_confirm"]


@pytest.mark.parametrize(("language", "words"), [("zh", "算了"), ("en", "never mind")])
def test_cancel(language: str, words: str) -> None:
    talking = talk(language)
    follow(talking, *BEGIN[language])
    assert talking.say(words) == ["utter_cancelled"]
    assert not talking.conversation.stack and not talking.conversation.slots


@pytest.mark.parametrize(("language", "words"), [("zh", "重新开始"), ("en", "start over")])
def test_start_again(language: str, words: str) -> None:
    talking = talk(language)
    follow(talking, *BEGIN[language])
    assert talking.say(words) == ["utter_restarted"]
    assert not talking.conversation.stack and not talking.conversation.slots


# Two near requests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words", "answer"),
    [
        ("zh", "宽带工单?", "第一个"), ("zh", "宽带工单?", "report_fault"), ("zh", "宽带工单?", "/report_fault"),
        ("en", "broadband ticket?", "the first one"), ("en", "broadband ticket?", "my line is down"),
    ],
)  # fmt: skip
def test_two_near_requests_make_one_question_with_two_choices(language: str, words: str, answer: str) -> None:
    talking = talk(language)
    assert talking.say(words) == ["utter_ask_which"]
    asked = last(talking)
    assert asked.asks and [c.payload for c in asked.asks.choices] == ["/report_fault", "/ticket_status"]
    assert not asked.failure
    assert talking.say(answer) == ["utter_ask_problem"], "what was said with the request is kept"


@BOTH
def test_it_is_asked_back_only_once(language: str) -> None:
    talking = talk(language)
    words = "工单?" if language == "zh" else "ticket?"
    talking.say(words)
    assert talking.say(words) == ["utter_ask_service"]


# Not understood, persons, talk ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("喵喵呜", "咕噜噜")), ("en", ("zzyx quan", "fnord glab"))]
)
def test_unclear_twice_leads_to_a_person(language: str, words: tuple[str, str]) -> None:
    talking = talk(language)
    assert talking.say(words[0]) == ["utter_not_understood"]
    talking.hear(words[1])
    events = talking.turn()
    assert isinstance(events[-1], HandoffAsked) and events[-1].reason == "not_understood"


@BOTH
def test_silence_keeps_the_question_open(language: str) -> None:
    talking = talk(language)
    follow(talking, *BEGIN[language])
    talking.add(talking.dialogue.silence(talking.conversation))
    assert talking.conversation.silence_asked and last(talking).language == language
    assert talking.say("13800138000") == ["utter_confirm"]


@pytest.mark.parametrize(("language", "words"), [("zh", "转人工"), ("en", "a person please")])
@pytest.mark.parametrize("before", range(5))
def test_a_person_anywhere(language: str, words: str, before: int) -> None:
    talking = talk(language)
    for text in ("/report_fault", "/SetSlots(service=tv)", *BEGIN[language][1:], "13800138000")[:before]:
        talking.say(text)
    assert talking.say(words) == ["utter_handoff"]
    assert talking.conversation.mode == "waiting"


@pytest.mark.parametrize(
    ("language", "words", "response"),
    [
        ("zh", "谢谢", "utter_thanks"), ("en", "thank you", "utter_thanks"), ("zh", "你们真垃圾", "utter_insult"),
        ("en", "you stupid thing", "utter_insult"), ("zh", "你好", "utter_greet_back"), ("en", "hello", "utter_greet_back"),
    ],
)  # fmt: skip
def test_talk_gets_an_answer_and_the_question_comes_back(language: str, words: str, response: str) -> None:
    talking = talk(language)
    talking.say("/report_fault")
    assert talking.say(words) == [response, "utter_resume_question", "utter_ask_service"]
    assert talking.conversation.stack[-1].attempts == 0


@pytest.mark.parametrize(("language", "words"), [("zh", "帮我订一张机票"), ("en", "order me a pizza")])
def test_out_of_scope_is_said_so(language: str, words: str) -> None:
    talking = talk(language)
    assert talking.say(words) == ["utter_not_understood"]
    talking = talk(language)
    talking.say("/report_fault")
    assert talking.say(words) == ["utter_ask_again_service"] or last(talking).asks


# Languages and spellings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words", "other"), [("zh", "there is no sound at all", "en"), ("en", "一直没有声音", "zh")]
)
def test_the_language_changes_in_the_middle_of_a_flow(language: str, words: str, other: str) -> None:
    talking = talk(language)
    talking.say(BEGIN[language][0])
    talking.hear(words)
    events = talking.turn()
    assert LanguageChanged(language=other) in events
    assert last(talking).text == SAID["utter_ask_phone"][0 if other == "zh" else 1]
    assert talking.conversation.slots["service"] == "mobile"


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "我的 broadband 断了"), ("en", "my 宽带 router is broken again today")]
)
def test_a_word_of_the_other_language_inside_a_sentence(language: str, words: str) -> None:
    talking = talk(language)
    assert talking.say(words) == ["utter_ask_problem"]
    assert talking.conversation.slots["service"] == "broadband" and talking.conversation.language == language


@pytest.mark.parametrize(("words", "value"), [("寬帶", "broadband"), ("手機", "mobile"), ("網絡電視", "tv")])
def test_traditional_characters(words: str, value: str) -> None:
    talking = talk()
    talking.say("/report_fault")
    talking.say(words)
    assert talking.conversation.slots["service"] == value


@pytest.mark.parametrize(
    "number", ["１３８００１３８０００", "138-0013-8000", "+86 138 0013 8000", "１３８ ００１３ ８０００"]
)
@BOTH
def test_full_width_digits(language: str, number: str) -> None:
    talking = talk(language)
    follow(talking, *BEGIN[language])
    assert talking.say(number) == ["utter_confirm"]
    assert talking.conversation.slots["phone"] == "13800138000"


# Bursts, and words at the wrong moment --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "burst"),
    [
        ("zh", ("你好", "我家宽带断了", "电话 13800138000")),
        ("en", ("hello", "my broadband is down", "call 13800138000")),
    ],
)
def test_a_burst_of_three_is_one_turn(language: str, burst: tuple[str, ...]) -> None:
    talking = talk(language)
    seqs = tuple(talking.hear(text) for text in burst)
    events = talking.turn()
    assert said(events) == ["utter_ask_problem"] and last(talking).in_reply_to == seqs
    assert talking.conversation.slots == {"service": "broadband", "phone": "13800138000"}


@BOTH
def test_a_message_while_the_bot_still_works(language: str) -> None:
    talking = talk(language)
    talking.say("/ticket_status")
    first = talking.hear("F-0000-0001")
    turn = asyncio.run(talking.dialogue.advance(talking.conversation))
    assert turn.act
    for event in turn.events:
        talking.add(event)
    second = talking.hear("手机坏了" if language == "zh" else "my mobile is broken")
    called = turn.events[-1]
    assert isinstance(called, ActionCalled)
    talking.add(ActionReturned(call=called.call, name=called.name, outcome="ok", result=talking.found))
    assert said(talking.turn()) == ["utter_status", "utter_anything_else"]
    assert last(talking).in_reply_to == (first,)
    assert said(talking.turn()) == ["utter_ask_problem"] and last(talking).in_reply_to == (second,)


@BOTH
def test_what_comes_after_an_answer_that_is_looked_up_is_not_lost(language: str) -> None:
    talking = talk(language)
    talking.say("/ticket_status")
    seqs = (
        talking.hear("F-0000-0001"),
        talking.hear("手机坏了" if language == "zh" else "my mobile is broken"),
    )
    events = talking.turn()
    assert said(events) == ["utter_status", "utter_ask_problem"]
    assert {e.in_reply_to for e in events if isinstance(e, BotSaid)} == {seqs}
    assert talking.conversation.slots["service"] == "mobile"


def test_an_old_pack_without_the_new_responses_goes_on() -> None:
    talking = talk(files=FILES)
    assert parse(FILES).responses.keys().isdisjoint({"utter_corrected", "utter_ask_which"})
    follow(talking, *BEGIN["zh"])
    assert talking.say("不对，是 宽带") == ["utter_self_help", "utter_ask_solved"]
    assert talk(files=FILES).say("宽带工单?") == ["utter_ask_problem"]


@pytest.mark.parametrize("words", ["the phone number", "My number", "phone", "电话号码", "我的手机号", "那个电话"])
def test_the_name_of_what_is_asked_for_is_no_request(words: str) -> None:
    slot = Slot(name="phone", type="phone", file="", line=1, label={"zh": "联系电话", "en": "Contact phone"})
    assert only_name(slot, words)
    assert not only_name(slot, words + ("不通" if not words.isascii() else " is broken"))
