"""The words of all conversations, to be found again: SQLite (FTS5, trigrams), PostgreSQL (pg_trgm where it is there).

A term of one or two characters is no trigram; it is looked for in the rows that the longer terms leave, or in all.
"""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from core.conversation import PREFIX
from core.events import Erased
from core.finding import Hit, Words, fold, words_of
from core.ports import EventStore
from store.forgetting import forget_words, forget_words_postgres
from store.memory import MemoryStore
from store.pgsql import WORDS, clean
from store.reads import answering, recorded
from store.sqlite import SqliteStore

if TYPE_CHECKING:
    from store.postgres import PostgresStore

BATCH = 200
"""Events taken in at once: some milliseconds of the writer's time."""

TRIGRAM = 3

_EVENTS = "SELECT position, stream, seq, at, executor, actor, kind, version, body, private FROM events WHERE position >"
_COLUMNS = "position, conversation, seq, at, by, text"

_Change = Words | str
"""Words to keep, or the conversation whose words are erased."""


def _changes(rows: Sequence[Sequence[Any]]) -> list[_Change]:
    """What rows of `_EVENTS` do to the index, in their order."""
    changes: list[_Change] = []
    for position, *event in rows:
        item = recorded(event)
        if isinstance(item.event, Erased) and item.stream.startswith(PREFIX):
            changes.append(item.stream.removeprefix(PREFIX))
        elif (words := words_of(position, item)) is not None:
            changes.append(words)
    return changes


def _hit(row: Sequence[Any]) -> Hit:
    return Hit(Words(*row[:6]), row[6])


def _value(words: Words) -> dict[str, Any]:
    return {
        "position": words.position, "conversation": words.conversation, "seq": words.seq, "at": words.at,
        "by": words.by, "text": clean(words.text), "folded": clean(fold(words.text)),
    }  # fmt: skip


_INSERT = (
    f"INSERT INTO words ({_COLUMNS}, folded) VALUES (:position, :conversation, :seq, :at, :by, :text, :folded) "
    "ON CONFLICT (position) DO NOTHING"
)
_PAGE = (
    "SELECT {columns}, found.hits FROM ({found}) AS found JOIN words ON words.position = found.newest "
    "ORDER BY found.newest DESC"
)
_QUALIFIED = ", ".join(f"words.{name}" for name in _COLUMNS.split(", "))


