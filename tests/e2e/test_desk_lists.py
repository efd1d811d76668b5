"""The desk's lists in a real browser: views under a name, five hundred who wait, and what calls agents back; in both languages."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from app.backends import Backends
from app.settings import load
from app.wiring import now
from core import events as e
from core.conversation import PREFIX
from core.ports import Append
from core.time import SECOND
from tests.e2e.browser import PATIENCE, Desk, Site, opened, serious
from tests.harness import furnished, trained

expect.set_options(timeout=PATIENCE)

MANY = 500
VIEWPORT = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Words:
    """One story in one language."""

    language: str
    said: str
    unassigned: str
    filter: str
    name: str
    renamed: str
    count: str


ZH = Words("zh", "我要找人工客服", "未分配", "筛选", "中文会话", "中文客户", "3 个会话")
EN = Words("en", "a person please", "Unassigned", "filter", "English ones", "In English", "Conversations: 3")
BOTH = pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration pack, trained once."""
    return trained(tmp_path_factory.mktemp("model"))


@pytest_asyncio.fixture
async def data(model: Path, tmp_path: Path) -> AsyncIterator[Path]:
    """A furnished folder for a service."""
    folder = tmp_path / "data"
    folder.mkdir()
    yield furnished(folder, model)


async def written(data: Path, waiting: int, language: str = "en", said: str = "", served: int = 0) -> None:
    """So many conversations that wait (`w0000` since longest), and so many with the bot, straight into the store."""
    backends = await Backends.open(load(data=data, _env_file=None), "seed", now)
    opening = now() - (waiting + served) * SECOND

    async def one(id: str, place: int, *more: e.Event) -> None:
        events = (
            e.Started(channel="webchat", contact=f"contact-{id}", language=language, name=f"Customer {place}"),
            e.CustomerSaid(id="1", text=f"{said} {place}"), *more,
        )  # fmt: skip
        await backends.store.append(Append(PREFIX + id, events, e.THE_CUSTOMER, opening + place * SECOND, expected=0))

    try:
        asked = e.HandoffAsked(reason="asked", skill="service")
        await asyncio.gather(*(one(f"{language}-w{place:04}", place, asked) for place in range(waiting)))
        await asyncio.gather(*(one(f"{language}-b{place:04}", place) for place in range(served)))
    finally:
        await backends.stop()


async def command(page: Page, typed: str, key: str = "Enter") -> None:
    """Through the palette."""
    await page.keyboard.press("Control+k")
    await page.get_by_test_id("palette-input").fill(typed)
    await page.keyboard.press(key)


async def signed_in(site: Site, words: Words, name: str) -> Desk:
    """The same person in another browser."""
    page = await site.page(words.language, viewport=VIEWPORT)
    await page.goto(f"http://127.0.0.1:{site.office.port}/desk?lang={words.language}")
    desk = Desk(page)
    await desk.sign_in(name)
    return desk


async def chosen(select: Locator) -> str:
    """The words of what a select shows."""
    text: str = await select.evaluate("node => node.selectedOptions[0].textContent.trim()")
    return text


