"""A folder becomes documents; the same folder again changes nothing."""

import pytest

from core.errors import PackMistake
from knowledge.ingest import ingest, parse
from knowledge.memory import MemoryDocuments
from knowledge.synonyms import read_synonyms
from tests.unit.knowledge.knowledge_pages import FILES, INVOICE, ROAMING, page, parsed


def test_a_page_becomes_a_document_with_passages() -> None:
    document, passages = parsed("roaming", ROAMING)
    assert (document.slug, document.title, document.version) == ("roaming", "Roaming abroad", "1")
    assert (document.language, document.audience, document.updated) == ("en", "customer", "2026-09-01")
    assert [passage.ordinal for passage in passages] == [0, 1]
    assert passages[1].path == ("How do I switch roaming on?",)
    assert {passage.document for passage in passages} == {document.id}
    assert parsed("roaming", ROAMING)[1] == passages
    assert {one.id for one in parsed("roaming", ROAMING + "\nMore.\n")[1]}.isdisjoint(
        one.id for one in passages
    )


@pytest.mark.parametrize(
    ("path", "text", "line", "says"),
    [
        ("en/a.md", "Text.", 1, "no front matter"),
        ("en/a.md", "---\ntitle: A\n", 1, "no end"),
        ("en/a.md", "---\ntitle: A: B\nversion: 1\n---\nText.", 2, "not YAML"),
        ("en/a.md", "---\n- a\n---\nText.", 2, "names and values"),
        ("en/a.md", ROAMING.replace("audience: customer\n", ""), 2, "audience is missing"),
        ("zh/a.md", ROAMING, 1, "lies elsewhere"),
        ("en/a.md", page("A", ""), 8, "no text"),
    ],
)
def test_a_mistake_names_file_and_line(path: str, text: str, line: int, says: str) -> None:
    with pytest.raises(PackMistake, match=says) as caught:
        parse(path, text, "pack")
    assert (caught.value.file, caught.value.line) == (path, line)


@pytest.mark.asyncio
async def test_unchanged_pages_are_left_alone_and_missing_ones_removed() -> None:
    documents = MemoryDocuments()
    assert len((await ingest(documents, FILES)).published) == 4
    fingerprint = await documents.fingerprint()
    again = await ingest(documents, FILES)
    assert (again.published, again.removed, len(again.unchanged)) == ((), (), 4)
    assert await documents.fingerprint() == fingerprint
    changed = {"en/roaming.md": ROAMING.replace("45 yuan", "39 yuan"), "zh/lights.md": FILES["zh/lights.md"]}
    report = await ingest(documents, changed)
    assert report.published == ("en/roaming",)
    assert report.unchanged == ("zh/lights",)
    assert report.removed == ("en/goodwill", "en/invoice")
    assert await documents.fingerprint() != fingerprint
    assert {one.slug for one in await documents.live()} == {"roaming", "lights"}


@pytest.mark.asyncio
async def test_other_sources_are_not_touched() -> None:
    documents = MemoryDocuments()
    await documents.put(*parse("en/invoice.md", INVOICE, "desk"))
    assert (await ingest(documents, {"en/roaming.md": ROAMING})).removed == ()
    assert {one.slug for one in await documents.live()} == {"invoice", "roaming"}


@pytest.mark.asyncio
async def test_a_mistake_in_one_page_publishes_none() -> None:
    documents = MemoryDocuments()
    with pytest.raises(PackMistake):
        await ingest(documents, {"en/roaming.md": ROAMING, "en/zoo.md": "nothing"})
    assert await documents.live() == []


@pytest.mark.asyncio
async def test_publishing_replaces_the_version_whole() -> None:
    documents = MemoryDocuments()
    old, new = parsed("roaming", ROAMING), parsed("roaming", ROAMING.replace("45", "39"))
    await documents.put(*old)
    await documents.put(*new)
    assert await documents.live() == [new[0]]
    assert await documents.passages([one.id for one in old[1]]) == []
    assert await documents.all_passages("", 10) == sorted(new[1], key=lambda one: one.id)
    assert await documents.all_passages(max(one.id for one in new[1]), 10) == []
    assert await documents.remove("roaming", "en")
    assert not await documents.remove("roaming", "en")
    assert (await documents.live(), await documents.fingerprint()) == ([], "")


def test_synonyms_are_read_and_mistakes_named() -> None:
    assert read_synonyms({}) == []
    assert read_synonyms({"synonyms.yml": "zh:\n  - [光猫, 猫]\nen:\n  - [modem, box]"}) == [
        ("光猫", "猫"),
        ("modem", "box"),
    ]
    for wrong in ("- a", "en: [modem]", "en:\n  - [modem, {a: b}]", "en: ["):
        with pytest.raises(PackMistake):
            read_synonyms({"synonyms.yml": wrong})


def test_a_comment_without_an_end_is_named_instead_of_hiding_the_rest() -> None:
    text = page("Bills", "## Paying\n<!-- asked: How do I pay?\n\nBy card.")
    with pytest.raises(PackMistake, match="no end") as caught:
        parse("en/bills.md", text, "pack")
    assert text.splitlines()[caught.value.line - 1].startswith("<!-- asked")


def test_other_wordings_are_part_of_a_passage_and_of_the_hash() -> None:
    plain = page("Bills", "## Paying\n\nBy card.")
    worded = page("Bills", "## Paying\n<!-- asked: How do I pay? -->\n\nBy card.")
    (before, _), (after, (passage,)) = parsed("bills", plain), parsed("bills", worded)
    assert (passage.text, passage.asked) == ("By card.", ("How do I pay?",))
    assert before.hash != after.hash
