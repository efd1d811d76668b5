"""A small business in both languages, and the ports around the dialogue, for its tests."""

import asyncio
from typing import Any

from bot.dialogue import Dialogue, Turn
from bot.pack import BotPack, parse
from core.conversation import Conversation, apply, empty
from core.errors import Invalid
from core.events import (
    THE_BOT,
    ActionCalled,
    ActionReturned,
    BotSaid,
    Citation,
    CustomerSaid,
    Event,
    Found,
    Recorded,
    Started,
    TicketOpened,
)
from core.language import recognise
from core.ports import Answer, Entity, NoAnswer, Understanding

PACK = """
id: shop
name: {zh: 小店, en: Shop}
languages: [zh, en]
default_language: zh
greeting: utter_greet
understanding: {failures_before_person: 2}
starters:
  - {title: {zh: 报修, en: Report a fault}, payload: "/report_fault"}
  - {title: {zh: 账单, en: My bill}, payload: "/ask_bill"}
"""

SLOTS = """
slots:
  service:
    type: choice
    entity: service
    choices:
      - {value: broadband, title: {zh: 宽带, en: Broadband}, synonyms: [光纤, wifi, internet]}
      - {value: mobile, title: {zh: 手机, en: Mobile}, synonyms: [手机卡, phone]}
      - {value: tv, title: {zh: 电视, en: TV}, synonyms: [网络电视, iptv]}
  problem: {type: text, private: true}
  solved: {type: yes_no}
  phone: {type: phone, entity: phone}
  number: {type: ticket, entity: ticket}
  ticket: {type: ticket}
"""

FLOWS = """
flows:
  report_fault:
    nlu_trigger: [{intent: report_fault}]
    persistent_slots: [ticket]
    steps:
      - {id: service, collect: service}
      - {id: problem, collect: problem}
      - {id: which, branch: [{if: "service == 'broadband'", then: help}, {else: phone}]}
      - {id: help, respond: utter_self_help}
      - {id: solved, collect: solved}
      - {id: is_solved, branch: [{if: "solved", then: glad}, {else: phone}]}
      - {id: glad, respond: utter_glad, next: done}
      - {id: phone, collect: phone}
      - {id: ok, confirm: utter_confirm, yes: open, no: redo}
      - {id: redo, clear: [service, problem, phone], next: service}
      - {id: open, ticket: fault, fields: {service: service, description: problem, phone: phone}}
      - {id: told, respond: utter_ticket_opened}
      - {id: done, end: completed}
  ticket_status:
    nlu_trigger: [{intent: ticket_status}]
    steps:
      - {id: number, collect: number}
      - {id: look, action: ticket_status, arguments: {ticket: number}, success: judge, failure: sorry}
      - {id: judge, branch: [{if: "result.found", then: tell}, {else: again}]}
      - {id: tell, respond: utter_status, next: done}
      - {id: again, clear: [number], next: number}
      - {id: sorry, respond: utter_sorry}
      - {id: person, handoff: faults, reason: lookup_failed}
      - {id: done, end: completed}
  bill:
    nlu_trigger: [{intent: ask_bill}]
    steps:
      - {id: answer, knowledge: question}
      - {id: done, end: completed}
"""

ROUTING = "default_skill: general\n"
TICKETS = """
types:
  fault:
    prefix: F
    skill: faults
    statuses: {open: {zh: 待派单, en: waiting for an engineer}, resolved: {zh: 已修复, en: repaired}}
"""

