"""Working together at the desk in a real browser: who looks and writes, and what comes after a conversation."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.browser import PATIENCE, Customer, Desk, Site, opened, serious
from tests.harness import furnished, trained

expect.set_options(timeout=PATIENCE)

pytestmark = pytest.mark.asyncio
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
NAMES = {"zh": ("安娜", "本", "罗"), "en": ("Anna", "Ben", "Roy")}


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


async def served(site: Site, language: str) -> tuple[Customer, Desk]:
    """Somebody who asked for a person and got Anna."""
    customer = await site.customer(language)
    await customer.open_chat()
    anna = await site.agent(language, "anna", NAMES[language][0])
    await customer.page.get_by_test_id("talk-to-person").click()
    await anna.page.get_by_test_id("offer-accept").click()
    await expect(anna.composer).to_be_focused()
    return customer, anna


async def opens(desk: Desk, customer: Customer) -> None:
    """The customer's conversation at a colleague's desk."""
    await desk.page.get_by_test_id("tab-all").click()
    await desk.page.locator(f"[data-conversation='{await customer.conversation()}']").first.click()


REPLYING = {"zh": "正在回复客户", "en": "Writing to the customer"}


@LANGUAGES
async def test_colleagues_see_one_another_look_and_write(site: Site, language: str) -> None:
    name, _, roy_name = NAMES[language]
    customer, anna = await served(site, language)
    roy = await site.agent(language, "roy", roy_name, role="supervisor")
    await opens(roy, customer)
    await expect(anna.page.get_by_test_id("lookers")).to_contain_text(roy_name)
    await expect(roy.page.get_by_test_id("lookers")).to_contain_text(name)

    await anna.composer.press_sequentially("abc")
    writes = roy.page.get_by_test_id("colleague-replies")
    await expect(writes).to_contain_text(REPLYING[language])
    await expect(writes).to_contain_text(name)
    await roy.page.get_by_test_id("take-over").click()
    await expect(roy.page.locator("sb-supervise .sure")).to_contain_text(name)
    assert await serious(roy.page) == []
    await roy.page.get_by_test_id("ask-cancel").click()
    await anna.composer.press("Enter")
    await expect(writes).to_have_count(0)

    await roy.page.get_by_test_id("nav-insights").click()
    await expect(anna.page.get_by_test_id("lookers")).to_have_count(0)
    await expect(customer.page.get_by_text(roy_name)).to_have_count(0)


@LANGUAGES
async def test_a_conversation_is_wrapped_up(site: Site, language: str) -> None:
    customer, anna = await served(site, language)
    roy = await site.agent(language, "roy", NAMES[language][2], role="supervisor")
    await roy.page.get_by_test_id("presence").select_option("away")
    page = anna.page
    await page.get_by_test_id("close-open").click()
    await page.get_by_test_id("close-confirm").click()
    card = page.get_by_test_id("wrap-up")
    await expect(card).to_be_visible()
    first = page.get_by_test_id("wrap-disposition-resolved")
    await expect(first).to_be_focused()
    await expect(page.get_by_test_id("wrap-finish")).to_be_disabled()
    await expect(page.get_by_test_id("row-wrap")).to_be_visible()
    assert await serious(page) == []
    await page.get_by_test_id("wrap-note").fill("<b>ok</b>")

    await page.reload()
    await expect(card).to_have_count(0)  # nothing jumps: the row leads there
    await page.get_by_test_id("row-wrap").click()
    await expect(page.get_by_test_id("wrap-note")).to_have_value("<b>ok</b>")
    await expect(page.get_by_test_id("wrap-left")).to_be_visible()

    await roy.page.get_by_test_id("nav-insights").click()
    await expect(roy.page.locator("[data-agent=anna]").get_by_test_id("wrapping")).to_be_visible()

    await page.get_by_test_id("wrap-disposition-ticket").focus()
    await page.keyboard.press("Space")
    await page.get_by_test_id("wrap-note").press("Enter")
    await expect(card).to_have_count(0)
    await expect(page.get_by_test_id("row-wrap")).to_have_count(0)
    await expect(anna.transcript).to_contain_text("<b>ok</b>")
    await expect(customer.page.get_by_text("<b>ok</b>")).to_have_count(0)

    await roy.page.get_by_test_id("reload").click()
    await expect(roy.page.locator("[data-testid=disposition][data-id=ticket]")).to_contain_text("100%")
    await expect(roy.page.locator("[data-agent=anna]").get_by_test_id("wrapping")).to_have_count(0)
    assert await serious(roy.page) == []


ASKED = {
    "zh": ("三号楼的光纤今天恢复了吗 <b>急</b>", "机房说四点前恢复", "请您帮忙看一个问题", "回答了您的问题"),
    "en": ("Is the fibre in block three back? <b>urgent</b>", "The exchange says before four", "asks you something", "answered you"),
}  # fmt: skip


@LANGUAGES
async def test_a_colleague_is_asked_and_answers(site: Site, language: str) -> None:
    question, answer, asks, answered = ASKED[language]
    customer, anna = await served(site, language)
    ben = await site.agent(language, "ben", NAMES[language][1])
    await ben.page.get_by_test_id("presence").select_option("busy")
    page = anna.page
    await page.get_by_test_id("ask-open").click()
    await page.get_by_test_id("target-agent:ben").check()
    await page.get_by_test_id("ask-text").fill(question)
    assert await serious(page) == []
    await page.get_by_test_id("ask-send").click()
    await expect(page.get_by_test_id("questions")).to_contain_text(question)
    await expect(anna.transcript).to_contain_text(question)

    await expect(ben.page.get_by_test_id("called")).to_contain_text(asks)
    await ben.page.get_by_test_id("nav-mentions").click()
    await expect(ben.page.get_by_test_id("mention")).to_contain_text(asks)
    await ben.page.get_by_test_id("called-open").click()
    await expect(ben.page.get_by_test_id("called")).to_have_count(0)
    await expect(ben.composer).to_have_count(0)  # he reads along; the customer is Anna's
    box = ben.page.get_by_test_id("answer")
    await expect(box).to_be_visible()
    assert await serious(ben.page) == []
    await box.press_sequentially(answer)
    await expect(page.get_by_test_id("colleague-notes")).to_contain_text(NAMES[language][1])
    await box.press("Enter")
    await expect(page.get_by_test_id("questions")).to_contain_text(answer)
    await expect(page.get_by_test_id("answer")).to_be_visible()  # it has opened by itself
    await expect(page.get_by_test_id("called")).to_have_count(0)
    assert await serious(page) == []

    await page.get_by_test_id("nav-tickets").click()
    await ben.page.get_by_test_id("answer").fill("2")
    await ben.page.get_by_test_id("answer").press("Enter")
    await anna.page.get_by_test_id("nav-conversations").click()
    await expect(anna.transcript).to_contain_text("2")
    await customer.write("ok")
    for secret in (question, answer, answered):
        await expect(customer.page.get_by_text(secret)).to_have_count(0)


@LANGUAGES
async def test_an_at_sign_opens_the_colleagues(site: Site, language: str) -> None:
    name = NAMES[language][1]
    _, anna = await served(site, language)
    ben = await site.agent(language, "ben", name)
    await anna.page.reload()  # Ben is new here
    await anna.page.get_by_test_id("note-toggle").click()
    options = anna.page.get_by_test_id("callable-option")
    await anna.composer.press_sequentially("a@b.example ")
    await expect(options).to_have_count(0)
    await anna.composer.press_sequentially("@")
    await expect(options.first).to_be_visible()
    assert await serious(anna.page) == []
    await anna.composer.press_sequentially("be")
    await expect(options).to_have_count(1)
    await expect(options).to_have_attribute("aria-selected", "true")
    active = await anna.composer.get_attribute("aria-activedescendant")
    assert active == await options.get_attribute("id")
    assert await anna.composer.get_attribute("aria-controls") == "callable"
    await anna.composer.press("Enter")
    await expect(anna.composer).to_have_value(f"a@b.example @{name} ")
    await expect(anna.composer).to_be_focused()
    await anna.composer.press_sequentially("ok @")
    await anna.composer.press("Escape")
    await expect(options).to_have_count(0)
    await anna.composer.press("Backspace")
    await anna.composer.press("Enter")
    await expect(ben.page.get_by_test_id("called")).to_contain_text(NAMES[language][0])
