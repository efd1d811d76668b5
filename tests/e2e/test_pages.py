"""The desk's pages in a real browser: what waits for a click, the flows in numbers, and the ledger with its proofs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests import billing
from tests.e2e.browser import PATIENCE, Customer, Desk, Site, opened, serious
from tests.harness import ROOT, furnished, trained

expect.set_options(timeout=PATIENCE)
PACK = ROOT / "packs" / "telecom"


@dataclass(frozen=True)
class Words:
    """One story in one language."""

    language: str
    wish: str
    amount: str
    yes: str
    prepared: str
    done: str
    rejected: str
    title: str
    line: str
    sum: str
    level: str
    waits: str
    state_done: str
    approved: str
    result: str
    undone: str
    flow: str
    told: str
    asks: str
    proposed: str
    called: str
    holds: str
    forbidden: str


ZH = Words(
    language="zh", wish="/upgrade", amount="300元", yes="对，确认", prepared="同事", done="已经升级，回执号 R-1", rejected="没有升级",
    title="升级线路", line="线路", sum="每月金额", level="2 级 · 机器准备，人确认", waits="等待确认", state_done="已办理", approved="安娜 已批准", result="回执号",
    undone="本 已撤销", flow="升级线路", told="2 个会话进入，1 个完成，0 个中途离开，1 个进行中。", asks="询问 每月金额", proposed="提请确认", called="调用",
    holds="与封存时一致", forbidden="您的角色没有查看此页面的权限",
)  # fmt: skip
EN = Words(
    language="en", wish="/upgrade", amount="300 yuan", yes="yes, please do", prepared="colleague", done="The line is upgraded. Your receipt is R-1",
    rejected="It was not upgraded", title="Upgrade the line", line="Line", sum="Monthly amount", level="Level 2 · the machine prepares, a person clicks",
    waits="Waiting for a click", state_done="Done", approved="Approved by Anna", result="Receipt", undone="Undone by Ben", flow="Upgrade a line",
    told="2 entered, 1 finished, 0 left on the way, 1 still under way.", asks="Asks Monthly amount", proposed="Proposed", called="Called",
    holds="As it was sealed", forbidden="Your role may not see this page",
)  # fmt: skip
BOTH = pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
NAMES = {"zh": ("安娜", "本", "罗"), "en": ("Anna", "Ben", "Roy")}


@dataclass
class Scene:
    """A service whose pack may act on a billing office."""

    site: Site
    office: billing.Office

    async def customer(self, words: Words) -> Customer:
        """Somebody who asked for an upgrade and confirmed it."""
        customer = await self.site.customer(words.language)
        await customer.open_chat()
        for sentence in (words.wish, words.amount):
            await customer.ask(sentence)
        await expect(await customer.ask(words.yes)).to_contain_text(words.prepared)
        return customer


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack with the office, trained once."""
    folder = tmp_path_factory.mktemp("model")
    pack = billing.copied(PACK, folder, "http://127.0.0.1:9")
    return trained(folder, "--pack", str(pack))


@pytest_asyncio.fixture
async def scene(model: Path, tmp_path: Path) -> AsyncIterator[Scene]:
    """A service and an office of its own for each test."""
    folder = tmp_path / "data"
    folder.mkdir()
    async with billing.opened() as office:
        pack = billing.copied(PACK, tmp_path, office.url)
        async with opened(furnished(folder, model), pack=str(pack)) as site:
            yield Scene(site, office)


async def waiting(desk: Desk) -> Locator:
    """Opens the list of what waits and the first of it; returns its card."""
    await desk.page.get_by_test_id("nav-approvals").click()
    await desk.page.get_by_test_id("approval").first.click()
    card = desk.page.get_by_test_id("pending").get_by_test_id("act")
    await expect(card).to_be_visible()
    return card


