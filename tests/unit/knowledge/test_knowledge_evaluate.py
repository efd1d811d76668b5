"""The figures, against hand-made cases."""

import math

import pytest

from core.errors import Invalid
from knowledge.evaluate import evaluate_retrieval

CORPUS = [
    {"id": "a", "title": "Roaming", "text": "Data abroad costs 45 yuan a day."},
    {"id": "b", "text": "Invoices are sent by e-mail."},
    {"id": "c", "text": "发票在 App 里开具。"},
]


def test_a_perfect_search_scores_one() -> None:
    queries = [{"query": "data abroad", "relevant": ["a"]}, {"query": "怎么开发票", "relevant": ["c"]}]
    assert evaluate_retrieval(CORPUS, queries) == {"recall@1": 1, "recall@5": 1, "mrr@10": 1, "ndcg@10": 1}


def test_ranks_misses_and_several_relevant_passages_count_as_defined() -> None:
    queries = [
        {"query": "data abroad invoices", "relevant": ["b"]},
        {"query": "zebra", "relevant": ["a"]},
        {"query": "data abroad invoices", "relevant": ["a", "b"]},
    ]
    figures = evaluate_retrieval(CORPUS, queries)
    assert figures["recall@1"] == pytest.approx((0 + 0 + 0.5) / 3)
    assert figures["recall@5"] == pytest.approx((1 + 0 + 1) / 3)
    assert figures["mrr@10"] == pytest.approx((0.5 + 0 + 1) / 3)
    assert figures["ndcg@10"] == pytest.approx((1 / math.log2(3) + 0 + 1) / 3)


@pytest.mark.parametrize(
    ("corpus", "queries"),
    [
        (CORPUS, []),
        ([{"id": "a"}], [{"query": "x", "relevant": ["a"]}]),
        ([*CORPUS, CORPUS[0]], [{"query": "x", "relevant": ["a"]}]),
        (CORPUS, [{"query": "x", "relevant": []}]),
        (CORPUS, [{"query": "x", "relevant": ["z"]}]),
    ],
)
def test_rows_of_another_shape_are_refused(
    corpus: list[dict[str, object]], queries: list[dict[str, object]]
) -> None:
    with pytest.raises(Invalid):
        evaluate_retrieval(corpus, queries)
