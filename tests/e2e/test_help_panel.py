"""The panel of suggestions in a frame of somebody else's page, which speaks with it as docs/assist.md says."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.async_api import Page, expect

from app.server import bind
from tests.e2e.browser import PATIENCE, Site, opened, serious
from tests.harness import PASSWORD, furnished, trained

expect.set_options(timeout=PATIENCE)

PAGE = """<!doctype html><html lang="en"><title>CRM</title><body><h1>CRM</h1>
<iframe id="help" title="Suggestions" style="width:100%;border:1px solid #ccc"></iframe><textarea id="answer" aria-label="Answer"></textarea>
<script>
  const desk = "DESK", tokens = TOKENS, frame = document.getElementById("help");
  window.told = [];
  let taken = "";
  const tell = (message) => frame.contentWindow.postMessage(message, desk);
  window.sent = () => tell({ type: "sent", suggestion: taken, text: document.getElementById("answer").value });
  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin !== desk || source !== frame.contentWindow || data.source !== "switchboard-assist") return;
    window.told.push(data.type);
    if (data.type === "ready" && tokens.length) tell({ type: "token", token: tokens.shift() });
    if (data.type === "height") frame.style.height = `${data.height}px`;
    if (data.type === "take") { taken = data.suggestion; document.getElementById("answer").value = data.text; }
  });
  frame.src = `${desk}/desk/assist?conversation=CONVERSATION&lang=LANG`;
</script></body></html>"""


class Crm:
    """Another server with pages of its own; `page` is what it shows."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.page = ""


class _Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """The test run keeps its signals."""
        yield


@contextlib.asynccontextmanager
async def crm() -> AsyncIterator[Crm]:
    """A CRM at a free port."""
    listener = bind("127.0.0.1", 0)
    made = Crm(f"http://127.0.0.1:{listener.getsockname()[1]}")
    app = FastAPI()

    @app.get("/")
    async def home() -> HTMLResponse:
        return HTMLResponse(made.page)

    server = _Quiet(uvicorn.Config(app, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield made
    finally:
        server.should_exit = True
        await task


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration pack, trained once."""
    return trained(tmp_path_factory.mktemp("model"))


@pytest_asyncio.fixture
async def around(model: Path, tmp_path: Path) -> AsyncIterator[tuple[Site, Crm]]:
    """A service that lets the CRM's pages frame the panel."""
    folder = tmp_path / "data"
    folder.mkdir()
    async with crm() as made, opened(furnished(folder, model), assist_origins=made.origin) as site:
        yield site, made


async def taken_over(site: Site, language: str) -> tuple[str, str, Any]:
    """A conversation that Anna serves without a desk: its id, her token, and the customer."""
    desk = await site.agent(language, "anna", "Anna")
    customer = await site.customer(language)
    await customer.open_chat()
    await customer.write("我要找人工客服" if language == "zh" else "I want to talk to a person")
    await desk.page.get_by_test_id("offer-accept").click()
    await expect(desk.composer).to_be_visible()
    signed = await site.api.post(
        f"{site.server.url}/api/v1/auth/token", json={"username": "anna", "password": PASSWORD}
    )
    conversation = await customer.conversation()
    given = await site.api.post(
        f"{site.server.url}/api/v1/conversations/{conversation}/assist",
        headers={"authorization": f"Bearer {signed.json()['access_token']}"},
    )
    return conversation, given.json()["token"], customer


async def shown(site: Site, made: Crm, language: str, conversation: str, token: str, **options: Any) -> Page:
    """The CRM's page in a browser."""
    office = f"http://127.0.0.1:{site.office.port}"
    page = PAGE.replace("DESK", office).replace("TOKENS", f'["{token}"]' if token else "[]")
    made.page = page.replace("CONVERSATION", conversation).replace("LANG", language)
    context = await site.browser.new_context(**options)
    window = await context.new_page()
    await window.goto(made.origin)
    return window


async def picture(page: Page, name: str) -> None:
    """Keeps what is seen, where somebody wants to look at it."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.parametrize(("language", "question", "scheme"), [("zh", "我想开电子发票，在哪里下载", "light"), ("en", "how do I get an e-invoice", "dark")])
async def test_a_crm_shows_the_panel_takes_the_words_and_says_what_was_sent(
    around: tuple[Site, Crm], language: str, question: str, scheme: str
) -> None:
    site, made = around
    conversation, token, customer = await taken_over(site, language)
    page = await shown(site, made, language, conversation, token, color_scheme=scheme)
    panel = page.frame_locator("#help")
    await expect(panel.get_by_test_id("panel-state")).to_contain_text("建议会出现" if language == "zh" else "appear here")
    await customer.write(question)
    line = panel.get_by_test_id("suggestion").first
    await expect(line).to_be_visible()
    await picture(page, f"panel-{language}")
    assert await serious(page) == []
    await line.get_by_test_id("suggestion-open").focus()
    await page.keyboard.press("Alt+Digit1")
    await expect(page.locator("#answer")).not_to_have_value("")
    await page.evaluate("window.sent()")
    await page.wait_for_function("window.told.includes('settled')")
    events = (await site.get(f"/conversations/{conversation}/events?limit=200"))["items"]
    (used,) = [event for event in events if event["kind"] == "suggestion_used"]
    assert (used["agent"], used.get("edited", 0)) == ("anna", 0)
    told = await page.evaluate("window.told")
    assert {"ready", "height", "count", "take", "settled"} <= set(told)


async def test_without_a_token_it_says_what_it_waits_for(around: tuple[Site, Crm]) -> None:
    site, made = around
    page = await shown(site, made, "en", "nothing", "")
    await expect(page.frame_locator("#help").get_by_test_id("panel-state")).to_contain_text("Waiting for the page")
    page = await shown(site, made, "en", "nothing", "not a token")
    await expect(page.frame_locator("#help").get_by_test_id("panel-state")).to_contain_text("access has ended")


async def test_a_page_that_is_not_allowed_cannot_show_it(around: tuple[Site, Crm]) -> None:
    site, made = around
    async with crm() as stranger:
        page = await shown(site, stranger, "en", "nothing", "t")
        await page.wait_for_load_state("networkidle")
        frame = page.frames[-1]
        assert await frame.locator("sb-assist").count() == 0
        assert await page.evaluate("window.told") == []
    assert made.origin != stranger.origin
