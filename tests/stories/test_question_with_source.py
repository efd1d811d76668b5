"""A question is answered from a page, with its source; what no page says is not made up."""

from pathlib import Path

import pytest

from core import events as e
from tests.stories.conftest import Build
from tests.stories.talk import BOTH, Talk, name_of
from tests.stories.world import Shared, World, changed

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]


async def test_the_answer_quotes_its_passage_and_names_page_and_version(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    reply = await customer.says(talk.question)

    source = reply.citations[0]
    page = (world.pack.folder / "knowledge" / talk.language / f"{talk.page}.md").read_text(encoding="utf-8")
    assert source["document"] == talk.page
    assert f'version: "{source["version"]}"' in page
    assert f'title: "{source["title"]}"' in page
    assert source["quote"] and " ".join(source["quote"].split()) in " ".join(page.split())
    (used,) = await world.of(customer.conversation, e.KnowledgeUsed)
    assert used.question == talk.question
    assert used.passages[0].document == talk.page
    assert reply.said[0]["language"] == talk.language


async def test_what_no_page_says_is_not_made_up_and_a_person_is_offered(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    reply = await customer.says(talk.unknown)

    assert reply.responses[0] == "utter_knowledge_missed"
    assert reply.citations == []
    assert "/ask_person" in reply.payloads
    (missed,) = await world.of(customer.conversation, e.KnowledgeMissed)
    assert missed.question == talk.unknown
    assert missed.best < missed.threshold
    handed = await customer.presses("/ask_person")
    assert handed.of("handoff_asked")["reason"] == "asked"


SECRETS = {
    "zh": ("神舟七号机柜在哪个机房", "神舟七号机柜", "神舟七号机柜在东门机房，钥匙在值班室。"),
    "en": ("Where is the Zanzibar cabinet kept?", "The Zanzibar cabinet", "The Zanzibar cabinet is in room 12."),
}


@pytest.mark.parametrize("audience", ["agent", "customer"])
async def test_a_page_for_agents_is_never_quoted_to_a_customer(
    build: Build, shared: Shared, tmp_path: Path, talk: Talk, audience: str
) -> None:
    question, title, words = SECRETS[talk.language]
    page = (
        f'---\ntitle: "{title}"\nversion: "1"\nlanguage: {talk.language}\naudience: {audience}\n'
        f"updated: 2026-08-01\n---\n\n## {title}\n\n{words}\n"
    )
    pack = changed(shared.pack, tmp_path, {f"knowledge/{talk.language}/cabinet.md": page})
    world = await build(pack=pack)
    customer = await world.customer(talk.language)

    hits = await world.system.knowledge.search(question, talk.language)
    answer = await world.system.answers.answer(question, talk.language)
    reply = await customer.says(question)

    # The same page for customers is found, so that the silence about the other one means something.
    assert (audience == "customer") == any(hit.passage.slug == "cabinet" for hit in hits)
    assert (audience == "customer") == (words[:10] in getattr(answer, "text", ""))
    if audience == "agent":
        assert words[-8:] not in reply.text
        assert all(source["document"] != "cabinet" for source in reply.citations)
