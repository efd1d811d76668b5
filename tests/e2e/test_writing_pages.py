"""Writing at the desk in a real browser: canned replies, drafts, notes, and passing a conversation on."""

import re
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


CANNED = {
    "zh": ("refund", "退款说明", "{customer}，您好，工单 {ticket} 的退款三天内到账。", "/退款", "客户称呼", "业务包自带"),
    "en": ("refund", "About the refund", "Hello {customer}, the refund for {ticket} takes three days.", "/the ref", "the customer's name", "from the pack"),
}  # fmt: skip


@LANGUAGES
async def test_a_canned_reply_is_written_by_one_and_picked_by_another(site: Site, language: str) -> None:
    shortcut, title, text, _, variable, pack = CANNED[language]
    roy = await site.agent(language, "roy", NAMES[language][2], role="supervisor")
    page = roy.page
    await page.get_by_test_id("nav-canned").click()
    await expect(page.locator("[data-shortcut=hello]")).to_contain_text(pack)
    assert await serious(page) == []
    await page.get_by_test_id("canned-new").click()
    await expect(page.get_by_test_id("canned-shortcut")).to_be_focused()
    await page.get_by_test_id("canned-shortcut").fill("hello there")
    await page.get_by_test_id("canned-title").fill(title)
    await page.get_by_test_id("canned-text").fill(text)
    await page.get_by_test_id("canned-save").click()
    await expect(page.get_by_test_id("canned-problem")).to_be_visible()
    assert await serious(page) == []
    await page.get_by_test_id("canned-shortcut").fill(shortcut)
    await page.get_by_test_id("canned-save").click()
    await expect(page.locator(f"[data-shortcut={shortcut}]")).to_contain_text(title)
    await expect(page.get_by_test_id("canned-form")).to_have_count(0)

    await page.get_by_test_id("presence").select_option("away")  # the next one is Anna's
    customer, anna = await served(site, language)
    options = anna.page.get_by_test_id("canned-option")
    await anna.composer.press_sequentially("/")
    await expect(options.first).to_be_visible()
    assert await serious(anna.page) == []
    await anna.composer.press("Escape")
    await expect(options).to_have_count(0)
    await anna.composer.fill("")
    await anna.composer.press_sequentially("/ref")
    await expect(options).to_have_count(1)
    await anna.composer.press("Enter")
    await expect(anna.composer).to_have_value(text)
    await anna.composer.press("Enter")
    await expect(anna.page.get_by_test_id("unfilled")).to_contain_text(variable)
    await expect(customer.answers.filter(has_text="{")).to_have_count(0)
    await anna.page.keyboard.press("End")
    await anna.composer.fill(text.replace("{customer}", "X").replace("{ticket}", "F-1"))
    await anna.composer.press("Enter")
    await expect(customer.answers.last).to_contain_text("F-1")
    await anna.composer.press_sequentially("/hello")
    await expect(options.first).to_contain_text("/hello")
    await anna.composer.press("Tab")
    await expect(anna.composer).to_have_value(re.compile(NAMES[language][0]))


PASSED = {"zh": ("只差核对地址 <b>六栋</b>", "转接给您"), "en": ("only the address is left <b>six</b>", "Passed on by")}


@LANGUAGES
async def test_a_conversation_is_passed_on_with_a_note(site: Site, language: str) -> None:
    note, by = PASSED[language]
    customer, anna = await served(site, language)
    ben = await site.agent(language, "ben", NAMES[language][1])
    page = anna.page
    await page.get_by_test_id("transfer-open").click()
    await page.get_by_test_id("target-agent:ben").check()
    await page.get_by_test_id("transfer-note").fill(note)
    assert await serious(page) == []
    await page.get_by_test_id("transfer-send").click()
    card = ben.page.get_by_test_id("offer-note")
    await expect(card).to_contain_text(by)
    await expect(card).to_contain_text(note)
    assert await serious(ben.page) == []
    await ben.page.get_by_test_id("offer-accept").click()
    await expect(anna.composer).to_have_count(0)
    await ben.write(NAMES[language][1])
    await expect(customer.answers.last).to_contain_text(NAMES[language][1])


@LANGUAGES
async def test_a_draft_goes_on_in_another_browser_and_is_sent_once(site: Site, language: str) -> None:
    customer, anna = await served(site, language)
    words = CANNED[language][1]
    await anna.composer.fill(words)
    other = Desk(await site.page(language))
    await other.page.goto(f"http://127.0.0.1:{site.office.port}/desk?lang={language}")
    await other.sign_in("anna")
    await expect(other.composer).to_have_value(words)
    await other.composer.press("End")
    await other.composer.press_sequentially(" 2")
    await expect(anna.composer).to_have_value(f"{words} 2")

    site.office.cut()
    await anna.composer.press_sequentially(" 3")
    await anna.composer.press("Enter")
    site.office.restore()
    await expect(customer.answers.filter(has_text=words)).to_have_text([re.compile(re.escape(words))])
    await expect(anna.composer).to_have_value("")
    await expect(other.composer).to_have_value("")


@LANGUAGES
async def test_a_note_calls_a_colleague(site: Site, language: str) -> None:
    _, anna = await served(site, language)
    ben = await site.agent(language, "ben", NAMES[language][1])
    words = f"@{NAMES[language][1]} <script>document.title = 'x'</script>"
    await anna.page.get_by_test_id("note-toggle").click()
    await anna.write(words)
    await expect(ben.page.get_by_test_id("count-mentions")).to_contain_text("1")
    await ben.page.get_by_test_id("nav-mentions").click()
    await expect(ben.page.get_by_test_id("mention")).to_contain_text(words)
    assert await serious(ben.page) == []
    await ben.page.get_by_test_id("mention").click()
    await expect(ben.transcript).to_contain_text(words)
    await expect(ben.page.get_by_test_id("count-mentions")).to_have_count(0)
    assert await ben.page.title() != "x"
