"""Each check sees what it is for, names the place, and is silent where it has nothing to look at."""

from typing import Any

import pytest

from core import events as e
from qa.checks import FAMILIES
from tests.unit.qa.story import Story

MACHINE = {"zh": ["机器人"], "en": ["machine"]}


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("who", ["bot", "person"])
def test_an_empty_conversation_is_not_judged(name: str, who: str) -> None:
    params: dict[str, Any] = {"words": {"en": ["x"]}} if name == "forbidden_words" else {}
    assert Story().check(name, who, **params).score is None


class TestGreeting:
    def test_greets_and_says_machine(self) -> None:
        story = Story()
        story.bot("您好，我是机器人小桥")
        result = story.check("greeting", machine_words=MACHINE)
        assert (result.score, result.evidence) == (1.0, (1,))

    def test_half_without_saying_machine(self) -> None:
        story = Story()
        story.bot("您好")
        assert story.check("greeting", machine_words=MACHINE).score == 0.5

    def test_without_either(self) -> None:
        story = Story()
        story.bot("Speak.")
        result = story.check("greeting", machine_words=MACHINE)
        assert (result.score, result.reason, result.quotes) == (0.0, "not_greeted", {1: "Speak."})

    def test_a_person_greets_when_taking_over(self) -> None:
        story = Story()
        story.taken()
        story.agent("Good morning, Anna here")
        assert story.check("greeting", "person").score == 1.0


class TestPersonRequest:
    @pytest.mark.parametrize(
        "text", ["转人工", "我要找人工客服！", "人工", "Can I talk to a real person", "human please"]
    )
    def test_ignored(self, text: str) -> None:
        story = Story()
        said = story.customer(text)
        story.bot("请问什么问题", said)
        result = story.check("person_request_honoured")
        assert (result.score, result.evidence, result.quotes) == (0.0, (said,), {said: text})

    def test_honoured(self) -> None:
        story = Story()
        story.asked(story.customer("转人工"))
        assert story.check("person_request_honoured").score == 1.0

    def test_late(self) -> None:
        story = Story()
        said = story.customer("转人工")
        story.after(60).asked(said)
        assert story.check("person_request_honoured", max_seconds=10).score == 0.5

    def test_known_by_what_the_machine_understood_or_a_click(self) -> None:
        story = Story()
        said = story.customer("let me out")
        story.add(
            e.Understood(
                message=said, intent="ask_person", confidence=1, language="en", engine="native", model="m"
            )
        )
        story.customer("", payload="/ask_person")
        assert story.check("person_request_honoured").reason == "person_refused:2:2"

    @pytest.mark.parametrize(
        "text", ["不用转人工", "人工费怎么收", "I don't want to talk to a person", "the person came"]
    )
    def test_other_words(self, text: str) -> None:
        story = Story()
        story.customer(text)
        assert story.check("person_request_honoured").score is None

    def test_while_a_person_serves_it_is_none(self) -> None:
        story = Story()
        story.taken()
        story.customer("转人工")
        assert story.check("person_request_honoured").score is None


class TestQuestions:
    def test_each_message_answered(self) -> None:
        story = Story()
        one, two = story.customer("资费？"), story.customer("还有漫游")
        story.bot("如下", one, two)
        assert story.check("questions_answered").score == 1.0

    def test_left_lying(self) -> None:
        story = Story()
        one = story.customer("资费？")
        two = story.customer("还有漫游")
        story.bot("如下", one)
        story.closed("silence")
        result = story.check("questions_answered")
        assert (result.score, result.evidence, result.reason) == (0.5, (two,), "unanswered:1:2")

    def test_a_failure_is_mended_by_understanding_the_next(self) -> None:
        story = Story()
        story.bot("没听明白", story.customer("呃"), failure=True)
        assert story.check("questions_answered").score == 0.0
        story.bot("好的", story.customer("账单"))
        assert story.check("questions_answered").score == 1.0

    def test_a_missed_search_counts_when_passed_on(self) -> None:
        story = Story()
        said = story.customer("量子套餐？")
        story.add(e.KnowledgeMissed(question="", language="zh", best=0, threshold=1, in_reply_to=(said,)))
        story.bot("没有查到", said)
        assert story.check("questions_answered").score == 0.0
        story.asked(story.customer("转人工"))
        assert story.check("questions_answered").score == 1.0

    def test_a_hand_over_after_reopening_does_not_mend_the_past(self) -> None:
        story = Story()
        story.customer("资费？")
        story.closed("customer")
        story.add(e.Reopened())
        story.asked(story.customer("转人工"))
        assert story.check("questions_answered").score == 0.5

    def test_a_person_leaves_a_question(self) -> None:
        story = Story()
        story.taken()
        story.customer("什么时候来？")
        story.agent("明天")
        left = story.customer("几点钟")
        story.customer("好的")
        story.closed()
        result = story.check("questions_answered", "person")
        assert (result.score, result.evidence) == (0.5, (left,))

    def test_a_transcript_without_references(self) -> None:
        story = Story()
        story.customer("资费？")
        story.bot("如下")
        story.customer("漫游？")
        assert story.check("questions_answered").score == 0.5


class TestPromises:
    @pytest.mark.parametrize("text", ["师傅会给您打电话", "We will send an engineer tomorrow."])
    @pytest.mark.parametrize("who", ["bot", "person"])
    def test_kept_only_with_a_ticket(self, text: str, who: str) -> None:
        story = Story()
        said = story.bot(text) if who == "bot" else story.agent(text)
        result = story.check("promise_without_ticket", who)
        assert (result.score, result.evidence, result.quotes) == (0.0, (said,), {said: text})
        story.ticket()
        assert story.check("promise_without_ticket", who).score == 1.0

    def test_words_of_the_other_do_not_count(self) -> None:
        story = Story()
        story.agent("师傅会给您打电话")
        assert story.check("promise_without_ticket", "bot").score is None