SAID = {
    "utter_greet": ("您好，我是机器人。", "Hello, I am a machine."),
    "utter_goodbye": ("再见。", "Goodbye."),
    "utter_thanks": ("不客气。", "You are welcome."),
    "utter_help": ("我可以报修。", "I can take faults."),
    "utter_bot_challenge": ("我是机器人。", "I am a machine."),
    "utter_smalltalk": ("说正事吧。", "To business."),
    "utter_insult": ("很抱歉。", "I am sorry."),
    "utter_not_understood": ("没听明白。", "I did not follow."),
    "utter_not_understood_person": ("转人工。", "A person takes over."),
    "utter_cancelled": ("已经取消。", "Cancelled."),
    "utter_nothing_to_cancel": ("没有可取消的。", "Nothing to cancel."),
    "utter_nothing_to_repeat": ("没有可重复的。", "Nothing to repeat."),
    "utter_restarted": ("重新开始。", "From the beginning."),
    "utter_handoff": ("正在转接。", "Putting you through."),
    "utter_handoff_failure": ("转接没有成功。", "The transfer failed."),
    "utter_waiting": ("已经记下。", "Noted."),
    "utter_left_queue": ("已退出排队。", "You left the queue."),
    "utter_person_soon": ("很快就来。", "Shortly."),
    "utter_anything_else": ("还有别的吗？", "Anything else?"),
    "utter_invalid": ("没认出来。", "I could not read that."),
    "utter_silence": ("您还在吗？", "Still there?"),
    "utter_closed_silence": ("先结束了。", "Closing."),
    "utter_failure": ("出了故障，转人工。", "Something failed; a person takes over."),
    "utter_ticket_opened": ("工单号 {ticket}。", "Ticket {ticket}."),
    "utter_ticket_updated": ("工单 {ticket}：{status}。", "Ticket {ticket}: {status}."),
    "utter_confirm_again": ("对还是不对？", "Right or wrong?"),
    "utter_resume_question": ("接着刚才的。", "Back to it."),
    "utter_empty_message": ("消息是空的。", "That was empty."),
    "utter_agents_away": ("没有人在岗。", "Nobody is on duty."),
    "utter_self_help": ("请先重启。", "Please restart it."),
    "utter_glad": ("好了就好。", "Good."),
    "utter_confirm": ("{service}：{problem}，{phone}，对吗？", "{service}: {problem}, {phone}. Right?"),
    "utter_status": ("工单 {number}：{result.status}。", "Ticket {number}: {result.status}."),
    "utter_sorry": ("暂时查不了。", "I cannot look it up."),
    "utter_ask_service": ("哪项业务？", "Which service?"),
    "utter_invalid_service": ("只有这几项。", "One of these, please."),
    "utter_ask_again_service": ("请选一项。", "Please pick one."),
    "utter_ask_problem": ("什么现象？", "What is wrong?"),
    "utter_ask_solved": ("好了吗？", "Does it work?"),
    "utter_ask_phone": ("联系电话？", "Which phone number?"),
    "utter_invalid_phone": ("号码不对。", "That number is not right."),
    "utter_ask_number": ("工单号？", "Which ticket?"),
}

BUTTONS = {"utter_knowledge_missed": ("没有查到。", "I have no answer to that.", "/ask_person")}


def responses() -> str:
    lines = ["responses:"]
    for name, (zh, en) in SAID.items():
        lines.append(f'  {name}: [{{text: {{zh: "{zh}", en: "{en}"}}}}]')
    for name, (zh, en, payload) in BUTTONS.items():
        button = f'{{title: {{zh: 转人工, en: A person}}, payload: "{payload}"}}'
        lines.append(f'  {name}: [{{text: {{zh: "{zh}", en: "{en}"}}, buttons: [{button}]}}]')
    lines.append(
        '  utter_greet_back: [{text: {zh: "您好。", en: "Hello."}}, {text: {zh: "在的。", en: "Hi there."}}]'
    )
    return "\n".join(lines) + "\n"


FILES = {
    "pack.yml": PACK + "intents: {greet: utter_greet_back}\n",
    "slots.yml": SLOTS,
    "routing.yml": ROUTING,
    "tickets.yml": TICKETS,
    "responses/all.yml": responses(),
    "flows/all.yml": FLOWS,
}

MORE = """
responses:
  utter_corrected: [{text: {zh: 好的，已经改过来。, en: Changed.}}]
  utter_ask_which: [{text: {zh: "您是要{first}，还是{second}？", en: "Do you mean {first} or {second}?"}}]
"""
LABELS = SLOTS.replace(
    "{type: phone, entity: phone}", "{type: phone, entity: phone, label: {zh: 联系电话, en: Phone}}"
)
REPAIR = {**FILES, "responses/repair.yml": MORE, "slots.yml": LABELS}
"""The same pack with the responses and labels that repair uses where a pack has them."""

KEYWORDS = {
    "ask_person": ("人工", "person", "human"),
    "cancel": ("取消", "算了", "cancel", "never mind"),
    "restart": ("重新开始", "start over"),
    "repeat": ("再说一遍", "repeat"),
    "ticket_status": ("查工单", "check my ticket", "my ticket"),
    "report_fault": ("报修", "坏了", "断了", "broken", "is down", "fault"),
    "ask_bill": ("账单", "发票", "bill", "invoice"),
    "greet": ("你好", "hello"),
    "thanks": ("谢谢", "thank"),
    "goodbye": ("再见", "bye"),
    "insult": ("垃圾", "stupid"),
    "affirm": ("好的", "ok"),
    "deny": ("不用", "no thanks"),
}


