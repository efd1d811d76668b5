"""The pages in a real browser over a real service: what a customer and an agent see, also when the network goes away."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.browser import PATIENCE, TICKET, Customer, Desk, Site, opened, serious
from tests.harness import furnished, trained

expect.set_options(timeout=PATIENCE)
CUT_MILLISECONDS = 10_000


@dataclass(frozen=True)
class Words:
    """One story in one language."""

    language: str
    machine: str
    question: str
    title: str
    version: str
    report: tuple[str, ...]
    yes: str
    meanwhile: tuple[str, str, str]
    person: str
    why: str
    agent: str
    hello: str
    more: str
    status: str
    status_told: str
    note: str
    bye: str
    ended: str
    rated: str
    thanks: str


ZH = Words(
    language="zh",
    machine="机器人",
    question="我想开电子发票，在哪里下载",
    title="开发票",
    version="版本 20",
    report=("手机没信号了", "在家里一格信号都没有", "昨天下午开始的", "13900001234"),
    yes="对，提交吧",
    meanwhile=("账单每个月几号出", "国际漫游怎么开通", "流量超了怎么收费"),
    person="转人工服务",
    why="客户要求人工",
    agent="安娜",
    hello="您好，我是安娜，您报的故障我看到了，正在联系维修师傅。",
    more="好的，麻烦您了，电梯口信号也不行",
    status="维修人员处理中",
    status_told="处理中",
    note="师傅今天下午三点前到",
    bye="师傅会提前半小时给您打电话，再见。",
    ended="会话已结束",
    rated="感谢您的评价",
    thanks="客户评分：5",
)
EN = Words(
    language="en",
    machine="I am a machine",
    question="how do I get an e-invoice",
    title="Getting an invoice (fapiao)",
    version="Version 20",
    report=(
        "My broadband has been down since the storm", "red light on the modem and no page loads", "no, still nothing",
        "since yesterday evening around nine", "18 Mill Lane, Flat 5, Ashford", "13900001234",
    ),
    yes="yes, send it",
    meanwhile=("when is my bill issued each month?", "how do I switch on roaming?", "what happens when my data runs out?"),
    person="I would like to talk to a person",
    why="Asked for a person",
    agent="Anna",
    hello="Good morning, this is Anna. I have your report here and I am calling the engineer.",
    more="Great, thank you. The neighbours have no connection either",
    status="An engineer is working on it",
    status_told="In progress",
    note="The engineer arrives before three this afternoon",
    bye="He calls half an hour before he comes. Goodbye.",
    ended="This conversation has ended",
    rated="Thank you for your rating",
    thanks="Rated 5 of 5",
)  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack, trained once."""
    return trained(tmp_path_factory.mktemp("model"))


@pytest_asyncio.fixture
async def site(model: Path, tmp_path: Path) -> AsyncIterator[Site]:
    """A service of its own for each test."""
    folder = tmp_path / "data"
    folder.mkdir()
    async with opened(furnished(folder, model)) as made:
        yield made


async def reported(customer: Customer, words: Words) -> str:
    """A fault, told in the customer's words, up to the card with its number."""
    for sentence in (*words.report, words.yes):
        await customer.ask(sentence)
    card = customer.page.get_by_test_id("ticket-card")
    await expect(card).to_be_visible()
    number = await customer.page.get_by_test_id("ticket-number").inner_text()
    assert TICKET.fullmatch(number)
    return number


async def cut_for_ten_seconds(site: Site, customer: Customer, words: Words) -> None:
    """Three messages are written without a network; each arrives once and in order when it is back."""
    before = await customer.said()
    site.line.cut()
    for count, sentence in enumerate(words.meanwhile, 1):
        await customer.write(sentence)
        await expect(customer.waiting).to_have_count(count)
    await expect(customer.offline).to_be_visible()
    # The one wait for time: attempts to reconnect must fail and back off before the network returns.
    await customer.page.wait_for_timeout(CUT_MILLISECONDS)
    await expect(customer.waiting).to_have_count(3)
    site.line.restore()

    await expect(customer.offline).to_have_count(0)
    await expect(customer.waiting).to_have_count(0)
    assert await customer.said() == [*before, *words.meanwhile]
    assert await site.customer_said(await customer.conversation()) == [*before, *words.meanwhile]


