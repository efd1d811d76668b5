"""Pictures of every state of the chat and of the desk, made from a service of its own with a small story in it.

`python -m tools.screenshots FOLDER [--language zh] [--only desk-]`

A file is called STATE-LANGUAGE-WIDTH-SCHEME.png. What is wider than its screen, and what axe finds serious, is printed.
Nothing of it runs in the tests: it is for eyes, and for the pictures in docs/img.
"""

import argparse
import asyncio
import contextlib
import json
import re
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route, WebSocketRoute, expect

from contacts.identity import sign
from tests.e2e.browser import PATIENCE, SETTLED, Customer, Desk, Site, opened, serious
from tests.harness import PASSWORD, furnished, trained
from tools.stories import EN, ZH, Story

SECRET = "pictures-only-and-nowhere-else-1"
SIZES = ((1440, 900), (390, 844))
SCHEMES = ("light", "dark")
UNLIMITED = "1000000000"
OFFER_MS = 60_000
"""An offer is over by then."""


class Album:
    """Where the pictures go; `only` is what their names begin with."""

    def __init__(self, folder: Path, language: str, only: str) -> None:
        self.folder = folder
        self.language = language
        self.only = only

    async def shoot(self, page: Page, name: str) -> None:
        """The page as it is now, in both sizes, light and dark; the page is as before afterwards."""
        if not name.startswith(self.only):
            return
        for width, height in SIZES:
            await page.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a Literal there
                await page.evaluate(SETTLED)
                of = f"{name}-{self.language}-{width}-{scheme}"
                await page.screenshot(path=self.folder / f"{of}.png")
                if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    print(f"{of}: wider than the screen")
                for finding in await serious(page):
                    print(f"{of}: {finding}")
        await page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        await page.emulate_media(color_scheme="light")


def identity(user: str, name: str) -> dict[str, Any]:
    """Somebody whom the page vouches for."""
    expires = int(time.time()) + 3600
    return {"user_id": user, "name": name, "expires": expires, "signature": sign(SECRET, user, expires)}


async def known(site: Site, story: Story, user: str, name: str) -> Customer:
    """A customer with a name, on the demonstration page with the chat closed."""
    customer = await site.customer(story.language, viewport={"width": 1440, "height": 900})
    await expect(customer.page.get_by_test_id("launcher")).to_be_visible()
    await customer.page.evaluate("(who) => window.Switchboard.setIdentity(who)", identity(user, name))
    return customer


async def crowd(site: Site, story: Story) -> None:
    """Others who wrote today, each with a name; what they say are lists of sentences."""
    for number, (name, sentences) in enumerate(story.crowd):
        body = {"locale": story.language, "identity": identity(f"crowd-{number}", name)}
        opened = await site.get("/webchat/conversations", method="POST", json=body)
        headers = {"authorization": f"Bearer {opened['token']}"}
        for count, words in enumerate(sentences):
            await site.get("/webchat/messages", method="POST", json={"id": str(count), "text": words}, headers=headers)
            await answered(site, opened["conversation"], count + 1)


async def answered(site: Site, conversation: str, messages: int) -> None:
    """Returns when so many messages were dealt with: the bot has answered, or a person was asked for."""
    while True:
        page = await site.get(f"/conversations/{conversation}/events?limit=200")
        events = page["items"]
        done = {seq for event in events for seq in event.get("in_reply_to", ())}
        said = [event["seq"] for event in events if event["kind"] == "customer_said"]
        if len(said) >= messages and (said[-1] in done or any(event["kind"] == "handoff_asked" for event in events)):
            return
        await asyncio.sleep(0.05)


async def chat_states(site: Site, story: Story, album: Album) -> None:
    """The chat from the closed button to a ticket, and without a network."""
    customer = await known(site, story, "u-chat", story.names[0])
    page = customer.page
    await album.shoot(page, "widget-closed")
    await customer.open_chat()
    await album.shoot(page, "widget-empty")
    await customer.ask(story.question)
    await album.shoot(page, "widget-conversation")
    for words in story.fault:
        await customer.ask(words)
    await album.shoot(page, "widget-form")
    for words in story.told:
        await customer.ask(words)
    await album.shoot(page, "widget-confirm")
    await customer.ask(story.yes)
    await expect(page.get_by_test_id("ticket-card")).to_be_visible()
    await album.shoot(page, "widget-ticket")
    site.line.cut()
    await customer.write(story.thanks)
    await expect(customer.offline).to_be_visible()
    await album.shoot(page, "widget-offline")
    site.line.restore()
    await expect(customer.waiting).to_have_count(0, timeout=60_000)
    await page.get_by_test_id("menu").click()
    await album.shoot(page, "widget-menu")
    await page.context.close()


