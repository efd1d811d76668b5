"""What the pages cost in a real browser: prints one JSON object. See README.md for what each figure means.

`python -m benchmarks.pages [--runs 15] [--slower 1]`
"""

import argparse
import asyncio
import contextlib
import gzip
import json
import os
import platform
import shutil
import statistics
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Playwright, async_playwright, expect

from benchmarks.turns import UNLIMITED
from tests.e2e.browser import ARGUMENTS, PATIENCE, Site, opened
from tests.e2e.hostpage import HostPage, hosted
from tests.harness import PASSWORD, ROOT, furnished, trained

STATIC = ROOT / "app" / "static"
CONVERSATIONS = 50
OWN = 3
"""Conversations that the agent serves."""
SETTLE_MS = 2_000
"""How long a plain page is watched: timers and idle work of the widget fall into it."""
MOST = {"loader_gzip_bytes": 15 * 1024, "widget_main_thread_ms": 50, "desk_interactive_ms": 1_500}
SAID = {"zh": ("手机套餐怎么换", "我要找人工客服"), "en": ("how do I get an e-invoice", "I want to talk to a person")}

WATCH = """
window.seen = {shift: 0, long: []};
window.until = (name) => new Promise((done) => {
  const look = () => (name in seen ? done() : setTimeout(look, 5));
  look();
});
new PerformanceObserver((list) => list.getEntries().forEach((one) => { if (!one.hadRecentInput) seen.shift += one.value; }))
  .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((one) => seen.long.push([one.startTime, one.duration])))
  .observe({type: 'longtask', buffered: true});
"""
DESK = """
(() => {
  const root = () => document.querySelector('sb-desk')?.shadowRoot;
  const field = () => root()?.querySelector('sb-composer')?.shadowRoot?.querySelector('textarea');
  const look = () => {
    if (!seen.list && root()?.querySelector('[data-testid=row]')) seen.list = performance.now();
    const text = field();
    if (!text || text.disabled || !seen.list) return requestAnimationFrame(look);
    text.addEventListener('input', () => requestAnimationFrame(() => setTimeout(() => { seen.answered ??= performance.now(); })), {once: true});
    text.focus();
    seen.ready = performance.now();
  };
  requestAnimationFrame(look);
})();
"""


