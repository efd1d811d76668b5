"""A real service, a real browser, and a line between them that can be cut."""

import asyncio
import contextlib
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    async_playwright,
    expect,
)

from tests.harness import PASSWORD, Server
from tests.proxy import Proxy

ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
PATIENCE = 20_000
"""Milliseconds that a page gets for anything: the longest back-off, and the same again for a busy machine."""
AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
TICKET = re.compile(r"[A-Z]-[0-9A-Z]{4}-[0-9A-Z]{4}")
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
_NETWORK = ("WebSocket connection", "Failed to load resource")


def address(url: str) -> tuple[str, int]:
    """Host and port of a server's address."""
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


class Customer:
    """A customer's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.composer = page.get_by_test_id("composer")
        self.mine = page.locator(".turn.me .bubble")
        self.waiting = page.locator(".turn.me.waiting")
        self.answers = page.locator(".turn.them:not(.partial) .bubble:not(.typing)")
        self.lines = page.locator(".log .line")
        self.offline = page.get_by_test_id("offline-bar")

    async def open_chat(self) -> None:
        """Opens the panel and waits for the greeting."""
        await self.page.get_by_test_id("launcher").click()
        await expect(self.answers.first).to_be_visible()

    async def write(self, text: str) -> None:
        """Types and presses Enter."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def ask(self, text: str) -> Locator:
        """Writes and waits for the answer; returns its bubble."""
        count = await self.answers.count()
        await self.write(text)
        answer = self.answers.nth(count)
        await expect(answer).to_be_visible()
        return answer

    async def said(self) -> list[str]:
        """What this customer said, as the page shows it."""
        return [text.partition(": ")[2] for text in await self.mine.all_text_contents()]

    async def conversation(self) -> str:
        """The conversation that the page keeps."""
        kept: str = await self.page.evaluate(
            "JSON.parse(localStorage.getItem('switchboard.chat.v1')).conversation"
        )
        return kept

    async def focused(self, locator: Locator) -> bool:
        """Whether the keyboard goes there, across shadow roots."""
        return bool(await locator.evaluate("node => node.getRootNode().activeElement === node"))

    async def tab_to(self, locator: Locator, key: str = "Tab") -> None:
        """Presses Tab until it is there."""
        for _ in range(40):
            if await self.focused(locator):
                return
            await self.page.keyboard.press(key)
        raise AssertionError(f"{key} does not lead to {locator}")


class Desk:
    """An agent's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.offer = page.get_by_test_id("offer")
        self.transcript = page.get_by_test_id("transcript")
        self.composer = page.get_by_test_id("composer")
        self.rows = page.get_by_test_id("row")

    async def sign_in(self, name: str) -> None:
        """From the door to the lists."""
        await self.page.get_by_test_id("login-username").fill(name)
        await self.page.get_by_test_id("login-password").fill(PASSWORD)
        await self.page.get_by_test_id("login-submit").click()
        await expect(self.page.get_by_test_id("presence")).to_be_enabled()

    async def write(self, text: str) -> None:
        """Types and presses Enter."""
        await self.composer.fill(text)
        await self.composer.press("Enter")


@dataclass
class Site:
    """The service with its people. Customers come over `line`, agents over `office`."""

    server: Server
    line: Proxy
    office: Proxy
    browser: Browser
    api: httpx.AsyncClient
    problems: list[str] = field(default_factory=list)

    async def page(self, language: str, **options: Any) -> Page:
        """An empty page of a context of its own; `options` of Playwright's context."""
        context: BrowserContext = await self.browser.new_context(
            **{"locale": LOCALES[language], "viewport": {"width": 1280, "height": 900}, **options}
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._heard)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_NETWORK):
            self.problems.append(message.text)

    async def customer(self, language: str, **options: Any) -> Customer:
        """Somebody who comes to the demonstration page; `options` of Playwright's context."""
        page = await self.page(language, **options)
        await page.goto(f"http://127.0.0.1:{self.line.port}/?lang={language}")
        return Customer(page)

    async def agent(
        self, language: str, name: str, display: str, role: str = "agent", **options: Any
    ) -> Desk:
        """Somebody who works at the desk, signed in; `options` of Playwright's context."""
        account = {"username": name, "password": PASSWORD, "display": display, "role": role}
        await self.get("/users", method="POST", json=account)
        page = await self.page(language, **options)
        await page.goto(f"http://127.0.0.1:{self.office.port}/desk?lang={language}")
        desk = Desk(page)
        await desk.sign_in(name)
        return desk

    async def get(self, path: str, method: str = "GET", **request: Any) -> Any:
        """An answer of the HTTP interface to the administrator."""
        answer = await self.api.request(method, f"{self.server.url}/api/v1{path}", **request)
        answer.raise_for_status()
        return answer.json()

    async def sign_in(self) -> None:
        """The administrator, for the questions of the test itself."""
        pair = await self.get("/auth/token", method="POST", json={"username": "admin", "password": PASSWORD})
        self.api.headers["authorization"] = f"Bearer {pair['access_token']}"

    async def customer_said(self, conversation: str) -> list[str]:
        """What the log holds of the customer's words, in its order."""
        page = await self.get(f"/conversations/{conversation}/events?limit=200")
        assert page["next"] is None
        return [event["text"] for event in page["items"] if event["kind"] == "customer_said"]

    async def restarted(self) -> None:
        """The same data served again, wherever its new address is."""
        await self.server.start()
        self.line.upstream = self.office.upstream = address(self.server.url)


@contextlib.asynccontextmanager
async def opened(data: Path, **settings: str) -> AsyncIterator[Site]:
    """A site over a furnished data folder; `settings` of the service. At its end no page may have complained of anything but the network."""
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is missing: install the package `chromium`."
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server(data, **settings))
        line = await stack.enter_async_context(Proxy(address(server.url)))
        office = await stack.enter_async_context(Proxy(address(server.url)))
        api = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        stack.push_async_callback(browser.close)
        site = Site(server, line, office, browser, api)
        await site.sign_in()
        yield site
        assert site.problems == []


SETTLED = """async () => {
  const roots = [document];
  for (const root of roots)
    for (const node of root.querySelectorAll("*")) if (node.shadowRoot) roots.push(node.shadowRoot);
  const moving = roots.flatMap((root) => root.getAnimations());
  const ending = moving.filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(ending.map((one) => one.finished));
}"""
"""Resolves when everything that moves and comes to an end has come to it."""


async def serious(page: Page) -> list[str]:
    """What axe finds serious or critical on the page as it stays, shadow roots included."""
    assert AXE.is_file(), "axe-core is missing: run `npm ci` in web/."
    await page.evaluate(SETTLED)
    await page.evaluate(await asyncio.to_thread(AXE.read_text, "utf-8"))
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
