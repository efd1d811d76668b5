"""The index in memory: an inverted file in dictionaries."""

from collections.abc import Sequence

from knowledge.model import Entry, Filter, SparseVector


class MemoryIndex:
    """Implements `ports.PassageIndex`. Dies with the process."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._postings: dict[int, dict[str, float]] = {}
        self._fingerprint = ""
        self._statistics = b""

    async def upsert(self, entries: Sequence[Entry]) -> None:
        """See `ports.PassageIndex`."""
        self._fingerprint, self._statistics = "", b""
        await self.delete([entry.id for entry in entries])
        for entry in entries:
            self._entries[entry.id] = entry
            for index, value in zip(entry.vector.indices, entry.vector.values, strict=True):
                self._postings.setdefault(index, {})[entry.id] = value

    async def delete(self, ids: Sequence[str]) -> None:
        """See `ports.PassageIndex`."""
        if ids:
            self._fingerprint, self._statistics = "", b""
        for id in ids:
            entry = self._entries.pop(id, None)
            for index in entry.vector.indices if entry else ():
                postings = self._postings[index]
                del postings[id]
                if not postings:
                    del self._postings[index]

    async def clear(self) -> None:
        """See `ports.PassageIndex`."""
        self._entries.clear()
        self._postings.clear()
        self._fingerprint, self._statistics = "", b""

    async def search(self, vector: SparseVector, where: Filter, limit: int) -> list[tuple[str, float]]:
        """See `ports.PassageIndex`."""
        scores: dict[str, float] = {}
        for index, weight in zip(vector.indices, vector.values, strict=True):
            for id, value in self._postings.get(index, {}).items():
                scores[id] = scores.get(id, 0.0) + weight * value
        allowed = ((id, score) for id, score in scores.items() if score > 0 and self._may(id, where))
        return sorted(allowed, key=lambda one: (-one[1], one[0]))[:limit]

    async def ids(self) -> set[str]:
        """See `ports.PassageIndex`."""
        return set(self._entries)

    async def entries(self, ids: Sequence[str]) -> list[Entry]:
        """See `ports.PassageIndex`."""
        return [self._entries[id] for id in ids if id in self._entries]

    async def fingerprint(self) -> str:
        """See `ports.PassageIndex`."""
        return self._fingerprint

    async def statistics(self) -> bytes:
        """See `ports.PassageIndex`."""
        return self._statistics

    async def set_fingerprint(self, fingerprint: str, statistics: bytes) -> None:
        """See `ports.PassageIndex`."""
        self._fingerprint, self._statistics = fingerprint, statistics

    async def close(self) -> None:
        """Nothing is held open."""

    def _may(self, id: str, where: Filter) -> bool:
        entry = self._entries[id]
        return entry.audience in where.audiences and where.language in (None, entry.language)
