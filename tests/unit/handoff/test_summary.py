"""The person who takes over knows what was asked, answered, tried and given: all of it, and nothing else."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import events as e
from core.conversation import empty, fold
from handoff.summary import Summary, summarise
from handoff.words import CHANNELS, OUTCOMES, REASONS, TEMPLATES, Labels, substantive

LABELS = Labels(
    slots={
        "service": {"zh": "业务", "en": "Service"},
        "contact_phone": {"zh": "联系电话", "en": "Contact phone"},
    },
    values={"service": {"broadband": {"zh": "宽带", "en": "Broadband"}}},
    flows={"report_fault": {"zh": "故障报修", "en": "Fault report"}},
    tickets={"fault": {"zh": "故障报修", "en": "Fault report"}},
    statuses={"fault": {"open": {"zh": "已登记", "en": "registered"}}},
)
CITATION = e.Citation("tariffs", "资费说明", "2026-01", "每月 99 元")


def log(*events: e.Event) -> list[e.Recorded]:
    return [
        e.Recorded("conversation:k", n, n * 1_000_000, e.THE_BOT, event) for n, event in enumerate(events, 1)
    ]


def summary(*events: e.Event, language: str = "") -> Summary:
    records = log(*events)
    return summarise(records, fold(empty("k"), records), LABELS, language)


STORY: tuple[e.Event, ...] = (
    e.Started(channel="webchat", language="zh", contact="u1", name="王芳"),
    e.BotSaid(text="您好", language="zh"),
    e.CustomerSaid(id="1", text="你好"),
    e.BotSaid(text="请讲", language="zh", in_reply_to=(3,)),
    e.CustomerSaid(id="2", text="光纤套餐多少钱？"),
    e.KnowledgeUsed(question="光纤套餐多少钱？", passages=(), in_reply_to=(5,)),
    e.BotSaid(text="每月 99 元。", language="zh", in_reply_to=(5,), citations=(CITATION,)),
    e.CustomerSaid(id="3", text="我家宽带断了"),
    e.Understood(message=8, intent="report_fault", confidence=0.9, language="zh", engine="native", model="m"),
    e.FlowStarted(flow="report_fault", pack="p"),
    e.SlotFilled(name="service", value="broadband", source=8),
    e.BotSaid(text="电话？", language="zh", in_reply_to=(8,), asks=e.Asks("contact_phone", "phone")),
    e.CustomerSaid(id="4", text="13812345678"),
    e.SlotFilled(name="contact_phone", value="13812345678", source=13),
    e.SlotFilled(name="since", value="昨天", source=8),
    e.SlotCleared(name="since"),
    e.TicketOpened(ticket="F-1", type="fault", contact="u1", conversation="k", in_reply_to=(13,)),
    e.BotSaid(text="工单 F-1", language="zh", in_reply_to=(13,)),
    e.FlowEnded(flow="report_fault", outcome="completed"),
    e.CustomerSaid(id="5", payload="/ask_person"),
    e.CustomerSaid(id="6", text="量子套餐呢"),
    e.KnowledgeMissed(question="量子套餐呢", language="zh", best=0.1, threshold=0.5, in_reply_to=(21,)),
    e.BotSaid(text="没有查到", language="zh", in_reply_to=(21,)),
    e.HandoffAsked(reason="asked", skill="general", in_reply_to=(20,)),
)


def test_the_whole_story() -> None:
    told = json.loads(msgspec.json.encode(summary(*STORY)))
    text = told.pop("text")
    source = {"document": "tariffs", "title": "资费说明", "version": "2026-01"}
    assert told == {
        "conversation": "k",
        "reason": "asked",
        "language": "zh",
        "channel": "webchat",
        "customer": {"name": "王芳", "contact": "u1"},
        "asked": [
            {"seq": 5, "text": "光纤套餐多少钱？"},
            {"seq": 8, "text": "我家宽带断了"},
            {"seq": 21, "text": "量子套餐呢"},
        ],
        "answered": [
            {"seq": 5, "question": "光纤套餐多少钱？", "answer": "每月 99 元。", "sources": [source]}
        ],
        "tried": [
            {"flow": "report_fault", "outcome": "completed", "text": "故障报修（已完成）"},
            {"flow": "", "outcome": "missed", "text": "知识查询（资料中没有答案）：量子套餐呢"},
        ],
        "slots": [
            {"name": "service", "label": "业务", "value": "宽带"},
            {"name": "contact_phone", "label": "联系电话", "value": "13812345678"},
        ],
        "tickets": [{"ticket": "F-1", "type": "fault", "status": "open", "into": ""}],
        "sources": [source],
        "files": [],
        "mood": {"mood": "calm", "signs": []},
    }
    assert text.split("\n") == [
        "王芳（网页聊天）：客户要求人工服务。",
        (
            "问过：“光纤套餐多少钱？”；“我家宽带断了”；“量子套餐呢”。已尝试：故障报修（已完成）；"
            "知识查询（资料中没有答案）：量子套餐呢。"
        ),
        "已知：业务：宽带；联系电话：13812345678。工单：F-1（故障报修，已登记）。引用资料：资费说明。",
    ]


def test_the_agent_may_read_another_language_than_the_customer() -> None:
    text = summary(*STORY, language="en").text
    assert text.startswith("王芳 (web chat): the customer asked for a person.\n")
    assert "Known: Service: Broadband; Contact phone: 13812345678" in text


def test_a_question_only_asked_back_is_not_answered() -> None:
    told = summary(
        STORY[0],
        e.CustomerSaid(id="1", text="断网了"),
        e.BotSaid(text="哪项业务？", language="zh", in_reply_to=(2,), asks=e.Asks("service", "choice")),
        e.CustomerSaid(id="2", text="blah blah"),
        e.BotSaid(text="没听明白", language="zh", in_reply_to=(4,), failure=True),
    )
    assert told.answered == ()
    assert [item.seq for item in told.asked] == [2, 4]


def test_a_failed_action_is_told() -> None:
    told = summary(
        STORY[0],
        e.ActionCalled(call="x", name="refund", interface="python:refund", flow="report_fault", step="s"),
        e.ActionReturned(call="x", name="refund", outcome="unknown", error="deadline"),
    )
    assert [(item.flow, item.outcome, item.text) for item in told.tried] == [
        ("report_fault", "unknown", "故障报修（结果未知）：refund")
    ]


def test_an_erased_conversation_has_nothing_to_tell() -> None:
    told = summary(STORY[0], e.CustomerSaid(id="1", text=""), e.Erased(by="admin"))
    assert (told.asked, told.slots, told.customer.name) == ((), (), "")
    assert len(told.text.split("\n")) == 3


@pytest.mark.parametrize("words", ["好的", "OK!", "嗯。", "hello", " 谢谢您 ", "👍", "…", ""])
def test_nods_say_nothing(words: str) -> None:
    assert not substantive(words)


@pytest.mark.parametrize("table", [REASONS, OUTCOMES, CHANNELS, TEMPLATES])
def test_every_phrase_has_both_languages(table: dict[str, dict[str, str]]) -> None:
    assert all(set(words) == {"zh", "en"} for words in table.values())


names = st.sampled_from(["service", "contact_phone", "since", "amount"])
values: st.SearchStrategy[Any] = st.one_of(
    st.text(max_size=20), st.booleans(), st.integers(), st.floats(0, 9)
)
texts = st.text(max_size=30)
steps = st.one_of(
    st.builds(e.SlotFilled, name=names, value=values, source=st.integers(0, 9)),
    st.builds(e.SlotCleared, name=names),
    st.builds(e.CustomerSaid, id=st.just("i"), text=texts),
    st.builds(
        e.BotSaid,
        text=texts,
        language=st.just("zh"),
        in_reply_to=st.lists(st.integers(1, 9), max_size=2).map(tuple),
        citations=st.lists(st.builds(e.Citation, texts, texts, texts, texts), max_size=2).map(tuple),
        asks=st.one_of(st.none(), st.builds(e.Asks, names, st.just("text"))),
    ),
    st.builds(
        e.TicketOpened, ticket=st.sampled_from(["F-1", "F-2"]), type=st.just("fault"), contact=st.just("c")
    ),
    st.builds(
        e.TicketUpdated, ticket=st.sampled_from(["F-1", "F-2"]), status=st.sampled_from(["open", "closed"])
    ),
    st.builds(e.FlowStarted, flow=names, pack=st.just("p")),
    st.builds(e.FlowEnded, flow=names, outcome=st.just("cancelled")),
    st.builds(e.HandoffAsked, reason=texts, skill=st.just("general")),
    st.builds(e.Unknown, kind=texts),
)


@given(st.lists(steps, max_size=25), st.sampled_from(["zh", "en", ""]))
def test_everything_is_in_it_and_nothing_else(events: list[e.Event], language: str) -> None:
    records = log(STORY[0], *events)
    conversation = fold(empty("k"), records)
    told = summarise(records, conversation, LABELS, language)

    assert {slot.name for slot in told.slots} == set(conversation.slots)
    opened = {r.event.ticket for r in records if isinstance(r.event, e.TicketOpened | e.TicketUpdated)}
    assert {item.ticket for item in told.tickets} == opened
    cited = {
        (c.document, c.title, c.version)
        for r in records
        if isinstance(r.event, e.BotSaid)
        for c in r.event.citations
    }
    assert {(s.document, s.title, s.version) for s in told.sources} == cited
    said = {r.seq: r.event.text for r in records if isinstance(r.event, e.CustomerSaid)}
    assert all(said[item.seq] == item.text for item in told.asked)
    sources = {r.event.source for r in records if isinstance(r.event, e.SlotFilled)}
    missing = {seq for seq, text in said.items() if substantive(text)} - {item.seq for item in told.asked}
    assert missing <= sources
    assert len(told.text.split("\n")) == 3
    for ticket in opened:
        assert ticket in told.text.split("\n")[2]
