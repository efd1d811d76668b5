"""The widget in a stranger's page, in a real browser over a real service."""

import gzip
import json
import re
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from contacts.identity import sign
from tests.e2e.browser import LOCALES, PATIENCE, Customer, Desk, Site, opened, serious
from tests.e2e.hostpage import HostPage, hosted
from tests.harness import ROOT, furnished, trained

expect.set_options(timeout=PATIENCE)
STATIC = ROOT / "app" / "static"
LOADER_LIMIT = 15 * 1024
"""Bytes of the loader as a browser fetches it, compressed."""
SECRET = "the page's own secret"
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
BOTH = pytest.mark.parametrize("language", ["zh", "en"])
SIZES = pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])


@dataclass
class Stage:
    """A service, and a page of somebody else that carries its widget."""

    site: Site
    host: HostPage

    async def visit(self, language: str, attributes: str = "", before: str = "", **options: object) -> Customer:
        """Somebody on the host's page."""
        self.host.language, self.host.attributes, self.host.before = LOCALES[language], attributes, before
        page = await self.site.page(language, **options)
        await page.goto(self.host.url)
        return Customer(page)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack, trained once."""
    return trained(tmp_path_factory.mktemp("model"))


@pytest_asyncio.fixture
async def stage(model: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """A service and a host page of its own for each test."""
    folder = tmp_path / "data"
    folder.mkdir()
    async with hosted() as host:
        settings = {"allowed_origins": host.url, "widget_secret": SECRET}
        async with opened(furnished(folder, model), **settings) as site:
            host.service = f"http://127.0.0.1:{site.line.port}"
            yield Stage(site, host)


def test_the_loader_is_small_and_names_the_panel_by_its_digest() -> None:
    loader = (STATIC / "widget.js").read_bytes()
    assert len(gzip.compress(loader)) <= LOADER_LIMIT
    (panel,) = (STATIC / "assets").glob("panel-*.js")
    assert f"assets/{panel.name}" in loader.decode()
    assert re.search(r"sha384-[A-Za-z0-9+/]{64}", loader.decode())
    assert b"eval(" not in loader + panel.read_bytes() and b"new Function" not in loader + panel.read_bytes()


@BOTH
@SIZES
async def test_a_page_with_a_strict_policy_carries_the_chat(stage: Stage, language: str, size: dict[str, int]) -> None:
    fetched: list[str] = []
    customer = await stage.visit(language, viewport=size)
    customer.page.on("request", lambda request: fetched.append(request.url))
    await expect(customer.page.get_by_test_id("launcher")).to_be_visible()
    assert await serious(customer.page) == []
    assert not any("panel-" in url for url in fetched)

    await customer.open_chat()
    assert any("panel-" in url for url in fetched)
    await customer.ask("怎么开电子发票" if language == "zh" else "how do I get an e-invoice")
    panel = await customer.page.get_by_test_id("panel").bounding_box()
    assert panel is not None
    if size is PHONE:
        assert (panel["width"], panel["height"]) == (390, 844)
    else:
        assert panel["width"] == 384
    assert await customer.page.get_by_test_id("panel").evaluate("node => getComputedStyle(node).display") == "flex"
    assert await serious(customer.page) == []

    await customer.page.keyboard.press("Escape")
    launcher = customer.page.get_by_test_id("launcher")
    assert await customer.focused(launcher)


async def test_the_page_talks_to_the_widget(stage: Stage) -> None:
    before = """
      window.told = [];
      window.Switchboard = [["on", "open", () => told.push("open")], ["on", "message", (m) => told.push(`${m.from}: ${m.text}`)],
        ["on", "handoff", (h) => told.push(`handoff ${h.state}`)], ["open"]];
    """
    customer = await stage.visit("en", 'data-bot-name-en="Bridge" data-theme="dark" data-accent="#ffcc00" data-position="left"', before)
    page = customer.page
    await expect(customer.answers.first).to_be_visible()
    box = await page.get_by_test_id("panel").bounding_box()
    assert box is not None and box["x"] < 100
    assert await page.get_by_test_id("panel").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(18, 21, 27)"
    assert await serious(page) == []

    await page.evaluate("Switchboard.setTheme('light')")
    assert await page.get_by_test_id("panel").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(255, 255, 255)"
    assert await serious(page) == []
    await page.evaluate("Switchboard.send({text: 'I would like to talk to a person', payload: '/ask_person'})")
    await expect(page.get_by_test_id("queue-bar")).to_be_visible()
    await page.wait_for_function("told.includes('handoff asked')")
    told = await page.evaluate("told")
    assert told[:2] == ["open", "customer: I would like to talk to a person"]

    await page.evaluate("Switchboard.setLocale('zh')")
    await expect(page.get_by_test_id("talk-to-person")).to_contain_text("人工")
    await page.locator("#own").focus()
    await page.evaluate("Switchboard.close()")
    await expect(page.get_by_test_id("launcher")).to_be_visible()
    assert await page.evaluate("[Switchboard.isOpen, Switchboard.locale, document.activeElement.tagName]") == [
        False, "zh", "SWITCHBOARD-LAUNCHER",
    ]  # fmt: skip


async def test_unread_words_are_counted_before_the_panel_is_there(stage: Stage) -> None:
    customer = await stage.visit("en")
    desk = await stage.site.agent("en", "anna", "Anna")
    await customer.open_chat()
    await customer.page.get_by_test_id("talk-to-person").click()
    await desk.page.get_by_test_id("offer-accept").click()
    await desk.write("One moment, please.")
    await expect(customer.answers.last).to_contain_text("One moment")
    await customer.page.keyboard.press("Escape")
    await customer.page.reload()
    await desk.write("Are you still there?")
    await expect(customer.page.get_by_test_id("badge")).to_have_text("1")
    await expect(customer.page).to_have_title("(1) Shop")
    await customer.page.get_by_test_id("launcher").click()
    await expect(customer.answers.last).to_contain_text("Are you still there?")
    await expect(customer.page).to_have_title("Shop")


@dataclass(frozen=True)
class Words:
    """What the pages say, in one language."""

    language: str
    sent: str
    delivered: str
    seen: str
    comment: str
    thanks: str
    question: str
    second: str


ZH = Words("zh", "已发送", "已送达", "已读", "等得有点久", "已收到您的意见", "怎么开电子发票", "国际漫游怎么开通")
EN = Words("en", "Sent", "Delivered", "Seen", "it took a while", "we have your comment", "how do I get an e-invoice", "how do I switch on roaming?")
TOLD = pytest.mark.parametrize("words", [ZH, EN], ids=lambda words: words.language)


@TOLD
async def test_how_far_words_have_come_and_what_was_thought_of_it(stage: Stage, words: Words) -> None:
    customer = await stage.visit(words.language, viewport=PHONE)
    page, desk = customer.page, await stage.site.agent(words.language, "anna", "Anna")
    await customer.open_chat()
    await page.get_by_test_id("talk-to-person").click()
    await desk.page.get_by_test_id("offer-accept").click()
    await expect(customer.lines.filter(has_text="Anna")).to_have_count(1)

    receipt = page.get_by_test_id("receipt")
    await customer.write("1")
    await expect(receipt).to_contain_text(words.seen)
    await desk.page.goto(f"{desk.page.url.partition('#')[0]}#/approvals")  # at the desk, but not before the eyes
    await customer.write("2")
    await expect(receipt).to_contain_text(words.delivered)
    await desk.page.context.close()
    await customer.write("3")
    await expect(receipt).to_contain_text(words.sent)
    assert await serious(page) == []

    desk = Desk(await stage.site.page(words.language))
    await desk.page.goto(f"http://127.0.0.1:{stage.site.office.port}/desk?lang={words.language}")
    await desk.sign_in("anna")
    await desk.rows.first.click()
    await expect(receipt).to_contain_text(words.seen)
    await desk.write("**10000** [x](javascript:alert(1)) <img src=x onerror=alert(1)> https://a.example/b")
    bold = page.locator(".turn.them strong")
    await expect(bold).to_have_text("10000")
    await expect(receipt).to_have_count(0)
    assert await page.locator(".turn.them img").count() == 0
    assert await page.locator(".turn.them a").evaluate_all("links => links.map((one) => one.href)") == ["https://a.example/b"]

    await page.get_by_test_id("menu").click()
    async with page.expect_download() as saving:
        await page.get_by_test_id("menu-transcript").click()
    saved = (await (await saving.value).path()).read_text("utf-8")
    assert "Anna: **10000**" in saved

    await page.get_by_test_id("end").click()
    await page.get_by_test_id("rate-2").click()
    await page.get_by_test_id("rate-comment").fill(words.comment)
    assert await serious(page) == []
    await page.get_by_test_id("rate-send").click()
    await expect(page.get_by_test_id("rate-thanks")).to_contain_text(words.thanks)
    events = (await stage.site.get(f"/conversations/{await customer.conversation()}/events?limit=200"))["items"]
    assert [(one["score"], one["comment"]) for one in events if one["kind"] == "rated"] == [(2, ""), (2, words.comment)]


def identity(user: str, name: str) -> str:
    """What the host's own server signs, as a call of its page."""
    expires = int(time.time()) + 3600
    signed = {"user_id": user, "name": name, "expires": expires, "signature": sign(SECRET, user, expires)}
    return f'(window.Switchboard ||= []).push(["setIdentity", {json.dumps(signed)}]);'