class MemoryWords:
    """Implements `WordIndex` by reading the log of a `MemoryStore`: there is nothing to keep up or to forget."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._seen = 0

    async def follow(self) -> int:
        """See `core.finding.WordIndex`."""
        events = await self._store.read_all(self._seen, BATCH)
        self._seen += len(events)
        return len(events)

    async def rebuild(self) -> None:
        """See `core.finding.WordIndex`."""
        self._seen = 0

    async def search(self, terms: Sequence[str], limit: int, before: int | None = None) -> list[Hit]:
        """See `core.finding.WordIndex`."""
        found: dict[str, list[Words]] = {}
        for position, item in await self._store.read_all(0, 2**31):
            words = words_of(position, item)
            if words is not None and terms and all(term in fold(words.text) for term in terms):
                found.setdefault(words.conversation, []).append(words)
        hits = [Hit(words[-1], len(words)) for words in found.values()]
        hits = [hit for hit in hits if before is None or hit.words.position < before]
        return sorted(hits, key=lambda hit: -hit.words.position)[:limit]


class SqliteWords:
    """Implements `WordIndex`; takes events in within the writer's thread, so that no erasure comes in between."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    async def follow(self) -> int:
        """See `core.finding.WordIndex`."""

        def take(connection: sqlite3.Connection) -> int:
            (mark,) = connection.execute("SELECT position FROM followed WHERE name = 'words'").fetchone() or (0,)
            rows = connection.execute(f"{_EVENTS} ? ORDER BY position LIMIT {BATCH}", (mark,)).fetchall()
            if not rows:
                return 0
            for change in _changes(rows):
                if isinstance(change, str):
                    forget_words(connection, change)
                else:
                    self._keep(connection, change)
            connection.execute("INSERT OR REPLACE INTO followed (name, position) VALUES ('words', ?)", (rows[-1][0],))
            return len(rows)

        taken: int = await self._store.writer.run(take)
        return taken

    @staticmethod
    def _keep(connection: sqlite3.Connection, words: Words) -> None:
        value = _value(words)
        if connection.execute(_INSERT, value).rowcount:
            row = (words.position, value["folded"])
            connection.execute("INSERT INTO words_fts (rowid, folded) VALUES (?, ?)", row)

    async def rebuild(self) -> None:
        """See `core.finding.WordIndex`."""

        def empty(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO words_fts (words_fts) VALUES ('delete-all')")
            connection.execute("DELETE FROM words")
            connection.execute("DELETE FROM followed WHERE name = 'words'")

        await self._store.writer.run(empty)

    async def search(self, terms: Sequence[str], limit: int, before: int | None = None) -> list[Hit]:
        """See `core.finding.WordIndex`."""
        if not terms:
            return []
        long = [term for term in terms if len(term) >= TRIGRAM]
        short = [term for term in terms if len(term) < TRIGRAM]
        values: dict[str, Any] = {"limit": limit, **{f"short{n}": term for n, term in enumerate(short)}}
        where = [f"instr(words.folded, :short{n}) > 0" for n in range(len(short))]
        source = "words"
        if long:
            source = "words_fts JOIN words ON words.position = words_fts.rowid"
            where.append("words_fts MATCH :match")
            values["match"] = " AND ".join('"' + term.replace('"', '""') + '"' for term in long)
        page = ""
        if before is not None:
            page, values["before"] = "HAVING max(words.position) < :before", before
        found = (
            f"SELECT max(words.position) AS newest, count(*) AS hits FROM {source} WHERE {' AND '.join(where)} "
            f"GROUP BY words.conversation {page} ORDER BY newest DESC LIMIT :limit"
        )
        return await _found(self._store, found, values)


class PostgresWords:
    """Implements `WordIndex`; one process at a time takes events in, and never in the midst of an erasure."""

    def __init__(self, store: "PostgresStore") -> None:
        self._store = store

    async def follow(self) -> int:
        """See `core.finding.WordIndex`."""
        newest = await self._store.settled_position()
        async with self._store.transaction() as connection:
            if not (await connection.execute(text(f"SELECT pg_try_advisory_xact_lock({WORDS})"))).scalar():
                return 0
            mark = (await connection.execute(text("SELECT position FROM followed WHERE name = 'words'"))).scalar() or 0
            if newest <= mark:
                return 0
            fresh = text(f"{_EVENTS} :mark AND position <= :newest ORDER BY position LIMIT {BATCH}")
            rows = (await connection.execute(fresh, {"mark": mark, "newest": newest})).all()
            if not rows:
                return 0
            for change in _changes([tuple(row) for row in rows]):
                if isinstance(change, str):
                    await forget_words_postgres(connection, change)
                else:
                    await connection.execute(text(_INSERT), _value(change))
            moved = (
                "INSERT INTO followed (name, position) VALUES ('words', :position) "
                "ON CONFLICT (name) DO UPDATE SET position = excluded.position"
            )
            await connection.execute(text(moved), {"position": rows[-1][0]})
            return len(rows)

    async def rebuild(self) -> None:
        """See `core.finding.WordIndex`."""
        async with self._store.transaction() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({WORDS})"))
            await connection.execute(text("DELETE FROM words"))
            await connection.execute(text("DELETE FROM followed WHERE name = 'words'"))

    async def search(self, terms: Sequence[str], limit: int, before: int | None = None) -> list[Hit]:
        """See `core.finding.WordIndex`."""
        if not terms:
            return []
        values: dict[str, Any] = {"limit": limit, **{f"term{n}": _like(term) for n, term in enumerate(terms)}}
        where = " AND ".join(f"words.folded LIKE :term{n}" for n in range(len(terms)))
        page = ""
        if before is not None:
            page, values["before"] = "HAVING max(words.position) < :before", before
        found = (
            f"SELECT max(words.position) AS newest, count(*) AS hits FROM words WHERE {where} "
            f"GROUP BY words.conversation {page} ORDER BY newest DESC LIMIT :limit"
        )
        return await _found(self._store, found, values)


async def _found(store: "SqliteStore | PostgresStore", found: str, values: dict[str, Any]) -> list[Hit]:
    query = text(_PAGE.format(columns=_QUALIFIED, found=found))
    async with answering(), store.engine.connect() as connection:
        return [_hit(row) for row in (await connection.execute(query, values)).all()]


def _like(term: str) -> str:
    for special in ("\\", "%", "_"):
        term = term.replace(special, "\\" + special)
    return f"%{term}%"


def word_index(store: object) -> "MemoryWords | SqliteWords | PostgresWords":
    """The index of a store. Raises TypeError for one that keeps none."""
    if isinstance(store, SqliteStore):
        return SqliteWords(store)
    if isinstance(store, MemoryStore):
        return MemoryWords(store)
    from store.postgres import PostgresStore

    if isinstance(store, PostgresStore):
        return PostgresWords(store)
    raise TypeError(f"{type(store).__name__} keeps no words")
