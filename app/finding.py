"""Search at the desk: keeps the index up with the log, and shows hits with their conversations."""

import asyncio
from typing import Any

import structlog

from app.shapes import conversation_row
from core.errors import SwitchboardError
from core.finding import Hit, WordIndex, snippet, terms
from core.ports import Rows
from core.time import iso

FOLLOW_SECONDS = 60.0
"""How often the index is kept up; a search takes in what is newer itself."""

AHEAD = 50
"""Batches that a search takes in before it answers; an index that is made anew does not keep anybody waiting."""

_log = structlog.get_logger()


class Finder:
    """One of these in every serving process."""

    def __init__(self, index: WordIndex, rows: Rows) -> None:
        self._index = index
        self._rows = rows

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            taken = 0
            try:
                taken = await self._index.follow()
            except SwitchboardError as error:
                _log.warning("words_not_followed", error=error.message)  # the next round goes on where this one was
            await asyncio.sleep(0 if taken else FOLLOW_SECONDS)

    async def search(self, question: str, limit: int, before: int | None) -> tuple[list[dict[str, Any]], int | None]:
        """A page of conversations with the newest hit of each, and the position before which the next page begins.

        A hit's snippet is pieces `[{"text", "hit"}]`.
        """
        asked = terms(question)
        for _ in range(AHEAD):
            if not await self._index.follow():
                break
        hits = await self._index.search(asked, limit + 1, before)
        page = hits[:limit]
        ids = tuple(hit.words.conversation for hit in page)
        rows = await self._rows.find("conversations", {"id": ids}, limit=len(ids)) if ids else []
        known = {row["id"]: row for row in rows}
        items = [_item(hit, known[hit.words.conversation], asked) for hit in page if hit.words.conversation in known]
        return items, page[-1].words.position if len(hits) > limit else None


def _item(hit: Hit, row: dict[str, Any], asked: tuple[str, ...]) -> dict[str, Any]:
    words = hit.words
    pieces = [{"text": text, "hit": marked} for text, marked in snippet(words.text, asked)]
    found = {"seq": words.seq, "at": iso(words.at), "by": words.by, "snippet": pieces, "count": hit.count}
    return {**conversation_row(row), "found": found}