@TOLD
async def test_a_customer_finds_the_conversations_of_another_device_and_leaves_nothing_at_logout(stage: Stage, words: Words) -> None:
    phone = await stage.visit(words.language, before=identity("u-1", "Lin"), viewport=PHONE)
    await phone.open_chat()
    await phone.ask(words.question)
    first = await phone.conversation()
    await phone.page.get_by_test_id("menu").click()
    await phone.page.get_by_test_id("menu-history").click()
    assert await serious(phone.page) == []
    await phone.page.get_by_test_id("history-new").click()
    await expect(phone.mine).to_have_count(0)
    await expect(phone.answers.first).to_be_visible()
    await phone.ask(words.second)
    second = await phone.conversation()
    assert second != first

    laptop = await stage.visit(words.language, before=identity("u-1", "Lin"))
    await laptop.open_chat()
    await expect(laptop.mine.first).to_contain_text(words.second)  # it goes on where the customer was
    assert await laptop.conversation() == second
    await laptop.page.get_by_test_id("menu").click()
    await laptop.page.get_by_test_id("menu-history").click()
    visits = laptop.page.get_by_test_id("visit")
    await expect(visits).to_have_count(2)
    assert await serious(laptop.page) == []
    await laptop.page.locator(f"[data-testid=visit][data-conversation='{first}']").click()
    await expect(laptop.mine.first).to_contain_text(words.question)
    assert await laptop.conversation() == first

    await laptop.page.evaluate("Switchboard.logout()")
    await expect(laptop.page.get_by_test_id("launcher")).to_be_visible()
    assert await laptop.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('switchboard.'))") == []
    stage.host.before = identity("u-2", "Wang")
    await laptop.page.reload()
    await laptop.open_chat()
    await expect(laptop.mine).to_have_count(0)
    assert await laptop.conversation() not in (first, second)
    await laptop.page.get_by_test_id("menu").click()
    await laptop.page.get_by_test_id("menu-history").click()
    await expect(visits).to_have_count(1)


