"""Repair around what an action offers: the words of its choices, and another value for what they came from."""

import pytest

from tests.unit.bot.world import FILES, SLOTS, Talk

BOTH = pytest.mark.parametrize("language", ["zh", "en"])

BOOK = """
flows:
  book:
    nlu_trigger: [{intent: report_fault}]
    steps:
      - {id: look, action: ticket_status, arguments: {ticket: number}, failure: person}
      - {id: right, confirm: utter_right, "yes": done, "no": person}
      - {id: person, handoff: general}
      - {id: done, end: completed}
"""
RIGHT = 'responses: {utter_right: [{text: {zh: "{result.window}，可以吗？", en: "{result.window}, all right?"}}]}'


def test_a_confirmation_reads_back_what_an_action_returned() -> None:
    talk = Talk({**FILES, "flows/all.yml": BOOK, "responses/right.yml": RIGHT})
    talk.found = {"window": {"zh": "周五上午", "en": "Friday morning"}}
    talk.say("/report_fault")
    assert talk.conversation.last_words == ("周五上午，可以吗？",)


def test_the_words_of_an_offered_answer_are_no_command() -> None:
    slots = SLOTS.replace(
        "problem: {type: text, private: true}",
        "problem: {type: text, choices: [{value: none, title: {zh: 电话里说, en: On the phone}, synonyms: [算了, never mind]}]}",
    )
    for language, words in (("zh", "算了"), ("en", "never mind")):
        talk = Talk({**FILES, "slots.yml": slots}, language)
        talk.say("/report_fault")
        talk.say("/SetSlots(service=mobile)")
        talk.say(words)
        assert talk.conversation.slots["problem"] == "none"


VISIT = """
flows:
  visit:
    nlu_trigger: [{intent: report_fault}]
    steps:
      - {id: phone, collect: phone}
      - {id: look, action: ticket_status, arguments: {ticket: phone}, failure: person}
      - {id: pick, collect: window, choices_from: result.windows}
      - {id: person, handoff: general}
"""


@BOTH
def test_another_value_where_none_of_the_choices_is_meant(language: str) -> None:
    slots = SLOTS + "  window: {type: choice}\n"
    ask = 'responses: {utter_ask_window: [{text: {zh: "哪个时段？", en: "Which one?"}}]}'
    talk = Talk({**FILES, "slots.yml": slots, "flows/all.yml": VISIT, "responses/window.yml": ask}, language)
    talk.found = {"windows": [{"value": "a", "title": {"zh": "周二上午", "en": "Tuesday morning"}, "synonyms": ["上午"]}]}
    talk.say("/report_fault")
    assert talk.say("13800138000")[-1] == "utter_ask_window"
    assert talk.say("13900139000")[-1] == "utter_ask_window"
    assert talk.conversation.slots["phone"] == "13900139000"
    talk.say({"zh": "那就上午吧", "en": "Tuesday morning, please"}[language])
    assert talk.conversation.frame is None
