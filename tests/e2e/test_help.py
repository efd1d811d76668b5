"""Help while talking in a real browser: the strip above the answer, its keys, its clicks, and what is said before sending."""

import os
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
    person: str
    question: str
    title: str
    fault: tuple[str, ...]
    ticket: str
    promise: str
    polite: str
    agent: str


ZH = Words(
    "zh", "我要找人工客服", "我想开电子发票，在哪里下载", "发票", ("手机没信号了", "在家里一格信号都没有", "昨天下午开始的", "13900001234"), "故障",
    "我们明天会给您回电。", "祝您愉快。", "安娜",
)  # fmt: skip
EN = Words(
    "en", "I want to talk to a person", "how do I get an e-invoice", "nvoice",
    ("no signal on my mobile", "not a single bar anywhere in the house", "since yesterday afternoon", "13900001234"), "ault",
    "I'll call you back tomorrow.", "Have a nice day.", "Anna",
)  # fmt: skip
BOTH = pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration pack, trained once."""
    return trained(tmp_path_factory.mktemp("model"))


@pytest_asyncio.fixture
async def site(model: Path, tmp_path: Path) -> AsyncIterator[Site]:
    """A service of its own for each test."""
    folder = tmp_path / "data"
    folder.mkdir()
    async with opened(furnished(folder, model)) as made:
        yield made


async def served(site: Site, words: Words, **options: Any) -> tuple[Customer, Desk]:
    """A customer and the agent who has taken them over."""
    desk = await site.agent(words.language, "anna", words.agent, **options)
    customer = await site.customer(words.language)
    await customer.open_chat()
    await customer.write(words.person)
    await desk.page.get_by_test_id("offer-accept").click()
    await expect(desk.composer).to_be_visible()
    return customer, desk


async def picture(page: Page, name: str) -> None:
    """Keeps what is seen, where somebody wants to look at it."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")


@BOTH
async def test_a_suggestion_is_taken_by_a_key_edited_and_sent(site: Site, words: Words) -> None:
    customer, desk = await served(site, words)
    await customer.write(words.question)
    lines = desk.page.get_by_test_id("suggestion")
    await expect(lines.first).to_contain_text(words.title)
    assert await serious(desk.page) == []
    await picture(desk.page, f"help-{words.language}")

    await lines.first.get_by_test_id("suggestion-open").click()
    await expect(desk.page.get_by_test_id("suggestion-whole")).to_contain_text(words.title)
    assert await serious(desk.page) == []
    await picture(desk.page, f"help-open-{words.language}")
    await lines.last.get_by_test_id("suggestion-dismiss").click()
    await picture(desk.page, f"help-why-{words.language}")
    count = await lines.count()
    await desk.page.get_by_test_id("suggestion-reason-unfitting").click()
    await expect(lines).to_have_count(count - 1)

    await desk.composer.focus()
    await desk.page.keyboard.press("Alt+Digit1")
    suggested = await desk.composer.input_value()
    assert suggested
    await desk.composer.press("End")
    await desk.composer.type(f" {words.polite}")
    await desk.composer.press("Enter")
    await expect(customer.answers.filter(has_text=words.polite)).to_have_count(1)
    await expect(lines).to_have_count(0)
    events = (await site.get(f"/conversations/{await customer.conversation()}/events?limit=200"))["items"]
    (used,) = [event for event in events if event["kind"] == "suggestion_used"]
    assert used["agent"] == "anna" and 0 < used["edited"] < 0.5
    (dismissed,) = [event for event in events if event["kind"] == "suggestion_dismissed"]
    assert dismissed["reason"] == "unfitting"


@BOTH
async def test_the_next_step_is_one_click(site: Site, words: Words) -> None:
    customer, desk = await served(site, words)
    for sentence in words.fault:
        await customer.write(sentence)
        await expect(desk.transcript).to_contain_text(sentence)
    action = desk.page.locator('[data-testid="suggestion"][data-kind="action"]')
    await expect(action).to_contain_text(words.ticket)
    await action.get_by_test_id("suggestion-open").click()
    await expect(desk.page.get_by_test_id("suggestion-whole")).to_contain_text("13900001234")
    await picture(desk.page, f"help-action-{words.language}")
    await action.get_by_test_id("suggestion-run").click()
    await expect(action).to_have_count(0)
    tickets = (await site.get(f"/tickets?conversation={await customer.conversation()}"))["items"]
    assert [ticket["type"] for ticket in tickets] == ["fault"]


@BOTH
async def test_a_promise_is_warned_of_and_sent_all_the_same(site: Site, words: Words) -> None:
    customer, desk = await served(site, words, color_scheme="dark", viewport={"width": 1440, "height": 900})
    await desk.write(words.promise)
    warned = desk.page.get_by_test_id("warned")
    await expect(warned).to_be_visible()
    assert await desk.composer.input_value() == words.promise
    assert await serious(desk.page) == []
    await picture(desk.page, f"help-warned-{words.language}")
    await desk.page.get_by_test_id("warn-back").click()
    await expect(warned).to_have_count(0)
    await desk.composer.press("Enter")
    await desk.page.get_by_test_id("warn-anyway").click()
    await expect(customer.answers.filter(has_text=words.promise)).to_have_count(1)
    await desk.write(words.polite)
    await expect(customer.answers.filter(has_text=words.polite)).to_have_count(1)


async def test_a_narrow_window_has_the_same_help(site: Site) -> None:
    customer, desk = await served(site, EN, viewport={"width": 390, "height": 844})
    await customer.write(EN.question)
    await expect(desk.page.get_by_test_id("suggestion").first).to_contain_text("Invoice")
    assert await serious(desk.page) == []
    overflow = await desk.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not overflow
    await desk.page.get_by_test_id("composer").scroll_into_view_if_needed()
    await picture(desk.page, "help-narrow")