class Keywords:
    """Understands by the first keyword found; finds services, mobile numbers and ticket numbers."""

    async def understand(self, text: str, language: str) -> Understanding:
        lower = text.lower()
        intent = next(
            (name for name, words in KEYWORDS.items() if any(word in lower for word in words)), None
        )
        found = []
        for word, value in (
            ("宽带", "broadband"),
            ("broadband", "broadband"),
            ("电视", "tv"),
            ("手机", "mobile"),
        ):
            if word in lower:
                start = lower.index(word)
                found.append(Entity("service", value, word, start, start + len(word)))
        for token in text.replace("，", " ").split():
            if token.isdecimal() and len(token) == 11:
                start = text.index(token)
                found.append(Entity("phone", token, token, start, start + 11))
            if len(token) == 11 and token[1:2] == "-" and token[6:7] == "-":
                start = text.index(token)
                found.append(Entity("ticket", token, token, start, start + 11))
        return Understanding(
            intent, 0.95 if intent else 0.2, recognise(text, language), entities=tuple(found)
        )


class Pages:
    """Knows about bills, and nothing else."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.knows: tuple[str, ...] = ("账单", "bill", "漫游", "roaming")

    async def answer(self, question: str, language: str) -> Answer | NoAnswer:
        self.asked.append((question, language))
        if not any(word in question.lower() for word in self.knows):
            return NoAnswer(0.1, 0.4)
        citation = Citation("bill-explained", "Bill", "1", "sent on the third")
        return Answer("每月三号出账。", (citation,), (Found("bill-explained", "1", "p1", 0.9),))


class Desk:
    """Opens tickets with numbers that follow from the content."""

    def open(self, type: str, fields: dict[str, Any], **about: Any) -> TicketOpened:
        if type != "fault":
            raise Invalid(f"no ticket type {type}")
        number = f"F-0000-{len(str(fields)):04d}"
        return TicketOpened(ticket=number, type=type, fields=fields, skill="faults", **about)


class Gate:
    """One action that knows one ticket."""

    def interface(self, name: str) -> str:
        return f"python:{name}"

    def idempotent(self, name: str) -> bool:
        return True

    async def call(self, name: str, arguments: dict[str, Any], context: Any) -> Any:
        raise AssertionError("the dialogue decides and never acts")


class Talk:
    """A conversation whose log is a list."""

    def __init__(self, files: dict[str, str] | None = None, language: str = "zh") -> None:
        self.pack: BotPack = parse(files or FILES)
        self.pages = Pages()
        self.dialogue = Dialogue(self.pack, Keywords(), self.pages, Desk(), Gate())
        self.log: list[Recorded] = []
        self.conversation: Conversation = empty("c1")
        self.found = {"found": True, "status": "处理中"}
        self.outcome = "ok"
        self.add(Started(channel="webchat", language=language, contact="k1", pack=self.pack.hash))

    def add(self, event: Event) -> int:
        recorded = Recorded(self.conversation.stream, self.conversation.version + 1, 1_000, THE_BOT, event)
        self.conversation = apply(self.conversation, recorded)
        self.log.append(recorded)
        return recorded.seq

    def hear(self, text: str = "", payload: str | None = None) -> int:
        return self.add(CustomerSaid(id=f"m{len(self.log)}", text=text, payload=payload))

    def turn(self) -> list[Event]:
        events: list[Event] = []
        for _ in range(20):
            turn: Turn = asyncio.run(self.dialogue.advance(self.conversation))
            events += turn.events
            for event in turn.events:
                self.add(event)
            if not turn.act:
                return events
            called = turn.events[-1]
            assert isinstance(called, ActionCalled)
            result = self.found if self.outcome == "ok" else {}
            self.add(ActionReturned(call=called.call, name=called.name, outcome=self.outcome, result=result))
        raise AssertionError("a turn without an end")

    def say(self, *texts: str) -> list[str]:
        """Sends messages (payloads begin with a slash) and returns what was said: names of responses, or words."""
        for text in texts:
            self.hear(*(("", text) if text.startswith("/") else (text,)))
        return said(self.turn())


def said(events: list[Event]) -> list[str]:
    return [event.response or event.text for event in events if isinstance(event, BotSaid)]


def kinds(events: list[Event]) -> list[str]:
    return [event.KIND for event in events]