ASKS = """
widget:
  prechat:
    fields:
      - {name: who, type: name, label: {zh: 称呼, en: Your name}, required: true}
  consent:
    text: {zh: 我同意按隐私政策处理我的信息, en: I agree to the privacy notice}
    link: {zh: "https://example.com/zh", en: "https://example.com/en"}
  offline: {ticket: complaint, fields: [topic, description, phone]}
"""


@pytest_asyncio.fixture
async def asking(model: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """A service whose pack asks before a chat, and takes messages while nobody is there."""
    folder, pack = tmp_path / "data", tmp_path / "pack"
    folder.mkdir()
    shutil.copytree(ROOT / "packs" / "telecom", pack, ignore=shutil.ignore_patterns("__pycache__"))
    with (pack / "pack.yml").open("a", encoding="utf-8") as file:
        file.write(ASKS)
    async with hosted() as host, opened(furnished(folder, model), allowed_origins=host.url, pack=str(pack)) as site:
        host.service = f"http://127.0.0.1:{site.line.port}"
        yield Stage(site, host)


@pytest.mark.parametrize(("words", "scheme"), [(ZH, "light"), (EN, "dark")], ids=["zh", "en"])
async def test_the_form_before_the_chat_and_the_message_when_nobody_is_there(asking: Stage, words: Words, scheme: str) -> None:
    customer = await asking.visit(words.language, viewport=PHONE, color_scheme=scheme)
    page = customer.page
    await page.get_by_test_id("launcher").click()
    await expect(page.get_by_test_id("prechat")).to_be_visible()
    assert await serious(page) == []
    await page.get_by_test_id("field-who").fill("Lin")
    await page.get_by_test_id("prechat-send").click()  # not without consent
    await expect(page.get_by_test_id("prechat")).to_be_visible()
    assert await page.evaluate("localStorage.getItem('switchboard.chat.v1')") is None
    await page.get_by_test_id("consent").check()
    await page.get_by_test_id("prechat-send").press("Enter")
    await expect(customer.answers.first).to_be_visible()

    await page.get_by_test_id("talk-to-person").click()
    form = page.get_by_test_id("offline-form")
    await expect(form).to_be_visible()
    assert await serious(page) == []
    for name, text in {"topic": "charges", "description": "charged twice", "phone": "13900001234"}.items():
        await page.get_by_test_id(f"field-{name}").fill(text)
    await page.get_by_test_id("offline-send").click()
    await expect(page.get_by_test_id("ticket-card")).to_be_visible()
    await expect(form).to_have_count(0)
    await expect(page.get_by_test_id("queue-bar")).to_have_count(0)
    number = await page.get_by_test_id("ticket-number").inner_text()
    assert (await asking.site.get(f"/tickets/{number}"))["fields"]["topic"] == "charges"
