"""The service: in step with the documents, never leaking, never raising, always the same."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import IndexDamaged
from knowledge.index_edge import EdgeIndex
from knowledge.index_memory import MemoryIndex
from knowledge.memory import MemoryDocuments
from knowledge.model import Answer, Filter, Missed, Passage, SparseVector
from knowledge.search import Knowledge, Synced
from tests.unit.knowledge.knowledge_pages import FILES, INVOICE, ROAMING, STAFF, page, parsed

ODD = [
    "",
    " ",
    "\n\t",
    "?",
    "！？。",
    "😀" * 50,
    "a",
    "贵",
    "\x00",
    "宽带" * 5_000,
    "x " * 5_000,
    "שלום עולם",
    "的",
    "the",
]


async def _knowledge() -> tuple[Knowledge, MemoryDocuments, MemoryIndex]:
    documents, index = MemoryDocuments(), MemoryIndex()
    knowledge = Knowledge(documents, index)
    await knowledge.ingest(FILES)
    return knowledge, documents, index


@pytest.mark.asyncio
async def test_finds_the_passage_and_says_why() -> None:
    knowledge, _, _ = await _knowledge()
    best, *_ = await knowledge.search("How much is data abroad in Europe?", "en")
    assert (best.passage.slug, best.passage.ordinal) == ("roaming", 0)
    assert {"data", "abroad", "europ"} <= {term.text for term in best.terms}
    assert sum(term.weight for term in best.terms) == pytest.approx(best.coverage, abs=0.001)
    assert 0 < best.coverage <= 1
    assert best.evidence > 0
    assert (await knowledge.search("LOS灯是红的", "zh"))[0].passage.slug == "lights"


@pytest.mark.asyncio
async def test_an_agents_page_is_for_agents() -> None:
    knowledge, _, _ = await _knowledge()
    question = "how much goodwill may I grant"
    assert all(hit.passage.audience == "customer" for hit in await knowledge.search(question, "en"))
    both = await knowledge.search(question, "en", audiences=("customer", "agent"))
    assert both[0].passage.slug == "goodwill"
    assert await knowledge.search(question, "en", audiences=()) == []


@pytest.mark.asyncio
async def test_language_is_a_filter_and_an_unknown_one_searches_all() -> None:
    knowledge, _, _ = await _knowledge()
    assert await knowledge.search("LOS", "en") == []
    assert [hit.passage.slug for hit in await knowledge.search("LOS", None)] == ["lights"]
    assert [hit.passage.slug for hit in await knowledge.search("LOS", "fr")] == ["lights"]


@pytest.mark.asyncio
async def test_a_stale_index_omits_and_never_leaks() -> None:
    knowledge, documents, index = await _knowledge()
    question = "pass for Europe"
    assert (await knowledge.search(question, "en"))[0].passage.text.startswith(
        "A day pass for Europe costs 45"
    )
    await documents.put(*parsed("roaming", ROAMING.replace("45", "39")))
    assert await knowledge.search(question, "en") == []
    assert await knowledge.sync() == Synced(2, 2, rebuilt=False)
    assert "39" in (await knowledge.search(question, "en"))[0].passage.text
    await documents.remove("roaming", "en")
    assert await knowledge.search(question, "en") == []
    assert len(await index.ids()) == 5


@pytest.mark.asyncio
async def test_a_page_that_became_internal_is_not_shown_by_an_old_index() -> None:
    knowledge, documents, _ = await _knowledge()
    assert await knowledge.search("goodwill", "en") == []
    await documents.put(*parsed("invoice", INVOICE.replace("audience: customer", "audience: agent")))
    assert await knowledge.search("where do I get an invoice", "en") == []
    await knowledge.sync()
    hits = await knowledge.search("where do I get an invoice", "en")
    assert all(hit.passage.slug != "invoice" for hit in hits)


@pytest.mark.asyncio
async def test_syncing_step_by_step_is_the_same_as_from_nothing() -> None:
    knowledge, documents, index = await _knowledge()
    await knowledge.ingest({"en/roaming.md": ROAMING.replace("Europe", "Asia"), "en/goodwill.md": STAFF})
    await knowledge.ingest({**FILES, "en/extra.md": page("Extra", "Data passes for Europe and Asia.")})
    assert await knowledge.sync() == Synced(0, 0, rebuilt=False)
    fresh_index = MemoryIndex()
    fresh = Knowledge(documents, fresh_index)
    assert await fresh.start() == Synced(6, 0, rebuilt=True)
    assert await fresh_index.ids() == await index.ids()
    for question in ("data in Europe", "invoice by e-mail", "roaming"):
        assert await fresh.search(question, "en") == await knowledge.search(question, "en")


@pytest.mark.asyncio
async def test_equal_scores_come_by_id_and_the_same_query_gives_the_same() -> None:
    documents = MemoryDocuments()
    knowledge = Knowledge(documents, MemoryIndex())
    await knowledge.ingest({f"en/p{number}.md": page("Same", "The very same text.") for number in range(9)})
    hits = await knowledge.search("same text", "en", limit=4)
    every = await documents.all_passages("", 10)
    assert [hit.passage.id for hit in hits] == [passage.id for passage in every[:4]]
    assert await knowledge.search("same text", "en", limit=4) == hits
    assert len(await knowledge.search("same text", "en", limit=1_000)) == 9
    assert await knowledge.search("same text", "en", limit=0) == []


@pytest.mark.parametrize("language", ["zh", "en", None])
@pytest.mark.asyncio
async def test_odd_queries_are_searched_and_answered(language: str | None, tmp_path: Path) -> None:
    memory, _, _ = await _knowledge()
    edge = Knowledge(MemoryDocuments(), EdgeIndex(tmp_path))
    await edge.ingest(FILES)
    for query in ODD:
        hits = await memory.search(query, language)
        assert [hit.passage for hit in await edge.search(query, language)] == [hit.passage for hit in hits]
        assert isinstance(memory.answer(query, hits, language or "en"), Answer | Missed)
    await edge.close()


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
@pytest.mark.asyncio
async def test_any_text_may_be_asked(query: str) -> None:
    knowledge, _, _ = await _knowledge()
    hits = await knowledge.search(query, None)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.asyncio
async def test_an_index_on_disk_is_used_again_and_rebuilt_when_lost(tmp_path: Path) -> None:
    documents = MemoryDocuments()
    knowledge = Knowledge(documents, EdgeIndex(tmp_path))
    await knowledge.ingest(FILES)
    before = await knowledge.search("data abroad", "en")
    await knowledge.close()
    knowledge = Knowledge(documents, EdgeIndex(tmp_path))
    assert await knowledge.start() == Synced(0, 0, rebuilt=False)
    assert await knowledge.search("data abroad", "en") == before
    await knowledge.close()
    (tmp_path / "state").unlink()
    knowledge = Knowledge(documents, EdgeIndex(tmp_path))
    assert await knowledge.start() == Synced(5, 0, rebuilt=True)
    assert await knowledge.search("data abroad", "en") == before
    await knowledge.close()


@pytest.mark.asyncio
async def test_another_encoders_index_is_rebuilt() -> None:
    _, documents, index = await _knowledge()
    statistics = await index.statistics()
    await index.set_fingerprint("0:" + await documents.fingerprint(), statistics)
    assert (await Knowledge(documents, index).start()).rebuilt
    await index.set_fingerprint("1:" + await documents.fingerprint(), b"\xc1 no statistics")
    assert (await Knowledge(documents, index).start()).rebuilt


class _PublishedMeanwhile(MemoryDocuments):
    """Publishes another version while its passages are being read for the index, once."""

    armed = False

    async def all_passages(self, after: str, limit: int) -> list[Passage]:
        if self.armed:
            self.armed = False
            await self.put(*parsed("roaming", ROAMING.replace("45", "39")))
        return await super().all_passages(after, limit)


@pytest.mark.asyncio
async def test_what_is_published_during_a_sync_is_in_the_index_after_it() -> None:
    documents, index = _PublishedMeanwhile(), MemoryIndex()
    knowledge = Knowledge(documents, index)
    await knowledge.ingest(FILES)
    await documents.put(*parsed("invoice", INVOICE.replace("one day", "two days")))
    documents.armed = True
    await knowledge.sync()
    assert await index.ids() == {passage.id for passage in await documents.all_passages("", 100)}
    assert await knowledge.sync() == Synced(0, 0, rebuilt=False)
    assert "39" in (await knowledge.search("pass for Europe", "en"))[0].passage.text


class _Damaged(MemoryIndex):
    """Cannot be read until it is cleared."""

    damaged = False

    async def search(self, vector: SparseVector, where: Filter, limit: int) -> list[tuple[str, float]]:
        if self.damaged:
            raise IndexDamaged("a file is gone")
        return await super().search(vector, where, limit)

    async def clear(self) -> None:
        self.damaged = False
        await super().clear()


@pytest.mark.asyncio
async def test_an_index_that_breaks_under_way_is_rebuilt_and_the_search_answered() -> None:
    index = _Damaged()
    knowledge = Knowledge(MemoryDocuments(), index)
    await knowledge.ingest(FILES)
    index.damaged = True
    assert (await knowledge.search("data abroad", "en"))[0].passage.slug == "roaming"
    assert not index.damaged


@pytest.mark.asyncio
async def test_a_question_in_other_words_is_found_and_the_wording_never_shown() -> None:
    asked = ROAMING.replace("abroad?\n", "abroad?\n<!-- asked: Surfing on holiday | 度假上网 -->\n", 1)
    knowledge = Knowledge(MemoryDocuments(), MemoryIndex())
    await knowledge.ingest({**FILES, "en/roaming.md": asked})
    best, *_ = hits = await knowledge.search("surfing while on holiday", "en")
    assert (best.passage.slug, best.passage.ordinal) == ("roaming", 0)
    assert best.likeness == pytest.approx(1.0)
    answer = knowledge.answer("surfing while on holiday", hits, "en")
    assert isinstance(answer, Answer)
    assert "45 yuan" in answer.text
    assert "asked" not in answer.text + answer.quote
    assert "holiday" not in answer.text + answer.quote


@pytest.mark.asyncio
async def test_the_section_with_the_nearest_wording_goes_before_one_with_the_same_words() -> None:
    body = (
        "## Speed\n<!-- asked: do I get the full 500M -->\n\nA 500M line is measured by cable.\n\n"
        "## Prices\n<!-- asked: how much is 500M -->\n\nFrom 79 to 199 yuan."
    )
    knowledge = Knowledge(MemoryDocuments(), MemoryIndex())
    await knowledge.ingest({**FILES, "en/fibre.md": page("Fibre", body)})
    prices, speed, *_ = await knowledge.search("how much is 500M", "en")
    assert (prices.passage.path, speed.passage.path) == (("Prices",), ("Speed",))
    assert prices.likeness > speed.likeness
