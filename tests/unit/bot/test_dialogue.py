"""Stories in both languages: what a customer writes, and what the machine decides."""

import asyncio
import itertools

import pytest

from core.conversation import empty as nothing
from core.conversation import fold
from core.events import (
    ActionCalled,
    BotSaid,
    FlowEnded,
    HandoffAsked,
    KnowledgeMissed,
    KnowledgeUsed,
    LanguageChanged,
    TicketOpened,
    Understood,
)
from tests.unit.bot.world import FILES, Talk, kinds, said


def last(talk: Talk) -> BotSaid:
    return next(r.event for r in reversed(talk.log) if isinstance(r.event, BotSaid))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["我家宽带断了", "网页打不开", "还是不行", "13800138000", "对，没问题"]),
        (
            "en",
            [
                "my broadband is down",
                "no page loads",
                "no, still broken",
                "it is 13800138000",
                "yes, that's right",
            ],
        ),
    ],
)
def test_a_fault_becomes_a_ticket(language: str, words: list[str]) -> None:
    talk = Talk(language=language)
    assert talk.say(words[0]) == ["utter_ask_problem"]
    assert talk.say(words[1]) == ["utter_self_help", "utter_ask_solved"]
    assert talk.say(words[2]) == ["utter_ask_phone"]
    assert talk.say(words[3]) == ["utter_confirm"]
    confirm = last(talk)
    assert words[1] in confirm.text and ("宽带" if language == "zh" else "Broadband") in confirm.text
    assert confirm.asks is not None and [c.payload for c in confirm.asks.choices] == ["/affirm", "/deny"]
    talk.hear(words[4])
    events = talk.turn()
    assert said(events) == ["utter_ticket_opened", "utter_anything_else"]
    opened = next(event for event in events if isinstance(event, TicketOpened))
    assert opened.fields == {"service": "broadband", "description": words[1], "phone": "13800138000"}
    assert talk.conversation.slots == {"ticket": opened.ticket} and not talk.conversation.stack


def test_questions_carry_what_they_ask() -> None:
    talk = Talk()
    assert talk.say("/report_fault") == ["utter_ask_service"]
    asks = last(talk).asks
    assert asks is not None and (asks.slot, asks.type) == ("service", "choice")
    assert next((c.title, c.payload) for c in asks.choices) == ("宽带", "/SetSlots(service=broadband)")
    talk.say("/SetSlots(service=tv, problem=黑屏)")
    assert talk.conversation.slots == {"service": "tv", "problem": "黑屏"}
    assert last(talk).response == "utter_ask_phone"


def test_the_parts_of_a_turn_share_what_they_answer() -> None:
    talk = Talk()
    talk.say("宽带断了")
    seq = talk.hear("网页打不开")
    parts = [event for event in talk.turn() if isinstance(event, BotSaid)]
    assert [(part.in_reply_to, part.more) for part in parts] == [((seq,), True), ((seq,), False)]
    assert talk.conversation.unanswered == () and talk.conversation.turn == ()


def test_invalid_answers_are_asked_again_in_other_words_and_then_passed_on() -> None:
    talk = Talk()
    talk.say("/report_fault")
    assert talk.say("冰箱") == ["utter_invalid_service"]
    assert talk.say("洗衣机") == ["utter_ask_again_service"]
    talk.hear("空调")
    events = talk.turn()
    asked = events[-1]
    assert isinstance(asked, HandoffAsked) and (asked.reason, asked.skill) == ("limit", "faults")
    assert said(events) == ["utter_handoff"] and talk.conversation.mode == "waiting"


def test_a_question_in_between_is_answered_and_the_flow_goes_on() -> None:
    talk = Talk()
    talk.say("宽带断了")
    talk.hear("账单什么时候出？")
    events = talk.turn()
    answer = next(event for event in events if isinstance(event, BotSaid))
    assert answer.citations[0].document == "bill-explained"
    assert said(events)[1:] == ["utter_resume_question", "utter_ask_problem"]
    assert any(isinstance(event, KnowledgeUsed) for event in events)
    asks = last(talk).asks
    assert asks is not None and asks.slot == "problem"


