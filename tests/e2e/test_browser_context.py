"""What stands beside a conversation, in a real browser: why the bot said it, the story, tickets, joined contacts."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import opened, serious
from tests.harness import furnished, trained

pytestmark = pytest.mark.asyncio

SAID = {"zh": ("手机套餐怎么换", "这什么垃圾服务，气死我了！！！"), "en": ("how do I change my mobile plan", "This is ridiculous, I am fed up!!!")}
MOOD = {"zh": "愤怒", "en": "Angry"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the trained pack."""
    return trained(tmp_path_factory.mktemp("model"))


async def merged_and_parted(page: Page, tickets: list[Any], pictures: Path) -> None:
    """The second ticket becomes one with the first and two again; the first is found in the list."""
    await page.get_by_test_id("context-ticket").click()
    await page.get_by_test_id("ticket-merge").click()
    await page.get_by_test_id("bond-offer").first.click()
    await page.screenshot(path=pictures / "merge.png")
    await page.get_by_test_id("bond-confirm").click()
    await expect(page.get_by_test_id("ticket-history")).to_contain_text(tickets[1]["number"])
    await page.get_by_test_id("history-other").click()
    await page.get_by_test_id("ticket-part").click()
    assert await serious(page) == []
    await page.screenshot(path=pictures / "part.png")
    await page.get_by_test_id("part-confirm").click()
    await expect(page.get_by_test_id("ticket-status")).to_be_enabled()
    await expect(page.get_by_test_id("ticket-merge")).to_be_visible()
    await page.screenshot(path=pictures / "parted.png")
    await page.get_by_test_id("nav-tickets").click()
    await page.get_by_test_id("ticket-row").filter(has_text=tickets[0]["number"]).first.click()
    await expect(page.get_by_test_id("ticket-panel")).to_contain_text(tickets[0]["number"])
    assert await serious(page) == []
    await page.screenshot(path=pictures / "tickets.png")


@pytest.mark.parametrize(("language", "scheme"), [("zh", "light"), ("en", "dark")])
async def test_why_story_ticket_and_joined_contacts(tmp_path: Path, model: Path, language: str, scheme: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    async with opened(furnished(data, model)) as site:
        first = await site.customer(language)
        await first.open_chat()
        await first.ask(SAID[language][0])
        second = await site.customer(language)
        await second.open_chat()
        for words in SAID[language]:
            await second.ask(words)
        old, now = await first.conversation(), await second.conversation()
        rows = {row["id"]: row for row in (await site.get("/conversations?limit=50"))["items"]}
        await site.get(f"/contacts/{rows[now]['contact']}/joins", method="POST", json={"contact": rows[old]["contact"]})
        fields = {"service": "tv", "description": SAID[language][0], "since": "2026-08-30", "phone": "13900001234"}
        made = [await site.get("/tickets", method="POST", json={"type": "fault", "fields": fields, "conversation": id}) for id in (old, now)]
        desk = await site.agent(language, "anna", "Anna", color_scheme=scheme, viewport={"width": 1440, "height": 900})
        page = desk.page
        await page.evaluate(f"location.hash = '#/conversations/{now}'")

        why = page.get_by_test_id("why").first
        await why.locator("summary").click()
        await expect(why).to_contain_text(re.compile(r"\d+%"))
        await expect(page.get_by_test_id("mood")).to_contain_text(MOOD[language])
        await expect(page.get_by_test_id("earlier-open")).to_have_count(1)
        assert await serious(page) == []
        await page.screenshot(path=tmp_path / "story.png")

        await page.get_by_test_id("context-customer").click()
        await expect(page.get_by_test_id("join")).to_contain_text(rows[old]["contact"])
        assert await serious(page) == []
        await page.screenshot(path=tmp_path / "customer.png")
        await page.get_by_test_id("join-ask").first.click()
        await page.get_by_test_id("join-confirm").click()
        await expect(page.get_by_test_id("join")).to_have_count(0)
        await expect(page.get_by_test_id("earlier-open")).to_have_count(0)
        await page.get_by_test_id("suggestion").get_by_test_id("join-ask").click()
        await page.get_by_test_id("join-confirm").click()
        await expect(page.get_by_test_id("earlier-open")).to_have_count(1)

        await merged_and_parted(page, made, tmp_path)

        await page.evaluate(f"location.hash = '#/conversations/{now}'")
        await page.get_by_test_id("context-story").click()
        await page.get_by_test_id("earlier-open").click()
        await expect(desk.transcript).to_contain_text(SAID[language][0])
        await expect(page).to_have_url(re.compile(old))
        await page.go_back()
        await expect(desk.transcript).to_contain_text(SAID[language][1])
