"""An answer from a passage: its own sentences, quoted, with the source; or the admission that none supports
one."""

import math
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from knowledge.encode import Encoder
from knowledge.markdown import Block, Reader
from knowledge.model import Answer, Citation, Hit, Missed

LONGEST: Final = {"zh": 220, "en": 400}
"""Characters of an answer: what a chat bubble holds without scrolling."""

THRESHOLD: Final = {"zh": 0.62, "en": 0.60}
"""The least support for an answer, chosen so that about nine in ten unanswerable development questions are
declined."""

# Intercept, covered evidence, lead, likeness.
_LOGIT: Final = (-2.6, 2.9, 0.6, 1.2)
# Less than a word that was said, so that a row that has it goes first.
_ALTERNATIVE: Final = 0.6
_SENTENCE: Final = re.compile(
    r"(?<=[。！？])(?![”』」）])|(?<=[。！？][”』」）])|(?<=[.!?])\s+(?=[\"“(]?[A-Z0-9])"
)
_CLAUSE_END: Final = "，,；;、："
_LEADS_IN: Final = (":", "：")


class _Unit(msgspec.Struct, frozen=True):
    """The least that is quoted: a sentence, a list item, a table row. `block`: which of the passage's
    blocks."""

    block: int
    text: str


class _Read(NamedTuple):
    """A passage as it was read: its blocks, its units, and the ids of the terms of each unit."""

    blocks: list[Block]
    units: list[_Unit]
    terms: list[frozenset[int]]


def support(hits: Sequence[Hit]) -> float:
    """How well the best hit supports an answer, 0–1; 0 without hits.

    The chance that the best hit is from the right document, by a logistic regression on development questions
    with the pages' other wordings and without them, from three measures: the evidence in rare words' worth,
    discounted by the share of the question's information that the passage has (its logarithm: the tenth rare
    word proves little more); the lead over the best hit of another document; and the likeness to the nearest
    wording that the passage is asked for with.
    """
    if not hits or hits[0].score <= 0:
        return 0.0
    best = hits[0]
    others = (hit.score for hit in hits[1:] if hit.passage.slug != best.passage.slug)
    lead = 1.0 - max(others, default=0.0) / best.score
    measures = (1.0, math.log1p(best.coverage * best.evidence), lead, best.likeness)
    logit = sum(weight * measure for weight, measure in zip(_LOGIT, measures, strict=True))
    return 1.0 / (1.0 + math.exp(-logit))