async def chat_error(site: Site, story: Story, album: Album) -> None:
    """The chat where the service refuses."""
    customer = await site.customer(story.language)

    async def refuse(route: Route) -> None:
        await route.fulfill(status=503, json={"error": {"code": "unavailable", "message": "down"}})

    await customer.page.route(re.compile("/api/v1/webchat/"), refuse)
    await customer.page.get_by_test_id("launcher").click()
    await customer.write(story.question)
    await customer.page.wait_for_timeout(6_000)  # it tries again by itself before it says anything
    await album.shoot(customer.page, "widget-error")
    await customer.page.context.close()


async def desk_before(site: Site, story: Story, album: Album) -> Desk:
    """The door, the empty desk, and one that still loads."""
    anna = await site.agent(story.language, "anna", story.agent, viewport={"width": 1440, "height": 900})
    await anna.page.get_by_test_id("presence").select_option("busy")
    await album.shoot(anna.page, "desk-empty")
    door = await site.page(story.language)
    await door.goto(f"http://127.0.0.1:{site.office.port}/desk?lang={story.language}")
    await expect(door.get_by_test_id("login-username")).to_be_visible()
    await album.shoot(door, "desk-door")
    await door.route_web_socket(re.compile("/desk/ws"), _silent)
    await door.get_by_test_id("login-username").fill("anna")
    await door.get_by_test_id("login-password").fill(PASSWORD)
    await door.get_by_test_id("login-submit").click()
    await expect(door.locator(".skeleton").first).to_be_visible()
    await album.shoot(door, "desk-loading")
    await door.context.close()
    return anna


def _silent(socket: WebSocketRoute) -> None:
    """A connection on which nothing ever comes."""


async def waiting(site: Site, story: Story, album: Album) -> Customer:
    """Somebody who waits for a person."""
    customer = await known(site, story, "u-served", story.names[1])
    await customer.open_chat()
    await customer.ask(story.question)
    await customer.write(story.person)
    await expect(customer.page.get_by_test_id("queue-bar")).to_be_visible()
    await album.shoot(customer.page, "widget-queue")
    return customer


async def served(site: Site, story: Story, album: Album, anna: Desk, customer: Customer) -> None:
    """Who waited is served, and the conversation closed."""
    page = anna.page
    await page.get_by_test_id("presence").select_option("available")
    await expect(anna.offer.first).to_be_visible()
    await album.shoot(page, "desk-offer")
    row = page.locator(f"[data-testid=row][data-conversation='{await customer.conversation()}']")
    while not await row.count():  # some of the crowd wait as well
        count = await anna.rows.count()
        await page.get_by_test_id("offer-accept").click()
        await expect(anna.rows).to_have_count(count + 1)
    await row.click()
    await anna.write(story.hello)
    await expect(customer.answers.last).to_contain_text(story.hello)
    await customer.write(story.more)
    await expect(page.get_by_test_id("suggestion").first).to_be_visible()
    await album.shoot(customer.page, "widget-human")
    await album.shoot(page, "desk-conversation")
    await page.get_by_test_id("suggestion-open").first.click()
    await album.shoot(page, "desk-assist")
    await page.get_by_test_id("suggestion-open").first.click()
    for panel in ("customer", "ticket"):
        await page.get_by_test_id(f"context-{panel}").click()
        await page.get_by_test_id("context-story").is_visible()
        if panel == "ticket":
            await page.get_by_test_id("ticket-new").click()
        await album.shoot(page, f"desk-{panel}")
    await page.get_by_test_id("context-story").click()
    await page.get_by_test_id("transfer-open").click()
    await album.shoot(page, "desk-transfer")
    await page.get_by_test_id("transfer-cancel").click()
    await lead_states(site, story, album, await customer.conversation())
    await page.get_by_test_id("close-open").click()
    await album.shoot(page, "desk-close")
    await page.get_by_test_id("close-confirm").click()
    await expect(customer.page.get_by_test_id("rate-5")).to_be_visible()
    await album.shoot(customer.page, "widget-closed-rating")
    await customer.page.get_by_test_id("rate-5").click()
    await album.shoot(customer.page, "widget-rated")
    await customer.page.context.close()


