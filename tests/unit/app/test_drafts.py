"""What an agent is warned of before a draft is sent."""

import pytest

from app.drafts import ADVICE, DATA, PROMISE, TEXTS, WORDS, warnings
from core import events as e
from core.conversation import Conversation
from governance import rules
from qa.scorecard import Scorecard, parse

CARD = parse(
    {
        "scorecard.yml": """
checks:
  - {id: a, check: promise_without_ticket, who: person, weight: 1, params: {words: {zh: [给您回电], en: [will call you]}}}
  - {id: b, check: forbidden_words, who: person, weight: 1, params: {words: {zh: [不归我管], en: [not my problem]}}}
  - {id: c, check: forbidden_words, who: bot, weight: 1, params: {words: {en: [robot words]}}}
  - {id: d, check: agent_response_time, who: person, weight: 1, params: {max_seconds: 60}}
"""
    }
)
SAYINGS = rules.parse(
    {
        "rules.yml": """
said:
  - id: no_mains
    description: Nobody opens a socket.
    patterns: {zh: ['拆开.{0,4}插座'], en: ['open the socket']}
    instead: {zh: 请不要动插座。, en: Please leave the socket alone.}
"""
    },
    {},
).said
PHONE = "13812345678"
HERE = Conversation("c", mode="human", language="en")


def found(draft: str, fold: Conversation = HERE, said: str = "", card: Scorecard = CARD) -> list[tuple[str, str]]:
    """Code and quote of each warning."""
    events = [e.Recorded("conversation:c", 1, 0, e.THE_CUSTOMER, e.CustomerSaid(id="1", text=said))] if said else []
    return [(one.code, one.quote) for one in warnings(draft, fold, events, card, SAYINGS)]


@pytest.mark.parametrize("draft", ["We will call you on Friday.", "明天给您回电。"])
def test_a_promise_needs_a_ticket(draft: str) -> None:
    assert [code for code, _ in found(draft)] == [PROMISE]
    assert found(draft, Conversation("c", mode="human", tickets=("F-1",))) == []


@pytest.mark.parametrize("draft", ["Will we call you? No.", "We will not leave it there.", "", "  ", "您好"])
def test_what_promises_nothing_warns_of_nothing(draft: str) -> None:
    assert found(draft) == []


def test_the_customers_own_number_is_not_spelled_out() -> None:
    assert found(f"So it is {PHONE}?", said="call me at +86 138 1234 5678") == [(DATA, "138****5678")]
    assert found(f"So it is {PHONE}?", Conversation("c", slots={"contact_phone": PHONE})) == [(DATA, "138****5678")]
    assert found("The shop is on 021 5555 0199.", said="where do I ring?") == []


@pytest.mark.parametrize("draft", ["您的身份证号是 11010519491231002X", "the card 4111 1111 1111 1111", "your password is hunter22"])
def test_some_data_never_goes_out(draft: str) -> None:
    ((code, quote),) = found(draft)
    assert code == DATA and "*" in quote
    assert not any(secret in quote for secret in ("19491231002", "1111 1111 1111", "hunter22"))


def test_words_that_are_marked_down_and_advice_that_is_forbidden() -> None:
    assert found("That is not my problem.") == [(WORDS, "That is not my problem.")]
    assert found("robot words") == []
    assert found("您先拆开墙上的插座看看。") == [(ADVICE, "您先拆开墙上的插座看看。")]
    assert found("Just open the socket.") == [(ADVICE, "just open the socket.")]


def test_several_warnings_of_one_draft_and_each_once() -> None:
    codes = [code for code, _ in found("Not my problem. We will call you. Open the socket, open the socket.")]
    assert sorted(codes) == sorted([WORDS, PROMISE, ADVICE])


def test_a_pack_without_a_scorecard_still_minds_data() -> None:
    assert found(f"{PHONE} and we will call you", said=PHONE, card=parse({})) == [(DATA, "138****5678")]


def test_a_draft_is_read_to_a_limit() -> None:
    assert warnings("x" * 50_000 + " we will call you", HERE, [], CARD, SAYINGS) == []


@pytest.mark.parametrize("code", [PROMISE, DATA, WORDS, ADVICE])
def test_every_warning_has_words_in_both_languages(code: str) -> None:
    assert set(TEXTS[code]) == {"zh", "en"}