class Answerer:
    """Answers from hits. Deterministic: it chooses sentences and never writes one."""

    def __init__(self, encoder: Encoder, remembered: int = 512) -> None:
        """`remembered`: of how many passages what was read is kept."""
        self._encoder = encoder
        self._reader = Reader()
        self._remembered = remembered
        self._read: dict[tuple[str, str], _Read] = {}

    def answer(self, question: str, hits: Sequence[Hit], language: str) -> Answer | Missed:
        """Answers `question` from its `hits` (best first) in `language` ("zh" or "en"), or says what is
        missing."""
        threshold = THRESHOLD.get(language, THRESHOLD["en"])
        found = support(hits)
        if found < threshold:
            return Missed(round(found, 4), threshold)
        text, citation = self.quote(question, hits[0])
        return Answer(text, citation.quote, (citation,), round(found, 4))

    def quote(self, question: str, hit: Hit) -> tuple[str, Citation]:
        """What the passage of a hit says to the question, in its own sentences, however well that answers it."""
        passage = hit.passage
        text, quote = self._choose(passage.text, self._weights(question, hit), passage.language)
        return text, Citation(passage.slug, passage.title, passage.version, quote, passage.id)

    def _weights(self, question: str, hit: Hit) -> dict[int, float]:
        weights = {self._encoder.index(term.text): term.weight for term in hit.terms}
        others: dict[int, float] = {}
        for said, alternatives in self._encoder.alternatives(question).items():
            for other in alternatives - weights.keys():
                others[other] = others.get(other, 0.0) + _ALTERNATIVE * weights.get(said, 0.0)
        return weights | others

    def _choose(self, markdown: str, weights: dict[int, float], language: str) -> tuple[str, str]:
        blocks, units, terms = self._passage(markdown, language)
        if not units:
            return markdown, markdown
        values = [sum(weights.get(index, 0.0) for index in present) for present in terms]
        longest = LONGEST.get(language, LONGEST["en"])
        chosen: set[int] = set()
        for number in self._preferred(units, blocks, values):
            if not chosen or len(_written(units, chosen | {number}, blocks, language)) <= longest:
                chosen.add(number)
        first, last = (blocks[units[number].block].source for number in (min(chosen), max(chosen)))
        begin = markdown.find(first)
        quote = markdown[begin : markdown.rfind(last) + len(last)]
        return _shortened(_written(units, chosen, blocks, language), longest), quote

    def _passage(self, markdown: str, language: str) -> _Read:
        """A passage is read once; questions come again and again."""
        known = self._read.get((markdown, language))
        if known is None:
            blocks = [
                block
                for block in self._reader.blocks(markdown)
                if block.kind != "asked" and (block.lines or block.rows)
            ]
            units = [unit for number, block in enumerate(blocks) for unit in _units(number, block, language)]
            terms = [frozenset(self._encoder.index(term.text) for term in self._encoder.terms(unit.text)) for unit in units]
            known = _Read(blocks, units, terms)
            if len(self._read) >= self._remembered:
                self._read.pop(next(iter(self._read)))
            self._read[(markdown, language)] = known
        return known

    @staticmethod
    def _preferred(units: Sequence[_Unit], blocks: Sequence[Block], values: Sequence[float]) -> list[int]:
        """Numbers of units, the most wanted first: the best match with what introduces it, the beginning, the
        row of a table that matches better than others of its table, the rest of the best match's list or table,
        what follows it, everything else in order."""
        best = max(range(len(units)), key=lambda number: (values[number], -number))
        block = units[best].block
        same = [number for number, unit in enumerate(units) if unit.block == block]
        before = same[0] - 1
        introduction = [before] if before >= 0 and units[before].text.endswith(_LEADS_IN) else []
        beside = same if blocks[block].kind in ("list", "table") else []
        after = range(best + 1, len(units))
        rows = [number for number, unit in enumerate(units) if blocks[unit.block].kind == "table"]
        meant = max(rows, key=lambda number: (values[number], -number), default=0)
        told = [meant] if any(values[number] < values[meant] for number in rows) else []
        order = [best, *introduction, 0, *told, *beside, *after, *range(len(units))]
        return list(dict.fromkeys(order))


def _units(number: int, block: Block, language: str) -> list[_Unit]:
    if block.kind == "table":
        return [_Unit(number, _row(block.header, row, language)) for row in block.rows]
    if block.kind == "list":
        return [_Unit(number, line) for line in block.lines if line]
    return [
        _Unit(number, one.strip()) for line in block.lines for one in _SENTENCE.split(line) if one.strip()
    ]


def _row(header: Sequence[str], row: Sequence[str], language: str) -> str:
    # A row alone must say what its numbers are: "Name: column value, column value".
    colon, comma, space = ("：", "，", "") if language == "zh" else (": ", ", ", " ")
    named = list(zip(header, row, strict=False))[1:]
    if len(named) == 1:
        return f"• {row[0]}{colon}{row[1]}"
    cells = comma.join(f"{name}{space or ' '}{cell}" for name, cell in named if cell)
    return f"• {row[0]}{colon}{cells}"


def _written(units: Sequence[_Unit], chosen: set[int], blocks: Sequence[Block], language: str) -> str:
    text = ""
    before = -1
    for number in sorted(chosen):
        unit = units[number]
        prose = blocks[unit.block].kind not in ("list", "table")
        if not text:
            text = unit.text
        elif prose and unit.block == before:
            text += unit.text if language == "zh" else f" {unit.text}"
        else:
            text += f"\n{unit.text}"
        before = unit.block
    return text


def _shortened(text: str, longest: int) -> str:
    # Only a single sentence longer than a whole bubble comes here; it is cut where a clause ends.
    if len(text) <= longest:
        return text
    cut = max(text.rfind(mark, 0, longest) for mark in _CLAUSE_END)
    return f"{text[: cut if cut > longest // 2 else longest].rstrip()}…"