async def focused(page: Page, locator: Locator) -> None:
    """Presses Tab until the keyboard is there."""
    for _ in range(60):
        if await locator.evaluate("node => node.getRootNode().activeElement === node"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {locator}")


@BOTH
async def test_what_waits_is_approved_by_a_click_and_the_customer_hears_it(scene: Scene, words: Words) -> None:
    site, (anna_, ben_, _) = scene.site, NAMES[words.language]
    anna = await site.agent(words.language, "anna", anna_)
    ben = await site.agent(words.language, "ben", ben_)
    await expect(anna.page.get_by_test_id("nav-flows")).to_have_count(0)
    customer = await scene.customer(words)
    for desk in (anna, ben):
        await expect(desk.page.get_by_test_id("count-approvals")).to_contain_text("1")

    card, other = await waiting(anna), await waiting(ben)
    for known in (words.title, words.line, "L1", words.sum, "300", words.level, "upgrade_locked", words.waits):
        await expect(card).to_contain_text(known)
    assert scene.office.calls == 0
    assert await serious(anna.page) == []

    await card.get_by_test_id("act-note").fill("seen the contract")
    await focused(anna.page, card.get_by_test_id("approve"))
    await anna.page.keyboard.press("Enter")
    await expect(customer.answers.filter(has_text=words.done)).to_have_count(1)
    assert scene.office.calls == 1

    await expect(other).to_have_count(0)
    for desk in (anna, ben):
        done = desk.transcript.get_by_test_id("act")
        for known in (words.state_done, words.approved, "seen the contract", words.result, "R-1"):
            await expect(done).to_contain_text(known)
        await expect(desk.page.get_by_test_id("settled-row")).to_contain_text(words.approved)
        await expect(desk.page.get_by_test_id("count-approvals")).to_have_count(0)
    assert await serious(ben.page) == []

    back = ben.transcript.get_by_test_id("act")
    await back.get_by_test_id("undo").click()
    await back.get_by_test_id("undo-confirm").click()
    for desk in (anna, ben):
        await expect(desk.transcript.get_by_test_id("act")).to_contain_text(words.undone)
    assert scene.office.back == ["R-1"]


@BOTH
async def test_what_is_rejected_is_not_done(scene: Scene, words: Words) -> None:
    anna = await scene.site.agent(words.language, "anna", "Anna")
    customer = await scene.customer(words)
    await (await waiting(anna)).get_by_test_id("reject").click()
    await expect(customer.answers.filter(has_text=words.rejected)).to_have_count(1)
    await expect(anna.transcript.get_by_test_id("act")).to_have_attribute("data-state", "rejected")
    await expect(anna.page.get_by_test_id("empty")).to_be_visible()
    assert scene.office.calls == 0


@BOTH
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_supervisors_see_the_flows_in_numbers(scene: Scene, words: Words, scheme: str) -> None:
    site = scene.site
    lead = await site.agent(words.language, "lead", "Lee", "supervisor", color_scheme=scheme)
    await lead.page.get_by_test_id("nav-flows").click()
    await expect(lead.page.get_by_test_id("empty")).to_be_visible()
    await expect(lead.page.get_by_test_id("nav-ledger")).to_have_count(0)

    await scene.customer(words)
    still = await site.customer(words.language)
    await still.open_chat()
    await still.ask(words.wish)
    await (await waiting(lead)).get_by_test_id("approve").click()
    await expect(lead.transcript.get_by_test_id("act")).to_have_attribute("data-state", "ok")

    await lead.page.get_by_test_id("nav-flows").click()
    await lead.page.locator("[data-testid=flow][data-flow=upgrade]").click()
    shown = lead.page.get_by_test_id("flow-shown")
    await expect(shown).to_have_attribute("data-flow", "upgrade")
    await expect(shown).to_contain_text(words.flow)
    for figure, count in (("entered", "2"), ("finished", "1"), ("left", "0"), ("underWay", "1")):
        await expect(shown.get_by_test_id(f"flow-{figure}")).to_have_text(count)
    await expect(shown.get_by_test_id("flow-told")).to_have_text(words.told)
    await expect(shown.get_by_test_id("drawing").get_by_text(words.asks, exact=True)).to_be_visible()
    cells = shown.locator("tr[data-step=do] td")
    await expect(cells).to_have_text(["1", "0", "0", "1", "0%"])
    await expect(shown.locator("tr[data-step=sum] td")).to_have_text(["2", "0", "—", "—", "—"])
    assert await serious(lead.page) == []

    await lead.page.get_by_test_id("period-custom").click()
    await lead.page.get_by_test_id("period-from").fill("2020-01-01")
    await lead.page.get_by_test_id("period-to").fill("2020-01-02")
    await expect(shown.get_by_test_id("flow-entered")).to_have_text("0")
    await lead.page.goto(f"http://127.0.0.1:{site.office.port}/desk?lang={words.language}#/flows/complaint")
    await expect(shown).to_have_attribute("data-flow", "complaint")


@BOTH
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_administrators_find_what_was_done_and_its_proof(scene: Scene, words: Words, scheme: str) -> None:
    site = scene.site
    root = await site.agent(words.language, "root", "Roy", "admin", color_scheme=scheme)
    await scene.customer(words)
    await (await waiting(root)).get_by_test_id("approve").click()
    await expect(root.transcript.get_by_test_id("act")).to_have_attribute("data-state", "ok")

    page = root.page
    await page.get_by_test_id("nav-ledger").click()
    entries = page.get_by_test_id("entry")
    await page.get_by_test_id("filter-action").select_option("upgrade_line")
    await expect(entries).to_have_count(4)
    kinds = [await entry.get_attribute("data-kind") for entry in await entries.all()]
    assert kinds == ["action_returned", "action_called", "action_decided", "action_proposed"]
    called = page.locator("[data-kind=action_called]")
    for known in (words.called, words.title, "http:office/upgradeLine", "2", "Roy", "upgrade_locked"):
        await expect(called).to_contain_text(known)
    await expect(page.locator("[data-kind=action_proposed]")).to_contain_text(words.proposed)

    await called.get_by_test_id("entry-open").focus()
    await page.keyboard.press("Enter")
    detail = page.get_by_test_id("entry-detail")
    await expect(detail).to_contain_text("L1")
    await expect(detail.get_by_test_id("proof")).to_be_visible()

    while await detail.get_by_test_id("proof-state").get_attribute("data-holds") == "null":  # a block is made every second
        await page.get_by_test_id("reload").click()
        await expect(page.locator(".page-body")).to_have_attribute("aria-busy", "false")
    await expect(detail.get_by_test_id("proof-state")).to_contain_text(words.holds)
    hashes = await detail.locator("code.hash").all_text_contents()
    assert len(hashes) == 3 and all(len(one) == 64 for one in hashes)
    await expect(page.get_by_test_id("verify-hint")).to_contain_text("switchboard verify")
    assert await serious(page) == []

    await detail.get_by_test_id("entry-conversation").click()
    await expect(root.transcript.get_by_test_id("act")).to_be_visible()
    await scene.customer(words)  # enough for a second page
    await page.go_back()
    await page.get_by_test_id("filter-contact").fill("nobody")
    await page.get_by_test_id("filter-contact").press("Enter")
    await expect(page.get_by_test_id("empty")).to_be_visible()
    await page.get_by_test_id("empty").get_by_role("button").click()
    await expect(entries).to_have_count(50)
    await page.get_by_test_id("more").click()
    await expect(entries.nth(50)).to_be_visible()


@BOTH
async def test_who_may_not_and_what_cannot_be_reached(scene: Scene, words: Words) -> None:
    site = scene.site
    anna = await site.agent(words.language, "anna", "Anna")
    for place in ("flows", "ledger/c1"):
        await anna.page.goto(f"http://127.0.0.1:{site.office.port}/desk?lang={words.language}#/{place}")
        await expect(anna.page.get_by_test_id("forbidden")).to_contain_text(words.forbidden)
        assert await serious(anna.page) == []
    await anna.page.get_by_test_id("forbidden").get_by_role("link").click()
    await expect(anna.page.get_by_test_id("tab-mine")).to_be_visible()

    lead = await site.agent(words.language, "lead", "Lee", "supervisor")
    await expect(lead.page.get_by_test_id("nav-flows")).to_be_visible()
    site.office.cut()
    await lead.page.get_by_test_id("nav-flows").click()
    await expect(lead.page.get_by_test_id("failed")).to_be_visible()
    await expect(lead.page.get_by_test_id("offline-bar")).to_be_visible()
    assert await serious(lead.page) == []
    site.office.restore()
    await expect(lead.page.get_by_test_id("flow-shown")).to_be_visible()
