"""Figures for retrieval, by the same road as a customer's question."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.errors import Invalid
from core.language import recognise
from knowledge.index_memory import MemoryIndex
from knowledge.memory import MemoryDocuments
from knowledge.model import Document, Passage
from knowledge.search import Knowledge

_DEPTH: Final = 10


def evaluate_retrieval(
    corpus_rows: Sequence[Mapping[str, Any]], query_rows: Sequence[Mapping[str, Any]]
) -> dict[str, float]:
    """`recall@1 recall@5 mrr@10 ndcg@10`, each 0–1, means over the queries; see `evaluate`. For callers
    without a loop."""
    return asyncio.run(evaluate(corpus_rows, query_rows))


async def evaluate(
    corpus_rows: Sequence[Mapping[str, Any]], query_rows: Sequence[Mapping[str, Any]]
) -> dict[str, float]:
    """Searches every query in all passages and compares with what is relevant.

    `corpus_rows`: `{"id", "title"?, "text"}`; `query_rows`: `{"query", "relevant": [ids]}`. recall@k is the
    share of a query's relevant passages among the first k; nDCG uses binary gains (Järvelin and Kekäläinen,
    2002, log base 2).
    Raises `core.errors.Invalid` for rows of another shape and for relevant ids that the corpus lacks.
    """
    if not query_rows:
        raise Invalid("There are no queries to evaluate.", field="queries")
    documents, ids = await _documents(corpus_rows)
    knowledge = Knowledge(documents, MemoryIndex(), remembered=max(256, len(ids)))
    await knowledge.start()
    totals = {"recall@1": 0.0, "recall@5": 0.0, "mrr@10": 0.0, "ndcg@10": 0.0}
    for number, row in enumerate(query_rows, start=1):
        relevant = _relevant(row, number, ids)
        hits = await knowledge.search(str(row["query"]), None, limit=_DEPTH)
        for name, value in _figures([hit.passage.slug for hit in hits], relevant).items():
            totals[name] += value
    return {name: value / len(query_rows) for name, value in totals.items()}


def _figures(found: Sequence[str], relevant: set[str]) -> dict[str, float]:
    ranks = [rank for rank, id in enumerate(found[:_DEPTH], start=1) if id in relevant]
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(relevant), _DEPTH) + 1))
    return {
        "recall@1": sum(rank <= 1 for rank in ranks) / len(relevant),
        "recall@5": sum(rank <= 5 for rank in ranks) / len(relevant),
        "mrr@10": 1 / ranks[0] if ranks else 0.0,
        "ndcg@10": sum(1 / math.log2(rank + 1) for rank in ranks) / ideal,
    }


async def _documents(rows: Sequence[Mapping[str, Any]]) -> tuple[MemoryDocuments, set[str]]:
    documents = MemoryDocuments()
    ids: set[str] = set()
    for number, row in enumerate(rows, start=1):
        id, text = row.get("id"), row.get("text")
        if not isinstance(id, str) or not isinstance(text, str) or id in ids:
            raise Invalid(f'Corpus row {number} needs a "text" and an "id" of its own.', field="corpus")
        ids.add(id)
        title = str(row.get("title") or "").replace("_", " ")
        language = recognise(text, "en")
        document = Document(id, id, title, language, "1", "customer", id, "", "evaluation")
        passage = Passage(id, id, id, title, "1", language, (), text, 0, "customer")
        await documents.put(document, [passage])
    return documents, ids


def _relevant(row: Mapping[str, Any], number: int, ids: set[str]) -> set[str]:
    relevant = row.get("relevant")
    if not isinstance(row.get("query"), str) or not isinstance(relevant, list) or not relevant:
        raise Invalid(f'Query row {number} needs a "query" and a list "relevant".', field="queries")
    unknown = [id for id in relevant if id not in ids]
    if unknown:
        raise Invalid(f"Query row {number} names {unknown[0]!r}, which the corpus lacks.", field="queries")
    return set(relevant)
