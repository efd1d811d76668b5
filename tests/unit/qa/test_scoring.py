"""A conversation gets one scorecard, with its weights, its evidence and separate totals."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import codec
from core import events as e
from core.errors import PackMistake
from qa.checks import FAMILIES
from qa.reasons import REASONS, explain
from qa.scorecard import parse
from qa.scoring import score
from tests.unit.qa.story import Story

TEXT = """\
checks:
  - {id: hello, check: greeting, who: bot, weight: 1, title: {zh: 问候, en: Greeting}}
  - {id: answers, check: questions_answered, who: bot, weight: 3}
  - id: rude
    check: forbidden_words
    who: person
    weight: 2
    params: {words: {en: [calm down]}}
"""
CARD = parse({"scorecard.yml": TEXT})
TELECOM = parse(
    {"scorecard.yml": (Path(__file__).parents[3] / "packs/telecom/scorecard.yml").read_text(encoding="utf-8")}
)


def test_totals_are_weighted_and_apart() -> None:
    story = Story()
    story.bot("Speak.")
    story.bot("Yes.", story.customer("Is it fixed"))
    story.agent("Calm down!")
    closed = story.closed()
    scored = score(story.events, CARD)
    assert (scored.closed, scored.bot, scored.person) == (closed, 75.0, 0.0)
    assert scored.scorecard == CARD.version
    assert [(f.check, f.who, f.weight, f.score, f.evidence) for f in scored.findings] == [
        ("hello", "bot", 1.0, 0.0, (1,)),
        ("answers", "bot", 3.0, 1.0, ()),
        ("rude", "person", 2.0, 0.0, (4,)),
    ]
    assert scored.quotes == {"1": "Speak.", "4": "Calm down!"}


def test_nobody_to_score_has_no_total() -> None:
    story = Story()
    story.bot("Hello")
    story.closed("silence")
    scored = score(story.events, CARD)
    assert (scored.bot, scored.person) == (100.0, None)
    assert score([], CARD).bot is None


def test_the_last_closing_counts_and_what_follows_does_not() -> None:
    story = Story()
    story.bot("Hello")
    story.closed("silence")
    story.add(e.Reopened())
    story.customer("one more thing")
    second = story.closed("customer")
    story.add(e.Rated(score=1))
    story.agent("Calm down")
    scored = score(story.events, CARD)
    assert (scored.closed, scored.bot, scored.person) == (second, 25.0, None)


def test_an_erasure_after_the_closing_takes_the_words() -> None:
    story = Story()
    story.bot("")
    story.closed("silence")
    story.add(e.Erased(by="admin"))
    assert score(story.events, CARD).findings[0].score is None


def test_scores_can_be_stored() -> None:
    story = Story()
    story.bot("Hello")
    story.closed("silence")
    scored = score(story.events, TELECOM)
    stored = codec.encode(scored, b"0" * 16)
    assert codec.decode(stored.kind, stored.version, stored.body, stored.private) == scored
    assert b"Hello" not in stored.body


def test_the_demonstration_scorecard() -> None:
    assert len({entry.check for entry in TELECOM.entries}) >= 8
    assert all({"zh", "en"} <= set(entry.title) for entry in TELECOM.entries)
    story = Story()
    story.bot("您好，我是智能助手小桥，我是机器人。")
    said = story.customer("宽带断了，电话13812345678")
    story.ticket(said, phone="13812345678")
    story.bot("已登记，维修人员会给您打电话。", said)
    person = story.customer("转人工")
    story.asked(person)
    story.taken()
    story.agent("您好，我是小王，请问还需要什么帮助？")
    story.agent("感谢您的联系，再见。")
    story.closed()
    scored = score(story.events, TELECOM)
    assert (scored.bot, scored.person) == (100.0, 100.0)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("check: greeting", "check: greating", 2),
        ("who: person", "who: agent", 6),
        ("weight: 2", "weight: 0", 7),
        ("params: {words:", "params: {word:", 8),
        ("id: rude", "id: hello", 4),
        ("weight: 3", "wait: 3", 3),
    ],
)
def test_a_mistake_names_its_line(old: str, new: str, line: int) -> None:
    with pytest.raises(PackMistake) as mistake:
        parse({"scorecard.yml": TEXT.replace(old, new)})
    assert mistake.value.line == line


def test_every_reason_can_be_explained_in_both_languages() -> None:
    source = "".join(path.read_text() for path in (Path(__file__).parents[3] / "qa" / "checks").glob("*.py"))
    codes = set(re.findall(r'"([a-z]+_[a-z_]+|greeted|understood|misunderstood|unanswered)"', source))
    for code in codes & set(REASONS):
        assert {"zh", "en"} == set(REASONS[code])
    assert explain("replied_late:2:50:91", "en") == "Some of 2 replies were late: median 50 s, longest 91 s"
    assert explain("later_version:3", "zh") == "later_version:3"
    assert explain("unanswered", "en") == "unanswered"


texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["转人工", "您好", "13812345678", "会给您打电话", "calm down", "多少钱？", "谢谢再见"]),
)
seqs = st.lists(st.integers(1, 12), max_size=2).map(tuple)
steps: st.SearchStrategy[Any] = st.one_of(
    st.builds(e.CustomerSaid, id=st.just("i"), text=texts),
    st.builds(
        e.BotSaid, text=texts, language=st.just("zh"), in_reply_to=seqs, failure=st.booleans(),
        asks=st.one_of(st.none(), st.just(e.Asks("s", "yes_no"))),
    ),
    st.builds(e.AgentSaid, id=st.just("i"), agent=st.just("anna"), text=texts),
    st.builds(e.HandoffAsked, reason=st.just("asked"), skill=st.just("x"), in_reply_to=seqs),
    st.builds(e.HandoffTaken, agent=st.just("anna")),
    st.builds(e.Transferred, by=st.just("anna"), skill=st.sampled_from(["", "x"])),
    st.builds(e.KnowledgeUsed, question=texts, passages=st.just(()), in_reply_to=seqs),
    st.builds(
        e.KnowledgeMissed, question=texts, language=st.just("zh"), best=st.just(0.0), threshold=st.just(1.0),
        in_reply_to=seqs,
    ),
    st.builds(
        e.TicketOpened, ticket=st.just("F"), type=st.just("fault"), contact=st.just("c"), in_reply_to=seqs
    ),
    st.builds(e.SlotFilled, name=st.just("s"), value=st.one_of(texts, st.integers(), st.none())),
    st.builds(e.Closed, by=st.sampled_from(["agent", "customer", "silence"])),
    st.builds(e.Reopened),
    st.builds(e.Erased, by=st.just("admin")),
    st.builds(e.Unknown, kind=st.just("later")),
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(st.tuples(steps, st.integers(0, 100)), max_size=20))
def test_any_list_of_events_is_judged(history: list[tuple[e.Event, int]]) -> None:
    story = Story()
    for event, wait in history:
        story.after(wait).add(event)
    scored = score(story.events, TELECOM)
    assert len(scored.findings) == len(TELECOM.entries)
    places = {r.seq for r in story.events}
    for finding in scored.findings:
        assert finding.score is None or 0 <= finding.score <= 1
        assert set(finding.evidence) <= places
        assert explain(finding.reason, "zh") != finding.reason
        assert explain(finding.reason, "en") != finding.reason
    assert all(total is None or 0 <= total <= 100 for total in (scored.bot, scored.person))
    assert {int(seq) for seq in scored.quotes} <= places
    assert msgspec.json.encode(scored)
    assert score(story.events, TELECOM) == scored


def test_every_family_is_used_by_the_demonstration_pack() -> None:
    path = Path(__file__).parents[3] / "packs" / "telecom" / "scorecard.yml"
    text = path.read_text(encoding="utf-8")
    assert all(f"check: {name}" in text for name in FAMILIES)
