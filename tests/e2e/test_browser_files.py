"""Files in a real browser: chosen, pasted and dropped by customers and agents, seen by both, kept through a lost connection."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Locator, expect

from tests import samples
from tests.e2e.browser import PATIENCE, Customer, Desk, Site, opened, serious
from tests.harness import furnished, trained

expect.set_options(timeout=PATIENCE)

PHOTO: FilePayload = {"name": "光猫 IMG_2041.jpg", "mimeType": "image/jpeg", "buffer": samples.photo()}
BILL: FilePayload = {"name": "bill-2026-08.pdf", "mimeType": "application/pdf", "buffer": samples.PDF}
WORDS = {
    "zh": ("这是光猫的照片", "转人工", "文件内容与名称不符", "不是可以发送的类型", "等待上传"),
    "en": ("this is the modem", "person", "The file is not what its name says", "cannot be sent", "Waiting to upload"),
}


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


async def choose(page: Customer | Desk, *files: FilePayload) -> None:
    """What the system's dialog for files does."""
    await page.page.get_by_test_id("attach-input").set_input_files(list(files))


async def seen(picture: Locator) -> None:
    """The picture was fetched and decoded: 32 × 48, since the photo was taken on its side."""
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("complete", value=True)
    size = await picture.evaluate("node => [node.naturalWidth, node.naturalHeight]")
    assert size == [32, 48]


@pytest.mark.asyncio
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_photo_goes_to_the_agent_and_a_bill_comes_back(site: Site, language: str) -> None:
    words = WORDS[language]
    customer = await site.customer(language)
    await customer.open_chat()
    desk = await site.agent(language, "anna", "安娜" if language == "zh" else "Anna")
    await choose(customer, PHOTO)
    await expect(customer.page.get_by_test_id("tray")).to_contain_text("IMG_2041.jpg")
    assert await serious(customer.page) == []
    answers = await customer.answers.count()
    await customer.page.get_by_test_id("send").click()
    await seen(customer.page.locator(".turn.me switchboard-file img"))
    await expect(customer.answers.nth(answers)).to_be_visible()
    await expect(customer.page.get_by_test_id("tray")).to_have_count(0)

    await customer.page.get_by_test_id("talk-to-person").click()
    await desk.page.get_by_test_id("offer-accept").click()
    await seen(desk.transcript.locator(".say.them switchboard-file img"))
    await expect(desk.page.get_by_test_id("summary")).to_contain_text("IMG_2041.jpg")

    await choose(desk, BILL)
    await desk.write(words[0])
    await expect(customer.answers.last).to_contain_text(words[0])
    chip = customer.page.locator(".turn.person switchboard-file").get_by_test_id("file")
    await expect(chip).to_contain_text("bill-2026-08.pdf")
    async with customer.page.expect_download() as coming:
        await chip.click()
    download = await coming.value
    assert download.suggested_filename == "bill-2026-08.pdf"
    assert (await download.path()).read_bytes() == samples.PDF
    assert await serious(customer.page) == []
    assert await serious(desk.page) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_is_not_taken_is_said_before_or_after_the_way_up(site: Site, language: str) -> None:
    words = WORDS[language]
    customer = await site.customer(language)
    await customer.open_chat()
    await choose(customer, {"name": "setup.exe", "mimeType": "application/x-msdownload", "buffer": samples.PROGRAM})
    problem = customer.page.get_by_test_id("attach-problem")
    await expect(problem).to_contain_text(words[3])
    await expect(customer.page.get_by_test_id("send")).to_be_disabled()

    await choose(customer, {"name": "holiday.jpg", "mimeType": "image/jpeg", "buffer": samples.PDF})
    await expect(problem).to_have_count(0)
    await customer.page.get_by_test_id("send").click()
    failed = customer.page.get_by_test_id("parcel-failed")
    await expect(failed).to_contain_text(words[2])
    assert await serious(customer.page) == []
    await failed.get_by_role("button").last.click()
    await expect(failed).to_have_count(0)
    assert await site.customer_said(await customer.conversation()) == []


_PASTE = """(node, [name, type, data, kind]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, {type}));
  const options = {bubbles: true, composed: true, cancelable: true};
  node.dispatchEvent(kind === "paste" ? new ClipboardEvent("paste", {...options, clipboardData: transfer})
    : new DragEvent(kind, {...options, dataTransfer: transfer}));
}"""


@pytest.mark.asyncio
async def test_files_are_pasted_dropped_and_kept_while_the_network_is_away(site: Site) -> None:
    customer = await site.customer("en")
    await customer.open_chat()
    shot = ["image.png", "image/png", base64.b64encode(samples.png()).decode()]
    await customer.composer.evaluate(_PASTE, [*shot, "paste"])
    await customer.composer.evaluate(_PASTE, [*shot, "dragover"])
    await expect(customer.page.locator(".dropping")).to_be_visible()
    await customer.composer.evaluate(_PASTE, [*shot, "drop"])
    await expect(customer.page.locator(".dropping")).to_have_count(0)
    await expect(customer.page.locator(".tray .file")).to_have_count(2)
    await customer.page.locator(".tray .square").last.click()
    await expect(customer.page.locator(".tray .file")).to_have_count(1)

    site.line.cut()
    await expect(customer.offline).to_be_visible()
    await customer.composer.fill("the light is red")
    await customer.page.get_by_test_id("send").click()
    await expect(customer.page.get_by_test_id("parcel")).to_contain_text(WORDS["en"][4])
    await expect(customer.page.locator(".turn.me .file img")).to_have_count(1)
    site.line.restore()

    await expect(customer.page.get_by_test_id("parcel")).to_have_count(0)
    await expect(customer.page.locator(".turn.me switchboard-file")).to_have_count(1)
    assert await site.customer_said(await customer.conversation()) == ["the light is red"]
    events = (await site.get(f"/conversations/{await customer.conversation()}/events?limit=200"))["items"]
    (said,) = [event for event in events if event["kind"] == "customer_said"]
    assert [file["name"] for file in said["files"]] == ["image.png"]