async def handed_over(customer: Customer, desk: Desk, words: Words, number: str) -> None:
    """The customer asks for a person; the agent knows the story before accepting."""
    await expect(desk.offer).to_have_count(0)
    await customer.page.get_by_test_id("talk-to-person").click()
    summary = desk.page.get_by_test_id("offer-summary")
    for known in (words.why, number, words.meanwhile[2], words.title):
        await expect(summary).to_contain_text(known)
    await expect(customer.page.get_by_test_id("queue-bar")).to_be_visible()

    await desk.page.get_by_test_id("offer-accept").click()
    await expect(desk.composer).to_be_focused()
    await expect(customer.lines.filter(has_text=words.agent)).to_have_count(1)
    story = desk.page.get_by_test_id("summary")
    for known in (words.why, number, words.question, words.report[0], words.title):
        await expect(story).to_contain_text(known)

    await desk.write(words.hello)
    await expect(customer.answers.last).to_contain_text(words.hello)
    await customer.write(words.more)
    await expect(desk.transcript.locator(".say.them").last).to_contain_text(words.more)
    assert "anna" not in await desk.transcript.inner_text()


async def ticket_changed(customer: Customer, desk: Desk, words: Words, number: str) -> None:
    """The agent changes the ticket; the customer sees it."""
    await desk.page.get_by_test_id("context-ticket").click()
    await expect(desk.page.get_by_test_id("ticket-panel")).to_contain_text(number)
    await desk.page.get_by_test_id("ticket-status").select_option(label=words.status)
    await desk.page.get_by_test_id("ticket-note").fill(words.note)
    await desk.page.get_by_test_id("ticket-save").click()

    told = customer.lines.filter(has_text=number)
    await expect(told).to_contain_text(words.status_told)
    await expect(told).to_contain_text(words.note)
    await expect(customer.page.get_by_test_id("ticket-card")).to_contain_text(words.status_told)
    await expect(desk.transcript.locator(".happened").last).to_contain_text(number)


@pytest.mark.parametrize("words", [ZH, EN], ids=lambda words: words.language)
async def test_from_a_question_to_a_rated_conversation_with_a_cut_network(site: Site, words: Words) -> None:
    customer = await site.customer(words.language, permissions=["clipboard-read", "clipboard-write"])
    await customer.open_chat()
    await expect(customer.answers.first).to_contain_text(words.machine)

    await customer.ask(words.question)
    await customer.page.get_by_test_id("chip").first.click()
    quote = customer.page.get_by_test_id("quote")
    await expect(quote).to_contain_text(words.title)
    await expect(quote).to_contain_text(words.version)

    number = await reported(customer, words)
    await customer.page.get_by_test_id("ticket-card").get_by_role("button").click()
    assert await customer.page.evaluate("navigator.clipboard.readText()") == number

    desk = await site.agent(words.language, "anna", words.agent)
    await cut_for_ten_seconds(site, customer, words)
    await handed_over(customer, desk, words, number)
    await ticket_changed(customer, desk, words, number)

    await desk.write(words.bye)
    await expect(customer.answers.last).to_contain_text(words.bye)
    await desk.page.get_by_test_id("close-open").click()
    await desk.page.get_by_test_id("close-confirm").click()
    await desk.page.get_by_test_id("wrap-disposition-follow_up").check()
    await desk.page.get_by_test_id("wrap-finish").click()
    await expect(customer.lines.filter(has_text=words.ended)).to_have_count(1)
    await customer.page.get_by_test_id("rate-5").click()
    await expect(customer.lines.last).to_contain_text(words.rated)
    await expect(desk.transcript.locator(".happened").last).to_contain_text(words.thanks)

    await desk.page.get_by_test_id("inside").click()
    await expect(desk.transcript.locator("code", has_text="scored")).to_have_count(1)
    conversation = await customer.conversation()
    (card,) = (await site.get(f"/qa/scores/{conversation}"))["scorecards"]
    assert 0 <= card["bot"] <= 100 and 0 <= card["person"] <= 100
    events = (await site.get(f"/conversations/{conversation}/events?limit=200"))["items"]
    (wrapped,) = [event for event in events if event["kind"] == "wrapped_up"]
    assert wrapped["disposition"] == "follow_up"
    said = await site.customer_said(conversation)
    assert said == [words.question, *words.report, words.yes, *words.meanwhile, words.person, words.more]
    assert said == await customer.said()


