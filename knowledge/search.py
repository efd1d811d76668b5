"""The service: keeps the index in step with the documents, finds passages, answers from them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from knowledge.answer import Answerer
from knowledge.encode import (
    ENCODER_VERSION,
    MAX_QUERY_CHARACTERS,
    EncodedQuery,
    Encoder,
    Statistics,
    Wording,
)
from knowledge.errors import IndexDamaged
from knowledge.ingest import Report, ingest
from knowledge.model import Answer, Citation, Entry, Filter, Hit, MatchedTerm, Missed, Passage
from knowledge.ports import Documents, PassageIndex
from knowledge.recent import Recent
from knowledge.wordings import everyday

LANGUAGES: Final = ("zh", "en")
"""Any other language searches in all pages."""

_PAGE: Final = 200
# Sections of the same page support each other; and where a hit is gone from SQL, the next one takes its
# place.
_MORE_HITS: Final = 24
_ASKED_HITS: Final = 14
_DECIMALS: Final = 4
# Chosen on development questions: the neighbours of a section add 0.4, 0.16 and 0.064 of their scores.
_NEIGHBOUR: Final = 0.4
_NEIGHBOURS: Final = 3
# Likewise: a question that is one of the passage's wordings counts as four rare words.
_LIKENESS: Final = 4.0



class Synced(msgspec.Struct, frozen=True):
    """What bringing the index in step took: passages added and removed; `rebuilt`: it was started from
    nothing."""

    added: int
    removed: int
    rebuilt: bool


class Knowledge:
    """Finds passages and answers from them. One per process; `start` before the first search, `close` at the
    end."""

    def __init__(
        self,
        documents: Documents,
        index: PassageIndex,
        *,
        synonyms: Sequence[Sequence[str]] = (),
        remembered: int = 512,
    ) -> None:
        """`synonyms`: the pack's groups (see `read_synonyms`), beside the everyday ones of `wordings`.

        `remembered`: how many searches and answers are kept in memory, each; of passages four times as many.
        """
        self._documents = documents
        self._index = index
        self._encoder = Encoder([*everyday(), *synonyms])
        self._answerer = Answerer(self._encoder)
        self._statistics = Statistics()
        self._generation = 0
        self._syncing = asyncio.Lock()
        self._hits: Recent[list[Hit]] = Recent(remembered)
        self._answers: Recent[Answer | Missed] = Recent(remembered)
        self._vectors: Recent[frozenset[int]] = Recent(4 * remembered)
        self._wordings: Recent[tuple[Wording, ...]] = Recent(4 * remembered)
        self._passages: Recent[Passage] = Recent(4 * remembered)
        self._passages_of = ""

    async def start(self) -> Synced:
        """Opens for searching: an index that is missing, damaged or stale is brought in step first."""
        return await self.sync()

    async def ingest(self, files: Mapping[str, str], source: str = "pack") -> Report:
        """Publishes a folder of pages (see `ingest.ingest`) and brings the index in step."""
        report = await ingest(self._documents, files, source)
        await self.sync()
        return report

    async def sync(self) -> Synced:
        """Brings the index in step with the live documents; nothing to do when their fingerprint is the same.

        Searches go on meanwhile. An index without a fingerprint (new, cut short, damaged) is started from
        nothing.
        """
        async with self._syncing:
            try:
                return await self._sync()
            except IndexDamaged:
                await self._index.clear()
                return await self._sync()

    async def search(
        self, query: str, language: str | None, audiences: Sequence[str] = ("customer",), limit: int = 5
    ) -> list[Hit]:
        """The passages for `query`, best first, equal scores by id; at most `limit` (≤ 50).

        `language`: "zh" or "en"; anything else searches all pages. Only passages that are live in the
        documents at this moment and for one of `audiences` are returned, whatever the index holds. Any text
        is accepted; one without a word that any page has finds nothing.
        """
        where = Filter(language if language in LANGUAGES else None, tuple(sorted(set(audiences))))
        live = await self._documents.fingerprint()
        key = (query, where, limit, live, self._generation)
        known = self._hits.get(key)
        if known is None:
            known = await self._search(query, where, max(0, min(limit, 50)), live)
            # Published meanwhile: what was found belongs to another live set than the key says.
            if len(query) <= MAX_QUERY_CHARACTERS and live == await self._documents.fingerprint():
                self._hits.put(key, known)
        return list(known)

    def answer(self, question: str, hits: Sequence[Hit], language: str) -> Answer | Missed:
        """Answers from `hits` of the same question, or says that they do not support an answer."""
        key = (question, language, tuple((hit.passage.id, hit.score) for hit in hits))
        known = self._answers.get(key)
        if known is None:
            known = self._answerer.answer(question, hits, language)
            if len(question) <= MAX_QUERY_CHARACTERS:
                self._answers.put(key, known)
        return known

    def quote(self, question: str, hit: Hit) -> tuple[str, Citation]:
        """The sentences of one hit that fit the question, and where they stand; see `Answerer.quote`."""
        return self._answerer.quote(question, hit)

    async def state(self) -> tuple[str, int]:
        """Another value when the same question may be answered in another way."""
        return await self._documents.fingerprint(), self._generation

    async def close(self) -> None:
        """Gives the index back."""
        await self._index.close()

    async def _search(self, query: str, where: Filter, limit: int, live: str) -> list[Hit]:
        encoded = self._encoder.query(query, where.language, self._statistics)
        if not encoded.vector.indices or not limit:
            return []
        try:
            found = await self._index.search(encoded.vector, where, limit + _MORE_HITS)
        except IndexDamaged:
            await self._rebuild()
            found = await self._index.search(encoded.vector, where, limit + _MORE_HITS)
        own = dict(found)
        passages = [
            passage
            for passage in await self._live(list(own), live)
            if passage.audience in where.audiences and where.language in (None, passage.language)
        ]
        # A passage far down by its own words is not lifted to the top by a wording: the best are enough to ask.
        passages.sort(key=lambda passage: (-own[passage.id], passage.id))
        near = encoded.likeness(self._asked(one, encoded) for one in passages[:_ASKED_HITS])
        likeness = dict.fromkeys(own, 0.0)
        likeness.update((one.id, value) for one, value in zip(passages, near, strict=False))
        worth = _LIKENESS * self._statistics.rarest(encoded.language)
        scores = _supported(passages, {one.id: own[one.id] + worth * likeness[one.id] for one in passages})
        passages.sort(key=lambda passage: (-scores[passage.id], passage.id))
        return [
            self._hit(one, scores[one.id], own[one.id], likeness[one.id], encoded) for one in passages[:limit]
        ]

    async def _live(self, ids: Sequence[str], live: str) -> list[Passage]:
        """The passages of `ids` that are live; what was read while the live set had this fingerprint still holds."""
        if live != self._passages_of:
            self._passages.clear()
            self._passages_of = live
        known = [passage for id in ids if (passage := self._passages.get(id)) is not None]
        if len(known) == len(ids):
            return known
        present = {passage.id for passage in known}
        fresh = await self._documents.passages([id for id in ids if id not in present])
        if live == await self._documents.fingerprint():
            for passage in fresh:
                self._passages.put(passage.id, passage)
        return known + fresh

    def _asked(self, passage: Passage, query: EncodedQuery) -> tuple[Wording, ...]:
        # What a wording's words tell depends on the statistics: another generation, other numbers.
        key = (passage.id, query.language, self._generation)
        known = self._wordings.get(key)
        if known is None:
            known = self._encoder.wordings(passage, query.language, self._statistics)
            self._wordings.put(key, known)
        return known

    async def _rebuild(self) -> None:
        async with self._syncing:
            await self._index.clear()
            await self._sync()

    async def _sync(self) -> Synced:
        fingerprint = await self._expected()
        present = await self._index.fingerprint()
        statistics = _decoded(await self._index.statistics()) if present else None
        if statistics is not None:
            self._statistics = statistics
        if present == fingerprint and statistics is not None:
            return Synced(0, 0, rebuilt=False)
        self._generation += 1
        # Another encoder's vectors are of no use, even for passages that are still live.
        rebuilt = statistics is None or present.partition(":")[0] != fingerprint.partition(":")[0]
        if rebuilt:
            await self._index.clear()
            self._statistics = Statistics()
        added, removed = await self._bring_in_step()
        while fingerprint != (now := await self._expected()):
            fingerprint = now
            more, less = await self._bring_in_step()
            added, removed = added + more, removed + less
        await self._index.set_fingerprint(fingerprint, msgspec.msgpack.encode(self._statistics))
        self._generation += 1
        return Synced(added, removed, rebuilt)

    async def _bring_in_step(self) -> tuple[int, int]:
        indexed = await self._index.ids()
        added, live = await self._add(indexed)
        gone = sorted(indexed - live)
        for entry in await self._index.entries(gone):
            self._statistics.remove(entry.language, entry.vector.indices)
        await self._index.delete(gone)
        return added, len(gone)

    async def _add(self, indexed: set[str]) -> tuple[int, set[str]]:
        added, after, live = 0, "", set[str]()
        while passages := await self._documents.all_passages(after, _PAGE):
            after = passages[-1].id
            live.update(passage.id for passage in passages)
            entries = []
            for passage in passages:
                if passage.id not in indexed:
                    vector = self._encoder.passage(passage)
                    self._vectors.put(passage.id, frozenset(vector.indices))
                    entries.append(Entry(passage.id, passage.language, passage.audience, vector))
                    # Encoding is work of a fraction of a millisecond; the loop serves others between
                    # passages.
                    await asyncio.sleep(0)
            await self._index.upsert(entries)
            for entry in entries:
                self._statistics.add(entry.language, entry.vector.indices)
            added += len(entries)
        return added, live

    async def _expected(self) -> str:
        return f"{ENCODER_VERSION}:{await self._documents.fingerprint()}"

    def _hit(self, passage: Passage, score: float, own: float, likeness: float, query: EncodedQuery) -> Hit:
        has = self._vectors.get(passage.id)
        if has is None:
            has = frozenset(self._encoder.passage(passage).indices)
            self._vectors.put(passage.id, has)
        whole = query.information
        matched = [(word.text, word.found_in(has)) for word in query.content if word.found_in(has)]
        matched.sort(key=lambda one: (-one[1], one[0]))
        terms = tuple(MatchedTerm(text, round(part / whole, _DECIMALS)) for text, part in matched if whole)
        coverage = sum(part for _, part in matched) / whole if whole else 0.0
        rarest = self._statistics.rarest(query.language)
        evidence = own / rarest if rarest else 0.0
        return Hit(
            passage, score, terms, round(coverage, _DECIMALS), round(evidence, _DECIMALS),
            round(likeness, _DECIMALS),
        )  # fmt: skip


def _supported(passages: Sequence[Passage], own: Mapping[str, float]) -> dict[str, float]:
    # A question often uses words that stand in a neighbouring section of the page that answers it.
    pages: dict[str, list[float]] = {}
    for passage in passages:
        pages.setdefault(passage.document, []).append(own[passage.id])
    scores: dict[str, float] = {}
    for passage in passages:
        others = sorted(pages[passage.document], reverse=True)
        others.remove(own[passage.id])
        more = sum(score * _NEIGHBOUR**rank for rank, score in enumerate(others[:_NEIGHBOURS], start=1))
        scores[passage.id] = round(own[passage.id] + more, _DECIMALS)
    return scores


def _decoded(statistics: bytes) -> Statistics | None:
    try:
        return msgspec.msgpack.decode(statistics, type=Statistics)
    except msgspec.MsgspecError:
        return None