def summed_up(figures: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Median, quartiles and ends."""
    low, middle, high = statistics.quantiles(figures, n=4, method="inclusive")
    named = {"median": middle, "q1": low, "q3": high, "min": min(figures), "max": max(figures)}
    return {name: round(value, digits) for name, value in named.items()}


def sizes() -> dict[str, dict[str, int]]:
    """Bytes of what a page loads, as built and by gzip."""
    files = [STATIC / "widget.js", *STATIC.glob("assets/panel-*.js"), *sorted(STATIC.glob("desk*.js")), *STATIC.glob("assets/desk-*.js")]
    return {file.name: {"bytes": file.stat().st_size, "gzip": len(gzip.compress(file.read_bytes()))} for file in files}


@contextlib.asynccontextmanager
async def fresh(playwright: Playwright, slower: float) -> AsyncIterator[tuple[Page, Any]]:
    """A page of a browser that was never started before, with its debugging session."""
    browser: Browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
    try:
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        session = await context.new_cdp_session(page)
        await session.send("Performance.enable")
        if slower > 1:
            await session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        await page.add_init_script(WATCH)
        yield page, session
    finally:
        await browser.close()


async def visit(playwright: Playwright, host: HostPage, slower: float) -> dict[str, float]:
    """Milliseconds of the main thread that one visit of the plain page took."""
    async with fresh(playwright, slower) as (page, session):
        await page.goto(host.url, wait_until="load")  # until it is measured nothing looks into the page: that would cost too
        await page.evaluate(f"new Promise((done) => setTimeout(done, {SETTLE_MS} - performance.now()))")
        metrics = {one["name"]: one["value"] for one in (await session.send("Performance.getMetrics"))["metrics"]}
        seen = await page.evaluate("seen")
        if host.line:
            await page.get_by_test_id("launcher").click()
            await expect(page.get_by_test_id("composer")).to_be_visible()
            await page.evaluate("new Promise((done) => setTimeout(done, 1000))")
        shift = (await page.evaluate("seen"))["shift"]
    return {
        "task_ms": metrics["TaskDuration"] * 1000,
        "script_ms": metrics["ScriptDuration"] * 1000,
        "long_tasks": len(seen["long"]),
        "cls": shift,
    }


async def widget(playwright: Playwright, host: HostPage, runs: int, slower: float) -> dict[str, Any]:
    """The plain page with and without the line, in turn, so that what else the machine does falls on both."""
    visits: dict[bool, list[dict[str, float]]] = {True: [], False: []}
    for number in range(2 * runs):
        host.line = number % 2 == 0
        visits[host.line].append(await visit(playwright, host, slower))
    result: dict[str, Any] = {}
    for name in ("task_ms", "script_ms"):
        bare, laden = (summed_up([one[name] for one in visits[line]]) for line in (False, True))
        result[name] = {"without": bare, "with": laden, "added": round(laden["median"] - bare["median"], 1)}
    result["long_tasks_most"] = max(one["long_tasks"] for one in visits[True])
    result["cls"] = summed_up([one["cls"] for one in visits[True]], 4)
    return result


async def crowd(site: Site) -> str:
    """Fifty conversations in the store, some of them the agent's; returns one of these."""
    agent = await site.agent("en", "anna", "Anna")
    own = []
    for number in range(CONVERSATIONS):
        language = ("zh", "en")[number % 2]
        opened = await site.get("/webchat/conversations", method="POST", json={"locale": language})
        headers = {"authorization": f"Bearer {opened['token']}"}
        words = SAID[language][number < OWN]
        await site.get("/webchat/messages", method="POST", json={"id": "1", "text": words}, headers=headers)
        if number < OWN:
            await agent.page.get_by_test_id("offer-accept").click()
            await expect(agent.rows).to_have_count(number + 1)
            own.append(opened["conversation"])
    await agent.page.context.close()
    return str(own[-1])


async def desk_once(playwright: Playwright, site: Site, conversation: str, slower: float) -> dict[str, float]:
    """One cold start of the desk, from the navigation to the first letter that is seen in the composer."""
    signed = await site.get("/auth/token", method="POST", json={"username": "anna", "password": PASSWORD})
    kept = {"access_token": signed["access_token"], "refresh_token": signed["refresh_token"], "until": 9_999_999_999_999, "role": "agent"}
    async with fresh(playwright, slower) as (page, _):
        kept_words = json.dumps(json.dumps(kept))
        await page.add_init_script(f"sessionStorage.setItem('switchboard.desk.v1', {kept_words});{DESK}")
        await page.goto(f"{site.server.url}/desk#/conversations/{conversation}", wait_until="commit")
        await page.evaluate("until('ready')")
        await page.keyboard.press("x")
        await page.evaluate("until('answered')")
        await page.evaluate("new Promise((done) => setTimeout(done, 1000))")
        seen = await page.evaluate("({...seen, paint: performance.getEntriesByName('first-contentful-paint')[0].startTime})")
        assert await page.get_by_test_id("row").count() == OWN
    blocking = sum(length - 50 for start, length in seen["long"] if start < seen["answered"])
    return {
        "first_paint_ms": seen["paint"], "list_ms": seen["list"], "interactive_ms": seen["answered"],
        "total_blocking_ms": blocking, "cls": seen["shift"],
    }  # fmt: skip


async def desk(playwright: Playwright, site: Site, runs: int, slower: float) -> dict[str, Any]:
    """The desk of an agent who is signed in, in a new browser each time."""
    conversation = await crowd(site)
    starts = [await desk_once(playwright, site, conversation, slower) for _ in range(runs)]
    return {name: summed_up([one[name] for one in starts], 4 if name == "cls" else 1) for name in starts[0]}


async def measured(options: argparse.Namespace) -> dict[str, Any]:
    """All figures, and whether each is within what is wanted."""
    load = round(os.getloadavg()[0], 2)
    limits = {"rate_limit_address": UNLIMITED, "rate_limit_conversation": UNLIMITED}
    with tempfile.TemporaryDirectory(prefix="switchboard-pages-") as name:
        folder = Path(name)
        data = folder / "data"
        data.mkdir()
        furnished(data, trained(folder / "model"))
        async with hosted() as host, opened(data, allowed_origins=host.url, **limits) as site, async_playwright() as playwright:
            host.service = site.server.url
            at_desk = await desk(playwright, site, options.runs, options.slower)
            at_page = await widget(playwright, host, options.runs, options.slower)
            version = site.browser.version
    files = sizes()
    found = {
        "loader_gzip_bytes": files["widget.js"]["gzip"],
        "widget_main_thread_ms": at_page["task_ms"]["added"],
        "desk_interactive_ms": at_desk["interactive_ms"]["median"],
    }
    return {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "chromium": version, "load_before": load, "load_after": round(os.getloadavg()[0], 2)},
        "runs": options.runs, "slower": options.slower, "conversations": CONVERSATIONS,
        "files": files, "widget": at_page, "desk": at_desk,
        "within": {name: found[name] <= most for name, most in MOST.items()},
    }  # fmt: skip


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="visits of each page, each in a new browser")
    parser.add_argument("--slower", type=float, default=1, help="how many times slower the browser's processor is made")
    print(json.dumps(asyncio.run(measured(parser.parse_args())), indent=2))


if __name__ == "__main__":
    main()