async def test_a_reload_resumes_and_the_language_changes_without_one(site: Site) -> None:
    customer = await site.customer("zh")
    await customer.open_chat()
    answer = await customer.ask(ZH.question)
    first, conversation = await answer.inner_text(), await customer.conversation()
    await customer.composer.fill("还没写完的话")

    await customer.page.reload()
    await expect(customer.answers.nth(1)).to_have_text(first)
    assert await customer.said() == [ZH.question]
    await expect(customer.composer).to_have_value("还没写完的话")
    assert await customer.conversation() == conversation

    await customer.page.evaluate("window.kept = true")
    await customer.page.get_by_test_id("lang-en").click()
    await expect(customer.page.get_by_test_id("talk-to-person")).to_contain_text("Talk to a person")
    await expect(customer.page.get_by_role("heading", level=1)).to_have_text("How can we help?")
    assert await customer.page.evaluate("document.documentElement.lang") == "en"
    await customer.ask(EN.question)
    await expect(customer.page.get_by_test_id("chip").last).to_contain_text(EN.title)
    assert await customer.page.evaluate("window.kept") is True
    assert await customer.conversation() == conversation


async def test_the_keyboard_is_enough_and_an_input_method_keeps_its_enter(site: Site) -> None:
    customer = await site.customer("zh")
    launcher = customer.page.get_by_test_id("launcher")
    await customer.tab_to(launcher)
    await customer.page.keyboard.press("Enter")
    await expect(customer.answers.first).to_be_visible()
    assert await customer.focused(customer.composer)

    await customer.page.keyboard.insert_text("fa piao")
    for enter in ({"key": "Enter", "isComposing": True}, {"key": "Enter", "keyCode": 229}):
        await customer.composer.dispatch_event(
            "keydown", {**enter, "bubbles": True, "composed": True, "cancelable": True}
        )
    await expect(customer.composer).to_have_value("fa piao")
    assert await customer.said() == []

    await customer.composer.fill("")
    await customer.page.keyboard.insert_text(ZH.question)
    await customer.page.keyboard.press("Shift+Enter")
    await customer.page.keyboard.press("Enter")
    await expect(customer.mine).to_have_count(1)
    chip = customer.page.get_by_test_id("chip").first
    await expect(chip).to_be_visible()
    await customer.tab_to(chip, "Shift+Tab")
    await customer.page.keyboard.press("Enter")
    await expect(customer.page.get_by_test_id("quote")).to_contain_text(ZH.title)
    assert await customer.said() == [ZH.question]

    await customer.page.keyboard.press("Escape")
    await expect(launcher).to_be_visible()
    assert await customer.focused(launcher)


