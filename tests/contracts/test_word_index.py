"""The search over what was said, in every store: found as it was written, by parts, by the newest hit, gone when erased."""

from typing import Any

import pytest
from sqlalchemy import text

from core import events as e
from core.finding import Hit, WordIndex, terms
from core.ports import Append
from store.memory import MemoryStore
from store.words import word_index
from tests.contracts.worlds import NOW, Store, World, said, started


async def taken(index: WordIndex) -> WordIndex:
    """The index with everything that is in the log."""
    while await index.follow():
        pass
    return index


async def told(store: Store, **conversations: tuple[str, ...]) -> WordIndex:
    """One conversation for each name with these words of its customer; the index over them."""
    for name, sentences in conversations.items():
        stream = f"conversation:{name}"
        await store.append(started(stream))
        for sentence in sentences:
            await store.append(said(sentence, stream))
    return await taken(word_index(store))


async def found(index: WordIndex, question: str, limit: int = 10, **more: Any) -> list[str]:
    return [hit.words.conversation for hit in await index.search(terms(question), limit, **more)]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("My broadband went down", "broadband"),
        ("My broadband went down", "BROAD went"),
        ("My broadband went down", "wn"),
        ("家里宽带断网了", "宽带断网"),
        ("家里宽带断网了", "断网"),
        ("家里宽带断网了", "网"),
        ("家裡寬帶斷網了", "宽带断网"),
        ("家里宽带断网了", "寬帶"),
        ("call １３８ １２３４", "1234"),
        ("100% off_line \\ 'now' \"here\"", "100%"),
        ("100% off_line \\ 'now' \"here\"", "off_line"),
        ("100% off_line \\ 'now' \"here\"", '"here"'),
        ("100% off_line \\ 'now' \"here\"", "\\ 'now'"),
        ("我要开发票 invoice 谢谢", "发票 invoice"),
        ("straße", "STRASSE"),
        ("😀 fine", "😀"),
    ],
)
async def test_words_are_found_in_part_and_in_either_script(store: Store, sentence: str, question: str) -> None:
    index = await told(store, a=(sentence,), b=("something else altogether 别的",))
    assert await found(index, question) == ["a"]


@pytest.mark.parametrize("question", ["", "  ", "%", "_", "x%d", "my OR", "broadband NOT", "\0", "broadband slow", '"', "*", "宽 带断"])
async def test_what_was_not_said_is_not_found(store: Store, question: str) -> None:
    index = await told(store, a=("my broadband is down",), b=("it is slow", "宽带"))
    assert await found(index, question) == []


async def test_conversations_come_once_by_their_newest_hit_page_by_page(store: Store) -> None:
    index = await told(store, a=("router one",), b=("router two", "router three"), c=("modem",))
    await store.append(said("the router again", "conversation:a"))
    await taken(index)
    hits = await index.search(terms("router"), 10)
    assert [(hit.words.conversation, hit.words.seq, hit.words.text, hit.count) for hit in hits] == [
        ("a", 3, "the router again", 2), ("b", 3, "router three", 2),
    ]  # fmt: skip
    (first,) = await index.search(terms("router"), 1)
    assert await found(index, "router", before=first.words.position) == ["b"]
    assert await found(index, "router", before=hits[-1].words.position) == []


async def test_whoever_said_it_is_found(store: Store) -> None:
    await store.append(started(name="Wilhelmina"))
    file = e.File(file="f", name="router-photo.png", type="image/png", size=1)
    spoken: list[tuple[str, str, e.Event]] = [
        ("customer", "photo", e.CustomerSaid(id="1", files=(file,))),
        ("bot", "restart", e.BotSaid(text="Please restart it", language="en")),
        ("agent", "moment", e.AgentSaid(id="2", agent="anna", text="One moment")),
        ("note", "angry", e.AgentNoted(id="3", agent="anna", text="rather angry")),
        ("note", "billing", e.Transferred(by="anna", skill="x", note="a billing case")),
        ("ticket", "T-1234", e.TicketOpened(ticket="T-1234-ABCD", type="fault", contact="contact:1")),
        ("rating", "splendid", e.Rated(score=5, comment="splendid")),
    ]
    for _, _, event in spoken:
        await store.append(Append("conversation:c", (event,), e.THE_SYSTEM, NOW))
    index = await taken(word_index(store))
    for by, question, _ in [("name", "wilhelm", None), *spoken]:
        (hit,) = await index.search(terms(question), 10)
        assert (hit.words.by, hit.words.conversation) == (by, "c")


async def test_erased_words_are_gone_at_once_and_stay_gone(world: World) -> None:
    store = await world.open()
    index = await told(store, a=("the parrot Zebedee", "宽带断网了"), b=("another parrot",))
    await store.append(said("Zebedee spoke before it was taken in", "conversation:a"))
    await store.erase(["conversation:a"], e.THE_SYSTEM, NOW)
    for _ in range(2):
        assert await found(index, "zebedee") == []
        assert await found(index, "断网") == []
        assert await found(index, "parrot") == ["b"]
        await taken(index)
    everything = (await world.everything()).lower()
    assert b"zebedee" not in everything and b"parrot" in everything
    await index.rebuild()
    await taken(index)
    assert await found(index, "zebedee") == []
    await store.append(said("and here I am again", "conversation:a"))
    await taken(index)
    assert await found(index, "again") == ["a"]


async def test_no_part_of_erased_words_stays_in_a_sqlite_file(world: World) -> None:
    if world.kind != "sqlite":
        return
    store = await world.open()
    assert not isinstance(store, MemoryStore)
    await told(store, a=("qxzj",), b=("something",))
    async with store.engine.connect() as connection:
        before = (await connection.execute(text("SELECT count(*) FROM words_fts_data"))).scalar_one()
    assert before and b"xzj" in await world.everything()
    await store.erase(["conversation:a"], e.THE_SYSTEM, NOW)
    assert b"xzj" not in await world.everything()


async def test_a_rebuild_finds_the_same(store: Store) -> None:
    index = await told(store, a=("one word", "two words"), b=("third word",), c=("一个词",))

    async def all_of_it() -> list[list[Hit]]:
        return [await index.search(terms(question), 10) for question in ("word", "two", "词")]

    before = await all_of_it()
    assert [len(hits) for hits in before] == [2, 1, 1]
    await index.rebuild()
    await taken(index)
    assert await all_of_it() == before


async def test_two_processes_take_every_event_in_once(world: World) -> None:
    one, two = await world.open("one"), await world.open("two")
    await told(one, a=("first router",))
    await two.append(said("second router", "conversation:a"))
    for _ in range(3):
        await word_index(one).follow()
        await word_index(two).follow()
    for store in (one, two):
        (hit,) = await word_index(store).search(terms("router"), 10)
        assert (hit.words.text, hit.count) == ("second router", 2)
