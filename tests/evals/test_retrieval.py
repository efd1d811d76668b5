"""How well the demonstration pack's pages answer questions that were written without them.

Policy. The questions (`data/retrieval_*.jsonl`, frozen) were written before the pages existed, in
customers' words, with near misses among those that no page answers. Encoder, wordings and threshold were
chosen on the `dev` half and on `tests/unit/knowledge/questions_*.jsonl`; the `test` half is only scored,
here. A bar is the figure that was measured when the code was written less two questions (of 46 answerable
and 16 others), so that an edited page may lose a question and a broken encoder may not pass. A change that
raises a figure raises its bar in the same commit; a bar is lowered only with the reason in the commit
message, and never by looking at single questions of `test`.

Figures, each a share: `recall@1`, `recall@3`: the right document is the best, is among the best three (over
answerable questions); `declined`: over unanswerable ones; `wrong`: answerable ones answered from another
document.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from knowledge.index_memory import MemoryIndex
from knowledge.memory import MemoryDocuments
from knowledge.model import Answer, Missed
from knowledge.search import Knowledge
from knowledge.synonyms import read_synonyms

HERE = Path(__file__).parent
PACK = HERE.parents[1] / "packs" / "telecom" / "knowledge"

AT_LEAST = {
    # Measured: .913 1.000 1.000 and .848 .913 1.000
    "zh": {"recall@1": 0.86, "recall@3": 0.95, "declined": 0.87},
    "en": {"recall@1": 0.80, "recall@3": 0.86, "declined": 0.87},
}
# Measured: .022 and .043
AT_MOST = {"zh": {"wrong": 0.066}, "en": {"wrong": 0.087}}


def _rows(language: str, split: str) -> list[dict[str, Any]]:
    lines = (HERE / "data" / f"retrieval_{language}.jsonl").read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["split"] == split]


async def _figures(language: str, split: str) -> dict[str, float]:
    files = {path.relative_to(PACK).as_posix(): path.read_text("utf-8") for path in PACK.rglob("*.*")}
    knowledge = Knowledge(MemoryDocuments(), MemoryIndex(), synonyms=read_synonyms(files))
    await knowledge.ingest(files)
    first = third = wrong = declined = answerable = unanswerable = 0
    for row in _rows(language, split):
        hits = await knowledge.search(row["query"], language, limit=20)
        answer = knowledge.answer(row["query"], hits, language)
        if row["document"] is None:
            unanswerable += 1
            declined += isinstance(answer, Missed)
            continue
        found = list(dict.fromkeys(hit.passage.slug for hit in hits))
        answerable += 1
        first += found[:1] == [row["document"]]
        third += row["document"] in found[:3]
        wrong += isinstance(answer, Answer) and answer.citations[0].document != row["document"]
    return {
        "recall@1": first / answerable,
        "recall@3": third / answerable,
        "wrong": wrong / answerable,
        "declined": declined / unanswerable,
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_packs_pages_are_found_and_strange_questions_declined(language: str) -> None:
    figures = asyncio.run(_figures(language, "test"))
    for name, bar in AT_LEAST[language].items():
        assert figures[name] >= bar, (name, figures)
    for name, bar in AT_MOST[language].items():
        assert figures[name] <= bar, (name, figures)