async def test_two_customers_at_once_and_an_offer_that_covers_nothing(site: Site) -> None:
    first, second = await site.customer("zh"), await site.customer("en")
    desk = await site.agent("en", "anna", "Anna")
    for customer in (first, second):
        await customer.open_chat()
    await first.page.get_by_test_id("talk-to-person").click()
    await expect(desk.offer).to_have_count(1)
    await desk.page.locator("body").press("Enter")
    await expect(desk.composer).to_be_focused()
    await desk.composer.fill("half a sentence")

    await second.page.get_by_test_id("talk-to-person").click()
    await expect(desk.offer).to_have_count(1)
    await expect(desk.composer).to_have_value("half a sentence")
    # The next offer stands while the agent opens a ticket for the customer being served.
    await desk.page.get_by_test_id("context-customer").click()
    await desk.page.get_by_test_id("context-ticket").click()
    await desk.page.get_by_test_id("ticket-new").click()
    await desk.page.get_by_test_id("ticket-type").select_option("complaint")
    create = desk.page.get_by_test_id("ticket-create")
    await expect(create).to_be_disabled()
    for field, text in {
        "topic": "charges",
        "description": "charged twice",
        "wanted": "a refund",
        "phone": "13900001234",
    }.items():
        await desk.page.get_by_test_id(f"ticket-field-{field}").fill(text)
    await create.click()
    await expect(first.page.get_by_test_id("ticket-card")).to_contain_text("C-")
    await expect(desk.page.get_by_test_id("ticket-status")).to_be_visible()
    await expect(desk.offer).to_have_count(1)

    await desk.page.get_by_test_id("offer-accept").click()
    await expect(desk.rows).to_have_count(2)
    await desk.write("I am with you now.")
    await expect(second.answers.last).to_contain_text("I am with you now.")
    await desk.rows.nth(1).click()
    await expect(desk.composer).to_have_value("half a sentence")
    await desk.write("您好，工单已经登记。")
    await expect(first.answers.last).to_contain_text("您好，工单已经登记。")
    assert "工单已经登记" not in await second.page.get_by_test_id("log").inner_text()
    assert "I am with you" not in await first.page.get_by_test_id("log").inner_text()


@pytest.mark.parametrize("way", ["asked to stop", "killed"])
async def test_a_restart_of_the_service_loses_nothing(site: Site, way: str) -> None:
    customer = await site.customer("en")
    desk = await site.agent("en", "anna", "Anna")
    await customer.open_chat()
    await customer.ask(EN.question)
    if way == "killed":
        await customer.write(EN.meanwhile[0])
        await expect(customer.waiting).to_have_count(0)
        await site.server.kill()
    else:
        await customer.ask(EN.meanwhile[0])
        assert await site.server.terminate() == 0

    await customer.write(EN.meanwhile[1])
    await expect(customer.waiting).to_have_count(1)
    await expect(customer.offline).to_be_visible()
    await expect(desk.page.get_by_test_id("offline-bar")).to_be_visible()
    await site.restarted()

    await expect(customer.waiting).to_have_count(0)
    await expect(desk.page.get_by_test_id("offline-bar")).to_have_count(0)
    await expect(customer.page.get_by_test_id("chip")).to_have_count(3)
    said = [EN.question, *EN.meanwhile[:2]]
    assert await customer.said() == said
    assert await site.customer_said(await customer.conversation()) == said
    await customer.page.get_by_test_id("talk-to-person").click()
    await expect(desk.offer).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_assistive_technology_finds_its_way(site: Site, scheme: str) -> None:
    customer = await site.customer("en", color_scheme=scheme)
    assert await serious(customer.page) == []
    await customer.open_chat()
    await customer.ask(EN.question)
    await customer.page.get_by_test_id("chip").first.click()
    assert await serious(customer.page) == []
    log = customer.page.get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")
    for name in ("Your message", "Send", "Minimise"):
        await expect(customer.page.get_by_label(name, exact=True)).to_be_visible()

    desk = await site.agent("en", "anna", "Anna")
    await desk.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await customer.page.get_by_test_id("talk-to-person").click()
    await expect(desk.offer).to_be_visible()
    assert await serious(desk.page) == []
    await desk.page.get_by_test_id("offer-accept").click()
    await expect(desk.page.get_by_role("log")).to_be_visible()
    await desk.page.get_by_test_id("context-ticket").click()
    await desk.page.get_by_test_id("ticket-new").click()
    await desk.page.get_by_test_id("close-open").click()
    assert await serious(desk.page) == []
    await desk.page.get_by_test_id("close-confirm").click()
    await expect(customer.page.get_by_test_id("rate-5")).to_be_visible()
    assert await serious(customer.page) == []
