"""Documents in memory: for evaluation, for tests, and for a service that keeps nothing."""

import hashlib
from collections.abc import Sequence

from knowledge.model import Document, Passage


class MemoryDocuments:
    """Implements `ports.Documents`. Only live versions are kept; they die with the process."""

    def __init__(self) -> None:
        self._documents: dict[tuple[str, str], Document] = {}
        self._passages: dict[str, Passage] = {}
        self._fingerprint = ""

    async def put(self, document: Document, passages: Sequence[Passage]) -> None:
        """See `ports.Documents.put`."""
        self._take_away(document.slug, document.language)
        self._documents[document.slug, document.language] = document
        self._passages.update((passage.id, passage) for passage in passages)
        self._refresh()

    async def live(self) -> list[Document]:
        """See `ports.Documents.live`."""
        return [self._documents[key] for key in sorted(self._documents)]

    async def passages(self, ids: Sequence[str]) -> list[Passage]:
        """See `ports.Documents.passages`."""
        return [self._passages[id] for id in ids if id in self._passages]

    async def all_passages(self, after: str, limit: int) -> list[Passage]:
        """See `ports.Documents.all_passages`."""
        return [self._passages[id] for id in sorted(id for id in self._passages if id > after)[:limit]]

    async def remove(self, slug: str, language: str) -> bool:
        """See `ports.Documents.remove`."""
        if not self._take_away(slug, language):
            return False
        self._refresh()
        return True

    async def fingerprint(self) -> str:
        """See `ports.Documents.fingerprint`."""
        return self._fingerprint

    def _take_away(self, slug: str, language: str) -> bool:
        document = self._documents.pop((slug, language), None)
        if document is None:
            return False
        self._passages = {id: one for id, one in self._passages.items() if one.document != document.id}
        return True

    def _refresh(self) -> None:
        live = sorted(document.id for document in self._documents.values())
        self._fingerprint = (
            hashlib.blake2b("\n".join(live).encode(), digest_size=16).hexdigest() if live else ""
        )
