"""A billing office that the machine may act on: another system over real HTTP, and the flow, actions and rule for it.

Under 100 the machine upgrades a line after the customer's yes; from there on a person has to click. What was done can be
taken back.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app.server import bind

FLOW = "upgrade"
_FILES = {
    "actions.yml": """
actions:
  upgrade_line:
    name: {zh: 升级线路, en: Upgrade the line}
    interface: "http:office/upgradeLine"
    executor: billing
    effect: money
    verified: false
    undo: upgrade_back
    rules: [upgrade_locked]
    level: [{if: "amount < 100", level: 3}, {else: 2}]
    parameters:
      line: {type: text, required: true, label: {zh: 线路, en: Line}}
      upgrade_sum: amount
    result: {receipt: {type: text, label: {zh: 回执号, en: Receipt}}}
  upgrade_back:
    interface: "http:office/upgradeBack"
    effect: write
    parameters: {receipt: {type: text, required: true}}
""",
    "rules.yml": """
rules:
  - id: upgrade_locked
    when: "line == 'L9'"
    refuse: {zh: 这条线路已经锁定，不能升级。, en: "This line is locked, so it cannot be upgraded."}
""",
    "slots.yml": """
slots:
  upgrade_sum: {type: amount, label: {zh: 每月金额, en: Monthly amount}}
""",
    "responses/upgrade.yml": """
responses:
  utter_ask_upgrade_sum: [{text: {zh: "每月多少钱的套餐？", en: "How much may it cost a month?"}}]
  utter_ask_again_upgrade_sum: [{text: {zh: "请说一个金额。", en: "Please give me an amount."}}]
  utter_upgrade_confirm: [{text: {zh: "每月 {upgrade_sum} 元，确认升级吗？", en: "{upgrade_sum} a month. Shall I upgrade the line?"}}]
  utter_upgraded: [{text: {zh: "已经升级，回执号 {result.receipt}。", en: "The line is upgraded. Your receipt is {result.receipt}."}}]
  utter_not_upgraded: [{text: {zh: "没有升级，套餐保持不变。", en: "It was not upgraded, and your plan stays as it is."}}]
  utter_upgrade_left: [{text: {zh: "好的，不升级。", en: "All right, it stays as it is."}}]
""",
    "flows/upgrade.yml": """
flows:
  upgrade:
    name: {zh: 升级线路, en: Upgrade a line}
    nlu_trigger: [{intent: upgrade}]
    steps:
      - {id: sum, collect: upgrade_sum}
      - {id: sure, confirm: utter_upgrade_confirm, yes: do, no: left}
      - {id: do, action: upgrade_line, arguments: {line: "'L1'", upgrade_sum: upgrade_sum}, success: told, failure: not_done}
      - {id: told, respond: utter_upgraded, next: over}
      - {id: not_done, respond: utter_not_upgraded, next: over}
      - {id: left, respond: utter_upgrade_left}
      - {id: stopped, end: cancelled}
      - {id: over, end: completed}
""",
    "nlu/upgrade.yml": """
version: "3.1"
nlu:
  - intent: upgrade
    examples: |
      - upgrade my line to something faster
      - I want to upgrade this line
      - move the line up one level
      - please upgrade the line for me
      - 给这条线路升级
      - 我要升级线路
      - 帮我把线路升一档
      - 线路升级怎么办理
""",
}


class Upgrade(BaseModel):
    line: str
    upgrade_sum: float = 0


class Back(BaseModel):
    receipt: str


class Office:
    """Does each key once and counts; it refuses a sum of `refuses`."""

    def __init__(self) -> None:
        self.done: dict[str, Upgrade] = {}
        self.back: list[str] = []
        self.calls = 0
        self.refuses = 0.0
        self.app = FastAPI()
        self.url = ""

        @self.app.post("/upgrades", operation_id="upgradeLine")
        async def upgrade(body: Upgrade, idempotency_key: str = Header()) -> Any:
            self.calls += 1
            if body.upgrade_sum == self.refuses:
                return JSONResponse({"error": "no credit"}, 409)
            self.done.setdefault(idempotency_key, body)
            return {"receipt": f"R-{list(self.done).index(idempotency_key) + 1}"}

        @self.app.post("/upgrades/back", operation_id="upgradeBack")
        async def undo(body: Back, idempotency_key: str = Header()) -> dict[str, Any]:
            self.back.append(body.receipt)
            return {}


class _Uvicorn(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """The test run keeps its signals."""
        yield


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[Office]:
    """An office at a free port."""
    office = Office()
    listener = bind("127.0.0.1", 0)
    office.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = _Uvicorn(uvicorn.Config(office.app, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield office
    finally:
        server.should_exit = True
        await task


def files(pack: Path, url: str) -> dict[str, str]:
    """The files of `pack` that change when it serves with the office at `url` (path → text)."""
    connectors = {"connectors.yml": f'connectors:\n  office: {{url: "{url}", document: /openapi.json}}\n'}
    return {name: _merged(pack / name, text) for name, text in (_FILES | connectors).items()}


def copied(pack: Path, folder: Path, url: str) -> Path:
    """A copy of a pack in `folder`, with the office."""
    copy = folder / "pack-with-office"
    shutil.copytree(pack, copy)
    for name, text in files(pack, url).items():
        (copy / name).write_text(text, encoding="utf-8")
    return copy


def _merged(path: Path, text: str) -> str:
    """Ours at the head of the section that theirs has too."""
    if not path.exists():
        return text
    theirs = path.read_text("utf-8")
    head, _, ours = text.lstrip("\n").partition("\n")
    assert f"{head}\n" in theirs, f"{path} has no section {head}"
    return theirs.replace(f"{head}\n", f"{head}\n{ours}", 1)