@BOTH
async def test_a_view_is_kept_on_every_browser_and_shared(data: Path, words: Words) -> None:
    other = EN if words is ZH else ZH
    await written(data, 2, words.language, words.said, served=1)
    await written(data, 1, other.language, other.said, served=4)
    async with opened(data) as site:
        desk = await site.agent(words.language, "roy", "Roy", role="supervisor", viewport=VIEWPORT)
        page, select = desk.page, desk.page.get_by_test_id("view-choose")
        await expect(page.get_by_test_id("tab-all")).to_contain_text("8")
        await page.get_by_test_id("tab-mine").focus()
        await page.keyboard.press("v")
        await expect(select).to_be_focused()
        await command(page, words.filter)
        await expect(page.get_by_test_id("view-list")).to_be_focused()
        await page.get_by_test_id("view-list").select_option("all")
        await page.get_by_test_id("view-language").select_option(words.language)
        await expect(page.get_by_test_id("view-count")).to_have_text(words.count)
        await expect(desk.rows).to_have_count(3)
        assert await serious(page) == []
        await page.get_by_test_id("view-name").fill(words.name)
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("view-delete")).to_be_visible()
        assert await chosen(select) == words.name

        await page.reload()
        await expect(desk.rows).to_have_count(3)
        again = await signed_in(site, words, "roy")
        await command(again.page, words.name)
        await expect(again.page.get_by_test_id("view-count")).to_have_text(words.count)
        await again.page.get_by_test_id("view-filter").click()
        await again.page.get_by_test_id("view-share").check()
        await again.page.get_by_test_id("view-name").fill(words.renamed)
        await again.page.get_by_test_id("view-save").click()
        await expect(again.page.get_by_test_id("view-form").get_by_role("status")).not_to_be_empty()

        anna = await site.agent(words.language, "anna", "Anna", viewport=VIEWPORT, color_scheme="dark")
        shared = anna.page.get_by_test_id("view-choose")
        await shared.select_option(index=1)
        assert words.renamed in await chosen(shared)
        await expect(anna.rows).to_have_count(3)
        await anna.page.get_by_test_id("view-filter").click()
        await expect(anna.page.get_by_test_id("view-save")).to_be_visible()
        await expect(anna.page.get_by_test_id("view-delete")).to_have_count(0)
        await anna.page.get_by_test_id("view-text").fill("zzzz")
        await anna.page.get_by_test_id("view-text").press("Enter")
        await expect(anna.page.get_by_test_id("empty")).to_be_visible()
        assert await serious(anna.page) == []
        await anna.page.get_by_test_id("tab-waiting").click()
        await expect(anna.rows).to_have_count(3)

        await again.page.get_by_test_id("view-delete").click()
        await again.page.get_by_test_id("ask-confirm").click()
        await expect(again.page.get_by_test_id("view-choose")).to_be_focused()
        await expect(again.page.get_by_test_id("view-count")).to_have_count(0)
        await anna.page.reload()
        await expect(anna.page.get_by_test_id("view-choose").locator("option")).to_have_count(1)


async def place_of(row: Locator) -> dict[str, Any]:
    """Where a row says that it stands."""
    found: dict[str, Any] = await row.evaluate(
        "node => ({place: node.closest('li').ariaPosInSet, size: node.closest('li').ariaSetSize, id: node.dataset.conversation})"
    )
    return found


@BOTH
async def test_five_hundred_wait_and_the_desk_stays_quick(data: Path, words: Words) -> None:
    await written(data, MANY, words.language, words.said)
    first, last = f"{words.language}-w0000", f"{words.language}-w{MANY - 1:04}"
    async with opened(data) as site:
        desk = await site.agent(words.language, "anna", "Anna", viewport=VIEWPORT)
        page = desk.page
        tab = page.get_by_test_id("tab-waiting")
        await page.get_by_test_id("presence").select_option("busy")
        await expect(tab).to_contain_text(str(MANY))
        await expect(tab).to_contain_text(words.unassigned)
        await expect(page.get_by_test_id("tab-all")).to_contain_text(str(MANY))
        await tab.click()
        top = page.locator(f".row[data-conversation='{first}']")
        await expect(top).to_be_visible()
        assert await place_of(top) == {"place": "1", "size": str(MANY), "id": first}
        assert await desk.rows.count() < 60
        assert await serious(page) == []

        await top.focus()
        await page.keyboard.press("End")
        bottom = page.locator(f".row[data-conversation='{last}']")
        await expect(bottom).to_be_focused()
        assert await place_of(bottom) == {"place": str(MANY), "size": str(MANY), "id": last}
        for key in ("ArrowUp", "PageUp", "PageDown", "ArrowDown"):
            await page.keyboard.press(key)
        await expect(bottom).to_be_focused()
        await page.keyboard.press("Home")
        await expect(top).to_be_focused()
        box = page.locator(".rows")
        for _ in range(60):
            await box.evaluate("node => node.scrollBy(0, 700)")
        await expect(bottom).to_be_visible()
        for _ in range(60):
            await box.evaluate("node => node.scrollBy(0, -700)")
        await expect(top).to_be_visible()
        for _ in range(30):
            await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.locator(f".row[data-conversation='{words.language}-w0030']")).to_have_attribute("aria-current", "true")
        await page.get_by_test_id("tab-waiting").focus()
        await page.keyboard.press("j")
        await expect(page.locator(f".row[data-conversation='{words.language}-w0031']")).to_have_attribute("aria-current", "true")

        await page.get_by_test_id("presence").select_option("available")
        await expect(desk.offer).to_be_visible()
        await page.get_by_test_id("tab-all").focus()
        accepted = await desk.offer.get_attribute("data-conversation")
        await page.get_by_test_id("offer-accept").click()
        await expect(page.get_by_test_id("tab-mine")).to_have_attribute("aria-selected", "true")
        await expect(page.locator(f".row[data-conversation='{accepted}']").first).to_be_visible()
        await expect(desk.composer).to_be_focused()
        await expect(tab).to_contain_text(str(MANY - 1))