def test_another_flow_runs_on_top_and_the_first_resumes() -> None:
    talk = Talk()
    talk.say("/report_fault")
    assert talk.say("查工单") == ["utter_ask_number"]
    assert [frame.flow for frame in talk.conversation.stack] == ["report_fault", "ticket_status"]
    assert talk.say("F-0000-0001") == ["utter_status", "utter_resume_question", "utter_ask_service"]


@pytest.mark.parametrize("word", ["人工", "I want a person", "/ask_person"])
@pytest.mark.parametrize("before", [[], ["/report_fault"], ["宽带断了"], ["你好", "随便说说"]])
def test_who_asks_for_a_person_gets_one(word: str, before: list[str]) -> None:
    talk = Talk()
    for text in before:
        talk.say(text)
    talk.hear(*(("", word) if word.startswith("/") else (word,)))
    events = talk.turn()
    assert isinstance(events[-1], HandoffAsked) and events[-1].reason == "asked"
    assert said(events) == ["utter_handoff"]
    assert all(e.outcome == "handed_over" for e in events if isinstance(e, FlowEnded))
    assert talk.conversation.mode == "waiting" and not talk.conversation.unanswered


def test_two_failures_in_a_row_lead_to_a_person() -> None:
    talk = Talk()
    assert talk.say("qwertz") == ["utter_not_understood"]
    assert [c.payload for c in last(talk).quick_replies] == ["/report_fault", "/ask_bill"]
    assert talk.say("你好") == ["utter_greet_back"]
    assert talk.say("qwertz") == ["utter_not_understood"]
    talk.hear("asdf")
    events = talk.turn()
    assert said(events) == ["utter_not_understood_person"]
    assert isinstance(events[-1], HandoffAsked) and events[-1].reason == "not_understood"


def test_knowledge_answers_what_no_intent_explains() -> None:
    talk = Talk(language="en")
    talk.hear("roaming in Japan")
    events = talk.turn()
    assert kinds(events) == ["understood", "knowledge_used", "bot_said"]


def test_a_miss_offers_a_person_and_yes_takes_the_offer() -> None:
    talk = Talk()
    talk.hear("发票在哪里开")
    events = talk.turn()
    assert any(isinstance(event, KnowledgeMissed) for event in events)
    assert said(events) == ["utter_knowledge_missed"] and last(talk).failure
    assert [c.payload for c in last(talk).quick_replies] == ["/ask_person"]
    talk.say("好的")
    assert talk.conversation.mode == "waiting"


def test_cancel_restart_repeat_and_talk_within_a_flow() -> None:
    talk = Talk()
    assert talk.say("取消") == ["utter_nothing_to_cancel"]
    talk.say("/report_fault")
    assert talk.say("谢谢") == ["utter_thanks", "utter_resume_question", "utter_ask_service"]
    talk.say("再说一遍")
    assert "哪项业务" in last(talk).text and last(talk).asks is not None
    assert talk.say("取消") == ["utter_cancelled"]
    talk.say("/report_fault")
    talk.say("宽带")
    assert talk.say("重新开始") == ["utter_restarted"]
    assert not talk.conversation.stack and not talk.conversation.slots and last(talk).quick_replies


def test_a_repetition_asked_in_the_same_breath() -> None:
    assert Talk().say("/report_fault", "再说一遍") == ["utter_ask_service"]


def test_a_button_whose_title_is_no_question_asks_for_one() -> None:
    talk = Talk(language="en")
    talk.pages.knows = ()
    talk.hear("", "/ask_bill")
    assert said(talk.turn()) == ["utter_help"]
    assert talk.conversation.failures == 0


