"""How well the pages suggested to an agent answer what the customer just said, bot and flows left out.

Policy. The conversations (`data/suggestions_*.jsonl`, frozen) were written from the pages before this search was tuned.
How messages are put together was chosen on the `dev` half. The `test` half is only scored, here. The goal is nine in ten
among three; a bar is the figure that was measured less two conversations of 35 until it is reached. It is lowered only with
the reason in the commit message, and never by looking at single conversations of `test`.

Figures, each a share: `first`, `among three`: a page that answers is the first, is among the first three (over
conversations with pages); `quiet`: nothing is suggested where no page is called for.
"""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from knowledge.index_memory import MemoryIndex
from knowledge.memory import MemoryDocuments
from knowledge.search import Knowledge
from knowledge.synonyms import read_synonyms
from knowledge.talk import Remembered, pages

HERE = Path(__file__).parent
PACK = HERE.parents[1] / "packs" / "telecom" / "knowledge"

AT_LEAST = {
    # Measured: .771 and .771 (dev: .886 and .771). More wordings written on sight of dev gave .971 there and .771 and .743
    # here, and cost the bot's own answers; they were taken back. A linear classifier over the pages beside the search gave dev
    # no more than the search alone.
    "zh": {"among three": 0.71},
    "en": {"among three": 0.71},
}


def _rows(language: str, split: str) -> list[dict[str, Any]]:
    lines = (HERE / "data" / f"suggestions_{language}.jsonl").read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["split"] == split]


async def _figures(language: str, split: str) -> dict[str, float]:
    files = {path.relative_to(PACK).as_posix(): path.read_text("utf-8") for path in PACK.rglob("*.*")}
    knowledge = Knowledge(MemoryDocuments(), MemoryIndex(), synonyms=read_synonyms(files))
    await knowledge.ingest(files)
    first = three = asked = quiet = others = 0
    spent: list[float] = []
    for row in _rows(language, split):
        started = time.process_time()
        found = await pages(knowledge, row["said"], language, ("agent", "customer"))
        spent.append(time.process_time() - started)
        suggested = [one.citation.document for one in found]
        assert len(suggested) == len(set(suggested)) <= 3
        if not row["pages"]:
            others += 1
            quiet += not suggested
            continue
        asked += 1
        first += bool(suggested) and suggested[0] in row["pages"]
        three += bool(set(suggested) & set(row["pages"]))
    middle = sorted(spent)[len(spent) // 2]
    return {"first": first / asked, "among three": three / asked, "quiet": quiet / others, "seconds p50": middle}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_that_answers_is_among_the_first_three(language: str) -> None:
    figures = asyncio.run(_figures(language, "test"))
    for name, bar in AT_LEAST[language].items():
        assert figures[name] >= bar, (name, figures)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_remembered_changes_no_suggestion(language: str) -> None:
    asyncio.run(_same(language))


async def _same(language: str) -> None:
    files = {path.relative_to(PACK).as_posix(): path.read_text("utf-8") for path in PACK.rglob("*.*")}
    knowledge = Knowledge(MemoryDocuments(), MemoryIndex(), synonyms=read_synonyms(files))
    await knowledge.ingest(files)
    remembered = Remembered(knowledge, searches=20)
    for row in _rows(language, "dev"):
        fresh = await pages(knowledge, row["said"], language, ("agent", "customer"))
        for _ in range(2):
            assert await pages(remembered, row["said"], language, ("agent", "customer")) == fresh
