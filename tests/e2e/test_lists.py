"""Finding work at the desk in a real browser: search, commands, times, views; by keyboard, in both languages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.browser import PATIENCE, Site, opened, serious
from tests.harness import furnished, trained

expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Words:
    """One story in one language."""

    language: str
    said: str
    asked: str
    marked: str
    nothing: str
    busy: str
    dark: str


ZH = Words(language="zh", said="家里寬帶斷網了，路由器一直闪红灯", asked="宽带断网", marked="寬帶斷網", nothing="没有找到含", busy="忙碌", dark="深色")
EN = Words(language="en", said="The Router blinks red and nothing works", asked="router", marked="Router", nothing="No conversation holds", busy="busy", dark="theme dark")
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


@BOTH
async def test_a_conversation_is_found_by_its_words_and_opened_by_keyboard(site: Site, words: Words) -> None:
    customer = await site.customer(words.language)
    await customer.open_chat()
    await customer.ask(words.said)
    desk = await site.agent(words.language, "anna", "Anna", color_scheme="dark", viewport={"width": 1440, "height": 900})
    box = desk.page.get_by_test_id("search")
    await box.fill(words.asked)
    await expect(desk.rows).to_have_count(1)
    await expect(desk.rows.locator("mark")).to_have_text(words.marked)
    await box.press("ArrowDown")
    await expect(desk.transcript).to_contain_text(words.said)
    assert await serious(desk.page) == []

    await box.fill("zzzz")
    await expect(desk.page.get_by_test_id("empty")).to_contain_text(words.nothing)
    await box.press("Escape")
    await expect(desk.page.get_by_test_id("tab-mine")).to_be_visible()


@BOTH
async def test_everything_can_be_done_from_the_palette(site: Site, words: Words) -> None:
    desk = await site.agent(words.language, "anna", "Anna", viewport={"width": 1440, "height": 900})
    page = desk.page
    palette, typed = page.get_by_test_id("palette"), page.get_by_test_id("palette-input")
    await page.get_by_test_id("search").focus()
    await page.keyboard.press("Control+k")
    await expect(typed).to_be_focused()
    assert await serious(page) == []
    await typed.fill(words.busy)
    await typed.press("Enter")
    await expect(palette).to_be_hidden()
    await expect(page.get_by_test_id("presence")).to_have_value("busy")
    await expect(page.get_by_test_id("search")).to_be_focused()

    await page.keyboard.press("Control+k")
    await typed.fill(words.dark)
    await typed.press("Enter")
    assert await page.locator("sb-desk").evaluate("node => getComputedStyle(node).getPropertyValue('--bg').trim()") == "#12151b"
    await page.get_by_test_id("density").click()
    await expect(page.locator("sb-desk")).to_have_attribute("data-density", "dense")
    await page.reload()
    await expect(page.locator("sb-desk")).to_have_attribute("data-theme", "dark")
    await expect(page.locator("sb-desk")).to_have_attribute("data-density", "dense")
    assert await serious(page) == []

    await page.keyboard.press("Control+k")
    await typed.fill("zzzz")
    await page.get_by_test_id("command").filter(has_text="zzzz").click()
    await expect(page.get_by_test_id("search")).to_have_value("zzzz")
    await page.keyboard.press("Escape")
    await page.get_by_test_id("tab-mine").focus()
    await page.keyboard.press("?")
    await expect(page.get_by_test_id("shortcuts")).to_be_visible()
    assert await serious(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("shortcuts")).to_be_hidden()