def test_changing_at_the_confirmation() -> None:
    talk = Talk()
    for text in ("手机坏了", "没声音", "13800138000"):
        talk.say(text)
    assert talk.say("不对，电话是 13900139000") == ["utter_confirm"]
    assert talk.conversation.slots["phone"] == "13900139000"
    assert talk.say("嗯，不知道") == ["utter_confirm_again"]
    assert talk.say("不对") == ["utter_ask_service"]


def test_an_action_is_called_once_and_the_turn_goes_on_after_it() -> None:
    talk = Talk()
    talk.say("查工单")
    talk.hear("F-0000-0001")

    turn = asyncio.run(talk.dialogue.advance(talk.conversation))
    called = turn.events[-1]
    assert turn.act and isinstance(called, ActionCalled)
    assert called.arguments == {"ticket": "F-0000-0001"} and called.call.endswith(":ticket_status")
    for event in turn.events:
        talk.add(event)
    waiting = asyncio.run(talk.dialogue.advance(talk.conversation))
    assert waiting.act and not waiting.events
    talk.hear("还在吗")
    assert not asyncio.run(talk.dialogue.advance(talk.conversation)).events


def test_words_during_an_action_are_the_next_turn() -> None:
    talk = Talk()
    talk.say("查工单")
    first = talk.hear("F-0000-0001")
    second = talk.hear("你好")
    events = talk.turn()
    assert {e.in_reply_to for e in events if isinstance(e, BotSaid)} == {(first, second)}


@pytest.mark.parametrize("outcome", ["failed", "unknown"])
def test_a_failed_action_takes_its_way(outcome: str) -> None:
    talk = Talk()
    talk.outcome = outcome
    talk.say("查工单")
    talk.hear("F-0000-0001")
    events = talk.turn()
    assert said(events) == ["utter_sorry"]
    assert isinstance(events[-1], HandoffAsked) and events[-1].reason == "lookup_failed"


def test_a_burst_is_one_turn() -> None:
    talk = Talk()
    seqs = tuple(talk.hear(text) for text in ("你好", "我家", "宽带断了"))
    events = talk.turn()
    assert [e.message for e in events if isinstance(e, Understood)] == list(seqs)
    assert said(events) == ["utter_ask_problem"] and last(talk).in_reply_to == seqs
    talk.hear("打开网页很慢")
    talk.hear("一直转圈")
    talk.turn()
    assert talk.conversation.slots["problem"] == "打开网页很慢，一直转圈"


def test_two_requests_in_a_burst_are_served_in_order() -> None:
    talk = Talk()
    assert talk.say("我家电视坏了", "还有查工单") == ["utter_ask_problem"]
    assert [frame.flow for frame in talk.conversation.stack] == ["ticket_status", "report_fault"]
    talk.say("黑屏")
    talk.say("13800138000")
    assert talk.say("对") == ["utter_ticket_opened", "utter_ask_number"]


def test_answers_in_a_burst_fill_one_after_the_other() -> None:
    talk = Talk()
    talk.say("/report_fault")
    assert talk.say("等等", "手机") == ["utter_ask_problem"]
    talk = Talk()
    talk.say("/report_fault")
    assert talk.say("手机", "没有声音", "13800138000") == ["utter_confirm"]


def test_the_language_follows_the_customer() -> None:
    talk = Talk()
    talk.say("你好")
    talk.hear("my broadband is broken")
    events = talk.turn()
    assert any(isinstance(event, LanguageChanged) for event in events)
    assert last(talk).language == "en" and last(talk).text == "What is wrong?"
    talk.say("还是说中文吧，网页打不开")
    assert talk.conversation.language == "zh"
    talk = Talk()
    talk.say("/report_fault")
    talk.say("wifi")
    assert talk.conversation.language == "zh" and talk.conversation.slots["service"] == "broadband"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\n\t", "😀😀", "？？？", "ا لسلام عليكم كيف حالك", "x" * 10_000, "/", "/SetSlots(", "/SetSlots(a=b)",
     "/SetSlots(service=bicycle)", "/SetSlots(ticket=F-0000-0001)", "/drop_table", "/greet(1)", "{ticket}", "\x00\ud800"],
)  # fmt: skip
@pytest.mark.parametrize(
    "before", [[], ["/report_fault"], ["宽带断了"], ["宽带断了", "慢", "不行", "13800138000"]]
)
@pytest.mark.parametrize("as_payload", [False, True])
def test_odd_messages_get_a_polite_answer(text: str, before: list[str], as_payload: bool) -> None:
    talk = Talk()
    for message in before:
        talk.say(message)
    seq = talk.hear("", text) if as_payload else talk.hear(text)
    parts = [event for event in talk.turn() if isinstance(event, BotSaid)]
    assert parts and all(part.in_reply_to == (seq,) and part.text for part in parts)


