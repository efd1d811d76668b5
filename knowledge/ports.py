"""What this package needs stored, and the index that is derived from it."""

from collections.abc import Sequence
from typing import Protocol

from knowledge.model import Document, Entry, Filter, Passage, SparseVector


class Documents(Protocol):
    """Documents and passages: the truth, from which every index can be rebuilt."""

    async def put(self, document: Document, passages: Sequence[Passage]) -> None:
        """Publishes `document` with its passages in one step.

        The live version of the same slug and language, if any, stops being live in the same step: a reader
        sees the old version or the new one, whole. An id that was published before becomes live again.
        """
        ...

    async def live(self) -> list[Document]:
        """The live documents, by slug and language."""
        ...

    async def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of `ids` that are live now, in any order; the others are left out without an error."""
        ...

    async def all_passages(self, after: str, limit: int) -> list[Passage]:
        """Live passages with `id > after`, ascending by id, at most `limit`; `after=""` starts."""
        ...

    async def remove(self, slug: str, language: str) -> bool:
        """Takes the live version of `(slug, language)` away; False if there was none."""
        ...

    async def fingerprint(self) -> str:
        """Changes whenever the live set changes, and only then. Asked at every search: must be cheap."""
        ...


class PassageIndex(Protocol):
    """An inverted index of sparse vectors. Scores are inner products.

    One process owns an index at a time. What it holds may be lost: an index that cannot be read opens empty,
    with the fingerprint "". Failures of the engine below are `IndexDamaged`.
    """

    async def upsert(self, entries: Sequence[Entry]) -> None: ...

    async def delete(self, ids: Sequence[str]) -> None:
        """Unknown ids are ignored."""
        ...

    async def clear(self) -> None:
        """Empties the index, its fingerprint too, even one that is damaged."""
        ...

    async def search(self, vector: SparseVector, where: Filter, limit: int) -> list[tuple[str, float]]:
        """`(id, score)` with score > 0, highest first, equal scores by id; at most `limit`."""
        ...

    async def ids(self) -> set[str]: ...

    async def entries(self, ids: Sequence[str]) -> list[Entry]:
        """What is kept of `ids`, in any order; unknown ids are left out."""
        ...

    async def fingerprint(self) -> str:
        """What `set_fingerprint` was last given; "" when anything was changed since, or it never was."""
        ...

    async def statistics(self) -> bytes:
        """The corpus statistics stored with the fingerprint; b"" when there are none."""
        ...

    async def set_fingerprint(self, fingerprint: str, statistics: bytes) -> None:
        """Makes all changes so far durable, then marks the index as holding exactly this live set."""
        ...

    async def close(self) -> None: ...