class TestPersonalData:
    @pytest.mark.parametrize(
        ("given", "repeated"),
        [
            ("13812345678", "您的电话是 +86 138 1234 5678，对吗"),
            ("身份证11010519491231002X", "身份证 11010519491231002x 已登记"),
            ("4111 1111 1111 1111", "card 4111111111111111"),
            ("a.b@example.com", "We wrote to A.B@example.com"),
        ],
    )
    def test_repeated_in_full(self, given: str, repeated: str) -> None:
        story = Story()
        story.customer(given)
        said = story.bot(repeated)
        result = story.check("personal_data_repeated")
        assert (result.score, result.evidence) == (0.0, (said,))
        assert repeated not in result.quotes.values()

    @pytest.mark.parametrize("text", ["138****5678 对吗", "客服电话 13900000000", "好的"])
    def test_masked_or_foreign_is_fine(self, text: str) -> None:
        story = Story()
        story.customer("13812345678")
        story.bot(text)
        assert story.check("personal_data_repeated").score == 1.0

    def test_a_confirmation_may_be_allowed(self) -> None:
        story = Story()
        story.add(e.SlotFilled(name="contact_phone", value="13812345678"))
        story.bot("电话 13812345678 对吗", asks=e.Asks("confirm", "yes_no"))
        assert story.check("personal_data_repeated", allowed_in_confirmation=["phone"]).score == 1.0
        assert story.check("personal_data_repeated").score == 0.0

    def test_a_number_from_the_ticket(self) -> None:
        story = Story()
        story.ticket(phone="13812345678")
        story.bot("会打 13812345678")
        assert story.check("personal_data_repeated").score == 0.0


class TestForbiddenWords:
    def test_either_language_of_who_is_judged(self) -> None:
        words = {"zh": ["随便你"], "en": ["calm down"]}
        story = Story()
        story.agent("Calm down, please")
        story.bot("随便您")
        assert story.check("forbidden_words", "person", words=words).evidence == (1,)
        assert story.check("forbidden_words", "bot", words=words).score == 1.0


class TestMisunderstanding:
    def fail(self, times: int) -> Story:
        story = Story()
        for _ in range(times):
            story.bot("没听明白", story.customer("呃"), failure=True)
        return story

    def test_by_the_longest_run(self) -> None:
        assert self.fail(1).check("repeated_misunderstanding").score == 1.0
        assert self.fail(2).check("repeated_misunderstanding").score == 0.0
        story = self.fail(2)
        story.asked()
        assert story.check("repeated_misunderstanding").score == 0.5
        story = self.fail(3)
        story.asked()
        result = story.check("repeated_misunderstanding")
        assert (result.score, result.evidence) == (0.0, (2, 4, 6))

    def test_understanding_between_ends_the_run(self) -> None:
        story = self.fail(1)
        story.bot("好的", story.customer("账单"))
        story.bot("没听明白", story.customer("呃"), failure=True)
        assert story.check("repeated_misunderstanding").score == 1.0


class TestResponseTime:
    def test_share_of_replies_in_time(self) -> None:
        story = Story()
        story.taken()
        story.after(10).agent("您好")
        story.customer("一")
        story.customer("二")
        late = story.after(90).agent("稍等")
        story.customer("谢谢")
        story.after(300).closed()
        result = story.check("agent_response_time", "person")
        assert (result.score, result.evidence, result.reason) == (0.5, (late,), "replied_late:2:50:91")

    def test_who_never_spoke_is_late(self) -> None:
        story = Story()
        taken = story.taken()
        story.after(120).closed("customer")
        assert story.check("agent_response_time", "person").evidence == (taken,)

    def test_a_median_may_be_asked_for(self) -> None:
        story = Story()
        story.taken()
        story.after(40).agent("您好")
        assert story.check("agent_response_time", "person", median_seconds=30).score == 0.5


class TestClosing:
    def test_kind_and_curt(self) -> None:
        story = Story()
        story.agent("感谢您的来电，再见")
        story.agent("（结束）")
        story.closed()
        assert story.check("closing_courtesy", "person").score == 1.0
        story = Story()
        story.agent("行了")
        story.closed()
        assert story.check("closing_courtesy", "person").score == 0.0

    def test_the_customer_hung_up(self) -> None:
        story = Story()
        story.agent("请稍等")
        story.closed("customer")
        assert story.check("closing_courtesy", "person").score is None


class TestKnowledge:
    def test_answers_cite(self) -> None:
        story = Story()
        one = story.customer("资费？")
        story.add(e.KnowledgeUsed(question="", passages=(), in_reply_to=(one,)))
        story.bot("99 元", one, citations=(e.Citation("d", "t", "1", "q"),), more=True)
        story.bot("还有吗", one)
        two = story.customer("漫游？")
        story.add(e.KnowledgeUsed(question="", passages=(), in_reply_to=(two,)))
        bare = story.bot("可以", two)
        result = story.check("knowledge_cited")
        assert (result.score, result.evidence) == (0.5, (bare,))


@pytest.mark.parametrize(
    "name",
    ["greeting", "promise_without_ticket", "personal_data_repeated", "forbidden_words", "closing_courtesy"],
)
def test_erased_words_are_not_judged(name: str) -> None:
    story = Story()
    story.customer("")
    story.bot("")
    story.closed()
    story.add(e.Erased(by="admin"))
    params: dict[str, Any] = {"words": {"en": ["x"]}} if name == "forbidden_words" else {}
    result = story.check(name, **params)
    assert (result.score, result.reason) == (None, "words_erased")