async def lead_states(site: Site, story: Story, album: Album, conversation: str) -> None:
    """The supervisor's pages and the administrator's."""
    root = await site.agent(story.language, "root", story.lead, "admin", viewport={"width": 1440, "height": 900})
    page = root.page
    await page.get_by_test_id("presence").select_option("away")
    await expect(root.offer).to_have_count(0, timeout=OFFER_MS)  # what was offered before that
    await page.get_by_test_id("nav-insights").click()
    await expect(page.locator("sb-plot canvas")).to_be_visible()
    await page.evaluate(SETTLED)
    await album.shoot(page, "desk-insights")
    await page.locator(f"[data-conversation='{conversation}']").get_by_test_id("listen").click()
    await expect(root.transcript).to_be_visible()
    await album.shoot(page, "desk-listening")
    await page.get_by_test_id("nav-flows").click()
    flow = page.locator("[data-testid=flow][data-flow=report_fault]")
    await flow.click()
    await expect(page.get_by_test_id("flow-shown")).to_have_attribute("data-flow", "report_fault")
    await album.shoot(page, "desk-flows")
    await page.get_by_test_id("nav-ledger").click()
    await expect(page.get_by_test_id("entry").first).to_be_visible()
    await album.shoot(page, "desk-ledger")
    await page.get_by_test_id("nav-scores").click()
    await expect(page.get_by_test_id("score").first).to_be_visible()
    await page.get_by_test_id("score").first.click()
    await expect(page.get_by_test_id("scorecard").first).to_be_visible()
    await album.shoot(page, "desk-scores")
    await page.get_by_test_id("nav-canned").click()
    await expect(page.get_by_test_id("canned-item").first).to_be_visible()
    await album.shoot(page, "desk-canned")
    await page.context.close()


async def desk_states(site: Site, story: Story, album: Album, anna: Desk) -> None:
    """The rest of the agent's desk."""
    page = anna.page
    await page.get_by_test_id("presence").select_option("busy")
    await expect(anna.offer).to_have_count(0, timeout=OFFER_MS)
    await page.get_by_test_id("tab-all").click()
    await page.get_by_test_id("row").nth(1).click()
    await expect(anna.transcript).to_be_visible()
    await album.shoot(page, "desk-crowded")
    await page.get_by_test_id("search").fill(story.search)
    await expect(page.locator("mark").first).to_be_visible()
    await album.shoot(page, "desk-search")
    await page.get_by_test_id("search").fill("")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_test_id("palette-input")).to_be_visible()
    await album.shoot(page, "desk-palette")
    await page.keyboard.press("Escape")
    await page.get_by_test_id("nav-tickets").click()
    await page.get_by_test_id("ticket-row").first.click()
    await expect(page.get_by_test_id("ticket-panel")).to_be_visible()
    await album.shoot(page, "desk-tickets")
    await page.get_by_test_id("nav-mentions").click()
    await album.shoot(page, "desk-mentions")
    await page.get_by_test_id("nav-approvals").click()
    await page.get_by_test_id("approval").first.click()
    await expect(page.get_by_test_id("pending").get_by_test_id("act")).to_be_visible()
    await album.shoot(page, "desk-approvals")
    await page.get_by_test_id("nav-conversations").click()
    site.office.cut()
    await expect(page.get_by_test_id("offline-bar")).to_be_visible()
    await album.shoot(page, "desk-offline")
    site.office.restore()


async def proposed(site: Site, story: Story) -> None:
    """A change of plan that waits for a click."""
    customer = await site.customer(story.language)  # no account of the page: the flow asks who is there
    await customer.open_chat()
    for words in story.plan:
        await customer.ask(words)
    await customer.page.context.close()


async def ended(site: Site, story: Story) -> None:
    """A conversation that the bot alone served, rated and scored."""
    customer = await known(site, story, "u-ended", story.names[2])
    await customer.open_chat()
    await customer.ask(story.question)
    await customer.page.get_by_test_id("end").click()
    await customer.page.get_by_test_id("rate-5").click()
    await customer.page.context.close()


@contextlib.asynccontextmanager
async def stage(model: Path) -> AsyncIterator[Site]:
    """A service with an empty store."""
    with tempfile.TemporaryDirectory(prefix="switchboard-pictures-") as name:
        data = Path(name) / "data"
        data.mkdir()
        settings = {"rate_limit_address": UNLIMITED, "rate_limit_conversation": UNLIMITED, "widget_secret": SECRET}
        async with opened(furnished(data, model), **settings) as site:
            yield site


async def told(story: Story, model: Path, album: Album) -> None:
    """The whole story in one language."""
    async with stage(model) as site:
        anna = await desk_before(site, story, album)
        await chat_error(site, story, album)
        await chat_states(site, story, album)
        await proposed(site, story)
        await ended(site, story)
        customer = await waiting(site, story, album)
        await crowd(site, story)
        await served(site, story, album, anna, customer)
        await desk_states(site, story, album, anna)
        for problem in site.problems:
            print(json.dumps(problem, ensure_ascii=False))
        site.problems.clear()


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", choices=("zh", "en"))
    parser.add_argument("--only", default="", help="what the names of the wanted pictures begin with")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory(prefix="switchboard-model-") as name:
        model = trained(Path(name))
        for story in (ZH, EN):
            if options.language in (None, story.language):
                asyncio.run(told(story, model, Album(options.folder, story.language, options.only)))


if __name__ == "__main__":
    main()