_OUT_OF_SIGHT = """(hidden) => {
  Object.defineProperty(document, "visibilityState", {configurable: true, get: () => hidden ? "hidden" : "visible"});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
_BROWSER = """() => {
  window.asked = 0; window.notified = []; window.badges = []; window.tones = 0;
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { window.asked += 1; return (this.permission = "granted"); }
    constructor(title) { window.notified.push(title); }
    close() {}
  };
  navigator.setAppBadge = async (count) => void window.badges.push(count);
  navigator.clearAppBadge = async () => void window.badges.push(0);
  const create = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.tones += 1; return create.call(this); };
}"""
"""What the story looks at: the browser's own notifications cannot be seen from a page."""


@BOTH
async def test_who_looks_elsewhere_is_called_back(data: Path, words: Words) -> None:
    async with opened(data) as site:
        customer = await site.customer(words.language)
        await customer.open_chat()
        desk = await site.agent(words.language, "anna", "Anna", viewport=VIEWPORT)
        page = desk.page
        await page.add_init_script(f"({_BROWSER})()")
        await page.reload()
        await expect(page.get_by_test_id("presence")).to_be_enabled()
        icon = page.locator("link[rel=icon]")
        assert await page.evaluate("window.asked") == 0

        await page.get_by_test_id("open-notices").click()
        await expect(page.get_by_test_id("notices")).to_be_visible()
        assert await serious(page) == []
        await page.get_by_test_id("notice-show").check()
        await expect(page.get_by_test_id("notice-show")).to_be_checked()
        assert await page.evaluate("window.asked") == 1
        await page.keyboard.press("Escape")
        await expect(page.get_by_test_id("open-notices")).to_be_focused()

        await page.evaluate(_OUT_OF_SIGHT, True)
        await customer.write(words.said)
        await expect(page).to_have_title(re.compile(r"^\(1\) "))
        assert len(await page.evaluate("window.notified")) == 1
        assert await page.evaluate("window.tones") == 2
        assert (await page.evaluate("window.badges"))[-1] == 1
        assert (await icon.get_attribute("href") or "").startswith("data:image/svg+xml")

        await page.evaluate(_OUT_OF_SIGHT, False)
        await page.get_by_test_id("offer-accept").click()
        await expect(desk.composer).to_be_focused()
        await expect(page).to_have_title(re.compile(r"^[^(]"))
        await customer.write("1")
        await expect(desk.transcript.locator(".them .words").last).to_have_text("1")
        assert await page.evaluate("window.tones") == 2

        await page.get_by_test_id("open-notices").click()
        await page.get_by_test_id("notice-sound").uncheck()
        await page.keyboard.press("Escape")
        await page.evaluate(_OUT_OF_SIGHT, True)
        await customer.write("2")
        await expect(page).to_have_title(re.compile(r"^\(1\) "))
        assert len(await page.evaluate("window.notified")) == 2
        assert await page.evaluate("window.tones") == 2
        await page.evaluate(_OUT_OF_SIGHT, False)
        await expect(page).to_have_title(re.compile(r"^[^(]"))
        assert (await page.evaluate("window.badges"))[-1] == 0
        assert "icon.svg" in (await icon.get_attribute("href") or "")
        await page.reload()
        await page.get_by_test_id("open-notices").click()
        await expect(page.get_by_test_id("notice-sound")).not_to_be_checked()