def test_placeholders_in_a_customers_words_stay_words() -> None:
    talk = Talk()
    for text in ("手机坏了", "{phone} {ticket}", "13800138000"):
        talk.say(text)
    assert "{phone} {ticket}" in last(talk).text


def test_variants_are_not_repeated() -> None:
    talk = Talk()
    words = []
    for _ in range(6):
        talk.say("你好")
        words.append(last(talk).text)
    assert all(before != after for before, after in itertools.pairwise(words))


def test_a_changed_pack_restarts_the_flow_with_its_slots() -> None:
    talk = Talk()
    talk.say("宽带断了")
    flows = FILES["flows/all.yml"].replace("id: problem, collect", "id: what_is_wrong, collect")
    newer = Talk({**FILES, "flows/all.yml": flows})
    assert newer.pack.hash != talk.pack.hash
    newer.conversation, newer.log = talk.conversation, talk.log
    assert newer.say("慢") == ["utter_ask_problem"]
    assert newer.conversation.slots == {"service": "broadband"}
    without = Talk({**FILES, "flows/all.yml": FILES["flows/all.yml"].replace("report_fault:", "other:")})
    without.conversation, without.log = talk.conversation, talk.log
    assert without.say("慢") == ["utter_anything_else"]


def test_a_runaway_flow_ends_with_a_person() -> None:
    circle = "  bill:\n    nlu_trigger: [{intent: ask_bill}]\n    steps:\n      - {id: a, respond: utter_glad, next: a}\n"
    flows = FILES["flows/all.yml"].partition("  bill:")[0] + circle
    talk = Talk({**FILES, "flows/all.yml": flows})
    talk.hear("", "/ask_bill")
    events = talk.turn()
    assert any(isinstance(e, FlowEnded) and e.outcome == "failed" for e in events)
    assert isinstance(events[-1], HandoffAsked) and events[-1].reason == "failure"


# Words for other reactions -----------------------------------------------------------------------------------


def test_words_for_other_reactions() -> None:
    talk = Talk()
    greeting = talk.dialogue.greeting("en")
    assert greeting.text == "Hello, I am a machine." and len(greeting.quick_replies) == 2
    talk.say("/report_fault")
    silence = talk.dialogue.silence(talk.conversation)
    assert silence.asks == talk.conversation.asks and silence.response == "utter_silence"
    told = talk.dialogue.ticket_updated(talk.conversation, "F-0000-0001", "resolved")
    assert told.text == "工单 F-0000-0001：已修复。" and told.in_reply_to == ()
    assert talk.dialogue.closed_by_silence(talk.conversation).text == "先结束了。"
    apology = talk.dialogue.apology(talk.conversation, (3,))
    assert kinds(list(apology)) == ["bot_said", "flow_ended", "handoff_asked"]


def test_the_same_fold_gives_the_same_turn() -> None:
    talk = Talk()
    for text in ("宽带断了", "账单？", "慢", "不行"):
        talk.hear(text)

        again = fold(nothing("c1"), talk.log)
        assert again == talk.conversation
        first = asyncio.run(talk.dialogue.advance(talk.conversation))
        assert first == asyncio.run(talk.dialogue.advance(again))
        for event in first.events:
            talk.add(event)
