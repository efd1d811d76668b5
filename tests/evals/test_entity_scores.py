"""Scores the recognisers of entities on sentences that were written and frozen before them.

Policy. The data is frozen (see `data/README.md`, section Entities). The recognisers were made with the `dev` split in
sight; the figures and the bars are those of the `test` split, which decided nothing about them. A prediction is right
when its type and value are equal to the label's and the spans overlap; each label counts once. A bar is the target of
the project where it is met, else what was measured when it was set less a margin of about two labels. A bar goes up
when a better figure has stood for a while; it goes down only together with a written reason in the change that lowers
it. Below a bar the mend is a better recogniser for a kind of wording, never one for a sentence.
"""

import json
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.understanding.entities import Phrases, find
from bot.understanding.nlu import load
from bot.understanding.train import phrases_of

ROOT = Path(__file__).parents[2]
BARS = {
    "zh": {
        "phone": 0.95, "amount": 0.95, "email": 0.95, "id_card": 0.95, "ticket": 0.95, "date_time": 0.90,
        "duration": 0.90, "address": 0.85, "plan": 0.90, "name": 0.85,
    },
    # Names have no target: measured 0.833 of 19.
    "en": {
        "phone": 0.95, "amount": 0.95, "email": 0.95, "id_card": 0.95, "ticket": 0.95, "date_time": 0.90,
        "duration": 0.90, "address": 0.90, "plan": 0.90, "name": 0.73,
    },
}  # fmt: skip


@cache
def phrases() -> Phrases:
    files = sorted((ROOT / "packs" / "telecom" / "nlu").glob("*.yml"))
    return Phrases(phrases_of(load({file.name: file.read_text(encoding="utf-8") for file in files})))


def rows(language: str, split: str) -> list[dict[str, Any]]:
    path = Path(__file__).parent / "data" / f"entities_{language}.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["split"] == split]


def _comparable(kind: str, value: Any) -> Any:
    if kind == "name":
        return " ".join(value.lower().split())
    if kind == "address":
        return {part: " ".join(said.lower().split()) for part, said in value.items()}
    return value


@cache
def figures(language: str, split: str) -> dict[str, tuple[float, float, float]]:
    """Type → (precision, recall, F1)."""
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    for row in rows(language, split):
        now = datetime.fromisoformat(row["now"])
        left = [
            e
            for e in find(row["text"], now=now, language=language, phrases=phrases())
            if e.name in BARS["zh"]
        ]
        found.update(entity.name for entity in left)
        for label in row["entities"]:
            kind = label["type"]
            labelled[kind] += 1
            for entity in left:
                if (
                    entity.name == kind
                    and entity.start < label["end"]
                    and label["start"] < entity.end
                    and _comparable(kind, entity.value) == _comparable(kind, label["value"])
                ):
                    right[kind] += 1
                    left.remove(entity)
                    break
    result = {}
    for kind in labelled:
        precision, recall = right[kind] / max(found[kind], 1), right[kind] / labelled[kind]
        result[kind] = (precision, recall, 2 * precision * recall / max(precision + recall, 1e-9))
    return result


@pytest.mark.parametrize(
    ("language", "kind"), [(language, kind) for language in BARS for kind in BARS[language]]
)
def test_f1_per_type(language: str, kind: str) -> None:
    precision, recall, f1 = figures(language, "test")[kind]
    assert f1 >= BARS[language][kind], f"{kind} {language}: precision {precision:.3f}, recall {recall:.3f}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_spans_hold_their_text(language: str) -> None:
    for row in rows(language, "dev"):
        end = 0
        for entity in find(
            row["text"], now=datetime.fromisoformat(row["now"]), language=language, phrases=phrases()
        ):
            assert end <= entity.start < entity.end and row["text"][entity.start : entity.end] == entity.text
            end = entity.end
