"""The supervisor's room in a real browser: the numbers are those of the interface, and acts reach everybody."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.e2e.browser import PATIENCE, Customer, Desk, Site, opened, serious
from tests.harness import furnished, trained

expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Words:
    """One story in one language."""

    language: str
    question: str
    person: str
    fault: str
    hello: str
    angry: tuple[str, str, str]
    anger: str
    formula: str
    joined: str
    taken: str
    takes_over: str
    refused_composer: str
    flow: str
    promise: str
    check: str
    names: tuple[str, str]


ZH = Words(
    language="zh", question="我想开电子发票，在哪里下载", person="转人工服务", fault="手机没信号了", hello="您好，我是李主管，接下来由我为您处理。",
    angry=("你们这是骗人吧", "真是太过分了", "气死我了"), anger="客户情绪激动", formula="从未有人接待", joined="李主管", taken="主管已接管这个会话",
    takes_over="接下来由客服人员为您服务", refused_composer="李主管", flow="故障报修", promise="我会安排师傅明天上门。", check="工单", names=("安娜", "李主管"),
)  # fmt: skip
EN = Words(
    language="en", question="how do I get an e-invoice", person="I would like to talk to a person", fault="no signal on my mobile",
    hello="Good morning, this is Lee. I will see to it from here.", angry=("this is ridiculous", "I am fed up with you", "What a scam!"), anger="Customer is angry",
    formula="no person ever served", joined="Lee", taken="A supervisor has taken this conversation over", takes_over="A person is taking over from here",
    refused_composer="Lee", flow="Fault report", promise="I will send an engineer tomorrow.", check="ticket", names=("Anna", "Lee"),
)  # fmt: skip
BOTH = pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack, trained once."""
    return trained(tmp_path_factory.mktemp("model"))


@pytest_asyncio.fixture
async def site(model: Path, tmp_path: Path) -> AsyncIterator[Site]:
    """A service of its own for each test."""
    folder = tmp_path / "data"
    folder.mkdir()
    async with opened(furnished(folder, model)) as site:
        yield site


async def chat(site: Site, words: Words, *sentences: str) -> tuple[Customer, str]:
    """A customer who says these things; and the conversation."""
    customer = await site.customer(words.language)
    await customer.open_chat()
    for sentence in sentences:
        await customer.ask(sentence)
    return customer, await customer.conversation()


async def lead(site: Site, words: Words, **options: Any) -> Desk:
    """The supervisor, in the room."""
    desk = await site.agent(words.language, "lead", words.names[1], "supervisor", **options)
    await desk.page.get_by_test_id("presence").select_option("away")
    await desk.page.get_by_test_id("nav-insights").click()
    await expect(desk.page.get_by_test_id("number-waiting")).to_be_visible()
    return desk


async def to(desk: Desk, site: Site, words: Words, place: str) -> None:
    """Another address of the desk."""
    await desk.page.goto(f"http://127.0.0.1:{site.office.port}/desk?lang={words.language}#/{place}")


async def figures(page: Page) -> dict[str, float | None]:
    """Number → value, as the page holds it."""
    found = {}
    for one in await page.locator("[data-testid^=number-]").all():
        name, value = await one.get_attribute("data-testid"), await one.get_attribute("data-value")
        found[(name or "").removeprefix("number-")] = float(value) if value else None
    return found


@BOTH
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_room_shows_what_the_interface_says(site: Site, words: Words, scheme: str) -> None:
    anna = await site.agent(words.language, "anna", words.names[0])
    customer, _ = await chat(site, words, words.question)
    await customer.page.get_by_test_id("end").click()
    await expect(customer.page.get_by_test_id("rate-5")).to_be_visible()
    _, waiting = await chat(site, words, words.person)
    await expect(anna.offer).to_be_visible()
    await chat(site, words, *words.angry)

    boss = await lead(site, words, color_scheme=scheme, viewport={"width": 1440, "height": 900})
    page = boss.page
    alert = page.get_by_test_id("alert")
    await expect(alert).to_have_count(1)
    answer = await site.get("/insights")
    told = {number["id"]: number["value"] for number in answer["numbers"]}
    await page.get_by_test_id("reload").click()
    await expect(page.locator(".room")).to_have_attribute("aria-busy", "false")
    seen = await figures(page)
    assert set(seen) == set(told)
    moving = {"longest_wait"}
    assert {id: value for id, value in seen.items() if id not in moving} == {id: v for id, v in told.items() if id not in moving}
    line = (await site.get("/conversations?mode=waiting"))["items"]
    assert (seen["waiting"], seen["arrivals"], seen["handled_by_bot"], seen["alerts"]) == (len(line), 3, 1, 1)
    assert (seen["longest_wait"] or 0) >= told["longest_wait"]

    number = page.get_by_test_id("number-containment")
    tip = page.get_by_test_id("formula-containment")
    await expect(tip).to_be_hidden()
    await number.hover()
    await expect(tip).to_contain_text(words.formula)
    await page.mouse.move(0, 0)
    await number.locator("..").focus()
    await expect(tip).to_be_visible()
    formula = next(one["formula"][words.language] for one in answer["numbers"] if one["id"] == "containment")
    assert formula in (await tip.text_content() or "")

    await expect(page.locator("sb-plot canvas")).to_be_visible()
    person = page.get_by_test_id("person").filter(has_text=words.names[0])
    await expect(person).to_contain_text("0 / 3")
    await expect(page.locator(f"[data-testid=live-row][data-conversation='{waiting}']")).to_be_visible()
    await expect(alert).to_contain_text(words.anger)
    await alert.locator("summary").click()
    await expect(alert).to_contain_text(words.angry[2])
    assert await serious(page) == []
    await alert.get_by_test_id("evidence").click()
    await expect(boss.transcript).to_contain_text(words.angry[2])


@BOTH
async def test_listening_in_and_taking_over(site: Site, words: Words) -> None:
    anna = await site.agent(words.language, "anna", words.names[0])
    customer, conversation = await chat(site, words, words.person)
    await anna.offer.get_by_test_id("offer-accept").click()
    await expect(anna.composer).to_be_visible()
    boss = await lead(site, words)
    page = boss.page
    lines = await customer.lines.count()
    await page.locator(f"[data-conversation='{conversation}']").get_by_test_id("listen").click()
    await customer.write(words.question)
    await expect(boss.transcript).to_contain_text(words.question)
    assert await customer.lines.count() == lines
    events = (await site.get(f"/conversations/{conversation}/events?limit=200"))["items"]
    assert [event["by"] for event in events if event["kind"] == "listened_in"] == ["lead"]

    await page.get_by_test_id("take-over").click()
    assert await serious(page) == []
    await page.get_by_test_id("ask-confirm").click()
    await expect(boss.composer).to_be_visible()
    await expect(anna.page.get_by_test_id("notice")).to_contain_text(words.taken)
    await expect(anna.composer).to_have_count(0)
    await expect(customer.lines.last).to_contain_text(words.joined)
    await boss.write(words.hello)
    await expect(customer.answers.last).to_contain_text(words.hello)


@BOTH
async def test_stopping_the_bot_in_a_conversation_and_a_flow(site: Site, words: Words) -> None:
    customer, conversation = await chat(site, words, words.question)
    boss = await lead(site, words)
    page = boss.page
    await to(boss, site, words, f"conversations/{conversation}")
    await page.get_by_test_id("stop-bot").click()
    await expect(page.get_by_test_id("bot-stopped")).to_be_visible()
    await expect(customer.answers.filter(has_text=words.takes_over)).to_have_count(1)
    await page.get_by_test_id("resume-bot").click()
    await expect(page.get_by_test_id("bot-stopped")).to_have_count(0)
    await expect(page.get_by_test_id("stop-bot")).to_be_visible()
    assert await serious(page) == []

    await page.get_by_test_id("nav-insights").click()
    await page.get_by_test_id("stop-flow").select_option("report_fault")
    await page.get_by_test_id("ask-cancel").click()
    await expect(page.get_by_test_id("stopped-flow")).to_have_count(0)
    await page.get_by_test_id("stop-flow").select_option("report_fault")
    await page.get_by_test_id("ask-confirm").click()
    stopped = page.get_by_test_id("stopped-flow")
    await expect(stopped).to_contain_text(words.flow)
    await expect(stopped).to_contain_text(words.names[1])
    other, _ = await chat(site, words, words.fault)
    await expect(other.answers.filter(has_text=words.takes_over)).to_have_count(1)
    await page.get_by_test_id("resume-flow").click()
    await expect(stopped).to_have_count(0)


@BOTH
async def test_scores_with_their_words(site: Site, words: Words) -> None:
    anna = await site.agent(words.language, "anna", words.names[0])
    _, conversation = await chat(site, words, words.person)
    await anna.offer.get_by_test_id("offer-accept").click()
    await anna.write(words.promise)
    await anna.page.get_by_test_id("warn-anyway").click()
    await expect(anna.transcript).to_contain_text(words.promise)
    await anna.page.get_by_test_id("close-open").click()
    await anna.page.get_by_test_id("close-confirm").click()
    await expect(anna.composer).to_have_count(0)

    boss = await lead(site, words)
    page = boss.page
    await page.get_by_test_id("nav-scores").click()
    await expect(page.get_by_test_id("score")).to_have_count(1)
    await page.get_by_test_id("score").click()
    card = page.get_by_test_id("scorecard")
    finding = card.locator("[data-check=promise_without_ticket]")
    await expect(finding).to_contain_text(words.check)
    await expect(finding.locator("blockquote")).to_have_text(words.promise)
    (told,) = (await site.get(f"/qa/scores/{conversation}"))["scorecards"]
    await expect(card.get_by_test_id("total-person")).to_have_text(f"{told['person']:.1f}")
    assert await serious(page) == []


async def test_who_may_not_and_what_cannot_be_reached(site: Site) -> None:
    anna = await site.agent("en", "anna", "Anna")
    await expect(anna.page.get_by_test_id("nav-insights")).to_have_count(0)
    for place in ("insights", "scores"):
        await to(anna, site, EN, place)
        await expect(anna.page.get_by_test_id("forbidden")).to_be_visible()
    _, conversation = await chat(site, EN, EN.question)
    await to(anna, site, EN, f"conversations/{conversation}")
    await expect(anna.transcript).to_be_visible()
    await expect(anna.page.get_by_test_id("take-over")).to_have_count(0)

    boss = await site.agent("en", "lead", "Lee", "supervisor")
    site.office.cut()
    await boss.page.get_by_test_id("nav-insights").click()
    await expect(boss.page.get_by_test_id("failed")).to_be_visible()
    assert await serious(boss.page) == []
    site.office.restore()
    await expect(boss.page.get_by_test_id("number-waiting")).to_be_visible()


@BOTH
async def test_on_a_phone_nothing_is_wider_than_the_screen(site: Site, words: Words) -> None:
    await chat(site, words, words.person)
    boss = await lead(site, words, viewport={"width": 390, "height": 844})
    width = await boss.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    await boss.page.get_by_test_id("number-csat").locator("..").focus()
    box = await boss.page.get_by_test_id("formula-csat").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert await serious(boss.page) == []
